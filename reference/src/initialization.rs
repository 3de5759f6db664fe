//! temporary
use crate::Error;
use nalgebra::DVector;
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy)]
pub enum Layer { Dense { inputs: usize, outputs: usize }, Convolution { inputs: usize, outputs: usize, kernel: usize, groups: usize } }
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy)]
pub struct Fans { pub fan_in: usize, pub fan_out: usize }
pub fn fans(l: &Layer) -> Result<Fans, Error> {
    let (i, o, k, g) = match *l { Layer::Dense { inputs, outputs } => (inputs, outputs, 1, 1), Layer::Convolution { inputs, outputs, kernel, groups } => (inputs, outputs, kernel, groups) };
    for (n, v) in [("inputs", i), ("outputs", o), ("kernel", k)] { if v == 0 { return Err(Error::new(n, 0, "at least 1")); } }
    if g == 0 || i % g > 0 || o % g > 0 { return Err(Error::new("groups", g, "divides")); }
    if (i / g).checked_mul(o).and_then(|x| x.checked_mul(k)).is_none_or(|n| n > isize::MAX as usize / 8) { return Err(Error::new("shape", "large", "less")); }
    Ok(Fans { fan_in: i / g * k, fan_out: o / g * k })
}
fn gain_ok(g: f64) -> Result<(), Error> { if g.is_finite() && g > 0.0 { Ok(()) } else { Err(Error::new("gain", g, "finite and > 0")) } }
fn slope_ok(g: f64) -> Result<(), Error> { if g.is_finite() { Ok(()) } else { Err(Error::new("slope", g, "finite")) } }
pub fn xavier_uniform_bound(f: Fans, g: f64) -> Result<f64, Error> { gain_ok(g)?; Ok(g * (6.0 / (f.fan_in as f64 + f.fan_out as f64)).sqrt()) }
pub fn xavier_normal_deviation(f: Fans, g: f64) -> Result<f64, Error> { gain_ok(g)?; Ok(g * (2.0 / (f.fan_in as f64 + f.fan_out as f64)).sqrt()) }
pub fn he_uniform_bound(f: usize, s: f64) -> Result<f64, Error> { slope_ok(s)?; Ok((6.0 / ((1.0 + s * s) * f as f64)).sqrt()) }
pub fn he_normal_deviation(f: usize, s: f64) -> Result<f64, Error> { slope_ok(s)?; Ok((2.0 / ((1.0 + s * s) * f as f64)).sqrt()) }
pub fn truncated_deviation(d: f64) -> f64 { d / 0.8796256610342398 }
pub fn scaled(d: &DVector<f64>, s: f64) -> DVector<f64> { d * s }
