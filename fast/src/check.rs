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

/// Refuses a batch of too few rows.
pub(crate) fn rows(rows: usize, least: usize) -> Result<(), Error> {
    if rows >= least {
        return Ok(());
    }
    Err(Error::new("rows", rows.to_string(), format!("at least {least}")))
}

/// Refuses a negative or non-finite ε.
pub(crate) fn epsilon(epsilon: f64) -> Result<(), Error> {
    not_negative("epsilon", epsilon)
}

/// Refuses a strength or a rate that is negative or not finite.
pub(crate) fn not_negative(name: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Error::new(name, value.to_string(), "finite and ≥ 0"))
}

/// Refuses a weight or a probability outside [0, 1].
pub(crate) fn share(name: &'static str, share: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(Error::new(name, share.to_string(), "from 0 to 1"))
}

/// Refuses a threshold that is negative or NaN; infinite is for none.
pub(crate) fn threshold(threshold: f64) -> Result<(), Error> {
    if threshold >= 0.0 {
        return Ok(());
    }
    Err(Error::new("threshold", threshold.to_string(), "≥ 0"))
}

/// Refuses results that are not as many and as long as the tensors.
pub(crate) fn tensors<T>(
    name: &'static str,
    results: &[&mut [T]],
    tensors: &[&[T]],
) -> Result<(), Error> {
    same_number(name, results.len(), tensors.len())?;
    results.iter().zip(tensors).try_for_each(|(result, tensor)| length(name, result, tensor.len()))
}

/// Refuses a list of another number of tensors.
pub(crate) fn same_number(name: &'static str, number: usize, expected: usize) -> Result<(), Error> {
    if number == expected {
        return Ok(());
    }
    let [found, expected] = [number, expected].map(|n| format!("{n} tensors"));
    Err(Error::new(name, found, expected))
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

/// Refuses a part that ends beyond the last index.
pub(crate) fn first(first: u64, len: usize) -> Result<(), Error> {
    match first.checked_add(len as u64) {
        Some(_) => Ok(()),
        None => Err(Error::new("first", first.to_string(), format!("at most 2⁶⁴ − 1 − {len}"))),
    }
}

/// Refuses a bound or a deviation that is negative, not finite or too large for the type.
pub(crate) fn size(name: &'static str, size: f64, most: f64) -> Result<(), Error> {
    if (0.0..=most).contains(&size) {
        return Ok(());
    }
    Err(Error::new(name, size.to_string(), format!("from 0 to {most:e}")))
}

/// Refuses a gain that is not finite and positive.
pub(crate) fn gain(gain: f64) -> Result<(), Error> {
    if gain.is_finite() && gain > 0.0 {
        return Ok(());
    }
    Err(Error::new("gain", gain.to_string(), "finite and > 0"))
}

/// Refuses a slope that is not finite.
pub(crate) fn slope(slope: f64) -> Result<(), Error> {
    if slope.is_finite() {
        return Ok(());
    }
    Err(Error::new("slope", slope.to_string(), "finite"))
}

/// Refuses a size or a number of layers that is 0.
pub(crate) fn at_least_one(name: &'static str, size: usize) -> Result<(), Error> {
    if size > 0 { Ok(()) } else { Err(Error::new(name, "0", "at least 1")) }
}

/// Refuses groups that do not divide both sides of a convolution.
pub(crate) fn groups(groups: usize, inputs: usize, outputs: usize) -> Result<(), Error> {
    if groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups) {
        return Ok(());
    }
    let allowed = "at least 1, and a divisor of inputs and outputs";
    Err(Error::new("groups", groups.to_string(), allowed))
}

/// Refuses more parameters than 64 bits count; `None` is more than 128 bits do.
pub(crate) fn count(count: Option<u128>) -> Result<u64, Error> {
    let count = count.and_then(|count| u64::try_from(count).ok());
    count.ok_or_else(|| {
        Error::new("layers", "of more than 2⁶⁴ − 1 parameters", "at most 2⁶⁴ − 1 parameters")
    })
}

/// Refuses a fraction that is not above 0 and at most 1.
pub(crate) fn fraction(numerator: u64, denominator: u64) -> Result<(), Error> {
    if denominator == 0 {
        return Err(Error::new("denominator", "0", "at least 1"));
    }
    if (1..=denominator).contains(&numerator) {
        return Ok(());
    }
    let allowed = format!("from 1 to {denominator}, the denominator");
    Err(Error::new("numerator", numerator.to_string(), allowed))
}

/// Refuses a budget below the least that is needed; `None` is beyond every budget.
pub(crate) fn budget(budget: u64, least: Option<u128>) -> Result<(), Error> {
    match least {
        Some(least) if least <= u128::from(budget) => Ok(()),
        _ => {
            let allowed =
                least.map_or("beyond 64 bits".into(), |least| format!("at least {least}"));
            Err(Error::new("budget", budget.to_string(), allowed))
        }
    }
}
