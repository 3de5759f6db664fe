//! Which mistakes a target makes with arguments that it should refuse.
//!
//! These do not mix: a negative ε that is accepted is that mistake, whatever else is accepted. A
//! mistake is made if the target treats all the probes that show it as the mistake does: accepted
//! (a panic is no refusal either), refused under another name, or refused with outputs written.

use super::answer::{Answer, ask};
use super::probe::{Probe, answer_of};
use crate::Real;
use crate::batch_norm::BatchNorm;
use crate::batch_norm::mistakes::{Mistake, all};
use crate::mistake::MistakeInfo;

/// How a call with an invalid argument went.
#[derive(PartialEq, Clone, Copy)]
struct Treatment {
    refused: bool,
    rightly_named: bool,
    untouched: bool,
}

/// The mistakes made, and of the probes that show the first: how many agree, and how many there are.
pub(super) fn find<T: Real>(
    target: &dyn BatchNorm<T>,
    probes: &[Probe<T>],
) -> (Vec<&'static MistakeInfo>, usize) {
    let mut shown = Vec::new();
    for probe in probes {
        let Answer::Refused { argument, .. } = answer_of(&Mistake::BASE, probe) else { continue };
        match ask(target, &probe.case, probe.part) {
            Answer::NotOffered => {}
            answer => shown.push((probe, treatment(&answer, &argument), argument)),
        }
    }
    let mut made = Vec::new();
    let mut told = 0;
    for mistake in all() {
        let mut telling = shown.iter().filter_map(|(probe, target, argument)| {
            let mine = treatment(&answer_of(mistake, probe), argument);
            (mine != Treatment::RIGHT).then_some(mine == *target)
        });
        let count = telling.clone().count();
        if count > 0 && telling.all(|same| same) {
            told = if made.is_empty() { count } else { told };
            made.push(&mistake.info);
        }
    }
    (made, told)
}

impl Treatment {
    const RIGHT: Self = Self { refused: true, rightly_named: true, untouched: true };
}

fn treatment(answer: &Answer, expected: &str) -> Treatment {
    match answer {
        Answer::Refused { argument, untouched } => {
            Treatment { refused: true, rightly_named: argument == expected, untouched: *untouched }
        }
        _ => Treatment { refused: false, rightly_named: true, untouched: true },
    }
}
