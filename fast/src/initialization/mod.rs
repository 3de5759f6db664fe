//! Xavier and He initialisation: weights that keep the variance of activations and gradients.
//!
//! ```text
//! Xavier   σ = gain·√(2/(fan_in + fan_out))       a = gain·√(6/(fan_in + fan_out))
//! He       σ = √(2/((1 + slope²)·fan))            a = √(6/((1 + slope²)·fan))
//! ```
//!
//! Uniform weights lie in \[−a, a\], normal ones have the standard deviation σ; truncated ones too: they
//! are cut at two deviations of a normal with σ/0.8796. Weight i is element i of the stream.
//!
//! **Source.** X. Glorot, Y. Bengio, AISTATS 2010, eq. 12 and 16; K. He, X. Zhang, S. Ren, J. Sun, ICCV
//! 2015, eq. 10, 14 and 15.
//!
//! **Hazard.** Fans that are exchanged or lack the kernel; the deviation taken for the bound, or the
//! variance for the deviation; the cut that is not made good; a bound that is rounded up.
//!
//! **Promises.** The spread within 8·2⁻⁵³ of itself. Uniform weights: the bits of the map, never beyond a.
//! Normal ones: as [`random`].

mod fans;
mod passes;
#[cfg(test)]
mod tests;

pub use fans::{Layer, fans};
pub(crate) use passes::Passes;

use crate::policy::Work;
use crate::random::{self, Stream};
use crate::workspace::pieces;
use crate::{Element, Error, Policy, Workspace, check};

/// Which fan He initialisation keeps the variance along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    /// The inputs of a unit: activations keep their variance.
    In,
    /// The units that an input reaches: gradients keep their variance.
    Out,
}

/// Whose formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Xavier (Glorot).
    Xavier {
        /// What the deviation is multiplied with: 1 by default, finite and > 0.
        gain: f64,
    },
    /// He.
    He {
        /// Along which fan.
        fan: Fan,
        /// The slope of leaky ReLU below 0; 0 for ReLU. Finite.
        slope: f64,
    },
}

/// From which distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Evenly between −a and a.
    Uniform,
    /// Normally.
    Normal,
    /// Normally, cut at two deviations.
    TruncatedNormal,
}

/// What is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// For which layer.
    pub layer: Layer,
    /// By whose formula.
    pub scheme: Scheme,
    /// From which distribution.
    pub family: Family,
}

/// The standard deviation of a standard normal that is cut at ±2: √(1 − 4·φ(2)/(2Φ(2) − 1)).
pub const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// What a standard draw is multiplied with: a, σ, or the deviation before the cut.
///
/// # Errors
/// Names `inputs`, `outputs`, `kernel`, `groups`, `shape`, `gain` or `slope`.
pub fn spread(plan: Plan) -> Result<f64, Error> {
    let fans = fans(plan.layer)?.map(|fan| fan as f64);
    // 2 under the root of a deviation, 6 under that of a bound.
    let above = if plan.family == Family::Uniform { 6.0 } else { 2.0 };
    let spread = match plan.scheme {
        Scheme::Xavier { gain } => {
            check::gain(gain)?;
            gain * (above / (fans[0] + fans[1])).sqrt()
        }
        Scheme::He { fan, slope } => {
            check::slope(slope)?;
            let fan = if fan == Fan::In { fans[0] } else { fans[1] };
            (above / ((1.0 + slope * slope) * fan)).sqrt()
        }
    };
    let is_cut = plan.family == Family::TruncatedNormal;
    Ok(if is_cut { spread / TRUNCATED_DEVIATION } else { spread })
}

/// Draws the weights of a layer.
///
/// ```
/// use evenkeel_fast::initialization::{self, Family, Fan, Layer, Plan, Scheme};
/// use evenkeel_fast::{Policy, Workspace, random::Stream};
///
/// let layer = Layer::Dense { inputs: 100, outputs: 50 };
/// let plan = Plan { layer, scheme: Scheme::Xavier { gain: 1.0 }, family: Family::Uniform };
/// let mut w = [0.0_f32; 5000];
/// let stream = Stream { seed: 7, number: 3, step: 0 };
/// initialization::weights(plan, stream, &mut w, &mut Workspace::new(), &Policy::default())?;
/// let bound = (6.0_f64 / 150.0).sqrt();
/// assert!(w.iter().all(|w| f64::from(w.abs()) <= bound));
/// # Ok::<(), evenkeel_fast::Error>(())
/// ```
///
/// # Errors
/// As [`spread`]; `w` if it is not as long as the layer has weights. Nothing is written then.
pub fn weights<T: Element>(
    plan: Plan,
    stream: Stream,
    w: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let spread = spread(plan)?;
    check::length("w", w, fans::weights(plan.layer)?)?;
    match plan.family {
        Family::Uniform => random::uniform(stream, 0, spread, w, workspace, policy),
        Family::Normal => random::normal(stream, 0, spread, w, workspace, policy),
        Family::TruncatedNormal => {
            random::truncated_normal(stream, 0, spread, w, workspace, policy)
        }
    }
}

/// The weights that these standard draws give: even ones in −1 to 1, or normal ones.
///
/// # Errors
/// As [`weights`]; `draws` if there are not as many as weights. Nothing is written then.
pub fn weights_given<T: Element>(
    plan: Plan,
    draws: &[f64],
    w: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) -> Result<(), Error> {
    let spread = spread(plan)?;
    let count = fans::weights(plan.layer)?;
    check::length("draws", draws, count)?;
    check::length("w", w, count)?;
    let is_uniform = plan.family == Family::Uniform;
    let factor = if is_uniform { T::towards_zero(spread) } else { spread };
    pieces(w, Work::Heavy, workspace, policy, |at, w| {
        let start = at as usize;
        T::scaled_draws(policy.level, &draws[start..start + w.len()], factor, w);
    });
    Ok(())
}
