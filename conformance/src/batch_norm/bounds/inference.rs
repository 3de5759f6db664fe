//! The bounds of inference, where mean and variance are given.
//!
//! ```text
//! e = 3u·r·(|x| + |mean|) + 6u|x̂|                                  error of x̂, whatever the form
//! y    sound     |γ|·e + u(2|β| + |y|) + η(2 + |γ| + |x| + |mean|)
//!      robust    6u|γx̂| + u(|β| + |y|) + η(1 + |γ|)                 and the promise in f64
//!      promise   0.501·ulp(y) + 2⁻⁴⁸|γx̂|                            in f32
//! dx   sound     6u|dx| + η[(1 + |γ|)(1 + r) + |dy|]                and robust, and the promise in f64
//!      promise   0.501·ulp(dx)                                      in f32
//! dγ   sound     m·[uₘ((m + 1)/2 + 6)·max(|dy|(|x̂| + e)) + mean(|dy|e) + η(1 + r)]
//!      robust    the same with e = 6u|x̂|
//!      promise   u(h + 8)·Σ|dy·x̂| in f64, 0.501·ulp + 2⁻³³·Σ|dy·x̂| in f32
//! dβ   as in training
//! ```
//!
//! x − mean is rounded once; ε and its sum with the variance half a rounding each under the root,
//! root and quotient one each; two products: 6u|γx̂|. Folded, x·a and mean·a are up to |γ|r(|x| + |mean|)
//! large, as in training. Only the first pays for |mean| ≫ √variance; hence robust.
//!
//! **Domain.** variance + ε > 0, |x| + |mean| and what it is multiplied with within MAX/4; for sound
//! variance + ε is a normal number of T too, as ε is rounded to T.

use crate::batch_norm::Case;
use crate::batch_norm::truth::{InferenceBackwardTruth, InferenceTruth};
use crate::normalization::bounds::{
    ForwardBounds, GradientBounds, PROMISED_LENGTH, Precision, SECOND_ORDER, computes_in_f64,
    promised_height,
};
use crate::{Real, Strength, ulp};

/// The parameters of one channel, and whether they allow a bound.
struct Channel {
    gamma: f64,
    beta: f64,
    mean: f64,
    rstd: f64,
    /// max|x|.
    largest: f64,
}

impl Channel {
    fn of<T: Real>(case: &Case<T>, truth: &InferenceTruth, c: usize) -> Self {
        let largest =
            |most: f64, x: T| if x.to_f64().abs() <= most { most } else { x.to_f64().abs() };
        Self {
            gamma: case.gamma[c].to_f64().abs(),
            beta: case.beta[c].to_f64().abs(),
            mean: case.own.mean[c].to_f64().abs(),
            rstd: truth.rstd[c],
            largest: case.shape.channel(&case.x, c).fold(0.0, largest),
        }
    }

    fn applies<T: Real>(&self, strength: Strength, case: &Case<T>, c: usize) -> bool {
        let limit = T::MAX / 4.0;
        let square = case.own.variance[c].to_f64() + case.epsilon;
        let size = self.largest + self.mean;
        let normal = strength != Strength::Must || (square >= T::MIN_POSITIVE && square <= limit);
        let short = !computes_in_f64::<T>() || case.shape.per_channel() <= PROMISED_LENGTH;
        normal
            && (short || strength != Strength::Promise)
            && self.rstd.is_finite()
            && size <= limit
            && size * self.rstd * (1.0 + self.gamma) + self.beta <= limit
    }

    /// e, of x̂.
    fn normalized(&self, strength: Strength, u: f64, x: f64, normalized: f64) -> f64 {
        let own = 6.0 * u * normalized.abs();
        match strength {
            Strength::Must => 3.0 * u * self.rstd * (x.abs() + self.mean) + own,
            _ => own,
        }
    }
}

pub(super) fn bounds<T: Real>(
    strength: Strength,
    case: &Case<T>,
    truth: &InferenceTruth,
) -> ForwardBounds {
    let channels: Vec<Channel> =
        (0..case.shape.channels).map(|c| Channel::of(case, truth, c)).collect();
    let y = (0..case.shape.len()).map(|i| {
        let channel = &channels[case.shape.channel_of(i)];
        let output = Output::of(case, truth, i);
        if strength == Strength::Promise && computes_in_f64::<T>() {
            let scaled = (channel.gamma * output.normalized).abs();
            return 0.501 * ulp::<T>(output.y) + 2.0_f64.powi(-48) * scaled;
        }
        output.bound(Precision::of::<T>(), strength, channel)
    });
    ForwardBounds { applies: applying(strength, case, &channels), y: y.collect() }
}

