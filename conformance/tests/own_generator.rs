//! Targets with a generator of their own, as NumPy or a framework has one: they follow no map, and
//! hold every MUST all the same. They stand on `rand` and `rand_distr`, and use the macros as a user does.

use evenkeel_conformance::dropout::{BACKWARD, Dropout, FORWARD, Given, Seeded, check_probability};
use evenkeel_conformance::initialization::{Family, Fan, Initialization, Layer, Plan, Scheme};
use evenkeel_conformance::random::{Random, check_bound, check_deviation};
use evenkeel_conformance::refusal::check_length;
use evenkeel_conformance::{
    Draw, Real, Refusal, Stream, dropout_suite, initialization_suite, random_suite,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// All three techniques over `rand`'s standard generator.
struct Own;

/// One generator for each stream: all of its numbers are in the seed.
fn generator(stream: Stream) -> StdRng {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&stream.seed.to_le_bytes());
    seed[8..12].copy_from_slice(&stream.number.to_le_bytes());
    seed[12..16].copy_from_slice(&stream.step.to_le_bytes());
    StdRng::from_seed(seed)
}

/// Draws from the beginning of the stream on; those before the first that is asked for are dropped.
fn fill<T: Real>(draw: Draw, out: &mut [T], mut one: impl FnMut(&mut StdRng) -> f64) {
    let mut generator = generator(draw.stream);
    for _ in 0..draw.first {
        one(&mut generator);
    }
    out.iter_mut().for_each(|out| *out = T::from_f64(one(&mut generator)));
}

fn even(generator: &mut StdRng) -> f64 {
    generator.random_range(-1.0..=1.0)
}

fn normal(generator: &mut StdRng) -> f64 {
    StandardNormal.sample(generator)
}

/// Draws again until the draw is within the cut.
fn cut(generator: &mut StdRng) -> f64 {
    loop {
        let z = normal(generator);
        if z.abs() <= 2.0 {
            return z;
        }
    }
}

impl<T: Real> Random<T> for Own {
    fn uniform(&self, draw: Draw, bound: f64, out: &mut [T]) -> Result<(), Refusal> {
        draw.check(out.len())?;
        check_bound::<T>(bound)?;
        fill(draw, out, |generator| bound * even(generator));
        Ok(())
    }

    fn normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        draw.check(out.len())?;
        check_deviation::<T>(deviation)?;
        fill(draw, out, |generator| deviation * normal(generator));
        Ok(())
    }

    fn truncated_normal(&self, draw: Draw, deviation: f64, out: &mut [T]) -> Result<(), Refusal> {
        draw.check(out.len())?;
        check_deviation::<T>(deviation)?;
        fill(draw, out, |generator| deviation * cut(generator));
        Ok(())
    }
}

/// Who is kept, by the generator of the stream.
fn kept(draw: Draw, drop_probability: f64, length: usize) -> Vec<bool> {
    let mut keep = vec![0.0_f64; length];
    fill(draw, &mut keep, |generator| {
        f64::from(u8::from(generator.random::<f64>() >= drop_probability))
    });
    keep.iter().map(|keep| *keep == 1.0).collect()
}

fn scale<T: Real>(values: &[T], keep: &[bool], drop_probability: f64, out: &mut [T]) {
    for ((value, keep), out) in values.iter().zip(keep).zip(out) {
        let scaled = T::from_f64(value.to_f64() / (1.0 - drop_probability));
        *out = if *keep && drop_probability < 1.0 { scaled } else { T::from_f64(0.0) };
    }
}

impl<T: Real> Dropout<T> for Own {
    fn mask(&self, draw: Draw, drop_probability: f64, keep: &mut [bool]) -> Result<(), Refusal> {
        draw.check(keep.len())?;
        check_probability(drop_probability)?;
        keep.copy_from_slice(&kept(draw, drop_probability, keep.len()));
        Ok(())
    }

