//! The arguments that both contracts have.

use crate::refusal::{check_length, check_not_negative};
use crate::{Refusal, Shape};

/// Where the gradients go.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// The gradient by x, `shape.len()` values.
    pub dx: &'a mut [T],
    /// The gradient by γ, one per channel.
    pub dgamma: &'a mut [T],
    /// The gradient by β, one per channel.
    pub dbeta: &'a mut [T],
}

impl<T> Gradients<'_, T> {
    pub(crate) fn check(&self, shape: Shape) -> Result<(), Refusal> {
        check_length("dx", self.dx, shape.len())?;
        check_length("dgamma", self.dgamma, shape.channels)?;
        check_length("dbeta", self.dbeta, shape.channels)
    }
}

pub(crate) fn check_epsilon(epsilon: f64) -> Result<(), Refusal> {
    check_not_negative("epsilon", epsilon)
}

/// What a mistake, or a test, needs of either contract's arguments; β or dy may be empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tensors<'a, T> {
    pub(crate) shape: Shape,
    pub(crate) x: &'a [T],
    pub(crate) gamma: &'a [T],
    pub(crate) beta: &'a [T],
    pub(crate) epsilon: f64,
    pub(crate) dy: &'a [T],
}

/// The arguments of forward and backward. Both contracts have the same, but for the shapes that
/// they refuse.
macro_rules! arguments {
    ($contract:ident, $check_shape:ident) => {
        #[doc = concat!("Arguments of [`", stringify!($contract), "::forward`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct Forward<'a, T> {
            /// The layout of `x`.
            pub shape: Shape,
            /// The data, `shape.len()` values.
            pub x: &'a [T],
            /// γ, one per channel.
            pub gamma: &'a [T],
            /// β, one per channel.
            pub beta: &'a [T],
            /// ε ≥ 0, finite.
            pub epsilon: f64,
        }

        #[doc = concat!("Arguments of [`", stringify!($contract), "::backward`].")]
        #[derive(Debug, Clone, Copy)]
        pub struct Backward<'a, T> {
            /// The layout of `x` and `dy`.
            pub shape: Shape,
            /// The data that went forward.
            pub x: &'a [T],
            /// γ, one per channel.
            pub gamma: &'a [T],
            /// ε ≥ 0, finite.
            pub epsilon: f64,
            /// The gradient of the loss by y.
            pub dy: &'a [T],
        }

        impl<T> Forward<'_, T> {
            /// Refuses what the clauses do not allow; `y` is the output.
            ///
            /// # Errors
            /// [`Refusal::Invalid`] for the first argument that is wrong, in the order of the fields.
            pub fn check(&self, y: &[T]) -> Result<(), Refusal> {
                self.shape.$check_shape()?;
                check_length("x", self.x, self.shape.len())?;
                check_length("gamma", self.gamma, self.shape.channels)?;
                check_length("beta", self.beta, self.shape.channels)?;
                check_epsilon(self.epsilon)?;
                check_length("y", y, self.shape.len())
            }
        }

        impl<'a, T> Forward<'a, T> {
            pub(crate) fn tensors(&self) -> Tensors<'a, T> {
                let Self { shape, x, gamma, beta, epsilon } = *self;
                Tensors { shape, x, gamma, beta, epsilon, dy: &[] }
            }
        }

        impl<T> Backward<'_, T> {
            /// Refuses what the clauses do not allow.
            ///
            /// # Errors
            /// [`Refusal::Invalid`] for the first argument that is wrong, in the order of the fields.
            pub fn check(&self, gradients: &Gradients<'_, T>) -> Result<(), Refusal> {
                self.shape.$check_shape()?;
                check_length("x", self.x, self.shape.len())?;
                check_length("gamma", self.gamma, self.shape.channels)?;
                check_epsilon(self.epsilon)?;
                check_length("dy", self.dy, self.shape.len())?;
                gradients.check(self.shape)
            }
        }

        impl<'a, T> Backward<'a, T> {
            pub(crate) fn tensors(&self) -> Tensors<'a, T> {
                let Self { shape, x, gamma, epsilon, dy } = *self;
                Tensors { shape, x, gamma, beta: &[], epsilon, dy }
            }
        }
    };
}

pub(crate) use arguments;
