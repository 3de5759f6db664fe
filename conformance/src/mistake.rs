//! What is known of a mistake, whatever the technique.
//!
//! A mistake is an implementation with one fault and a label. The suite runs its properties on each
//! (every clause must catch one) and compares a failing target with them (`diagnosis`), so that a
//! report can say *which* mistake was made and what to do instead.

use std::fmt;

use crate::Refusal;

/// A label, what was done wrong, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MistakeInfo {
    /// The label, as in `bn-unbiased`.
    pub label: &'static str,
    /// The clause of which some property must fail on it.
    pub clause: &'static str,
    /// What was done wrong, in one sentence without a full stop.
    pub summary: &'static str,
    /// What to do instead, in one sentence without a full stop.
    pub remedy: &'static str,
    /// Where people met it: a repository and the number of an issue.
    pub source: Option<&'static str>,
    /// How its results differ from the right ones.
    pub trace: Trace,
    /// In which precisions it differs at all.
    pub bites: Bites,
}

/// How the results of a mistake differ from the right ones: what diagnosis can compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// By another formula or another answer: whoever makes it gets the same numbers, up to rounding.
    Formula,
    /// By cancellation: wrong on ordinary data already, but nobody else gets the same digits.
    Junk,
    /// By rounding that shows only on hard data or in the last bits: where it shows is telling.
    Rounding,
    /// By nothing but the last bits, when threads or instruction sets change.
    Bits,
}

/// The precisions in which a mistake differs from the right results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bites {
    /// In `f32` and in `f64`.
    Everywhere,
    /// In `f32` only: it keeps in `T` what should be kept in `f64`.
    SingleOnly,
}

impl MistakeInfo {
    /// A mistake in the formula; the two sentences are to be added.
    #[must_use]
    pub const fn new(label: &'static str, clause: &'static str) -> Self {
        Self {
            label,
            clause,
            summary: "",
            remedy: "",
            source: None,
            trace: Trace::Formula,
            bites: Bites::Everywhere,
        }
    }

    /// Whether a target in the precision called `precision` can show it.
    #[must_use]
    pub fn bites_in(&self, precision: &str) -> bool {
        self.bites == Bites::Everywhere || precision == "f32"
    }
}

impl fmt::Display for MistakeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.summary)
    }
}

/// The mistakes that explain a failing target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnosis {
    /// Best first, at most three; empty when no known mistake explains the target.
    pub likely: Vec<&'static MistakeInfo>,
    /// Of the best: probes that it explains, and probes on which the target is wrong or it would be.
    pub matched: (usize, usize),
}

impl Diagnosis {
    /// Without the mistakes that cannot be what failed: a clause on arguments is not broken by
    /// rounding, nor the other way round.
    #[must_use]
    pub fn among(mut self, possible: impl Fn(&MistakeInfo) -> bool) -> Self {
        self.likely.retain(|info| possible(info));
        self
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((best, others)) = self.likely.split_first() else {
            return f.write_str("no known mistake explains it");
        };
        write!(f, "looks like {best}")?;
        for other in others {
            write!(f, "\n  or like  {other}")?;
        }
        write!(f, "\n  instead  {}", best.remedy)
    }
}

/// An implementation with one fault: the fault is an item of the technique's own list.
#[derive(Debug, Clone, Copy)]
pub struct Faulty<F> {
    /// Its label, and what is known of it.
    pub info: MistakeInfo,
    pub(crate) fault: F,
    /// How far rounding may have moved what it computes on the way, in units of one: what diagnosis must
    /// allow for.
    pub(crate) slip: f64,
}

impl<F> Faulty<F> {
    pub(crate) const fn planted(
        fault: F,
        label: &'static str,
        clause: &'static str,
        summary: &'static str,
        remedy: &'static str,
    ) -> Self {
        let info = MistakeInfo { summary, remedy, ..MistakeInfo::new(label, clause) };
        Self { info, fault, slip: 0.0 }
    }

    pub(crate) const fn seen_in(self, source: &'static str) -> Self
    where
        F: Copy,
    {
        Self { info: MistakeInfo { source: Some(source), ..self.info }, ..self }
    }

    pub(crate) const fn traced(self, trace: Trace) -> Self
    where
        F: Copy,
    {
        Self { info: MistakeInfo { trace, ..self.info }, ..self }
    }

    pub(crate) const fn single_only(self) -> Self
    where
        F: Copy,
    {
        Self { info: MistakeInfo { bites: Bites::SingleOnly, ..self.info }, ..self }
    }
}

/// What a faulty check makes of a right one: the refusal of an argument that it overlooks is not made,
/// and where it misnames, refusals name something else.
pub(crate) fn admitted(
    checked: Result<(), Refusal>,
    overlooks: impl Fn(&str) -> bool,
    misnames: bool,
) -> Result<(), Refusal> {
    match checked {
        Err(Refusal::Invalid { argument, .. }) if overlooks(&argument) => Ok(()),
        Err(Refusal::Invalid { value, allowed, .. }) if misnames => {
            Err(Refusal::invalid("argument", value, allowed))
        }
        checked => checked,
    }
}

/// The mistakes of a technique as targets: `accessor` is the method of [`Target`](crate::Target) that
/// gives the trait `$contract`; where the fault is `$level`, another level has the fault `$other`.
macro_rules! faulty_targets {
    ($accessor:ident, $contract:ident $(, $level:path => $other:path)?) => {
        impl<T: $crate::Real> $crate::Target<T> for Mistake {
            fn name(&self) -> String {
                self.info.label.into()
            }

            fn $accessor(&self) -> Option<&dyn $contract<T>> {
                Some(self)
            }
            $(
            fn variants(&self) -> Vec<(String, Box<dyn $crate::Target<T>>)> {
                if self.fault != $level {
                    return Vec::new();
                }
                vec![("other-level".into(), Box::new(Self { fault: $other, ..*self }))]
            }
            )?

            /// They claim everything, so that every bound is checked.
            fn promises(&self) -> bool {
                true
            }
        }

        impl $crate::technique::Planted for Mistake {
            fn info(&self) -> &$crate::mistake::MistakeInfo {
                &self.info
            }

            fn target<T: $crate::Real>(self) -> Box<dyn $crate::Target<T>> {
                Box::new(self)
            }
        }
    };
}

pub(crate) use faulty_targets;
