//! Mistakes that show only where the data are hard, or only in the last bits.
//!
//! Their numbers are junk that nobody else gets digit by digit, so what is compared is *where* a
//! target is wrong: on constant data, far from zero, at the ends of the range, by more than half
//! a unit in the last place, between thread counts. Each mistake is put through the same and has a
//! set of such symptoms; a target with the same set has that mistake. A target with more symptoms
//! than one mistake explains has several, if together they explain all.

use std::collections::BTreeSet;

use super::answer::{Answer, ask};
use crate::mistake::{MistakeInfo, Trace};
use crate::technique::{Function, Planted, Technique};
use crate::{Real, Target};

/// Where a target is wrong: on what data, and in which function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symptom(pub &'static str, pub &'static str);

impl Symptom {
    /// Other bits on another number of threads.
    pub const THREADS: Self = Self("threads", "");
    /// Other bits at another instruction-set level.
    pub const LEVELS: Self = Self("levels", "");
}

/// The mistakes that have the target's symptoms, best first.
pub(super) fn find<K: Technique, T: Real>(
    target: &dyn Target<T>,
) -> (Vec<&'static MistakeInfo>, usize) {
    let seen = K::symptoms(target, target.promises());
    if seen.is_empty() {
        return (Vec::new(), 0);
    }
    let known: Vec<_> = K::mistakes()
        .iter()
        .filter(|mistake| [Trace::Rounding, Trace::Bits].contains(&mistake.info().trace))
        .filter(|mistake| mistake.info().bites_in(T::NAME))
        .map(|mistake| (mistake.info(), K::symptoms::<T>(&*mistake.target(), target.promises())))
        .collect();
    (cover(&seen, known), seen.len())
}

/// The one mistake that has just these symptoms, else up to three that have all of them together.
fn cover(
    seen: &BTreeSet<Symptom>,
    mut known: Vec<(&'static MistakeInfo, BTreeSet<Symptom>)>,
) -> Vec<&'static MistakeInfo> {
    known.retain(|(info, own)| !own.is_empty() && required(info, own).is_subset(seen));
    let mut left = seen.clone();
    let mut found = Vec::new();
    while found.len() < 3 && !left.is_empty() {
        let news = |own: &BTreeSet<Symptom>| own.intersection(&left).count();
        let beyond = |own: &BTreeSet<Symptom>| own.difference(seen).count();
        let Some((info, own)) =
            known.iter().max_by_key(|(_, own)| (news(own), usize::MAX - beyond(own)))
        else {
            break;
        };
        if news(own) == 0 {
            break;
        }
        found.push(*info);
        left = left.difference(own).copied().collect();
    }
    if left.is_empty() { found } else { Vec::new() }
}

/// The symptoms that a target with this mistake must have. Bits that change may come without junk.
fn required(info: &MistakeInfo, own: &BTreeSet<Symptom>) -> BTreeSet<Symptom> {
    let bits = [Symptom::THREADS, Symptom::LEVELS];
    own.iter().copied().filter(|s| info.trace != Trace::Bits || bits.contains(s)).collect()
}

/// Every answer of a target to an input that is long enough to be split.
fn answers<K: Technique, T: Real>(target: &dyn Target<T>, long: &K::Case<T>) -> Vec<Answer> {
    K::Function::ALL.iter().map(|function| ask::<K, T>(target, long, *function)).collect()
}

/// What changes the answers to a long case: the number of threads, the level.
pub(crate) fn bits_that_differ<K: Technique, T: Real>(
    target: &dyn Target<T>,
    long: &K::Case<T>,
) -> impl Iterator<Item = Symptom> {
    let threads = differs_by_threads::<K, T>(target, long).then_some(Symptom::THREADS);
    let levels = differs_by_levels::<K, T>(target, long).then_some(Symptom::LEVELS);
    threads.into_iter().chain(levels)
}

/// Whether the answers to a long case change with the number of threads.
fn differs_by_threads<K: Technique, T: Real>(target: &dyn Target<T>, long: &K::Case<T>) -> bool {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok()?;
        Some(pool.install(|| answers::<K, T>(target, long)))
    };
    matches!((on(1), on(3)), (Some(one), Some(three)) if one != three)
}

/// Whether the answers to a long case change with the instruction-set level.
fn differs_by_levels<K: Technique, T: Real>(target: &dyn Target<T>, long: &K::Case<T>) -> bool {
    let variants = target.variants();
    let own = if variants.is_empty() { Vec::new() } else { answers::<K, T>(target, long) };
    variants.iter().any(|(_, variant)| answers::<K, T>(&**variant, long) != own)
}
