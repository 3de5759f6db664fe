//! True fans, bounds and deviations, in 320 bits.

use super::{Family, Fan, Layer, Plan, Scheme};
use crate::exact::Exact;

/// fan_in and fan_out.
pub(super) fn fans(layer: Layer) -> [usize; 2] {
    let [inputs, outputs, kernel, groups] = layer.sizes();
    [inputs / groups * kernel, outputs / groups * kernel]
}

/// The standard deviation of a normal that is cut at ±2: √(1 − 4·φ(2)/(2Φ(2) − 1)).
const OF_THE_CUT: f64 = 0.879_625_661_034_239_8;

/// The standard deviation that the weights shall have.
fn deviation(plan: &Plan) -> Exact {
    let number = Exact::from_f64;
    let [fan_in, fan_out] = fans(plan.layer);
    match plan.scheme {
        Scheme::Xavier { gain } => {
            let sum = Exact::from_count(fan_in) + Exact::from_count(fan_out);
            (number(2.0) / sum).sqrt() * number(gain)
        }
        Scheme::He { fan, slope } => {
            let fan = Exact::from_count(if fan == Fan::In { fan_in } else { fan_out });
            let power = number(1.0) + number(slope).square();
            (number(2.0) / (power * fan)).sqrt()
        }
    }
}

/// What a standard draw is multiplied with: a = √3·σ, σ, or σ before the cut.
pub(super) fn spread(plan: &Plan) -> Exact {
    let sigma = deviation(plan);
    match plan.family {
        Family::Uniform => sigma * Exact::from_f64(3.0).sqrt(),
        Family::Normal => sigma,
        // The constant is right to 2⁻⁵³, which the bounds allow for.
        Family::TruncatedNormal => sigma / Exact::from_f64(OF_THE_CUT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4·φ(2)/(2Φ(2) − 1), with φ(2) = e⁻²/√(2π).
    #[test]
    fn the_deviation_of_the_cut_normal() {
        let two = Exact::from_f64(2.0);
        let density = (-two.clone()).exp() / Exact::pi().scaled(1).sqrt();
        let within = crate::random::truth::half_of_normal(&two).scaled(1);
        let variance = Exact::from_f64(1.0) - density.scaled(2) / within;
        assert_eq!(variance.sqrt().to_f64(), OF_THE_CUT);
    }

    #[test]
    fn the_notes_formulas_by_hand() {
        let plan =
            |scheme, family| Plan { layer: Layer::Dense { inputs: 2, outputs: 4 }, scheme, family };
        let xavier = Scheme::Xavier { gain: 1.0 };
        let he = |fan| Scheme::He { fan, slope: 0.0 };
        for (scheme, family, expected) in [
            (xavier, Family::Uniform, 1.0),
            (xavier, Family::Normal, (1.0_f64 / 3.0).sqrt()),
            (he(Fan::In), Family::Uniform, 3.0_f64.sqrt()),
            (he(Fan::In), Family::Normal, 1.0),
            (he(Fan::Out), Family::Normal, 0.5_f64.sqrt()),
        ] {
            assert_eq!(spread(&plan(scheme, family)).to_f64(), expected, "{scheme:?} {family:?}");
        }
    }
}
