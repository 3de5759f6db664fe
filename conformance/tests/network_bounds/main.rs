//! Sound networks, two in the arithmetic of `T` and the reference: none may break a bound, and they come near
//! enough to show that no bound is idle.
//!
//! ```sh
//! # Ten thousand inputs a property; prints how near each comes to its bound.
//! cargo test --release -p evenkeel-conformance --test network_bounds -- --ignored --nocapture
//! ```

mod backward;
mod diagnosis;
mod forward;
mod step;

use evenkeel_conformance::network::{Alone, Nets};
use evenkeel_conformance::technique::Technique;
use evenkeel_conformance::{Real, Reference, Settings, Strength, Target};

use forward::{Sound, WAYS};

/// Whether a property holds numbers against the judge's: not two calls of one target, nor refusals or bits.
fn measures(name: &str) -> bool {
    ![
        "alone",
        "other_rows",
        "constant_on_all",
        "rate_0",
        "same_call",
        "not_allowed",
        "do_not_fit",
        "no_row",
    ]
    .iter()
    .chain(&["not_finite", "spoilt"])
    .any(|part| name.contains(part))
}

/// Both ways, and the reference.
fn sound_targets<T: Real>() -> Vec<Box<dyn Target<T>>> {
    let ways = WAYS.map(|way| Box::new(Alone(Sound(way))) as Box<dyn Target<T>>);
    ways.into_iter().chain([Box::new(Reference) as Box<dyn Target<T>>]).collect()
}

fn no_bound_is_broken<T: Real>(cases: u32) {
    for property in Nets::properties::<T>() {
        if property.strength == Strength::Promise {
            continue;
        }
        let mut nearest = 0.0_f64;
        let mut told = [0; 2];
        for target in sound_targets::<T>() {
            let outcome = property.run(&*target, Settings { seed: 0, cases });
            let what = format!("{} of {} in {}", property.name, target.name(), T::NAME);
            if let Some(failure) = outcome.failure {
                panic!("{what}: {:?}\n{:?}", failure.finding, failure.smallest);
            }
            nearest = nearest.max(outcome.worst.ratio);
            told = [told[0] + outcome.passed, told[1] + outcome.cannot_tell];
        }
        let (name, [passed, untold]) = (property.name, told);
        println!(
            "{} {} {name:48} error/bound {nearest:.3}, {untold} of {} cannot tell",
            property.clause,
            T::NAME,
            passed + untold
        );
        assert!(untold * 2 <= passed, "{name}: {untold} of {} cannot tell", passed + untold);
        // γₙ allows every rounding the same sign. Of n = 17 to 70 terms √n of it are seen, and a wide network has
        // four such sums one behind the other on the way to its output, six on the way back to its input.
        let least = if name.contains("wide") { 0.0001 } else { 0.02 };
        assert!(!measures(name) || nearest >= least, "{name}: the bound is idle, {nearest}");
    }
}

#[test]
fn sound_networks_break_no_bound() {
    no_bound_is_broken::<f32>(2000);
    no_bound_is_broken::<f64>(400);
}

#[test]
#[ignore = "minutes: ten thousand inputs a property"]
fn sound_networks_break_no_bound_on_ten_thousand_inputs() {
    no_bound_is_broken::<f32>(10_000);
    no_bound_is_broken::<f64>(10_000);
}
