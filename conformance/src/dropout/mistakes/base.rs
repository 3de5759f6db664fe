//! Which element is dropped, and what becomes of a kept one; with the step that a fault changes.

use super::{Fault, Mistake};
use crate::random::Plane;
use crate::random::mistakes::draws;
use crate::{Draw, Real, Stream};

/// half·2³² + tie < p·2⁴⁸.
pub(super) fn is_dropped(fault: Fault, drop_probability: f64, half: u16, tie: u32) -> bool {
    let p = match fault {
        Fault::KeepForDrop => 1.0 - drop_probability,
        Fault::Never => 0.0,
        _ => drop_probability,
    };
    let (half, tie) = (f64::from(half), f64::from(tie));
    match fault {
        Fault::EightBits => (half / 256.0).floor() < (p * 256.0).round(),
        Fault::SixteenBits => half < (p * 65536.0).round(),
        Fault::OffByOne => half * 4_294_967_296.0 + tie <= (p * 2_f64.powi(48)).round_ties_even(),
        _ => half * 4_294_967_296.0 + tie < (p * 2_f64.powi(48)).round_ties_even(),
    }
}

impl Mistake {
    /// Whether element `k` of `length` is kept.
    pub(super) fn keeps(
        self,
        draw: Draw,
        k: usize,
        length: usize,
        drop_probability: f64,
        is_backward: bool,
    ) -> bool {
        let stream = self.stream(draw.stream, k, length, is_backward);
        let first = if self.fault == Fault::PartRestarts { 0 } else { draw.first };
        let i = first.wrapping_add(k as u64);
        let (half, tie) = words(self.fault, stream, i);
        !is_dropped(self.fault, drop_probability, half, tie)
    }

    fn stream(self, stream: Stream, k: usize, length: usize, is_backward: bool) -> Stream {
        let Stream { number, step, .. } = stream;
        match self.fault {
            Fault::NumberIgnored => Stream { number: 0, ..stream },
            Fault::StepIgnored => Stream { step: 0, ..stream },
            Fault::BackwardRedraws if is_backward => {
                Stream { step: step.wrapping_add(1), ..stream }
            }
            Fault::Threads => {
                let share = length.div_ceil(rayon::current_num_threads());
                Stream { number: number.wrapping_add((k / share) as u32), ..stream }
            }
            _ => stream,
        }
    }

    /// What is kept is divided by 1 − p, what is dropped is 0.
    pub(super) fn apply<T: Real>(
        self,
        values: &[T],
        keep: &[bool],
        p: f64,
        is_backward: bool,
        out: &mut [T],
    ) {
        for ((value, keep), out) in values.iter().zip(keep).zip(out) {
            *out = self.one(*value, *keep, p, is_backward);
        }
    }

    fn one<T: Real>(self, value: T, keep: bool, p: f64, is_backward: bool) -> T {
        let zero = T::from_f64(0.0);
        let number = value.to_f64() * (1.0 + self.slip);
        let keep = keep && (p < 1.0 || self.fault == Fault::OneIsNan);
        match self.fault {
            Fault::Never => value,
            Fault::BackwardUnmasked if is_backward => T::from_f64(number / (1.0 - p)),
            Fault::Multiply => {
                T::from_f64(number * f64::from(u8::from(keep)) * factor(self.fault, p))
            }
            Fault::OneIsNan if p == 1.0 => T::from_f64(0.0 * factor(Fault::None, p)),
            Fault::NanCleaned if value.is_nan() => zero,
            Fault::SkipsZeros if !is_backward && number < -3.0 => T::from_f64(number / (1.0 - p)),
            _ if !keep => zero,
            Fault::BackwardUnscaled if is_backward => T::from_f64(number),
            Fault::SingleArithmetic => {
                T::from_f64(number) * (T::from_f64(1.0) / (T::from_f64(1.0) - T::from_f64(p)))
            }
            fault => T::from_f64(number * factor(fault, p)),
        }
    }
}

/// What kept values are multiplied by.
fn factor(fault: Fault, p: f64) -> f64 {
    match fault {
        Fault::NoScale => 1.0,
        Fault::ScaleOverP => 1.0 / p,
        Fault::DoubleScale => (1.0 - p).powi(-2),
        Fault::KeepForDrop => 1.0 / p,
        Fault::ZeroChanges => 1.0 / (1.0 - p + 1e-5),
        _ => 1.0 / (1.0 - p),
    }
}

/// The half and the second word of element `i`.
fn words(fault: Fault, stream: Stream, i: u64) -> (u16, u32) {
    let (n, is_high) = match fault {
        Fault::ElementOrder => (i / 2, i % 2 == 1),
        Fault::RowsShare => (i / 64 * 16 + i % 16, i / 16 % 2 == 1),
        Fault::HalvesSwapped => (i / 32 * 16 + i % 16, (i / 16).is_multiple_of(2)),
        _ => (i / 32 * 16 + i % 16, i / 16 % 2 == 1),
    };
    let word = draws::word(stream, Plane::First, n);
    let half = if is_high { word >> 16 } else { word & 0xffff };
    (half as u16, draws::word(stream, Plane::Second, i))
}
