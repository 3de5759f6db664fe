//! Every operation, and a policy over two epochs, on a PNG: a contact sheet.
//!
//! ```sh
//! cargo run --release --example augment_png                       # its own picture → augmentation.png
//! cargo run --release --example augment_png -- cat.png sheet.png  # a picture of yours
//! ```
//!
//! First row: the picture; 17 degrees, bilinear and nearest; a quarter turn counter-clockwise; −45
//! degrees; mirrored. Second: upside down; shifted; cropped; noisy; blurred; erased. Third and fourth: six
//! images of a policy in epoch 0 and in epoch 1. What the label 0 (left) becomes is printed.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

use evenkeel_fast::augmentation::{
    self, Axis, Blur, Border, Choice, Crop, Erasure, ImageShape, Interpolation, Labels, Noise,
    Operation, Rectangle, Rotation, Shift, Transform,
};
use evenkeel_fast::random::Stream;
use evenkeel_fast::{Policy, Workspace};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{Rgb, RgbImage};

const COLUMNS: u32 = 6;
const GAP: u32 = 4;
const FILL: f64 = 0.5;
const BILINEAR: Interpolation = Interpolation::Bilinear;

/// A mirrored left is a right, and the other way round.
const MIRRORED: [Option<u32>; 2] = [Some(1), Some(0)];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (picture, to) = match &arguments[..] {
        [] => (own_picture(), "augmentation.png"),
        [from, to] => (image::open(from)?.into_rgb8(), to.as_str()),
        _ => return Err("either nothing, or the names of two PNG files: from and to".into()),
    };
    let (width, height) = picture.dimensions();
    let shape = ImageShape::new(1, 3, height as usize, width as usize);
    let mut tiles = single(shape, &planar(&picture))?;
    tiles.extend(policy(shape, &planar(&picture))?);
    let file = BufWriter::new(File::create(to)?);
    let encoder = PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::Adaptive);
    sheet(&tiles, width, height).write_with_encoder(encoder)?;
    println!("{to}: {} tiles of {height} × {width}", tiles.len());
    Ok(())
}

/// The picture, and each operation on it.
fn single(shape: ImageShape, x: &[f32]) -> Result<Vec<Vec<f32>>, evenkeel_fast::Error> {
    let (mut workspace, policy) = (Workspace::new(), Policy::default());
    let mut tiles = vec![x.to_vec()];
    for operation in operations(shape) {
        let mut y = vec![0.0; x.len()];
        augmentation::apply(shape, &[Some(operation)], x, &mut y, &mut workspace, &policy)?;
        tiles.push(y);
    }
    Ok(tiles)
}

fn operations(shape: ImageShape) -> [Operation; 11] {
    let rotate =
        |degrees, interpolation| Operation::Rotate(Rotation { degrees, interpolation, fill: FILL });
    let ImageShape { height, width, .. } = shape;
    let window = Rectangle { top: 0, left: 0, height, width };
    let rectangle =
        Rectangle { top: height / 4, left: width / 2, height: height / 4, width: width / 3 };
    let noise = Noise { deviation: 0.15, clamp: Some([0.0, 1.0]) };
    [
        rotate(17.0, BILINEAR),
        rotate(17.0, Interpolation::Nearest),
        rotate(90.0, BILINEAR),
        rotate(-45.0, BILINEAR),
        Operation::Flip(Axis::Horizontal),
        Operation::Flip(Axis::Vertical),
        Operation::Shift(Shift { down: height as i64 / 8, right: width as i64 / 4, fill: FILL }),
        Operation::Crop(Crop { padding: height.min(width) / 8, window, fill: FILL }),
        Operation::Noise(noise, Stream { seed: 1, number: 0, step: 0 }, 0),
        Operation::Blur(Blur { deviation: 2.0, radius: 6, border: Border::Replicate }),
        Operation::Erase(Erasure { rectangle, fill: FILL }),
    ]
}

