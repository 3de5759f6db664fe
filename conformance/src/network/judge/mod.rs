//! The judge's own network: nobody else's code, written from the clauses.
//!
//! | module | holds |
//! | --- | --- |
//! | `number` | what the forward pass asks of a number: [`Exact`](crate::exact::Exact) or [`Near`] |
//! | `near` | values that know how far a sound implementation may be from them |
//! | `forward` | layers and losses, over either |
//! | `backward` | back-propagation, over [`Near`] |
//! | `step` | penalty, clipping, the update and the running statistics, over [`Near`] |

mod backward;
mod forward;
mod near;
mod number;
mod step;

pub(super) use backward::gradients;
pub(super) use forward::{Mode, Pass, forward, loss};
pub(super) use near::Near;
pub(super) use number::Number;
pub(super) use step::{Stepped, step};

#[cfg(test)]
mod tests;
