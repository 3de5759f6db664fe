//! Every kernel writes the same bits past the caches as through them, and nothing beside its outputs: at
//! every level, at every alignment. Run by `.ci/memory` under AddressSanitizer and valgrind, too.
//!
//! Each call is made twice. Between canaries a store that passes an end is seen without any help. With the
//! output's end at the end of the allocation valgrind and the sanitizer see one that goes far beyond.

mod kernels;

use evenkeel_fast::{Element, Level, Policy, Shape, Workspace};
use kernels::{Case, Kernel};

/// Bytes of a cache line.
const LINE: usize = 64;

/// What no kernel writes.
const CANARY: f64 = -777.25;

/// The outputs of one call: `start` elements after a line's start, and `behind` elements after them.
struct Outputs<T> {
    buffers: Vec<Vec<T>>,
    ranges: Vec<std::ops::Range<usize>>,
}

impl<T: Element> Outputs<T> {
    fn new(lengths: &[usize], start: usize, behind: usize, canary: T) -> Self {
        let (mut buffers, mut ranges) = (Vec::new(), Vec::new());
        let line = LINE / size_of::<T>();
        for len in lengths {
            let buffer = vec![canary; 2 * line + start + len + behind];
            let first = (buffer.as_ptr().addr().wrapping_neg() % LINE) / size_of::<T>();
            // Where the end is that of the allocation, the start follows from the length.
            let first = if behind == 0 { 2 * line + start } else { first + start };
            ranges.push(first..first + len);
            buffers.push(buffer);
        }
        Self { buffers, ranges }
    }

    fn call(&mut self, kernel: &Kernel<'_, T>, workspace: &mut Workspace, policy: &Policy) {
        let pairs = self.buffers.iter_mut().zip(&self.ranges);
        let mut slices: Vec<&mut [T]> = pairs.map(|(b, r)| &mut b[r.clone()]).collect();
        (kernel.call)(&mut slices, workspace, policy).unwrap();
    }

    fn written(&self) -> impl Iterator<Item = T> {
        self.buffers.iter().zip(&self.ranges).flat_map(|(b, r)| b[r.clone()].iter().copied())
    }

    fn beside(&self) -> impl Iterator<Item = T> {
        let pairs = self.buffers.iter().zip(&self.ranges);
        pairs.flat_map(|(b, r)| b[..r.start].iter().chain(&b[r.end..]).copied())
    }
}

/// Bits tell zeros of either sign apart, and NaN from NaN; but not on valgrind's processor, whose fused
/// multiply-add of `f64` has some of these signs wrong: 0·(−1) − 0 is +0.
fn bits<T: Into<f64>>(values: impl Iterator<Item = T>) -> Vec<u64> {
    let signed = std::env::var_os("EVENKEEL_EMULATED").is_none();
    let bits = |value: f64| match value {
        zero if zero == 0.0 && !signed => 0,
        nan if nan.is_nan() && !signed => f64::NAN.to_bits(),
        other => other.to_bits(),
    };
    values.map(Into::<f64>::into).map(bits).collect()
}

/// Holds every kernel on one shape to it, with outputs at these places after a line's start; threads take
/// part from so many elements on.
fn hold<T: Element + Into<f64>>(
    shape: Shape,
    round: fn(f64) -> T,
    starts: impl IntoIterator<Item = usize>,
    serial_below: usize,
) {
    let canary = round(CANARY);
    let plain = Policy { serial_below: usize::MAX, stream_from: usize::MAX, ..Policy::default() };
    let mut workspace = Workspace::new();
    for start in starts {
        let case = Case::new(shape, (3 * start + 1) % (LINE / size_of::<T>()), round);
        for kernel in case.kernels() {
            let mut usual = Outputs::new(&kernel.lengths, 0, 0, canary);
            usual.call(&kernel, &mut workspace, &plain);
            let expected = bits(usual.written());
            for (level, behind) in Level::available().into_iter().flat_map(|l| [(l, 0), (l, 40)]) {
                let policy = Policy { level, serial_below, stream_from: 0 };
                let name = format!("{} on {shape:?}, from {start} on, {policy:?}", kernel.name);
                let mut streamed = Outputs::new(&kernel.lengths, start, behind, canary);
                streamed.call(&kernel, &mut workspace, &policy);
                assert!(bits(streamed.written()) == expected, "other bits: {name}");
                assert!(streamed.beside().all(|v| v == canary), "written beside it: {name}");
            }
        }
    }
}

/// Odd lengths around lines, lanes and a few rows, at every alignment.
const SMALL: [Shape; 5] = [
    Shape::new(1, 1, 1),
    Shape::new(3, 7, 1),
    Shape::new(2, 5, 7),
    Shape::new(9, 33, 1),
    Shape::new(2, 3, 65),
];

#[test]
fn streaming_at_every_alignment() {
    // Which levels there are depends on who runs this.
    println!("levels: {:?}", Level::available());
    for shape in SMALL {
        hold(shape, |v| v as f32, 0..LINE / size_of::<f32>(), usize::MAX);
        hold(shape, |v| v, 0..LINE / size_of::<f64>(), usize::MAX);
    }
}

/// Several blocks, shares of threads and pieces, in the layouts of rows, of planes and of long rows.
const LARGE: [Shape; 3] = [Shape::new(521, 67, 1), Shape::new(3, 5, 2053), Shape::new(5, 8209, 1)];

#[test]
fn streaming_of_many_blocks() {
    for (shape, serial_below) in LARGE.into_iter().flat_map(|s| [(s, 0), (s, usize::MAX)]) {
        hold(shape, |v| v as f32, [0, 5], serial_below);
        hold(shape, |v| v, [3], serial_below);
    }
}
