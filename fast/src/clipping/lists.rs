//! A list of tensors, shared out to all threads as one.
//!
//! Hazard: a task for each tensor costs a thousand small ones more than their elements, and leaves one
//! large tensor to one thread.
//!
//! Method: the list is halved by elements, again and again, until a share is small. Only a tensor that is
//! alone is cut. No list is made and nothing allocated.

use crate::workspace::Crew;

/// Elements that are not shared out further.
const SHARE: usize = 1 << 15;

/// Where a piece begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// The number of its tensor.
    pub(super) tensor: usize,
    /// The element of it.
    pub(super) at: usize,
}

impl Start {
    /// The `len` elements of another list of the same shape that stand there.
    pub(super) fn of<T>(self, tensor: &[T], len: usize) -> &[T] {
        &tensor[self.at..self.at + len]
    }
}

/// The elements of all tensors.
pub(super) fn count<T, G: AsRef<[T]>>(tensors: &[G]) -> usize {
    tensors.iter().map(|tensor| tensor.as_ref().len()).sum()
}

/// Calls `task` with pieces that are all elements of all tensors together.
pub(super) fn each_piece<T: Send>(
    crew: Crew<'_>,
    tensors: &mut [&mut [T]],
    task: impl Fn(Start, &mut [T]) + Sync,
) {
    share(crew, Start { tensor: 0, at: 0 }, tensors, &task);
}

fn share<T: Send>(
    crew: Crew<'_>,
    start: Start,
    tensors: &mut [&mut [T]],
    task: &(impl Fn(Start, &mut [T]) + Sync),
) {
    let elements = count::<T, _>(tensors);
    match tensors {
        _ if !crew.is_parallel() || elements <= SHARE => {
            crew.check_in();
            for (k, tensor) in tensors.iter_mut().enumerate() {
                task(Start { tensor: start.tensor + k, ..start }, tensor);
            }
        }
        [alone] => {
            let middle = elements / 2;
            let (left, right) = alone.split_at_mut(middle);
            let after = Start { at: start.at + middle, ..start };
            crew.both(
                || share(crew, start, &mut [left], task),
                || share(crew, after, &mut [right], task),
            );
        }
        _ => {
            let middle = halfway(tensors, elements);
            let (left, right) = tensors.split_at_mut(middle);
            let after = Start { tensor: start.tensor + middle, at: 0 };
            crew.both(|| share(crew, start, left, task), || share(crew, after, right, task));
        }
    }
}

/// How many of two tensors or more make up half of the elements: not none, not all.
fn halfway<T>(tensors: &[&mut [T]], elements: usize) -> usize {
    let mut before = 0;
    let last = tensors.iter().position(|tensor| {
        before += tensor.len();
        2 * before >= elements
    });
    last.map_or(1, |last| last + 1).min(tensors.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workers;

    /// Every element is met once, and where it stands: whatever the sizes.
    #[test]
    fn pieces_are_all_elements() {
        let workers = Workers::default();
        let sizes: [&[usize]; 6] =
            [&[], &[0, 0], &[3 * SHARE + 5], &[256; 1000], &[7, 0, 5 * SHARE, 3], &[2 * SHARE, 1]];
        for parallel in [false, true] {
            for sizes in sizes {
                let mut list: Vec<Vec<u32>> = sizes.iter().map(|&size| vec![0; size]).collect();
                let mut tensors: Vec<&mut [u32]> = list.iter_mut().map(Vec::as_mut_slice).collect();
                each_piece(Crew::new(parallel, &workers), &mut tensors, |start, piece| {
                    assert!(!parallel || piece.len() <= SHARE, "a share is small");
                    for (i, element) in piece.iter_mut().enumerate() {
                        *element += (10_000_000 * start.tensor + start.at + i + 1) as u32;
                    }
                });
                for (t, tensor) in list.iter().enumerate() {
                    let expected = |i: usize| (10_000_000 * t + i + 1) as u32;
                    assert!(tensor.iter().enumerate().all(|(i, &found)| found == expected(i)));
                }
            }
        }
    }
}
