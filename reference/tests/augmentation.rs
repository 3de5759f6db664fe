//! Augmentation against values worked out by hand, its map spelled out once more, and what it refuses.
//!
//! Where a comment says *exact*, every number of the case has a short binary form and `==` is meant.

use evenkeel_reference::Error;
use evenkeel_reference::augmentation::Interpolation::{Bilinear, Nearest};
use evenkeel_reference::augmentation::*;
use evenkeel_reference::random::{Stream, normal, word};
use nalgebra::{DMatrix, dmatrix};

const U: f64 = f64::EPSILON / 2.0;
const STREAM: Stream = Stream { seed: 0x0123_4567_89ab_cdef, number: 7, step: 11 };
const NAN: f64 = f64::NAN;

#[track_caller]
fn assert_refused<V: std::fmt::Debug>(result: Result<V, Error>, argument: &str) {
    let error = result.expect_err("this must be refused");
    assert_eq!(error.argument, argument, "{error}");
}

#[track_caller]
fn assert_same_bits(found: &DMatrix<f64>, expected: &DMatrix<f64>) {
    assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
}

/// Numbers that tell where each pixel came from.
fn counted(h: usize, w: usize) -> DMatrix<f64> {
    DMatrix::from_fn(h, w, |i, j| (10 * i + j) as f64)
}

// ---- rotation ----------------------------------------------------------------------------------

/// Exact: an L lies on its back after a quarter turn counter-clockwise, and NaN and −0 come along.
#[test]
fn quarter_turns_are_counter_clockwise_and_exact() {
    let l = dmatrix![1.0, -0.0, 0.0; 1.0, NAN, 0.0; 1.0, 1.0, 1.0];
    let turned = dmatrix![0.0, 0.0, 1.0; -0.0, NAN, 1.0; 1.0, 1.0, 1.0];
    for interpolation in [Bilinear, Nearest] {
        assert_same_bits(&rotate(&l, 90.0, interpolation, 7.0).unwrap(), &turned);
        assert_same_bits(&rotate(&l, -270.0, interpolation, 7.0).unwrap(), &turned);
        let turn = |x: &DMatrix<f64>| rotate(x, 90.0, interpolation, 7.0).unwrap();
        assert_same_bits(&turn(&turn(&turn(&turn(&l)))), &l);
        assert_same_bits(&turn(&turn(&l)), &rotate(&l, 180.0, interpolation, 7.0).unwrap());
    }
}

/// Exact: 2 × 4 has the centre between pixels both ways, so a quarter turn is whole pixels, and the
/// canvas stays: the middle square is turned, the rest is gone.
#[test]
fn a_quarter_turn_of_a_rectangle_keeps_the_canvas() {
    let x = counted(2, 4);
    let turned = dmatrix![7.0, 2.0, 12.0, 7.0; 7.0, 1.0, 11.0, 7.0];
    assert_same_bits(&rotate(&x, 90.0, Bilinear, 7.0).unwrap(), &turned);
    let half = dmatrix![13.0, 12.0, 11.0, 10.0; 3.0, 2.0, 1.0, 0.0];
    assert_same_bits(&rotate(&x, 180.0, Bilinear, 7.0).unwrap(), &half);
    // 1 × 2: halfway between pixels, s = ±½ on the edge of the footprint: the mean, exact.
    let mean = rotate(&dmatrix![1.0, 4.0], 90.0, Bilinear, 7.0).unwrap();
    assert_same_bits(&mean, &dmatrix![2.5, 2.5]);
}

