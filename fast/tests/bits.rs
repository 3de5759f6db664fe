//! The bits of every kernel, as they are on every machine: `bits.txt` has a hash for each.
//!
//! `EVENKEEL_WRITE=1 cargo test -p evenkeel-fast --test bits` writes the listing anew, at the best level:
//! a change of it stands in the changelog. Products of matrices are not in it: they are those of a library
//! that chooses its kernels by the machine.

mod kernels;

use std::fmt::Write;

use evenkeel_fast::{Element, Level, Policy, Shape, Workspace};
use kernels::Case;

/// Rows, planes, one long row; more than a block of each. Small enough for an emulator.
const SHAPES: [Shape; 4] =
    [Shape::new(9, 33, 1), Shape::new(2, 3, 65), Shape::new(131, 67, 1), Shape::new(2, 5003, 1)];

/// FNV-1a, 64 bits, over the bits of the values as `f64`.
fn hash<T: Element + Into<f64>>(seed: u64, values: &[T]) -> u64 {
    let values = values.iter().copied().map(Into::<f64>::into);
    let bytes = values.flat_map(|value| value.to_bits().to_le_bytes());
    bytes.fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A line a kernel: precision, name, hash over all shapes.
fn listing<T: Element + Into<f64>>(precision: &str, level: Level, round: fn(f64) -> T) -> String {
    let policy = Policy { level, ..Policy::default() };
    let mut workspace = Workspace::new();
    let mut lines: Vec<(String, u64)> = Vec::new();
    for shape in SHAPES {
        let case = Case::new(shape, 0, round);
        for (k, kernel) in case.kernels().iter().enumerate() {
            let mut outputs: Vec<Vec<T>> =
                kernel.lengths.iter().map(|&len| vec![T::default(); len]).collect();
            let mut slices: Vec<&mut [T]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
            (kernel.call)(&mut slices, &mut workspace, &policy).unwrap();
            if k == lines.len() {
                lines.push((kernel.name.clone(), 0xcbf2_9ce4_8422_2325));
            }
            lines[k].1 = outputs.iter().fold(lines[k].1, |seed, output| hash(seed, output));
        }
    }
    lines.into_iter().fold(String::new(), |mut text, (name, hash)| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{precision} {name:40} {hash:016x}");
        text
    })
}

fn all(level: Level) -> String {
    listing("f32", level, |v| v as f32) + &listing("f64", level, |v| v)
}

#[test]
fn the_bits_are_those_of_every_machine() -> std::io::Result<()> {
    if std::env::var_os("EVENKEEL_WRITE").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bits.txt");
        return std::fs::write(path, all(Level::best()));
    }
    for level in Level::available() {
        let now = all(level);
        // Which levels were compared is a part of the answer, above all on another architecture.
        println!("{}: {} hashes", level.name(), now.lines().count());
        let expected = include_str!("bits.txt");
        let pairs = now.lines().zip(expected.lines());
        let other: Vec<_> = pairs.filter(|(now, expected)| now != expected).collect();
        let lengths = [now.lines().count(), expected.lines().count()];
        assert!(
            other.is_empty() && lengths[0] == lengths[1],
            "at level {}: {lengths:?} lines, (now, expected) {other:#?}; if the change is wanted:\n\
             EVENKEEL_WRITE=1 cargo test -p evenkeel-fast --test bits",
            level.name()
        );
    }
    Ok(())
}
