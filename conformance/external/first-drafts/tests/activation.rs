use evenkeel_conformance::Refusal;
use evenkeel_conformance::activation::{Activation, Backward, Curve, Forward, FromOutput};
use first_drafts::activation as mine;

struct Mine;

impl Activation<f64> for Mine {
    fn forward(&self, input: &Forward<'_, f64>, y: &mut [f64]) -> Result<(), Refusal> {
        input.check(y)?;
        for (y, x) in y.iter_mut().zip(input.x) {
            *y = match input.curve {
                Curve::Sigmoid => mine::sigmoid(*x),
                Curve::Tanh => x.tanh(),
                Curve::Relu if x.is_nan() => *x,
                Curve::Relu => x.max(0.0),
                Curve::LeakyRelu { slope } => mine::leaky_relu(*x, slope),
            };
        }
        Ok(())
    }

    fn backward(&self, input: &Backward<'_, f64>, dx: &mut [f64]) -> Result<(), Refusal> {
        input.check(dx)?;
        for ((dx, x), dy) in dx.iter_mut().zip(input.x).zip(input.dy) {
            *dx = match input.curve {
                Curve::Sigmoid => mine::sigmoid_backward(mine::sigmoid(*x), *dy),
                Curve::Tanh => mine::tanh_backward(x.tanh(), *dy),
                Curve::Relu => mine::leaky_relu_backward(*x, *dy, 0.0),
                Curve::LeakyRelu { slope } => mine::leaky_relu_backward(*x, *dy, slope),
            };
        }
        Ok(())
    }

    fn backward_from_output(
        &self,
        input: &FromOutput<'_, f64>,
        dx: &mut [f64],
    ) -> Result<(), Refusal> {
        input.check(dx)?;
        for ((dx, y), dy) in dx.iter_mut().zip(input.y).zip(input.dy) {
            *dx = match input.curve {
                Curve::Sigmoid => mine::sigmoid_backward(*y, *dy),
                Curve::Tanh => mine::tanh_backward(*y, *dy),
                Curve::Relu => mine::leaky_relu_backward(*y, *dy, 0.0),
                Curve::LeakyRelu { slope } => mine::leaky_relu_backward(*y, *dy, slope),
            };
        }
        Ok(())
    }
}

evenkeel_conformance::activation_suite!(Mine, f64);
