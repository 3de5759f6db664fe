//! Cases with mean/std up to 10⁴ in eight families, each a pure function of its number.

use evenkeel_conformance::batch_norm::Batch;
use evenkeel_conformance::normalization::{Along, Case, Kind};
use evenkeel_conformance::{Real, Shape};

/// A stream of numbers: SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Stream(u64);

impl Stream {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// In [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// Nearly normal: a sum of twelve, variance 1.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// `m` numbers of standard deviation about 1, moved by up to 10⁴ of it.
fn values(stream: &mut Stream, m: usize) -> Vec<f64> {
    let family = stream.below(8);
    let shift = if stream.below(5) == 0 { 0.0 } else { 10_f64.powf(stream.between(-1.0, 4.0)) };
    let shift = if stream.below(2) == 0 { shift } else { -shift };
    let noise: Vec<f64> = (0..m).map(|_| stream.normal()).collect();
    let mut x: Vec<f64> = match family {
        // Exponential: skewed, and all of one sign.
        1 => noise.iter().map(|z| (1.5 * z).exp() / 9.0).collect(),
        // One value far out, first or anywhere.
        2 => with_outlier(noise, stream.below(2) * stream.below(m)),
        // Two clusters: the largest deviation for its variance that many values can share.
        4 => noise.iter().map(|z| z.signum() + 1e-3 * z).collect(),
        // All low bits set: every partial sum is rounded the same way.
        5 => noise.iter().map(|z| 1.0 - 2.0_f64.powi(-24) + 1e-3 * (z * 8.0).round()).collect(),
        _ => noise,
    };
    x.iter_mut().for_each(|x| *x += shift);
    match family {
        3 => x.sort_by(f64::total_cmp),
        6 => x.sort_by(|a, b| b.total_cmp(a)),
        _ => {}
    }
    x
}

fn with_outlier(mut noise: Vec<f64>, place: usize) -> Vec<f64> {
    noise[place] = 100.0 * noise[place].signum();
    noise
}

/// Upstream gradients: noise; noise about a constant; a single one; nearly along x; all positive.
fn upstream(stream: &mut Stream, x: &[f64]) -> Vec<f64> {
    let (family, one) = (stream.below(5), stream.below(x.len()));
    let noise = |z: f64, k: usize| match family {
        0 => z,
        1 => 3.0 + z,
        2 => f64::from(u8::from(k == one)),
        3 => 0.3 * x[k] + 0.01 * z,
        _ => z.abs(),
    };
    (0..x.len()).map(|k| noise(stream.normal(), k)).collect()
}

/// Values per group: mostly up to 64, some to 300, a few to 10⁴.
fn length(stream: &mut Stream) -> usize {
    match stream.below(40) {
        0..=27 => 2 + stream.below(63),
        28..=38 => 65 + stream.below(236),
        _ => 301 + stream.below(9_700),
    }
}

/// Groups of `m` values in any layout: one or two, and now and then more short rows, so that dγ of
/// layer normalisation is a sum of many.
fn shape<K: Kind>(stream: &mut Stream, m: usize) -> Shape {
    let count = 1 + stream.below(2);
    match (K::ALONG, stream.below(3)) {
        (Along::Channels, 0) => Shape::new(m, count, 1),
        (Along::Channels, 1) => Shape::new(1, count, m),
        (Along::Channels, _) => Shape::new(2, count, m.div_ceil(2)),
        (Along::Rows, 0) => Shape::new(count, m, 1),
        (Along::Rows, 1) => Shape::new(1, m, count),
        (Along::Rows, _) if m > 64 => Shape::new(2, m, count),
        (Along::Rows, _) => Shape::new(1 + stream.below(32), m, count),
    }
}

/// Case number `seed`.
pub(crate) fn case<T: Real, K: Kind>(seed: u64) -> Case<T, K> {
    let mut stream = Stream::new(seed);
    let m = length(&mut stream);
    let shape = shape::<K>(&mut stream, m);
    let scale = 10_f64.powf(stream.between(-3.0, 3.0));
    let mut case = blank::<T, K>(&mut stream, shape, scale);
    let groups = case.groups();
    // Statistics as they might have been gathered: near the first group's own.
    let mut pairs = vec![[0.0; 2]; shape.channels];
    for g in 0..groups.count() {
        let x = values(&mut stream, groups.size());
        let dy = upstream(&mut stream, &x);
        for (k, i) in groups.indices(g).enumerate() {
            (case.x[i], case.dy[i]) = (T::from_f64(scale * x[k]), T::from_f64(dy[k]));
        }
        if let Some(pair) = pairs.get_mut(g) {
            *pair = [scale * (x[0] + stream.normal()), scale * scale * stream.between(0.1, 3.0)];
        }
    }
    let weight = [0.1, 1.0, 0.5, stream.unit()][stream.below(4)];
    case.own = K::own(&pairs, weight, stream.below(2) == 0);
    case
}

fn blank<T: Real, K: Kind>(stream: &mut Stream, shape: Shape, scale: f64) -> Case<T, K> {
    let share = [0.0, 1e-5, 1e-3, 1.0][stream.below(4)];
    let normal = |stream: &mut Stream| T::from_f64(2.0 * stream.normal());
    let zeros = |n| vec![T::from_f64(0.0); n];
    Case {
        shape,
        x: zeros(shape.len()),
        gamma: (0..shape.channels).map(|_| normal(stream)).collect(),
        beta: (0..shape.channels).map(|_| normal(stream)).collect(),
        epsilon: share * scale * scale,
        dy: zeros(shape.len()),
        own: K::own(&vec![[0.0, 1.0]; shape.channels], 0.1, false),
    }
}

/// `count` groups of `m` values.
fn plainly<K: Kind>(m: usize, count: usize) -> Shape {
    match K::ALONG {
        Along::Channels => Shape::new(m, count, 1),
        Along::Rows => Shape::new(count, m, 1),
    }
}

/// One group of `m` normal numbers with that mean/std, γ = 1, β = 0, ε = 1e-5.
pub(crate) fn plain_group<T: Real, K: Kind>(seed: u64, m: usize, condition: f64) -> Case<T, K> {
    let mut stream = Stream::new(seed);
    let shape = plainly::<K>(m, 1);
    let all = |value: f64, count: usize| vec![T::from_f64(value); count];
    Case {
        shape,
        x: (0..m).map(|_| T::from_f64(condition + stream.normal())).collect(),
        gamma: all(1.0, shape.channels),
        beta: all(0.0, shape.channels),
        epsilon: 1e-5,
        dy: all(1.0, m),
        own: K::own(&vec![[0.0, 1.0]; shape.channels], 0.1, false),
    }
}

/// The same as a channel.
pub(crate) fn plain<T: Real>(seed: u64, m: usize, condition: f64) -> Case<T, Batch> {
    plain_group(seed, m, condition)
}

/// One group at an end of what `T` can hold, or nearly constant, or with one giant in it.
fn hard_value<T: Real>(stream: &mut Stream, family: usize, k: usize) -> f64 {
    let wide = T::DIGITS > 24;
    let decade = |narrow: f64, broad: f64| 10_f64.powf(if wide { broad } else { narrow });
    let z = stream.normal();
    match family {
        0 => decade(7.0, 13.0) + z,
        1 => 1234.1,
        2 => 40_003.0 * (1.0 + 2.0 * T::UNIT_ROUNDOFF * f64::from(u8::from(z > 0.0))),
        3 => z * if k == 0 { 1e6 } else { 1.0 },
        4 => z / 6.0 * T::MAX,
        5 => z * decade(30.0, 200.0),
        6 => z * decade(-30.0, -200.0),
        7 => z / 6.0 * T::MIN_POSITIVE,
        8 => 0.0_f64.copysign(z),
        _ => 1e-3 + z,
    }
}

/// Case number `seed` of hard data, a group of another family beside it.
pub(crate) fn hard<T: Real, K: Kind>(seed: u64) -> Case<T, K> {
    let mut stream = Stream::new(seed ^ 0xabcd);
    let m = if stream.below(8) == 0 { 65 + stream.below(1000) } else { 1 + stream.below(64) };
    let mut case = blank::<T, K>(&mut stream, plainly::<K>(m, 2), 1.0);
    // As small as a variance can be, as usual, and larger than the data.
    case.epsilon = [0.0, 1e-300, 1e-5, 1.0][stream.below(4)];
    let groups = case.groups();
    for g in 0..2 {
        let family = stream.below(10);
        for (k, i) in groups.indices(g).enumerate() {
            case.x[i] = T::from_f64(hard_value::<T>(&mut stream, family, k));
            case.dy[i] = T::from_f64(stream.normal());
        }
    }
    case
}
