//! With dropout: the bits of both techniques one after the other, at every level, on any number of
//! threads, wherever the outputs start.

use super::bits::{all_bits, case};
use super::*;
use crate::dropout::{self, Drawn};
use crate::random::Stream;

fn shapes() -> [Shape; 5] {
    [
        Shape::new(21, 5, 1),
        Shape::new(70, 100, 1),
        Shape::new(5, 1024, 1),
        Shape::new(3, 4500, 1),
        Shape::new(40, 9, 45),
    ]
}

fn drawn(drop_probability: f64) -> Drawn {
    Drawn { stream: Stream { seed: 5, number: 2, step: 9 }, first: 77, drop_probability }
}

/// One after the other.
fn apart<T: Element>(case: &Case<T>, drawn: Drawn) -> Results<T> {
    let Drawn { stream, first, drop_probability } = drawn;
    let (mut workspace, policy) = (Workspace::new(), serial());
    let mut dropped = case.clone();
    dropout::backward(
        stream,
        first,
        drop_probability,
        &case.dy,
        &mut dropped.dy,
        &mut workspace,
        &policy,
    )
    .unwrap();
    let mut results = dropped.run(&policy);
    let y = &mut results.y;
    dropout::forward_in_place(stream, first, drop_probability, y, &mut workspace, &policy).unwrap();
    results
}

/// Both at once, the outputs from element `start` of their memory on.
fn together<T: Element>(case: &Case<T>, drawn: Drawn, start: usize, policy: &Policy) -> Results<T> {
    let Case { shape, x, gamma, beta, epsilon, dy } = case;
    let (shape, epsilon) = (*shape, *epsilon);
    let new = |len: usize| vec![T::round(99.0); start + len];
    let (mut y, mut dx) = (new(shape.len()), new(shape.len()));
    let (mut dgamma, mut dbeta) = (new(shape.channels), new(shape.channels));
    let mut moments = vec![Moments::default(); shape.per_channel()];
    let mut workspace = Workspace::new();
    let (y_out, memory) = (&mut y[start..], &mut workspace);
    forward_with_dropout(
        shape,
        x,
        gamma,
        beta,
        epsilon,
        drawn,
        y_out,
        &mut moments,
        memory,
        policy,
    )
    .unwrap();
    let (dx_out, dgamma_out, dbeta_out) =
        (&mut dx[start..], &mut dgamma[start..], &mut dbeta[start..]);
    backward_with_dropout(
        shape, x, gamma, epsilon, drawn, &moments, dy, dx_out, dgamma_out, dbeta_out, memory,
        policy,
    )
    .unwrap();
    let [y, dx, dgamma, dbeta] = [y, dx, dgamma, dbeta].map(|all| all[start..].to_vec());
    Results { y, moments, dx, dgamma, dbeta, workers: 0 }
}

fn same<T: Element>() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for shape in shapes() {
        let case = case::<T>(shape);
        for p in [0.0, 0.1, 0.5, 1.0] {
            let expected = all_bits(&apart(&case, drawn(p)));
            for level in Level::available() {
                for start in [0, 1, 5] {
                    for (serial_below, stream_from) in [(usize::MAX, usize::MAX), (0, 0)] {
                        let policy = Policy { level, serial_below, stream_from };
                        let results = pool.install(|| together(&case, drawn(p), start, &policy));
                        assert!(all_bits(&results) == expected, "{policy:?} {shape:?} p = {p}");
                    }
                }
            }
        }
    }
}

#[test]
fn both_at_once_give_the_bits_of_one_after_the_other() {
    same::<f32>();
    same::<f64>();
}

#[test]
fn what_is_refused_writes_nothing() {
    let case = case::<f32>(Shape::new(4, 6, 1));
    let Case { shape, x, gamma, beta, epsilon, dy } = &case;
    let (shape, epsilon, policy) = (*shape, *epsilon, serial());
    let moments = case.run(&policy).moments;
    let (mut y, mut dx) = (vec![99.0; 24], vec![99.0; 24]);
    let (mut dgamma, mut dbeta) = (vec![99.0; 6], vec![99.0; 6]);
    let mut untouched = vec![Moments::default(); 4];
    let workspace = &mut Workspace::new();
    for (drawn, name) in
        [(drawn(1.5), "drop_probability"), (Drawn { first: u64::MAX - 5, ..drawn(0.5) }, "first")]
    {
        let error = forward_with_dropout(
            shape,
            x,
            gamma,
            beta,
            epsilon,
            drawn,
            &mut y,
            &mut untouched,
            workspace,
            &policy,
        );
        assert_eq!(error.unwrap_err().argument(), name);
        let error = backward_with_dropout(
            shape,
            x,
            gamma,
            epsilon,
            drawn,
            &moments,
            dy,
            &mut dx,
            &mut dgamma,
            &mut dbeta,
            workspace,
            &policy,
        );
        assert_eq!(error.unwrap_err().argument(), name);
    }
    assert!([y, dx, dgamma, dbeta].concat().iter().all(|&value| value == 99.0));
    assert_eq!(untouched, [Moments::default(); 4]);
}