/// 45 degrees of 3 × 3: corners come from 1.41 pixels off the centre, inside the footprint's ½ beyond
/// the outermost centres; the middle of an edge from between two corners' neighbours.
#[test]
fn an_eighth_of_a_turn_by_hand() {
    let x = dmatrix![0.0, 0.0, 0.0; 0.0, 0.0, 8.0; 0.0, 0.0, 0.0];
    let y = rotate(&x, 45.0, Bilinear, 7.0).unwrap();
    // (0, 0) is at (v, u) = (−1, −1): s = 1 − √2 < −½ + … = −0.41, t = 1: the top row.
    assert_eq!(y[(0, 0)], 0.0);
    // (0, 2) at (−1, 1): s = 1, t = 1 + √2 = 2.41: limited to the centre of the last column.
    assert!((y[(0, 2)] - 8.0).abs() <= 64.0 * U, "{}", y[(0, 2)]);
    // (0, 1) at (−1, 0): s = 1 − √½, t = 1 + √½: weight (1 − f)-wise of row 1 is 1 − √½, of column 2 √½.
    let root = 0.5_f64.sqrt();
    assert!((y[(0, 1)] - 8.0 * (1.0 - root) * root).abs() <= 64.0 * U);
    // Of 5 × 5 the corners are outside.
    let corner = rotate(&counted(5, 5), 45.0, Nearest, 7.0).unwrap()[(0, 0)];
    assert_eq!(corner, 7.0);
}

/// A tiny angle is nearly nothing: no edge becomes fill.
#[test]
fn a_tiny_angle_changes_next_to_nothing() {
    let x = counted(4, 7);
    let y = rotate(&x, 1e-300, Bilinear, -99.0).unwrap();
    assert!((y - &x).abs().max() < 1e-12);
    assert_same_bits(&rotate(&x, 1e-9, Nearest, -99.0).unwrap(), &x);
}

#[test]
fn a_constant_image_is_constant_or_fill() {
    let v = 0.1;
    for degrees in [1.0, 17.0, 44.9, 123.4, -77.0, 1e6 + 0.3] {
        for (h, w) in [(1, 1), (5, 5), (3, 8), (9, 2)] {
            let y = rotate(&DMatrix::from_element(h, w, v), degrees, Bilinear, 7.0).unwrap();
            assert!(y.iter().all(|y| *y == v || *y == 7.0));
        }
    }
}

/// Large angles are reduced without an error: 360·10⁶ + 17 is 17.
#[test]
fn turns_do_not_count() {
    assert_eq!(cos_sin(17.0), cos_sin(360e6 + 17.0));
    assert_eq!(cos_sin(-343.0), cos_sin(17.0));
    for q in -8..=8 {
        let [cos, sin] = cos_sin(90.0 * f64::from(q));
        assert!([0.0, 1.0, -1.0].contains(&cos) && cos.abs() + sin.abs() == 1.0, "{q}");
    }
}

// ---- pixels ------------------------------------------------------------------------------------

#[test]
fn shifts_of_any_size() {
    let x = counted(2, 3);
    assert_same_bits(&shift(&x, 0, 0, 7.0).unwrap(), &x);
    let nothing = DMatrix::from_element(2, 3, 7.0);
    for by in [i64::MIN, -3, 3, i64::MAX] {
        assert_same_bits(&shift(&x, by, by, 7.0).unwrap(), &nothing);
    }
}

/// Exact: the whole padded image, and the window that is the image.
#[test]
fn a_crop_sees_the_padding() {
    let x = counted(1, 2);
    let all = Rectangle { top: 0, left: 0, height: 3, width: 4 };
    let padded = dmatrix![7.0, 7.0, 7.0, 7.0; 7.0, 0.0, 1.0, 7.0; 7.0, 7.0, 7.0, 7.0];
    assert_same_bits(&crop(&x, 1, all, 7.0).unwrap(), &padded);
    let image = Rectangle { top: 1, left: 1, height: 1, width: 2 };
    assert_same_bits(&crop(&x, 1, image, 7.0).unwrap(), &x);
    assert_refused(crop(&x, 1, Rectangle { top: 1, ..all }, 7.0), "window");
    assert_refused(crop(&x, 1, Rectangle { left: usize::MAX, ..all }, 7.0), "window");
    assert_refused(crop(&x, usize::MAX, all, 7.0), "padding");
}

// ---- filters -----------------------------------------------------------------------------------

