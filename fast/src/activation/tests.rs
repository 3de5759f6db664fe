//! The curves against 320-bit arithmetic, both ends of the range, symmetry, refusals.

use super::*;
use crate::Level;
use crate::elementwise::tests::streamed_is_the_same;
use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

type Exact = FBig<HalfEven, 2>;

const SMOOTH: [Curve; 2] = [Curve::Sigmoid, Curve::Tanh];
const ALL: [Curve; 4] =
    [Curve::Sigmoid, Curve::Tanh, Curve::Relu, Curve::LeakyRelu { slope: 0.01 }];

fn exact(value: f64) -> Exact {
    Exact::try_from(value).expect("a finite number").with_precision(320).value()
}

/// The curve, or its derivative: sigmoid, and tanh x = 2·sigmoid 2x − 1.
fn truth(curve: Curve, derivative: bool, x: f64) -> Exact {
    let z = if curve == Curve::Tanh { exact(x) * exact(2.0) } else { exact(x) };
    let (one, t) = (exact(1.0), (-z).exp());
    let sigmoid = &one / (&one + &t);
    match (curve, derivative) {
        (Curve::Sigmoid, false) => sigmoid,
        (Curve::Sigmoid, true) => &t * sigmoid.sqr(),
        (_, false) => (&one - &t) * sigmoid,
        (_, true) => exact(4.0) * &t * sigmoid.sqr(),
    }
}

/// The error of `got` in units in the last place of the truth.
fn ulps<T: Element>(got: T, truth: &Exact, digits: i32, smallest: f64) -> f64 {
    let size = truth.to_f64().value().abs();
    let exponent = size.max(f64::MIN_POSITIVE).log2().floor() as i32;
    let ulp = f64::from(exponent + 1 - digits).exp2().max(smallest);
    (exact(got.to_f64()) - truth).to_f64().value().abs() / ulp
}

fn run<T: Element>(curve: Curve, derivative: bool, x: &[T]) -> Vec<T> {
    run_at(Level::best(), curve, derivative, x)
}

fn run_at<T: Element>(level: Level, curve: Curve, derivative: bool, x: &[T]) -> Vec<T> {
    let (mut w, policy) = (Workspace::new(), Policy { level, ..Policy::default() });
    let mut out = vec![T::round(7.0); x.len()];
    if derivative {
        let dy = vec![T::round(1.0); x.len()];
        backward(curve, x, &dy, &mut out, &mut w, &policy).unwrap();
    } else {
        forward(curve, x, &mut out, &mut w, &policy).unwrap();
    }
    out
}

/// Numbers of every size up to 2^`top`, of both signs.
fn spread(count: i32, lowest: f64, top: f64) -> Vec<f64> {
    let golden = 0.618_033_988_749_894_9;
    let at = |i: i32| {
        let share = f64::from(i) * golden % 1.0;
        2.0_f64.powf(lowest + (top - lowest) * share) * if i % 2 == 0 { 1.0 } else { -1.0 }
    };
    (0..count).map(at).collect()
}

#[test]
fn f32_is_rounded_once() {
    let mut xs: Vec<f32> = spread(3000, -3.0, 6.8).into_iter().map(|x| x as f32).collect();
    xs.extend(spread(300, -140.0, -3.0).into_iter().map(|x| x as f32));
    for curve in SMOOTH {
        for derivative in [false, true] {
            for (x, got) in xs.iter().zip(run(curve, derivative, &xs)) {
                let truth = truth(curve, derivative, f64::from(*x));
                let off = ulps(got, &truth, 24, f64::from(f32::from_bits(1)));
                assert!(off <= 0.501, "{curve:?} {derivative} at {x:e}: {got:e} off by {off} ulp");
            }
        }
    }
}

#[test]
fn f64_is_within_its_promise() {
    let mut xs = spread(3000, -3.0, 9.55);
    xs.extend(spread(300, -90.0, -3.0));
    for curve in SMOOTH {
        for derivative in [false, true] {
            let most = if derivative { 3.0 } else { 1.0 };
            let mut worst = (0.0, 0.0);
            for (x, got) in xs.iter().zip(run(curve, derivative, &xs)) {
                let off = ulps(got, &truth(curve, derivative, *x), 53, f64::from_bits(1));
                worst = if off > worst.0 { (off, *x) } else { worst };
            }
            println!("{curve:?} derivative {derivative}: {worst:?}");
            assert!(worst.0 <= most, "{curve:?} {derivative} at {}: {} ulp", worst.1, worst.0);
        }
    }
}

