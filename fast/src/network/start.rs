//! Where the weights begin.

use super::layer::Layer;
use super::{Network, Scratch, split_mut};
use crate::activation::Curve;
use crate::initialization::{self, Family, Fan, Plan, Scheme};
use crate::random::Stream;
use crate::{Element, Error};

impl<T: Element> Network<T> {
    /// Draws the weights: He's, normal, where the next activation is a ReLU or a leaky one, Xavier's,
    /// normal, elsewhere. Biases become 0, γ 1, β 0, running means 0 and variances 1.
    ///
    /// Layer k has the stream (seed, number k, step 0): its weights depend on nothing else.
    ///
    /// # Errors
    /// None that [`Network::new`] has not had.
    pub fn initialize(&mut self, seed: u64, scratch: &mut Scratch<T>) -> Result<(), Error> {
        let Scratch { policy, workspace, .. } = scratch;
        self.parameters.fill(T::default());
        self.statistics.fill(T::default());
        self.start_normalizations();
        for k in 0..self.layers.len() {
            if let Layer::Dense { inputs, outputs } = self.layers[k] {
                let layer = initialization::Layer::Dense { inputs, outputs };
                let plan = Plan { layer, scheme: self.scheme(k), family: Family::Normal };
                let stream = Stream { seed, number: k as u32, step: 0 };
                let [w, _] = split_mut(&mut self.parameters, &self.places[k]);
                initialization::weights(plan, stream, w, workspace, policy)?;
            }
        }
        Ok(())
    }

    /// The scheme of dense layer k: by the activation that follows before the next dense layer.
    fn scheme(&self, k: usize) -> Scheme {
        let until_next =
            self.layers[k + 1..].iter().take_while(|l| !matches!(l, Layer::Dense { .. }));
        let mut curves = until_next.filter_map(|layer| match layer {
            Layer::Activation(curve) => Some(*curve),
            _ => None,
        });
        match curves.next() {
            Some(Curve::Relu) => Scheme::He { fan: Fan::In, slope: 0.0 },
            Some(Curve::LeakyRelu { slope }) => Scheme::He { fan: Fan::In, slope },
            _ => Scheme::Xavier { gain: 1.0 },
        }
    }
}
