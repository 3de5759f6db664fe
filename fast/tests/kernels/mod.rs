//! Every kernel that writes tensors, called through the public functions: for tests that hold all of them
//! to the same.

mod fused_layers;
mod layers;
mod others;

use std::cell::RefCell;

use evenkeel_fast::random::Stream;
use evenkeel_fast::{
    Element, Error, Moments, Policy, Shape, Workspace, batch_norm, layer_norm, streaming,
};

const STREAM: Stream = Stream { seed: 0x5eed, number: 3, step: 9 };
const EPSILON: f64 = 1e-5;

/// The inputs of all kernels for one shape.
pub(crate) struct Case<T> {
    shape: Shape,
    x: Input<T>,
    dy: Input<T>,
    gamma: Input<T>,
    beta: Input<T>,
    mean: Input<T>,
    variance: Input<T>,
    by_channel: Vec<Moments>,
    by_row: Vec<Moments>,
}

/// A tensor that ends where its allocation does: who reads on is seen by a sanitizer.
struct Input<T> {
    values: Box<[T]>,
    start: usize,
}

impl<T> std::ops::Deref for Input<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.values[self.start..]
    }
}

type Call<'a, T> = Box<dyn Fn(&mut [&mut [T]], &mut Workspace, &Policy) -> Result<(), Error> + 'a>;

/// A kernel and the lengths of what it writes.
pub(crate) struct Kernel<'a, T> {
    pub(crate) name: String,
    pub(crate) lengths: Vec<usize>,
    pub(crate) call: Call<'a, T>,
}

/// Numbers of many sizes, and zeros of both signs: the same on every machine.
fn number(seed: u64, at: usize) -> f64 {
    let mut z = (at as u64 ^ (seed << 40)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    let fraction = (z >> 11) as f64 * 2.0_f64.powi(-51) - 2.0;
    match z % 64 {
        0 => 0.0,
        1 => -0.0,
        2 => fraction * 2.0_f64.powi(-130), // subnormal in f32
        3..6 => fraction * 2.0_f64.powi(-20),
        6..9 => fraction * 512.0,
        _ => fraction,
    }
}

impl<T: Element> Case<T> {
    /// Tensors that start `start` elements after the start of an allocation.
    pub(crate) fn new(shape: Shape, start: usize, round: impl Fn(f64) -> T) -> Self {
        let tensor = |seed, len: usize, of: fn(f64) -> f64| {
            let values = (0..start + len).map(|i| round(of(number(seed, i.wrapping_sub(start)))));
            Input { values: values.collect(), start }
        };
        let (len, channels) = (shape.len(), shape.channels);
        let mut case = Self {
            shape,
            x: tensor(1, len, |v| v),
            dy: tensor(2, len, |v| v),
            gamma: tensor(3, channels, |v| v),
            beta: tensor(4, channels, |v| v),
            mean: tensor(5, channels, |v| v),
            variance: tensor(6, channels, f64::abs),
            by_channel: vec![Moments::default(); channels],
            by_row: vec![Moments::default(); shape.outer * shape.inner],
        };
        case.fill_moments();
        case
    }

    fn fill_moments(&mut self) {
        let (workspace, policy) = (&mut Workspace::new(), &Policy::default());
        let y = &mut vec![T::default(); self.x.len()];
        let Self { shape, x, gamma, beta, by_channel, by_row, .. } = self;
        let shape = *shape;
        batch_norm::statistics(shape, x, by_channel, workspace, policy).unwrap();
        layer_norm::forward(shape, x, gamma, beta, EPSILON, y, by_row, workspace, policy).unwrap();
    }

    /// All kernels.
    pub(crate) fn kernels(&self) -> Vec<Kernel<'_, T>> {
        let mut all = Vec::new();
        self.normalizations(&mut all);
        self.activations(&mut all);
        self.fused_layers(&mut all);
        self.draws(&mut all);
        self.dropouts(&mut all);
        self.regularizations(&mut all);
        self.clippings(&mut all);
        self.augmentations(&mut all);
        all.push(self.map("copy", |x, y, _, policy| {
            streaming::copy(policy.level, x, y);
            Ok(())
        }));
        all
    }

    /// A kernel from x to one tensor of the same length.
    fn map<'a>(
        &'a self,
        name: impl Into<String>,
        call: impl Fn(&[T], &mut [T], &mut Workspace, &Policy) -> Result<(), Error> + 'a,
    ) -> Kernel<'a, T> {
        Kernel {
            name: name.into(),
            lengths: vec![self.x.len()],
            call: Box::new(move |to, workspace, policy| call(&self.x, to[0], workspace, policy)),
        }
    }

    /// [`Case::map`], with room for what is written besides. It is lent, so that a test can count what the
    /// kernel itself allocates.
    fn map_lent<'a, U: 'a>(
        &'a self,
        name: impl Into<String>,
        room: Vec<U>,
        call: impl Fn(&[T], &mut [T], &mut [U], &mut Workspace, &Policy) -> Result<(), Error> + 'a,
    ) -> Kernel<'a, T> {
        let room = RefCell::new(room);
        self.map(name, move |x, y, workspace, policy| {
            call(x, y, &mut room.borrow_mut(), workspace, policy)
        })
    }

    /// A kernel that changes its input.
    fn in_place<'a>(
        &'a self,
        name: impl Into<String>,
        call: impl Fn(&mut [T], &mut Workspace, &Policy) -> Result<(), Error> + 'a,
    ) -> Kernel<'a, T> {
        self.map(name, move |x, y, workspace, policy| {
            y.copy_from_slice(x);
            call(y, workspace, policy)
        })
    }

    /// A kernel that gives one number.
    fn value<'a>(
        &'a self,
        name: impl Into<String>,
        call: impl Fn(&[T], &mut Workspace, &Policy) -> Result<T, Error> + 'a,
    ) -> Kernel<'a, T> {
        Kernel {
            name: name.into(),
            lengths: vec![1],
            call: Box::new(move |to, workspace, policy| {
                to[0][0] = call(&self.x, workspace, policy)?;
                Ok(())
            }),
        }
    }

    /// A kernel that gives dx, dγ and dβ.
    fn gradients<'a>(&'a self, name: &str, call: Call<'a, T>) -> Kernel<'a, T> {
        let Shape { channels, .. } = self.shape;
        Kernel { name: name.into(), lengths: vec![self.x.len(), channels, channels], call }
    }
}
