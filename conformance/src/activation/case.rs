//! One input to every function of an activation, and how it is called.

use std::fmt;

use super::{Activation, Backward, Curve, Forward, FromOutput};
use crate::arguments::{Spoiler, Spoilt, shorten};
use crate::brief::Brief;
use crate::call::{guarded, unwritten};
use crate::technique;
use crate::{Real, Refusal, Target};

/// One input to every function of the contract.
#[derive(Clone, PartialEq)]
pub struct Case<T> {
    /// The slope of the leaky ReLU.
    pub slope: f64,
    /// What goes into the curve.
    pub x: Vec<T>,
    /// The upstream gradient.
    pub dy: Vec<T>,
    /// What came out of a curve: from −1 to 1. A sigmoid is given the sizes.
    pub y: Vec<T>,
}

impl<T: fmt::Debug> fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { slope, x, dy, y } = self;
        writeln!(f, "slope = {slope:?}")?;
        writeln!(f, "x = {}", Brief(x))?;
        writeln!(f, "dy = {}", Brief(dy))?;
        write!(f, "y = {}", Brief(y))
    }
}

/// A curve without its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// 1/(1 + e⁻ˣ).
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// 0 on the left.
    Relu,
    /// slope·x on the left.
    LeakyRelu,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// [`Activation::forward`].
    Forward,
    /// [`Activation::backward`].
    Backward,
    /// [`Activation::backward_from_output`].
    FromOutput,
}

/// The functions of the contract: one for each curve and direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Function {
    /// Which way.
    pub direction: Direction,
    /// Which curve.
    pub shape: Shape,
}

const fn function(direction: Direction, shape: Shape) -> Function {
    Function { direction, shape }
}

impl technique::Function for Function {
    const ALL: &'static [Self] = &[
        function(Direction::Forward, Shape::Sigmoid),
        function(Direction::Forward, Shape::Tanh),
        function(Direction::Forward, Shape::Relu),
        function(Direction::Forward, Shape::LeakyRelu),
        function(Direction::Backward, Shape::Sigmoid),
        function(Direction::Backward, Shape::Tanh),
        function(Direction::Backward, Shape::Relu),
        function(Direction::Backward, Shape::LeakyRelu),
        function(Direction::FromOutput, Shape::Sigmoid),
        function(Direction::FromOutput, Shape::Tanh),
        function(Direction::FromOutput, Shape::Relu),
        function(Direction::FromOutput, Shape::LeakyRelu),
    ];

    fn name(self) -> &'static str {
        use Shape::{LeakyRelu, Relu, Sigmoid, Tanh};
        match (self.direction, self.shape) {
            (Direction::Forward, Sigmoid) => "sigmoid",
            (Direction::Forward, Tanh) => "tanh",
            (Direction::Forward, Relu) => "relu",
            (Direction::Forward, LeakyRelu) => "leaky_relu",
            (Direction::Backward, Sigmoid) => "sigmoid_backward",
            (Direction::Backward, Tanh) => "tanh_backward",
            (Direction::Backward, Relu) => "relu_backward",
            (Direction::Backward, LeakyRelu) => "leaky_relu_backward",
            (Direction::FromOutput, Sigmoid) => "sigmoid_from_output",
            (Direction::FromOutput, Tanh) => "tanh_from_output",
            (Direction::FromOutput, Relu) => "relu_from_output",
            (Direction::FromOutput, LeakyRelu) => "leaky_relu_from_output",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match (self.direction, self.shape) {
            (Direction::Forward, Shape::LeakyRelu) => &["slope", "y"],
            (Direction::Forward, _) => &["y"],
            (_, Shape::LeakyRelu) => &["slope", "dy", "dx"],
            _ => &["dy", "dx"],
        }
    }

    fn outputs(self) -> &'static [&'static str] {
        if self.direction == Direction::Forward { &["y"] } else { &["dx"] }
    }
}

impl Function {
    /// The output before the call.
    pub(super) fn room<T: Real>(self, case: &Case<T>) -> Vec<Vec<T>> {
        let from_output = self.direction == Direction::FromOutput;
        vec![unwritten(if from_output { case.y.len() } else { case.x.len() })]
    }

    /// Calls the function.
    pub(super) fn call<T: Real>(
        self,
        activation: &dyn Activation<T>,
        case: &Case<T>,
        out: &mut [T],
    ) -> Result<(), Refusal> {
        let (curve, Case { x, dy, .. }) = (case.curve(self.shape), case);
        match self.direction {
            Direction::Forward => activation.forward(&Forward { curve, x }, out),
            Direction::Backward => activation.backward(&Backward { curve, x, dy }, out),
            Direction::FromOutput => {
                let y = &case.outputs(self.shape);
                activation.backward_from_output(&FromOutput { curve, y, dy }, out)
            }
        }
    }
}

impl<T: Real> Case<T> {
    /// The curve with its parameter.
    pub(super) fn curve(&self, shape: Shape) -> Curve {
        match shape {
            Shape::Sigmoid => Curve::Sigmoid,
            Shape::Tanh => Curve::Tanh,
            Shape::Relu => Curve::Relu,
            Shape::LeakyRelu => Curve::LeakyRelu { slope: self.slope },
        }
    }

    /// What could have come out of the curve.
    pub(super) fn outputs(&self, shape: Shape) -> Vec<T> {
        let size = |y: &T| if y.to_f64() < 0.0 { -*y } else { *y };
        if shape == Shape::Sigmoid { self.y.iter().map(size).collect() } else { self.y.clone() }
    }

    /// The same with other x.
    pub(super) fn with_x(&self, x: Vec<T>) -> Self {
        let dy = (0..x.len()).map(|i| self.dy.get(i).copied().unwrap_or(T::from_f64(1.5)));
        Self { dy: dy.collect(), x, ..self.clone() }
    }

    /// The output of one function.
    ///
    /// # Errors
    /// The target's refusal; a panic becomes [`Refusal::Failed`].
    pub fn ask(&self, function: Function, target: &dyn Target<T>) -> Result<Vec<T>, Refusal> {
        let activation = target.activation().ok_or(Refusal::NotOffered)?;
        let mut out = function.room(self).swap_remove(0);
        guarded(|| function.call(activation, self, &mut out))?;
        Ok(out)
    }

    /// With each argument spoilt.
    pub(super) fn spoilt(&self) -> Vec<Spoilt<Self>> {
        let mut spoiler = Spoiler::new(self);
        for (how, slope) in
            [("NaN", f64::NAN), ("infinite", f64::INFINITY), ("−infinite", f64::NEG_INFINITY)]
        {
            spoiler.spoil("slope", how, |case| case.slope = slope);
        }
        spoiler.spoil("dy", "one value short", |case| shorten(&mut case.dy));
        spoiler.spoil("dy", "one value long", |case| case.dy.push(T::from_f64(1.0)));
        spoiler.shorten(&["y", "dx"]);
        spoiler.done()
    }
}
