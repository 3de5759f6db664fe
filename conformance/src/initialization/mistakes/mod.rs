//! Initialisations with one fault each, and a label.
//!
//! All stand on the note's formulas in plain `f64` (`base`), and draw from the map; the catalogue has
//! the labels and the sentences.

mod base;
mod catalogue;

use super::{Initialization, Layer, Plan, Scheme};
use crate::mistake::{Faulty, admitted, faulty_targets};
use crate::{Real, Refusal, Stream};

/// An initialisation with one fault.
pub type Mistake = Faulty<Fault>;

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the base.
    None,
    /// fan_in and fan_out exchanged.
    FansSwapped,
    /// The kernel is left out of the fans.
    NoKernel,
    /// The groups are left out of both fans.
    GroupsIgnored,
    /// The groups are left out of fan_out.
    GroupsOnlyIn,
    /// Xavier by fan_in alone (LeCun).
    XavierIsLecun,
    /// Xavier by the mean of the fans, with 1 above it.
    XavierHalf,
    /// A uniform whose bound is the deviation.
    UniformNoRoot3,
    /// A normal whose deviation is the bound.
    NormalRoot3,
    /// The variance for the deviation.
    VarianceForDeviation,
    /// The gain is ignored.
    GainIgnored,
    /// He with 1 above the fan.
    HeNoTwo,
    /// He uniform with 3 above the fan.
    HeUniformThree,
    /// He along the mean of the fans.
    HeAverage,
    /// He along fan_in always.
    FanIgnored,
    /// The slope is ignored.
    SlopeIgnored,
    /// The slope is not squared.
    SlopeNotSquared,
    /// The cut is not made good.
    Uncorrected,
    /// The cut is made good the wrong way round.
    CorrectedTwice,
    /// Only positive weights.
    HalfRange,
    /// The bound is rounded up.
    RoundsUp,
    /// Normal in place of uniform, with the same deviation.
    WrongFamily,
    /// Another order of draws.
    OtherOrder,
    /// The number of the stream is ignored.
    NumberIgnored,
    /// All weights are 0.
    Zero,
    /// Layers of nothing are accepted.
    ZeroFanAccepted,
    /// Groups that do not divide are accepted.
    GroupsUnchecked,
    /// Gain and slope are not checked.
    GainUnchecked,
    /// Refusals name something else.
    Misnamed,
    /// Outputs are cleared before the check.
    PartialWrite,
    /// Each thread has a stream of its own.
    Threads,
    /// Another level draws in another order.
    LevelBits,
    /// The spread is rounded to `T`.
    SingleSpread,
}

/// Every mistake.
#[must_use]
pub fn all() -> &'static [Mistake] {
    catalogue::ALL
}

pub(super) const BASE: Mistake = Faulty::planted(Fault::None, "base", "", "nothing", "nothing");

impl Fault {
    /// The layer as the fault sees it: what it accepts is computed with 1 in place of 0.
    fn seen(self, layer: Layer) -> Layer {
        let [inputs, outputs, kernel, groups] = layer.sizes();
        let is_divided = groups > 0 && inputs % groups == 0 && outputs % groups == 0;
        match self {
            Self::ZeroFanAccepted if inputs == 0 || outputs == 0 || kernel == 0 => {
                let [inputs, outputs, kernel] = [inputs, outputs, kernel].map(|size| size.max(1));
                Layer::Convolution { inputs, outputs, kernel, groups: 1 }
            }
            Self::GroupsUnchecked if !is_divided => {
                Layer::Convolution { inputs, outputs, kernel, groups: 1 }
            }
            _ => layer,
        }
    }

    /// The scheme as the fault sees it.
    fn seen_scheme(self, scheme: Scheme) -> Scheme {
        match scheme {
            _ if self != Self::GainUnchecked || scheme.check().is_ok() => scheme,
            Scheme::Xavier { .. } => Scheme::Xavier { gain: 1.0 },
            Scheme::He { fan, .. } => Scheme::He { fan, slope: 0.0 },
        }
    }
}

impl Faulty<Fault> {
    fn seen(self, plan: &Plan) -> Plan {
        let (layer, scheme) = (self.fault.seen(plan.layer), self.fault.seen_scheme(plan.scheme));
        Plan { layer, scheme, ..*plan }
    }

    /// Lets through what the fault lets through, and writes what it writes nevertheless.
    fn admit<T: Real>(
        self,
        plan: &Plan,
        checked: Result<(), Refusal>,
        w: &mut [T],
    ) -> Result<(), Refusal> {
        let is_overlooked = plan.check().is_err() && self.seen(plan).check().is_ok();
        let admitted = admitted(checked, |_| is_overlooked, self.fault == Fault::Misnamed);
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            w.fill(T::from_f64(0.0));
        }
        admitted
    }
}

impl<T: Real> Initialization<T> for Mistake {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn fans(&self, layer: Layer) -> Result<[usize; 2], Refusal> {
        let scheme = Scheme::Xavier { gain: 1.0 };
        let plan = Plan { layer, scheme, family: super::Family::Normal };
        self.admit::<T>(&plan, layer.check(), &mut [])?;
        Ok(base::fans(self.fault, self.fault.seen(layer)))
    }

    fn spread(&self, plan: &Plan) -> Result<f64, Refusal> {
        self.admit::<T>(plan, plan.check(), &mut [])?;
        let spread = self.spread_of(&self.seen(plan));
        let is_rounded = self.fault == Fault::SingleSpread;
        Ok(if is_rounded { T::from_f64(spread).to_f64() } else { spread })
    }

    fn weights_given(&self, plan: &Plan, draws: &[f64], w: &mut [T]) -> Result<(), Refusal> {
        self.admit(plan, plan.check_given(draws, w), w)?;
        self.scale(&self.seen(plan), draws, w);
        Ok(())
    }

    fn weights(&self, plan: &Plan, stream: Stream, w: &mut [T]) -> Result<(), Refusal> {
        self.admit(plan, plan.check_weights(w), w)?;
        self.draw(&self.seen(plan), stream, w);
        Ok(())
    }
}

faulty_targets!(initialization, Initialization, Fault::LevelBits => Fault::OtherOrder);
