//! Dense products: y = x·Wᵀ + b, dx = dy·W, dW = dyᵀ·x, db = Σ dy.
//!
//! 2·m·n·k operations on m·k + k·n + m·n numbers: beyond a few dozen columns the processor is the limit and
//! not the memory. The products are those of the crate `faer`: for networks as small as that of the
//! digits it is up to half as fast again as `matrixmultiply` (`cargo bench -p evenkeel-benches --bench
//! network -- product`), it allocates nothing once a thread has its memory, where that one does in
//! every call, and it is called without `unsafe`. Threads take blocks of [`ROWS`] rows of the result,
//! which the shape alone determines.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use crate::policy::Work;
use crate::workspace::{Crew, Workspace, at_least};
use crate::{Element, Policy};

/// Rows of a result that a thread takes at a time.
const ROWS: usize = 128;

/// From this many operations for each element of [`Policy::serial_below`] on threads take part: a product
/// with an element costs as much as writing it does.
const OPERATIONS: usize = 16;

/// A matrix that lies row by row.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    pub(super) values: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// The products in one precision.
pub trait Products: Copy {
    /// c ← a·b, or c + a·b.
    #[doc(hidden)]
    fn product(a: MatRef<'_, Self>, b: MatRef<'_, Self>, accum: Accum, c: MatMut<'_, Self>);
}

macro_rules! products {
    ($($type:ty)*) => { $(
        impl Products for $type {
            fn product(a: MatRef<'_, Self>, b: MatRef<'_, Self>, accum: Accum, c: MatMut<'_, Self>) {
                matmul(c, accum, a, b, 1.0, Par::Seq);
            }
        }
    )* };
}
products!(f32 f64);

impl<'a, T> Rows<'a, T> {
    /// Some of its rows.
    fn part(&self, first: usize, rows: usize) -> MatRef<'a, T> {
        let values = &self.values[first * self.columns..(first + rows) * self.columns];
        MatRef::from_row_major_slice(values, rows, self.columns)
    }

    fn all(&self) -> MatRef<'a, T> {
        self.part(0, self.rows)
    }
}

/// Calls `task(first row, its block)` for each block of a matrix of `columns`.
fn blocks<T: Element>(
    c: &mut [T],
    columns: usize,
    terms: usize,
    workspace: &Workspace,
    policy: &Policy,
    task: impl Fn(usize, &mut [T]) + Sync,
) {
    let work = c.len().saturating_mul(terms) / OPERATIONS;
    let crew = Crew::new(policy.parallel(work, Work::Medium), &workspace.workers);
    crew.each_chunk(c, ROWS * columns, |k, block| task(k * ROWS, block));
}

/// y = x·Wᵀ + b
pub(super) fn forward<T: Element>(
    x: Rows<'_, T>,
    w: Rows<'_, T>,
    b: &[T],
    y: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
) {
    blocks(y, w.rows, w.columns, workspace, policy, |first, y| {
        y.chunks_exact_mut(w.rows).for_each(|row| row.copy_from_slice(b));
        let rows = y.len() / w.rows;
        let y = MatMut::from_row_major_slice_mut(y, rows, w.rows);
        T::product(x.part(first, rows), w.all().transpose(), Accum::Add, y);
    });
}

/// dx = dy·W
pub(super) fn backward<T: Element>(
    dy: Rows<'_, T>,
    w: Rows<'_, T>,
    dx: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
) {
    blocks(dx, w.columns, w.rows, workspace, policy, |first, dx| {
        let rows = dx.len() / w.columns;
        let dx = MatMut::from_row_major_slice_mut(dx, rows, w.columns);
        T::product(dy.part(first, rows), w.all(), Accum::Replace, dx);
    });
}

/// dW = dyᵀ·x
pub(super) fn weights<T: Element>(
    dy: Rows<'_, T>,
    x: Rows<'_, T>,
    dw: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
) {
    blocks(dw, x.columns, x.rows, workspace, policy, |first, dw| {
        let rows = dw.len() / x.columns;
        let dw = MatMut::from_row_major_slice_mut(dw, rows, x.columns);
        let dy = dy.all().transpose().subrows(first, rows);
        T::product(dy, x.all(), Accum::Replace, dw);
    });
}

/// db = Σ dy over the rows, added up in `f64`
pub(super) fn biases<T: Element>(dy: Rows<'_, T>, db: &mut [T], workspace: &mut Workspace) {
    let sums = at_least(&mut workspace.slots, dy.columns);
    sums.fill(0.0);
    for row in dy.values.chunks_exact(dy.columns) {
        for (sum, dy) in sums.iter_mut().zip(row) {
            *sum += dy.to_f64();
        }
    }
    for (db, sum) in db.iter_mut().zip(sums) {
        *db = T::round(*sum);
    }
}
