//! Runs algorithms against the bounds and keeps the worst of each.

use evenkeel_conformance::batch_norm::truth::{
    BackwardTruth, ForwardTruth, GradientTruth, InferenceBackwardTruth, InferenceTruth,
    RunningTruth,
};
use evenkeel_conformance::batch_norm::{BatchNorm, Case, GradientValues, bounds};
use evenkeel_conformance::exact::Wide;
use evenkeel_conformance::{Real, Strength};

/// What is compared, with its clause.
pub(crate) const QUANTITIES: [&str; 9] = [
    "BN-05 y",
    "BN-22 dx",
    "BN-21 dgamma",
    "BN-21 dbeta",
    "BN-18 running mean",
    "BN-19 running variance",
    "BN-15 inference y",
    "BN-27 inference dx",
    "BN-27 inference dgamma",
];

/// The worst of one quantity.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Worst {
    /// Largest error/bound with at most 64 values per channel.
    pub(crate) short: f64,
    /// Largest error/bound of all.
    pub(crate) all: f64,
    /// Numbers compared.
    pub(crate) compared: u64,
    /// Numbers of which nothing can be told.
    pub(crate) untold: u64,
    /// Numbers outside their bound.
    pub(crate) alarms: u64,
}

/// The worst of all quantities.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Table(pub(crate) [Worst; QUANTITIES.len()]);

/// The truth and the bounds of a case, for any number of algorithms.
pub(crate) struct Judge {
    forward: (ForwardTruth, bounds::ForwardBounds),
    backward: (BackwardTruth, bounds::GradientBounds),
    running: (RunningTruth, bounds::RunningBounds),
    inference: (InferenceTruth, bounds::ForwardBounds),
    inference_backward: (InferenceBackwardTruth, bounds::GradientBounds),
}

macro_rules! judged {
    ($truth:ident, $bounds:ident, $strength:expr, $case:expr) => {{
        let truth = $truth::for_strength($case, $strength);
        let bound = bounds::$bounds($strength, $case, &truth);
        (truth, bound)
    }};
}

impl Judge {
    pub(crate) fn new<T: Real>(strength: Strength, case: &Case<T>) -> Self {
        Self {
            forward: judged!(ForwardTruth, forward, strength, case),
            backward: judged!(BackwardTruth, backward, strength, case),
            running: judged!(RunningTruth, running, strength, case),
            inference: judged!(InferenceTruth, inference, strength, case),
            inference_backward: judged!(InferenceBackwardTruth, inference_backward, strength, case),
        }
    }

    /// Whether y of `target` is outside its bound anywhere.
    pub(crate) fn flags_forward<T: Real>(&self, case: &Case<T>, target: &dyn BatchNorm<T>) -> bool {
        let mut table = Table::default();
        self.forward(&mut table, case, target);
        assert!(table.0[0].compared > 0, "the bound does not apply: {case:?}");
        table.0[0].alarms > 0
    }

    /// Everything of `target`, into the table.
    pub(crate) fn enter<T: Real>(
        &self,
        table: &mut Table,
        case: &Case<T>,
        target: &dyn BatchNorm<T>,
    ) {
        self.enter_training(table, case, target);
        self.running(table, case, target);
        self.inference(table, case, target);
    }

    /// y, dx, dγ and dβ of training.
    pub(crate) fn enter_training<T: Real>(
        &self,
        table: &mut Table,
        case: &Case<T>,
        target: &dyn BatchNorm<T>,
    ) {
        self.forward(table, case, target);
        let got = case.backward(target).expect("valid");
        let (truth, bound) = &self.backward;
        gradients(table, 1, case, &got, &truth.gradients, bound);
    }

    fn forward<T: Real>(&self, table: &mut Table, case: &Case<T>, target: &dyn BatchNorm<T>) {
        let y = case.forward(target).expect("valid");
        let (truth, bound) = &self.forward;
        for (i, y) in y.into_iter().enumerate() {
            let applies = bound.applies[case.shape.channel_of(i)];
            let total = bound.y[i] + truth.uncertainty[i];
            table.0[0].enter(case, applies, truth.y[i], total, y);
        }
    }

