//! The network against differences, over threads, and what it refuses.

use super::*;
use crate::Policy;
use crate::activation::Curve;
use crate::normalization::oracle::{in_company, serial};
use crate::regularization::Penalty;

/// Every kind of layer, with these widths.
fn layers([a, b, c]: [usize; 3]) -> Vec<Layer> {
    vec![
        Layer::dense(a, b),
        Layer::batch_norm(b),
        Layer::Activation(Curve::Tanh),
        Layer::dropout(0.25),
        Layer::dense(b, c),
        Layer::layer_norm(c),
        Layer::Activation(Curve::LeakyRelu { slope: 0.1 }),
        Layer::dropout(0.5),
        Layer::dense(c, 3),
        Layer::Activation(Curve::Sigmoid),
        Layer::dense(3, 2),
    ]
}

/// A network whose numbers have no pattern, biases, γ and β among them.
fn network<T: Element>(widths: [usize; 3]) -> Network<T> {
    let mut network = Network::<T>::new(&layers(widths)).unwrap();
    network.initialize(1, &mut Scratch::default()).unwrap();
    for (i, parameter) in network.parameters_mut().iter_mut().enumerate() {
        *parameter = T::round(parameter.to_f64() + 0.2 * (i as f64).sin());
    }
    network
}

fn numbers<T: Element>(count: usize) -> Vec<T> {
    (0..count).map(|i| T::round((1.7 * i as f64 + 0.3).sin())).collect()
}

const RULE: Rule = Rule { learning_rate: 0.5, penalty: Penalty::L2, lambda: 0.25, threshold: 0.1 };

/// The slopes of the loss: central differences with h = 10⁻⁵ of losses below 4 with fewer than a thousand
/// roundings each, and h²·|f‴|/6 with |f‴| below 1000 for numbers of order one.
fn assert_slopes(goal: Goal<'_, f64>) {
    const H: f64 = 1e-5;
    const ALLOWED: f64 = 1000.0 * 4.0 * f64::EPSILON / H + H * H * 1000.0 / 6.0;
    let mut scratch = Scratch::new(serial());
    let (mut net, mut x) = (network::<f64>([3, 5, 4]), numbers(12));
    let masks = Masks::Drawn { seed: 3, step: 5 };
    let count = net.parameters().len();
    let (mut dx, mut dparameters) = (vec![0.0; 12], vec![0.0; count]);
    let batch = Batch { rows: 4, x: &x, goal, masks };
    net.gradients(&batch, &mut dx, &mut dparameters, &mut scratch).unwrap();
    for k in 0..count {
        let old = net.parameters()[k];
        let [right, left] = [old + H, old - H].map(|moved| {
            net.parameters_mut()[k] = moved;
            net.loss(&batch, &mut scratch).unwrap()
        });
        net.parameters_mut()[k] = old;
        let slope = (right - left) / (2.0 * H);
        assert!((dparameters[k] - slope).abs() <= ALLOWED, "{k}: {} {slope}", dparameters[k]);
    }
    for k in 0..12 {
        let old = x[k];
        let [right, left] = [old + H, old - H].map(|moved| {
            x[k] = moved;
            net.loss(&Batch { rows: 4, x: &x, goal, masks }, &mut scratch).unwrap()
        });
        x[k] = old;
        let slope = (right - left) / (2.0 * H);
        assert!((dx[k] - slope).abs() <= ALLOWED, "x {k}: {} {slope}", dx[k]);
    }
}

#[test]
fn gradients_are_slopes() {
    assert_slopes(Goal::Classes(&[0, 1, 1, 0]));
    assert_slopes(Goal::Values(&[0.3, -1.0, 0.2, 2.0, 0.0, 0.5, -0.1, 1.0]));
}

