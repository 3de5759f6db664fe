//! Batch normalisation as the shared machinery knows it.

use std::fmt;

use proptest::prelude::*;

use super::mistakes::{self, Mistake};
use super::{BatchNorm, Case, Given, Variance, properties, reference};
use crate::arguments::{Spoiler, shorten};
use crate::call::unwritten;
use crate::inputs::{long_shape, parallel_shape, small_shape, wide_shape};
use crate::normalization::{Along, Gradients, Kind, Pulled, Shapes, Steps};
use crate::property::Property;
use crate::technique;
use crate::{Real, Refusal, Shape, Target};

/// Batch normalisation, as a [`Technique`](technique::Technique).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch;

/// The functions of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// [`BatchNorm::forward`].
    Forward,
    /// [`BatchNorm::forward_in_parts`].
    ForwardInParts,
    /// [`BatchNorm::train_step`].
    TrainStep,
    /// [`BatchNorm::inference`].
    Inference,
    /// [`BatchNorm::backward`].
    Backward,
    /// [`BatchNorm::inference_backward`].
    InferenceBackward,
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        Self::Forward,
        Self::ForwardInParts,
        Self::TrainStep,
        Self::Inference,
        Self::Backward,
        Self::InferenceBackward,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::ForwardInParts => "forward_in_parts",
            Self::TrainStep => "train_step",
            Self::Inference => "inference",
            Self::Backward => "backward",
            Self::InferenceBackward => "inference_backward",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Forward => &["shape", "x", "gamma", "epsilon", "beta", "y"],
            // What it refuses is not asked: it is there for those that have statistics to merge.
            Self::ForwardInParts => &[],
            Self::TrainStep => &[
                "shape",
                "x",
                "gamma",
                "epsilon",
                "beta",
                "y",
                "mean",
                "variance",
                "weight_of_new",
            ],
            Self::Inference => &["shape", "x", "gamma", "epsilon", "beta", "y", "mean", "variance"],
            Self::Backward => &["shape", "x", "gamma", "epsilon", "dy", "dx", "dgamma", "dbeta"],
            Self::InferenceBackward => &[
                "shape", "x", "gamma", "epsilon", "mean", "variance", "dy", "dx", "dgamma", "dbeta",
            ],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        match self {
            Self::Forward | Self::ForwardInParts | Self::Inference => &["y"],
            Self::TrainStep => &["y", "mean", "variance"],
            Self::Backward | Self::InferenceBackward => &["dx", "dgamma", "dbeta"],
        }
    }
}

