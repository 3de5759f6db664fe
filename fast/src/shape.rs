//! The layout triple: every dense tensor with one channel axis is `outer × channels × inner`.

/// A dense tensor whose element (o, c, i) stands at `(o·channels + c)·inner + i`.
///
/// | data | triple |
/// | --- | --- |
/// | batch of rows, row-major | `(m, d, 1)` |
/// | batch of rows, column-major | `(1, d, m)` |
/// | images, NCHW | `(n, c, h·w)` |
/// | images, NHWC | `(n·h·w, c, 1)` |
///
/// Any product of the three may be 0; what a function makes of it stands in its documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How often the channels are gone through.
    pub outer: usize,
    /// The number of channels: the axis along which the parameters lie.
    pub channels: usize,
    /// How many values of one channel stand together.
    pub inner: usize,
}

impl Shape {
    /// The triple (outer, channels, inner).
    pub const fn new(outer: usize, channels: usize, inner: usize) -> Self {
        Self { outer, channels, inner }
    }

    /// The number of elements. It stops at `usize::MAX`, which no slice can have.
    pub const fn len(&self) -> usize {
        self.outer.saturating_mul(self.channels).saturating_mul(self.inner)
    }

    /// Whether there is no element.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// m = outer·inner: the number of values in one channel.
    pub const fn per_channel(&self) -> usize {
        self.outer.saturating_mul(self.inner)
    }
}