/// Six images of a policy in each of two epochs.
fn policy(shape: ImageShape, x: &[f32]) -> Result<Vec<Vec<f32>>, evenkeel_fast::Error> {
    let keep = |probability, transform| Choice { probability, transform, labels: Labels::Keep };
    let flip = Transform::Flip(Axis::Horizontal);
    let noise = Noise { deviation: 0.05, clamp: Some([0.0, 1.0]) };
    let choices = [
        Choice { labels: Labels::Map(&MIRRORED), ..keep(0.5, flip) },
        keep(
            0.8,
            Transform::Rotate { degrees: [-20.0, 20.0], interpolation: BILINEAR, fill: FILL },
        ),
        keep(1.0, Transform::Crop { padding: shape.height.min(shape.width) / 10, fill: FILL }),
        keep(0.3, Transform::Blur { deviation: [0.5, 1.5], radius: 4, border: Border::Replicate }),
        keep(0.5, Transform::Noise(noise)),
        keep(
            0.5,
            Transform::Erase { share: [0.02, 0.2], aspect: [0.3, 3.3], attempts: 10, fill: FILL },
        ),
    ];
    let (mut workspace, kernels) = (Workspace::new(), Policy::default());
    let count = COLUMNS as usize;
    let (batch, labels) = (x.repeat(count), [0; COLUMNS as usize]);
    let mut tiles = Vec::new();
    for epoch in 0..2 {
        let stream = Stream { seed: 2026, number: 0, step: epoch };
        let (mut y, mut after) = (vec![0.0; batch.len()], [0; COLUMNS as usize]);
        augmentation::augment(
            ImageShape { count, ..shape },
            &choices,
            stream,
            0,
            &batch,
            &labels,
            &mut y,
            &mut after,
            &mut workspace,
            &kernels,
        )?;
        println!("epoch {epoch}: labels {after:?}");
        tiles.extend(y.chunks(x.len()).map(<[f32]>::to_vec));
    }
    Ok(tiles)
}

/// Channel after channel, from 0 to 1.
fn planar(picture: &RgbImage) -> Vec<f32> {
    let channel = |c: usize| picture.pixels().map(move |pixel| f32::from(pixel.0[c]) / 255.0);
    (0..3).flat_map(channel).collect()
}

fn sheet(tiles: &[Vec<f32>], width: u32, height: u32) -> RgbImage {
    let rows = (tiles.len() as u32).div_ceil(COLUMNS);
    let size = [COLUMNS * (width + GAP) + GAP, rows * (height + GAP) + GAP];
    let mut sheet = RgbImage::from_pixel(size[0], size[1], Rgb([255; 3]));
    for (k, tile) in (0..).zip(tiles) {
        let (left, top) = (k % COLUMNS * (width + GAP) + GAP, k / COLUMNS * (height + GAP) + GAP);
        let pixels = (width * height) as usize;
        for (i, (row, column)) in
            (0..height).flat_map(|r| (0..width).map(move |c| (r, c))).enumerate()
        {
            let value = |c: usize| (tile[c * pixels + i].clamp(0.0, 1.0) * 255.0).round() as u8;
            sheet.put_pixel(left + column, top + row, Rgb([value(0), value(1), value(2)]));
        }
    }
    sheet
}

/// An F, which shows every turn and every mirror, on rings that show every seam; a corner of each colour.
fn own_picture() -> RgbImage {
    const SIDE: u32 = 48;
    RgbImage::from_fn(SIDE, SIDE, |column, row| {
        let is_in = |left: u32, top: u32, width: u32, height: u32| {
            (left..left + width).contains(&column) && (top..top + height).contains(&row)
        };
        let corner = |left, top| is_in(left, top, 7, 7);
        let letter = is_in(16, 10, 6, 28) || is_in(16, 10, 17, 6) || is_in(16, 21, 12, 6);
        match () {
            () if corner(2, 2) => Rgb([220, 40, 40]),
            () if corner(SIDE - 9, 2) => Rgb([40, 160, 60]),
            () if corner(2, SIDE - 9) => Rgb([50, 80, 220]),
            () if corner(SIDE - 9, SIDE - 9) => Rgb([235, 200, 40]),
            () if letter => Rgb([25, 25, 35]),
            () => {
                let (u, v) = (f64::from(column) - 23.5, f64::from(row) - 23.5);
                let ring = (u.hypot(v) * 0.7).cos();
                let shade = (205.0 + 30.0 * ring) as u8;
                Rgb([shade, shade, 255 - (255 - shade) / 2])
            }
        }
    })
}
