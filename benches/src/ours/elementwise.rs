//! What goes element by element: activations, gradients of penalties, clipping by value; and rotation.

use evenkeel_fast::activation::{self, Curve};
use evenkeel_fast::augmentation::{self, ImageShape, Interpolation, Rotation};
use evenkeel_fast::clipping::{self, NonFinite};
use evenkeel_fast::regularization::{l1_gradient, l2_gradient};
use evenkeel_fast::{Policy, Workspace};

use super::{Lent, Offer, room, scaled};
use crate::case::{BadCase, Case};
use crate::data::values;

const LAMBDA: f64 = 0.01;

/// `CURVE_forward`, `CURVE_backward_x`, `CURVE_backward_y`, `relu_backward`; nothing for other names.
pub(super) fn activation(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let Some((curve, direction)) = case.kernel.split_once('_') else { return Ok(Vec::new()) };
    let curve = match curve {
        "tanh" => Curve::Tanh,
        "sigmoid" => Curve::Sigmoid,
        "relu" => Curve::Relu,
        _ => return Ok(Vec::new()),
    };
    let n = case.size("n")?;
    // Four times the data: from the middle of the curves to where they are flat.
    let x = scaled(n, 1, 4.0, 0.0);
    let offer = match direction {
        "forward" if curve != Curve::Relu => return Ok(both_forms(curve, &x)),
        "forward" => Offer::out(room(n), move |y, Lent { workspace, policy }| {
            activation::forward(curve, &x, y, workspace, policy)
        }),
        "backward" | "backward_x" => {
            let dy = values::<f32>(n, 2);
            Offer::out(room(n), move |dx, Lent { workspace, policy }| {
                activation::backward(curve, &x, &dy, dx, workspace, policy)
            })
        }
        "backward_y" => {
            let (dy, mut y) = (values::<f32>(n, 2), x);
            activation::forward_in_place(curve, &mut y, &mut Workspace::new(), &Policy::default())
                .map_err(|error| case.wrong(error.to_string()))?;
            Offer::out(room(n), move |dx, Lent { workspace, policy }| {
                activation::backward_from_output(curve, &y, &dy, dx, workspace, policy)
            })
        }
        _ => return Ok(Vec::new()),
    };
    Ok(vec![offer])
}

/// The forward pass within 0.501 ulp and, as `1ulp`, within 1.
fn both_forms(curve: Curve, x: &[f32]) -> Vec<Offer> {
    let (exact, quick) = (x.to_vec(), x.to_vec());
    let exact = Offer::out(room(x.len()), move |y, Lent { workspace, policy }| {
        activation::forward(curve, &exact, y, workspace, policy)
    });
    let quick = Offer::out(room(x.len()), move |y, Lent { workspace, policy }| {
        activation::quick_forward(curve, &quick, y, workspace, policy)
    });
    vec![exact, quick.named("1ulp")]
}

pub(super) fn penalty_gradient(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let n = case.size("n")?;
    let w = values::<f32>(n, 1);
    let gradient = if case.kernel == "l1_gradient" { l1_gradient } else { l2_gradient };
    Ok(vec![Offer::out(room(n), move |out, Lent { workspace, policy }| {
        gradient(LAMBDA, &w, out, workspace, policy)
    })])
}

pub(super) fn clip_value(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let w = values(case.size("n")?, 1);
    // As the others do: a NaN stays one, and is not looked for.
    Ok(vec![Offer::out(w, |w, Lent { workspace, policy }| {
        clipping::by_value_in_place(0.5, NonFinite::Propagate, w, workspace, policy)
    })])
}

pub(super) fn rotation(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let size = |key| case.size(key);
    let shape =
        ImageShape::new(size("images")?, size("channels")?, size("height")?, size("width")?);
    let degrees = case.number("angle")?;
    let rotation = Rotation { degrees, interpolation: Interpolation::Bilinear, fill: 0.0 };
    let x = values::<f32>(shape.len(), 1);
    Ok(vec![Offer::out(room(shape.len()), move |y, Lent { workspace, policy }| {
        augmentation::rotate(shape, rotation, &x, y, workspace, policy)
    })])
}