#[test]
fn every_level_gives_the_same() {
    let mut xs = spread(1000, -40.0, 10.0);
    xs.extend([0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, 5e-324, -1e-310]);
    let single: Vec<f32> = xs.iter().map(|x| *x as f32).collect();
    for curve in ALL {
        for derivative in [false, true] {
            let bits = |y: Vec<f64>| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
            let bits32 = |y: Vec<f32>| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
            let best = bits(run(curve, derivative, &xs));
            let best32 = bits32(run(curve, derivative, &single));
            for level in Level::available() {
                assert_eq!(bits(run_at(level, curve, derivative, &xs)), best, "{level:?}");
                assert_eq!(bits32(run_at(level, curve, derivative, &single)), best32, "{level:?}");
            }
        }
    }
}

#[test]
fn the_ends_and_zero() {
    let xs = [f64::NEG_INFINITY, -f64::MAX, -0.0, 0.0, f64::MAX, f64::INFINITY];
    let of = |curve, derivative| run(curve, derivative, &xs);
    let leaky = Curve::LeakyRelu { slope: 0.5 };
    assert_eq!(of(Curve::Sigmoid, false), [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]);
    assert_eq!(of(Curve::Tanh, false), [-1.0, -1.0, 0.0, 0.0, 1.0, 1.0]);
    assert!(of(Curve::Tanh, false)[2].is_sign_negative());
    assert!(of(Curve::Relu, false)[2].is_sign_positive());
    assert_eq!(of(Curve::Relu, false)[..3], [0.0; 3]);
    assert_eq!(of(leaky, false)[..2], [f64::NEG_INFINITY, -f64::MAX / 2.0]);
    assert_eq!(of(Curve::Sigmoid, true), [0.0, 0.0, 0.25, 0.25, 0.0, 0.0]);
    assert_eq!(of(Curve::Tanh, true), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    assert_eq!(of(Curve::Relu, true), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!(of(leaky, true), [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]);
    for (curve, derivative) in ALL.into_iter().flat_map(|curve| [(curve, false), (curve, true)]) {
        assert!(run(curve, derivative, &[f64::NAN])[0].is_nan(), "{curve:?} {derivative}");
        assert!(run(curve, derivative, &[f32::NAN])[0].is_nan(), "{curve:?} {derivative}");
    }
}

#[test]
fn tanh_is_odd_and_derivatives_are_even() {
    let xs: Vec<f32> = spread(2000, -30.0, 7.0).into_iter().map(|x| x as f32).collect();
    let mirrored: Vec<f32> = xs.iter().map(|x| -x).collect();
    let negated: Vec<f32> = run(Curve::Tanh, false, &mirrored).into_iter().map(|y| -y).collect();
    assert_eq!(run(Curve::Tanh, false, &xs), negated);
    for curve in SMOOTH {
        assert_eq!(run(curve, true, &xs), run(curve, true, &mirrored));
    }
}

/// From y it is 0 here: pytorch/pytorch#195685, tensorflow/tensorflow#126060. 4T/(1 + T)² and t/(1 + t)²
/// are 4T and t to the last place.
#[test]
fn the_gradient_lives_where_y_is_1() {
    let (tanh, sigmoid) = ((4.0 * (-40.0_f64).exp()) as f32, (-60.0_f64).exp() as f32);
    assert_eq!(run(Curve::Tanh, false, &[20.0_f32, -20.0]), [1.0, -1.0]);
    assert_eq!(run(Curve::Tanh, true, &[20.0_f32, -20.0]), [tanh; 2]);
    assert_eq!(run(Curve::Sigmoid, false, &[60.0_f32]), [1.0]);
    assert_eq!(run(Curve::Sigmoid, true, &[60.0_f32, -60.0]), [sigmoid; 2]);
    assert!(run(Curve::Tanh, true, &[44.3_f32])[0].is_normal());
    assert!(run(Curve::Sigmoid, true, &[87.3_f32])[0].is_normal());
    assert!(run(Curve::Tanh, true, &[354.0_f64])[0].is_normal());
}

/// eˣ is ∞ here, and ∞/∞ NaN: jeshraghian/snntorch#433.
#[test]
fn no_exponential_overflows() {
    let far = [89.0_f32, 104.0, 1e4, f32::MAX, -89.0, -104.0, -1e4, -f32::MAX];
    let farther = far.map(|x| f64::from(x) * 8.0);
    for curve in SMOOTH {
        for derivative in [false, true] {
            assert!(run(curve, derivative, &far).iter().all(|y| y.is_finite()), "{curve:?}");
            assert!(run(curve, derivative, &farther).iter().all(|y| y.is_finite()), "{curve:?}");
        }
    }
}

/// e⁻¹⁰⁰⁰ is no number of `f64`, but times 10³⁰⁰ it is: 5.0760e-135.
#[test]
fn a_large_gradient_reaches_where_the_curve_is_flat() {
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let (mut dx, dy) = ([7.0_f64; 2], [1e300; 2]);
    backward(Curve::Sigmoid, &[1000.0, 1e10], &dy, &mut dx, &mut w, &policy).unwrap();
    assert!((dx[0] / 5.075_958_897e-135 - 1.0).abs() < 1e-9 && dx[1] == 0.0, "{dx:?}");
}

/// In place, and from y, where y still tells everything.
#[test]
fn the_other_forms_agree() {
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let xs = spread(5000, -8.0, 1.0);
    let dy: Vec<f64> = xs.iter().map(|x| 1.5 - x).collect();
    for curve in ALL {
        let y = run(curve, false, &xs);
        let mut in_place = xs.clone();
        forward_in_place(curve, &mut in_place, &mut w, &policy).unwrap();
        assert_eq!(in_place, y);
        let (mut dx, mut from_y, mut back) = (vec![0.0; 5000], vec![0.0; 5000], dy.clone());
        backward(curve, &xs, &dy, &mut dx, &mut w, &policy).unwrap();
        backward_in_place(curve, &xs, &mut back, &mut w, &policy).unwrap();
        backward_from_output(curve, &y, &dy, &mut from_y, &mut w, &policy).unwrap();
        assert_eq!(back, dx);
        let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-14 * a.abs();
        assert!(dx.iter().zip(&from_y).all(close), "{curve:?}");
    }
}

/// With every kind of value at every place of a vector.
fn streams<T: Element + From<f32>>() {
    let mut x: Vec<T> = spread(67, -5.0, 7.0).iter().map(|x| T::round(*x)).collect();
    x.extend([f32::NAN, -0.0, f32::INFINITY, f32::MIN_POSITIVE / 4.0].map(T::from));
    let dy: Vec<T> = x.iter().rev().copied().collect();
    for curve in ALL {
        streamed_is_the_same::<T>(|policy, len, y| {
            forward(curve, &x[..len], y, &mut Workspace::new(), policy).unwrap();
        });
        streamed_is_the_same::<T>(|policy, len, y| {
            quick_forward(curve, &x[..len], y, &mut Workspace::new(), policy).unwrap();
        });
        streamed_is_the_same::<T>(|policy, len, dx| {
            backward(curve, &x[..len], &dy[..len], dx, &mut Workspace::new(), policy).unwrap();
        });
        streamed_is_the_same::<T>(|policy, len, dx| {
            let mut workspace = Workspace::new();
            backward_from_output(curve, &x[..len], &dy[..len], dx, &mut workspace, policy).unwrap();
        });
    }
}

#[test]
fn streamed_results_are_the_same() {
    streams::<f32>();
    streams::<f64>();
}

/// Long enough for several pieces: each level, alone and on three threads, streamed and not.
#[test]
fn pieces_threads_and_streaming_change_no_bit() {
    let x: Vec<f32> = spread(50_001, -9.0, 6.0).into_iter().map(|x| x as f32).collect();
    let of = |curve, policy: &Policy| {
        let (mut workspace, mut y, mut dx) = (Workspace::new(), x.clone(), x.clone());
        forward(curve, &x, &mut y[1..], &mut workspace, policy).unwrap_err();
        forward(curve, &x[1..], &mut y[1..], &mut workspace, policy).unwrap();
        backward(curve, &x[1..], &y[1..], &mut dx[1..], &mut workspace, policy).unwrap();
        let mut quick = x.clone();
        quick_forward(curve, &x[1..], &mut quick[1..], &mut workspace, policy).unwrap();
        y.iter().chain(&dx).chain(&quick).map(|y| y.to_bits()).collect::<Vec<_>>()
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    for curve in ALL {
        let never = usize::MAX;
        let plain = Policy { serial_below: never, stream_from: never, ..Policy::default() };
        let plain = of(curve, &plain);
        for level in Level::available() {
            for stream_from in [0, never] {
                let policy = Policy { level, serial_below: 0, stream_from };
                assert!(pool.install(|| of(curve, &policy)) == plain, "{curve:?} {policy:?}");
            }
        }
    }
}

/// One input in some four thousand, so that every exponent is met, and neighbours: beside `forward` of
/// `f64`, which is within 2⁻⁵² of the truth. All inputs: the long test of the command's crate.
#[test]
fn quick_curves_are_within_one_ulp_and_never_fall() {
    let bits = (0..1_u32 << 20).map(|k| ((k >> 3) << 14) + ((k * 37) & 0x3ff8) + (k & 7));
    let mut x: Vec<f32> = bits.map(f32::from_bits).filter(|x| !x.is_nan()).collect();
    x.sort_by(f32::total_cmp);
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let (mut space, policy) = (Workspace::new(), Policy::default());
    for curve in SMOOTH {
        let (mut y, mut truth) = (x.clone(), wide.clone());
        quick_forward_in_place(curve, &mut y, &mut space, &policy).unwrap();
        forward_in_place(curve, &mut truth, &mut space, &policy).unwrap();
        for ((x, y), truth) in x.iter().zip(&y).zip(&truth) {
            let exponent = truth.abs().max(f64::from(f32::MIN_POSITIVE)).log2().floor();
            let off = (f64::from(*y) - truth).abs() / (exponent - 23.0).exp2();
            assert!(off <= 1.0, "{curve:?} at {x:e}: {y:e} off by {off} ulp");
        }
        assert!(y.is_sorted(), "{curve:?} falls");
        let least = if matches!(curve, Curve::Sigmoid) { 0.0 } else { -1.0 };
        assert!(y.iter().all(|y| (least..=1.0).contains(y)), "{curve:?} leaves its range");
    }
}

#[test]
fn quick_curves_reach_their_ends() {
    let xs = [f32::NEG_INFINITY, -0.0, 0.0, f32::INFINITY, f32::NAN, 1e-40, -1e-40, -f32::MAX];
    let of = |curve| {
        let mut y = xs;
        quick_forward_in_place(curve, &mut y, &mut Workspace::new(), &Policy::default()).unwrap();
        y.map(f32::to_bits)
    };
    let bits = |y: [f32; 8]| y.map(f32::to_bits);
    let tanh = [-1.0, -0.0, 0.0, 1.0, f32::NAN, 1e-40, -1e-40, -1.0];
    assert_eq!(of(Curve::Tanh), bits(tanh));
    assert_eq!(of(Curve::Sigmoid), bits([0.0, 0.5, 0.5, 1.0, f32::NAN, 0.5, 0.5, 0.0]));
    for curve in ALL {
        let xs = spread(300, -9.0, 4.0);
        let (mut quick, mut space) = (xs.clone(), Workspace::new());
        quick_forward_in_place(curve, &mut quick, &mut space, &Policy::default()).unwrap();
        assert_eq!(quick, run(curve, false, &xs), "in f64 both are one");
    }
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let (mut w, policy) = (Workspace::new(), Policy::default());
    let (x, mut out) = ([1.0_f32; 3], [7.0_f32; 3]);
    let nan = Curve::LeakyRelu { slope: f64::NAN };
    let refused = |result: Result<(), Error>, name: &str| {
        assert_eq!(result.unwrap_err().argument(), name);
    };
    refused(forward(nan, &x, &mut out, &mut w, &policy), "slope");
    refused(forward(Curve::Tanh, &x, &mut out[..2], &mut w, &policy), "y");
    refused(quick_forward(Curve::Tanh, &x, &mut out[..2], &mut w, &policy), "y");
    refused(quick_forward_in_place(nan, &mut out, &mut w, &policy), "slope");
    refused(backward(Curve::Tanh, &x, &x[..2], &mut out, &mut w, &policy), "dy");
    refused(backward(Curve::Tanh, &x, &x, &mut out[..2], &mut w, &policy), "dx");
    refused(backward_in_place(Curve::Tanh, &x, &mut out[..2], &mut w, &policy), "dy_to_dx");
    let negative = Curve::LeakyRelu { slope: -0.1 };
    refused(backward_from_output(negative, &x, &x, &mut out, &mut w, &policy), "slope");
    assert!(forward(negative, &x, &mut out.clone(), &mut w, &policy).is_ok());
    assert_eq!(out, [7.0; 3]);
}
