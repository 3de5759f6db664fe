//! The initialisation of the kernels.

use evenkeel_conformance::initialization::{Family, Fan, Initialization, Layer, Plan, Scheme};
use evenkeel_conformance::{Draw, Real, Refusal, Stream};
use evenkeel_fast::{Element, initialization as fast};

use super::{Fast, refusal, stream};

const fn layer(layer: Layer) -> fast::Layer {
    match layer {
        Layer::Dense { inputs, outputs } => fast::Layer::Dense { inputs, outputs },
        Layer::Convolution { inputs, outputs, kernel, groups } => {
            fast::Layer::Convolution { inputs, outputs, kernel, groups }
        }
    }
}

const fn plan(plan: &Plan) -> fast::Plan {
    let scheme = match plan.scheme {
        Scheme::Xavier { gain } => fast::Scheme::Xavier { gain },
        Scheme::He { fan: Fan::In, slope } => fast::Scheme::He { fan: fast::Fan::In, slope },
        Scheme::He { fan: Fan::Out, slope } => fast::Scheme::He { fan: fast::Fan::Out, slope },
    };
    let family = match plan.family {
        Family::Uniform => fast::Family::Uniform,
        Family::Normal => fast::Family::Normal,
        Family::TruncatedNormal => fast::Family::TruncatedNormal,
    };
    fast::Plan { layer: layer(plan.layer), scheme, family }
}

impl<T: Real + Element> Initialization<T> for Fast {
    fn follows_the_map(&self) -> bool {
        true
    }

    fn fans(&self, shape: Layer) -> Result<[usize; 2], Refusal> {
        fast::fans(layer(shape)).map_err(|error| refusal(&error))
    }

    fn spread(&self, of: &Plan) -> Result<f64, Refusal> {
        fast::spread(plan(of)).map_err(|error| refusal(&error))
    }

    fn weights_given(&self, of: &Plan, draws: &[f64], w: &mut [T]) -> Result<(), Refusal> {
        self.run(|workspace, policy| fast::weights_given(plan(of), draws, w, workspace, policy))
    }

    fn weights(&self, of: &Plan, of_stream: Stream, w: &mut [T]) -> Result<(), Refusal> {
        let stream = stream(Draw { stream: of_stream, first: 0 });
        self.run(|workspace, policy| fast::weights(plan(of), stream, w, workspace, policy))
    }
}
