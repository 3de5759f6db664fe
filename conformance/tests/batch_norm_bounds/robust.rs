//! A robust algorithm from any sound one: take the first element off, scale by a power of two.

use evenkeel_conformance::batch_norm::{Backward, BatchNorm, Case, Forward, Gradients, Variance};
use evenkeel_conformance::{Real, Refusal, Shape};

use crate::algorithms::Algorithm;

/// The inner algorithm on (x − x₀)/2ᵉ with ε/4ᵉ, 2ᵉ about the larger of max|x − x₀| and √ε.
pub(crate) struct Shifted(pub(crate) Algorithm);

/// x·2ᵏ, in two steps since 2ᵏ itself may be out of range; at most the last of them rounds.
fn scaled(x: f64, k: i32) -> f64 {
    x * 2.0_f64.powi(k / 2) * 2.0_f64.powi(k - k / 2)
}

/// One channel, ready for the inner algorithm.
struct Channel<T> {
    x: Vec<T>,
    epsilon: f64,
    exponent: i32,
}

impl<T: Real> Channel<T> {
    fn of(shape: Shape, x: &[T], epsilon: f64, c: usize) -> Self {
        let x: Vec<T> = shape.channel(x, c).collect();
        // The difference of two giants of opposite sign overflows; of their quarters it does not.
        let giant = x.iter().any(|x| x.to_f64().abs() > T::MAX / 4.0);
        let quarter = if giant { 2 } else { 0 };
        let part = |x: T| T::from_f64(scaled(x.to_f64(), -quarter));
        let shifted: Vec<f64> = x.iter().map(|&one| (part(one) - part(x[0])).to_f64()).collect();
        let root = scaled(epsilon.sqrt(), -quarter);
        let size = shifted.iter().fold(root, |most, d| most.max(d.abs()));
        let exponent = if size > 0.0 { size.log2().ceil() as i32 } else { 0 };
        let x = shifted.iter().map(|&d| T::from_f64(scaled(d, -exponent))).collect();
        let exponent = exponent + quarter;
        Self { x, epsilon: scaled(scaled(epsilon, -exponent), -exponent), exponent }
    }

    fn shape(&self) -> Shape {
        Shape::new(self.x.len(), 1, 1)
    }
}

impl<T: Real> BatchNorm<T> for Shifted {
    fn forward(&self, input: &Forward<'_, T>, y: &mut [T]) -> Result<(), Refusal> {
        let shape = input.shape;
        for c in 0..shape.channels {
            let channel = Channel::of(shape, input.x, input.epsilon, c);
            let inner = Forward {
                shape: channel.shape(),
                x: &channel.x,
                gamma: &input.gamma[c..=c],
                beta: &input.beta[c..=c],
                epsilon: channel.epsilon,
            };
            let mut part = vec![T::from_f64(0.0); channel.x.len()];
            self.0.forward(&inner, &mut part)?;
            for (k, value) in part.into_iter().enumerate() {
                y[shape.index(k, c)] = value;
            }
        }
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, T>, to: Gradients<'_, T>) -> Result<(), Refusal> {
        let shape = input.shape;
        for c in 0..shape.channels {
            let channel = Channel::of(shape, input.x, input.epsilon, c);
            let dy: Vec<T> = shape.channel(input.dy, c).collect();
            let inner = Backward {
                shape: channel.shape(),
                x: &channel.x,
                gamma: &input.gamma[c..=c],
                epsilon: channel.epsilon,
                dy: &dy,
            };
            let mut dx = dy.clone();
            let (dgamma, dbeta) = (&mut to.dgamma[c..=c], &mut to.dbeta[c..=c]);
            self.0.backward(&inner, Gradients { dx: &mut dx, dgamma, dbeta })?;
            for (k, value) in dx.into_iter().enumerate() {
                to.dx[shape.index(k, c)] = T::from_f64(scaled(value.to_f64(), -channel.exponent));
            }
        }
        Ok(())
    }
}

/// `f32` data in the robust algorithm's `f64`, rounded once.
pub(crate) struct Widened(pub(crate) Shifted);

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn narrow(from: &[f64], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = from as f32);
}

impl Widened {
    fn case(shape: Shape, x: &[f32], gamma: &[f32], epsilon: f64) -> Case<f64> {
        Case {
            shape,
            x: widened(x),
            gamma: widened(gamma),
            beta: Vec::new(),
            epsilon,
            dy: Vec::new(),
            mean: Vec::new(),
            variance: Vec::new(),
            weight_of_new: 0.0,
            convention: Variance::Biased,
        }
    }
}

impl BatchNorm<f32> for Widened {
    fn forward(&self, input: &Forward<'_, f32>, y: &mut [f32]) -> Result<(), Refusal> {
        let mut case = Self::case(input.shape, input.x, input.gamma, input.epsilon);
        case.beta = widened(input.beta);
        narrow(&case.forward(&self.0)?, y);
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, f32>, to: Gradients<'_, f32>) -> Result<(), Refusal> {
        let mut case = Self::case(input.shape, input.x, input.gamma, input.epsilon);
        case.dy = widened(input.dy);
        let gradients = case.backward(&self.0)?;
        narrow(&gradients.dx, to.dx);
        narrow(&gradients.dgamma, to.dgamma);
        narrow(&gradients.dbeta, to.dbeta);
        Ok(())
    }
}
