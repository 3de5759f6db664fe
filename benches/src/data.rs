//! The data of every benchmark, the same in every contestant and language.
//!
//! ```text
//! word   (i·2654435761 + seed·2246822519) mod 2³²
//! hash   h = word ^ (word >> 15);  h = h·2246822507 mod 2³²;  h ^ (h >> 13)
//! value  ((hash >> 8) | 1)/2²³ − 1
//! ```
//!
//! Non-zero, since zero pages need not be backed by memory and zeros multiply without rounding.

/// `length` values in [−1, 1), none of them zero, the same on every run.
#[must_use]
pub fn values<T: From<f32>>(length: usize, seed: u32) -> Vec<T> {
    (0..length).map(|i| T::from(value(i as u32, seed))).collect()
}

/// An odd multiple of 2⁻²³.
fn value(i: u32, seed: u32) -> f32 {
    let word = i.wrapping_mul(2_654_435_761).wrapping_add(seed.wrapping_mul(2_246_822_519));
    let once = (word ^ (word >> 15)).wrapping_mul(2_246_822_507);
    let hash = once ^ (once >> 13);
    ((hash >> 8) | 1) as f32 / 8_388_608.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_neither_zero_nor_alike() {
        let x: Vec<f32> = values(10_000, 1);
        assert!(x.iter().all(|&x| x != 0.0 && (-1.0..1.0).contains(&x)));
        let mean = x.iter().sum::<f32>() / 10_000.0;
        // Six standard deviations, √(1/3)/100 each, of the mean of independent values.
        assert!(mean.abs() < 0.035, "{mean}");
        assert_ne!(x, values::<f32>(10_000, 2));
    }

    /// By hand: word = 2654435761·i + 2246822519·seed, and so on.
    #[test]
    fn the_formula_is_that_of_the_page() {
        let exact = |i: u64, seed: u64| {
            let word = (i * 2_654_435_761 + seed * 2_246_822_519) % (1 << 32);
            let once = (word ^ (word >> 15)) * 2_246_822_507 % (1 << 32);
            let hash = once ^ (once >> 13);
            ((hash >> 8) | 1) as f64 / 8_388_608.0 - 1.0
        };
        for (i, seed) in [(0, 1), (1, 1), (12_345, 2), (134_217_727, 5)] {
            assert_eq!(f64::from(value(i as u32, seed as u32)), exact(i, seed));
        }
    }
}
