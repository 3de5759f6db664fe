//! All techniques, for who does not know them by name: the command and the tests.

use std::marker::PhantomData;

use crate::activation::Curves;
use crate::augmentation::Augment;
use crate::batch_norm::Batch;
use crate::capacity::Count;
use crate::clipping::Clip;
use crate::dropout::Drop;
use crate::initialization::Weights;
use crate::layer_norm::Layer;
use crate::mistake::MistakeInfo;
use crate::network::Nets;
use crate::property::Settings;
use crate::random::Source;
use crate::regularization::Penalties;
use crate::report::Report;
use crate::technique::{self, Planted, Technique};
use crate::{Real, Strength, Target};

/// A property as reports know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// Its clause.
    pub clause: &'static str,
    /// The part of the contract that it needs.
    pub part: &'static str,
    /// What the clause is worth.
    pub strength: Strength,
}

/// The suite of one technique in one precision, whatever its inputs are.
pub trait Suite<T: Real> {
    /// The technique's name.
    fn technique(&self) -> &'static str;
    /// Every property.
    fn rows(&self) -> Vec<Row>;
    /// As [`technique::count`].
    fn count(&self, target: &dyn Target<T>, wanted: &dyn Fn(&str) -> bool) -> usize;
    /// As [`technique::check`].
    fn check(
        &self,
        target: &dyn Target<T>,
        settings: Settings,
        wanted: &dyn Fn(&str) -> bool,
        progress: &mut dyn FnMut(&'static str),
    ) -> Report;
    /// Whether any property of this clause fails: without a search for the smallest input.
    fn is_broken_by(&self, target: &dyn Target<T>, clause: &str, settings: Settings) -> bool;
}

struct Of<K>(PhantomData<K>);

impl<T: Real, K: Technique> Suite<T> for Of<K> {
    fn technique(&self) -> &'static str {
        K::NAME
    }

    fn rows(&self) -> Vec<Row> {
        let row = |p: crate::Property<T, K::Case<T>>| Row {
            name: p.name,
            clause: p.clause,
            part: p.part,
            strength: p.strength,
        };
        K::properties::<T>().into_iter().map(row).collect()
    }

    fn count(&self, target: &dyn Target<T>, wanted: &dyn Fn(&str) -> bool) -> usize {
        technique::count::<K, T>(target, wanted)
    }

    fn check(
        &self,
        target: &dyn Target<T>,
        settings: Settings,
        wanted: &dyn Fn(&str) -> bool,
        progress: &mut dyn FnMut(&'static str),
    ) -> Report {
        technique::check::<K, T>(target, settings, wanted, progress)
    }

    fn is_broken_by(&self, target: &dyn Target<T>, clause: &str, settings: Settings) -> bool {
        let mut properties = K::properties::<T>().into_iter().filter(|p| p.clause == clause);
        properties.any(|property| property.is_broken_by(target, settings))
    }
}

/// Every technique's suite.
#[must_use]
pub fn all<T: Real>() -> Vec<&'static dyn Suite<T>> {
    vec![
        &Of::<Batch>(PhantomData),
        &Of::<Layer>(PhantomData),
        &Of::<Source>(PhantomData),
        &Of::<Drop>(PhantomData),
        &Of::<Weights>(PhantomData),
        &Of::<Curves>(PhantomData),
        &Of::<Penalties>(PhantomData),
        &Of::<Clip>(PhantomData),
        &Of::<Count>(PhantomData),
        &Of::<Nets>(PhantomData),
        &Of::<Augment>(PhantomData),
    ]
}

/// Every labelled mistake of every technique.
#[must_use]
pub fn mistakes() -> Vec<&'static MistakeInfo> {
    fn of<K: Technique>() -> impl Iterator<Item = &'static MistakeInfo> {
        K::mistakes().iter().map(Planted::info)
    }
    of::<Batch>()
        .chain(of::<Layer>())
        .chain(of::<Source>())
        .chain(of::<Drop>())
        .chain(of::<Weights>())
        .chain(of::<Curves>())
        .chain(of::<Penalties>())
        .chain(of::<Clip>())
        .chain(of::<Count>())
        .chain(of::<Nets>())
        .chain(of::<Augment>())
        .collect()
}

/// The mistake of that label as a target; `bn-base` and the like give the base, without a fault.
#[must_use]
pub fn mistake<T: Real>(label: &str) -> Option<Box<dyn Target<T>>> {
    fn of<K: Technique, T: Real>(label: &str) -> Option<Box<dyn Target<T>>> {
        technique::mistake::<K>(label).map(Planted::target)
    }
    of::<Batch, T>(label)
        .or_else(|| of::<Layer, T>(label))
        .or_else(|| of::<Source, T>(label))
        .or_else(|| of::<Drop, T>(label))
        .or_else(|| of::<Weights, T>(label))
        .or_else(|| of::<Curves, T>(label))
        .or_else(|| of::<Penalties, T>(label))
        .or_else(|| of::<Clip, T>(label))
        .or_else(|| of::<Count, T>(label))
        .or_else(|| of::<Nets, T>(label))
        .or_else(|| of::<Augment, T>(label))
}
