//! `augmentation_suite!`: the clauses of augmentation as tests of a user's crate.

use super::{Augment, Augmentation};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`augmentation_suite!`](crate::augmentation_suite) asks for: the
/// functions, the map from words to plans, and the checks of arguments. `plan`, `apply` and `augment` are
/// held against each other.
pub const PARTS: [&str; 13] = [
    "rotate",
    "flip",
    "shift",
    "crop",
    "add_noise",
    "blur",
    "erase",
    "plan",
    "apply",
    "augment",
    "back_translate",
    "map",
    "arguments",
];

/// An augmentation as a target of its own.
pub struct Alone<A>(pub A);

impl<T: Real, A: Augmentation<T>> Target<T> for Alone<A> {
    fn name(&self) -> String {
        short_name::<A>()
    }

    fn augmentation(&self) -> Option<&dyn Augmentation<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, A: Augmentation<T>>(target: A, name: &str) {
    assert_holds::<Augment, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __augmentation_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            rotate Must rotations_agree
            rotate Must the_nearest_is_the_pixel_of_the_place
            rotate Must quarter_turns_move_pixels
            rotate Must four_quarter_turns_of_a_square_are_nothing
            rotate Must constants_stay_and_outside_is_fill
            flip Must flips_mirror_their_axis
            shift Must shifts_move_whole_pixels
            crop Must crops_are_windows_of_the_padded_image
            add_noise Must noise_is_scaled_and_added
            add_noise Must without_deviation_all_stays
            add_noise Must noise_is_clamped_where_that_is_asked_for
            add_noise Must clamped_noise_stays_in_its_range
            blur Must blurs_agree
            blur Must nothing_to_blur_stays
            erase Must the_rectangle_is_filled_and_nothing_else
            map Must a_word_decides_what_is_applied
            map Must parameters_follow_the_map
            map Must rectangles_follow_the_map
            plan Must choices_and_parameters_have_their_shares
            plan Must rectangles_have_their_area_and_aspect
            plan Must draws_are_unrelated
            plan Must a_part_has_the_plan_of_the_whole
            augment Must an_image_is_augmented_alike_in_every_batch
            apply Must operations_follow_each_other
            augment Must to_augment_is_to_plan_and_to_apply
            map Must noise_has_the_normals_of_its_stream
            augment Must labels_go_with_their_images
            augment Must same_bits_on_any_number_of_threads
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            augment Must no_element_is_no_work
            back_translate Must variants_stand_in_order_with_their_labels
            back_translate Must variants_are_the_way_there_and_back
            back_translate Must sentences_are_sent_in_one_line
            back_translate Must round_trips_are_dropped
            back_translate Must lengths_differ_by_a_bounded_ratio
            back_translate Must a_variant_is_kept_once
            back_translate Must a_failure_loses_nothing_else
            back_translate Must a_sentence_does_not_depend_on_the_others
            back_translate Must answers_are_not_matched_by_guessing
            back_translate Must every_sentence_and_pivot_is_accounted_for
        } }
    };
}

/// Makes a test of every clause of augmentation for one implementation.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::augmentation::Augmentation<f32> for Mine {}
/// evenkeel_conformance::augmentation_suite!(Mine, f32, without: [
///     map = "a generator of its own", blur = "next week",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Augmentation`] for one only. `without` excuses parts of [`PARTS`], each with its
/// reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! augmentation_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__augmentation_properties] [$crate::augmentation]
            [augmentation_f32 augmentation_f64 augmentation] $($arguments)*
        }
    };
}
