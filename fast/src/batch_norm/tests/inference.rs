//! The promise of inference and of its gradients.

use super::oracle::{absolute, big, small, ulp};
use super::*;

/// One channel of given statistics, with its gradients.
struct Given<T> {
    x: Vec<T>,
    dy: Vec<T>,
    /// γ, β, mean, variance.
    parameters: [T; 4],
    epsilon: f64,
}

impl<T: Element> Given<T> {
    /// y, dx, dγ and dβ.
    fn run(&self) -> [Vec<f64>; 4] {
        let (n, zero) = (self.x.len(), T::default());
        let [mut y, mut dx] = [vec![zero; n], vec![zero; n]];
        let [mut dgamma, mut dbeta] = [[zero], [zero]];
        let [g, b, m, v] = self.parameters.map(|value| [value]);
        let (shape, epsilon, mut w) = (Shape::new(n, 1, 1), self.epsilon, Workspace::new());
        inference(shape, &self.x, &g, &b, &m, &v, epsilon, &mut y, &mut w, &serial()).unwrap();
        let (dg, db) = (&mut dgamma, &mut dbeta);
        inference_backward(
            shape,
            &self.x,
            &g,
            &m,
            &v,
            epsilon,
            &self.dy,
            &mut dx,
            dg,
            db,
            &mut w,
            &serial(),
        )
        .unwrap();
        [y, dx, dgamma.to_vec(), dbeta.to_vec()].map(|t| t.iter().map(|v| v.to_f64()).collect())
    }

    /// Asserts every result, with `share`·ulp of it and `slack` relative to its largest terms.
    fn holds(&self, share: f64, slack: f64) {
        let [y, dx, dgamma, dbeta] = self.run();
        let [gamma, beta, mean, variance] = self.parameters.map(|value| big(value.to_f64()));
        let r = big(1.0) / (variance + big(self.epsilon)).sqrt();
        let (mut exact, mut sizes) = ([big(0.0), big(0.0)], [0.0, 0.0]);
        for i in 0..self.x.len() {
            let dy = big(self.dy[i].to_f64());
            let xhat = (big(self.x[i].to_f64()) - &mean) * &r;
            let term = absolute(&gamma * &xhat);
            near::<T>(y[i], &gamma * &xhat + &beta, share, slack * term);
            near::<T>(dx[i], &gamma * &dy * &r, share, slack * absolute(&gamma * &dy * &r));
            let terms = [&dy * &xhat, dy];
            sizes = [sizes[0] + absolute(terms[0].clone()), sizes[1] + absolute(terms[1].clone())];
            exact = [&exact[0] + &terms[0], &exact[1] + &terms[1]];
        }
        // The sums: at most 80 roundings of f64.
        let sums = 80.0 * 2_f64.powi(-53);
        let [dgamma_exact, dbeta_exact] = exact;
        near::<T>(dgamma[0], dgamma_exact, share, sums * sizes[0]);
        near::<T>(dbeta[0], dbeta_exact, share, sums * sizes[1]);
    }
}

fn near<T: Element>(value: f64, exact: oracle::Big, share: f64, slack: f64) {
    let allowed = share * ulp::<T>(small(&exact)) + slack;
    let error = absolute(big(value) - &exact);
    assert!(error <= allowed, "{value} for {}: {error} > {allowed}", small(&exact));
}

/// A channel of random data around `mean`.
fn given<T: Element>(mean: f64, variance: f64, epsilon: f64) -> Given<T> {
    let mut random = Random(61);
    let mut draw = |centre: f64, spread: f64| -> Vec<T> {
        (0..300).map(|_| T::round(centre + spread * random.normal())).collect()
    };
    let parameters = [1.7, -0.3, mean, variance].map(T::round);
    Given { x: draw(mean, variance.sqrt()), dy: draw(0.1, 1.0), parameters, epsilon }
}

#[test]
fn f32_inference_is_rounded_once() {
    for (mean, variance) in [(0.0, 1.0), (1e7, 1.0), (3e38, 1e30), (1e-40, 1e-38), (5.0, 0.0)] {
        given::<f32>(mean, variance, 1e-5).holds(0.501, 2_f64.powi(-48));
    }
}

/// `f64`: six roundings.
#[test]
fn f64_inference() {
    for (mean, variance) in [(0.0, 1.0), (1e7, 1.0), (1e300, 1e306), (1e-320, 1e-300), (5.0, 0.0)] {
        given::<f64>(mean, variance, 1e-5).holds(1.0, 6.0 * 2_f64.powi(-53));
    }
}

#[test]
fn a_difference_that_overflows() {
    let x = vec![f64::MAX, -f64::MAX, 0.0];
    let parameters = [1.0, 0.0, -f64::MAX, f64::MAX];
    let given = Given { x, dy: vec![1.0, -2.0, 4.0], parameters, epsilon: 0.0 };
    given.holds(1.0, 6.0 * 2_f64.powi(-53));
    Given { epsilon: f64::MAX, ..given }.holds(1.0, 6.0 * 2_f64.powi(-53));
}
