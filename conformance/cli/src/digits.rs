//! The 1,797 handwritten digits of the UCI repository (see `data/README.md`), as they lie in the crate.

use std::io::{self, Read};

use flate2::read::GzDecoder;

const PACKED: &[u8] = include_bytes!("../data/digits.csv.gz");

/// Pixels of an image: 8 × 8, each from 0 to 16.
pub(crate) const PIXELS: usize = 64;

/// The images, and which digit each one shows.
pub(crate) struct Digits {
    /// The pixels of all images, image after image.
    pub(crate) pixels: Vec<f64>,
    /// A digit for each image.
    pub(crate) classes: Vec<usize>,
}

/// All 1,797 of them.
///
/// # Errors
/// When the packed file is damaged.
pub(crate) fn load() -> io::Result<Digits> {
    let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_string());
    let mut text = String::new();
    GzDecoder::new(PACKED).read_to_string(&mut text)?;
    let mut digits = Digits { pixels: Vec::with_capacity(1797 * PIXELS), classes: Vec::new() };
    for line in text.lines() {
        let fields = line.split(',').map(str::parse::<f64>).collect::<Result<Vec<_>, _>>();
        let fields = fields.map_err(|error| damaged(&error.to_string()))?;
        // The last field is the digit.
        let Some((class, pixels)) = fields.split_last().filter(|(_, rest)| rest.len() == PIXELS)
        else {
            return Err(damaged("a digit is not 8 × 8"));
        };
        digits.pixels.extend_from_slice(pixels);
        digits.classes.push(*class as usize);
    }
    Ok(digits)
}

/// The pixels of all images, image after image.
///
/// # Errors
/// When the packed file is damaged.
pub(crate) fn pixels() -> io::Result<Vec<f64>> {
    Ok(load()?.pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_1797_images_of_16_grey_levels() {
        let Digits { pixels, classes } = load().expect("the file lies in the crate");
        assert_eq!(classes.len(), 1797);
        assert!(classes.iter().all(|class| *class < 10));
        assert_eq!(pixels.len(), 1797 * PIXELS);
        assert!(pixels.iter().all(|p| (0.0..=16.0).contains(p) && p.fract() == 0.0));
    }
}
