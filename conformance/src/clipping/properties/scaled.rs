//! By norm: all elements by one factor.

use super::{Case, Function, OUT_OF_DOMAIN, result, truth};
use crate::clipping::truth::norm_of;
use crate::compare::{Expected, compare, same_bits};
use crate::exact::Exact;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Measure, Strength, Verdict};
use crate::{Real, Target};

/// CLP-09: with the threshold above the norm, just above it, and with none.
pub(super) fn below<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let truth = truth(case, function)?;
    let Some(nu) = truth.nu::<T>() else { return Ok(OUT_OF_DOMAIN) };
    let least = truth.norm.to_f64() * (1.0 + 2.0 * nu) * (1.0 + 4.0 * T::UNIT_ROUNDOFF);
    let mut verdict = Verdict::HOLDS;
    for tau in [case.threshold.max(least), least, 3.0 * least, f64::INFINITY] {
        let stayed = stays(target, &case.at(tau), function)?;
        verdict = verdict.and(|| stayed);
    }
    Ok(verdict)
}

pub(super) fn stays<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let y = result(target, case, function)?;
    let name = format!("{} with threshold {:?}", function.outputs()[0], case.threshold);
    Ok(same_bits(&name, &y, &case.gradient(), "up to the threshold the identity, bit for bit"))
}

/// CLP-10, CLP-14, CLP-15.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let y = result(target, case, function)?;
    let (truth, g) = (truth(case, function)?, case.gradient());
    let expected = |i: usize| truth.expected(strength, g[i]);
    Ok(compare(function.outputs()[0], &y, expected))
}

/// CLP-11: the factor is that of the largest element, whatever it is.
pub(super) fn direction<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let y = result(target, case, function)?;
    let (truth, g) = (truth(case, function)?, case.gradient());
    let size = |i: &usize| g[*i].to_f64().abs();
    let Some(k) = (0..g.len()).max_by(|i, j| size(i).total_cmp(&size(j))) else {
        return Ok(OUT_OF_DOMAIN);
    };
    let (Some([relative, absolute]), true, true) =
        (truth.sound::<T>(), truth.is_above(), y[k].is_finite())
    else {
        return Ok(OUT_OF_DOMAIN);
    };
    let factor = Exact::from_f64(y[k].to_f64()) / Exact::from_f64(g[k].to_f64());
    Ok(compare("by the factor of the largest, result", &y, |i| {
        let truth = (Exact::from_f64(g[i].to_f64()) * &factor).to_wide();
        let bound = 2.0 * (relative * truth.to_f64().abs() + absolute);
        Some(Expected::new(truth, bound))
    }))
}

/// CLP-12.
pub(super) fn resulting_norm<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let y = result(target, case, function)?;
    let Some((truth, bound)) = truth(case, function)?.resulting_norm::<T>() else {
        return Ok(OUT_OF_DOMAIN);
    };
    if let Some(i) = y.iter().position(|y| !y.is_finite()) {
        let got = format!("{:?}", y[i]);
        return Ok(Finding::fail(format!("result[{i}]"), got, "a number", "the data are finite"));
    }
    let norm = norm_of(&y);
    let off = (&norm - &truth).abs().to_f64();
    if off > bound {
        let (got, expected) = (format!("{:?}", norm.to_f64()), format!("{:?}", truth.to_f64()));
        return Ok(Finding::fail("norm of the result", got, expected, format!("±{bound:.3e}")));
    }
    Ok(pass(off, bound))
}

/// A norm of a result that was taken in 320 bits, and is within its bound.
pub(super) fn pass(off: f64, bound: f64) -> Verdict {
    let ratio = if off == 0.0 { 0.0 } else { off / bound };
    Verdict::Pass(Measure { ratio, ulps: 0.0, compared: 1 })
}

/// CLP-16; a gradient that was not to be clipped stays and tells nothing.
pub(super) fn does_not_pass<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let y = result(target, case, function)?;
    let truth = truth(case, function)?;
    if !truth.is_above() || y.iter().any(|y| !y.is_finite()) {
        return Ok(OUT_OF_DOMAIN);
    }
    let (norm, more) = (norm_of(&y), truth.may_pass::<T>());
    let tau = Exact::from_f64(case.threshold);
    let over = (&norm - &tau).to_f64().max(0.0);
    let allowed = (&tau * &Exact::from_f64(more)).to_f64();
    // Below the range of f64 the product is taken in 320 bits.
    if norm > &tau + &(&tau * &Exact::from_f64(more)) {
        let (got, tau) =
            (format!("{:?}", norm.to_f64()), format!("at most {tau:?}", tau = case.threshold));
        return Ok(Finding::fail("norm of the result", got, tau, format!("{more:.3e} of it more")));
    }
    Ok(pass(over, allowed))
}
