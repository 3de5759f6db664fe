//! Forward and backward held against each other, and the form that takes y.

use super::*;
use crate::arguments::names;
use crate::exact::Wide;

/// ACT-14: dx is dy times the slope of the target's own forward.
///
/// ```text
/// (f(b) − f(a))/(b − a) = f′(x) + d,   |d| ≤ h²/3·max|f‴| + 2·sound(y)/(b − a)
/// ```
///
/// with a and b the numbers next to x ∓ h; their middle is off x by a rounding of x, which moves the slope
/// by at most max|f″| of that. f″ and f‴ of these curves are nowhere above 2.
pub(super) fn own_slope<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    const REACH: f64 = 16.0;
    let h = 2.0_f64.powi(-T::DIGITS / 3);
    let shifted = |by: f64| case.x.iter().map(|x| T::from_f64(x.to_f64() + by)).collect::<Vec<T>>();
    let (below, above) = (shifted(-h), shifted(h));
    let from = ask(target, &case.with_x(below.clone()), Forward, shape)?;
    let to = ask(target, &case.with_x(above.clone()), Forward, shape)?;
    let dx = ask(target, case, Backward, shape)?;
    let is_smooth = [Sigmoid, Tanh].contains(&shape);
    Ok(compare(&format!("dx of {shape:?} against its own forward, element "), &dx, |i| {
        let (x, dy) = (case.x[i].to_f64(), case.dy[i].to_f64());
        if x.abs() > REACH || (!is_smooth && x.abs() < 2.0 * h) {
            return None;
        }
        let width = above[i].to_f64() - below[i].to_f64();
        let slope = (to[i].to_f64() - from[i].to_f64()) / width;
        let curved =
            if is_smooth { 2.0 * (h * h / 3.0 + T::UNIT_ROUNDOFF * (x.abs() + 1.0)) } else { 0.0 };
        let y = from[i].to_f64().abs().max(to[i].to_f64().abs());
        let rounded = 2.0 * (10.0 * T::UNIT_ROUNDOFF * y + T::MIN_SUBNORMAL) / width;
        let own = 32.0 * T::UNIT_ROUNDOFF;
        let bound = dy.abs() * (curved + rounded + own) + 2.0 * T::MIN_SUBNORMAL;
        Some(Expected::new(Wide::exact(dy * slope), bound).of_terms(dy.abs() * y / width))
    }))
}

/// ACT-20, ACT-22: the derivative from y, as good as y tells it.
pub(super) fn from_output<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let mut verdict = Verdict::NotOffered;
    for shape in [Sigmoid, Tanh, Relu, LeakyRelu] {
        let one = match agrees(strength, target, case, FromOutput, shape) {
            Err(Verdict::NotOffered) => continue,
            other => other?,
        };
        verdict = if verdict == Verdict::NotOffered { one } else { verdict.and(|| one) };
    }
    Ok(verdict)
}

/// ACT-22: NaN in y gives NaN there.
pub(super) fn nan<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let at = case.y.len() / 2;
    let mut spoilt = case.clone();
    spoilt.y[at] = T::from_f64(f64::NAN);
    let mut verdict = Verdict::NotOffered;
    for shape in [Sigmoid, Tanh, Relu, LeakyRelu] {
        let dx = match ask(target, &spoilt, FromOutput, shape) {
            Err(Verdict::NotOffered) => continue,
            other => other?,
        };
        if !dx[at].is_nan() {
            let place = format!("dx of {shape:?} from y = NaN, element [{at}]");
            return Ok(Finding::fail(place, format!("{:?}", dx[at]), "NaN", "NaN gives NaN"));
        }
        verdict = Verdict::HOLDS;
    }
    Ok(verdict)
}

/// ACT-22: with a slope that is not positive y does not tell the side of x.
pub(super) fn telling_slope<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let function = Function { direction: FromOutput, shape: LeakyRelu };
    let mut verdict = Verdict::CannotTell("no slope was tried");
    for slope in [0.0, -case.slope] {
        let case = Case { slope, ..case.clone() };
        let place = format!("{} with slope {slope}", function.name());
        verdict = verdict.and(|| names("slope", &place, case.ask(function, target)));
    }
    Ok(verdict)
}
