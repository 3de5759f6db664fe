//! The promise of the kernels on long channels, judged in 320 bits, and what can be seen of their work.

use evenkeel::Fast;
use evenkeel_conformance::batch_norm::{Case, Variance, examine};
use evenkeel_conformance::inputs::{Hard, unit_at};
use evenkeel_conformance::{Real, Shape, Strength, Target, Verdict};

/// A channel of that hardship in each of `channels`, with ε small enough that it cannot hide the data.
fn case<T: Real>(shape: Shape, hard: Hard) -> Case<T> {
    let number = |stream: u64, i: usize| T::from_f64(unit_at(stream, i));
    let parameter = |stream: u64| (0..shape.channels).map(|c| number(stream, c)).collect();
    let mut x = vec![T::from_f64(0.0); shape.len()];
    for c in 0..shape.channels {
        for k in 0..shape.per_channel() {
            let i = shape.index(k, c);
            x[i] = T::from_f64(hard.value::<T>(k, unit_at(1, i), 0.3 + 0.2 * c as f64));
        }
    }
    Case {
        shape,
        x,
        gamma: parameter(2),
        beta: parameter(3),
        epsilon: 1e-300,
        dy: (0..shape.len()).map(|i| number(4, i)).collect(),
        mean: parameter(5),
        variance: vec![T::from_f64(1.0); shape.channels],
        weight_of_new: 0.1,
        convention: Variance::Biased,
    }
}

fn promise_holds<T: Real>(m: usize)
where
    Fast: Target<T>,
{
    let shapes = [Shape::new(1, 1, m), Shape::new(m / 2, 2, 1), Shape::new(m / 512, 2, 256)];
    for hard in Hard::ALL {
        for shape in shapes {
            let case = case::<T>(shape, hard);
            let names = ["forward", "backward"];
            for (name, verdict) in
                names.iter().zip(examine(Strength::Promise, &Fast::default(), &case))
            {
                let what = format!("{name} in {} of {hard:?}, {shape}", T::NAME);
                match verdict {
                    Verdict::Pass(measure) => {
                        println!(
                            "{what}: error/bound {:.4}, {:.4} ulp",
                            measure.ratio, measure.ulps
                        );
                    }
                    // dx of numbers near the ends of the range may itself leave it.
                    Verdict::CannotTell(why) => println!("{what}: {why}"),
                    other => panic!("{what}: {other:?}"),
                }
            }
        }
    }
}

#[test]
fn the_promise_holds_on_hard_channels_of_two_blocks_and_a_bit() {
    promise_holds::<f32>(2 * 4096 + 512);
    promise_holds::<f64>(2 * 4096 + 512);
}

/// The longest channels that the promise is made for.
#[test]
#[ignore = "minutes: cargo test --release -p evenkeel --test fast -- --ignored --nocapture"]
fn the_promise_holds_on_hard_channels_of_a_million_values() {
    promise_holds::<f32>(1 << 20);
}

/// A constant of any size gives β bit for bit, on channels of any length.
#[test]
fn constant_channels_give_beta_bitwise() {
    for m in [1, 2, 3, 63, 64, 65, 4095, 4096, 4097, 20_000] {
        for shape in [Shape::new(m, 3, 1), Shape::new(1, 3, m)] {
            let case = Case { epsilon: 1e-5, ..case::<f32>(shape, Hard::Constant) };
            let fast = Fast::default();
            let target: &dyn Target<f32> = &fast;
            let y = case.forward(target.batch_norm().expect("the kernels have it"));
            let y = y.expect("the arguments are valid");
            for (i, y) in y.iter().enumerate() {
                let beta = case.beta[shape.channel_of(i)];
                assert_eq!(y.to_bits(), beta.to_bits(), "y[{i}] of {shape}");
            }
        }
    }
}