impl Kind for Batch {
    const NAME: &'static str = "batch_norm";
    const PREFIX: &'static str = "BN";
    const ARGUMENT_CLAUSES: &'static [&'static str] = &["BN-13", "BN-14"];
    const ALONG: Along = Along::Channels;
    const GROUP: &'static str = "channel";
    const FORWARD: Function = Function::Forward;
    const BACKWARD: Function = Function::Backward;
    const HARD: &'static [Function] =
        &[Function::Forward, Function::Inference, Function::Backward, Function::InferenceBackward];
    const LAYOUTS: [Shape; 5] = [
        Shape::new(8, 3, 1),
        Shape::new(1, 3, 8),
        Shape::new(3, 3, 4),
        Shape::new(2, 3, 1),
        Shape::new(7, 16, 1),
    ];
    const SINGLE: Shape = Shape::new(1, 3, 1);
    const NONE: Shape = Shape::new(4, 0, 2);
    type Own<T: Real> = Given<T>;
    type Function = Function;

    fn is_offered<T: Real>(target: &dyn Target<T>) -> bool {
        target.batch_norm().is_some()
    }

    fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
        properties::properties()
    }

    fn mistakes() -> &'static [Mistake] {
        mistakes::all()
    }

    fn target_of<T: Real>(mistake: Mistake) -> Box<dyn Target<T>> {
        Box::new(mistake)
    }

    fn room<T: Real>(function: Function, like: &Case<T>, case: &Case<T>) -> Vec<Vec<T>> {
        let (elements, channels) = (like.shape.len(), like.shape.channels);
        match function {
            Function::Forward | Function::ForwardInParts | Function::Inference => {
                vec![unwritten(elements)]
            }
            Function::TrainStep => {
                vec![unwritten(elements), case.own.mean.clone(), case.own.variance.clone()]
            }
            Function::Backward | Function::InferenceBackward => {
                vec![unwritten(elements), unwritten(channels), unwritten(channels)]
            }
        }
    }

    fn call<T: Real>(
        function: Function,
        target: &dyn Target<T>,
        case: &Case<T>,
        to: &mut [Vec<T>],
    ) -> Result<(), Refusal> {
        let batch_norm = target.batch_norm().ok_or(Refusal::NotOffered)?;
        match (function, to) {
            (Function::Forward, [y]) => batch_norm.forward(&case.as_forward(), y),
            (Function::ForwardInParts, [y]) => {
                batch_norm.forward_in_parts(&case.as_forward(), case.shape.outer / 2, y)
            }
            (Function::TrainStep, [y, mean, variance]) => {
                let mut own = Given { mean: Vec::new(), variance: Vec::new(), ..case.own };
                let running = super::Running { mean, variance, ..own.as_running() };
                batch_norm.train_step(&case.as_forward(), running, y)
            }
            (Function::Inference, [y]) => batch_norm.inference(&case.as_inference(), y),
            (Function::Backward, [dx, dgamma, dbeta]) => {
                batch_norm.backward(&case.as_backward(), Gradients { dx, dgamma, dbeta })
            }
            (Function::InferenceBackward, [dx, dgamma, dbeta]) => {
                let to = Gradients { dx, dgamma, dbeta };
                batch_norm.inference_backward(&case.as_inference_backward(), to)
            }
            _ => unreachable!("`room` makes the outputs of this function"),
        }
    }

    /// One sample has no two parts.
    fn concerns<T: Real>(function: Function, case: &Case<T>) -> bool {
        function != Function::ForwardInParts || case.shape.outer > 1
    }

    fn refuses_single<T: Real>(target: &dyn Target<T>) -> bool {
        target.batch_norm().is_some_and(|own| own.dialect().refuses_single_value)
    }

    fn by_choice<T: Real>(target: &dyn Target<T>, function: Function, case: &Case<T>) -> bool {
        let Some(dialect) = target.batch_norm().map(BatchNorm::dialect) else { return false };
        let single = case.shape.per_channel() == 1
            && [Function::Forward, Function::TrainStep, Function::Backward].contains(&function);
        let other = |only: Variance| only != case.own.convention && function == Function::TrainStep;
        (dialect.refuses_single_value && single) || dialect.only_running_variance.is_some_and(other)
    }

    fn reference_forward<T: Real>(case: &Case<T>) -> Result<Steps, evenkeel_reference::Error> {
        let step = reference::forward(&case.as_forward())?;
        let evenkeel_reference::batch_norm::Forward { mean, variance, normalized, output } = step;
        Ok(Steps { mean, variance, normalized, output })
    }

    fn reference_backward<T: Real>(case: &Case<T>) -> Result<Pulled, evenkeel_reference::Error> {
        reference::backward(&case.as_backward())
    }

    fn shapes() -> Shapes {
        let few = prop_oneof![
            (3..=9_usize, 1..=2_usize).prop_map(|(m, d)| Shape::new(m, d, 1)),
            (1..=3_usize, 1..=2_usize, 3..=4_usize).prop_map(|(n, c, hw)| Shape::new(n, c, hw)),
        ];
        Shapes {
            small: small_shape(),
            long: long_shape(),
            wide: wide_shape(),
            parallel: parallel_shape(),
            few: few.boxed(),
            single: (1..=6_usize).prop_map(|d| Shape::new(1, d, 1)).boxed(),
            none: (1..=5_usize, 1..=3_usize).prop_map(|(n, hw)| Shape::new(n, 0, hw)).boxed(),
        }
    }

    fn own<T: Real>(pairs: &[[f64; 2]], weight_of_new: f64, unbiased: bool) -> Given<T> {
        Given {
            mean: pairs.iter().map(|[z, _]| T::from_f64(*z)).collect(),
            variance: pairs.iter().map(|[_, z]| T::from_f64(0.01 + z.abs())).collect(),
            weight_of_new,
            convention: if unbiased { Variance::Unbiased } else { Variance::Biased },
        }
    }

    /// Statistics unlike the batch's.
    fn own_beside<T: Real>(
        shape: Shape,
        mean: f64,
        deviation: f64,
        number: &dyn Fn(u64, usize) -> f64,
    ) -> Given<T> {
        let sign = |c: usize| if c.is_multiple_of(2) { 1.0 } else { -1.0 };
        let given = |c: usize| (mean * sign(c) + 0.3 * deviation * number(5, c)) / (1.0 + c as f64);
        let variance = |c: usize| (0.2 + number(6, c).abs()) * deviation.powi(2);
        Given {
            mean: (0..shape.channels).map(|c| T::from_f64(given(c))).collect(),
            variance: (0..shape.channels).map(|c| T::from_f64(variance(c))).collect(),
            weight_of_new: 0.3,
            convention: Variance::Biased,
        }
    }

    fn other_choice<T: Real>(mut case: Case<T>) -> Case<T> {
        case.own.convention = Variance::Unbiased;
        case
    }

    fn own_tensors<T: Real>(own: &mut Given<T>) -> Vec<&mut Vec<T>> {
        vec![&mut own.mean, &mut own.variance]
    }

    fn widened<T: Real>(own: &Given<T>) -> Given<f64> {
        let wide = |values: &[T]| values.iter().map(|v| v.to_f64()).collect();
        let (mean, variance) = (wide(&own.mean), wide(&own.variance));
        let Given { weight_of_new, convention, .. } = *own;
        Given { mean, variance, weight_of_new, convention }
    }

    fn show<T: Real>(own: &Given<T>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        own.show(f)
    }

    fn spoil_own<T: Real>(spoiler: &mut Spoiler<Case<T>>) {
        spoiler.spoil("mean", "one value short", |case| shorten(&mut case.own.mean));
        spoiler.spoil("variance", "one value long", |case| {
            case.own.variance.push(T::from_f64(1.0));
        });
        spoiler.spoil("weight_of_new", "negative", |case| case.own.weight_of_new = -0.1);
        spoiler.spoil("weight_of_new", "above one", |case| case.own.weight_of_new = 1.5);
        spoiler.spoil("weight_of_new", "NaN", |case| case.own.weight_of_new = f64::NAN);
    }

    /// An unbiased variance of one value.
    fn more_invalid<T: Real>() -> Vec<Case<T>> {
        let single = crate::normalization::probes::case(Self::SINGLE, 1.0, 1.0, 1e-3);
        vec![Self::other_choice(single)]
    }
}
