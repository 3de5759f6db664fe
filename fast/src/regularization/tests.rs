//! Penalties at both ends of the range, elements by hand, what is not finite, and the same bits.

use super::*;
use crate::Level;
use crate::elementwise::tests::streamed_is_the_same;

/// The largest error of a sum of squares or sizes, in units of its own: one rounding to `f32`.
const ONE_ROUNDING: f64 = 1.0 / 16_777_216.0;

fn run<R>(task: impl FnOnce(&mut Workspace, &Policy) -> Result<R, Error>) -> R {
    task(&mut Workspace::new(), &Policy::default()).expect("valid arguments")
}

/// Whole numbers up to 16, whose sums of sizes and of squares are exact in any order.
fn whole(length: usize) -> Vec<f64> {
    (0..length).map(|i| (i * 7 % 33) as f64 - 16.0).collect()
}

/// Exact: the sums of whole numbers, on lengths around lanes, runs and blocks.
#[test]
fn sums_of_whole_numbers_are_exact() {
    for length in [0, 1, 2, 15, 16, 17, 31, 33, 2047, 2048, 2049, 4095, 4096, 4097, 100_003] {
        let w = whole(length);
        let single: Vec<f32> = w.iter().map(|w| *w as f32).collect();
        let (sum, squares) =
            w.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w.abs(), squares + w * w));
        assert_eq!(run(|space, policy| l1(0.25, &w, space, policy)), 0.25 * sum);
        assert_eq!(run(|space, policy| l2(0.25, &w, space, policy)), 0.125 * squares);
        assert_eq!(run(|space, policy| l1(0.25, &single, space, policy)), (0.25 * sum) as f32);
        assert_eq!(run(|space, policy| l2(0.25, &single, space, policy)), (0.125 * squares) as f32);
    }
}

/// Three equal weights near an end of the range: 3λ|w| and 1.5λw², by powers of two that are exact.
#[test]
fn nothing_leaves_the_range_on_the_way() {
    for exponent in [-1070, -700, -530, -400, 0, 300, 511, 600, 1000, 1022] {
        let w = [2.0_f64.powi(exponent); 3];
        let half = 2.0_f64.powi((-exponent).clamp(-1022, 1022));
        assert_eq!(run(|space, policy| l1(half, &w, space, policy)), 3.0 * w[0] * half);
        if exponent.abs() < 500 {
            let lambda = half * half;
            assert_eq!(run(|space, policy| l2(lambda, &w, space, policy)), 1.5);
        } else {
            // λ can bring back half of the exponent only.
            let found = run(|space, policy| l2(half, &w, space, policy));
            let expected = if exponent < -1022 { 0.0 } else { 1.5 * w[0] };
            assert_eq!(found, expected, "{exponent}");
        }
    }
    let large = [f32::MAX, -f32::MAX, f32::MAX];
    let found = f64::from(run(|space, policy| l2(1e-40, &large, space, policy)));
    let expected = 1.5e-40 * f64::from(f32::MAX).powi(2);
    assert!((found / expected - 1.0).abs() <= ONE_ROUNDING, "{found:e} for {expected:e}");
}

#[test]
fn a_network_is_penalised_for_its_weights() {
    let (first, second, other) = (whole(5000), whole(77), [f64::NAN; 3]);
    let network = [
        Parameter { role: Role::Bias, values: &other[..] },
        Parameter { role: Role::Weight, values: &first },
        Parameter { role: Role::Scale, values: &other },
        Parameter { role: Role::Weight, values: &[] },
        Parameter { role: Role::Weight, values: &second },
        Parameter { role: Role::Shift, values: &other },
    ];
    for (penalty, one) in
        [(Penalty::L1, l1::<f64> as fn(_, &[_], &mut _, &_) -> _), (Penalty::L2, l2)]
    {
        let of = |w: &[f64]| run(|space, policy| one(0.25, w, space, policy));
        let found = run(|space, policy| network_penalty(penalty, 0.25, &network, space, policy));
        assert_eq!(found, of(&first) + of(&second));
        let none =
            run(|space, policy| network_penalty(penalty, 0.25, &network[..1], space, policy));
        assert_eq!(none.to_bits(), 0);
    }
}

