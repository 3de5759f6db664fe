//! That the judge is right: against fractions, against differences, and at both ends of the range.

use evenkeel_conformance::batch_norm::truth::RunningTruth;
use evenkeel_conformance::batch_norm::{Batch, Case, Given, Variance};
use evenkeel_conformance::exact::Wide;
use evenkeel_conformance::layer_norm::Layer;
use evenkeel_conformance::normalization::truth::{BackwardTruth, ForwardTruth};
use evenkeel_conformance::normalization::{self, Kind, differences};
use evenkeel_conformance::{Shape, Strength};

use crate::data::{self, Stream};

/// One channel of four small integers whose σ² + ε is a perfect square: all of it is fractions.
struct Fractions {
    case: Case<f64>,
    x: [i128; 4],
    dy: [i128; 4],
    gamma: i128,
    beta: i128,
    /// √(σ² + ε).
    root: i128,
}

impl Fractions {
    fn draw(seed: u64) -> Self {
        let mut stream = Stream::new(seed);
        let mut integer = |size: usize| stream.below(2 * size + 1) as i128 - size as i128;
        let x = [(); 4].map(|()| integer(9));
        let dy = [(); 4].map(|()| integer(9));
        let (gamma, beta, root) = (integer(5), integer(5), 11 + integer(1));
        let spread = 4 * x.iter().map(|x| x * x).sum::<i128>() - x.iter().sum::<i128>().pow(2);
        // σ² = spread/16 is exact, and root² exceeds it.
        let epsilon = (root * root) as f64 - spread as f64 / 16.0;
        let float = |values: [i128; 4]| values.iter().map(|&v| v as f64).collect::<Vec<f64>>();
        let case = Case {
            shape: Shape::new(4, 1, 1),
            x: float(x),
            gamma: vec![gamma as f64],
            beta: vec![beta as f64],
            epsilon,
            dy: float(dy),
            own: Given {
                mean: vec![3.0],
                variance: vec![2.0],
                weight_of_new: 0.25,
                convention: Variance::Unbiased,
            },
        };
        Self { case, x, dy, gamma, beta, root }
    }

    /// m·x − Σx, so that x̂ = that/(m·root).
    fn centred(&self) -> [i128; 4] {
        self.x.map(|x| 4 * x - self.x.iter().sum::<i128>())
    }
}

/// The pair is numerator/denominator to 104 bits: denominator·(hi + lo) − numerator, with one product
/// that is exact (fused) and a difference that is (Sterbenz).
fn assert_fraction(value: Wide, numerator: i128, denominator: i128) {
    let (n, d) = (numerator as f64, denominator as f64);
    assert!(n as i128 == numerator && d as i128 == denominator, "too large to test");
    let left = d.mul_add(value.hi, -n) + d * value.lo;
    // Of what should cancel to 0 a few of the 320 bits may be left.
    let allowed = 2.0_f64.powi(-104) * n.abs() + 2.0_f64.powi(-300) * d;
    assert!(left.abs() <= allowed, "{value:?} is not {numerator}/{denominator}: {left:e}");
}

#[test]
fn forward_truth_is_the_fraction() {
    for seed in 0..200 {
        let f = Fractions::draw(seed);
        let truth = ForwardTruth::exact(&f.case);
        for (i, centred) in f.centred().into_iter().enumerate() {
            let numerator = f.gamma * centred + f.beta * 4 * f.root;
            assert_fraction(truth.y[i], numerator, 4 * f.root);
        }
    }
}

#[test]
fn backward_truth_is_the_fraction() {
    for seed in 0..200 {
        let f = Fractions::draw(seed);
        let gradients = BackwardTruth::exact(&f.case).gradients;
        let (centred, sum) = (f.centred(), f.dy.iter().sum::<i128>());
        let dot: i128 = f.dy.iter().zip(&centred).map(|(dy, a)| dy * a).sum();
        assert_fraction(gradients.dbeta[0], sum, 1);
        assert_fraction(gradients.dgamma[0], dot, 4 * f.root);
        let square = 16 * f.root * f.root;
        for i in 0..4 {
            let projected = 4 * f.dy[i] * square - sum * square - centred[i] * dot;
            assert_fraction(gradients.dx[i], f.gamma * projected, 4 * square * f.root);
        }
    }
}

#[test]
fn running_truth_is_the_fraction() {
    for seed in 0..200 {
        let f = Fractions::draw(seed);
        let truth = RunningTruth::exact(&f.case);
        let sum = f.x.iter().sum::<i128>();
        let spread = 4 * f.x.iter().map(|x| x * x).sum::<i128>() - sum * sum;
        // ¾·3 + ¼·sum/4 and ¾·2 + ¼·(spread/16)·(4/3).
        assert_fraction(truth.mean[0], 36 + sum, 16);
        assert_fraction(truth.variance[0], 72 + spread, 48);
    }
}

