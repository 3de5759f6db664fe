//! The initialisation of `evenkeel-reference` in the contract.

use evenkeel_reference::initialization as reference;
use nalgebra::DVector;

use super::{Family, Fan, Initialization, Layer, Plan, Scheme};
use crate::random::Random;
use crate::real::towards_zero;
use crate::reference::{Reference, refusal};
use crate::{Draw, Real, Refusal, Stream};

const fn layer(layer: Layer) -> reference::Layer {
    match layer {
        Layer::Dense { inputs, outputs } => reference::Layer::Dense { inputs, outputs },
        Layer::Convolution { inputs, outputs, kernel, groups } => {
            reference::Layer::Convolution { inputs, outputs, kernel, groups }
        }
    }
}

/// Bound or deviation by the reference's four formulas.
fn spread(plan: &Plan) -> Result<f64, evenkeel_reference::Error> {
    let fans = reference::fans(&layer(plan.layer))?;
    let is_uniform = plan.family == Family::Uniform;
    let spread = match plan.scheme {
        Scheme::Xavier { gain } if is_uniform => reference::xavier_uniform_bound(fans, gain),
        Scheme::Xavier { gain } => reference::xavier_normal_deviation(fans, gain),
        Scheme::He { fan, slope } => {
            let fan = if fan == Fan::In { fans.fan_in } else { fans.fan_out };
            if is_uniform {
                reference::he_uniform_bound(fan, slope)
            } else {
                reference::he_normal_deviation(fan, slope)
            }
        }
    }?;
    let is_cut = plan.family == Family::TruncatedNormal;
    Ok(if is_cut { reference::truncated_deviation(spread) } else { spread })
}

impl<T: Real> Initialization<T> for Reference {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn fans(&self, shape: Layer) -> Result<[usize; 2], Refusal> {
        let fans = reference::fans(&layer(shape)).map_err(refusal)?;
        Ok([fans.fan_in, fans.fan_out])
    }

    fn spread(&self, plan: &Plan) -> Result<f64, Refusal> {
        spread(plan).map_err(refusal)
    }

    /// In `f32` the bound of a uniform is rounded towards zero before it is multiplied.
    fn weights_given(&self, plan: &Plan, draws: &[f64], w: &mut [T]) -> Result<(), Refusal> {
        plan.check_given(draws, w)?;
        let spread = spread(plan).map_err(refusal)?;
        let is_uniform = plan.family == Family::Uniform;
        let spread = if is_uniform { towards_zero::<T>(spread) } else { spread };
        let weights = reference::scaled(&DVector::from_column_slice(draws), spread);
        w.iter_mut().zip(&weights).for_each(|(w, weight)| *w = T::from_f64(*weight));
        Ok(())
    }

    fn weights(&self, plan: &Plan, stream: Stream, w: &mut [T]) -> Result<(), Refusal> {
        plan.check_weights(w)?;
        let (spread, draw) = (spread(plan).map_err(refusal)?, Draw { stream, first: 0 });
        match plan.family {
            Family::Uniform => self.uniform(draw, spread, w),
            Family::Normal => self.normal(draw, spread, w),
            Family::TruncatedNormal => self.truncated_normal(draw, spread, w),
        }
    }
}
