//! Which mistakes a target makes with arguments that it should refuse.
//!
//! These do not mix: a negative ε that is accepted is that mistake, whatever else is accepted. A
//! mistake is made if the target treats all the probes that show it as the mistake does: accepted
//! (a panic is no refusal either), refused under another name, or refused with outputs written.

use super::answer::{Answer, Probe, answer_of, ask};
use crate::mistake::MistakeInfo;
use crate::technique::{Planted, Technique};
use crate::{Real, Target};

/// How a call with an invalid argument went.
#[derive(PartialEq, Clone, Copy)]
struct Treatment {
    refused: bool,
    rightly_named: bool,
    untouched: bool,
}

/// The mistakes made, and of the probes that show the first: how many agree, and how many there are.
pub(super) fn find<K: Technique, T: Real>(
    target: &dyn Target<T>,
    probes: &[Probe<K, T>],
) -> (Vec<&'static MistakeInfo>, usize) {
    let mut shown = Vec::new();
    for probe in probes {
        let own = answer_of::<K, T>(K::base(), &probe.case, probe.function);
        let Answer::Refused { argument, .. } = own else { continue };
        match ask::<K, T>(target, &probe.case, probe.function) {
            Answer::NotOffered => {}
            answer => shown.push((probe, treatment(&answer, &argument), argument)),
        }
    }
    let mut made = Vec::new();
    let mut told = 0;
    for mistake in K::mistakes() {
        let mut telling = shown.iter().filter_map(|(probe, target, argument)| {
            let own = answer_of::<K, T>(*mistake, &probe.case, probe.function);
            let mine = treatment(&own, argument);
            (mine != Treatment::RIGHT).then_some(mine == *target)
        });
        let count = telling.clone().count();
        if count > 0 && telling.all(|same| same) {
            told = if made.is_empty() { count } else { told };
            made.push(mistake.info());
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
