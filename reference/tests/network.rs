//! The network against values worked out by hand, against differences, and what it refuses.

use evenkeel_reference::Error;
use evenkeel_reference::activation::Curve;
use evenkeel_reference::network::*;
use evenkeel_reference::regularization::Penalty;
use nalgebra::{DMatrix, DVector, dmatrix, dvector};

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

/// Numbers of order one without a pattern, the same at every call.
fn numbers(rows: usize, columns: usize, seed: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| ((i * 31 + j * 17 + seed * 7 + 3) as f64 * 0.7).sin())
}

fn column(count: usize, seed: usize) -> DVector<f64> {
    DVector::from_fn(count, |i, _| numbers(count, 1, seed)[(i, 0)])
}

fn dense_layer(inputs: usize, outputs: usize, seed: usize) -> Layer {
    Layer::Dense { weights: numbers(outputs, inputs, seed), biases: column(outputs, seed + 1) }
}

/// Every kind of layer, in an order that a user would choose.
fn every_layer() -> Vec<Layer> {
    vec![
        dense_layer(3, 5, 1),
        Layer::batch_norm(5, 1e-5, 0.1),
        Layer::Activation(Curve::Tanh),
        Layer::Dropout { drop_probability: 0.25 },
        dense_layer(5, 4, 2),
        Layer::layer_norm(4, 1e-5),
        Layer::Activation(Curve::LeakyRelu { slope: 0.1 }),
        dense_layer(4, 3, 3),
        Layer::Activation(Curve::Sigmoid),
        dense_layer(3, 2, 4),
    ]
}

fn batch(goal: Goal) -> Batch {
    let keep = DMatrix::from_fn(4, 5, |i, j| (i + 2 * j) % 4 != 0);
    Batch { x: numbers(4, 3, 9), goal, keep: vec![keep] }
}

fn goals() -> [Goal; 2] {
    [Goal::Classes(vec![0, 1, 1, 0]), Goal::Values(numbers(4, 2, 5))]
}

const RULE: Rule =
    Rule { learning_rate: 0.5, penalty: Penalty::L2, lambda: 0.25, threshold: f64::INFINITY };

fn loss_of(layers: &[Layer], batch: &Batch) -> f64 {
    let passed = forward(layers, &batch.x, &batch.keep).unwrap();
    loss(&passed[layers.len()], &batch.goal).unwrap()
}

fn gradients_of(layers: &[Layer], batch: &Batch) -> Gradients {
    let passed = forward(layers, &batch.x, &batch.keep).unwrap();
    let dz = loss_gradient(&passed[layers.len()], &batch.goal).unwrap();
    backward(layers, &passed, &batch.keep, &dz).unwrap()
}

/// How far a central difference with this step may be from the slope: rounding of two losses below 4 over
/// 2h, with a thousand roundings in each, and h²·|f‴|/6 with |f‴| below 1000 for numbers of order one.
const STEP: f64 = 1e-5;
const ALLOWED: f64 = 1000.0 * 4.0 * f64::EPSILON / STEP + STEP * STEP * 1000.0 / 6.0;

#[track_caller]
fn assert_slope(found: f64, slope: f64) {
    assert!((found - slope).abs() <= ALLOWED, "{found} is no slope, {slope} is");
}

#[test]
fn gradients_are_the_slopes_of_the_loss() {
    for goal in goals() {
        let (layers, batch) = (every_layer(), batch(goal));
        let back = gradients_of(&layers, &batch);
        let tensors: Vec<DMatrix<f64>> =
            parameters(&layers).into_iter().map(|p| p.values).collect();
        assert_eq!(back.dparameters.len(), tensors.len());
        for k in 0..tensors.len() {
            for place in 0..tensors[k].len() {
                let at = |move_by: f64| {
                    let mut moved = tensors.clone();
                    moved[k][place] += move_by;
                    loss_of(&with_parameters(&layers, &moved).unwrap(), &batch)
                };
                let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP);
                assert_slope(back.dparameters[k][place], slope);
            }
        }
    }
}

#[test]
fn the_gradient_by_the_input_is_a_slope_too() {
    for goal in goals() {
        let (layers, batch) = (every_layer(), batch(goal));
        let back = gradients_of(&layers, &batch);
        for place in 0..batch.x.len() {
            let at = |move_by: f64| {
                let mut moved = batch.clone();
                moved.x[place] += move_by;
                loss_of(&layers, &moved)
            };
            assert_slope(back.dx[place], (at(STEP) - at(-STEP)) / (2.0 * STEP));
        }
    }
}

