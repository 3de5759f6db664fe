//! `random_suite!`: the clauses of random numbers as tests of a user's crate.

use super::{Random, Source};
use crate::suite::{assert_holds, short_name};
use crate::{Real, Target};

/// The parts of the contract that [`random_suite!`](crate::random_suite) asks for.
pub const PARTS: [&str; 7] =
    ["philox4x32", "words", "map", "uniform", "normal", "truncated_normal", "arguments"];

/// A source of random numbers as a target of its own.
pub struct Alone<R>(pub R);

impl<T: Real, R: Random<T>> Target<T> for Alone<R> {
    fn name(&self) -> String {
        short_name::<R>()
    }

    fn random(&self) -> Option<&dyn Random<T>> {
        Some(&self.0)
    }
}

/// One property of one target, as a test.
///
/// # Panics
/// When the property does not hold, with the smallest failing input and the likely mistake.
pub fn assert_property<T: Real, R: Random<T>>(target: R, name: &str) {
    assert_holds::<Source, T>(&Alone(target), name);
}

/// Hands the list of properties to another macro: part, strength, name.
#[doc(hidden)]
#[macro_export]
macro_rules! __random_properties {
    ([$($callback:tt)*] $($arguments:tt)*) => {
        $($callback)*! { $($arguments)* {
            philox4x32 Must blocks_are_those_of_philox
            words Must words_are_those_of_the_stream
            words Must second_words_lie_apart
            map Must an_element_depends_on_its_index_alone
            map Must uniforms_are_those_of_the_map
            uniform Must uniforms_stay_within_the_bound
            uniform Must uniforms_are_even
            map Must normals_are_those_of_the_map
            map Must far_normals_are_those_of_the_map
            normal Must normals_are_normal
            map Must truncated_normals_are_those_of_the_map
            truncated_normal Must truncated_normals_are_normal_and_cut
            uniform Must other_streams_are_unrelated
            arguments Must invalid_arguments_are_named
            arguments Must refused_calls_write_nothing
            uniform Must no_element_is_no_work
            uniform Must same_bits_on_any_number_of_threads
        } }
    };
}

/// Makes a test of every clause of random numbers for one source.
///
/// ```
/// # fn main() {}
/// # struct Mine;
/// # impl evenkeel_conformance::random::Random<f32> for Mine {}
/// evenkeel_conformance::random_suite!(Mine, f32, without: [
///     philox4x32 = "a generator of its own", words = "a generator of its own",
///     map = "a generator of its own", truncated_normal = "next week",
/// ]);
/// ```
///
/// The first argument is an expression that makes the target. The precision may be left out where
/// the type implements [`Random`] for one only. `without` excuses parts of [`PARTS`], each with its
/// reason: those tests are ignored, and show it. What is neither offered nor excused fails.
#[macro_export]
macro_rules! random_suite {
    ($($arguments:tt)*) => {
        $crate::__suite! {
            [$crate::__random_properties] [$crate::random]
            [random_f32 random_f64 random] $($arguments)*
        }
    };
}
