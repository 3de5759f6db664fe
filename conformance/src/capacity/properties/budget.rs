//! CAP-14 … CAP-16: the widest network that a budget has room for.

use super::{Case, Uniform, refusal_or, widest};
use crate::arguments::names;
use crate::capacity::truth;
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Target};

/// Whether a width fits; beyond 128 bits none does.
fn is_within(uniform: &Uniform, width: usize, budget: u64) -> bool {
    truth::uniform(uniform, width).is_some_and(|count| count <= u128::from(budget))
}

fn shown(uniform: &Uniform, width: usize) -> String {
    let count = truth::uniform(uniform, width);
    let count = count.map_or("more than 2¹²⁸".into(), |count| count.to_string());
    format!("width {width}, with {count} parameters")
}

/// CAP-14: P(h) ≤ budget.
pub(super) fn fits<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let Case { uniform, budget, .. } = case;
    let width = widest(target, uniform, *budget)?;
    if width > 0 && is_within(uniform, width, *budget) {
        return Ok(Verdict::HOLDS);
    }
    let expected = format!("at most {budget} parameters, and a width of 1 or more");
    Ok(Finding::fail("widest", shown(uniform, width), expected, "the budget, exactly"))
}

/// CAP-15: budget < P(h + 1).
pub(super) fn no_wider_fits<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let Case { uniform, budget, .. } = case;
    let width = widest(target, uniform, *budget)?;
    let Some(wider) = width.checked_add(1) else { return Ok(Verdict::HOLDS) };
    if !is_within(uniform, wider, *budget) {
        return Ok(Verdict::HOLDS);
    }
    let expected = format!("at least {}, which {budget} has room for", shown(uniform, wider));
    Ok(Finding::fail("widest", shown(uniform, width), expected, "the largest that fits"))
}

/// CAP-16: just enough is enough, one less is not, and neither is nothing.
pub(super) fn too_small<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let uniform = &case.uniform;
    let least = truth::uniform(uniform, 1).and_then(|least| u64::try_from(least).ok());
    let Some(least) = least else { return Ok(Verdict::CannotTell("no budget is enough")) };
    let width = widest(target, uniform, least)?;
    let enough = match width {
        1 => Verdict::HOLDS,
        _ => Finding::fail("widest of P(1)", width.to_string(), "1", "just enough is enough"),
    };
    let huge = Uniform { inputs: usize::MAX, outputs: usize::MAX, ..*uniform };
    let refused = |uniform: &Uniform, budget: u64| {
        let result = refusal_or(target, |own| own.widest(uniform, budget));
        names("budget", &format!("widest with a budget of {budget}"), result)
    };
    Ok(enough
        .and(|| refused(uniform, least - 1))
        .and(|| refused(uniform, case.budget % least))
        .and(|| refused(uniform, 0))
        .and(|| refused(&huge, u64::MAX)))
}