#[test]
fn a_step_moves_weights_by_loss_and_penalty_and_biases_by_loss_alone() {
    let (layers, batch) = (every_layer(), batch(goals()[0].clone()));
    let of_loss = gradients_of(&layers, &batch).dparameters;
    let taken = step(&layers, &batch, &RULE).unwrap();
    assert_eq!(taken.loss.to_bits(), loss_of(&layers, &batch).to_bits());
    let (old, new) = (parameters(&layers), parameters(&taken.layers));
    let mut squares = 0.0;
    for ((old, new), g) in old.iter().zip(&new).zip(&of_loss) {
        let is_weight = old.values.ncols() > 1;
        for ((old, new), g) in old.values.iter().zip(&new.values).zip(g) {
            let g = if is_weight { g + 0.25 * old } else { *g };
            squares += g * g;
            assert_eq!(new.to_bits(), (old - 0.5 * g).to_bits());
        }
    }
    // A sum of 74 squares and a root.
    approx::assert_relative_eq!(taken.norm, squares.sqrt(), max_relative = 80.0 * f64::EPSILON);
}

#[test]
fn what_is_above_the_threshold_is_shortened_all_together() {
    let (layers, batch) = (every_layer(), batch(goals()[1].clone()));
    let whole = step(&layers, &batch, &RULE).unwrap();
    let threshold = whole.norm / 8.0;
    let short = step(&layers, &batch, &Rule { threshold, ..RULE }).unwrap();
    assert_eq!(short.norm.to_bits(), whole.norm.to_bits());
    let moved = |taken: &Taken| -> Vec<f64> {
        let old = parameters(&layers);
        let new = parameters(&taken.layers);
        let pairs = old.iter().zip(&new).flat_map(|(old, new)| old.values.iter().zip(&new.values));
        pairs.map(|(old, new)| new - old).collect()
    };
    for (short, whole) in moved(&short).into_iter().zip(moved(&whole)) {
        // Differences of numbers below 2, rounded once each.
        approx::assert_abs_diff_eq!(short, whole / 8.0, epsilon = 4.0 * f64::EPSILON);
    }
}

#[test]
fn running_statistics_are_averaged_in_a_step_only() {
    let layers = vec![Layer::batch_norm(1, 0.0, 0.25), dense_layer(1, 2, 0)];
    let batch = Batch { x: dmatrix![1.0; 3.0], goal: Goal::Classes(vec![0, 1]), keep: Vec::new() };
    let before = inference(&layers, &batch.x).unwrap();
    gradients_of(&layers, &batch);
    assert_eq!(inference(&layers, &batch.x).unwrap(), before);
    let taken = step(&layers, &batch, &RULE).unwrap();
    // μ = 2 and σ² = 1, unbiased 2: ¾·0 + ¼·2 and ¾·1 + ¼·2. All exact.
    assert_eq!(statistics(&taken.layers), [dvector![0.5], dvector![1.25]]);
}

#[test]
fn inference_is_row_by_row_and_drops_nothing() {
    let layers = step(&every_layer(), &batch(goals()[0].clone()), &RULE).unwrap().layers;
    let x = numbers(4, 3, 9);
    let all = inference(&layers, &x).unwrap();
    for i in 0..4 {
        let alone = inference(&layers, &x.rows(i, 1).into_owned()).unwrap();
        assert_eq!(alone, all.rows(i, 1).into_owned());
    }
}

#[test]
fn capacity_counts_what_the_network_keeps() {
    let layers = every_layer();
    let counted: Vec<_> = layers.iter().map(evenkeel_reference::capacity::Layer::from).collect();
    let kept: usize = parameters(&layers).iter().map(|tensor| tensor.values.len()).sum();
    // 3·5 + 5, 2·5, 5·4 + 4, 2·4, 4·3 + 3, 3·2 + 2
    assert_eq!(kept, 85);
    assert_eq!(evenkeel_reference::capacity::parameter_count(&counted), Ok(85));
}

#[test]
fn saturated_logits_do_no_harm() {
    let z = dmatrix![0.0, 1e4; 1e4, 0.0];
    assert_eq!(softmax_cross_entropy(&z, &[0, 0]).unwrap(), 5e3);
    let gradient = softmax_cross_entropy_gradient(&z, &[0, 0]).unwrap();
    assert_eq!(gradient, dmatrix![-0.5, 0.5; 0.0, 0.0]);
}

