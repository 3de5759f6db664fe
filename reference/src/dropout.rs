//! temporary
use crate::Error;
use crate::random::{Stream, word, second_word};
use nalgebra::DMatrix;
pub fn threshold(p: f64) -> Result<u64, Error> { if (0.0..=1.0).contains(&p) { Ok((p * 2f64.powi(48)).round_ties_even() as u64) } else { Err(Error::new("drop_probability", p, "from 0 to 1")) } }
pub fn is_dropped(t: u64, half: u16, tie: u32) -> bool { (u64::from(half) << 32) + u64::from(tie) < t }
pub fn half(s: Stream, i: u64) -> u16 { let w = word(s, 16 * (i / 32) + i % 16); if i % 32 < 16 { w as u16 } else { (w >> 16) as u16 } }
pub fn keep_mask(s: Stream, first: u64, r: usize, c: usize, p: f64) -> Result<DMatrix<bool>, Error> {
    let t = threshold(p)?;
    Ok(DMatrix::from_fn(r, c, |i, j| { let e = first + (i * c + j) as u64; !is_dropped(t, half(s, e), second_word(s, e)) }))
}
pub fn forward(x: &DMatrix<f64>, k: &DMatrix<bool>, p: f64) -> Result<DMatrix<f64>, Error> { Ok(x.zip_map(k, |x, k| if k && p < 1.0 { x / (1.0 - p) } else { 0.0 })) }
pub fn backward(x: &DMatrix<f64>, k: &DMatrix<bool>, p: f64) -> Result<DMatrix<f64>, Error> { forward(x, k, p) }
pub fn inference(x: &DMatrix<f64>) -> DMatrix<f64> { x.clone() }
