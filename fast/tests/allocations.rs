//! What a training step and every kernel ask of the allocator: nothing, from the second call on.

mod kernels;

use evenkeel_fast::activation::Curve;
use evenkeel_fast::network::{Batch, Goal, Layer, Masks, Network, Rule, Scratch};
use evenkeel_fast::regularization::Penalty;
use evenkeel_fast::{Element, Error, Policy, Shape, Workspace};
use kernels::Case;

/// The network of the digits.
const LAYERS: [Layer; 9] = [
    Layer::dense(64, 128),
    Layer::batch_norm(128),
    Layer::Activation(Curve::Relu),
    Layer::dropout(0.2),
    Layer::dense(128, 64),
    Layer::batch_norm(64),
    Layer::Activation(Curve::Relu),
    Layer::dropout(0.2),
    Layer::dense(64, 10),
];

const ROWS: usize = 64;
const RULE: Rule = Rule { learning_rate: 0.1, penalty: Penalty::L2, lambda: 1e-4, threshold: 0.5 };

/// The number of allocations of a step and of inference, the first and the second time.
fn allocations<T: Element + From<f32>>() -> Result<[[u64; 2]; 2], Error> {
    let mut network = Network::<T>::new(&LAYERS)?;
    let mut scratch = Scratch::default();
    network.initialize(1, &mut scratch)?;
    let x: Vec<T> = (0..ROWS * 64).map(|i| T::from((i % 17) as f32 / 16.0)).collect();
    let classes: Vec<usize> = (0..ROWS).map(|i| i % 10).collect();
    let mut z = vec![T::default(); ROWS * 10];
    let goal = Goal::Classes(&classes);
    let mut calls = |step| {
        let batch = Batch { rows: ROWS, x: &x, goal, masks: Masks::Drawn { seed: 1, step } };
        let of_step = allocation_counter::measure(|| {
            network.step(&batch, &RULE, &mut scratch).unwrap();
        });
        let of_inference = allocation_counter::measure(|| {
            network.inference(ROWS, &x, &mut z, &mut scratch).unwrap();
        });
        [of_step.count_total, of_inference.count_total]
    };
    Ok([calls(0), calls(1)])
}

#[test]
fn a_step_allocates_nothing() -> Result<(), Error> {
    for [first, second] in [allocations::<f32>()?, allocations::<f64>()?] {
        assert!(first[0] > 0, "the first step has to make room: is anything counted?");
        assert_eq!(second, [0, 0], "allocations of the second step and of inference after it");
    }
    Ok(())
}

/// The names of the kernels that allocate in a second call with the same workspace.
fn wasteful<T: Element>(shape: Shape, policy: Policy, round: fn(f64) -> T) -> Vec<String> {
    let case = Case::new(shape, 0, round);
    let mut found = Vec::new();
    for kernel in case.kernels() {
        let mut outputs: Vec<Vec<T>> =
            kernel.lengths.iter().map(|&len| vec![T::default(); len]).collect();
        let mut slices: Vec<&mut [T]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        let mut workspace = Workspace::new();
        (kernel.call)(&mut slices, &mut workspace, &policy).unwrap();
        let second = allocation_counter::measure(|| {
            (kernel.call)(&mut slices, &mut workspace, &policy).unwrap();
        });
        if second.count_total > 0 {
            found.push(format!("{}: {}", kernel.name, second.count_total));
        }
    }
    found
}

#[test]
fn no_kernel_allocates_in_its_second_call() {
    // On one thread: those of a pool count for themselves.
    for (stream_from, shape) in [
        (usize::MAX, Shape::new(300, 67, 1)),
        (0, Shape::new(300, 67, 1)),
        (usize::MAX, Shape::new(2, 5, 515)),
        (0, Shape::new(2, 5, 515)),
    ] {
        let policy = Policy { serial_below: usize::MAX, stream_from, ..Policy::default() };
        assert_eq!(wasteful::<f32>(shape, policy, |v| v as f32), [""; 0], "f32, {shape:?}");
        assert_eq!(wasteful::<f64>(shape, policy, |v| v), [""; 0], "f64, {shape:?}");
    }
}
