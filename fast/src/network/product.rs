//! Dense products: y = x·Wᵀ + b, dx = dy·W, dW = dyᵀ·x, db = Σ dy.
//!
//! 2·m·n·k operations on m·k + k·n + m·n numbers: beyond a few dozen columns the processor is the limit and
//! not the memory. The products are those of the crate `faer`: for networks as small as that of the
//! digits it is up to half as fast again as `matrixmultiply` (`cargo bench -p evenkeel-benches --bench
//! network -- product`), it allocates nothing once a thread has its memory, where that one does in
//! every call, and it is called without `unsafe`. It is given blocks of [`ROWS`] by [`COLUMNS`] of the result,
//! which the shape alone determines: on one thread, too, that is up to a quarter faster than all at once.

use faer::{Accum, MatMut, MatRef};

use crate::policy::Work;
use crate::workspace::{Crew, Workspace, at_least};
use crate::{Element, Policy};

/// Rows and columns of a result that a thread takes at a time: its columns of the right matrix stay in the
/// second cache, and rows are many enough for packing them to be worth it.
const ROWS: usize = 512;
const COLUMNS: usize = 256;

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

impl<'a, T> Rows<'a, T> {
    fn all(&self) -> MatRef<'a, T> {
        MatRef::from_row_major_slice(self.values, self.rows, self.columns)
    }
}

/// c ← a·b or c + a·b, block by block.
fn product<T: Element>(
    [a, b]: [MatRef<'_, T>; 2],
    accum: Accum,
    c: MatMut<'_, T>,
    workspace: &Workspace,
    policy: &Policy,
) {
    let work = (c.nrows() * c.ncols()).saturating_mul(a.ncols()) / OPERATIONS;
    let crew = Crew::new(policy.parallel(work, Work::Medium), &workspace.workers);
    blocks(a, b, accum, c, crew);
}

/// Halves the columns, then the rows, until it is a block.
fn blocks<T: Element>(
    a: MatRef<'_, T>,
    b: MatRef<'_, T>,
    accum: Accum,
    c: MatMut<'_, T>,
    crew: Crew<'_>,
) {
    if let Some(middle) = half(c.ncols(), COLUMNS) {
        let ((left, right), (c_left, c_right)) =
            (b.split_at_col(middle), c.split_at_col_mut(middle));
        crew.both(
            || blocks(a, left, accum, c_left, crew),
            || blocks(a, right, accum, c_right, crew),
        );
    } else if let Some(middle) = half(c.nrows(), ROWS) {
        let ((top, bottom), (c_top, c_bottom)) =
            (a.split_at_row(middle), c.split_at_row_mut(middle));
        crew.both(
            || blocks(top, b, accum, c_top, crew),
            || blocks(bottom, b, accum, c_bottom, crew),
        );
    } else {
        crew.check_in();
        T::product(a, b, accum, c);
    }
}

/// About half of `len`, a multiple of `size`; nothing where that is all.
fn half(len: usize, size: usize) -> Option<usize> {
    (len > size).then(|| len.div_ceil(2 * size) * size)
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
    y.chunks_exact_mut(w.rows).for_each(|row| row.copy_from_slice(b));
    let y = MatMut::from_row_major_slice_mut(y, x.rows, w.rows);
    product([x.all(), w.all().transpose()], Accum::Add, y, workspace, policy);
}

/// dx = dy·W
pub(super) fn backward<T: Element>(
    dy: Rows<'_, T>,
    w: Rows<'_, T>,
    dx: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
) {
    let dx = MatMut::from_row_major_slice_mut(dx, dy.rows, w.columns);
    product([dy.all(), w.all()], Accum::Replace, dx, workspace, policy);
}

/// dW = dyᵀ·x
pub(super) fn weights<T: Element>(
    dy: Rows<'_, T>,
    x: Rows<'_, T>,
    dw: &mut [T],
    workspace: &Workspace,
    policy: &Policy,
) {
    let dw = MatMut::from_row_major_slice_mut(dw, dy.columns, x.columns);
    product([dy.all().transpose(), x.all()], Accum::Replace, dw, workspace, policy);
}

/// db = Σ dy over the rows, added up in `f64`
pub(super) fn biases<T: Element>(
    dy: Rows<'_, T>,
    db: &mut [T],
    workspace: &mut Workspace,
    policy: &Policy,
) {
    let sums = at_least(&mut workspace.slots, dy.columns);
    T::sum_rows(policy.level, dy.values, sums);
    for (db, sum) in db.iter_mut().zip(sums) {
        *db = T::round(*sum);
    }
}
