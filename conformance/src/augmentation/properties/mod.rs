//! The properties of augmentation: one row each, in the order of the clauses.

mod batches;
mod draws;
mod filters;
mod map;
mod pixels;
mod rotation;
mod text;

use super::{Augment, Augmentation, Case, Function, Images, Operation, inputs};
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Strength, Verdict, yields};
use crate::{Property, Real, Target, arguments, bits};

use Strength::{Must, Promise};

/// All of them.
///
/// The names are also those of the tests that [`augmentation_suite!`](crate::augmentation_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "AUG-01" Must "rotate" 1 inputs::ordinary => rotations_agree = |t, c| rotation::agrees(Must, t, c);
        "AUG-02" Must "rotate" 1 inputs::moved => the_nearest_is_the_pixel_of_the_place = rotation::nearest;
        "AUG-03" Must "rotate" 1 inputs::moved => quarter_turns_move_pixels = rotation::quarters;
        "AUG-03" Must "rotate" 1 inputs::moved => four_quarter_turns_of_a_square_are_nothing = rotation::four_quarters;
        "AUG-04" Must "rotate" 1 inputs::ordinary => constants_stay_and_outside_is_fill = rotation::constant;
        "AUG-05" Promise "rotate" 1 inputs::ordinary => rotations_keep_their_promise = |t, c| rotation::agrees(Promise, t, c);
        "AUG-06" Must "flip" 1 inputs::moved => flips_mirror_their_axis = pixels::flips;
        "AUG-07" Must "shift" 1 inputs::moved => shifts_move_whole_pixels = pixels::shifts;
        "AUG-08" Must "crop" 1 inputs::moved => crops_are_windows_of_the_padded_image = pixels::crops;
        "AUG-09" Must "add_noise" 1 inputs::ordinary => noise_is_scaled_and_added = |t, c| filters::noise(Must, t, c, false);
        "AUG-09" Must "add_noise" 1 inputs::moved => without_deviation_all_stays = filters::no_noise;
        "AUG-10" Must "add_noise" 1 inputs::ordinary => noise_is_clamped_where_that_is_asked_for = filters::clamped;
        "AUG-10" Must "add_noise" 1 inputs::moved => clamped_noise_stays_in_its_range = filters::in_range;
        "AUG-11" Promise "add_noise" 1 inputs::ordinary => noise_keeps_its_promise = |t, c| filters::noise(Promise, t, c, false);
        "AUG-11" Promise "add_noise" 1 inputs::ordinary => clamped_noise_keeps_its_promise = |t, c| filters::noise(Promise, t, c, true);
        "AUG-12" Must "blur" 1 inputs::ordinary => blurs_agree = |t, c| filters::blur(Must, t, c);
        "AUG-12" Must "blur" 1 inputs::moved => nothing_to_blur_stays = filters::no_blur;
        "AUG-13" Promise "blur" 1 inputs::ordinary => blurs_keep_their_promise = |t, c| filters::blur(Promise, t, c);
        "AUG-14" Must "erase" 1 inputs::moved => the_rectangle_is_filled_and_nothing_else = pixels::erases;
        "AUG-15" Must "map" 1 inputs::chosen => a_word_decides_what_is_applied = map::applied;
        "AUG-16" Must "map" 1 inputs::chosen => parameters_follow_the_map = map::parameters;
        "AUG-17" Must "map" 1 inputs::chosen => rectangles_follow_the_map = map::rectangles;
        "AUG-18" Must "plan" 32 inputs::many => choices_and_parameters_have_their_shares = draws::shares;
        "AUG-19" Must "plan" 32 inputs::many => rectangles_have_their_area_and_aspect = draws::rectangles;
        "AUG-20" Must "plan" 32 inputs::many => draws_are_unrelated = draws::unrelated;
        "AUG-21" Must "plan" 1 inputs::chosen => a_part_has_the_plan_of_the_whole = batches::part_of_a_plan;
        "AUG-21" Must "augment" 1 inputs::chosen => an_image_is_augmented_alike_in_every_batch = batches::part_of_a_batch;
        "AUG-22" Must "apply" 1 inputs::chosen => operations_follow_each_other = batches::in_order;
        "AUG-23" Must "augment" 1 inputs::chosen => to_augment_is_to_plan_and_to_apply = batches::planned;
        "AUG-23" Must "map" 1 inputs::ordinary => noise_has_the_normals_of_its_stream = batches::noise;
        "AUG-24" Must "augment" 1 inputs::chosen => labels_go_with_their_images = batches::labels;
        "AUG-25" Must "augment" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Augment, T>;
        "AUG-26" Promise "levels" 2 inputs::ordinary => same_bits_at_every_level = bits::same_at_every_level::<Augment, T>;
        "AUG-26" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_images = bits::same_at_every_level::<Augment, T>;
        "AUG-27" Must "arguments" 8 inputs::ordinary => invalid_arguments_are_named = arguments::are_named::<Augment, T>;
        "AUG-28" Must "arguments" 8 inputs::ordinary => refused_calls_write_nothing = arguments::write_nothing::<Augment, T>;
        "AUG-29" Must "augment" 16 inputs::none => no_element_is_no_work = arguments::nothing_succeeds::<Augment, T>;
        "AUG-30" Must "back_translate" 1 inputs::sentences => variants_stand_in_order_with_their_labels = text::in_order;
        "AUG-31" Must "back_translate" 1 inputs::sentences => variants_are_the_way_there_and_back = text::there_and_back;
        "AUG-32" Must "back_translate" 1 inputs::sentences => sentences_are_sent_in_one_line = text::in_one_line;
        "AUG-33" Must "back_translate" 1 inputs::sentences => round_trips_are_dropped = text::round_trips;
        "AUG-34" Must "back_translate" 1 inputs::sentences => lengths_differ_by_a_bounded_ratio = text::length_ratio;
        "AUG-35" Must "back_translate" 1 inputs::sentences => a_variant_is_kept_once = text::duplicates;
        "AUG-36" Must "back_translate" 1 inputs::sentences => a_failure_loses_nothing_else = text::failures;
        "AUG-37" Must "back_translate" 1 inputs::sentences => a_sentence_does_not_depend_on_the_others = text::independent;
        "AUG-38" Must "back_translate" 1 inputs::sentences => answers_are_not_matched_by_guessing = text::miscounted;
        "AUG-39" Must "back_translate" 1 inputs::sentences => every_sentence_and_pivot_is_accounted_for = text::accounted;
    }
}

/// Whether a translation may end up with another sentence.
pub(super) fn guesses_answers<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> bool {
    matches!(text::miscounted(target, case), Ok(Verdict::Fail(_)))
}

/// The first output of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<T>, Verdict> {
    Ok(outputs(target, case, function)?.swap_remove(0))
}

fn outputs<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<Vec<T>>, Verdict> {
    yields(function.name(), case.ask(function, target))
}

/// The target's augmentation.
fn offered<T: Real>(target: &dyn Target<T>) -> Result<&dyn Augmentation<T>, Verdict> {
    target.augmentation().ok_or(Verdict::NotOffered)
}

/// What the target plans.
fn plan<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Result<Vec<Option<Operation>>, Verdict> {
    let augmentation = offered(target)?;
    let mut operations = vec![super::planned::unwritten(); case.shape.count * case.choices.len()];
    let planned = crate::call::guarded(|| {
        augmentation.plan(case.shape, &case.choices, case.draw, &mut operations)
    });
    yields("plan", planned)?;
    Ok(operations)
}

/// What the target plans, if it follows the map.
fn plan_of_map<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Result<Vec<Option<Operation>>, Verdict> {
    if offered(target)?.follows_the_map() { plan(target, case) } else { Err(Verdict::NotOffered) }
}
