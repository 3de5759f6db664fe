//! ndarray has arithmetic, sums and products; the rest is the formula that a user would write over
//! them. All on one thread.

use ndarray::{Array1, Array2, Array3, ArrayBase, ArrayView1, Axis, Data, Dimension, Zip};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

use crate::Result;
use crate::data::{self, Case, Seed, Thresholds, spread, values};
use crate::protocol::{Magnitude, Variant};

const EPSILON: f32 = 1e-5;
const LAMBDA: f32 = 0.01;

impl<S: Data<Elem = f32>, D: Dimension> Magnitude for ArrayBase<S, D> {
    fn magnitude(&self) -> f64 {
        self.iter().map(|v| f64::from(v.abs())).sum()
    }
}

pub fn prepared(case: &Case) -> Result<Vec<Variant>> {
    match case.kernel.as_str() {
        "layer_norm_forward" => layer_norm(case),
        "layer_norm_backward" => layer_norm_backward(case),
        "batch_norm_forward" if case.size("inner")? == 1 => batch_norm_of_rows(case),
        "batch_norm_forward" => batch_norm_of_images(case),
        "batch_norm_backward" if case.size("inner")? == 1 => batch_norm_of_rows_backward(case),
        "batch_norm_backward" => batch_norm_of_images_backward(case),
        "tanh_forward" => activation(case, f32::tanh),
        "sigmoid_forward" => activation(case, sigmoid),
        "relu_forward" => activation(case, |x| x.max(0.0)),
        "tanh_backward_x" => backward(case, |x| x, |x| 1.0 - x.tanh().powi(2)),
        "sigmoid_backward_x" => backward(case, |x| x, |x| sigmoid(x) * (1.0 - sigmoid(x))),
        "relu_backward" => backward(case, |x| x, |x| if x > 0.0 { 1.0 } else { 0.0 }),
        "tanh_backward_y" => backward(case, f32::tanh, |y| 1.0 - y * y),
        "sigmoid_backward_y" => backward(case, sigmoid, |y| y * (1.0 - y)),
        "l1_value" => total(case, |w| w.mapv(f32::abs).sum()),
        "l2_value" => total(case, |w| 0.5 * w.dot(w)),
        "l1_gradient" => gradient(case, |w| LAMBDA * w.signum()),
        "l2_gradient" => gradient(case, |w| LAMBDA * w),
        "clip_value" => clip_value(case),
        "clip_norm" => clip_norm(case),
        "dropout_forward" => dropout(case),
        "dropout_backward" => dropout_backward(case),
        "uniform_fill" => fill(case, |rng| rng.random_range(-1.0..1.0)),
        "normal_fill" => fill(case, |rng| rng.sample(StandardNormal)),
        "noise" => noise(case),
        _ => Ok(Vec::new()),
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn vector(values: Vec<f32>) -> Array1<f32> {
    Array1::from_vec(values)
}

fn matrix([rows, channels]: [usize; 2], seed: Seed) -> Result<Array2<f32>> {
    Ok(Array2::from_shape_vec((rows, channels), values(rows * channels, seed))?)
}

fn images([outer, channels, inner]: [usize; 3], seed: Seed) -> Result<Array3<f32>> {
    let data = values(outer * channels * inner, seed);
    Ok(Array3::from_shape_vec((outer, channels, inner), data)?)
}

fn weights(channels: usize) -> (Array1<f32>, Array1<f32>) {
    (vector(data::gamma(channels)), vector(values(channels, Seed::Beta)))
}

// ---- Layer norm ----

/// Into y row by row, and as expressions over whole arrays.
fn layer_norm(case: &Case) -> Result<Vec<Variant>> {
    let x = matrix(case.rows()?, Seed::X)?;
    let (gamma, beta) = weights(x.ncols());
    let (x1, gamma1, beta1) = (x.clone(), gamma.clone(), beta.clone());
    let out = Variant::kept(Array2::zeros(x.dim()), move |y| {
        Zip::from(x1.rows()).and(y.rows_mut()).for_each(|x, mut y| {
            let (mean, r) = statistics(x);
            Zip::from(&mut y)
                .and(x)
                .and(&gamma1)
                .and(&beta1)
                .for_each(|y, x, gamma, beta| *y = (x - mean) * r * gamma + beta);
        });
    });
    let plain = Variant::fresh(move || {
        let mean = x.mean_axis(Axis(1)).expect("channels").insert_axis(Axis(1));
        let d = &x - &mean;
        let variance = d.mapv(|v| v * v).mean_axis(Axis(1)).expect("channels");
        let r = variance.mapv(|v| (v + EPSILON).sqrt().recip()).insert_axis(Axis(1));
        d * &r * &gamma + &beta
    });
    Ok(vec![out, plain])
}

/// Mean and 1/√(σ² + ε).
fn statistics(x: ArrayView1<f32>) -> (f32, f32) {
    let mean = x.mean().expect("channels");
    let variance = x.mapv(|v| (v - mean) * (v - mean)).mean().expect("channels");
    (mean, (variance + EPSILON).sqrt().recip())
}

fn layer_norm_backward(case: &Case) -> Result<Vec<Variant>> {
    let (x, dy) = (matrix(case.rows()?, Seed::X)?, matrix(case.rows()?, Seed::Dy)?);
    let channels = x.ncols();
    let (gamma, _) = weights(channels);
    let saved: Array1<_> = x.rows().into_iter().map(statistics).collect();
    let (mut dgamma, mut dbeta) = (Array1::zeros(channels), Array1::zeros(channels));
    let mut xhat = Array1::<f32>::zeros(channels);
    Ok(vec![Variant::kept(Array2::zeros(x.dim()), move |dx| {
        dgamma.fill(0.0);
        dbeta.fill(0.0);
        Zip::from(x.rows()).and(dy.rows()).and(dx.rows_mut()).and(&saved).for_each(
            |x, dy, mut dx, &(mean, r)| {
                Zip::from(&mut xhat).and(x).for_each(|xhat, x| *xhat = (x - mean) * r);
                Zip::from(&mut dx).and(dy).and(&gamma).for_each(|g, dy, gamma| *g = dy * gamma);
                let slope = dx.dot(&xhat) / channels as f32;
                let mean = dx.mean().expect("channels");
                Zip::from(&mut dx)
                    .and(&xhat)
                    .for_each(|dx, xhat| *dx = r * (*dx - mean - xhat * slope));
                Zip::from(&mut dgamma)
                    .and(dy)
                    .and(&xhat)
                    .for_each(|sum, dy, xhat| *sum += dy * xhat);
                dbeta += &dy;
            },
        );
    })])
}

// ---- Batch norm ----

/// Mean and 1/√(σ² + ε) of each column.
fn columns(x: &Array2<f32>) -> (Array1<f32>, Array1<f32>) {
    let mean = x.mean_axis(Axis(0)).expect("rows");
    let mut squares = Array1::<f32>::zeros(x.ncols());
    for x in x.rows() {
        let add = |sum: &mut f32, x: &f32, mean: &f32| *sum += (x - mean) * (x - mean);
        Zip::from(&mut squares).and(x).and(&mean).for_each(add);
    }
    let r = squares.mapv(|sum| (sum / x.nrows() as f32 + EPSILON).sqrt().recip());
    (mean, r)
}

fn rows_of(case: &Case, seed: Seed) -> Result<Array2<f32>> {
    let [outer, channels, _] = case.images()?;
    matrix([outer, channels], seed)
}

fn batch_norm_of_rows(case: &Case) -> Result<Vec<Variant>> {
    let x = rows_of(case, Seed::X)?;
    let (gamma, beta) = weights(x.ncols());
    Ok(vec![Variant::kept(Array2::zeros(x.dim()), move |y| {
        let (mean, r) = columns(&x);
        let scale = r * &gamma;
        for (x, mut y) in x.rows().into_iter().zip(y.rows_mut()) {
            Zip::from(&mut y)
                .and(x)
                .and(&mean)
                .and(&scale)
                .and(&beta)
                .for_each(|y, x, mean, scale, beta| *y = (x - mean) * scale + beta);
        }
    })])
}

fn batch_norm_of_rows_backward(case: &Case) -> Result<Vec<Variant>> {
    let (x, dy) = (rows_of(case, Seed::X)?, rows_of(case, Seed::Dy)?);
    let (rows, channels) = x.dim();
    let (gamma, _) = weights(channels);
    let (mean, r) = columns(&x);
    let scale = &r * &gamma;
    let (mut dgamma, mut dbeta) = (Array1::<f32>::zeros(channels), Array1::<f32>::zeros(channels));
    Ok(vec![Variant::kept(Array2::zeros(x.dim()), move |dx| {
        dgamma.fill(0.0);
        dbeta.fill(0.0);
        for (x, dy) in x.rows().into_iter().zip(dy.rows()) {
            Zip::from(&mut dgamma)
                .and(dy)
                .and(x)
                .and(&mean)
                .and(&r)
                .for_each(|sum, dy, x, mean, r| *sum += dy * ((x - mean) * r));
            dbeta += &dy;
        }
        // dx = scale·(dy − dβ/m − x̂·dγ/m), with what does not change from row to row multiplied out.
        let slope = &scale * &r * &dgamma / rows as f32;
        let shift = &scale * &dbeta / rows as f32 - &slope * &mean;
        for ((x, dy), mut dx) in x.rows().into_iter().zip(dy.rows()).zip(dx.rows_mut()) {
            Zip::from(&mut dx)
                .and(dy)
                .and(x)
                .and(&scale)
                .and(&slope)
                .and(&shift)
                .for_each(|dx, dy, x, scale, slope, shift| *dx = scale * dy - slope * x - shift);
        }
    })])
}

/// Mean and 1/√(σ² + ε) of each channel.
fn channels(x: &Array3<f32>) -> Vec<(f32, f32)> {
    let one = |x: ndarray::ArrayView2<f32>| {
        let mean = x.mean().expect("values");
        let variance = x.mapv(|v| (v - mean) * (v - mean)).mean().expect("values");
        (mean, (variance + EPSILON).sqrt().recip())
    };
    x.axis_iter(Axis(1)).map(one).collect()
}

fn batch_norm_of_images(case: &Case) -> Result<Vec<Variant>> {
    let x = images(case.images()?, Seed::X)?;
    let (gamma, beta) = weights(x.dim().1);
    Ok(vec![Variant::kept(Array3::zeros(x.dim()), move |y| {
        for (c, (mean, r)) in channels(&x).into_iter().enumerate() {
            let (scale, beta) = (r * gamma[c], beta[c]);
            Zip::from(y.index_axis_mut(Axis(1), c))
                .and(x.index_axis(Axis(1), c))
                .for_each(|y, x| *y = (x - mean) * scale + beta);
        }
    })])
}

fn batch_norm_of_images_backward(case: &Case) -> Result<Vec<Variant>> {
    let (x, dy) = (images(case.images()?, Seed::X)?, images(case.images()?, Seed::Dy)?);
    let (gamma, _) = weights(x.dim().1);
    let saved = channels(&x);
    let m = (x.len() / saved.len()) as f32;
    Ok(vec![Variant::kept(Array3::zeros(x.dim()), move |dx| {
        for (c, &(mean, r)) in saved.iter().enumerate() {
            let (x, dy) = (x.index_axis(Axis(1), c), dy.index_axis(Axis(1), c));
            let mut dx = dx.index_axis_mut(Axis(1), c);
            Zip::from(&mut dx).and(x).for_each(|xhat, x| *xhat = (x - mean) * r);
            let dgamma: f32 =
                dx.rows().into_iter().zip(dy.rows()).map(|(xhat, dy)| xhat.dot(&dy)).sum();
            let (mean, slope, scale) = (dy.sum() / m, dgamma / m, r * gamma[c]);
            Zip::from(&mut dx).and(dy).for_each(|dx, dy| *dx = scale * (dy - mean - *dx * slope));
        }
    })])
}

// ---- Activations ----

fn activation(case: &Case, f: impl Fn(f32) -> f32 + Copy + 'static) -> Result<Vec<Variant>> {
    map(spread(case.size("n")?), f)
}

fn map(x: Vec<f32>, f: impl Fn(f32) -> f32 + Copy + 'static) -> Result<Vec<Variant>> {
    let x = vector(x);
    let x1 = x.clone();
    let out = move |y: &mut Array1<f32>| Zip::from(y).and(&x1).for_each(|y, &x| *y = f(x));
    Ok(vec![Variant::kept(Array1::zeros(x.len()), out), Variant::fresh(move || x.mapv(f))])
}

/// dx = dy·slope(kept), where kept is x or y.
fn backward(
    case: &Case,
    kept: impl Fn(f32) -> f32,
    slope: impl Fn(f32) -> f32 + 'static,
) -> Result<Vec<Variant>> {
    let n = case.size("n")?;
    let (kept, dy) = (vector(spread(n)).mapv(kept), vector(values(n, Seed::Dy)));
    Ok(vec![Variant::kept(Array1::zeros(n), move |dx| {
        Zip::from(dx).and(&dy).and(&kept).for_each(|dx, dy, &v| *dx = dy * slope(v));
    })])
}

// ---- Penalties and clipping ----

fn total(case: &Case, sum: impl Fn(&Array1<f32>) -> f32 + 'static) -> Result<Vec<Variant>> {
    let w = vector(values(case.size("n")?, Seed::X));
    Ok(vec![Variant::fresh(move || sum(&w))])
}

fn gradient(case: &Case, f: impl Fn(f32) -> f32 + Copy + 'static) -> Result<Vec<Variant>> {
    map(values(case.size("n")?, Seed::X), f)
}

fn clip_value(case: &Case) -> Result<Vec<Variant>> {
    let w = vector(values(case.size("n")?, Seed::X));
    Ok(vec![Variant::kept(w, |w| w.mapv_inplace(|w| w.clamp(-0.5, 0.5)))])
}

fn clip_norm(case: &Case) -> Result<Vec<Variant>> {
    let w = values(case.size("n")?, Seed::X);
    let mut thresholds = Thresholds::for_data(&w);
    let tensors: Vec<_> = data::cut(&w, &case.tensors()?).into_iter().map(vector).collect();
    Ok(vec![Variant::kept(tensors, move |tensors| {
        let norm = tensors.iter().map(|w| w.dot(w)).sum::<f32>().sqrt();
        let factor = thresholds.next().expect("endless") / norm;
        if factor < 1.0 {
            tensors.iter_mut().for_each(|w| *w *= factor);
        }
    })])
}

// ---- Random numbers ----

fn dropout(case: &Case) -> Result<Vec<Variant>> {
    let (n, p) = (case.size("n")?, case.probability()?);
    let (x, mut mask, scale) = (vector(values(n, Seed::X)), Array1::zeros(n), 1.0 / (1.0 - p));
    let mut rng = SmallRng::seed_from_u64(1);
    // A function of its own: written into the loop below it is compiled to a branch, which is
    // guessed wrong every other time, and takes eight times as long.
    let factor = move |r: f32| if r >= p { scale } else { 0.0 };
    let draw = move |y: &mut Array1<f32>| {
        Zip::from(y).and(&mut mask).and(&x).for_each(|y, mask, x| {
            *mask = factor(rng.random());
            *y = x * *mask;
        });
    };
    Ok(vec![Variant::kept(Array1::zeros(n), draw).random()])
}

fn dropout_backward(case: &Case) -> Result<Vec<Variant>> {
    let (n, p) = (case.size("n")?, case.probability()?);
    let mut rng = SmallRng::seed_from_u64(1);
    let draw = |_| if rng.random::<f32>() >= p { 1.0 / (1.0 - p) } else { 0.0 };
    let (dy, mask) = (vector(values(n, Seed::Dy)), Array1::from_shape_fn(n, draw));
    Ok(vec![
        Variant::kept(Array1::zeros(n), move |dx| {
            Zip::from(dx).and(&dy).and(&mask).for_each(|dx, dy, mask| *dx = dy * mask);
        })
        .random(),
    ])
}

fn fill(case: &Case, draw: impl Fn(&mut SmallRng) -> f32 + 'static) -> Result<Vec<Variant>> {
    let mut rng = SmallRng::seed_from_u64(1);
    let fill = move |w: &mut Array1<f32>| w.map_inplace(|w| *w = draw(&mut rng));
    Ok(vec![Variant::kept(Array1::zeros(case.size("n")?), fill).random()])
}

fn noise(case: &Case) -> Result<Vec<Variant>> {
    let x = vector(values(case.size("n")?, Seed::X));
    let mut rng = SmallRng::seed_from_u64(1);
    Ok(vec![
        Variant::kept(Array1::zeros(x.len()), move |y| {
            let add = |y: &mut f32, x: &f32| *y = x + 0.1 * rng.sample::<f32, _>(StandardNormal);
            Zip::from(y).and(&x).for_each(add);
        })
        .random(),
    ])
}
