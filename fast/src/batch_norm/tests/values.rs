//! Values made by hand.

use super::*;

#[test]
fn four_large_neighbours() {
    // μ = 40001.5, σ² = 1.25: x̂ = ±1.5/√1.25, ±0.5/√1.25.
    let x = [40000.0_f32, 40001.0, 40002.0, 40003.0];
    let results = Case::plain(Shape::new(4, 1, 1), &x, 0.0).run(&serial());
    assert_eq!(results.y, [-1.3416408_f32, -0.4472136, 0.4472136, 1.3416408]);
    let moments = results.moments[0];
    assert_eq!((moments.count(), moments.shift(), moments.offset()), (4, 40000.0, 1.5));
    assert_eq!((moments.variance(), moments.unbiased_variance()), (1.25, Some(5.0 / 3.0)));
}

#[test]
fn channels_are_told_apart_in_every_layout() {
    // Channel c holds c, c + 2, …: μ = c + m − 1, σ² = (m² − 1)/3.
    for shape in
        [Shape::new(6, 5, 1), Shape::new(1, 5, 6), Shape::new(3, 5, 2), Shape::new(2, 20, 17)]
    {
        let x = laid_out::<f64>(shape, |c, i| c as f64 + 2.0 * i as f64);
        let m = shape.per_channel() as f64;
        let results = Case::plain(shape, &x, 0.0).run(&serial());
        for c in 0..shape.channels {
            let moments = results.moments[c];
            assert_eq!(moments.shift(), c as f64);
            assert_eq!(moments.mean(), c as f64 + m - 1.0);
            // Sums of small integers are exact; M/m is rounded once.
            assert_eq!(moments.variance(), m * (m * m - 1.0) / 3.0 / m, "{shape:?}");
        }
    }
}

#[test]
fn a_constant_channel_gives_beta() {
    for shape in [Shape::new(5000, 2, 1), Shape::new(1, 2, 5000), Shape::new(300, 2, 17)] {
        for value in [1234.0, 0.1, -0.0, 3e38, 1e-45, 16777217.0] {
            constant::<f32>(shape, value);
            constant::<f64>(shape, value);
        }
        for value in [1.7e308, 5e-324, -1e-200, 2e-146] {
            constant::<f64>(shape, value);
        }
    }
}

fn constant<T: Element>(shape: Shape, value: f64) {
    let x = vec![T::round(value); shape.len()];
    let case = Case { beta: vec![T::round(0.3), T::round(-7.0)], ..Case::plain(shape, &x, 1e-5) };
    let results = case.run(&serial());
    for (k, y) in results.y.iter().enumerate() {
        assert_eq!(*y, case.beta[k / shape.inner % 2], "{value} in {shape:?}");
    }
    assert_eq!((results.moments[0].offset(), results.moments[0].variance()), (0.0, 0.0));
    // 0/0 where no ε helps.
    let results = Case { epsilon: 0.0, ..case }.run(&serial());
    assert!(results.y.iter().all(|y| y.to_f64().is_nan()));
}

#[test]
fn one_value_per_channel() {
    for shape in [Shape::new(1, 40, 1), Shape::new(1, 1, 1)] {
        let x = laid_out::<f32>(shape, |c, _| 1e5 * c as f64 - 3.0);
        let case = Case::random(shape, &x, 1e-5, 3);
        let results = case.run(&serial());
        assert_eq!(results.y, case.beta);
        assert!(results.dx.iter().chain(&results.dgamma).all(|&dx| dx == 0.0));
        assert_eq!(results.dbeta, case.dy);
    }
}

#[test]
fn no_channel() {
    for shape in [Shape::new(3, 0, 2), Shape::new(1, 0, 1)] {
        let results = Case::<f64>::plain(shape, &[], 1e-5).run(&serial());
        assert!(results.y.is_empty() && results.moments.is_empty());
    }
}

#[test]
fn what_is_not_finite_stays_in_its_channel() {
    for shape in [Shape::new(200, 3, 1), Shape::new(1, 3, 200), Shape::new(10, 3, 20)] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            stays::<f32>(shape, bad);
            stays::<f64>(shape, bad);
        }
    }
}

fn stays<T: Element>(shape: Shape, bad: f64) {
    let x = laid_out::<T>(shape, |c, i| (c + 1) as f64 * (i as f64).sin());
    let good = Case::random(shape, &x, 1e-5, 5);
    let mut case = good.clone();
    // The first value of channel 1, then a later one.
    for at in [shape.inner, shape.len() - shape.inner - 1] {
        case.x = x.clone();
        case.x[at] = T::round(bad);
        let (results, expected) = (case.run(&serial()), good.run(&serial()));
        for c in [0, 2] {
            assert_eq!(case.channel(&results.y, c), case.channel(&expected.y, c));
            assert_eq!(case.channel(&results.dx, c), case.channel(&expected.dx, c));
        }
        let nan = |values: Vec<f64>| values.iter().all(|value| value.is_nan());
        assert!(nan(case.channel(&results.y, 1)) && nan(case.channel(&results.dx, 1)));
        assert!(results.dgamma[1].to_f64().is_nan());
        assert_eq!(results.dbeta, expected.dbeta);
    }
}

#[test]
fn inference_uses_what_it_is_given() {
    let shape = Shape::new(2, 2, 1);
    let (mut y, mut workspace) = ([0.0_f32; 4], Workspace::new());
    // Channel 0: (x − 1)/2·3 + 10; channel 1: (x + 1)/√(0.75 + 0.25) − 1.
    inference(
        shape,
        &[5.0, f32::NAN, 1.0, 7.0],
        &[3.0, 1.0],
        &[10.0, -1.0],
        &[1.0, -1.0],
        &[3.75, 0.75],
        0.25,
        &mut y,
        &mut workspace,
        &serial(),
    )
    .unwrap();
    assert_eq!((y[0], y[2], y[3]), (16.0, 10.0, 7.0));
    assert!(y[1].is_nan());
}

#[test]
fn inference_backward_holds_the_statistics() {
    let shape = Shape::new(3, 1, 1);
    let (mut dx, mut dgamma, mut dbeta) = ([0.0_f64; 3], [0.0], [0.0]);
    // r = 1/2, x̂ = 0, 1, 2: dγ = 0·1 + 1·2 + 2·4, dx = 3·dy/2.
    inference_backward(
        shape,
        &[1.0, 3.0, 5.0],
        &[3.0],
        &[1.0],
        &[3.75],
        0.25,
        &[1.0, 2.0, 4.0],
        &mut dx,
        &mut dgamma,
        &mut dbeta,
        &mut Workspace::new(),
        &serial(),
    )
    .unwrap();
    assert_eq!((dx, dgamma, dbeta), ([1.5, 3.0, 6.0], [10.0], [7.0]));
}

#[test]
fn running_statistics() {
    // μ = 2, σ² = 2/3, unbiased 1.
    let results = Case::plain(Shape::new(3, 1, 1), &[1.0_f64, 2.0, 3.0], 1e-5).run(&serial());
    let (mut mean, mut variance) = ([4.0], [5.0]);
    let unbiased = RunningVariance::Unbiased;
    update_running(&results.moments, &mut mean, &mut variance, 0.25, unbiased).unwrap();
    assert_eq!((mean, variance), ([3.5], [4.0]));
    update_running(&results.moments, &mut mean, &mut variance, 1.0, RunningVariance::Biased)
        .unwrap();
    assert_eq!((mean, variance), ([2.0], [2.0 / 3.0]));
}
