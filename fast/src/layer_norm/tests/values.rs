//! Values made by hand.

use super::*;

#[test]
fn four_large_neighbours() {
    // μ = 40001.5, σ² = 1.25: x̂ = ±1.5/√1.25, ±0.5/√1.25. microsoft/onnxruntime#28463 gave NaN.
    let x = [40000.0_f32, 40001.0, 40002.0, 40003.0];
    let results = Case::plain(Shape::new(1, 4, 1), &x, 0.0).run(&serial());
    assert_eq!(results.y, [-1.3416408_f32, -0.4472136, 0.4472136, 1.3416408]);
    let moments = results.moments[0];
    assert_eq!((moments.count(), moments.shift(), moments.offset()), (4, 40001.5, 0.0));
    assert_eq!(moments.variance(), 1.25);
}

#[test]
fn rows_are_told_apart_in_every_layout() {
    // Row k holds k, k + 2, …: μ = k + d − 1, σ² = (d² − 1)/3.
    for shape in
        [Shape::new(6, 5, 1), Shape::new(1, 5, 6), Shape::new(3, 5, 2), Shape::new(4, 20, 37)]
    {
        let x = laid_out::<f64>(shape, |row, c| row as f64 + 2.0 * c as f64);
        let d = shape.channels as f64;
        let results = Case::plain(shape, &x, 0.0).run(&serial());
        for (row, moments) in results.moments.iter().enumerate() {
            let (count, mean) = (shape.channels as u64, row as f64 + d - 1.0);
            assert_eq!((moments.count(), moments.shift(), moments.offset()), (count, mean, 0.0));
            assert_eq!(moments.mean(), mean);
            // Sums of small integers are exact; M/d is rounded once.
            assert_eq!(moments.variance(), d * (d * d - 1.0) / 3.0 / d, "{shape:?}");
        }
    }
}

#[test]
fn gamma_and_beta_go_with_the_feature() {
    // x̂ = ∓1 for two features: y = (β₀ − γ₀, β₁ + γ₁) in every row.
    for shape in [Shape::new(5, 2, 1), Shape::new(1, 2, 5), Shape::new(3, 2, 20)] {
        let x = laid_out::<f32>(shape, |row, c| row as f64 + 8.0 * c as f64);
        let case =
            Case { gamma: vec![3.0, 5.0], beta: vec![10.0, 20.0], ..Case::plain(shape, &x, 0.0) };
        let y = case.run(&serial()).y;
        for row in 0..shape.per_channel() {
            assert_eq!(case.row(&y, row), [7.0, 25.0]);
        }
    }
}

#[test]
fn a_constant_row_gives_beta() {
    for shape in [Shape::new(2, 5000, 1), Shape::new(1, 5000, 3), Shape::new(7, 19, 17)] {
        for value in [1234.0, 0.1, -0.0, 3e38, 1e30, 1e-45, 16777217.0] {
            constant::<f32>(shape, value);
            constant::<f64>(shape, value);
        }
        for value in [1.7e308, 5e-324, -1e-200, 2e-146] {
            constant::<f64>(shape, value);
        }
    }
}

/// With γ up to 10¹⁰, as in pytorch/pytorch#98075.
fn constant<T: Element>(shape: Shape, value: f64) {
    let x = vec![T::round(value); shape.len()];
    let case = Case::random(shape, &x, 1e-5, 3);
    let gamma: Vec<T> = case.gamma.iter().map(|g| T::round(1e10 * g.to_f64())).collect();
    for gamma in [case.gamma.clone(), gamma, vec![T::round(1e10); shape.channels]] {
        let results = Case { gamma, ..case.clone() }.run(&serial());
        for (k, y) in results.y.iter().enumerate() {
            assert_eq!(*y, case.beta[k / shape.inner % shape.channels], "{value} in {shape:?}");
        }
        assert!(results.moments.iter().all(|m| (m.offset(), m.variance()) == (0.0, 0.0)));
    }
    // 0/0 where no ε helps.
    let results = Case { epsilon: 0.0, ..case }.run(&serial());
    assert!(results.y.iter().all(|y| y.to_f64().is_nan()));
}

#[test]
fn one_feature() {
    for shape in [Shape::new(40, 1, 1), Shape::new(1, 1, 1), Shape::new(3, 1, 70)] {
        let x = laid_out::<f32>(shape, |row, _| 1e5 * row as f64 - 3.0);
        let case = Case { beta: vec![-7.0], ..Case::plain(shape, &x, 1e-5) };
        let results = case.run(&serial());
        assert!(results.y.iter().all(|&y| y == -7.0));
        assert!(results.dx.iter().chain(&results.dgamma).all(|&dx| dx == 0.0));
        assert_eq!(results.dbeta, [case.dy.iter().sum::<f32>()]);
    }
}

#[test]
fn no_row() {
    for shape in [Shape::new(0, 3, 2), Shape::new(5, 3, 0)] {
        let results = Case::<f64>::plain(shape, &[], 1e-5).run(&serial());
        assert!(results.y.is_empty() && results.moments.is_empty());
        assert_eq!((results.dgamma, results.dbeta), (vec![0.0; 3], vec![0.0; 3]));
    }
}

