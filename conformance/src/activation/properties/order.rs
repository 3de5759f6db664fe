//! Range, order, symmetry, and that every element is alone.

use super::*;

/// ACT-13: within [0, 1] or [−1, 1], and no NaN, whatever finite number x is.
pub(super) fn range<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let lowest = if shape == Sigmoid { 0.0 } else { -1.0 };
    let y = ask(target, case, Forward, shape)?;
    let verdict = all_within("y", shape, case, &y, |_| (lowest, 1.0));
    match ask(target, case, Backward, shape) {
        Err(Verdict::NotOffered) => Ok(verdict),
        dx => {
            // The slope is at most 1; the last places are not asked here.
            let most = |i: usize| 1.001 * case.dy[i].to_f64().abs();
            let dx = dx?;
            Ok(verdict.and(|| all_within("dx", shape, case, &dx, |i| (-most(i), most(i)))))
        }
    }
}

fn all_within<T: Real>(
    name: &str,
    shape: Shape,
    case: &Case<T>,
    got: &[T],
    range: impl Fn(usize) -> (f64, f64),
) -> Verdict {
    for (i, value) in got.iter().enumerate() {
        let (lowest, highest) = range(i);
        if !(lowest..=highest).contains(&value.to_f64()) {
            let place = format!("{name} of {shape:?} at {:?}", case.x[i]);
            let expected = format!("from {lowest:?} to {highest:?}");
            return Finding::fail(place, format!("{value:?}"), expected, "whatever finite x is");
        }
    }
    Verdict::HOLDS
}

/// The numbers of the type on both sides; towards 0 from a power of two the step is half as long.
fn neighbours<T: Real>(x: f64) -> [f64; 4] {
    let step = crate::ulp::<T>(x);
    let near = [x - step, x - step / 2.0, x + step / 2.0, x + step];
    near.map(|near| T::from_f64(near).to_f64())
}

/// ACT-18: along all x of the case and their neighbours y does not fall.
pub(super) fn monotone<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let around = |x: &T| {
        let [a, b, c, d] = neighbours::<T>(x.to_f64());
        [a, b, x.to_f64(), c, d]
    };
    let mut x: Vec<f64> = case.x.iter().flat_map(around).filter(|x| x.is_finite()).collect();
    x.sort_by(f64::total_cmp);
    let y = ask(target, &case.with_x(x.iter().map(|x| T::from_f64(*x)).collect()), Forward, shape)?;
    for (i, pair) in y.windows(2).enumerate() {
        if pair[1] < pair[0] {
            let place =
                format!("{shape:?} at {:?} and {:?}", T::from_f64(x[i]), T::from_f64(x[i + 1]));
            let got = format!("{:?}, then {:?}", pair[0], pair[1]);
            return Ok(Finding::fail(place, got, "no less", "the curve rises: so must its values"));
        }
    }
    Ok(Verdict::HOLDS)
}

fn negated<T: Real>(values: &[T]) -> Vec<T> {
    values.iter().map(|value| -*value).collect()
}

/// ACT-21: tanh(−x) = −tanh(x), bit for bit.
pub(super) fn odd<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let y = ask(target, case, Forward, Tanh)?;
    let mirrored = ask(target, &case.with_x(negated(&case.x)), Forward, Tanh)?;
    Ok(same_bits("−tanh of −x, element ", &negated(&mirrored), &y, "tanh is odd, bit for bit"))
}

/// ACT-21: the derivatives at x and −x have the same bits.
pub(super) fn even<T: Real>(target: &dyn Target<T>, case: &Case<T>, shape: Shape) -> Checked {
    let dx = ask(target, case, Backward, shape)?;
    let mirrored = ask(target, &case.with_x(negated(&case.x)), Backward, shape)?;
    let name = format!("dx of {shape:?} at −x, element ");
    Ok(same_bits(&name, &mirrored, &dx, "the derivative is even, bit for bit"))
}

/// ACT-28: each element alone gives what it gives among others.
pub(super) fn place<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::NotOffered;
    for function in Function::ALL {
        let together = match yields(function.name(), case.ask(*function, target)) {
            Err(Verdict::NotOffered) => continue,
            other => other?,
        };
        if verdict == Verdict::NotOffered {
            verdict = Verdict::HOLDS;
        }
        for i in places(case.x.len()) {
            let (x, dy, y) = (vec![case.x[i]], vec![case.dy[i]], vec![case.y[i]]);
            let alone = Case { slope: case.slope, x, dy, y };
            let alone = yields(function.name(), alone.ask(*function, target))?;
            let name = format!("{} of element {i} alone, ", function.name());
            let why = "the same bits as among the others";
            verdict = verdict.and(|| same_bits(&name, &alone, &together[i..=i], why));
        }
    }
    Ok(verdict)
}

/// Some of the first and of the last elements, and the middle.
fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).filter(move |i| *i < 2 || *i == length / 2 || *i + 3 >= length)
}
