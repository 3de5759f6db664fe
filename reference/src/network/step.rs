//! One step of gradient descent.

use nalgebra::DMatrix;

use super::layer::{Layer, parameters, with_parameters, with_statistics};
use super::loss::{Goal, loss, loss_gradient};
use super::passes::{backward, forward, running_statistics};
use crate::clipping::{self, NonFinite};
use crate::regularization::{self, Parameter, Penalty, Role};
use crate::{Error, check};

/// What a step learns from.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// m × n₀.
    pub x: DMatrix<f64>,
    /// A class or a row of values for each row of x.
    pub goal: Goal,
    /// A mask for each dropout layer, in their order: true where kept.
    pub keep: Vec<DMatrix<bool>>,
}

/// How a step is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// η ≥ 0.
    pub learning_rate: f64,
    /// Which penalty.
    pub penalty: Penalty,
    /// λ ≥ 0, its strength; 0 for none.
    pub lambda: f64,
    /// τ ≥ 0, the largest norm that the gradient may have; ∞ for any.
    pub threshold: f64,
}

/// What a step gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The layers after the step.
    pub layers: Vec<Layer>,
    /// L, before it.
    pub loss: f64,
    /// R, before it.
    pub penalty: f64,
    /// ‖g‖, before clipping.
    pub norm: f64,
}

/// g = ∂L/∂θ + ∂R/∂θ: the penalty's part for the weights of dense layers only.
///
/// Clause NET-12. Source: Krogh & Hertz 1991, equation 2, for L2, Tibshirani 1996 for L1; that biases are left alone: Goodfellow, Bengio &
/// Courville 2016, section 7.1.
///
/// parameters and loss_gradient: tensors of the same sizes, in the same order.
///
/// # Errors
/// `lambda`: negative or not finite. `gradient`: not a tensor of the same size for each parameter.
///
/// # Example
/// ```
/// use evenkeel_reference::network::objective_gradient;
/// use evenkeel_reference::regularization::{Parameter, Penalty, Role};
/// use nalgebra::dmatrix;
///
/// let tensor = |role| Parameter { role, values: dmatrix![4.0, -2.0] };
/// let parameters = [tensor(Role::Weight), tensor(Role::Bias)];
/// let zeros = [dmatrix![0.0, 0.0], dmatrix![0.0, 0.0]];
/// let g = objective_gradient(&parameters, &zeros, Penalty::L2, 0.5)?;
/// assert_eq!(g, [dmatrix![2.0, -1.0], dmatrix![0.0, 0.0]]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn objective_gradient(
    parameters: &[Parameter],
    loss_gradient: &[DMatrix<f64>],
    penalty: Penalty,
    lambda: f64,
) -> Result<Vec<DMatrix<f64>>, Error> {
    check::not_negative("lambda", lambda)?;
    check::length("gradient", loss_gradient.len(), parameters.len())?;
    let one = |(parameter, gradient): (&Parameter, &DMatrix<f64>)| {
        check::same_size("gradient", gradient, &parameter.values)?;
        Ok(match (parameter.role, penalty) {
            (Role::Weight, Penalty::L1) => {
                gradient + regularization::l1_gradient(lambda, &parameter.values)?
            }
            (Role::Weight, Penalty::L2) => {
                gradient + regularization::l2_gradient(lambda, &parameter.values)?
            }
            _ => gradient.clone(),
        })
    };
    parameters.iter().zip(loss_gradient).map(one).collect()
}

/// θ ← θ − η·clipped(∂L/∂θ + ∂R/∂θ), and the running statistics averaged once.
///
/// Clauses NET-12 … NET-16, NET-20. Source: Robbins & Monro 1951 for the step; its parts as the functions
/// that it calls.
///
/// # Errors
/// As [`forward`] and [`loss`]. `learning_rate`, `lambda`: negative or not finite. `threshold`: negative
/// or NaN. `gradient`: NaN or infinite somewhere.
///
/// # Example
/// ```
/// use evenkeel_reference::network::{Batch, Goal, Layer, Rule, step};
/// use evenkeel_reference::regularization::Penalty;
/// use nalgebra::{dmatrix, dvector};
///
/// // z = 2·3 + 1 = 7 for a target of 5: the loss is ½·2², its gradient 2 by z and b, 6 by W.
/// let layers = [Layer::Dense { weights: dmatrix![2.0], biases: dvector![1.0] }];
/// let batch =
///     Batch { x: dmatrix![3.0], goal: Goal::Values(dmatrix![5.0]), keep: Vec::new() };
/// let rule = Rule {
///     learning_rate: 0.25,
///     penalty: Penalty::L2,
///     lambda: 1.0, // R = ½·2², and its gradient by W is 2: 8 in all
///     threshold: f64::INFINITY,
/// };
/// let taken = step(&layers, &batch, &rule)?;
/// assert_eq!((taken.loss, taken.penalty), (2.0, 2.0));
/// assert_eq!(taken.layers, [Layer::Dense { weights: dmatrix![0.0], biases: dvector![0.5] }]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn step(layers: &[Layer], batch: &Batch, rule: &Rule) -> Result<Taken, Error> {
    check::not_negative("learning_rate", rule.learning_rate)?;
    let old = parameters(layers);
    let passed = forward(layers, &batch.x, &batch.keep)?;
    let z = &passed[layers.len()];
    let (loss, dz) = (loss(z, &batch.goal)?, loss_gradient(z, &batch.goal)?);
    let of_loss = backward(layers, &passed, &batch.keep, &dz)?.dparameters;
    let gradient = objective_gradient(&old, &of_loss, rule.penalty, rule.lambda)?;
    let clipped = clipping::by_global_norm(&gradient, rule.threshold, NonFinite::Refuse)?;
    let new: Vec<DMatrix<f64>> = old
        .iter()
        .zip(&clipped.gradients)
        .map(|(old, g)| &old.values - rule.learning_rate * g)
        .collect();
    let statistics = running_statistics(layers, &passed)?;
    Ok(Taken {
        layers: with_statistics(&with_parameters(layers, &new)?, &statistics)?,
        loss,
        penalty: regularization::network_penalty(rule.penalty, rule.lambda, &old)?,
        norm: clipped.norm,
    })
}
