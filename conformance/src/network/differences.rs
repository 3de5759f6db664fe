//! Slopes of the loss without the chain rule: central differences of the judge's forward in 320 bits.
//!
//! ```text
//! ∂L/∂d ≈ [L(θ + h·d) − L(θ − h·d)]/2h        h = 2⁻⁷⁰
//! ```
//!
//! **Truncation.** The quotient is off by h²/6 times a third derivative along the line: 2⁻¹⁴² of it. Where no
//! kink lies within the step L is smooth; what bends most is a normalisation whose σ² + ε is small, by some
//! (σ² + ε)^(−3/2): even at 10⁻¹⁰ that leaves 2⁻⁹⁰, far below the bounds of `f64`.
//!
//! **Cancellation.** L is right to some 2⁻³⁰⁰ of what was added up on the way, and the difference divides that by
//! 2h: 2⁻²³¹ are left, of the loss, the outputs and 1. With 30 bits to spare a slope below 2⁻²⁰⁰ of that is none.

use super::judge::{Mode, Number, Pass, forward, loss};
use super::{Case, Layer};
use crate::Real;
use crate::activation::Curve;
use crate::exact::Exact;

/// log₂ of the step.
const STEP: isize = -70;

/// Where the slope is taken along: so much of each element of x, then of each parameter.
pub(super) type Direction = Vec<f64>;

/// The direction of one element of x or one parameter.
pub(super) fn along_one<T: Real>(case: &Case<T>, place: usize) -> Direction {
    let mut direction = vec![0.0; case.x.len() + case.parameters.len()];
    direction[place] = 1.0;
    direction
}

/// The slope along a direction, and how far off it may be; none if a kink lies within the step.
pub(super) fn slope<T: Real>(case: &Case<T>, direction: &Direction) -> Option<(Exact, f64)> {
    let (up, down) = (moved(case, direction, 1.0), moved(case, direction, -1.0));
    if !on_the_same_sides(case, &up, &down) {
        return None;
    }
    let losses = [loss(case, up.output()), loss(case, down.output())];
    let sizes = up.output().iter().chain(&losses).map(|value| value.to_f64().abs());
    let off = 2.0_f64.powi(-200) * sizes.fold(1.0, f64::max);
    Some(((&losses[0] - &losses[1]).scaled(-STEP - 1), off))
}

/// The forward pass of x and θ moved along a direction by a step.
fn moved<T: Real>(case: &Case<T>, direction: &Direction, sign: f64) -> Pass<Exact> {
    let one = |(value, part): (&T, &f64)| match *part {
        0.0 => Exact::datum(value.to_f64()),
        part => Exact::datum(value.to_f64()) + Exact::from_f64(sign * part).scaled(STEP),
    };
    let (of_x, of_parameters) = direction.split_at(case.x.len());
    let x: Vec<_> = case.x.iter().zip(of_x).map(one).collect();
    let parameters: Vec<_> = case.parameters.iter().zip(of_parameters).map(one).collect();
    forward(case, &parameters, &x, Mode::Training)
}

/// Whether what reaches each kink lies on one side of it, or does not move.
fn on_the_same_sides<T: Real>(case: &Case<T>, up: &Pass<Exact>, down: &Pass<Exact>) -> bool {
    let zero = Exact::zero();
    let same = |(a, b): (&Exact, &Exact)| {
        (*a > zero && *b > zero) || (*a < zero && *b < zero) || (a.is_zero() && b.is_zero())
    };
    case.layers.iter().enumerate().all(|(k, layer)| match layer {
        Layer::Activation(Curve::Relu | Curve::LeakyRelu { .. }) => {
            up.values[k].iter().zip(&down.values[k]).all(same)
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{GoalValues, Rule};
    use crate::regularization::Penalty;

    fn squared(layers: Vec<Layer>, parameters: Vec<f64>, x: Vec<f64>) -> Case<f64> {
        let rule = Rule {
            learning_rate: 0.1,
            penalty: Penalty::L2,
            lambda: 0.0,
            threshold: f64::INFINITY,
        };
        Case {
            layers,
            parameters,
            statistics: vec![],
            rows: 1,
            x,
            goal: GoalValues::Values(vec![1.0]),
            keep: vec![],
            rule,
        }
    }

    /// L = ½(w·x + b − 1)² with w = 3, x = 2, b = −1: slopes (w, x, 1)·4.
    #[test]
    fn a_line_has_its_slopes() {
        let dense = Layer::Dense { inputs: 1, outputs: 1 };
        let case = squared(vec![dense], vec![3.0, -1.0], vec![2.0]);
        let along = |direction| slope(&case, &direction).expect("no kink").0.to_f64();
        let each = (0..3).map(|i| along(along_one(&case, i)));
        assert_eq!(each.collect::<Vec<_>>(), [12.0, 8.0, 4.0]);
        assert_eq!(along(vec![1.0, -2.0, 0.5]), 12.0 - 16.0 + 2.0);
    }

    /// At w·x + b = 0 there is no slope; where the kink is reached by what does not move, there is.
    #[test]
    fn a_kink_within_the_step_has_none() {
        let layers = vec![Layer::Dense { inputs: 1, outputs: 1 }, Layer::Activation(Curve::Relu)];
        let case = squared(layers, vec![0.5, -1.0], vec![2.0]);
        assert_eq!(slope(&case, &along_one(&case, 2)), None);
        let still = squared(case.layers.clone(), vec![0.0, 0.0], vec![0.0]);
        let slope = slope(&still, &along_one(&still, 0)).map(|(slope, _)| slope);
        assert_eq!(slope, Some(Exact::zero()));
    }
}
