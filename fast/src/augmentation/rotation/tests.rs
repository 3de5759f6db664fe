//! Rows in lanes have the bits of pixels that are computed one by one.

use super::super::{ImageShape, rotate};
use super::*;
use crate::{Element, Level, Policy, Workspace};

const SIZES: [[usize; 2]; 9] =
    [[1, 1], [1, 9], [9, 1], [2, 2], [7, 5], [28, 28], [33, 70], [5, 600], [224, 224]];

/// A row of which every column is computed by itself.
fn row<T: Lanes>(turn: &Turn, x: &[T], i: usize, y: &mut [T]) {
    let [h, w] = turn.size.map(|size| size as f64);
    let (middle, center) = ((h - 1.0) / 2.0, (w - 1.0) / 2.0);
    let v = i as f64 - middle;
    let (v_cos, v_sin) = (v * turn.cos, v * turn.sin);
    for (j, y) in y.iter_mut().enumerate() {
        let u = j as f64 - center;
        let (s, t) = (middle + (u * turn.sin + v_cos), center + (u * turn.cos - v_sin));
        let inside = s >= -0.5 && s <= h - 0.5 && t >= -0.5 && t <= w - 0.5;
        *y = if inside { turn.pixel(x, [s, t]) } else { T::round(turn.fill) };
    }
}

/// Round angles, their neighbours, tiny and huge ones, and some that are not special.
fn angles() -> Vec<f64> {
    let mut all = vec![0.0, -0.0, 1e-300, 1e-17, 1e-9, -1e-5, 1e300, -7.5e15, 17.0, 45.0];
    for quarter in 1..=4 {
        let degrees = 90.0 * f64::from(quarter);
        all.extend([degrees, -degrees, degrees.next_down(), degrees.next_up(), degrees + 1e-11]);
    }
    all.extend((0..20).map(|k| f64::from(k) * 37.618_034 - 360.0));
    all
}

/// Numbers of many magnitudes, both zeros among them; and NaN and ∞, if they are asked for.
fn pixels<T: Lanes>(count: usize, hard: bool) -> Vec<T> {
    let one = |i: usize| match i * 7 % 23 {
        3 if hard => f64::INFINITY,
        8 if hard => f64::NAN,
        11 if hard => f64::NEG_INFINITY,
        5 => -0.0,
        6 => 0.0,
        k => ((i as f64 * 0.618_034) % 1.0 - 0.5) * 10.0_f64.powi(k as i32 - 11),
    };
    (0..count).map(|i| T::round(one(i))).collect()
}

fn bits<T: Lanes>(values: &[T]) -> Vec<u64> {
    values.iter().map(|value| value.to_f64().to_bits()).collect()
}

fn policies() -> Vec<Policy> {
    let both = [0, usize::MAX];
    let of = |level| both.map(|serial_below| Policy { level, serial_below, ..Policy::default() });
    Level::available().into_iter().flat_map(of).collect()
}

fn check<T: Element>(shape: ImageShape, rotation: Rotation, x: &[T]) {
    let ImageShape { height, width, .. } = shape;
    let turn = Turn::new([height, width], &rotation);
    let mut expected = vec![T::default(); x.len()];
    let planes = x.chunks(height * width).zip(expected.chunks_mut(height * width));
    for (x, y) in planes {
        y.chunks_mut(width).enumerate().for_each(|(i, y)| row(&turn, x, i, y));
    }
    let expected = bits(&expected);
    for policy in policies() {
        let mut y = vec![T::round(9.0); x.len()];
        rotate(shape, rotation, x, &mut y, &mut Workspace::new(), &policy).unwrap();
        if let Some(k) = bits(&y).iter().zip(&expected).position(|(a, b)| a != b) {
            let [i, j] = [k % (height * width) / width, k % width];
            panic!("{shape:?}, {rotation:?}, {policy:?}: element {k}, row {i}, column {j}");
        }
    }
}

fn all<T: Element>(threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let angles = angles();
    for (n, [h, w]) in SIZES.into_iter().enumerate() {
        let large = h * w > 10_000;
        let shape = ImageShape::new(if large { 1 } else { 9 }, 2, h, w);
        for hard in [false, true] {
            let x = pixels::<T>(shape.len(), hard);
            for &degrees in angles.iter().skip(n % 3).step_by(if large { 3 } else { 1 }) {
                for interpolation in [Interpolation::Bilinear, Interpolation::Nearest] {
                    let rotation = Rotation { degrees, interpolation, fill: 0.5 };
                    pool.install(|| check(shape, rotation, &x));
                }
            }
        }
    }
}

#[test]
fn f32_has_the_bits_of_single_pixels() {
    all::<f32>(1);
    all::<f32>(3);
}

#[test]
fn f64_has_the_bits_of_single_pixels() {
    all::<f64>(1);
    all::<f64>(3);
}

/// The intervals are those that every column, asked by itself, belongs to.
#[test]
fn columns_are_those_that_lie_within() {
    for [h, w] in SIZES {
        for degrees in angles() {
            let rotation = Rotation { degrees, interpolation: Interpolation::Bilinear, fill: 0.0 };
            let turn = Turn::new([h, w], &rotation);
            let [last_row, last_column] = turn.size.map(|size| size as f64 - 1.0);
            for i in 0..h {
                let line = turn.line(i);
                let inside = [[-0.5, last_row + 0.5], [-0.5, last_column + 0.5]];
                let within = [[0.0, last_row.next_down()], [0.0, last_column.next_down()]];
                for [rows, columns] in [inside, within] {
                    let lies = |j: &usize| {
                        let [s, t] = line.place(*j);
                        rows[0] <= s && s <= rows[1] && columns[0] <= t && t <= columns[1]
                    };
                    let expected: Vec<usize> = (0..w).filter(lies).collect();
                    let found = line.columns(w, [rows, columns]);
                    assert!(found.eq(expected), "{h} × {w} at {degrees}, row {i}");
                }
            }
        }
    }
}