#[test]
fn what_is_not_finite_in_the_data_comes_out() {
    assert!(softmax(&dmatrix![f64::NAN, 1.0]).iter().all(|s| s.is_nan()));
    assert!(softmax_cross_entropy(&dmatrix![1.0, f64::NAN], &[0]).unwrap().is_nan());
    assert!(softmax_cross_entropy(&dmatrix![f64::INFINITY, 1.0], &[0]).unwrap().is_nan());
    let mut spoilt = batch(goals()[0].clone());
    spoilt.x[0] = f64::NAN;
    assert_refused(step(&every_layer(), &spoilt, &RULE), "gradient");
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let (layers, good) = (every_layer(), batch(goals()[0].clone()));
    let refused = |layers: &[Layer], batch: &Batch, argument| {
        assert_refused(step(layers, batch, &RULE), argument);
    };
    refused(&[], &good, "layers");
    refused(&[Layer::Activation(Curve::Relu)], &good, "layers");
    refused(&[dense_layer(3, 0, 0)], &good, "layers");
    refused(&[dense_layer(3, 5, 0), Layer::layer_norm(4, 0.0)], &good, "layers");
    refused(&layers, &Batch { x: numbers(0, 3, 0), ..good.clone() }, "rows");
    refused(&layers, &Batch { x: numbers(1, 3, 0), ..good.clone() }, "rows");
    refused(&layers, &Batch { x: numbers(4, 2, 0), ..good.clone() }, "x");
    refused(&layers, &Batch { goal: Goal::Classes(vec![0, 1, 0]), ..good.clone() }, "classes");
    refused(&layers, &Batch { goal: Goal::Classes(vec![0, 1, 2, 0]), ..good.clone() }, "classes");
    let values = Goal::Values(numbers(4, 3, 0));
    refused(&layers, &Batch { goal: values, ..good.clone() }, "values");
    refused(&layers, &Batch { keep: Vec::new(), ..good.clone() }, "keep");
    let short = DMatrix::from_element(3, 5, true);
    refused(&layers, &Batch { keep: vec![short], ..good.clone() }, "keep");
    let biases = Layer::Dense { weights: numbers(2, 3, 0), biases: dvector![0.0] };
    refused(&[biases], &good, "biases");
    assert_refused(inference(&layers, &numbers(0, 3, 0)), "rows");
    let passed = forward(&layers, &good.x, &good.keep).unwrap();
    assert_refused(backward(&layers, &passed[1..], &good.keep, &numbers(4, 2, 0)), "passed");
    assert_refused(backward(&layers, &passed, &good.keep, &numbers(4, 3, 0)), "dz");
    assert_refused(with_parameters(&layers, &[]), "parameters");
    assert_refused(with_statistics(&layers, &[]), "statistics");
}

#[test]
fn numbers_that_are_not_allowed_are_refused() {
    let (layers, good) = (every_layer(), batch(goals()[0].clone()));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let rule = Rule { learning_rate: bad, ..RULE };
        assert_refused(step(&layers, &good, &rule), "learning_rate");
        assert_refused(step(&layers, &good, &Rule { lambda: bad, ..RULE }), "lambda");
        let norm = Layer::layer_norm(2, bad);
        assert_refused(step(&[dense_layer(3, 2, 0), norm], &good, &RULE), "epsilon");
        let norm = Layer::batch_norm(2, 0.0, if bad > 0.0 { 1.5 } else { bad });
        assert_refused(step(&[dense_layer(3, 2, 0), norm], &good, &RULE), "weight_of_new");
        let dropout = Layer::Dropout { drop_probability: bad };
        assert_refused(step(&[dense_layer(3, 2, 0), dropout], &good, &RULE), "drop_probability");
    }
    for bad in [-1.0, f64::NAN] {
        assert_refused(step(&layers, &good, &Rule { threshold: bad, ..RULE }), "threshold");
    }
    let leaky = Layer::Activation(Curve::LeakyRelu { slope: f64::NAN });
    assert_refused(step(&[dense_layer(3, 2, 0), leaky], &good, &RULE), "slope");
}

#[test]
fn a_file_keeps_every_bit() {
    let trained = step(&every_layer(), &batch(goals()[0].clone()), &RULE).unwrap().layers;
    let bytes = save(&trained).unwrap();
    assert_eq!(load(&every_layer(), &bytes).unwrap(), trained);
}

#[test]
fn a_column_of_weights_is_told_from_biases() {
    let trained = [dense_layer(1, 3, 5), dense_layer(3, 1, 6)];
    let empty = [dense_layer(1, 3, 0), dense_layer(3, 1, 0)];
    assert_eq!(load(&empty, &save(&trained).unwrap()).unwrap(), trained);
}

#[test]
fn bad_files_are_refused() {
    let layers = every_layer();
    let bytes = save(&layers).unwrap();
    for end in [0, 7, 8, 40, bytes.len() - 1] {
        assert_refused(load(&layers, &bytes[..end]), "file");
    }
    let mut other = layers.clone();
    other[9] = dense_layer(3, 4, 0);
    assert_refused(load(&other, &bytes), "file"); // another shape
    assert_refused(load(&layers[..9], &bytes), "file"); // tensors too many
    other[9] = dense_layer(3, 2, 0);
    other.push(dense_layer(2, 2, 0));
    assert_refused(load(&other, &bytes), "file"); // a tensor is missing
}
