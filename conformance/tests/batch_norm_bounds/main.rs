//! That the bounds of batch normalisation are true and not slack.

mod algorithms;
mod data;
mod robust;
mod sweep;
mod truth;

use algorithms::{Algorithm, SOUND};
use evenkeel_conformance::batch_norm::{BatchNorm, Reference};
use evenkeel_conformance::{Real, Strength};
use robust::Shifted;
use sweep::{Judge, QUANTITIES, Table};

/// Every sound algorithm on cases 0 … count − 1.
fn sweep<T: Real>(count: u64) -> Vec<Table> {
    let mut tables = vec![Table::default(); SOUND.len()];
    for seed in 0..count {
        let case = data::case::<T>(seed);
        let judge = Judge::new(Strength::Must, &case);
        for (table, algorithm) in tables.iter_mut().zip(&SOUND) {
            judge.enter(table, &case, algorithm);
        }
    }
    tables
}

fn no_alarm_and_not_slack<T: Real>(count: u64) {
    let tables = sweep::<T>(count);
    let mut all = Table::default();
    for (table, algorithm) in tables.iter().zip(SOUND) {
        table.print(&format!("{algorithm:?}, {}, {count} cases", T::NAME));
        all.merge(table);
    }
    all.print(&format!("all sound algorithms, {}, {count} cases each", T::NAME));
    for (name, worst) in QUANTITIES.iter().zip(&all.0) {
        assert_eq!(worst.alarms, 0, "{name} in {}: a false alarm", T::NAME);
        assert!(worst.short >= 0.02, "{name} in {}: slack, {}", T::NAME, worst.short);
    }
}

#[test]
fn sound_algorithms_stay_within_must_in_f32() {
    no_alarm_and_not_slack::<f32>(400);
}

#[test]
fn sound_algorithms_stay_within_must_in_f64() {
    no_alarm_and_not_slack::<f64>(200);
}

#[test]
#[ignore = "a minute or more: cargo test --release -p evenkeel-conformance --test batch_norm_bounds -- --ignored --nocapture"]
fn ten_thousand_cases_each() {
    no_alarm_and_not_slack::<f32>(10_000);
    no_alarm_and_not_slack::<f64>(10_000);
}

/// The share of `cases` normal channels of 64 values in which y leaves its bound.
fn flagged(algorithm: Algorithm, condition: f64, cases: u64) -> f64 {
    let hits = (0..cases).filter(|&seed| {
        let case = data::plain::<f32>(seed, 64, condition);
        Judge::new(Strength::Must, &case).flags_forward(&case, &algorithm)
    });
    hits.count() as f64 / cases as f64
}

#[test]
fn one_pass_variance_in_f32_is_flagged() {
    for (condition, least) in [(100.0, 0.75), (1e4, 1.0)] {
        let share = flagged(Algorithm::OnePass, condition, 2000);
        println!("one pass in f32, mean/std {condition}: {:.1} % flagged", 100.0 * share);
        assert!(share >= least, "only {share} at mean/std {condition}");
    }
}

/// SHOULD on hard data, for sound algorithms made robust, and for the reference on f32 data.
fn robust_sweep<T: Real>(count: u64) -> Table {
    let mut table = Table::default();
    let inner = [Algorithm::Sequential, Algorithm::Pairwise, Algorithm::Welford];
    for seed in 0..count {
        let case = data::hard::<T>(seed);
        let judge = Judge::new(Strength::Should, &case);
        for algorithm in inner {
            judge.enter_training(&mut table, &case, &Shifted(algorithm));
        }
        if T::NAME == "f32" {
            judge.enter_training(&mut table, &case, &Reference as &dyn BatchNorm<T>);
        }
    }
    table
}

fn no_alarm_on_hard_data<T: Real>(count: u64) {
    let table = robust_sweep::<T>(count);
    table.print(&format!("robust algorithms on hard data, {}, {count} cases", T::NAME));
    for (name, worst) in QUANTITIES.iter().zip(&table.0).take(4) {
        assert_eq!(worst.alarms, 0, "{name} in {}: a false alarm", T::NAME);
        assert!(worst.short >= 0.02, "{name} in {}: slack, {}", T::NAME, worst.short);
        // Hard data is no excuse: most of it is judged.
        assert!(worst.compared > 2 * worst.untold, "{name} in {}: {worst:?}", T::NAME);
    }
}

#[test]
fn robust_algorithms_stay_within_should_in_f32() {
    no_alarm_on_hard_data::<f32>(400);
}

#[test]
fn robust_algorithms_stay_within_should_in_f64() {
    no_alarm_on_hard_data::<f64>(400);
}
