//! The one layout of every tensor in the contract.

use crate::Refusal;

/// The layout triple: element (o, c, i) lies at index `(o·channels + c)·inner + i`.
///
/// | data | triple |
/// | --- | --- |
/// | m samples of d features, row-major | `(m, d, 1)` |
/// | the same, column-major | `(1, d, m)` |
/// | images NCHW | `(n, c, h·w)` |
/// | images NHWC | `(n·h·w, c, 1)` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How often the block of all channels is repeated.
    pub outer: usize,
    /// The number of channels: the length of γ and β.
    pub channels: usize,
    /// How many neighbours in memory share a channel.
    pub inner: usize,
}

impl Shape {
    /// The shape `(outer, channels, inner)`.
    #[must_use]
    pub const fn new(outer: usize, channels: usize, inner: usize) -> Self {
        Self { outer, channels, inner }
    }

    /// The number of elements of the tensor. Saturates: no slice is that long.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.outer.saturating_mul(self.channels).saturating_mul(self.inner)
    }

    /// Whether the tensor has no element.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// m: how many values each channel has, outer · inner.
    #[must_use]
    pub const fn per_channel(&self) -> usize {
        self.outer.saturating_mul(self.inner)
    }

    /// Where value `k` of channel `c` lies, for `k < per_channel()`, `c < channels`.
    #[must_use]
    pub const fn index(&self, k: usize, c: usize) -> usize {
        ((k / self.inner) * self.channels + c) * self.inner + k % self.inner
    }

    /// The channel of the element at `index`.
    #[must_use]
    pub const fn channel_of(&self, index: usize) -> usize {
        index / self.inner % self.channels
    }

    /// The place of the element at `index` among the values of its channel: o·inner + i. To layer
    /// normalisation that is the number of its row.
    #[must_use]
    pub const fn position_of(&self, index: usize) -> usize {
        index / (self.channels * self.inner) * self.inner + index % self.inner
    }

    /// The values of channel `c`, in order.
    pub fn channel<'a, T: Copy>(&'a self, x: &'a [T], c: usize) -> impl Iterator<Item = T> + 'a {
        (0..self.per_channel()).map(move |k| x[self.index(k, c)])
    }

    /// Refuses an empty batch: a mean of nothing is nothing. No *channel* is fine.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `shape`.
    pub fn check_batch(&self) -> Result<(), Refusal> {
        if self.per_channel() > 0 {
            return Ok(());
        }
        Err(Refusal::invalid("shape", self, "at least one value per channel"))
    }

    /// Refuses rows without a feature: a mean of nothing is nothing. No *row* is fine.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming `shape`.
    pub fn check_features(&self) -> Result<(), Refusal> {
        if self.channels > 0 {
            return Ok(());
        }
        Err(Refusal::invalid("shape", self, "at least one channel"))
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "({}, {}, {})", self.outer, self.channels, self.inner)
    }
}