/// The dropped ones are the same whether they are drawn or given.
#[test]
fn masks_that_are_drawn_may_be_given() {
    let net = network::<f32>([3, 40, 4]);
    let x = numbers(3 * 8);
    let mut keep = vec![false; 8 * net.flags()];
    let (mut workspace, policy) = (crate::Workspace::new(), serial());
    let (first, second) = keep.split_at_mut(8 * 40);
    for (number, p, keep) in [(3, 0.25, first), (7, 0.5, second)] {
        let stream = crate::random::Stream { seed: 3, number, step: 5 };
        crate::dropout::mask(stream, 0, p, keep, &mut workspace, &policy).unwrap();
    }
    let mut scratch = Scratch::new(policy);
    let mut outputs = [Masks::Drawn { seed: 3, step: 5 }, Masks::Given(&keep)].map(|masks| {
        let mut y = vec![0.0; 16];
        net.forward(8, &x, masks, &mut y, &mut scratch).unwrap();
        y
    });
    assert_eq!(outputs[0], outputs[1]);
    net.forward(8, &x, Masks::Drawn { seed: 3, step: 6 }, &mut outputs[1], &mut scratch).unwrap();
    assert_ne!(outputs[0], outputs[1], "another step has other masks");
}

/// Parameters and statistics after five steps.
fn after_five_steps<T: Element>(policy: Policy, rows: usize) -> (Network<T>, usize) {
    let mut net = network::<T>([70, 300, 50]);
    let (x, classes) = (numbers(rows * 70), vec![1; rows]);
    let mut scratch = Scratch::new(policy);
    let mut most = 0;
    for step in 0..5 {
        let masks = Masks::Drawn { seed: 1, step };
        let batch = Batch { rows, x: &x, goal: Goal::Classes(&classes), masks };
        net.step(&batch, &RULE, &mut scratch).unwrap();
        most = most.max(scratch.workers_seen());
    }
    (net, most)
}

/// Equal bits; and how many workers were seen together at most.
fn same_on_any_threads<T: Element>(rows: usize) -> usize {
    let mut most = 0;
    let (alone, _) = after_five_steps::<T>(serial(), rows);
    let policy = Policy { serial_below: 64, ..Policy::default() };
    for threads in [1, 2, 3, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (shared, workers) = in_company(&pool, || after_five_steps::<T>(policy, rows));
        most = most.max(workers);
        assert_eq!(shared.parameters(), alone.parameters(), "on {threads} threads");
        assert_eq!(shared.statistics(), alone.statistics(), "on {threads} threads");
    }
    most
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let seen = [2, 129, 400]
        .map(|rows| same_on_any_threads::<f32>(rows).max(same_on_any_threads::<f64>(rows)));
    assert!(seen.iter().any(|&workers| workers > 1), "no two threads ever met");
}

/// So many rows that inference takes three parts; rows do not know each other.
#[test]
fn inference_is_row_by_row() {
    let mut net = network::<f64>([3, 5, 4]);
    net.statistics_mut().copy_from_slice(&[0.5, -0.2, 0.1, 0.3, -1.0, 2.0, 0.5, 1.5, 0.7, 3.0]);
    let (rows, mut scratch) = (2050, Scratch::new(serial()));
    let x = numbers(3 * rows);
    let mut all = vec![0.0; 2 * rows];
    net.inference(rows, &x, &mut all, &mut scratch).unwrap();
    for i in [0, 1, 1023, 1024, 2047, 2049] {
        let mut one = [0.0; 2];
        net.inference(1, &x[3 * i..3 * i + 3], &mut one, &mut scratch).unwrap();
        // A few dozen roundings of numbers below 4, and 1/√ε for those that the layer norm enlarges.
        let allowed = 64.0 * 4.0 * f64::EPSILON / 1e-5_f64.sqrt();
        for (one, all) in one.iter().zip(&all[2 * i..]) {
            assert!((one - all).abs() <= allowed, "row {i}: {one} {all}");
        }
    }
}

#[test]
fn capacity_counts_what_the_network_keeps() {
    let net = network::<f32>([30, 50, 40]);
    let layers: Vec<_> = net.layers().iter().copied().map(crate::capacity::Layer::from).collect();
    let count = crate::capacity::parameter_count(&layers).unwrap();
    assert_eq!(count, net.parameters().len() as u64);
}

#[track_caller]
fn assert_refused<R: std::fmt::Debug>(result: Result<R, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument(), argument, "{error}");
}

