//! Fans, bounds and deviations in plain `f64`, and the draws; with the step that a fault changes.

use super::{Fault, Mistake};
use crate::initialization::{Family, Fan, Layer, Plan, Scheme};
use crate::random::mistakes::draws;
use crate::real::towards_zero;
use crate::{Real, Stream};

/// fan_in and fan_out.
pub(super) fn fans(fault: Fault, layer: Layer) -> [usize; 2] {
    let [inputs, outputs, kernel, groups] = layer.sizes();
    let kernel = if fault == Fault::NoKernel { 1 } else { kernel };
    let [of_inputs, of_outputs] = match fault {
        Fault::GroupsIgnored => [1, 1],
        Fault::GroupsOnlyIn => [groups, 1],
        _ => [groups, groups],
    };
    let (fan_in, fan_out) = (inputs / of_inputs * kernel, outputs / of_outputs * kernel);
    if fault == Fault::FansSwapped { [fan_out, fan_in] } else { [fan_in, fan_out] }
}

/// The variance that the weights get.
fn variance(fault: Fault, plan: &Plan) -> f64 {
    let [fan_in, fan_out] = fans(fault, plan.layer).map(|fan| fan as f64);
    match plan.scheme {
        Scheme::Xavier { gain } => {
            let of_fans = match fault {
                Fault::XavierIsLecun => 1.0 / fan_in,
                Fault::XavierHalf => 1.0 / (fan_in + fan_out),
                _ => 2.0 / (fan_in + fan_out),
            };
            if fault == Fault::GainIgnored { of_fans } else { of_fans * gain * gain }
        }
        Scheme::He { fan, slope } => {
            let fan = match (fan, fault) {
                (_, Fault::HeAverage) => (fan_in + fan_out) / 2.0,
                (Fan::In, _) | (_, Fault::FanIgnored) => fan_in,
                (Fan::Out, _) => fan_out,
            };
            let power = match fault {
                Fault::SlopeIgnored => 1.0,
                Fault::SlopeNotSquared => 1.0 + slope.abs(),
                _ => 1.0 + slope * slope,
            };
            (if fault == Fault::HeNoTwo { 1.0 } else { 2.0 }) / (power * fan)
        }
    }
}

/// √(1 − 4·φ(2)/(2Φ(2) − 1)).
const OF_THE_CUT: f64 = 0.879_625_661_034_239_8;

impl Mistake {
    /// What a standard draw is multiplied with.
    pub(super) fn spread_of(self, plan: &Plan) -> f64 {
        let variance = variance(self.fault, plan) * (1.0 + 2.0 * self.slip);
        let deviation = match self.fault {
            Fault::VarianceForDeviation => variance,
            _ => variance.sqrt(),
        };
        self.of_family(plan, variance, deviation)
    }

    fn of_family(self, plan: &Plan, variance: f64, deviation: f64) -> f64 {
        match (plan.family, self.fault) {
            (Family::Uniform, Fault::UniformNoRoot3) => deviation,
            (Family::Uniform, Fault::HeUniformThree)
                if matches!(plan.scheme, Scheme::He { .. }) =>
            {
                (1.5 * variance).sqrt()
            }
            (Family::Uniform, _) => 3.0_f64.sqrt() * deviation,
            (Family::Normal, Fault::NormalRoot3) => 3.0_f64.sqrt() * deviation,
            (Family::Normal, _) | (Family::TruncatedNormal, Fault::Uncorrected) => deviation,
            (Family::TruncatedNormal, Fault::CorrectedTwice) => deviation * OF_THE_CUT,
            (Family::TruncatedNormal, _) => deviation / OF_THE_CUT,
        }
    }

    /// The factor as `T` has it: a bound is rounded towards zero.
    fn factor<T: Real>(self, plan: &Plan) -> f64 {
        let spread = self.spread_of(plan);
        match (plan.family, self.fault) {
            (Family::Uniform, Fault::RoundsUp) => T::from_f64(spread).to_f64(),
            (Family::Uniform, _) => towards_zero::<T>(spread),
            (_, Fault::SingleSpread) => T::from_f64(spread).to_f64(),
            _ => spread,
        }
    }

    /// Weights of given draws.
    pub(super) fn scale<T: Real>(self, plan: &Plan, draws: &[f64], w: &mut [T]) {
        let factor = self.factor::<T>(plan);
        for (w, draw) in w.iter_mut().zip(draws) {
            *w = T::from_f64(match self.fault {
                Fault::Zero => 0.0,
                Fault::HalfRange => factor * draw.abs(),
                _ => factor * draw,
            });
        }
    }

    /// Weights that are drawn.
    pub(super) fn draw<T: Real>(self, plan: &Plan, stream: Stream, w: &mut [T]) {
        let spread = self.spread_of(plan);
        let length = w.len();
        for (i, w) in w.iter_mut().enumerate() {
            *w = self.one(plan.family, spread, self.stream(stream, i, length), i as u64);
        }
    }

    fn stream(self, stream: Stream, i: usize, length: usize) -> Stream {
        let number = match self.fault {
            Fault::NumberIgnored => 0,
            Fault::Threads => {
                let share = length.div_ceil(rayon::current_num_threads());
                stream.number.wrapping_add((i / share) as u32)
            }
            _ => stream.number,
        };
        Stream { number, ..stream }
    }

    fn one<T: Real>(self, family: Family, spread: f64, stream: Stream, i: u64) -> T {
        let (i, slip) = (if self.fault == Fault::OtherOrder { i ^ 1 } else { i }, self.slip);
        match (family, self.fault) {
            (_, Fault::Zero) => T::from_f64(0.0),
            (Family::Uniform, Fault::HalfRange) => {
                T::from_f64(draws::uniform::<T>(stream, i, spread).to_f64().abs())
            }
            (Family::Uniform, Fault::WrongFamily) => {
                draws::normal(slip, stream, i, spread / 3.0_f64.sqrt())
            }
            (Family::Uniform, _) => draws::uniform(stream, i, spread),
            (Family::Normal, _) => draws::normal(slip, stream, i, spread),
            (Family::TruncatedNormal, _) => draws::truncated(slip, stream, i, spread),
        }
    }
}
