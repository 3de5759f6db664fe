//! The table of the mistakes: fault, label, clause, what was done wrong, what to do instead.

mod arguments;
mod backward;
mod forward;
mod running;

use std::sync::LazyLock;

use super::Mistake;
use crate::normalization::mistakes::Fault;

pub(super) static ALL: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
    [forward::FORWARD, running::RUNNING, backward::BACKWARD, arguments::REST].concat()
});
