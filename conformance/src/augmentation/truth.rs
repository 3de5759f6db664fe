//! True pixels in 320 bits, and how far from them a target may be.
//!
//! ```text
//! rotation   e = 16u·(h + w), sound = 2·e·Δ + 8u·M        promise: ½ ulp, and u₆₄ and 4u₆₄·(h + w) for u and e
//! noise      sound = 3u·σ|z| + u·|x|                      promise: ½ ulp, and u₆₄ for u
//! blur       sound = (8r + 28)·u·M                        promise: ½ ulp, and u₆₄ for u
//! ```

use super::{Blur, Border, Case, ImageShape, Noise};
use crate::compare::{Expected, SECOND_ORDER};
use crate::exact::Exact;
use crate::verdict::Strength;
use crate::{Real, ulp};

/// u of `f64`.
const UNIT_64: f64 = f64::EPSILON / 2.0;

/// u for a strength: that of `T`, or of the `f64` in which promises are computed.
fn unit<T: Real>(strength: Strength) -> f64 {
    if strength == Strength::Promise { UNIT_64 } else { T::UNIT_ROUNDOFF }
}

/// A truth with its bound: the clause's, or half a unit and that of `f64`.
fn expected<T: Real>(strength: Strength, truth: &Exact, scale: f64, bound: f64) -> Expected {
    let truth = truth.to_wide();
    let last = match strength {
        Strength::Promise => ulp::<T>(truth.to_f64()) / 2.0,
        _ => 2.0 * T::MIN_SUBNORMAL,
    };
    Expected::new(truth, SECOND_ORDER * (bound + last)).of_terms(scale)
}

/// cos d and sin d of degrees, exact at quarter turns.
struct Turn {
    cos: Exact,
    sin: Exact,
}

impl Turn {
    fn of(degrees: f64) -> Self {
        // Both steps are exact: a remainder, and a difference of numbers within a factor of two.
        let within_a_turn = degrees % 360.0;
        let quarters = (within_a_turn / 90.0).round();
        let rest = within_a_turn - 90.0 * quarters;
        let (sin, cos) = if rest == 0.0 {
            (Exact::zero(), Exact::from_count(1))
        } else {
            (Exact::from_f64(rest) / Exact::from_count(360)).sin_cos_of_turns()
        };
        match quarters.rem_euclid(4.0) as u8 {
            0 => Self { cos, sin },
            1 => Self { cos: -sin, sin: cos },
            2 => Self { cos: -cos, sin: -sin },
            _ => Self { cos: sin, sin: -cos },
        }
    }

    /// (s, t): where y(i, j) comes from.
    fn source(&self, [h, w]: [usize; 2], i: usize, j: usize) -> [Exact; 2] {
        let middle = |size: usize| Exact::from_f64((size as f64 - 1.0) / 2.0);
        let (v, u) = (Exact::from_count(i) - middle(h), Exact::from_count(j) - middle(w));
        let row = middle(h) + &u * &self.sin + &v * &self.cos;
        let column = middle(w) + &u * &self.cos - &v * &self.sin;
        [row, column]
    }
}

/// Where a pixel of a rotated image comes from.
pub(super) enum Origin {
    /// From outside of the footprint.
    Outside,
    /// So near the edge of the footprint that rounding decides.
    Edge,
    /// From here.
    Inside(Place),
}

/// A place in the footprint, limited to the centres.
pub(super) struct Place {
    /// a and b: the row and the column at or before it.
    at: [usize; 2],
    /// f and g: how far it is beyond.
    beyond: [Exact; 2],
    /// First and last row, and first and last column, of the pixels that it may be read from.
    reach: [[usize; 2]; 2],
    /// The nearest pixel, where that is not decided by rounding.
    pub(super) nearest: Option<[usize; 2]>,
}

/// For every pixel of an h × w image where it comes from; `error` is e, 0 at quarter turns.
pub(super) fn origins(size: [usize; 2], degrees: f64, error: f64) -> Vec<Origin> {
    let turn = Turn::of(degrees);
    let each = (0..size[0]).flat_map(|i| (0..size[1]).map(move |j| (i, j)));
    each.map(|(i, j)| origin(size, turn.source(size, i, j), error)).collect()
}