fn applying<T: Real>(strength: Strength, case: &Case<T>, channels: &[Channel]) -> Vec<bool> {
    channels.iter().enumerate().map(|(c, one)| one.applies(strength, case, c)).collect()
}

/// The sound bounds of every y for arithmetic of some precision, whatever the data's.
pub(in crate::batch_norm) fn sound_outputs<T: Real>(
    precision: Precision,
    case: &Case<T>,
    truth: &InferenceTruth,
) -> Vec<f64> {
    let channels: Vec<Channel> =
        (0..case.shape.channels).map(|c| Channel::of(case, truth, c)).collect();
    let one = |i: usize| {
        let channel = &channels[case.shape.channel_of(i)];
        Output::of(case, truth, i).bound(precision, Strength::Must, channel)
    };
    (0..case.shape.len()).map(one).collect()
}

/// One output of inference.
struct Output {
    x: f64,
    normalized: f64,
    y: f64,
}

impl Output {
    fn of<T: Real>(case: &Case<T>, truth: &InferenceTruth, i: usize) -> Self {
        let (normalized, y) = (truth.normalized[i], truth.y[i].to_f64());
        Self { x: case.x[i].to_f64(), normalized, y }
    }

    fn bound(&self, precision: Precision, strength: Strength, channel: &Channel) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let error = channel.gamma * channel.normalized(strength, u, self.x, self.normalized);
        let (shifts, size) = match strength {
            Strength::Must => (2.0, 1.0 + self.x.abs() + channel.mean),
            _ => (1.0, 0.0),
        };
        (error + u * (shifts * channel.beta + self.y.abs())) * SECOND_ORDER
            + quantum * (1.0 + channel.gamma + size)
    }
}

pub(super) fn gradient_bounds<T: Real>(
    strength: Strength,
    case: &Case<T>,
    truth: &InferenceBackwardTruth,
) -> GradientBounds {
    let channels: Vec<Channel> =
        (0..case.shape.channels).map(|c| Channel::of(case, &truth.forward, c)).collect();
    let pulled: Vec<Pulled> =
        channels.iter().enumerate().map(|(c, one)| Pulled::of(case, truth, c, one)).collect();
    let in_range = |one: &Pulled| one.largest_dy() * one.m() * one.factor() <= T::MAX / 4.0;
    let applies = applying(strength, case, &channels);
    let applies: Vec<bool> =
        applies.into_iter().zip(&pulled).map(|(one, p)| one && in_range(p)).collect();
    let all = |of: &dyn Fn(&Pulled) -> f64| pulled.iter().map(of).collect();
    GradientBounds {
        applies_to_dgamma: applies.clone(),
        applies,
        dx: (0..case.shape.len())
            .map(|i| {
                let channel = &channels[case.shape.channel_of(i)];
                let (dx, dy) = (truth.gradients.dx[i].to_f64(), case.dy[i].to_f64());
                input::<T>(strength, channel, dx, dy)
            })
            .collect(),
        dgamma: all(&|one| one.dgamma::<T>(strength)),
        dbeta: all(&|one| one.dbeta::<T>(strength)),
    }
}

fn input<T: Real>(strength: Strength, channel: &Channel, dx: f64, dy: f64) -> f64 {
    if strength == Strength::Promise && computes_in_f64::<T>() {
        return 0.501 * ulp::<T>(dx);
    }
    sound_input(Precision::of::<T>(), channel, dx, dy)
}

fn sound_input(precision: Precision, channel: &Channel, dx: f64, dy: f64) -> f64 {
    let underflow = (1.0 + channel.gamma) * (1.0 + channel.rstd) + dy.abs();
    6.0 * precision.unit * dx.abs() * SECOND_ORDER + precision.quantum * underflow
}

/// One channel on the way back to γ and β.
struct Pulled<'a> {
    channel: &'a Channel,
    /// (|dy|, |x|, |x̂|) of every element.
    elements: Vec<(f64, f64, f64)>,
    dgamma: f64,
    dbeta: f64,
}

