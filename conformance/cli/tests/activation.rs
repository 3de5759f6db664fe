//! The promise of the activations over every `f32` there is, and over ten million `f64`.
//!
//! ```sh
//! cargo test --release -p evenkeel --test activation -- --ignored --nocapture
//! ```

use evenkeel_conformance::exact::Exact;
use evenkeel_conformance::inputs::unit_at;
use evenkeel_conformance::ulp;
use evenkeel_fast::activation::{Curve, backward, forward, quick_forward};
use evenkeel_fast::{Element, Policy, Workspace};
use rayon::prelude::*;

/// A curve or its derivative.
type Which = (Curve, bool);

/// How a curve is computed.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// By the functions without a further name.
    Plain,
    /// By `quick_forward`.
    Quick,
}

/// What is looked at in `f32`, and what is promised of it.
const SINGLES: [(Which, Form, f64); 6] = [
    (ALL[0], Form::Plain, 0.501),
    (ALL[1], Form::Plain, 0.501),
    (ALL[2], Form::Plain, 0.501),
    (ALL[3], Form::Plain, 0.501),
    (ALL[0], Form::Quick, 1.0),
    (ALL[2], Form::Quick, 1.0),
];

const ALL: [Which; 4] =
    [(Curve::Sigmoid, false), (Curve::Sigmoid, true), (Curve::Tanh, false), (Curve::Tanh, true)];

fn name((curve, derivative): Which) -> String {
    format!("{curve:?}{}", if derivative { "′" } else { "" }).to_lowercase()
}

/// What the kernel gives for every x.
fn run<T: Element>((curve, derivative): Which, form: Form, one: T, x: &[T]) -> Vec<T> {
    let mut out = vec![one; x.len()];
    let (mut workspace, policy) = (Workspace::new(), Policy::default());
    let result = if derivative {
        backward(curve, x, &vec![one; x.len()], &mut out, &mut workspace, &policy)
    } else if form == Form::Quick {
        quick_forward(curve, x, &mut out, &mut workspace, &policy)
    } else {
        forward(curve, x, &mut out, &mut workspace, &policy)
    };
    result.expect("valid arguments");
    out
}

/// The curve by the system's `f64` functions: within 2⁻⁵⁰ of itself.
fn nearly((curve, derivative): Which, x: f64) -> f64 {
    let z = if curve == Curve::Tanh { 2.0 * x } else { x };
    let t = (-z.abs()).exp();
    match (curve, derivative) {
        (Curve::Sigmoid, false) if x < 0.0 => t / (1.0 + t),
        (Curve::Sigmoid, false) => 1.0 / (1.0 + t),
        (_, false) => x.tanh(),
        (Curve::Sigmoid, true) => t / ((1.0 + t) * (1.0 + t)),
        (_, true) => 4.0 * t / ((1.0 + t) * (1.0 + t)),
    }
}

/// The four values from one exponential in 320 bits: sigmoid and its derivative at x, those of tanh at x/2.
fn exactly(x: f64) -> [Exact; 4] {
    let one = Exact::from_f64(1.0);
    let t = Exact::from_f64(-x).exp();
    let below = &one + &t;
    let derivative = &t / &below.square();
    let tanh = (&one - &t) / &below;
    [&one / &below, derivative.clone(), tanh, derivative.scaled(2)]
}

/// What was seen of one function.
#[derive(Clone, Copy, Default)]
struct Seen {
    worst: f64,
    at: f64,
    misrounded: u64,
    falls: u64,
}

impl Seen {
    fn worse(self, other: Self) -> Self {
        let worst = if other.worst > self.worst { other } else { self };
        let misrounded = self.misrounded + other.misrounded;
        Self { misrounded, falls: self.falls + other.falls, ..worst }
    }
}

/// 2⁻²⁴ of a last place: so near to a tie 320 bits are asked.
const MARGIN: f64 = 1.0 / 16_777_216.0;

fn look_at(which: Which, x: f32, got: f32) -> Seen {
    let x = f64::from(x);
    let (truth, last_place) = (nearly(which, x), ulp::<f32>(nearly(which, x)));
    let off = (f64::from(got) - truth).abs() / last_place;
    let is_near_tie = (off - 0.5).abs() < MARGIN;
    let worst = if is_near_tie { exact_error(which, x, got) / last_place } else { off };
    Seen { worst, at: x, misrounded: u64::from(worst > 0.5), falls: 0 }
}

fn exact_error((curve, derivative): Which, x: f64, got: f32) -> f64 {
    let x = if curve == Curve::Tanh { 2.0 * x } else { x };
    let place = 2 * usize::from(curve == Curve::Tanh) + usize::from(derivative);
    exactly(x)[place].to_wide().distance(f64::from(got))
}