    fn running<T: Real>(&self, table: &mut Table, case: &Case<T>, target: &dyn BatchNorm<T>) {
        let got = case.train_step(target).expect("valid");
        let (truth, bound) = &self.running;
        for c in 0..case.shape.channels {
            let applies = bound.applies[c];
            let total = bound.mean[c] + truth.mean_uncertainty[c];
            table.0[4].enter(case, applies, truth.mean[c], total, got.mean[c]);
            let total = bound.variance[c] + truth.variance_uncertainty[c];
            table.0[5].enter(case, applies, truth.variance[c], total, got.variance[c]);
        }
    }

    fn inference<T: Real>(&self, table: &mut Table, case: &Case<T>, target: &dyn BatchNorm<T>) {
        let y = case.inference(target).expect("valid");
        let (truth, bound) = &self.inference;
        for (i, y) in y.into_iter().enumerate() {
            let applies = bound.applies[case.shape.channel_of(i)];
            let total = bound.y[i] + truth.uncertainty[i];
            table.0[6].enter(case, applies, truth.y[i], total, y);
        }
        let got = case.inference_backward(target).expect("valid");
        let (truth, bound) = &self.inference_backward;
        // Its dβ is that of training; it goes to the same row.
        gradients(table, 7, case, &got, &truth.gradients, bound);
    }
}

/// dx into row `first`, dγ into the next, dβ into that of training.
fn gradients<T: Real>(
    table: &mut Table,
    first: usize,
    case: &Case<T>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
) {
    for (i, dx) in got.dx.iter().enumerate() {
        let applies = bound.applies[case.shape.channel_of(i)];
        let total = bound.dx[i] + truth.dx_uncertainty[i];
        table.0[first].enter(case, applies, truth.dx[i], total, *dx);
    }
    for c in 0..case.shape.channels {
        let total = bound.dgamma[c] + truth.dgamma_uncertainty[c];
        table.0[first + 1].enter(case, bound.applies[c], truth.dgamma[c], total, got.dgamma[c]);
        let total = bound.dbeta[c] + truth.dbeta_uncertainty[c];
        table.0[3].enter(case, true, truth.dbeta[c], total, got.dbeta[c]);
    }
}

impl Worst {
    fn enter<T: Real>(&mut self, case: &Case<T>, applies: bool, truth: Wide, bound: f64, got: T) {
        if !applies {
            self.untold += 1;
            return;
        }
        let error = truth.error(got);
        assert!(bound.is_finite() && truth.to_f64().is_finite(), "applies, but {bound}: {case:?}");
        let ratio = if error == 0.0 { 0.0 } else { error / bound };
        self.compared += 1;
        self.alarms += u64::from(error > bound);
        self.all = self.all.max(ratio);
        if case.shape.per_channel() <= 64 {
            self.short = self.short.max(ratio);
        }
    }
}

impl Table {
    pub(crate) fn print(&self, title: &str) {
        println!("{title}");
        println!(
            "  {:<24} {:>9} {:>9} {:>12} {:>10} {:>7}",
            "", "n ≤ 64", "all", "compared", "untold", "alarms"
        );
        let asked = |worst: &Worst| worst.compared + worst.untold > 0;
        for (name, worst) in QUANTITIES.iter().zip(&self.0).filter(|(_, worst)| asked(worst)) {
            let Worst { short, all, compared, untold, alarms } = worst;
            println!(
                "  {name:<24} {short:>9.4} {all:>9.4} {compared:>12} {untold:>10} {alarms:>7}"
            );
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            a.short = a.short.max(b.short);
            a.all = a.all.max(b.all);
            a.compared += b.compared;
            a.untold += b.untold;
            a.alarms += b.alarms;
        }
    }
}