#[test]
fn a_row_knows_no_other() {
    // A batch of one, first and last in a batch of 41: the same bits wherever it is.
    let mut random = Random(83);
    let x: Vec<f64> = (0..41 * 67).map(|_| 5.0 + random.normal()).collect();
    let of = |rows: std::ops::Range<usize>, shape: Shape| {
        let x = laid_out::<f32>(shape, |row, c| x[(rows.start + row) * 67 + c]);
        let case = Case { gamma: vec![0.7; 67], ..Case::plain(shape, &x, 1e-5) };
        let y = case.run(&serial()).y;
        (0..rows.len()).map(|row| case.row(&y, row)).collect::<Vec<_>>()
    };
    let (along, across) = (of(0..41, Shape::new(41, 67, 1)), of(0..41, Shape::new(1, 67, 41)));
    for row in [0, 1, 17, 40] {
        assert_eq!(of(row..row + 1, Shape::new(1, 67, 1))[0], along[row]);
    }
    assert_eq!(of(3..8, Shape::new(1, 67, 5)), across[3..8]);
}

/// Rows whose mean is near 0 take fewer steps, alone and among their like: with the same bits.
#[test]
fn a_row_far_from_0_changes_no_other() {
    let mut random = Random(97);
    for (rows, width) in [(9, 67), (16, 256), (5, 5000)] {
        for away in [0.0, 0.5, 3.0, 50.0, 80.0, 1e6] {
            let means: Vec<f64> =
                (0..rows).map(|row| if row % 4 == 2 { away } else { 0.1 }).collect();
            let x: Vec<f32> =
                (0..rows * width).map(|k| (means[k / width] + random.normal()) as f32).collect();
            let case = Case::random(Shape::new(rows, width, 1), &x, 1e-5, 5);
            let all = case.run(&serial());
            for row in 0..rows {
                let own = row * width..(row + 1) * width;
                let (x, dy) = (case.x[own.clone()].to_vec(), case.dy[own.clone()].to_vec());
                let alone =
                    Case { shape: Shape::new(1, width, 1), x, dy, ..case.clone() }.run(&serial());
                assert_eq!(alone.y, all.y[own.clone()], "{rows}×{width}, {away}, row {row}");
                assert_eq!(alone.dx, all.dx[own], "{rows}×{width}, {away}, row {row}");
            }
        }
    }
}

#[test]
fn what_is_not_finite_stays_in_its_row() {
    for shape in [Shape::new(3, 200, 1), Shape::new(1, 200, 3), Shape::new(3, 20, 1)] {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            stays::<f32>(shape, bad);
            stays::<f64>(shape, bad);
        }
    }
}

fn nan(values: &[f64]) -> bool {
    values.iter().all(|value| value.is_nan())
}

fn stays<T: Element>(shape: Shape, bad: f64) {
    let x = laid_out::<T>(shape, |row, c| (row + 1) as f64 * (c as f64).sin());
    let good = Case::random(shape, &x, 1e-5, 5);
    let expected = good.run(&serial());
    // The first value of row 1, then a later one.
    for feature in [0, shape.channels - 2] {
        let at =
            if shape.inner == 1 { shape.channels + feature } else { feature * shape.inner + 1 };
        let mut case = good.clone();
        case.x[at] = T::round(bad);
        let results = case.run(&serial());
        for row in [0, 2] {
            assert_eq!(case.row(&results.y, row), case.row(&expected.y, row));
            assert_eq!(case.row(&results.dx, row), case.row(&expected.dx, row));
        }
        assert!(nan(&case.row(&results.y, 1)) && nan(&case.row(&results.dx, 1)));
        assert!(results.dgamma.iter().all(|dgamma| dgamma.to_f64().is_nan()));
        assert_eq!(results.dbeta, expected.dbeta);

        let mut case = good.clone();
        case.dy[at] = T::round(f64::NAN);
        let results = case.run(&serial());
        assert!(nan(&case.row(&results.dx, 1)));
        for c in 0..shape.channels {
            let [dgamma, dbeta] = [results.dgamma[c], results.dbeta[c]].map(|v| v.to_f64());
            assert_eq!((dgamma.is_nan(), dbeta.is_nan()), (c == feature, c == feature));
        }
    }
}

#[test]
fn backward_by_hand() {
    // Two features, ε = 0: x̂ = ∓1 in every row, dx = 0, dγ = ∓Σ dy, dβ = Σ dy.
    let case = Case::plain(Shape::new(3, 2, 1), &[1.0_f64, 3.0, 5.0, 6.0, -1.0, 0.0], 0.0);
    let case = Case { dy: vec![1.0, 10.0, 2.0, 20.0, 4.0, 40.0], gamma: vec![2.0, 3.0], ..case };
    let results = case.run(&serial());
    assert_eq!((results.dgamma, results.dbeta), (vec![-7.0, 70.0], vec![7.0, 70.0]));
    assert_eq!(results.dx, [0.0; 6]);
    // x = 0, 0, 3: σ² = 2; with ε = 2, r = 1/2 and x̂ = −½, −½, 1. g = 1, 2, 3 + 3: mean 3,
    // mean of g·x̂ (−½ − 1 + 6)/3 = 1.5, so dx = ½·(g − 3 − 1.5·x̂).
    let case = Case::plain(Shape::new(1, 3, 1), &[0.0_f64, 0.0, 3.0], 2.0);
    let case = Case { dy: vec![1.0, 1.0, 3.0], gamma: vec![1.0, 2.0, 2.0], ..case };
    let results = case.run(&serial());
    assert_eq!(results.dx, [-0.625, -0.125, 0.75]);
    assert_eq!(results.dgamma, [-0.5, -0.5, 3.0]);
}