#[test]
fn elements_by_hand() {
    let w = [2.0_f32, -3.0, 0.5, -0.5, 0.0, -0.0, 0.25, -0.25];
    let mut out = [9.0_f32; 8];
    run(|space, policy| l1_gradient(0.25, &w, &mut out, space, policy));
    let bits = |values: [f32; 8]| values.map(f32::to_bits);
    assert_eq!(bits(out), bits([0.25, -0.25, 0.25, -0.25, 0.0, 0.0, 0.25, -0.25]));
    run(|space, policy| l2_gradient(0.25, &w, &mut out, space, policy));
    assert_eq!(out, [0.5, -0.75, 0.125, -0.125, 0.0, 0.0, 0.0625, -0.0625]);
    run(|space, policy| l1_proximal(0.5, &w, &mut out, space, policy));
    assert_eq!(bits(out), bits([1.5, -2.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
}

#[test]
fn in_place_is_the_same_and_so_is_a_step_without_scale() {
    let w: Vec<f32> = (0..4100).map(|i| (i as f32 * 0.37).sin()).collect();
    let g: Vec<f32> = (0..4100).map(|i| (i as f32 * 0.61).cos()).collect();
    let (ones, mut result) = (vec![1.0_f32; 4100], vec![0.0; 4100]);
    let scaled = Step { learning_rate: 0.1, lambda: 0.3, scale: &g, gradient: &g };
    for (step, in_place) in [
        (
            penalized_step::<f32> as fn(&_, &[_], &mut [_], &mut _, &_) -> _,
            penalized_step_in_place::<f32> as fn(&_, &mut [_], &mut _, &_) -> _,
        ),
        (decayed_step, decayed_step_in_place),
    ] {
        let mut own = w.clone();
        run(|space, policy| step(&scaled, &w, &mut result, space, policy));
        run(|space, policy| in_place(&scaled, &mut own, space, policy));
        assert_eq!(result, own);
    }
    let mut own = w.clone();
    run(|space, policy| l1_proximal(0.3, &w, &mut result, space, policy));
    run(|space, policy| l1_proximal_in_place(0.3, &mut own, space, policy));
    assert_eq!(result, own);
    let (mut penalized, mut decayed) = (w.clone(), w);
    let plain = Step { scale: &ones, ..scaled };
    run(|space, policy| penalized_step_in_place(&plain, &mut penalized, space, policy));
    run(|space, policy| decayed_step_in_place(&plain, &mut decayed, space, policy));
    assert_eq!(penalized, decayed);
}

#[test]
fn what_is_not_finite_comes_out() {
    let w = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0];
    let mut out = [9.0; 4];
    for penalty in [l1::<f64> as fn(_, &[_], &mut _, &_) -> _, l2] {
        assert!(run(|space, policy| penalty(0.5, &w, space, policy)).is_nan());
        assert_eq!(run(|space, policy| penalty(0.5, &w[2..], space, policy)), f64::INFINITY);
    }
    run(|space, policy| l1_gradient(0.5, &w, &mut out, space, policy));
    assert!(out[0].is_nan());
    assert_eq!(out[1..], [0.5, -0.5, 0.5]);
    run(|space, policy| l1_proximal(0.5, &w, &mut out, space, policy));
    assert!(out[0].is_nan());
    assert_eq!(out[1..], [f64::INFINITY, f64::NEG_INFINITY, 0.5]);
}

/// Sums of numbers that round, and elements, on every level, alone and on three threads.
#[test]
fn the_same_bits_everywhere() {
    let w: Vec<f64> = (0..50_001).map(|i| (i as f64 * 0.7).sin() * 1.1).collect();
    let of = |policy: &Policy| {
        let (mut space, mut out) = (Workspace::new(), w.clone());
        let step = Step { learning_rate: 0.1, lambda: 0.3, scale: &w, gradient: &w };
        let sums = [l1(0.3, &w, &mut space, policy), l2(0.3, &w, &mut space, policy)];
        decayed_step_in_place(&step, &mut out, &mut space, policy).expect("valid arguments");
        out.extend(sums.map(|sum| sum.expect("valid arguments")));
        out.into_iter().map(f64::to_bits).collect::<Vec<_>>()
    };
    let alone = of(&Policy { serial_below: usize::MAX, ..Policy::default() });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("three threads");
    for level in Level::available() {
        let policy = Policy { level, serial_below: 0, ..Policy::default() };
        assert!(pool.install(|| of(&policy)) == alone, "{level:?}");
    }
}

fn streams<T: Element + From<f32>>() {
    let mut w: Vec<T> = whole(66).iter().map(|w| T::round(w * 0.1)).collect();
    w.extend([f32::NAN, -0.0, f32::INFINITY, f32::MIN_POSITIVE / 4.0, -0.3].map(T::from));
    let g: Vec<T> = w.iter().rev().copied().collect();
    type Gradient<T> = fn(f64, &[T], &mut [T], &mut Workspace, &Policy) -> Result<(), Error>;
    for task in [l1_gradient as Gradient<T>, l2_gradient, l1_proximal] {
        streamed_is_the_same::<T>(|policy, len, out| {
            task(0.3, &w[..len], out, &mut Workspace::new(), policy).expect("valid arguments");
        });
    }
    for is_decayed in [false, true] {
        streamed_is_the_same::<T>(|policy, len, out| {
            let (w, scale, gradient) = (&w[..len], &w[..len], &g[..len]);
            let step = Step { learning_rate: 0.1, lambda: 0.3, scale, gradient };
            let mut space = Workspace::new();
            let task = if is_decayed { decayed_step } else { penalized_step };
            task(&step, w, out, &mut space, policy).expect("valid arguments");
        });
    }
}

#[test]
fn streamed_results_are_the_same() {
    streams::<f32>();
    streams::<f64>();
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let (mut space, policy) = (Workspace::new(), Policy::default());
    let (w, mut out) = ([1.0_f64; 4], [7.0_f64; 4]);
    let step = Step { learning_rate: 0.1, lambda: 0.3, scale: &w, gradient: &w };
    for (changed, argument) in [
        (Step { learning_rate: -0.1, ..step }, "learning_rate"),
        (Step { lambda: f64::NAN, ..step }, "lambda"),
        (Step { scale: &w[1..], ..step }, "scale"),
        (Step { gradient: &w[1..], ..step }, "gradient"),
    ] {
        let refused = penalized_step(&changed, &w, &mut out, &mut space, &policy).unwrap_err();
        assert_eq!(refused.argument(), argument);
        let refused = decayed_step_in_place(&changed, &mut out, &mut space, &policy).unwrap_err();
        assert_eq!(refused.argument(), argument);
    }
    for (result, argument) in [
        (decayed_step(&step, &w, &mut out[1..], &mut space, &policy), "result"),
        (l1_gradient(f64::INFINITY, &w, &mut out, &mut space, &policy), "lambda"),
        (l2_gradient(0.1, &w[1..], &mut out, &mut space, &policy), "gradient"),
        (l1_proximal(-1.0, &w, &mut out, &mut space, &policy), "threshold"),
        (l1_proximal(1.0, &w[1..], &mut out, &mut space, &policy), "result"),
        (l1_proximal_in_place(f64::NAN, &mut out, &mut space, &policy), "threshold"),
        (l1(-1.0, &w, &mut space, &policy).map(drop), "lambda"),
        (l2(f64::NAN, &w, &mut space, &policy).map(drop), "lambda"),
        (network_penalty::<f64>(Penalty::L1, -1.0, &[], &mut space, &policy).map(drop), "lambda"),
    ] {
        assert_eq!(result.unwrap_err().argument(), argument);
    }
    assert_eq!(out, [7.0; 4]);
}

/// Every exponent of w, and what is not finite: λ is no `f32`, so that its second part counts, and results
/// below the normal numbers have no room for it.
#[test]
fn l2_gradients_round_once_wherever_the_product_is() {
    let bits = (0..1_u32 << 20).map(|k| (k << 12) | (k.wrapping_mul(37) & 0xfff));
    let w: Vec<f32> = bits.map(f32::from_bits).collect();
    for lambda in [0.1, 1.0 / 3.0, 3.7e-20, 1e-30, 1e30, f64::from(f32::MAX) * 1.5] {
        let mut gradient = vec![0.0; w.len()];
        l2_gradient(lambda, &w, &mut gradient, &mut Workspace::new(), &Policy::default()).unwrap();
        for (w, found) in w.iter().zip(&gradient) {
            let exact = lambda * f64::from(*w);
            if !(exact as f32).is_finite() {
                let same = if exact.is_nan() { found.is_nan() } else { *found == exact as f32 };
                assert!(same, "{lambda} times {w:e}: {found:e}");
                continue;
            }
            let exponent = exact.abs().max(f64::from(f32::MIN_POSITIVE)).log2().floor();
            let off = (f64::from(*found) - exact).abs() / (exponent - 23.0).exp2();
            assert!(off <= 0.501, "{lambda} times {w:e}: {found:e} is off by {off} ulp");
        }
    }
}
