//! Every suite and every mistake in both precisions, compiled here once: those of the conformance crate are
//! generic, and each program that calls them would compile all techniques again.

use evenkeel_conformance::suites::{self, Suite};
use evenkeel_conformance::{Real, Target};

/// `f32` or `f64`, with what there is in it.
pub trait Precision: Real {
    /// As [`suites::all`].
    fn suites() -> Vec<&'static dyn Suite<Self>>;
    /// As [`suites::mistake`].
    fn mistake(label: &str) -> Option<Box<dyn Target<Self>>>;
}

macro_rules! precisions {
    ($($precision:ident)*) => {$(
        impl Precision for $precision {
            #[inline(never)] // inlined elsewhere it would be compiled there
            fn suites() -> Vec<&'static dyn Suite<Self>> {
                suites::all()
            }

            #[inline(never)]
            fn mistake(label: &str) -> Option<Box<dyn Target<Self>>> {
                suites::mistake(label)
            }
        }
    )*};
}

precisions!(f32 f64);
