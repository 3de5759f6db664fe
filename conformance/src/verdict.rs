//! What one property says of one input.

use crate::Refusal;

/// How much a clause is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Every sound implementation of that precision holds it.
    Must,
    /// Held by implementations that do not depend on the condition of the data.
    Should,
    /// What the kernels of this project claim for themselves.
    Promise,
}

impl Strength {
    /// All three, strongest duty first.
    pub const ALL: [Self; 3] = [Self::Must, Self::Should, Self::Promise];

    /// As in the clause pages: `MUST`, `SHOULD`, `PROMISE`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Promise => "PROMISE",
        }
    }
}

/// What a property says of one input.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It holds.
    Pass(Measure),
    /// It does not.
    Fail(Box<Finding>),
    /// This input could not have revealed a fault. Counted apart, never as passed.
    CannotTell(&'static str),
    /// The target has no such function.
    NotOffered,
}

/// A verdict, or the verdict that ends the check early.
pub(crate) type Checked = Result<Verdict, Verdict>;

/// Either way, a verdict.
pub(crate) fn settled(checked: Checked) -> Verdict {
    checked.unwrap_or_else(|verdict| verdict)
}

/// The result of a call on valid input, or the verdict on its refusal.
pub(crate) fn yields<R>(call: &str, result: Result<R, Refusal>) -> Result<R, Verdict> {
    result.map_err(|refusal| Finding::refused(call, &refusal))
}

/// How near the bound an implementation came.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measure {
    /// The largest error/bound.
    pub ratio: f64,
    /// The largest error in units in the last place of the true value.
    pub ulps: f64,
    /// How many numbers were compared.
    pub compared: u64,
}

impl Measure {
    /// The worse of both, number by number.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self {
            ratio: self.ratio.max(other.ratio),
            ulps: self.ulps.max(other.ulps),
            compared: self.compared + other.compared,
        }
    }
}

/// One number that is not as it must be.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Which: `y[3]`, `dgamma[0]`, the error of a call, …
    pub place: String,
    /// What the target gave.
    pub got: String,
    /// What the clause asks for.
    pub expected: String,
    /// How far from it the target may be, and why.
    pub allowed: String,
}

impl Finding {
    /// A verdict of failure.
    pub fn fail(
        place: impl Into<String>,
        got: impl Into<String>,
        expected: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Verdict {
        Verdict::Fail(Box::new(Self {
            place: place.into(),
            got: got.into(),
            expected: expected.into(),
            allowed: allowed.into(),
        }))
    }

    /// A call that should have succeeded was refused.
    pub fn refused(call: &str, refusal: &Refusal) -> Verdict {
        match refusal {
            Refusal::NotOffered => Verdict::NotOffered,
            other => Self::fail(call, other.to_string(), "a result", "no refusal of valid input"),
        }
    }
}

impl Verdict {
    /// Nothing to measure, but it holds.
    pub const HOLDS: Self = Self::Pass(Measure { ratio: 0.0, ulps: 0.0, compared: 1 });

    /// Both verdicts in one: a failure or a missing function wins, what was measured adds up.
    #[must_use]
    pub fn and(self, next: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Pass(first) => match next() {
                Self::Pass(second) => Self::Pass(first.worse(second)),
                Self::CannotTell(_) => Self::Pass(first),
                other => other,
            },
            Self::CannotTell(_) => next(),
            other => other,
        }
    }
}
