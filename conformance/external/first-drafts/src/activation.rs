//! Four curves as anybody would first write them.

/// y of the sigmoid.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// dx of the sigmoid, from x and dy.
pub fn sigmoid_backward(x: f64, dy: f64) -> f64 {
    let y = sigmoid(x);
    dy * y * (1.0 - y)
}

/// dx of tanh, from x and dy.
pub fn tanh_backward(x: f64, dy: f64) -> f64 {
    let y = x.tanh();
    dy * (1.0 - y * y)
}

/// y of a ReLU with a slope on the left.
pub fn leaky_relu(x: f64, slope: f64) -> f64 {
    if x > 0.0 { x } else { slope * x }
}

/// dx of a ReLU with a slope on the left.
pub fn leaky_relu_backward(x: f64, dy: f64, slope: f64) -> f64 {
    if x.is_nan() {
        x
    } else if x > 0.0 {
        dy
    } else {
        slope * dy
    }
}
