//! Four curves as anybody would first write them.

/// y of the sigmoid.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// dx of the sigmoid, from y and dy.
pub fn sigmoid_backward(y: f64, dy: f64) -> f64 {
    dy * y * (1.0 - y)
}

/// dx of tanh, from y and dy.
pub fn tanh_backward(y: f64, dy: f64) -> f64 {
    dy * (1.0 - y * y)
}

/// y of a ReLU with a slope on the left.
pub fn leaky_relu(x: f64, slope: f64) -> f64 {
    if x > 0.0 { x } else { slope * x }
}

/// dx of a ReLU with a slope on the left, from x or from y.
pub fn leaky_relu_backward(x: f64, dy: f64, slope: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x > 0.0 {
        dy
    } else {
        slope * dy
    }
}
