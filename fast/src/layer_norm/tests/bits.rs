//! The same bits on every level, on any number of threads, in place, and in a used workspace.

use super::*;

/// Shapes of several tasks, in every walk.
fn shapes() -> [Shape; 8] {
    [
        Shape::new(2100, 37, 1),
        Shape::new(70, 1000, 1),
        Shape::new(9, 13000, 1),
        Shape::new(2, 40000, 1),
        Shape::new(1, 30, 1300),
        Shape::new(40, 9, 145),
        Shape::new(300, 50, 7),
        Shape::new(33000, 1, 1),
    ]
}

fn bits<T: Element>(values: &[T]) -> Vec<u64> {
    values.iter().map(|value| value.to_f64().to_bits()).collect()
}

pub(super) fn all_bits<T: Element>(results: &Results<T>) -> Vec<u64> {
    let Results { y, moments, dx, dgamma, dbeta, .. } = results;
    let moments = moments.iter().flat_map(|m| [m.shift(), m.offset(), m.second_moment()]);
    let moments: Vec<f64> = moments.collect();
    [bits(y), bits(&moments), bits(dx), bits(dgamma), bits(dbeta)].concat()
}

pub(super) fn case<T: Element>(shape: Shape) -> Case<T> {
    let mut random = Random(19);
    let x = laid_out::<T>(shape, |row, _| (row % 5) as f64 * 100.0 + random.normal());
    Case::random(shape, &x, 1e-5, 23)
}

fn on_every_level<T: Element>() {
    for shape in shapes() {
        let mut case = case::<T>(shape);
        case.x[1] = T::round(f64::NAN);
        case.dy[shape.len() - 1] = T::round(f64::NAN);
        let expected = all_bits(&case.run(&serial()));
        for level in Level::available() {
            for stream_from in [0, usize::MAX] {
                let policy = Policy { level, stream_from, ..serial() };
                assert!(all_bits(&case.run(&policy)) == expected, "{policy:?} {shape:?}");
            }
        }
    }
}

#[test]
fn every_level_gives_the_same_bits() {
    on_every_level::<f32>();
    on_every_level::<f64>();
}

fn on_any_number_of_threads<T: Element>() {
    for (threads, stream_from) in [(1, 0), (2, 0), (2, usize::MAX), (3, 0), (7, usize::MAX)] {
        let policy = Policy { serial_below: 0, stream_from, ..serial() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut most = 0;
        for shape in shapes() {
            let case = case::<T>(shape);
            let expected = all_bits(&case.run(&serial()));
            // A worker that slept may wake too late for a share: call again until one came.
            for _ in 0..if threads == 1 { 1 } else { 200 } {
                let results = oracle::in_company(&pool, || case.run(&policy));
                assert!(all_bits(&results) == expected, "{threads} threads {shape:?}");
                assert!(results.workers <= threads);
                most = most.max(results.workers);
                if results.workers > 1 {
                    break;
                }
                // On a busy machine the others may still be waiting for a core.
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        }
        assert!(most >= threads.min(2), "only {most} of {threads} workers were ever at work");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    on_any_number_of_threads::<f32>();
    on_any_number_of_threads::<f64>();
}

#[test]
fn in_place_gives_the_same_bits_and_a_used_workspace_too() {
    let (mut workspace, policy) = (Workspace::new(), serial());
    for shape in shapes() {
        let case = case::<f32>(shape);
        let expected = case.run(&policy);
        let mut results = expected.clone();
        for first in [true, false] {
            let memory = [workspace.slots.as_ptr(), workspace.planes.as_ptr()];
            twice(&case, &mut results, &mut workspace);
            assert_eq!(all_bits(&results), all_bits(&expected));
            let after = [workspace.slots.as_ptr(), workspace.planes.as_ptr()];
            assert!(first || after == memory, "allocated again for {shape:?}");
        }
        assert_eq!(workspace.workers_seen(), 1);
    }
}

/// Forward in place, then backward.
fn twice(case: &Case<f32>, results: &mut Results<f32>, workspace: &mut Workspace) {
    let Results { y, moments, dx, dgamma, dbeta, .. } = results;
    let Case { shape, x, gamma, beta, epsilon, dy } = case;
    y.copy_from_slice(x);
    forward_in_place(*shape, y, gamma, beta, *epsilon, moments, workspace, &serial()).unwrap();
    let (shape, epsilon, policy) = (*shape, *epsilon, serial());
    backward(shape, x, gamma, epsilon, moments, dy, dx, dgamma, dbeta, workspace, &policy).unwrap();
}

/// Sums in another order: what a layout's own blocks may change. Both are within the promise of
/// the truth, so within twice that of each other.
#[test]
fn layouts_agree() {
    let (rows, d) = (3, 5000);
    let mut random = Random(29);
    let values: Vec<f64> = (0..rows * d).map(|_| 1e3 + random.normal()).collect();
    let run = |shape| {
        let x = laid_out::<f32>(shape, |row, c| values[row * d + c]);
        let case = Case::plain(shape, &x, 1e-5);
        let y = case.run(&serial()).y;
        (0..rows).map(|row| case.row(&y, row)).collect::<Vec<_>>()
    };
    let (along, across) = (run(Shape::new(rows, d, 1)), run(Shape::new(1, d, rows)));
    for (a, b) in along.concat().iter().zip(across.concat()) {
        let allowed = 2.0 * oracle::allowed_f32(b, 1.0, b);
        assert!((a - b).abs() <= allowed, "{a} and {b}");
    }
}