/// The chain rule against differences of the forward pass: two ways to the same 100 bits.
#[test]
fn backward_truth_is_the_derivative() {
    for seed in 0..60 {
        let (m, condition) = (2 + (seed as usize) % 9, [0.0, 1e3, 1e7][seed as usize % 3]);
        is_the_derivative(seed, data::plain_group::<f64, Batch>(seed, m, condition));
        is_the_derivative(seed, data::plain_group::<f64, Layer>(seed, m, condition));
        // Several rows, so that dγ and dβ are sums.
        let mut rows = data::case::<f64, Layer>(seed);
        rows.shape = Shape::new(3, 4, 1);
        rows.x = (0..12).map(|i| condition + f64::from(i * i % 7) + 0.1 * f64::from(i)).collect();
        rows.dy = vec![0.0; 12];
        (rows.gamma, rows.beta) = (vec![1.0; 4], vec![0.0; 4]);
        is_the_derivative(seed, rows);
    }
}

fn is_the_derivative<K: Kind>(seed: u64, mut case: normalization::Case<f64, K>) {
    let mut stream = Stream::new(seed + 1000);
    for values in [&mut case.dy, &mut case.gamma, &mut case.beta] {
        values.iter_mut().for_each(|value| *value = stream.normal());
    }
    let truth = BackwardTruth::exact(&case);
    let slopes = differences::gradients(&case);
    let total: f64 = case.dy.iter().map(|dy| dy.abs()).sum();
    let gamma = case.gamma.iter().fold(0.0_f64, |most, gamma| most.max(gamma.abs()));
    let r = truth.forward.statistics.iter().fold(0.0_f64, |most, own| most.max(own.rstd));
    let size = total * (1.0 + gamma * r);
    let all = |g: &[Wide], s: &[Wide]| {
        for (a, b) in g.iter().zip(s) {
            let off = ((a.hi - b.hi) + (a.lo - b.lo)).abs();
            assert!(off <= 2.0_f64.powi(-100) * size, "{a:?} and {b:?}: {case:?}");
        }
    };
    all(&truth.gradients.dx, &slopes.dx);
    all(&truth.gradients.dgamma, &slopes.dgamma);
    all(&truth.gradients.dbeta, &slopes.dbeta);
    assert_eq!(differences::input_gradient(&case, 1), slopes.dx[1]);
}

/// With ε = 0, y does not depend on the scale: the largest numbers and subnormal ones give the same.
#[test]
fn the_ends_of_the_range_are_judged_like_the_middle() {
    let middle = Case { epsilon: 0.0, ..data::plain::<f64>(7, 9, 0.5) };
    let whole = |x: f64| (x * 1e9).round();
    for factor in [2.0_f64.powi(990), 2.0_f64.powi(-1074)] {
        let with = |factor: f64| {
            let x = middle.x.iter().map(|&x| whole(x) * factor).collect();
            Case { x, ..middle.clone() }
        };
        let (here, there) = (ForwardTruth::exact(&with(1.0)), ForwardTruth::exact(&with(factor)));
        for i in 0..9 {
            assert_eq!(here.y[i], there.y[i], "times {factor:e}");
        }
        let largest = there.statistics[0].ratios.largest;
        assert_eq!(largest, here.statistics[0].ratios.largest);
    }
}

#[test]
fn the_sum_of_opposite_giants_does_not_overflow() {
    let giant = f64::MAX;
    let x = vec![giant, -giant, giant, -giant];
    let case = Case { shape: Shape::new(4, 1, 1), x, ..data::plain::<f64>(1, 4, 0.0) };
    let truth = ForwardTruth::exact(&case);
    assert_eq!(truth.normalized, [1.0, -1.0, 1.0, -1.0]);
}

/// The reference's own uncertainty covers its distance from 320 bits, and is far below a bound of f32.
#[test]
fn the_reference_knows_how_far_it_may_be_off() {
    fn worst<K: Kind>() -> f64 {
        (0..200).map(|seed| worst_of(&data::case::<f32, K>(seed))).fold(0.0, f64::max)
    }
    for (name, worst) in [("batch", worst::<Batch>()), ("layer", worst::<Layer>())] {
        println!("{name}: reference in f64 against 320 bits: worst error/uncertainty {worst:.4}");
    }
}

fn worst_of<K: Kind>(case: &normalization::Case<f32, K>) -> f64 {
    let exact = BackwardTruth::exact(case);
    let reference = BackwardTruth::for_strength(case, Strength::Must);
    let mut worst = 0.0_f64;
    let mut check = |judge: Wide, truth: Wide, doubt: f64| {
        let off = ((judge.hi - truth.hi) - truth.lo).abs();
        assert!(off <= doubt || doubt.is_nan(), "{judge:?} for {truth:?}, sure to {doubt:e}");
        worst = worst.max(if off == 0.0 { 0.0 } else { off / doubt });
    };
    for i in 0..case.x.len() {
        check(reference.forward.y[i], exact.forward.y[i], reference.forward.uncertainty[i]);
        let doubt = reference.gradients.dx_uncertainty[i];
        check(reference.gradients.dx[i], exact.gradients.dx[i], doubt);
    }
    for c in 0..case.shape.channels {
        let (a, b) = (&reference.gradients, &exact.gradients);
        check(a.dgamma[c], b.dgamma[c], a.dgamma_uncertainty[c]);
        check(a.dbeta[c], b.dbeta[c], a.dbeta_uncertainty[c]);
    }
    worst
}
