//! What the benchmarks of the normalisations share: tensors, buffers and the lines to measure.
//!
//! The kernels of a normalisation take the same arguments whichever values share their statistics,
//! and so do the references. All buffers are made once and touched before they are measured.

use criterion::{Criterion, Throughput};
use evenkeel_fast::{Element, Error, Moments, Policy, Shape, Workspace};
use nalgebra::{DMatrix, DVector};

use crate::lines::{Group, kernel, traffic};
use crate::{copy, values};

const EPSILON: f64 = 1e-5;
/// One tensor of the larger size: three of them are beyond most last-level caches.
const LARGE: usize = 128 << 20;
/// What every call has.
const VALID: &str = "valid arguments";

/// A kernel from x, γ, β and ε to y and the statistics.
pub type Forward<T> = fn(
    Shape,
    &[T],
    &[T],
    &[T],
    f64,
    &mut [T],
    &mut [Moments],
    &mut Workspace,
    &Policy,
) -> Result<(), Error>;

/// A kernel from x, γ, ε, the statistics and dy to dx, dγ and dβ.
pub type Backward<T> = fn(
    Shape,
    &[T],
    &[T],
    f64,
    &[Moments],
    &[T],
    &mut [T],
    &mut [T],
    &mut [T],
    &mut Workspace,
    &Policy,
) -> Result<(), Error>;

/// A reference from x, γ, β and ε to y and every step on the way.
pub type ReferenceForward<Y> =
    fn(&DMatrix<f64>, &DVector<f64>, &DVector<f64>, f64) -> Result<Y, evenkeel_reference::Error>;

/// A reference from x, γ, ε and dy to the gradients.
pub type ReferenceBackward<D> =
    fn(&DMatrix<f64>, &DVector<f64>, f64, &DMatrix<f64>) -> Result<D, evenkeel_reference::Error>;

/// The kernels of one normalisation in one precision.
#[derive(Debug)]
pub struct Technique<T> {
    /// Its name in all rooms: the first part of each group's name.
    pub name: &'static str,
    /// How many means and variances a tensor has.
    pub statistics: fn(Shape) -> usize,
    /// The kernel forward.
    pub forward: Forward<T>,
    /// The kernel backward.
    pub backward: Backward<T>,
}

impl<T: Element + From<f32>> Technique<T> {
    /// Forward and backward, in cache and from memory.
    ///
    /// # Panics
    /// When a kernel does not take the arguments, which are valid.
    pub fn measure(&self, criterion: &mut Criterion) {
        let (name, precision) = (self.name, std::any::type_name::<T>());
        let directions: [(_, _, Run<'_, T>); 2] =
            [("forward", 2, Step::forward), ("backward", 3, Step::backward)];
        for (direction, tensors, run) in directions {
            for place in [Place::CACHE, Place::memory::<T>()] {
                let name = format!("{name}/{direction}/{precision}/{}", place.name);
                let mut step = Step::new(self, &place);
                step.measure(&mut criterion.benchmark_group(name), &place, tensors, run);
            }
        }
    }
}

/// The specification's own speed, for the record. It knows rows of `f64` only.
///
/// # Panics
/// When the reference does not take the arguments, which are valid.
pub fn reference<Y, D>(
    criterion: &mut Criterion,
    name: &str,
    forward: ReferenceForward<Y>,
    backward: ReferenceBackward<D>,
) {
    let Place { rows, channels, .. } = Place::CACHE;
    let matrix = |seed| DMatrix::from_vec(rows, channels, values::<f64>(rows * channels, seed));
    let vector = |seed| DVector::from_vec(values::<f64>(channels, seed));
    let (x, dy, gamma, beta) = (matrix(1), matrix(2), vector(4), vector(5));
    let bytes = |tensors: u64| Throughput::Bytes(tensors * size_of_val(x.as_slice()) as u64);

    let mut group = criterion.benchmark_group(format!("{name}/reference/f64/cache"));
    group.throughput(bytes(2)).bench_function("forward", |bencher| {
        bencher.iter(|| forward(&x, &gamma, &beta, EPSILON).expect(VALID));
    });
    group.throughput(bytes(3)).bench_function("backward", |bencher| {
        bencher.iter(|| backward(&x, &gamma, EPSILON, &dy).expect(VALID));
    });
}

/// How large a tensor is, and so where it lies between two passes.
struct Place {
    name: &'static str,
    rows: usize,
    channels: usize,
    pixels: usize,
}

impl Place {
    const CACHE: Self = Self { name: "cache", rows: 1024, channels: 64, pixels: 64 };

    const fn memory<T>() -> Self {
        let rows = LARGE / 1024 / size_of::<T>();
        Self { name: "memory", rows, channels: 1024, pixels: 1024 }
    }

    /// The same values as rows of features.
    const fn features(&self) -> Shape {
        Shape::new(self.rows, self.channels, 1)
    }

    /// The same values as images.
    const fn images(&self) -> Shape {
        Shape::new(self.rows / self.pixels, self.channels, self.pixels)
    }
}

/// Every buffer that a training step needs, kept between calls. `out` is y, or dx.
struct Step<'a, T> {
    technique: &'a Technique<T>,
    x: Vec<T>,
    dy: Vec<T>,
    out: Vec<T>,
    gamma: Vec<T>,
    beta: Vec<T>,
    dgamma: Vec<T>,
    dbeta: Vec<T>,
    moments: Vec<Moments>,
}

type Run<'a, T> = fn(&mut Step<'a, T>, Shape, &mut Workspace, &Policy);

