//! Results past the caches: the same bits at every alignment, level and number of threads, and nothing
//! written beside them.

use super::*;

const CANARY: f64 = -777.25;

/// Shapes of every walk: rows that keep their alignment and rows that do not, pieces of several rows,
/// channels of several columns, runs of any length.
fn shapes() -> [Shape; 9] {
    [
        Shape::new(67, 48, 1),
        Shape::new(1500, 304, 1),
        Shape::new(19, 37, 1),
        Shape::new(33, 16, 3),
        Shape::new(5, 1, 1),
        Shape::new(1, 16, 1),
        Shape::new(7, 3, 64),
        Shape::new(2, 5, 77),
        Shape::new(1, 3, 5000),
    ]
}

/// y, dx of training, y and dx of inference, each of which starts at `start` of a larger buffer.
fn outputs<T: Element>(case: &Case<T>, start: usize, policy: &Policy) -> [Vec<T>; 4] {
    let Case { shape, x, gamma, beta, epsilon, dy } = case;
    let (shape, epsilon, channels) = (*shape, *epsilon, case.shape.channels);
    let buffer = || vec![T::round(CANARY); shape.len() + 2 * 16 + start];
    let mut buffers = [buffer(), buffer(), buffer(), buffer()];
    let mut moments = vec![Moments::default(); channels];
    let [mut dgamma, mut dbeta] = [vec![T::default(); channels], vec![T::default(); channels]];
    let w = &mut Workspace::new();
    let [y, dx, z, dz] = buffers.each_mut().map(|buffer| &mut buffer[start..start + shape.len()]);
    let (mean, variance) = (gamma, &vec![T::round(2.0); channels]);
    forward(shape, x, gamma, beta, epsilon, y, &mut moments, w, policy).unwrap();
    let (m, [dg, db]) = (&moments, [&mut dgamma, &mut dbeta]);
    backward(shape, x, gamma, epsilon, m, dy, dx, dg, db, w, policy).unwrap();
    inference(shape, x, gamma, beta, mean, variance, epsilon, z, w, policy).unwrap();
    inference_backward(shape, x, gamma, mean, variance, epsilon, dy, dz, dg, db, w, policy)
        .unwrap();
    for buffer in &buffers {
        let outside = buffer[..start].iter().chain(&buffer[start + shape.len()..]);
        assert!(outside.copied().all(|value| value == T::round(CANARY)), "{shape:?} at {start}");
    }
    buffers.map(|buffer| buffer[start..start + shape.len()].to_vec())
}

fn bits<T: Element>(outputs: [Vec<T>; 4]) -> Vec<u64> {
    outputs.concat().iter().map(|value| value.to_f64().to_bits()).collect()
}

fn at_every_alignment<T: Element>() {
    let never = Policy { stream_from: usize::MAX, ..serial() };
    for shape in shapes() {
        let mut random = Random(41);
        let x = laid_out::<T>(shape, |c, _| (c % 5) as f64 * 100.0 + random.normal());
        let mut case = Case::random(shape, &x, 1e-5, 43);
        case.x[shape.len() / 2] = T::round(f64::NAN);
        let expected = bits(outputs(&case, 0, &never));
        for level in Level::available() {
            let always = Policy { level, stream_from: 0, ..serial() };
            for start in 0..17 {
                let found = bits(outputs(&case, start, &always));
                assert!(found == expected, "{level:?} {shape:?} at {start}");
            }
        }
        let shared = Policy { serial_below: 0, stream_from: 0, ..Policy::default() };
        for threads in [1, 2, 3, 7] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let found = pool.install(|| bits(outputs(&case, 3, &shared)));
            assert!(found == expected, "{threads} threads, {shape:?}");
        }
    }
}

#[test]
fn streamed_results_have_the_same_bits_at_every_alignment() {
    at_every_alignment::<f32>();
    at_every_alignment::<f64>();
}
