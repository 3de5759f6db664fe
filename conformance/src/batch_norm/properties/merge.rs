//! Clause BN-31: statistics that are merged from those of two parts.

use super::super::{Case, Function};
use crate::call::{guarded, unwritten};
use crate::compare::compare;
use crate::normalization::properties::forward::Judged;
use crate::technique::Function as _;
use crate::verdict::{Checked, Strength, Verdict, yields};
use crate::{Real, Refusal, Target};

/// y from the merged statistics of two parts is the formula's too.
pub(super) fn parts_agree<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let judged = Judged::new(strength, case);
    let mut verdict = Verdict::CannotTell("one sample has no two parts");
    for split in [1, case.shape.outer / 2, case.shape.outer.saturating_sub(1)] {
        if (1..case.shape.outer).contains(&split) {
            let y = yields(Function::ForwardInParts.name(), in_parts(target, case, split))?;
            verdict = verdict.and(|| compare("y", &y, |i| judged.y(case, i)));
        }
    }
    Ok(verdict)
}

fn in_parts<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    split: usize,
) -> Result<Vec<T>, Refusal> {
    let batch_norm = target.batch_norm().ok_or(Refusal::NotOffered)?;
    let mut y = unwritten(case.shape.len());
    guarded(|| batch_norm.forward_in_parts(&case.as_forward(), split, &mut y))?;
    Ok(y)
}