impl<'a, T: Element + From<f32>> Step<'a, T> {
    fn new(technique: &'a Technique<T>, place: &Place) -> Self {
        let (length, channels) = (place.features().len(), place.channels);
        Self {
            technique,
            x: values(length, 1),
            dy: values(length, 2),
            out: values(length, 3),
            gamma: values(channels, 4),
            beta: values(channels, 5),
            dgamma: values(channels, 6),
            dbeta: values(channels, 7),
            // As many for images, which have the same rows of channels.
            moments: vec![Moments::default(); (technique.statistics)(place.features())],
        }
    }

    /// One group: the copy, and `run` in both layouts.
    fn measure(&mut self, group: &mut Group<'_>, place: &Place, tensors: u64, run: Run<'a, T>) {
        let tensor = size_of_val(&self.x[..]) as u64;
        group.throughput(Throughput::Bytes(2 * tensor));
        traffic(group, "copy", || copy(&self.x, &mut self.out));
        group.throughput(Throughput::Bytes(tensors * tensor));
        for (name, shape) in [("fast NxC", place.features()), ("fast NCHW", place.images())] {
            // The moments that backward reads.
            self.forward(shape, &mut Workspace::new(), &Policy::default());
            kernel(group, name, |workspace, policy| run(self, shape, workspace, policy));
        }
    }
}

impl<T> Step<'_, T> {
    fn forward(&mut self, shape: Shape, workspace: &mut Workspace, policy: &Policy) {
        let Self { technique, x, gamma, beta, out, moments, .. } = self;
        (technique.forward)(shape, x, gamma, beta, EPSILON, out, moments, workspace, policy)
            .expect(VALID);
    }

    fn backward(&mut self, shape: Shape, workspace: &mut Workspace, policy: &Policy) {
        let Self { technique, x, dy, out, gamma, dgamma, dbeta, moments, .. } = self;
        (technique.backward)(
            shape, x, gamma, EPSILON, moments, dy, out, dgamma, dbeta, workspace, policy,
        )
        .expect(VALID);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_hold_the_same_rows() {
        for place in [Place::CACHE, Place::memory::<f32>(), Place::memory::<f64>()] {
            let (features, images) = (place.features(), place.images());
            assert_eq!(features.per_channel(), images.per_channel(), "{}", place.name);
            assert_eq!(features.channels, images.channels, "{}", place.name);
        }
    }

    #[test]
    fn a_large_tensor_has_the_same_bytes_in_either_precision() {
        assert_eq!(Place::memory::<f32>().features().len() * 4, LARGE);
        assert_eq!(Place::memory::<f64>().features().len() * 8, LARGE);
    }
}
