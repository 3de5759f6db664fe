//! Values by hand, the same bits however a batch is split, and what is refused.

use super::*;

const STREAM: Stream = Stream { seed: 5, number: 6, step: 7 };

fn kit() -> (Workspace, Policy) {
    (Workspace::new(), Policy { serial_below: usize::MAX, ..Policy::default() })
}

fn counted(shape: ImageShape) -> Vec<f32> {
    (0..shape.len()).map(|i| (i as f32 * 0.618_034) % 1.0).collect()
}

/// A choice of every kind, with a map that spares class 2.
const TURNED: [Option<u32>; 3] = [Some(1), Some(0), None];

fn choices() -> [Choice<'static>; 7] {
    let keep = |transform| Choice { probability: 0.7, transform, labels: Labels::Keep };
    let (interpolation, fill) = (Interpolation::Bilinear, 0.5);
    [
        Choice { labels: Labels::Map(&TURNED), ..keep(Transform::Flip(Axis::Horizontal)) },
        keep(Transform::Rotate { degrees: [-30.0, 30.0], interpolation, fill }),
        keep(Transform::Shift { down: 2, right: 3, fill }),
        keep(Transform::Crop { padding: 2, fill }),
        keep(Transform::Noise(Noise { deviation: 0.1, clamp: Some([0.0, 1.0]) })),
        keep(Transform::Blur { deviation: [0.2, 2.0], radius: 3, border: Border::Reflect }),
        keep(Transform::Erase { share: [0.1, 0.3], aspect: [0.3, 3.0], attempts: 9, fill }),
    ]
}

/// One batch of forty, and forty batches of one, on three threads and on one: the same bits.
#[test]
fn a_batch_is_its_images() {
    let shape = ImageShape::new(40, 3, 17, 13);
    let (x, labels) = (counted(shape), (0..40).map(|i| i % 3).collect::<Vec<u32>>());
    let run = |shape: ImageShape, first: usize, serial_below: usize| {
        let (mut workspace, policy) = (Workspace::new(), Policy { serial_below, ..kit().1 });
        let part = first * shape.per_image()..(first + shape.count) * shape.per_image();
        let (mut y, mut after) = (vec![0.0; part.len()], vec![9; shape.count]);
        let own = &labels[first..first + shape.count];
        augment(
            shape,
            &choices(),
            STREAM,
            first as u64,
            &x[part],
            own,
            &mut y,
            &mut after,
            &mut workspace,
            &policy,
        )
        .unwrap();
        (y, after)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let all = run(shape, 0, usize::MAX);
    assert_eq!(pool.install(|| run(shape, 0, 0)), all);
    for i in 0..40 {
        let (y, after) = run(ImageShape { count: 1, ..shape }, i, usize::MAX);
        let per_image = shape.per_image();
        assert_eq!(y, all.0[i * per_image..(i + 1) * per_image], "image {i}");
        assert_eq!(after[0], all.1[i]);
    }
    // Another epoch is another one.
    let other = Stream { step: 8, ..STREAM };
    let (mut y, mut after) = (vec![0.0; x.len()], vec![9; 40]);
    let (mut workspace, policy) = kit();
    augment(shape, &choices(), other, 0, &x, &labels, &mut y, &mut after, &mut workspace, &policy)
        .unwrap();
    assert_ne!(y, all.0);
}

/// After the first call with a shape the workspace is large enough.
#[test]
fn a_workspace_is_kept() {
    let shape = ImageShape::new(5, 2, 20, 20);
    let (x, mut y, mut after) = (counted(shape), vec![0.0; shape.len()], [0; 5]);
    let (mut workspace, policy) = kit();
    let mut run = |workspace: &mut Workspace| {
        let labels = [0, 1, 2, 0, 1];
        augment(shape, &choices(), STREAM, 0, &x, &labels, &mut y, &mut after, workspace, &policy)
            .unwrap();
    };
    run(&mut workspace);
    let memory = (workspace.singles.as_ptr(), workspace.slots.as_ptr());
    run(&mut workspace);
    assert_eq!((workspace.singles.as_ptr(), workspace.slots.as_ptr()), memory);
    assert!(!workspace.singles.is_empty() && !workspace.slots.is_empty());
}

/// Constant images of odd sizes at many angles: in `f64` and `f32` nothing between constant and fill.
#[test]
fn constants_stay() {
    let (mut workspace, policy) = kit();
    for (h, w) in [(1, 1), (1, 9), (7, 7), (12, 5), (64, 63)] {
        let (x, mut y) = (vec![0.1_f32; h * w], vec![0.0; h * w]);
        for k in 0..200 {
            let degrees = f64::from(k) * 3.7 - 200.0;
            let rotation = Rotation { degrees, interpolation: Interpolation::Bilinear, fill: 7.0 };
            let shape = ImageShape::new(1, 1, h, w);
            rotate(shape, rotation, &x, &mut y, &mut workspace, &policy).unwrap();
            assert!(y.iter().all(|y| *y == 0.1 || *y == 7.0), "{h} × {w} at {degrees}");
        }
    }
}

#[test]
fn refusals_name_the_argument_and_write_nothing() {
    let shape = ImageShape::new(2, 1, 3, 4);
    let (x, mut y, (mut workspace, policy)) = (counted(shape), vec![7.0; 24], kit());
    let w = &mut workspace;
    let named = |result: Result<(), Error>, argument: &str| {
        assert_eq!(result.unwrap_err().argument(), argument);
    };
    let huge = ImageShape::new(usize::MAX, 2, 3, 4);
    named(flip(huge, Axis::Vertical, &x, &mut y, w, &policy), "shape");
    named(flip(shape, Axis::Vertical, &x[1..], &mut y, w, &policy), "x");
    named(flip(shape, Axis::Vertical, &x, &mut y[1..], w, &policy), "y");
    let window = Rectangle { top: 1, left: 0, height: 3, width: 4 };
    named(crop(shape, Crop { padding: 0, window, fill: 0.0 }, &x, &mut y, w, &policy), "window");
    let crop_of = |fill| Operation::Crop(Crop { padding: 2, window, fill });
    let smaller = Rectangle { height: 2, ..window };
    let small = Operation::Crop(Crop { padding: 2, window: smaller, fill: 0.0 });
    named(apply(shape, &[Some(small); 2], &x, &mut y, w, &policy), "window");
    named(apply(shape, &[Some(crop_of(f64::NAN)); 2], &x, &mut y, w, &policy), "fill");
    named(apply(shape, &[Some(crop_of(0.0)); 3], &x, &mut y, w, &policy), "operations");
    named(apply(shape, &[Some(crop_of(1e300)); 2], &x, &mut y, w, &policy), "fill");
    let noise = Noise { deviation: 0.1, clamp: Some([0.100_000_000_01, 0.100_000_000_02]) };
    named(add_noise(shape, noise, &x, &x, &mut y, w, &policy), "clamp");
    let map = [Some(5), Some(0)];
    let labels = Labels::Map(&map);
    let choice = Choice { probability: 1.0, transform: Transform::Flip(Axis::Vertical), labels };
    let mut after = [9; 2];
    let mut augmented = |labels: &[u32], stream| {
        let choices = [choice];
        augment(shape, &choices, stream, 0, &x, labels, &mut y, &mut after, w, &policy)
    };
    named(augmented(&[0, 1], STREAM), "labels");
    named(augmented(&[0, 1], Stream { number: u32::MAX, ..STREAM }), "number");
    assert_eq!((y, after), (vec![7.0; 24], [9; 2]));
}
