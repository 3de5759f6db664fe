//! A case with each argument spoilt, in every way there is.

use super::{Case, GoalValues, Layer, Plan};
use crate::Real;
use crate::activation::Curve;
use crate::arguments::{Spoiler, Spoilt, shorten};

impl<T: Real> Case<T> {
    /// With each argument spoilt: what a layer is asked for is spoilt where there is such a layer.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        self.spoil_layers(&mut spoiler);
        self.spoil_numbers(&mut spoiler);
        self.spoil_data(&mut spoiler);
        spoiler.done()
    }

    fn spoil_layers(&self, spoiler: &mut Spoiler<Self>) {
        spoiler.spoil("layers", "none", |case| case.layers.clear());
        spoiler.spoil("layers", "of no width", |case| {
            case.layers = vec![Layer::Activation(Curve::Tanh)];
        });
        spoiler.spoil("layers", "one too wide", |case| {
            case.layers.push(Layer::LayerNorm { width: 6007, epsilon: 0.1 });
        });
        spoiler.spoil("layers", "a width of 0", |case| {
            let plan = Plan::of(&case.layers).map_or(0, |plan| plan.outputs());
            case.layers.push(Layer::Dense { inputs: plan, outputs: 0 });
        });
        spoiler.spoil("rows", "0", |case| *case = case.of_rows(0));
        if self.layers.iter().any(|layer| layer.statistics() > 0) {
            spoiler.spoil("rows", "1 with a batch norm", |case| *case = case.of_rows(1));
        }
    }

    fn spoil_numbers(&self, spoiler: &mut Spoiler<Self>) {
        const BELOW: [(&str, f64); 4] = [
            ("negative", -0.1),
            ("NaN", f64::NAN),
            ("infinite", f64::INFINITY),
            ("−infinite", f64::NEG_INFINITY),
        ];
        for (how, bad) in BELOW {
            for argument in ["epsilon", "weight_of_new", "slope", "drop_probability"] {
                let is_there =
                    self.layers.iter().any(|layer| spoil(*layer, argument, bad).is_some());
                if is_there && (argument != "slope" || !bad.is_finite()) {
                    spoiler
                        .spoil(argument, how, |case| spoil_last(&mut case.layers, argument, bad));
                }
            }
            spoiler.spoil("learning_rate", how, |case| case.rule.learning_rate = bad);
            spoiler.spoil("lambda", how, |case| case.rule.lambda = bad);
            if bad != f64::INFINITY {
                spoiler.spoil("threshold", how, |case| case.rule.threshold = bad);
            }
        }
        for argument in ["weight_of_new", "drop_probability"] {
            if self.layers.iter().any(|layer| spoil(*layer, argument, 1.5).is_some()) {
                spoiler.spoil(argument, "above 1", |case| {
                    spoil_last(&mut case.layers, argument, 1.5);
                });
            }
        }
    }

    fn spoil_data(&self, spoiler: &mut Spoiler<Self>) {
        let one = T::from_f64(1.0);
        spoiler.spoil("parameters", "one value short", |case| shorten(&mut case.parameters));
        spoiler.spoil("parameters", "one value long", |case| case.parameters.push(one));
        spoiler.spoil("statistics", "one value long", |case| case.statistics.push(one));
        if !self.statistics.is_empty() {
            spoiler.spoil("statistics", "one value short", |case| shorten(&mut case.statistics));
        }
        spoiler.spoil("x", "one value short", |case| shorten(&mut case.x));
        spoiler.spoil("x", "one value long", |case| case.x.push(one));
        spoiler.spoil("keep", "one flag long", |case| case.keep.push(true));
        if !self.keep.is_empty() {
            spoiler.spoil("keep", "one flag short", |case| shorten(&mut case.keep));
        }
        let plan = Plan::of(&self.layers).map_or(1, |plan| plan.outputs());
        let rows = self.rows;
        for (how, classes) in [
            ("one short", vec![0; rows - 1]),
            ("one long", vec![0; rows + 1]),
            ("that is no output", vec![plan; rows]),
        ] {
            spoiler.spoil("classes", how, |case| case.goal = GoalValues::Classes(classes.clone()));
        }
        for (how, length) in [("one short", rows * plan - 1), ("one long", rows * plan + 1)] {
            spoiler.spoil("values", how, |case| case.goal = GoalValues::Values(vec![one; length]));
        }
        for (how, bad) in [("a NaN in x", f64::NAN), ("an infinity in x", f64::INFINITY)] {
            spoiler.spoil("gradient", how, |case| case.x[0] = T::from_f64(bad));
        }
        spoiler.spoil("gradient", "a NaN in the values", |case| {
            case.goal = GoalValues::Values(vec![T::from_f64(f64::NAN); rows * plan]);
        });
        spoiler.shorten(&["y", "dx", "dparameters"]);
    }
}

/// The layer with another number in it; none if it has no such number.
fn spoil(layer: Layer, argument: &str, bad: f64) -> Option<Layer> {
    match (layer, argument) {
        (Layer::BatchNorm { width, weight_of_new, .. }, "epsilon") => {
            Some(Layer::BatchNorm { width, epsilon: bad, weight_of_new })
        }
        (Layer::LayerNorm { width, .. }, "epsilon") => {
            Some(Layer::LayerNorm { width, epsilon: bad })
        }
        (Layer::BatchNorm { width, epsilon, .. }, "weight_of_new") => {
            Some(Layer::BatchNorm { width, epsilon, weight_of_new: bad })
        }
        (Layer::Activation(Curve::LeakyRelu { .. }), "slope") => {
            Some(Layer::Activation(Curve::LeakyRelu { slope: bad }))
        }
        (Layer::Dropout { .. }, "drop_probability") => {
            Some(Layer::Dropout { drop_probability: bad })
        }
        _ => None,
    }
}

/// The last layer that has such a number gets another.
fn spoil_last(layers: &mut [Layer], argument: &str, bad: f64) {
    for layer in layers.iter_mut().rev() {
        if let Some(spoilt) = spoil(*layer, argument, bad) {
            *layer = spoilt;
            return;
        }
    }
}
