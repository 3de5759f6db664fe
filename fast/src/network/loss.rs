//! The two losses, each with its gradient in the same pass.
//!
//! ```text
//! softmax cross-entropy  L = (1/m) Σ_i (ln Σ_j e^{z_ij} − z_{i,c_i})    dz = (softmax(z) − [j = c_i])/m
//! squared error          L = 1/(2m) Σ_ij (z_ij − t_ij)²                 dz = (z − t)/m
//! ```
//!
//! In `f64`, rounded once; rows are for themselves, and their losses are added in their order.

use crate::policy::Work;
use crate::workspace::{Crew, at_least};
use crate::{Element, Error, Policy, Workspace, check};

/// What the network's output is compared with, and so which loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal<'a, T> {
    /// A class for each row, from 0 on: softmax cross-entropy.
    Classes(&'a [usize]),
    /// A value for each output, row by row: squared error.
    Values(&'a [T]),
}

impl<T: Element> Goal<'_, T> {
    /// Refuses what does not fit an output of that size.
    pub(super) fn check(&self, rows: usize, outputs: usize) -> Result<(), Error> {
        match self {
            Self::Classes(classes) => {
                check::length("classes", classes, rows)?;
                match classes.iter().find(|&&class| class >= outputs) {
                    Some(class) => {
                        Err(Error::new("classes", class.to_string(), format!("below {outputs}")))
                    }
                    None => Ok(()),
                }
            }
            Self::Values(values) => check::length("values", values, rows * outputs),
        }
    }

    /// The loss of row i, and dz times `scale`; there is room for the powers of e.
    fn of_row(&self, i: usize, z: &[T], scale: f64, dz: &mut [T], powers: &mut [f64]) -> f64 {
        match self {
            Self::Classes(classes) => cross_entropy(z, classes[i], scale, dz, powers),
            Self::Values(values) => {
                squared_error(z, &values[i * z.len()..(i + 1) * z.len()], scale, dz)
            }
        }
    }
}

fn cross_entropy<T: Element>(
    z: &[T],
    class: usize,
    scale: f64,
    dz: &mut [T],
    powers: &mut [f64],
) -> f64 {
    // NaN is lost here and comes back by the exponentials.
    let most = z.iter().fold(f64::NEG_INFINITY, |most, z| most.max(z.to_f64()));
    for (power, z) in powers.iter_mut().zip(z) {
        *power = (z.to_f64() - most).exp();
    }
    let sum: f64 = powers.iter().sum();
    for (j, (dz, power)) in dz.iter_mut().zip(&*powers).enumerate() {
        *dz = T::round((power / sum - f64::from(j == class)) * scale);
    }
    sum.ln() + (most - z[class].to_f64())
}

fn squared_error<T: Element>(z: &[T], values: &[T], scale: f64, dz: &mut [T]) -> f64 {
    for ((dz, z), t) in dz.iter_mut().zip(z).zip(values) {
        *dz = T::round((z.to_f64() - t.to_f64()) * scale);
    }
    let squares = z.iter().zip(values).map(|(z, t)| (z.to_f64() - t.to_f64()).powi(2));
    squares.sum::<f64>() / 2.0
}

/// Rows that a thread takes at a time.
const ROWS: usize = 64;

/// L, and its gradient by z.
pub(super) fn loss<T: Element>(
    goal: Goal<'_, T>,
    z: &[T],
    dz: &mut [T],
    losses: &mut [f64],
    workspace: &mut Workspace,
    policy: &Policy,
) -> f64 {
    let outputs = z.len() / losses.len();
    let scale = 1.0 / losses.len() as f64;
    let Workspace { slots, workers, .. } = workspace;
    let crew = Crew::new(policy.parallel(z.len(), Work::Heavy), workers);
    let (powers, size) = (at_least(slots, z.len()), ROWS * outputs);
    crew.each_trio([ROWS, size, size], losses, dz, powers, |k, losses, dz, powers| {
        let gradients = dz.chunks_exact_mut(outputs).zip(powers.chunks_exact_mut(outputs));
        for (i, (loss, (dz, powers))) in losses.iter_mut().zip(gradients).enumerate() {
            let i = k * ROWS + i;
            *loss = goal.of_row(i, &z[i * outputs..(i + 1) * outputs], scale, dz, powers);
        }
    });
    losses.iter().sum::<f64>() * scale
}
