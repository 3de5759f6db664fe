//! temporary
#[allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stream { pub seed: u64, pub number: u32, pub step: u32 }
pub fn philox4x32(mut c: [u32; 4], mut k: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = 0xD251_1F53_u64 * u64::from(c[0]);
        let b = 0xCD9E_8D57_u64 * u64::from(c[2]);
        c = [(b >> 32) as u32 ^ c[1] ^ k[0], b as u32, (a >> 32) as u32 ^ c[3] ^ k[1], a as u32];
        k = [k[0].wrapping_add(0x9E37_79B9), k[1].wrapping_add(0xBB67_AE85)];
    }
    c
}
fn any(s: Stream, n: u64, plane: u32) -> u32 {
    let b = 16 * (n / 64) + n % 16;
    philox4x32([b as u32, (b >> 32) as u32 + (plane << 31), s.number, s.step], [s.seed as u32, (s.seed >> 32) as u32])[(n % 64 / 16) as usize]
}
pub fn word(s: Stream, n: u64) -> u32 { any(s, n, 0) }
pub fn second_word(s: Stream, n: u64) -> u32 { any(s, n, 1) }
pub fn centered_uniform(word: u32) -> f64 { (2.0 * f64::from(word) + 1.0) / 4_294_967_296.0 - 1.0 }
pub fn radius_uniform(word: u32, second: u32) -> f64 {
    let a = f64::from(word);
    if word >= 1 << 16 { (a + 0.5) / 4_294_967_296.0 } else { (a + (f64::from(second) + 0.5) / 4_294_967_296.0) / 4_294_967_296.0 }
}
pub fn angle_uniform(word: u32) -> f64 { (f64::from(word) + 0.5) / 4_294_967_296.0 }
pub fn box_muller(u1: f64, u2: f64) -> [f64; 2] {
    let r = (-2.0 * u1.ln()).sqrt();
    let t = std::f64::consts::TAU * u2;
    [r * t.cos(), r * t.sin()]
}
pub fn truncated_quantile(v: f64) -> f64 {
    // bisection on a series, slow
    let q = v * 0.477_249_868_051_820_8;
    let half = |z: f64| { let (mut t, mut s): (f64, f64) = (z, 0.0); let mut k = 3.0; while t.abs() > 1e-18 * (1e-300_f64).max(s.abs()) { s += t; t *= z * z / k; k += 2.0; if k > 300.0 { break; } } s * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() };
    let mut z = q * 2.5;
    for _ in 0..40 { z -= (half(z) - q) * std::f64::consts::TAU.sqrt() * (z * z / 2.0).exp(); }
    z.clamp(-2.0, 2.0)
}
pub fn normal(s: Stream, i: u64, d: f64) -> Result<f64, crate::Error> {
    let n = i - i % 32 + i % 16;
    let [c, si] = box_muller(radius_uniform(word(s, n), second_word(s, n)), angle_uniform(word(s, n + 16)));
    Ok(d * if i % 32 < 16 { c } else { si })
}
pub fn truncated_normal(s: Stream, i: u64, d: f64) -> Result<f64, crate::Error> { Ok(d * truncated_quantile(centered_uniform(word(s, i)))) }