/// A block of neighbouring numbers, and the one before it, so that every step is seen.
fn look_at_block(which: Which, form: Form, block: u32, bits: u32) -> Seen {
    let first = block << bits;
    let before = u32::from(first << 1 != 0);
    let numbers = (first - before..=first + ((1 << bits) - 1)).map(f32::from_bits);
    let x: Vec<f32> = numbers.filter(|x| !x.is_nan()).collect();
    let y = run(which, form, 1.0, &x);
    // Bits count away from 0: on the negative side the curve falls along them, a derivative everywhere.
    let falls_along_bits = which.1 || first >> 31 == 1;
    let wrong = |pair: &[f32]| {
        if falls_along_bits { pair[1] > pair[0] } else { pair[1] < pair[0] }
    };
    let falls = y.windows(2).filter(|pair| wrong(pair)).count() as u64;
    let each = x.iter().zip(&y).skip(before as usize).map(|(x, y)| look_at(which, *x, *y));
    Seen { falls, ..each.fold(Seen::default(), Seen::worse) }
}

fn look_at_blocks(blocks: impl ParallelIterator<Item = u32> + Clone, bits: u32) {
    for (which, form, most) in SINGLES {
        let seen = blocks.clone().map(|block| look_at_block(which, form, block, bits));
        if form == Form::Quick {
            print!("quick ");
        }
        report(which, seen.reduce(Seen::default, Seen::worse), most);
    }
}

fn report(which: Which, seen: Seen, most: f64) {
    let Seen { worst, at, misrounded, falls } = seen;
    println!("{:10} at most {worst:.9} ulp, at {at:e}; {misrounded} misrounded", name(which));
    assert!(worst <= most && falls == 0, "{} at {at:e}: {worst} ulp, {falls} falls", name(which));
}

/// One block in four thousand, so that every exponent is met.
#[test]
fn many_singles_are_within_their_promise() {
    const BITS: u32 = 8;
    look_at_blocks((0..1_u32 << 12).into_par_iter().map(|k| (k << 12) + k * 37 % (1 << 12)), BITS);
}

#[test]
#[ignore = "all 2³² numbers, six functions: some minutes in a release build"]
fn every_single_is_within_its_promise() {
    const BITS: u32 = 16;
    look_at_blocks((0..1_u32 << 16).into_par_iter(), BITS);
}

fn doubles_are_within_their_promise(count: usize) {
    const BLOCK: usize = 1000;
    let seen = (0..count / BLOCK).into_par_iter().map(|block| look_at_doubles(block, BLOCK));
    let seen =
        seen.reduce(|| [Seen::default(); 4], |a, b| std::array::from_fn(|k| a[k].worse(b[k])));
    for (which, seen) in ALL.into_iter().zip(seen) {
        report(which, seen, if which.1 { 3.0 } else { 1.0 });
    }
}

/// Numbers up to 760 in size, half of them below 8.
fn look_at_doubles(block: usize, length: usize) -> [Seen; 4] {
    let number = |k: usize| {
        let factor = if k.is_multiple_of(2) { 4.0 } else { 380.0 };
        factor * unit_at(7, block * length + k)
    };
    let x: Vec<f64> = (0..length).map(number).collect();
    let half: Vec<f64> = x.iter().map(|x| x / 2.0).collect();
    let got = ALL
        .map(|which| run(which, Form::Plain, 1.0, if which.0 == Curve::Tanh { &half } else { &x }));
    let mut seen = [Seen::default(); 4];
    for (i, x) in x.iter().enumerate() {
        for (k, truth) in exactly(*x).iter().enumerate() {
            let worst = ulps_off(truth, got[k][i]);
            let at = if k < 2 { *x } else { half[i] };
            seen[k] =
                seen[k].worse(Seen { worst, at, misrounded: u64::from(worst > 0.5), falls: 0 });
        }
    }
    seen
}

#[test]
fn some_doubles_are_within_their_promise() {
    doubles_are_within_their_promise(20_000);
}

/// Times 2²⁰⁰, so that half of the smallest number is a number too.
fn ulps_off(truth: &Exact, got: f64) -> f64 {
    const POWER: isize = 200;
    let error = (truth - &Exact::from_f64(got)).abs().scaled(POWER).to_f64();
    error / Exact::from_f64(ulp::<f64>(truth.to_f64())).scaled(POWER).to_f64()
}

#[test]
#[ignore = "ten million numbers in 320 bits: some minutes in a release build"]
fn ten_million_doubles_are_within_their_promise() {
    doubles_are_within_their_promise(10_000_000);
}
