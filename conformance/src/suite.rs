//! The suite as `#[test]` functions: the ground that the macros of the techniques stand on.
//!
//! A macro stamps one `#[test]` a property, so that a failing homework shows by name what is wrong.
//! `EVENKEEL_SEED` and `EVENKEEL_CASES` choose other inputs than the fixed ones.

use std::any::type_name;

use crate::diagnosis::diagnose;
use crate::property::{Outcome, Settings};
use crate::report::describe;
use crate::technique::{Technique, could_fail, title};
use crate::{Real, Target};

/// The settings of a test run: fixed, unless the environment asks for others.
#[must_use]
pub fn settings() -> Settings {
    let fixed = Settings::default();
    let asked = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    Settings {
        seed: asked("EVENKEEL_SEED").unwrap_or(fixed.seed),
        cases: asked("EVENKEEL_CASES").map_or(fixed.cases, |cases| cases.min(1 << 30) as u32),
    }
}

/// A short name of a user's type for reports: the last part of its path.
#[must_use]
pub fn short_name<B>() -> String {
    type_name::<B>().rsplit("::").next().unwrap_or("target").to_string()
}

/// Runs one property of a test suite and panics, with all that helps to mend it, unless it holds.
///
/// # Panics
/// When the property fails, the function is not offered, or no input could tell.
pub fn assert_holds<K: Technique, T: Real>(target: &dyn Target<T>, name: &str) {
    let properties = K::properties::<T>();
    let Some(property) = properties.iter().find(|property| property.name == name) else {
        panic!("there is no property {name}");
    };
    let settings = settings();
    let outcome = property.run(target, settings);
    let part = property.part;
    assert!(
        !outcome.is_skipped(),
        "{part} is not offered. Implement it, or say why not: without: [{part} = \"…\"]"
    );
    assert!(!outcome.is_void(), "{}: no input could tell right from wrong", property.clause);
    assert!(
        outcome.failure.is_none(),
        "\n{}  repeat   EVENKEEL_SEED={} EVENKEEL_CASES={} cargo test {name}\n",
        explained::<K, T>(target, &outcome),
        settings.seed,
        settings.cases,
    );
}

/// A failure with the likely mistake.
fn explained<K: Technique, T: Real>(
    target: &dyn Target<T>,
    outcome: &Outcome<K::Case<T>>,
) -> String {
    let failure = outcome.failure.as_ref();
    let cases: Vec<_> =
        failure.into_iter().flat_map(|f| [f.smallest.clone(), f.drawn.clone()]).collect();
    let text = describe(&outcome.clone().map(|case| format!("{case:?}")), title(outcome.clause));
    let likely = diagnose::<K, T>(target, &cases);
    let likely = likely.among(|info| could_fail::<K>(info, &[outcome.part]));
    format!("{text}  {likely}\n")
}

/// The arms that the macros of all techniques have: a precision or none, excuses or none.
///
/// Not for direct use.
#[doc(hidden)]
#[macro_export]
macro_rules! __suite {
    ($properties:tt $technique:tt [$f32:ident $f64:ident $any:ident]
     $target:expr, f32 $(, without: [$($without:tt)*])? $(,)?) => {
        $crate::__suite!(
            @stamp $properties $technique $f32, $target, f32, [$($($without)*)?]);
    };
    ($properties:tt $technique:tt [$f32:ident $f64:ident $any:ident]
     $target:expr, f64 $(, without: [$($without:tt)*])? $(,)?) => {
        $crate::__suite!(
            @stamp $properties $technique $f64, $target, f64, [$($($without)*)?]);
    };
    ($properties:tt $technique:tt [$f32:ident $f64:ident $any:ident]
     $target:expr $(, without: [$($without:tt)*])? $(,)?) => {
        $crate::__suite!(
            @stamp $properties $technique $any, $target, _, [$($($without)*)?]);
    };
    (@stamp [$($properties:tt)*] [$($technique:tt)*]
     $module:ident, $target:expr, $precision:ty, [$($without:tt)*]) => {
        $($properties)*! {
            [$crate::__stamp_suite]
            ($) $module, [$($technique)*::assert_property], [$($technique)*::PARTS],
            $target, $precision, [$($without)*],
        }
    };
}

/// Stamps the tests of a technique: one a property, ignored with the reason where excused.
///
/// Not for direct use: each technique has a macro that calls this one.
#[doc(hidden)]
#[macro_export]
macro_rules! __stamp_suite {
    // `$d` is a dollar sign: it lets the inner macro have variables of its own.
    (($d:tt) $module:ident, [$($assert:tt)*], [$($parts:tt)*], $target:expr, $precision:ty,
     [$($part:ident = $why:literal),* $(,)?],
     { $($property_part:ident $strength:ident $property:ident)* }) => {
        mod $module {
            #[allow(unused_imports, reason = "the target may be a path that needs no import")]
            use super::*;

            fn hold(property: &str) {
                $($assert)*::<$precision, _>($target, property);
            }

            macro_rules! property {
                $(($part $d strength:ident $d name:ident) => {
                    #[test]
                    #[ignore = $why]
                    fn $d name() {}
                };)*
                ($d part:ident Should $d name:ident) => {
                    #[test]
                    #[ignore = "a SHOULD clause: run with -- --ignored"]
                    fn $d name() {
                        hold(stringify!($d name));
                    }
                };
                ($d part:ident $d strength:ident $d name:ident) => {
                    #[test]
                    fn $d name() {
                        hold(stringify!($d name));
                    }
                };
            }
            $(property!($property_part $strength $property);)*

            #[test]
            fn every_excuse_names_a_part() {
                let excused: &[&str] = &[$(stringify!($part)),*];
                let parts: &[&str] = &$($parts)*;
                for part in excused {
                    assert!(parts.contains(part), "there is no part {part}, only {parts:?}");
                }
            }
        }
    };
}