fn origin(size: [usize; 2], place: [Exact; 2], error: f64) -> Origin {
    let [s, t] = [place[0].to_f64(), place[1].to_f64()];
    let margin = |k: f64, size: usize| (k + 0.5).min(size as f64 - 0.5 - k);
    let margin = margin(s, size[0]).min(margin(t, size[1]));
    if margin.abs() <= error && error > 0.0 {
        return Origin::Edge;
    }
    if margin < 0.0 {
        return Origin::Outside;
    }
    let [rows, columns] = place;
    let (row, column) = (along(size[0], &rows, error), along(size[1], &columns, error));
    Origin::Inside(Place {
        at: [row.at, column.at],
        beyond: [row.beyond, column.beyond],
        reach: [row.reach, column.reach],
        nearest: row.nearest.zip(column.nearest).map(|(row, column)| [row, column]),
    })
}

/// One coordinate of a place.
struct Along {
    at: usize,
    beyond: Exact,
    reach: [usize; 2],
    nearest: Option<usize>,
}

fn along(size: usize, place: &Exact, error: f64) -> Along {
    let (last, wide) = (size as f64 - 1.0, place.to_f64());
    let half = wide + 0.5;
    let decided = error == 0.0 || (half - half.round()).abs() > error;
    let limited = match wide {
        k if k < 0.0 => Exact::zero(),
        k if k > last => Exact::from_f64(last),
        _ => Exact::zero() + place,
    };
    let k = limited.to_f64();
    // The nearest f64 may be the whole number above.
    let mut at = k.floor();
    if (&limited - &Exact::from_f64(at)) < Exact::zero() {
        at -= 1.0;
    }
    Along {
        at: at as usize,
        beyond: limited - Exact::from_f64(at),
        reach: [(k - error).floor().max(0.0) as usize, (k + error).ceil().min(last) as usize],
        nearest: decided.then(|| half.floor().min(last) as usize),
    }
}

/// e: how far from the truth a place may be.
pub(super) fn place_error<T: Real>(strength: Strength, size: [usize; 2]) -> f64 {
    let sides = (size[0] + size[1]) as f64;
    let factor = if strength == Strength::Promise { 4.0 } else { 16.0 };
    factor * unit::<T>(strength) * sides
}

/// The true value between the pixels of `channel` around a place, and its bound.
pub(super) fn bilinear<T: Real>(
    strength: Strength,
    channel: &[T],
    size: [usize; 2],
    place: &Place,
) -> Expected {
    let pixel = |row: usize, column: usize| channel[row * size[1] + column].to_f64();
    let [[top, bottom], [left, right]] = place.reach;
    let reached = (top..=bottom).flat_map(|row| (left..=right).map(move |column| (row, column)));
    let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
    for (row, column) in reached {
        least = least.min(pixel(row, column));
        most = most.max(pixel(row, column));
    }
    let largest = least.abs().max(most.abs());
    let [row, column] = place.at;
    let [f, g] = &place.beyond;
    let line =
        |row: usize| between(g, pixel(row, column), || pixel(row, (column + 1).min(size[1] - 1)));
    let first = line(row);
    let truth = if f.is_zero() {
        first
    } else {
        let second = line((row + 1).min(size[0] - 1));
        &first + &(f * &(&second - &first))
    };
    let error = 2.0 * place_error::<T>(strength, size) * (most - least);
    expected::<T>(strength, &truth, largest, error + 8.0 * unit::<T>(strength) * largest)
}

/// a + g·(b − a).
fn between(g: &Exact, a: f64, b: impl Fn() -> f64) -> Exact {
    let first = Exact::from_f64(a);
    if g.is_zero() {
        return first;
    }
    let difference = Exact::from_f64(b()) - &first;
    first + g * &difference
}