    fn forward(&self, input: &Seeded<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(FORWARD, y)?;
        let keep = kept(input.draw, input.drop_probability, y.len());
        scale(input.values, &keep, input.drop_probability, y);
        Ok(())
    }

    fn backward(&self, input: &Seeded<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        input.check(BACKWARD, dx)?;
        let keep = kept(input.draw, input.drop_probability, dx.len());
        scale(input.values, &keep, input.drop_probability, dx);
        Ok(())
    }

    fn forward_given(&self, input: &Given<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        input.check(FORWARD, y)?;
        scale(input.values, input.keep, input.drop_probability, y);
        Ok(())
    }

    fn backward_given(&self, input: &Given<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        input.check(BACKWARD, dx)?;
        scale(input.values, input.keep, input.drop_probability, dx);
        Ok(())
    }

    fn inference(&self, x: &[T], y: &mut [T]) -> Result<(), Refusal> {
        check_length("y", y, x.len())?;
        y.copy_from_slice(x);
        Ok(())
    }
}

/// fan_in and fan_out of a layer that was checked.
fn fans(layer: Layer) -> [usize; 2] {
    match layer {
        Layer::Dense { inputs, outputs } => [inputs, outputs],
        Layer::Convolution { inputs, outputs, kernel, groups } => {
            [inputs / groups * kernel, outputs / groups * kernel]
        }
    }
}

fn spread(plan: &Plan) -> f64 {
    let [fan_in, fan_out] = fans(plan.layer).map(|fan| fan as f64);
    let deviation = match plan.scheme {
        Scheme::Xavier { gain } => gain * (2.0 / (fan_in + fan_out)).sqrt(),
        Scheme::He { fan: Fan::In, slope } => (2.0 / ((1.0 + slope * slope) * fan_in)).sqrt(),
        Scheme::He { fan: Fan::Out, slope } => (2.0 / ((1.0 + slope * slope) * fan_out)).sqrt(),
    };
    match plan.family {
        Family::Uniform => deviation * 3.0_f64.sqrt(),
        Family::Normal => deviation,
        Family::TruncatedNormal => deviation / 0.879_625_661_034_239_8,
    }
}

impl<T: Real> Initialization<T> for Own {
    fn fans(&self, layer: Layer) -> Result<[usize; 2], Refusal> {
        layer.check()?;
        Ok(fans(layer))
    }

    fn spread(&self, plan: &Plan) -> Result<f64, Refusal> {
        plan.check()?;
        Ok(spread(plan))
    }

    fn weights_given(&self, plan: &Plan, draws: &[f64], w: &mut [T]) -> Result<(), Refusal> {
        plan.check_given(draws, w)?;
        let spread = spread(plan);
        w.iter_mut().zip(draws).for_each(|(w, draw)| *w = T::from_f64(spread * draw));
        Ok(())
    }

    fn weights(&self, plan: &Plan, stream: Stream, w: &mut [T]) -> Result<(), Refusal> {
        plan.check_weights(w)?;
        let draw = Draw { stream, first: 0 };
        match plan.family {
            Family::Uniform => self.uniform(draw, spread(plan), w),
            Family::Normal => self.normal(draw, spread(plan), w),
            Family::TruncatedNormal => self.truncated_normal(draw, spread(plan), w),
        }
    }
}

random_suite!(Own, f32, without: [
    philox4x32 = "a generator of its own", words = "a generator of its own", map = "no map",
]);
random_suite!(Own, f64, without: [
    philox4x32 = "a generator of its own", words = "a generator of its own", map = "no map",
]);
dropout_suite!(Own, f32, without: [map = "no map", is_dropped = "no map"]);
dropout_suite!(Own, f64, without: [map = "no map", is_dropped = "no map"]);
initialization_suite!(Own, f32, without: [map = "no map"]);
initialization_suite!(Own, f64, without: [map = "no map"]);
