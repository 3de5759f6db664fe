//! Augmentation of images: the reference, the kernels, and a plain copy of the same batch.
//!
//! Criterion's GB/s count x and y: what a copy moves. Flips, shifts, crops and erasing are copies row by
//! row; a rotation reads four pixels anywhere for each that it writes; a blur of radius r does 2·(2r + 1)
//! products a pixel. `augment` does all of it, each with its probability. Batches as of handwritten digits
//! and of photographs.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evenkeel_benches::lines::{Group, alone, kernel, traffic};
use evenkeel_benches::{config, copy, values};
use evenkeel_fast::augmentation::{
    self, Axis, Blur, Border, Choice, Crop, Erasure, ImageShape, Interpolation, Labels, Noise,
    Operation, Rectangle, Rotation, Shift, Transform,
};
use evenkeel_fast::random::Stream;
use evenkeel_reference::augmentation as reference;
use nalgebra::DMatrix;

const SHAPES: [(&str, ImageShape); 2] = [
    ("256x1x28x28", ImageShape::new(256, 1, 28, 28)),
    ("32x3x224x224", ImageShape::new(32, 3, 224, 224)),
];

const STREAM: Stream = Stream { seed: 1, number: 2, step: 3 };
const VALID: &str = "valid arguments";

fn operations(shape: ImageShape) -> [(&'static str, Operation); 8] {
    let ImageShape { height, width, .. } = shape;
    let rotate =
        |interpolation| Operation::Rotate(Rotation { degrees: 17.0, interpolation, fill: 0.0 });
    let window = Rectangle { top: 1, left: 7, height, width };
    let rectangle = Rectangle { top: 3, left: 5, height: height / 3, width: width / 3 };
    let noise = Noise { deviation: 0.1, clamp: Some([0.0, 1.0]) };
    [
        ("rotate bilinear", rotate(Interpolation::Bilinear)),
        ("rotate nearest", rotate(Interpolation::Nearest)),
        ("flip", Operation::Flip(Axis::Horizontal)),
        ("shift", Operation::Shift(Shift { down: 2, right: -3, fill: 0.0 })),
        ("crop", Operation::Crop(Crop { padding: 4, window, fill: 0.0 })),
        ("noise", Operation::Noise(noise, STREAM, 0)),
        (
            "blur r=3",
            Operation::Blur(Blur { deviation: 1.0, radius: 3, border: Border::Replicate }),
        ),
        ("erase", Operation::Erase(Erasure { rectangle, fill: 0.0 })),
    ]
}

fn choices(shape: ImageShape) -> Vec<Choice<'static>> {
    let keep = |transform| Choice { probability: 0.5, transform, labels: Labels::Keep };
    let (interpolation, fill) = (Interpolation::Bilinear, 0.0);
    vec![
        keep(Transform::Flip(Axis::Horizontal)),
        keep(Transform::Rotate { degrees: [-20.0, 20.0], interpolation, fill }),
        keep(Transform::Crop { padding: shape.height / 8, fill }),
        keep(Transform::Noise(Noise { deviation: 0.1, clamp: None })),
        keep(Transform::Erase { share: [0.02, 0.3], aspect: [0.3, 3.3], attempts: 10, fill }),
    ]
}

/// What interpolates, sums and moves, of as many images in `f64`.
fn reference_lines(group: &mut Group<'_>, shape: ImageShape) {
    let ImageShape { height, width, .. } = shape;
    let image = |seed| vec![DMatrix::from_vec(height, width, values::<f64>(height * width, seed))];
    let images: Vec<_> = (0..(shape.count * shape.channels) as u32).map(image).collect();
    let interpolation = reference::Interpolation::Bilinear;
    let border = reference::Border::Replicate;
    for (name, operation) in [
        (
            "rotate bilinear",
            reference::Operation::Rotate { degrees: 17.0, interpolation, fill: 0.0 },
        ),
        ("flip", reference::Operation::Flip(reference::Axis::Horizontal)),
        ("blur r=3", reference::Operation::Blur { deviation: 1.0, radius: 3, border }),
    ] {
        alone(group, &format!("reference {name}"), || {
            images.iter().for_each(|image| {
                black_box(reference::apply(image, &operation).expect(VALID));
            });
        });
    }
}

macro_rules! lines {
    ($($name:ident $precision:ident $batch:ident)*) => {$(
        fn $name(criterion: &mut Criterion) {
            for (name, shape) in SHAPES {
                let group = format!("augmentation/{}/{name}", stringify!($precision));
                let mut group = criterion.benchmark_group(group);
                let bytes = 2 * shape.len() * size_of::<$precision>();
                group.throughput(Throughput::Bytes(bytes as u64));
                $batch(&mut group, shape);
                if shape.height < 100 {
                    reference_lines(&mut group, shape);
                }
            }
        }

        fn $batch(group: &mut Group<'_>, shape: ImageShape) {
            let (x, mut y) = (values::<$precision>(shape.len(), 1), vec![0.0; shape.len()]);
            let (labels, mut after) = (vec![0; shape.count], vec![0; shape.count]);
            traffic(group, "copy", || copy(&x, &mut y));
            for (name, operation) in operations(shape) {
                let all = vec![Some(operation); shape.count];
                kernel(group, name, |workspace, policy| {
                    augmentation::apply(shape, &all, &x, &mut y, workspace, policy).expect(VALID);
                });
            }
            let choices = choices(shape);
            kernel(group, "augment", |workspace, policy| {
                augmentation::augment(
                    shape, &choices, STREAM, 0, &x, &labels, &mut y, &mut after, workspace, policy,
                )
                .expect(VALID);
            });
        }
    )*};
}

lines! { single f32 single_batch double f64 double_batch }

criterion_group! {
    name = all;
    config = config();
    targets = single, double
}
criterion_main!(all);
