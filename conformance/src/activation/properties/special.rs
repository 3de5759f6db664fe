//! Zero, kinks, infinities, NaN.

use super::*;
use crate::ulp;

fn numbers<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|value| T::from_f64(*value)).collect()
}

/// Holds if every number equals what is expected; +0 and −0 are equal.
fn equal<T: Real>(name: &str, got: &[T], expected: &[f64], why: &str) -> Verdict {
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        if got.to_f64() != T::from_f64(*expected).to_f64() {
            let place = format!("{name}[{i}]");
            return Finding::fail(place, format!("{got:?}"), format!("{expected:?}"), why);
        }
    }
    Verdict::HOLDS
}

/// ACT-03, ACT-04: what is positive stays as it is; without a slope the rest is 0.
pub(super) fn keeps_positive<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    shape: Shape,
) -> Checked {
    let y = ask(target, case, Forward, shape)?;
    let positive: Vec<usize> = (0..y.len()).filter(|i| case.x[*i].to_f64() > 0.0).collect();
    let pick = |values: &[T]| positive.iter().map(|i| values[*i]).collect::<Vec<T>>();
    let why = "x itself where it is positive, bit for bit";
    let kept = same_bits("y of the positive, element ", &pick(&y), &pick(&case.x), why);
    if shape == LeakyRelu {
        return Ok(kept);
    }
    let rest: Vec<T> = (0..y.len()).filter(|i| case.x[*i].to_f64() <= 0.0).map(|i| y[i]).collect();
    let zeros = vec![0.0; rest.len()];
    Ok(kept.and(|| equal("y of the others, element ", &rest, &zeros, "0 where x is not positive")))
}

/// ACT-09: at ±0 the derivative is that of the declared side, on which the curve itself is asked.
pub(super) fn kink<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let case = case.with_x(numbers(&[0.0, -0.0]));
    let declared = target.activation().map(|activation| activation.kink()).unwrap_or_default();
    let at = if declared == Kink::Right { 1.0 } else { -1.0 };
    let side = ask(target, &case.with_x(numbers(&[at])), Forward, shape)?;
    let (slope, dx) = (side[0].to_f64() * at, ask(target, &case, Backward, shape)?);
    Ok(compare(&format!("dx of {shape:?} at 0, element "), &dx, |i| {
        let expected = case.dy[i].to_f64() * slope;
        // The slope was rounded when the curve was asked.
        let bound = 4.0 * T::UNIT_ROUNDOFF * expected.abs() + T::MIN_SUBNORMAL * 2.0;
        Some(Expected::new(crate::exact::Wide::exact(expected), bound + ulp::<T>(0.0)))
    }))
}

/// ACT-10.
pub(super) fn zero<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let y = ask(target, &case.with_x(numbers(&[0.0, -0.0])), Forward, shape)?;
    let value = if shape == Sigmoid { 0.5 } else { 0.0 };
    let name = format!("y of {shape:?} at ±0, element ");
    Ok(equal(&name, &y, &[value; 2], "the value at 0 is exact"))
}

/// ACT-11: what the curves and their derivatives tend to.
pub(super) fn ends<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let case = case.with_x(numbers(&[f64::NEG_INFINITY, f64::INFINITY]));
    let (curve, slopes) = match shape {
        Sigmoid => ([0.0, 1.0], [0.0, 0.0]),
        Tanh => ([-1.0, 1.0], [0.0, 0.0]),
        Relu => ([0.0, f64::INFINITY], [0.0, 1.0]),
        LeakyRelu => ([f64::NEG_INFINITY, f64::INFINITY], [case.slope, 1.0]),
    };
    let name = |what: &str| format!("{what} of {shape:?} at ∓∞, element ");
    let why = "what the curve tends to";
    let y = ask(target, &case, Forward, shape)?;
    let verdict = equal(&name("y"), &y, &curve, why);
    let dx = match ask(target, &case, Backward, shape) {
        Err(Verdict::NotOffered) => return Ok(verdict),
        other => other?,
    };
    Ok(verdict.and(|| {
        compare(&name("dx"), &dx, |i| {
            let expected = case.dy[i].to_f64() * slopes[i];
            let rounded = 4.0 * T::UNIT_ROUNDOFF * expected.abs() + 2.0 * T::MIN_SUBNORMAL;
            let bound = if [0.0, 1.0].contains(&slopes[i]) { 0.0 } else { rounded };
            Some(Expected::new(crate::exact::Wide::exact(expected), bound))
        })
    }))
}

/// ACT-12: NaN in, NaN out, and the neighbours do not see it.
pub(super) fn nan<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let at = case.x.len() / 2;
    let mut spoilt = case.clone();
    spoilt.x[at] = T::from_f64(f64::NAN);
    let mut verdict = Verdict::HOLDS;
    for direction in [Forward, Backward] {
        let clean = ask(target, case, direction, shape);
        let mut clean = match clean {
            Err(Verdict::NotOffered) if direction == Backward => break,
            other => other?,
        };
        clean[at] = T::from_f64(f64::NAN);
        let got = ask(target, &spoilt, direction, shape)?;
        let name = format!("{direction:?} of {shape:?} with NaN at {at}, element ");
        verdict = verdict.and(|| same_bits(&name, &got, &clean, "NaN gives NaN, there only"));
    }
    Ok(verdict)
}

/// ACT-17: tanh and the leaky ReLU keep the sign of a zero, ReLU gives +0.
pub(super) fn sign_of_zero<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    shape: Shape,
) -> Checked {
    let x = numbers(&[0.0, -0.0, -1.0]);
    let y = ask(target, &case.with_x(x.clone()), Forward, shape)?;
    let zeros = if shape == Relu { numbers(&[0.0; 3]) } else { x[..2].to_vec() };
    let name = format!("y of {shape:?} at 0.0, -0.0, -1.0, element ");
    let why = "tanh and the leaky ReLU keep the sign of 0, ReLU gives +0";
    Ok(same_bits(&name, &y[..zeros.len()], &zeros, why))
}
