//! The table of the mistakes: fault, label, clause, what was done wrong, what to do instead.

mod arguments;
mod backward;
mod forward;
mod running;

use std::sync::LazyLock;

use super::{Fault, Mistake};
use crate::mistake::{Bites, MistakeInfo, Trace};

pub(super) static ALL: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
    [forward::FORWARD, running::RUNNING, backward::BACKWARD, arguments::REST].concat()
});

pub(super) const BASE: Mistake = planted(Fault::None, "bn-base", "", "nothing", "nothing");

const fn planted(
    fault: Fault,
    label: &'static str,
    clause: &'static str,
    summary: &'static str,
    remedy: &'static str,
) -> Mistake {
    let info = MistakeInfo { summary, remedy, ..MistakeInfo::new(label, clause) };
    Mistake { info, fault, slip: 0.0 }
}

impl Mistake {
    const fn seen_in(mut self, source: &'static str) -> Self {
        self.info.source = Some(source);
        self
    }

    const fn junk(mut self) -> Self {
        self.info.trace = Trace::Junk;
        self
    }

    const fn rounding(mut self) -> Self {
        self.info.trace = Trace::Rounding;
        self
    }

    const fn bits(mut self) -> Self {
        self.info.trace = Trace::Bits;
        self
    }

    const fn single_only(mut self) -> Self {
        self.info.bites = Bites::SingleOnly;
        self
    }
}
