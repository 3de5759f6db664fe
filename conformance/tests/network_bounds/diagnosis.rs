//! Networks of another hand, in the arithmetic of `T`, with a mistake: it is named all the same.

use evenkeel_conformance::diagnosis::diagnose;
use evenkeel_conformance::network::{Alone, Batch, Goal, Layer, Net, Nets, Network, Rule, Taken};
use evenkeel_conformance::{Real, Refusal};

use super::forward::{Sound, WAYS, num};

/// What is done to a sound network's results.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    Nothing,
    /// The squared error without ½.
    Doubled,
    /// No gradient by x.
    NoInput,
    /// A step to the other side.
    Backwards,
    /// Running statistics as they were.
    Forgotten,
    /// The norm after clipping.
    After,
    /// Loss and penalty in one.
    InOne,
}

/// Each change and the label of the mistake that it makes.
const CHANGES: [(Change, &str); 6] = [
    (Change::Doubled, "net-no-half"),
    (Change::NoInput, "net-no-input-gradient"),
    (Change::Backwards, "net-ascent"),
    (Change::Forgotten, "net-running-forgotten"),
    (Change::After, "net-norm-after-clipping"),
    (Change::InOne, "net-penalty-in-loss"),
];

struct Changed(Sound, Change);

impl Changed {
    fn loss<T: Real>(&self, batch: &Batch<'_, T>, loss: T) -> T {
        let is_squared = matches!(batch.goal, Goal::Values(_));
        if is_squared && self.1 == Change::Doubled { loss + loss } else { loss }
    }
}

impl<T: Real> Network<T> for Changed {
    fn inference(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        self.0.inference(net, rows, x, y)
    }

    fn forward(
        &self,
        net: &Net<'_, T>,
        rows: usize,
        x: &[T],
        keep: &[bool],
        y: &mut [T],
    ) -> Result<(), Refusal> {
        Network::forward(&self.0, net, rows, x, keep, y)
    }

    fn loss(&self, net: &Net<'_, T>, batch: &Batch<'_, T>) -> Result<T, Refusal> {
        Ok(Changed::loss(self, batch, Network::loss(&self.0, net, batch)?))
    }

    fn gradients(
        &self,
        net: &Net<'_, T>,
        batch: &Batch<'_, T>,
        dx: &mut [T],
        dparameters: &mut [T],
    ) -> Result<(), Refusal> {
        Network::gradients(&self.0, net, batch, dx, dparameters)?;
        if self.1 == Change::NoInput {
            dx.fill(num(0.0));
        }
        Ok(())
    }

    fn step(
        &self,
        layers: &[Layer],
        batch: &Batch<'_, T>,
        rule: &Rule,
        parameters: &mut [T],
        statistics: &mut [T],
    ) -> Result<Taken<T>, Refusal> {
        let (theta, running) = (parameters.to_vec(), statistics.to_vec());
        let mut taken = Network::step(&self.0, layers, batch, rule, parameters, statistics)?;
        taken.loss = Changed::loss(self, batch, taken.loss);
        match self.1 {
            Change::Backwards => {
                let back = |(after, before): (&mut T, &T)| *after = *before + (*before - *after);
                parameters.iter_mut().zip(&theta).for_each(back);
            }
            Change::Forgotten => statistics.copy_from_slice(&running),
            Change::After => taken.norm = num(taken.norm.to_f64().min(rule.threshold)),
            Change::InOne => taken.loss = taken.loss + taken.penalty,
            _ => {}
        }
        Ok(taken)
    }
}

fn named<T: Real>(target: Changed) -> Vec<&'static str> {
    let diagnosis = diagnose::<Nets, T>(&Alone(target), &[]);
    diagnosis.likely.iter().map(|info| info.label).collect()
}

fn each_is_named<T: Real>() {
    for way in WAYS {
        let nothing = named::<T>(Changed(Sound(way), Change::Nothing));
        assert!(nothing.is_empty(), "{way:?} in {}: {nothing:?}", T::NAME);
        for (change, label) in CHANGES {
            let found = named::<T>(Changed(Sound(way), change));
            assert_eq!(found, [label], "{change:?} of {way:?} in {}", T::NAME);
        }
    }
}

#[test]
fn mistakes_of_another_hand_are_named() {
    each_is_named::<f32>();
    each_is_named::<f64>();
}