/// A single 1 blurs to the products of the weights, and weights sum to 1 within (2r + 2)·u.
#[test]
fn a_point_blurs_to_the_weights() {
    let (sigma, radius) = (0.8, 2);
    let w = gaussian_weights(sigma, radius).unwrap();
    assert!((w.sum() - 1.0).abs() <= 6.0 * U);
    let ratio = w[1] / w[2];
    assert!((ratio - (-1.0 / (2.0 * sigma * sigma)).exp()).abs() <= 4.0 * U);
    let mut x = DMatrix::zeros(7, 7);
    x[(3, 3)] = 1.0;
    let y = blur(&x, sigma, radius, Border::Replicate).unwrap();
    for (i, j) in [(3, 3), (1, 2), (4, 5), (5, 1)] {
        let expected = w[i + 2 - 3] * w[j + 2 - 3];
        assert!((y[(i, j)] - expected).abs() <= 4.0 * U * expected, "{i}, {j}");
    }
    assert_eq!(y[(0, 3)], 0.0);
}

/// One line of three with r = 4: there and back again, by hand.
#[test]
fn borders_beyond_the_image() {
    let x = dmatrix![1.0, 10.0, 100.0];
    let w = gaussian_weights(3.0, 4).unwrap();
    let line =
        |places: [usize; 9]| -> f64 { places.iter().zip(w.iter()).map(|(k, w)| w * x[*k]).sum() };
    let at_0 = |border| blur(&x, 3.0, 4, border).unwrap()[0];
    // A column of one pixel blurs to itself: the weights' sum.
    let close = |a: f64, b: f64| assert!((a - b).abs() <= 60.0 * U * 100.0, "{a} {b}");
    close(at_0(Border::Replicate), line([0, 0, 0, 0, 0, 1, 2, 2, 2]));
    close(at_0(Border::Reflect), line([0, 1, 2, 1, 0, 1, 2, 1, 0]));
}

#[test]
fn nothing_to_blur_or_to_add_stays_bit_for_bit() {
    let x = dmatrix![-0.0, NAN, f64::INFINITY];
    assert_same_bits(&blur(&x, 0.0, 3, Border::Reflect).unwrap(), &x);
    assert_same_bits(&blur(&x, 2.0, 0, Border::Reflect).unwrap(), &x);
    assert_same_bits(&add_noise(&x, 0.0, &dmatrix![1.0, 1.0, 1.0], None).unwrap(), &x);
    let clamped = add_noise(&x, 1.0, &dmatrix![2.0, 1.0, 1.0], Some([0.0, 1.0])).unwrap();
    assert_same_bits(&clamped, &dmatrix![1.0, NAN, 1.0]);
}

// ---- draws -------------------------------------------------------------------------------------

fn choice(probability: f64, transform: Transform) -> Choice {
    Choice { probability, transform, labels: Labels::Keep }
}

/// The map once more, from the words: image 3, choices 0 to 2.
#[test]
fn the_plan_is_that_of_the_words() {
    let choices = [
        choice(
            1.0,
            Transform::Rotate { degrees: [-20.0, 30.0], interpolation: Nearest, fill: 0.0 },
        ),
        choice(0.5, Transform::Crop { padding: 4, fill: 0.0 }),
        choice(1.0, Transform::Noise { deviation: 0.5, clamp: None }),
    ];
    for image in 0..20 {
        let planned = plan(&choices, STREAM, image, [3, 8, 9]).unwrap();
        let w = |k: u32, j| word(Stream { number: 7 + 2 * k, ..STREAM }, 64 * image + j);
        let Some(Operation::Rotate { degrees, .. }) = planned[0] else { panic!("p = 1") };
        assert_eq!(degrees, -20.0 + 50.0 * ((f64::from(w(0, 1)) + 0.5) / 4_294_967_296.0));
        let expected = (w(1, 0) < 1 << 31).then(|| {
            let at = |word: u32| (9 * u64::from(word) / (1 << 32)) as usize;
            let window = Rectangle { top: at(w(1, 1)), left: at(w(1, 2)), height: 8, width: 9 };
            Operation::Crop { padding: 4, window, fill: 0.0 }
        });
        assert_eq!(planned[1], expected);
        let stream = Stream { number: 12, ..STREAM };
        let noise = Operation::Noise { deviation: 0.5, clamp: None, stream, first: image * 216 };
        assert_eq!(planned[2], Some(noise));
    }
}

