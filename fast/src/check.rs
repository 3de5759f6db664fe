//! The arguments, looked at before anything is written.

use crate::{Error, Moments, Shape};

/// Refuses a batch without values, with channels or without.
pub(crate) fn batch(shape: Shape) -> Result<(), Error> {
    if shape.per_channel() == 0 {
        return Err(empty(shape, "at least one value per channel"));
    }
    Ok(())
}

/// Refuses rows without features.
pub(crate) fn features(shape: Shape) -> Result<(), Error> {
    if shape.channels == 0 { Err(empty(shape, "at least one channel")) } else { Ok(()) }
}

fn empty(shape: Shape, allowed: &str) -> Error {
    let Shape { outer, channels, inner } = shape;
    Error::new("shape", format!("{outer} × {channels} × {inner}"), allowed)
}

/// Refuses a slice of the wrong length.
pub(crate) fn length<U>(name: &'static str, slice: &[U], expected: usize) -> Result<(), Error> {
    if slice.len() == expected {
        return Ok(());
    }
    Err(Error::new(name, values(slice.len()), values(expected)))
}

fn values(len: usize) -> String {
    if len == 1 { "1 value".into() } else { format!("{len} values") }
}

/// Refuses a negative or non-finite ε.
pub(crate) fn epsilon(epsilon: f64) -> Result<(), Error> {
    if epsilon.is_finite() && epsilon >= 0.0 {
        return Ok(());
    }
    Err(Error::new("epsilon", epsilon.to_string(), "finite and ≥ 0"))
}

/// Refuses a weight outside [0, 1].
pub(crate) fn weight(weight_of_new: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&weight_of_new) {
        return Ok(());
    }
    Err(Error::new("weight_of_new", weight_of_new.to_string(), "between 0 and 1"))
}

/// Refuses moments that are not those of `parts` channels or rows with `count` values each.
pub(crate) fn moments(
    moments: &[Moments],
    [parts, count]: [usize; 2],
    part: &str,
) -> Result<(), Error> {
    length("moments", moments, parts)?;
    match moments.iter().find(|moments| moments.count() != count as u64) {
        None => Ok(()),
        Some(other) => {
            let value = format!("of {} values per {part}", other.count());
            Err(Error::new("moments", value, format!("of {count} values per {part}")))
        }
    }
}
