//! Normalisations with one fault each, and a label.
//!
//! All stand on one plain base ([`Mistake::BASE`], no fault) in `f64` that shares no code with the
//! reference: formula by formula in `base`, `forward` and `backward`; the faults and the steps they
//! change in `fault`. A fault that is a matter of rounding computes in the arithmetic of `T`; the
//! others round once at the end, so that nothing but the fault shows. Labels, clauses and sentences
//! are in the catalogue of each technique.

pub(crate) mod backward;
pub(crate) mod base;
mod fault;
pub(crate) mod forward;

use std::marker::PhantomData;

pub(crate) use fault::Fault;

use super::contract::Tensors;
use super::{Gradients, Groups, Kind};
use crate::mistake::{Bites, MistakeInfo, Trace};
use crate::technique::Planted;
use crate::{Real, Refusal, Shape, Target};

/// A normalisation with one fault.
#[derive(Debug, Clone, Copy)]
pub struct Mistake<K> {
    /// Its label, and what is known of it.
    pub info: MistakeInfo,
    pub(crate) fault: Fault,
    /// How far the mean of a group is off, in units of the largest |x|.
    pub(crate) slip: f64,
    kind: PhantomData<K>,
}

impl<K> Mistake<K> {
    /// The base of all mistakes, without a fault: a control, in no catalogue.
    pub const BASE: Self = Self::planted(Fault::None, "base", "", "nothing", "nothing");

    pub(crate) const fn planted(
        fault: Fault,
        label: &'static str,
        clause: &'static str,
        summary: &'static str,
        remedy: &'static str,
    ) -> Self {
        let info = MistakeInfo { summary, remedy, ..MistakeInfo::new(label, clause) };
        Self { info, fault, slip: 0.0, kind: PhantomData }
    }

    pub(crate) const fn seen_in(mut self, source: &'static str) -> Self {
        self.info.source = Some(source);
        self
    }

    pub(crate) const fn junk(mut self) -> Self {
        self.info.trace = Trace::Junk;
        self
    }

    pub(crate) const fn rounding(mut self) -> Self {
        self.info.trace = Trace::Rounding;
        self
    }

    pub(crate) const fn bits(mut self) -> Self {
        self.info.trace = Trace::Bits;
        self
    }

    pub(crate) const fn single_only(mut self) -> Self {
        self.info.bites = Bites::SingleOnly;
        self
    }

    /// The same with a mean that is off by `slip` times the group's largest |x|, as by another
    /// order of summation: what diagnosis must allow for.
    pub(crate) const fn slipped(mut self, slip: f64) -> Self {
        self.slip = slip;
        self
    }
}

impl<K: Kind> Mistake<K> {
    /// Checks the arguments as the fault does; what is refused may have been written to all the same.
    pub(crate) fn admit<T: Real, const N: usize>(
        self,
        shape: Shape,
        checked: Result<(), Refusal>,
        outputs: [&mut [T]; N],
    ) -> Result<(), Refusal> {
        let admitted = self.fault.admit(Groups::new(shape, K::ALONG), checked);
        if admitted.is_err() && self.fault == Fault::PartialWrite {
            outputs.into_iter().for_each(|output| output.fill(T::from_f64(0.0)));
        }
        admitted
    }

    pub(crate) fn run_forward<T: Real>(
        self,
        input: &Tensors<'_, T>,
        checked: Result<(), Refusal>,
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.admit(input.shape, checked, [&mut *y])?;
        forward::forward::<T, K>(self.fault, self.slip, input, y);
        Ok(())
    }

    pub(crate) fn run_backward<T: Real>(
        self,
        input: &Tensors<'_, T>,
        checked: Result<(), Refusal>,
        to: Gradients<'_, T>,
    ) -> Result<(), Refusal> {
        let Gradients { dx, dgamma, dbeta } = to;
        self.admit(input.shape, checked, [&mut *dx, &mut *dgamma, &mut *dbeta])?;
        backward::backward::<T, K>(self.fault, self.slip, input, Gradients { dx, dgamma, dbeta });
        Ok(())
    }

    /// What sums in another order, where the fault is that levels differ.
    pub(crate) fn other_levels<T: Real>(self) -> Vec<(String, Box<dyn Target<T>>)> {
        if self.fault != Fault::LevelBits {
            return Vec::new();
        }
        let other = Self { fault: Fault::SummedBackwards, ..self };
        vec![("other-level".into(), K::target_of(other))]
    }
}

impl<K: Kind> Planted for Mistake<K> {
    fn info(&self) -> &MistakeInfo {
        &self.info
    }

    fn target<T: Real>(self) -> Box<dyn Target<T>> {
        K::target_of(self)
    }
}
