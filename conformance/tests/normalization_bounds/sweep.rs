//! Runs algorithms against the bounds and keeps the worst of each.

use evenkeel_conformance::batch_norm::truth::{
    InferenceBackwardTruth, InferenceTruth, RunningTruth,
};
use evenkeel_conformance::batch_norm::{self, bounds};
use evenkeel_conformance::exact::Wide;
use evenkeel_conformance::normalization::truth::{BackwardTruth, ForwardTruth, GradientTruth};
use evenkeel_conformance::normalization::{Case, GradientValues, Kind};
use evenkeel_conformance::{Real, Strength, Target};

/// What is compared, with the numbers of its clauses: of batch normalisation, of layer normalisation.
pub(crate) const QUANTITIES: [(&str, [&str; 2]); 9] = [
    ("y", ["BN-05", "LN-05"]),
    ("dx", ["BN-22", "LN-16"]),
    ("dgamma", ["BN-21", "LN-15"]),
    ("dbeta", ["BN-21", "LN-15"]),
    ("running mean", ["BN-18", ""]),
    ("running variance", ["BN-19", ""]),
    ("inference y", ["BN-15", ""]),
    ("inference dx", ["BN-27", ""]),
    ("inference dgamma", ["BN-27", ""]),
];

/// The worst of one quantity.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Worst {
    /// Largest error/bound with at most 64 values per group and per channel.
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
}

/// The same for what only batch normalisation has.
pub(crate) struct BatchJudge {
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
    pub(crate) fn new<T: Real, K: Kind>(strength: Strength, case: &Case<T, K>) -> Self {
        Self {
            forward: judged!(ForwardTruth, forward, strength, case),
            backward: judged!(BackwardTruth, backward, strength, case),
        }
    }

    /// Whether y of `target` is outside its bound anywhere.
    pub(crate) fn flags_forward<T: Real, K: Kind>(
        &self,
        case: &Case<T, K>,
        target: &dyn Target<T>,
    ) -> bool {
        let mut table = Table::default();
        self.forward(&mut table, case, target);
        assert!(table.0[0].compared > 0, "the bound does not apply: {case:?}");
        table.0[0].alarms > 0
    }

    /// y, dx, dγ and dβ of `target`, into the table.
    pub(crate) fn enter<T: Real, K: Kind>(
        &self,
        table: &mut Table,
        case: &Case<T, K>,
        target: &dyn Target<T>,
    ) {
        self.forward(table, case, target);
        let got = case.backward(target).expect("valid");
        let (truth, bound) = &self.backward;
        gradients(table, 1, case, &got, &truth.gradients, bound);
    }

    fn forward<T: Real, K: Kind>(
        &self,
        table: &mut Table,
        case: &Case<T, K>,
        target: &dyn Target<T>,
    ) {
        let y = case.forward(target).expect("valid");
        let (truth, bound) = &self.forward;
        for (i, y) in y.into_iter().enumerate() {
            let applies = bound.applies[case.groups().of(i)];
            let total = bound.y[i] + truth.uncertainty[i];
            table.0[0].enter(case, applies, truth.y[i], total, y);
        }
    }
}

impl BatchJudge {
    pub(crate) fn new<T: Real>(strength: Strength, case: &batch_norm::Case<T>) -> Self {
        Self {
            running: judged!(RunningTruth, running, strength, case),
            inference: judged!(InferenceTruth, inference, strength, case),
            inference_backward: judged!(InferenceBackwardTruth, inference_backward, strength, case),
        }
    }

    /// Running statistics and inference of `target`, into the table.
    pub(crate) fn enter<T: Real>(
        &self,
        table: &mut Table,
        case: &batch_norm::Case<T>,
        target: &dyn Target<T>,
    ) {
        self.running(table, case, target);
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

    fn running<T: Real>(
        &self,
        table: &mut Table,
        case: &batch_norm::Case<T>,
        target: &dyn Target<T>,
    ) {
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
}

/// dx into row `first`, dγ into the next, dβ into that of training.
fn gradients<T: Real, K: Kind>(
    table: &mut Table,
    first: usize,
    case: &Case<T, K>,
    got: &GradientValues<T>,
    truth: &GradientTruth,
    bound: &bounds::GradientBounds,
) {
    for (i, dx) in got.dx.iter().enumerate() {
        let applies = bound.applies[case.groups().of(i)];
        let total = bound.dx[i] + truth.dx_uncertainty[i];
        table.0[first].enter(case, applies, truth.dx[i], total, *dx);
    }
    for c in 0..case.shape.channels {
        let total = bound.dgamma[c] + truth.dgamma_uncertainty[c];
        let applies = bound.applies_to_dgamma[c];
        table.0[first + 1].enter(case, applies, truth.dgamma[c], total, got.dgamma[c]);
        let total = bound.dbeta[c] + truth.dbeta_uncertainty[c];
        table.0[3].enter(case, true, truth.dbeta[c], total, got.dbeta[c]);
    }
}

impl Worst {
    fn enter<T: Real, K: Kind>(
        &mut self,
        case: &Case<T, K>,
        applies: bool,
        truth: Wide,
        bound: f64,
        got: T,
    ) {
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
        if case.groups().size().max(case.shape.per_channel()) <= 64 {
            self.short = self.short.max(ratio);
        }
    }
}

impl Table {
    pub(crate) fn print<K: Kind>(&self, title: &str) {
        println!("{title}");
        println!(
            "  {:<24} {:>9} {:>9} {:>12} {:>10} {:>7}",
            "", "n ≤ 64", "all", "compared", "untold", "alarms"
        );
        for (name, worst) in self.rows::<K>() {
            let Worst { short, all, compared, untold, alarms } = worst;
            println!(
                "  {name:<24} {short:>9.4} {all:>9.4} {compared:>12} {untold:>10} {alarms:>7}"
            );
        }
    }

    /// What was compared at all, by name.
    pub(crate) fn rows<K: Kind>(&self) -> impl Iterator<Item = (String, &Worst)> {
        let asked = |(_, worst): &(_, &Worst)| worst.compared + worst.untold > 0;
        QUANTITIES.iter().zip(&self.0).filter(asked).map(|((name, clauses), worst)| {
            let mine = clauses.iter().find(|clause| clause.starts_with(K::PREFIX));
            (format!("{} {name}", mine.unwrap_or(&"")), worst)
        })
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