/// All offsets of a crop, the last one too, as often as one another: 2000 draws of 5, within 5 standard
/// deviations of 400 (17.9 each).
#[test]
fn every_offset_is_drawn() {
    let choices = [choice(1.0, Transform::Crop { padding: 2, fill: 0.0 })];
    let mut seen = [0; 5];
    for image in 0..2000 {
        let planned = plan(&choices, STREAM, image, [1, 8, 8]).unwrap();
        let Some(Operation::Crop { window, .. }) = planned[0] else { panic!("p = 1") };
        seen[window.top] += 1;
    }
    assert!(seen.iter().all(|n| (310..=490).contains(n)), "{seen:?}");
}

/// Tall and flat alike, areas of the share within rounding, never outside.
#[test]
fn rectangles_have_their_area() {
    let [mut tall, mut flat] = [0, 0];
    for image in 0..2000 {
        let words = words(STREAM, image, 0).unwrap();
        let found = rectangle([40, 60], [0.1, 0.2], [0.5, 2.0], 10, &words).unwrap();
        let Rectangle { top, left, height, width } = found.expect("it fits");
        assert!(top + height <= 40 && left + width <= 60);
        let (low, high) = (
            (height as f64 - 0.5) * (width as f64 - 0.5),
            (height as f64 + 0.5) * (width as f64 + 0.5),
        );
        assert!(low <= 0.2 * 2400.0 && high >= 0.1 * 2400.0);
        tall += u32::from(height > width);
        flat += u32::from(height < width);
    }
    assert!(tall.abs_diff(flat) < 220, "{tall} tall, {flat} flat"); // five standard deviations of √2000
}

// ---- images ------------------------------------------------------------------------------------

/// Each channel has normal numbers of its own, in the order of memory.
#[test]
fn noise_counts_through_the_channels() {
    let image = vec![DMatrix::zeros(2, 3); 2];
    let noise = Operation::Noise { deviation: 2.0, clamp: None, stream: STREAM, first: 36 };
    let y = apply(&image, &noise).unwrap();
    assert_eq!(y[1][(1, 2)], 2.0 * normal(STREAM, 36 + 11, 1.0).unwrap());
    assert_eq!(y[0][(0, 1)], 2.0 * normal(STREAM, 37, 1.0).unwrap());
}

/// Flip, then shift, is not shift, then flip; and a spared class keeps image and label.
#[test]
fn operations_follow_each_other_and_labels_go_along() {
    let flip = Choice {
        labels: Labels::Map(vec![Some(1), Some(0), None]),
        ..choice(1.0, Transform::Flip(Axis::Horizontal))
    };
    let crop = choice(1.0, Transform::Crop { padding: 0, fill: 0.0 });
    let x = [dmatrix![1.0, 2.0, 3.0]];
    let run = |label| augment(&[flip.clone(), crop.clone()], STREAM, 0, &x, label).unwrap();
    let (mirrored, spared) = (run(0), run(2));
    assert_eq!((mirrored.image[0].clone(), mirrored.label), (dmatrix![3.0, 2.0, 1.0], 1));
    assert_eq!(mirrored.operations.len(), 2);
    assert_eq!((spared.image[0].clone(), spared.label), (x[0].clone(), 2));
    assert_eq!(spared.operations.len(), 1);
    assert_refused(augment(&[flip], STREAM, 0, &x, 3), "labels");
}

// ---- refusals ----------------------------------------------------------------------------------

