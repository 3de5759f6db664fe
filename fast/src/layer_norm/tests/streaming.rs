//! Results written past the caches: the bits are those of others, wherever the outputs start, and
//! nothing beside them is written.

use super::bits::{all_bits, case};
use super::*;

const CANARY: f64 = -777.25;
/// Numbers before and behind an output.
const AROUND: usize = 19;

/// Rows of less than a line, of several lines and a tail, and of whole lines; the last shape has its
/// rows as columns.
fn shapes() -> [Shape; 7] {
    [
        Shape::new(21, 5, 1),
        Shape::new(9, 37, 1),
        Shape::new(11, 16, 1),
        Shape::new(7, 1024, 1),
        Shape::new(6, 1000, 1),
        Shape::new(3, 33000, 1),
        Shape::new(2, 30, 21),
    ]
}

/// An output from element `start` of its memory on, between canaries.
struct Guarded<T> {
    memory: Vec<T>,
    start: usize,
}

impl<T: Element> Guarded<T> {
    fn new(len: usize, start: usize) -> Self {
        Self { memory: vec![T::round(CANARY); start + len + AROUND], start }
    }

    fn inner(&mut self) -> &mut [T] {
        let end = self.memory.len() - AROUND;
        &mut self.memory[self.start..end]
    }

    /// What was written, if nothing else was.
    fn written(mut self) -> Vec<T> {
        let inner = self.inner().to_vec();
        self.inner().fill(T::round(CANARY));
        assert!(self.memory.iter().all(|&value| value == T::round(CANARY)), "canaries");
        inner
    }
}

/// [`Case::run`] into outputs between canaries.
fn run<T: Element>(case: &Case<T>, start: usize, policy: &Policy) -> Results<T> {
    let Case { shape, x, gamma, beta, epsilon, dy } = case;
    let (shape, epsilon, rows) = (*shape, *epsilon, case.shape.per_channel());
    let new = |len| Guarded::<T>::new(len, start);
    let (mut y, mut dx) = (new(shape.len()), new(shape.len()));
    let (mut dgamma, mut dbeta) = (new(shape.channels), new(shape.channels));
    let (mut moments, mut workspace) = (vec![Moments::default(); rows], Workspace::new());
    let (y_out, memory) = (y.inner(), &mut workspace);
    forward(shape, x, gamma, beta, epsilon, y_out, &mut moments, memory, policy).unwrap();
    let (dx_out, dgamma_out, dbeta_out) = (dx.inner(), dgamma.inner(), dbeta.inner());
    backward(shape, x, gamma, epsilon, &moments, dy, dx_out, dgamma_out, dbeta_out, memory, policy)
        .unwrap();
    let [y, dx, dgamma, dbeta] = [y, dx, dgamma, dbeta].map(Guarded::written);
    Results { y, moments, dx, dgamma, dbeta, workers: 0 }
}

fn at_every_alignment<T: Element>() {
    for shape in shapes() {
        let case = case::<T>(shape);
        let never = Policy { stream_from: usize::MAX, ..serial() };
        let expected = all_bits(&case.run(&never));
        for level in Level::available() {
            let always = Policy { stream_from: 0, level, ..serial() };
            for start in 0..17 {
                let results = run(&case, start, &always);
                assert!(all_bits(&results) == expected, "{level:?} {shape:?} from {start} on");
            }
        }
    }
}

#[test]
fn streamed_results_are_the_same_at_every_alignment_and_nothing_beside_them_is_written() {
    at_every_alignment::<f32>();
    at_every_alignment::<f64>();
}
