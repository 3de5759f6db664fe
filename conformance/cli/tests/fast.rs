//! The promise of the kernels on long channels and rows, judged in 320 bits, and what can be seen of their work.

use evenkeel::Fast;
use evenkeel_conformance::batch_norm::Batch;
use evenkeel_conformance::inputs::{Hard, unit_at};
use evenkeel_conformance::layer_norm::Layer;
use evenkeel_conformance::normalization::{Along, Case, Groups, Kind, examine};
use evenkeel_conformance::{Real, Shape, Strength, Target, Verdict};

/// Groups of that hardship, with ε small enough that it cannot hide the data.
fn case<T: Real, K: Kind>(shape: Shape, hard: Hard) -> Case<T, K> {
    let number = |stream: u64, i: usize| T::from_f64(unit_at(stream, i));
    let parameter = |stream: u64| (0..shape.channels).map(|c| number(stream, c)).collect();
    let groups = Groups::new(shape, K::ALONG);
    let value = |i: usize| {
        let knob = (0.3 + 0.2 * groups.of(i) as f64).fract();
        T::from_f64(hard.value::<T>(groups.place_of(i), unit_at(1, i), knob))
    };
    Case {
        shape,
        x: (0..shape.len()).map(value).collect(),
        gamma: parameter(2),
        beta: parameter(3),
        epsilon: 1e-300,
        dy: (0..shape.len()).map(|i| number(4, i)).collect(),
        own: K::own(&vec![[0.0, 1.0]; shape.channels], 0.1, false),
    }
}

/// Groups of `m` values each, lying in every way.
fn shapes<K: Kind>(m: usize) -> Vec<Shape> {
    match K::ALONG {
        Along::Channels => {
            vec![Shape::new(1, 1, m), Shape::new(m / 2, 2, 1), Shape::new(m / 512, 2, 256)]
        }
        Along::Rows => vec![Shape::new(1, m, 1), Shape::new(1, m / 2, 2)],
    }
}

fn promise_holds<T: Real, K: Kind>(m: usize)
where
    Fast: Target<T>,
{
    for hard in Hard::ALL {
        for shape in shapes::<K>(m) {
            let case = case::<T, K>(shape, hard);
            let verdicts = examine(Strength::Promise, &Fast::default(), &case);
            for (name, verdict) in ["forward", "backward"].iter().zip(verdicts) {
                let what = format!("{} {name} in {} of {hard:?}, {shape}", K::NAME, T::NAME);
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
fn the_promise_holds_on_hard_groups_of_two_blocks_and_a_bit() {
    promise_holds::<f32, Batch>(2 * 4096 + 512);
    promise_holds::<f64, Batch>(2 * 4096 + 512);
    promise_holds::<f32, Layer>(2 * 4096 + 512);
    promise_holds::<f64, Layer>(2 * 4096 + 512);
}

/// The longest channels and rows that the promise is made for.
#[test]
#[ignore = "minutes: cargo test --release -p evenkeel --test fast -- --ignored --nocapture"]
fn the_promise_holds_on_hard_groups_of_a_million_values() {
    promise_holds::<f32, Batch>(1 << 20);
    promise_holds::<f32, Layer>(1 << 20);
}

fn constant_gives_beta<K: Kind>(shape: Shape) {
    let case = Case { epsilon: 1e-5, ..case::<f32, K>(shape, Hard::Constant) };
    let y = case.forward(&Fast::default()).expect("the arguments are valid");
    for (i, y) in y.iter().enumerate() {
        let beta = case.beta[shape.channel_of(i)];
        assert_eq!(y.to_bits(), beta.to_bits(), "{} y[{i}] of {shape}", K::NAME);
    }
}

/// A constant of any size gives β bit for bit, on channels and rows of any length.
#[test]
fn constant_groups_give_beta_bitwise() {
    for m in [1, 2, 3, 63, 64, 65, 4095, 4096, 4097, 20_000] {
        constant_gives_beta::<Batch>(Shape::new(m, 3, 1));
        constant_gives_beta::<Batch>(Shape::new(1, 3, m));
        constant_gives_beta::<Layer>(Shape::new(3, m, 1));
        constant_gives_beta::<Layer>(Shape::new(1, m, 3));
    }
}
