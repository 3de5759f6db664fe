//! What training says.

use evenkeel_fast::capacity::loss_gap;

use super::agreement::{Agreement, STEPS};
use super::epochs::{Epoch, Trained};
use super::regression::Regression;
use crate::table::{self, table};

/// How far the target's parameters are from the reference's.
pub(super) fn agreement(told: &Agreement) -> String {
    let mut header = vec!["network on digits, in step with the reference".to_string()];
    header.extend(STEPS.map(|step| format!("step {step}\nerror/bound")));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = table(&header, 1);
    let bounds = ["f32, within 4 spreads of ten runs", "f64, within 10⁻⁹ of the layer's largest"];
    for (bound, ratios) in bounds.into_iter().zip([told.single, told.double]) {
        let mut row = vec![bound.to_string()];
        row.extend(ratios.map(ratio));
        table.add_row(row);
    }
    table.to_string()
}

fn ratio(ratio: f64) -> String {
    match ratio {
        _ if ratio > 0.0 && ratio < 1e-3 => format!("{ratio:.0e}"),
        _ if ratio <= 1.0 => format!("{ratio:.3}"),
        _ if ratio < 1e4 => format!("{ratio:.1} BROKEN"),
        _ => format!("{ratio:.0e} BROKEN"),
    }
}

/// The epochs that are shown.
const SHOWN: [u32; 7] = [1, 2, 3, 5, 10, 20, 30];

/// Losses by epoch, accuracies, and what a step takes beside the reference's.
pub(super) fn epochs(trained: &Trained) -> String {
    let header = [
        "network on digits, mean of 5 seeds",
        "loss\nwith dropout",
        "loss\ntrain",
        "loss\ntest",
        "gap",
        "right\ntest",
    ];
    let mut table = table(&header, 1);
    for epoch in trained.epochs.iter().filter(|epoch| SHOWN.contains(&epoch.number)) {
        let Epoch { number, training, train, test, accuracy } = *epoch;
        let mut row = vec![format!("epoch {number}")];
        row.extend([training, train, test, loss_gap(train, test)].map(|loss| format!("{loss:.4}")));
        row.push(table::percent(accuracy));
        table.add_row(row);
    }
    let each: Vec<String> =
        trained.accuracies.iter().map(|share| format!("{:.1}", 100.0 * share)).collect();
    let mean = trained.accuracies.iter().sum::<f64>() / trained.accuracies.len() as f64;
    let Regression { share, steps, has_converged } = trained.regression;
    let doubt = if has_converged { "" } else { ", not converged" };
    format!(
        "{table}\nright of 360: {} ({}); softmax regression {} ({steps} steps{doubt})",
        table::percent(mean),
        each.join(", "),
        table::percent(share),
    )
}

/// How much faster the kernels are.
pub(super) fn time(agreement: &Agreement, trained: &Trained) -> String {
    let ratio = agreement.step_of_reference.as_secs_f64() / trained.step.as_secs_f64();
    format!(
        "a step of the reference, in f64 and converted, takes {ratio:.0} times as long as one of fast in f32"
    )
}