/// x + σ·z, limited, and its bound.
pub(super) fn noisy<T: Real>(strength: Strength, noise: Noise, x: T, z: T) -> Expected {
    let added = Exact::from_f64(noise.deviation) * Exact::from_f64(z.to_f64());
    let size = added.to_f64().abs();
    let mut truth = Exact::from_f64(x.to_f64()) + &added;
    if let Some([low, high]) = noise.limits::<T>() {
        let [low, high] = [low, high].map(|end| {
            // An infinite end limits nothing: beyond the largest numbers stands nothing either.
            Exact::from_f64(end.clamp(-f64::MAX, f64::MAX)).scaled(if end.is_finite() {
                0
            } else {
                9
            })
        });
        truth = if truth < low { low } else { truth };
        truth = if truth > high { high } else { truth };
    }
    let (u, x) = (unit::<T>(strength), x.to_f64().abs());
    expected::<T>(strength, &truth, x.max(size), 3.0 * u * size + u * x)
}

/// w_k for k = −r … r.
fn weights(deviation: f64, radius: usize) -> Vec<Exact> {
    let twice = Exact::from_f64(deviation).square().scaled(1);
    let weight = |k: usize| {
        let k = Exact::from_count(k.abs_diff(radius));
        (-(k.square() / &twice)).exp()
    };
    let weights: Vec<Exact> = (0..=2 * radius).map(weight).collect();
    let sum: Exact = weights.iter().sum();
    weights.iter().map(|weight| weight / &sum).collect()
}

/// The pixel at place k of a line.
fn within(k: i64, size: usize, border: Border) -> usize {
    let last = size as i64 - 1;
    let mut k = k;
    while !(0..=last).contains(&k) {
        k = match border {
            Border::Replicate => k.clamp(0, last),
            Border::Reflect if last == 0 => 0,
            Border::Reflect if k < 0 => -k,
            Border::Reflect => 2 * last - k,
        };
    }
    k as usize
}

/// Σ w_k·x(i + k) along one line for every i.
fn along_line(weights: &[Exact], line: &[Exact], border: Border) -> Vec<Exact> {
    let radius = weights.len() as i64 / 2;
    let at = |i: usize, n: usize| within(i as i64 + n as i64 - radius, line.len(), border);
    let mean = |i| weights.iter().enumerate().map(|(n, w)| w * &line[at(i, n)]).sum();
    (0..line.len()).map(mean).collect()
}

/// The true blur of a channel, and its bound.
pub(super) fn blurred<T: Real>(
    strength: Strength,
    blur: Blur,
    channel: &[T],
    [h, w]: [usize; 2],
) -> Vec<Expected> {
    let Blur { deviation, radius, border } = blur;
    let weights = weights(deviation, radius);
    let exact: Vec<Exact> = channel.iter().map(|x| Exact::from_f64(x.to_f64())).collect();
    let rows: Vec<Vec<Exact>> =
        exact.chunks(w).map(|row| along_line(&weights, row, border)).collect();
    let column = |j: usize| -> Vec<Exact> {
        let line: Vec<Exact> = rows.iter().map(|row| &row[j] + &Exact::zero()).collect();
        along_line(&weights, &line, border)
    };
    let columns: Vec<Vec<Exact>> = (0..w).map(column).collect();
    let largest = channel.iter().fold(0.0_f64, |most, x| most.max(x.to_f64().abs()));
    let error = (8.0 * radius as f64 + 28.0) * unit::<T>(strength) * largest;
    let each = (0..h).flat_map(|i| (0..w).map(move |j| (i, j)));
    each.map(|(i, j)| expected::<T>(strength, &columns[j][i], largest, error)).collect()
}

/// The channels of a batch, each with the place of its first element.
pub(super) fn channels<T: Real>(case: &Case<T>) -> impl Iterator<Item = (usize, &[T])> {
    let size = case.shape.per_channel();
    case.x.chunks_exact(size.max(1)).enumerate().map(move |(k, channel)| (k * size, channel))
}

/// h and w.
pub(super) const fn size_of(shape: ImageShape) -> [usize; 2] {
    [shape.height, shape.width]
}
