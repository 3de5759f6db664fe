//! The arguments, looked at before anything is written.

use crate::{Error, Moments, Shape};

/// Refuses a batch without values, with channels or without.
pub(super) fn shape(shape: Shape) -> Result<(), Error> {
    if shape.per_channel() == 0 {
        let Shape { outer, channels, inner } = shape;
        let value = format!("{outer} × {channels} × {inner}");
        return Err(Error::new("shape", value, "at least one value per channel"));
    }
    Ok(())
}

/// Refuses a slice of the wrong length.
pub(super) fn length<U>(name: &'static str, slice: &[U], expected: usize) -> Result<(), Error> {
    if slice.len() == expected {
        return Ok(());
    }
    Err(Error::new(name, values(slice.len()), values(expected)))
}

fn values(len: usize) -> String {
    if len == 1 { "1 value".into() } else { format!("{len} values") }
}

/// Refuses a negative or non-finite ε.
pub(super) fn epsilon(epsilon: f64) -> Result<(), Error> {
    if epsilon.is_finite() && epsilon >= 0.0 {
        return Ok(());
    }
    Err(Error::new("epsilon", epsilon.to_string(), "finite and ≥ 0"))
}

/// Refuses a weight outside [0, 1].
pub(super) fn weight(weight_of_new: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&weight_of_new) {
        return Ok(());
    }
    Err(Error::new("weight_of_new", weight_of_new.to_string(), "between 0 and 1"))
}

/// Refuses moments that are not those of this shape's channels.
pub(super) fn moments(moments: &[Moments], shape: Shape) -> Result<(), Error> {
    length("moments", moments, shape.channels)?;
    let expected = shape.per_channel() as u64;
    match moments.iter().find(|moments| moments.count() != expected) {
        None => Ok(()),
        Some(other) => {
            let value = format!("of {} values per channel", other.count());
            Err(Error::new("moments", value, format!("of {expected} values per channel")))
        }
    }
}