#[test]
fn what_is_not_allowed_is_refused_by_name() {
    let x = counted(2, 2);
    assert_refused(rotate(&x, NAN, Bilinear, 0.0), "degrees");
    assert_refused(rotate(&x, 1.0, Bilinear, f64::INFINITY), "fill");
    assert_refused(shift(&x, 1, 1, NAN), "fill");
    assert_refused(
        erase(&x, Rectangle { top: 1, height: 2, ..Rectangle::default() }, 0.0),
        "rectangle",
    );
    assert_refused(add_noise(&x, -1.0, &x, None), "deviation");
    assert_refused(add_noise(&x, 1.0, &counted(2, 3), None), "normals");
    assert_refused(add_noise(&x, 1.0, &x, Some([1.0, 0.0])), "clamp");
    assert_refused(add_noise(&x, 1.0, &x, Some([0.0, NAN])), "clamp");
    assert_refused(blur(&x, NAN, 1, Border::Reflect), "deviation");
    assert_refused(blur(&x, 1.0, 1025, Border::Reflect), "radius");
    assert_refused(is_applied(1.5, 0), "probability");
    assert_refused(rectangle([2, 2], [0.5, 0.2], [1.0, 1.0], 1, &[0; 64]), "share");
    assert_refused(rectangle([2, 2], [0.1, 0.2], [0.0, 1.0], 1, &[0; 64]), "aspect");
    assert_refused(rectangle([2, 2], [0.1, 0.2], [1.0, 1.0], 16, &[0; 64]), "attempts");
    assert_refused(words(STREAM, 1 << 58, 0), "first");
    assert_refused(words(Stream { number: u32::MAX, ..STREAM }, 0, 1), "number");
    let two = [x, counted(2, 3)];
    assert_refused(apply(&two, &Operation::Flip(Axis::Vertical)), "x");
}

// ---- sentences ---------------------------------------------------------------------------------

fn pivot<'a>(
    forward: impl FnMut(&str) -> Result<String, String> + 'a,
    backward: impl FnMut(&str) -> Result<String, String> + 'a,
) -> Pivot<'a> {
    Pivot { forward: Box::new(forward), backward: Box::new(backward) }
}

#[test]
fn every_outcome_by_hand() {
    let there = |x: &str| match x {
        "mute" => Err("no word".to_string()),
        x => Ok(x.replace("big", "grande")),
    };
    let back = |z: &str| Ok(z.replace("grande", "large").replace("long", "").replace("up", "u p"));
    let again = |z: &str| Ok(z.replace("grande", "large").replace("tree", "a very tall tree"));
    let mut pivots = [pivot(there, back), pivot(there, again)];
    let sentences = ["a  big house", "tree", "mute", "\u{a0}\n", "long", "up"];
    let outcomes = back_translate(&sentences, &mut pivots, 2.0).unwrap();
    let (dropped, failed) = (Outcome::Dropped, Outcome::Failed);
    let mute = || failed(Direction::Forward, Failed::Translator("no word".into()));
    let expected = [
        [Outcome::Kept("a large house".into()), dropped(Reason::Duplicate)],
        [dropped(Reason::RoundTrip), dropped(Reason::LengthRatio)],
        [mute(), mute()],
        [dropped(Reason::Empty), dropped(Reason::Empty)],
        [failed(Direction::Backward, Failed::Empty), dropped(Reason::RoundTrip)],
        [Outcome::Kept("u p".into()), dropped(Reason::RoundTrip)],
    ];
    assert_eq!(outcomes, expected);
}

#[test]
fn lengths_are_counted_in_characters_and_both_ways() {
    assert!(lengths_are_alike("éé", "abcd", 2.0) && lengths_are_alike("abcd", "éé", 2.0));
    assert!(!lengths_are_alike("éé", "abcde", 2.0) && !lengths_are_alike("abcde", "éé", 2.0));
    assert!(lengths_are_alike("a", "aaaaaaaaa", f64::INFINITY));
}

#[test]
fn a_ratio_below_1_is_refused() {
    for ratio in [0.99, -1.0, f64::NAN] {
        let error = back_translate(&["a"], &mut [], ratio).unwrap_err();
        assert_eq!((error.argument, &*error.allowed), ("max_length_ratio", "≥ 1"));
    }
}