impl<'a> Pulled<'a> {
    fn of<T: Real>(
        case: &Case<T>,
        truth: &InferenceBackwardTruth,
        c: usize,
        channel: &'a Channel,
    ) -> Self {
        let element = |k| {
            let i = case.shape.index(k, c);
            let (dy, x) = (case.dy[i].to_f64().abs(), case.x[i].to_f64().abs());
            (dy, x, truth.forward.normalized[i].abs())
        };
        Self {
            channel,
            elements: (0..case.shape.per_channel()).map(element).collect(),
            dgamma: truth.gradients.dgamma[c].to_f64(),
            dbeta: truth.gradients.dbeta[c].to_f64(),
        }
    }

    fn m(&self) -> f64 {
        self.elements.len() as f64
    }

    fn largest_dy(&self) -> f64 {
        self.elements.iter().fold(0.0, |most, &(dy, ..)| if dy <= most { most } else { dy })
    }

    /// What dy is multiplied with on any of the three ways.
    fn factor(&self) -> f64 {
        let channel = self.channel;
        let normalized = (channel.largest + channel.mean) * channel.rstd;
        (1.0 + normalized) * (1.0 + channel.gamma * (1.0 + channel.rstd))
    }

    fn total(&self) -> f64 {
        self.elements.iter().map(|&(dy, ..)| dy).sum()
    }

    fn carried(&self) -> f64 {
        self.elements.iter().map(|&(dy, _, normalized)| dy * normalized).sum()
    }

    fn dgamma<T: Real>(&self, strength: Strength) -> f64 {
        let precision = Precision::of::<T>();
        match strength {
            Strength::Promise if computes_in_f64::<T>() => {
                0.501 * ulp::<T>(self.dgamma) + 2.0_f64.powi(-33) * self.carried()
            }
            Strength::Promise => {
                let height = promised_height(self.elements.len()) + 8.0;
                precision.unit * height * self.carried() + precision.quantum * self.m()
            }
            _ => self.any_dgamma(precision, strength),
        }
    }

    fn any_dgamma(&self, precision: Precision, strength: Strength) -> f64 {
        let Precision { unit: u, quantum, .. } = precision;
        let (m, u_m) = (self.m(), precision.unit_of(self.elements.len()));
        let (mut largest, mut error) = (0.0_f64, 0.0);
        for &(dy, x, normalized) in &self.elements {
            let own = self.channel.normalized(strength, u, x, normalized);
            largest = largest.max(dy * (normalized + own));
            error += dy * own;
        }
        let tree = u_m * ((m + 1.0) / 2.0 + 6.0) * largest;
        (m * tree + error) * SECOND_ORDER + quantum * m * (1.0 + self.channel.rstd)
    }

    fn dbeta<T: Real>(&self, strength: Strength) -> f64 {
        let precision = Precision::of::<T>();
        match strength {
            Strength::Promise if computes_in_f64::<T>() => {
                0.501 * ulp::<T>(self.dbeta) + 2.0_f64.powi(-40) * self.total()
            }
            Strength::Promise => {
                let height = promised_height(self.elements.len());
                precision.unit * height * self.total() + precision.quantum * self.m()
            }
            _ => self.any_dbeta(precision),
        }
    }

    fn any_dbeta(&self, precision: Precision) -> f64 {
        let (m, u_m) = (self.m(), precision.unit_of(self.elements.len()));
        m * (u_m * ((m + 1.0) / 2.0 + 2.0) * self.largest_dy() * SECOND_ORDER + precision.quantum)
    }
}

/// The sound bounds of every dx, dγ and dβ for arithmetic of some precision, whatever the data's.
pub(in crate::batch_norm) fn sound_gradients<T: Real>(
    precision: Precision,
    case: &Case<T>,
    truth: &InferenceBackwardTruth,
) -> GradientBounds {
    let channels: Vec<Channel> =
        (0..case.shape.channels).map(|c| Channel::of(case, &truth.forward, c)).collect();
    let pulled: Vec<Pulled> =
        channels.iter().enumerate().map(|(c, one)| Pulled::of(case, truth, c, one)).collect();
    let dx = |i: usize| {
        let (dx, dy) = (truth.gradients.dx[i].to_f64(), case.dy[i].to_f64());
        sound_input(precision, &channels[case.shape.channel_of(i)], dx, dy)
    };
    GradientBounds {
        applies: vec![true; channels.len()],
        applies_to_dgamma: vec![true; channels.len()],
        dx: (0..case.shape.len()).map(dx).collect(),
        dgamma: pulled.iter().map(|one| one.any_dgamma(precision, Strength::Must)).collect(),
        dbeta: pulled.iter().map(|one| one.any_dbeta(precision)).collect(),
    }
}
