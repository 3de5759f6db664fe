//! The passes of a precision: compiled once, for every level.

use fearless_simd::dispatch;

use super::filters::{self, Mean};
use super::rotation::Turn;
use crate::{Level, Workspace};

/// The passes of a precision: see [batch normalisation's](crate::batch_norm::Passes).
pub trait Passes: Sized {
    /// Rows of turned channels, from row `first` on, as many of each.
    fn turned_rows(level: Level, turn: &Turn, x: &[Self], first: usize, y: &mut [Self]);
    /// x + σ·z, limited.
    fn with_noise(
        level: Level,
        deviation: f64,
        limits: Option<[f64; 2]>,
        normals: &[Self],
        x: &[Self],
        y: &mut [Self],
    );
    /// A channel, blurred.
    fn blurred(level: Level, mean: &Mean, x: &[Self], y: &mut [Self], scratch: &mut [f64]);
    /// The largest number of the precision that is not above a number.
    fn not_above(value: f64) -> f64;
    /// The memory that a workspace has for images of this precision.
    fn images(workspace: &mut Workspace) -> &mut Vec<Self>;
}

macro_rules! passes {
    ($($precision:ident $images:ident;)*) => {$(
                impl Passes for $precision {
            #[inline(never)]
            fn turned_rows(level: Level, turn: &Turn, x: &[Self], first: usize, y: &mut [Self]) {
                dispatch!(level.token(), simd => turn.rows(simd, x, first, y));
            }

            #[inline(never)]
            fn with_noise(
                level: Level,
                deviation: f64,
                limits: Option<[f64; 2]>,
                normals: &[Self],
                x: &[Self],
                y: &mut [Self],
            ) {
                dispatch!(level.token(), _simd => {
                    filters::add_noise(deviation, limits, normals, x, y)
                });
            }

            #[inline(never)]
            fn blurred(
                level: Level,
                mean: &Mean,
                x: &[Self],
                y: &mut [Self],
                scratch: &mut [f64],
            ) {
                dispatch!(level.token(), _simd => mean.channel(x, y, scratch));
            }

            fn not_above(value: f64) -> f64 {
                let nearest = value as Self;
                let is_above = f64::from(nearest) > value;
                f64::from(if is_above { nearest.next_down() } else { nearest })
            }

            fn images(workspace: &mut Workspace) -> &mut Vec<Self> {
                &mut workspace.$images
            }
        }
    )*};
}

passes! { f32 singles; f64 planes; }
