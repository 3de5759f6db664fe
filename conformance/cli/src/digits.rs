//! The 1,797 handwritten digits of the UCI repository (see `data/README.md`), as they lie in the crate.

use std::io::{self, Read};

use flate2::read::GzDecoder;

const PACKED: &[u8] = include_bytes!("../data/digits.csv.gz");

/// Pixels of an image: 8 × 8, each from 0 to 16.
pub(crate) const PIXELS: usize = 64;

/// The pixels of all images, image after image.
///
/// # Errors
/// When the packed file is damaged.
pub(crate) fn pixels() -> io::Result<Vec<f64>> {
    let mut text = String::new();
    GzDecoder::new(PACKED).read_to_string(&mut text)?;
    let mut pixels = Vec::with_capacity(1797 * PIXELS);
    for line in text.lines() {
        let fields = line.split(',').map(str::parse::<f64>).collect::<Result<Vec<_>, _>>();
        let fields = fields.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        // The last field is the label.
        if fields.len() != PIXELS + 1 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a digit is not 8 × 8"));
        }
        pixels.extend_from_slice(&fields[..PIXELS]);
    }
    Ok(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_1797_images_of_16_grey_levels() {
        let pixels = pixels().expect("the file lies in the crate");
        assert_eq!(pixels.len(), 1797 * PIXELS);
        assert!(pixels.iter().all(|p| (0.0..=16.0).contains(p) && p.fract() == 0.0));
    }
}
