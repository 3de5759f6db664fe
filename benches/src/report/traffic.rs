//! How many tensors a kernel moves at least, and which plain traffic is its limit.

use crate::case::Case;
use crate::compare::interval::Ratio;
use crate::compare::results::{Line, Measured};

/// What has to be moved, whoever computes it: every tensor once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traffic {
    /// Tensors that are read or written.
    pub moved: usize,
    /// Tensors that lie in memory: one that is written in place is moved twice.
    pub held: usize,
    /// The line of the roofline that moves alike.
    pub limit: &'static str,
}

/// The traffic of a kernel; `None` of a training step, which is no map of a tensor.
#[must_use]
pub fn of(case: &Case) -> Option<Traffic> {
    let copy = |moved, held| Traffic { moved, held, limit: "copy" };
    let once = |limit| Traffic { moved: 1, held: 1, limit };
    Some(match &*case.kernel {
        "training_step" => return None,
        "l1_value" | "l2_value" => once("read"),
        "uniform_fill" | "normal_fill" => once("write"),
        "clip_value" | "clip_norm" => copy(2, 1),
        "dropout_backward" => copy(2, 2),
        kernel if kernel.contains("backward") => copy(3, 3),
        _ => copy(2, 2),
    })
}

/// Tensors that a line of the roofline reads or writes.
#[must_use]
pub fn of_plain(line: &str) -> usize {
    match line {
        "read" | "write" => 1,
        "triad" => 3,
        _ => 2,
    }
}

/// The line of the roofline of that name: of the copies, ordinary and streaming, the faster.
#[must_use]
pub fn limit<'a>(measured: &'a Measured, name: &str) -> Option<&'a Line> {
    if name == "copy" { measured.copy() } else { measured.line("roofline", name) }
}

/// Bytes a second of ours by those of the limit in the same rounds, all counted once.
#[must_use]
pub fn share(case: &Case, measured: &Measured, ours: &str) -> Option<(f64, &'static str)> {
    let traffic = of(case)?;
    let (ours, limit) = (measured.line("ours", ours)?, limit(measured, traffic.limit)?);
    let ratio = Ratio::paired(&limit.times, &ours.times)?;
    Some((ratio.mean * traffic.moved as f64 / of_plain(traffic.limit) as f64, traffic.limit))
}
