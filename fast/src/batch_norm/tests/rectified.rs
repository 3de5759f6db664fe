//! A normalisation with its ReLU in one against one after the other, bit for bit.

use super::*;
use crate::activation::{self, Curve};

fn curve(slope: f64) -> Curve {
    if slope == 0.0 { Curve::Relu } else { Curve::LeakyRelu { slope } }
}

/// z in training and in inference, dx, dγ, dβ.
type Five<T> = [Vec<T>; 5];

fn zeros<T: Element>(case: &Case<T>) -> Five<T> {
    let zeros = |len| vec![T::default(); len];
    let (all, one) = (case.shape.len(), case.shape.channels);
    [zeros(all), zeros(all), zeros(all), zeros(one), zeros(one)]
}

fn given<T: Element>(case: &Case<T>) -> [Vec<T>; 2] {
    [vec![T::round(0.5); case.shape.channels], vec![T::round(2.0); case.shape.channels]]
}

fn together<T: Element>(case: &Case<T>, slope: f64, policy: &Policy) -> Five<T> {
    let Case { shape, x, gamma, beta, epsilon: e, dy } = case;
    let (mut five, s, [mean, variance]) = (zeros(case), *shape, given(case));
    let [z, inferred, dx, dgamma, dbeta] = &mut five;
    let mut m = vec![Moments::default(); s.channels];
    let w = &mut Workspace::new();
    forward_relu(s, x, gamma, beta, *e, slope, z, &mut m, w, policy).unwrap();
    inference_relu(s, x, gamma, beta, &mean, &variance, *e, slope, inferred, w, policy).unwrap();
    backward_relu(s, x, gamma, beta, *e, slope, &m, dy, dx, dgamma, dbeta, w, policy).unwrap();
    five
}

fn apart<T: Element>(case: &Case<T>, slope: f64, policy: &Policy) -> Five<T> {
    let Case { shape, x, gamma, beta, epsilon: e, dy } = case;
    let (mut five, s, [mean, variance]) = (zeros(case), *shape, given(case));
    let [z, inferred, dx, dgamma, dbeta] = &mut five;
    let mut m = vec![Moments::default(); s.channels];
    let w = &mut Workspace::new();
    forward(s, x, gamma, beta, *e, z, &mut m, w, policy).unwrap();
    let mut by_y = dy.clone();
    activation::backward_in_place(curve(slope), z, &mut by_y, w, policy).unwrap();
    backward(s, x, gamma, *e, &m, &by_y, dx, dgamma, dbeta, w, policy).unwrap();
    activation::forward_in_place(curve(slope), z, w, policy).unwrap();
    inference(s, x, gamma, beta, &mean, &variance, *e, inferred, w, policy).unwrap();
    activation::forward_in_place(curve(slope), inferred, w, policy).unwrap();
    five
}

fn bits<T: Element>(five: &Five<T>) -> Vec<u64> {
    five.concat().iter().map(|value| value.to_f64().to_bits()).collect()
}

/// Cases with a NaN, with results that round to 0 from either side, and with an infinite γ.
fn cases<T: Element>(shape: Shape) -> Vec<Case<T>> {
    let mut random = Random(61);
    let x = laid_out::<T>(shape, |c, _| (c % 5) as f64 * 100.0 + random.normal());
    let plain = Case::random(shape, &x, 1e-5, 67);
    let mut spoilt = plain.clone();
    spoilt.x[shape.len() / 3] = T::round(f64::NAN);
    spoilt.gamma[0] = T::round(f64::INFINITY);
    spoilt.dy[shape.len() / 2] = T::round(f64::NAN);
    let least = if T::SCALED { 5e-324 } else { 1e-45 };
    let mut tiny = plain.clone();
    tiny.gamma.fill(T::round(least));
    tiny.beta.fill(T::default());
    vec![plain, spoilt, tiny]
}

fn equals_the_composition<T: Element>() {
    let shapes = [
        Shape::new(70, 37, 1),
        Shape::new(300, 96, 1),
        Shape::new(21, 16, 3),
        Shape::new(5, 3, 100),
        Shape::new(1, 2, 5000),
    ];
    for case in shapes.into_iter().flat_map(cases::<T>) {
        for slope in [0.0, 0.01, -0.3] {
            let expected = bits(&apart(&case, slope, &serial()));
            for level in Level::available() {
                for stream_from in [0, usize::MAX] {
                    let policy = Policy { level, stream_from, ..serial() };
                    let found = bits(&together(&case, slope, &policy));
                    assert!(found == expected, "{policy:?} {:?} {slope}", case.shape);
                }
            }
            let shared = Policy { serial_below: 0, stream_from: 0, ..Policy::default() };
            for threads in [2, 7] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let found = pool.install(|| bits(&together(&case, slope, &shared)));
                assert!(found == expected, "{threads} threads {:?} {slope}", case.shape);
            }
        }
    }
}

#[test]
fn one_pass_gives_the_bits_of_two() {
    equals_the_composition::<f32>();
    equals_the_composition::<f64>();
}

#[test]
fn a_slope_that_is_no_number_and_a_short_beta_are_refused() {
    let case = Case::<f32>::plain(Shape::new(3, 2, 1), &[1.0; 6], 1e-5);
    let Case { shape, x, gamma, beta, epsilon: e, dy } = &case;
    let ([mut z, ..], w, policy) = (zeros(&case), &mut Workspace::new(), serial());
    let mut m = vec![Moments::default(); 2];
    let nan = f64::NAN;
    let refused = forward_relu(*shape, x, gamma, beta, *e, nan, &mut z, &mut m, w, &policy);
    assert_eq!(refused.unwrap_err().argument(), "slope");
    let [_, _, mut dx, mut dg, mut db] = zeros(&case);
    let (dx, dg, db) = (&mut dx, &mut dg, &mut db);
    forward(*shape, x, gamma, beta, *e, &mut z, &mut m, w, &policy).unwrap();
    let short = &beta[..1];
    let refused = backward_relu(*shape, x, gamma, short, *e, 0.0, &m, dy, dx, dg, db, w, &policy);
    assert_eq!(refused.unwrap_err().argument(), "beta");
}