#[test]
fn layers_that_do_not_fit_are_refused() {
    let refused = |layers: &[Layer], argument| {
        assert_refused(Network::<f32>::new(layers), argument);
    };
    refused(&[], "layers");
    refused(&[Layer::dropout(0.5)], "layers");
    refused(&[Layer::dense(0, 3)], "layers");
    refused(&[Layer::dense(3, 0)], "layers");
    refused(&[Layer::dense(3, 4), Layer::batch_norm(5)], "layers");
    refused(&[Layer::dense(usize::MAX, 2)], "layers");
    refused(&[Layer::dense(1 << 31, 1 << 31)], "layers");
    refused(&[Layer::dense(1 << 29, 1 << 30)], "layers"); // countable, but no memory holds it
    refused(&[Layer::batch_norm(usize::MAX)], "layers");
    refused(&[Layer::layer_norm(usize::MAX)], "layers");
    refused(&[Layer::dense(3, 4), Layer::dropout(1.5)], "drop_probability");
    refused(&[Layer::LayerNorm { width: 3, epsilon: -1.0 }], "epsilon");
    let weight_of_new = f64::NAN;
    refused(&[Layer::BatchNorm { width: 3, epsilon: 0.0, weight_of_new }], "weight_of_new");
    let leaky = Layer::Activation(Curve::LeakyRelu { slope: f64::INFINITY });
    refused(&[Layer::dense(3, 4), leaky], "slope");
}

#[test]
fn a_refused_step_changes_nothing() {
    let (mut net, x) = (network::<f32>([3, 5, 4]), numbers::<f32>(12));
    let before = net.clone();
    let mut scratch = Scratch::default();
    let good = Batch { rows: 4, x: &x, goal: Goal::Classes(&[0, 1, 1, 0]), masks: Masks::none() };
    let good = Batch { masks: Masks::Drawn { seed: 0, step: 0 }, ..good };
    let mut refused = |batch: Batch<'_, f32>, rule: Rule, argument| {
        assert_refused(net.step(&batch, &rule, &mut scratch), argument);
        assert_eq!(net, before, "{argument}");
    };
    refused(Batch { rows: 0, ..good }, RULE, "rows");
    refused(Batch { rows: 1, ..good }, RULE, "rows");
    refused(Batch { rows: usize::MAX, ..good }, RULE, "rows");
    refused(Batch { rows: 3, ..good }, RULE, "x");
    refused(Batch { goal: Goal::Classes(&[0, 1, 1]), ..good }, RULE, "classes");
    refused(Batch { goal: Goal::Classes(&[0, 1, 2, 0]), ..good }, RULE, "classes");
    refused(Batch { goal: Goal::Values(&[0.0; 7]), ..good }, RULE, "values");
    refused(Batch { masks: Masks::Given(&[true; 35]), ..good }, RULE, "keep");
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        refused(good, Rule { learning_rate: bad, ..RULE }, "learning_rate");
        refused(good, Rule { lambda: bad, ..RULE }, "lambda");
    }
    refused(good, Rule { threshold: -1.0, ..RULE }, "threshold");
    let mut spoilt = x.clone();
    spoilt[5] = f32::NAN;
    refused(Batch { x: &spoilt, ..good }, RULE, "gradient");
    spoilt[5] = f32::INFINITY;
    refused(Batch { x: &spoilt, ..good }, RULE, "gradient");
}

#[test]
fn files_keep_every_bit_and_bad_ones_are_refused() {
    let trained = after_five_steps::<f64>(serial(), 8).0;
    let file = trained.save().unwrap();
    let mut other = Network::<f64>::new(trained.layers()).unwrap();
    other.load(&file).unwrap();
    assert_eq!(other, trained);
    let blank = Network::<f64>::new(trained.layers()).unwrap();
    for end in [0, 7, 8, 40, file.len() - 1] {
        let mut other = blank.clone();
        assert_refused(other.load(&file[..end]), "file");
        assert_eq!(other, blank);
    }
    // Another shape, tensors too many, a tensor missing, a precision that is too high.
    let all = trained.layers();
    assert_refused(Network::<f64>::new(&layers([70, 300, 51])).unwrap().load(&file), "file");
    assert_refused(Network::<f64>::new(&all[..10]).unwrap().load(&file), "file");
    let longer = [all, &[Layer::layer_norm(2)]].concat();
    assert_refused(Network::<f64>::new(&longer).unwrap().load(&file), "file");
    assert_refused(Network::<f32>::new(all).unwrap().load(&file), "file");
    let single = after_five_steps::<f32>(serial(), 8).0;
    let mut double = blank.clone();
    double.load(&single.save().unwrap()).unwrap();
    assert!(single.parameters().iter().zip(double.parameters()).all(|(s, d)| f64::from(*s) == *d));
}
