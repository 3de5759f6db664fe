//! The map in plain `f64`, with the step that a fault changes: it shares no code with the reference.

use statrs::function::erf::erf_inv;

use super::Fault;
use crate::random::Plane;
use crate::real::towards_zero;
use crate::{Real, Stream};

/// Ten rounds on a counter.
pub(super) fn block(fault: Fault, mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    let [first, second] = match fault {
        Fault::MultipliersSwapped => [0xcd9e_8d57, 0xd251_1f53_u64],
        _ => [0xd251_1f53, 0xcd9e_8d57],
    };
    let rounds = if fault == Fault::SevenRounds { 7 } else { 10 };
    for _ in 0..rounds {
        let [c0, c1, c2, c3] = counter;
        let (a, b) = (first * u64::from(c0), second * u64::from(c2));
        counter =
            [(b >> 32) as u32 ^ c1 ^ key[0], b as u32, (a >> 32) as u32 ^ c3 ^ key[1], a as u32];
        if fault != Fault::KeyKept {
            key = [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)];
        }
    }
    counter
}

/// Word `n` of a stream.
pub(super) fn word(fault: Fault, stream: Stream, plane: Plane, n: u64) -> u32 {
    let (index, place) = match fault {
        Fault::BlockOrder => (n / 4, n % 4),
        _ => (n / 64 * 16 + n % 16, n % 64 / 16),
    };
    let Stream { seed, number, step } = match fault {
        Fault::NumberIgnored => Stream { number: 0, ..stream },
        Fault::StepIgnored => Stream { step: 0, ..stream },
        Fault::SeedCut => Stream { seed: stream.seed & 0xffff_ffff, ..stream },
        _ => stream,
    };
    let high = match fault {
        Fault::CounterCut => 0,
        _ => (index >> 32) as u32,
    };
    let second = plane == Plane::Second && fault != Fault::PlaneIgnored;
    let high = high + if second { 1 << 31 } else { 0 };
    let counter = [index as u32, high, number, step];
    block(fault, counter, [seed as u32, (seed >> 32) as u32])[place as usize]
}

/// An even draw, element `i`.
pub(super) fn uniform<T: Real>(fault: Fault, stream: Stream, i: u64, bound: f64) -> T {
    let word = f64::from(word(fault, stream, Plane::First, i));
    let centred = match fault {
        Fault::FewBits => (2.0 * (word / 256.0).floor() + 1.0) / 16_777_216.0 - 1.0,
        Fault::HalfRange => (word + 0.5) / 4_294_967_296.0,
        _ => (2.0 * word + 1.0) / 4_294_967_296.0 - 1.0,
    };
    let bound = match fault {
        Fault::RoundsUp => T::from_f64(bound).to_f64(),
        _ => towards_zero::<T>(bound),
    };
    T::from_f64(bound * centred)
}

/// A normal draw, element `i`; `slip` is what rounding may have moved the angle and the logarithm by.
pub(super) fn normal<T: Real>(
    fault: Fault,
    slip: f64,
    stream: Stream,
    i: u64,
    deviation: f64,
) -> T {
    let (radius_at, is_sine) = (i / 32 * 32 + i % 16, i % 32 >= 16);
    let word = |plane, n| f64::from(word(fault, stream, plane, n));
    let first = word(Plane::First, radius_at);
    let below = if first < 65536.0 && fault != Fault::NoSecondWord {
        (word(Plane::Second, radius_at) + 0.5) / 4_294_967_296.0
    } else {
        0.5
    };
    let u1 = (first + below) / 4_294_967_296.0;
    let u1 = if fault == Fault::OneMinus { 1.0 - u1 } else { u1 };
    let turns = (word(Plane::First, radius_at + 16) + 0.5) / 4_294_967_296.0;
    let is_sine = match fault {
        Fault::SineFirst => !is_sine,
        Fault::PairsRepeat => false,
        _ => is_sine,
    };
    let deviation = match fault {
        Fault::VarianceForDeviation => deviation * deviation,
        _ => deviation,
    };
    if fault == Fault::SingleArithmetic && T::DIGITS == 24 {
        return in_single(u1, turns, is_sine, deviation);
    }
    let radius = (-2.0 * (u1.ln() + slip)).max(0.0).sqrt();
    let angle = std::f64::consts::TAU * turns + 6.0 * slip;
    T::from_f64(deviation * radius * if is_sine { angle.sin() } else { angle.cos() })
}

/// Box–Muller in the arithmetic of `f32`.
fn in_single<T: Real>(u1: f64, turns: f64, is_sine: bool, deviation: f64) -> T {
    let radius = (-2.0 * (u1 as f32).ln()).sqrt();
    let angle = std::f32::consts::TAU * turns as f32;
    let z = radius * if is_sine { angle.sin() } else { angle.cos() };
    T::from_f64(f64::from(deviation as f32 * z))
}

/// Φ(2) − ½, twice.
const WITHIN_TWO: f64 = 0.954_499_736_103_641_6;

/// A normal draw that is cut at two deviations, element `i`.
pub(super) fn truncated<T: Real>(
    fault: Fault,
    slip: f64,
    stream: Stream,
    i: u64,
    deviation: f64,
) -> T {
    if fault == Fault::Clamped {
        let z: f64 = normal(fault, 0.0, stream, i, 1.0);
        return T::from_f64(deviation * z.clamp(-2.0, 2.0));
    }
    let centred: f64 = uniform(fault, stream, i, 1.0);
    let mass = if fault == Fault::CutAtOne { 0.682_689_492_137_085_9 } else { WITHIN_TWO };
    let z = std::f64::consts::SQRT_2 * erf_inv(centred * mass * (1.0 + slip));
    T::from_f64(deviation * z.clamp(-2.0, 2.0))
}
