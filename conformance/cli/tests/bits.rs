//! Kernels that give other bits at one level, or where they stream, are found, with the level named.

use evenkeel::{Fast, Precision};
use evenkeel_conformance::activation::{Activation, Backward, Forward, FromOutput};
use evenkeel_conformance::report::{Report, Standing, describe};
use evenkeel_conformance::{Real, Refusal, Settings, Target};
use evenkeel_fast::{Element, Level};

/// The kernels; where `is_faulty`, the last bit of the last y is another one.
#[derive(Clone)]
struct Kernels {
    fast: Fast,
    /// The variant that has the fault.
    faulty: String,
    is_faulty: bool,
}

/// The next number upwards: one bit, at least.
fn off_by_a_bit<T: Real>(value: T) -> T {
    let next = value.to_f64() + value.to_f64().abs().max(1e-30) * 1.2e-7;
    T::from_f64(next)
}

impl<T: Real + Element> Activation<T> for Kernels
where
    Fast: Activation<T>,
{
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        self.fast.forward(input, y)?;
        if let Some(last) = y.last_mut().filter(|_| self.is_faulty) {
            *last = off_by_a_bit(*last);
        }
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        self.fast.backward(input, dx)
    }

    fn backward_from_output(&self, input: &FromOutput<'_, T>, dx: &mut [T]) -> Result<(), Refusal> {
        self.fast.backward_from_output(input, dx)
    }
}

impl<T: Real + Element> Target<T> for Kernels
where
    Fast: Target<T>,
{
    fn name(&self) -> String {
        "kernels with a fault at one level".into()
    }

    fn activation(&self) -> Option<&dyn Activation<T>> {
        Some(self)
    }

    fn variants(&self) -> Vec<(String, Box<dyn Target<T>>)> {
        let names = Target::<T>::variants(&self.fast).into_iter().map(|(name, _)| name);
        let with = |name: &String| Self { is_faulty: *name == self.faulty, ..self.clone() };
        names.map(|name| (name.clone(), Box::new(with(&name)) as Box<dyn Target<T>>)).collect()
    }

    fn promises(&self) -> bool {
        true
    }
}

/// What the properties over levels say.
fn report<T: Precision + Element>(faulty: &str) -> Report
where
    Fast: Target<T>,
{
    let target = Kernels { fast: Fast::default(), faulty: faulty.into(), is_faulty: false };
    let wanted = |name: &str| name.starts_with("same_bits_at_every_level");
    let all = T::suites();
    let suite = all.iter().find(|suite| suite.technique() == "activation").expect("it is there");
    suite.check(&target, Settings { seed: 0, cases: 32 }, &wanted, &mut |_| {})
}

fn is_found<T: Precision + Element>(faulty: &str)
where
    Fast: Target<T>,
{
    let report = report::<T>(faulty);
    assert_eq!(report.standing(true), Standing::Broken, "{faulty} in {}", T::NAME);
    let told: Vec<_> = report.failures().into_iter().map(|outcome| describe(outcome, "")).collect();
    assert_eq!(told.len(), 2, "small inputs and many elements");
    for text in told {
        let place = format!("at level {faulty} on 1 threads");
        assert!(text.contains(&place) && text.contains("ACT-27 PROMISE"), "{faulty}:\n{text}");
    }
}

fn is_found_at_every_level<T: Precision + Element>()
where
    Fast: Target<T>,
{
    for level in Level::available() {
        is_found::<T>(level.name());
        is_found::<T>(&format!("{} streaming", level.name()));
    }
}

#[test]
fn a_bit_that_differs_at_one_level_is_found_and_the_level_named_in_f32() {
    is_found_at_every_level::<f32>();
    is_found::<f32>("serial");
}

#[test]
fn a_bit_that_differs_at_one_level_is_found_and_the_level_named_in_f64() {
    is_found_at_every_level::<f64>();
}

#[test]
fn without_the_fault_all_bits_are_the_same() {
    assert_eq!(report::<f32>("nowhere").standing(true), Standing::Holds);
    assert_eq!(report::<f64>("nowhere").standing(true), Standing::Holds);
}
