//! The checks of arguments, kept apart so that the formulas stay bare.

use nalgebra::{DMatrix, DVector};

use crate::Error;
use crate::augmentation::Rectangle;

/// A mean of nothing is nothing: `x` needs a row. Having no column (no channel) is fine.
pub(crate) fn batch(x: &DMatrix<f64>) -> Result<(), Error> {
    if x.nrows() > 0 {
        return Ok(());
    }
    Err(Error::new("shape", size(x), "at least one row"))
}

/// A row of nothing has no mean: `x` needs a column. Having no row (no sample) is fine.
pub(crate) fn features(x: &DMatrix<f64>) -> Result<(), Error> {
    if x.ncols() > 0 {
        return Ok(());
    }
    Err(Error::new("shape", size(x), "at least one column"))
}

/// One value per row of `x`.
pub(crate) fn per_row(
    argument: &'static str,
    values: &DVector<f64>,
    x: &DMatrix<f64>,
) -> Result<(), Error> {
    length(argument, values.len(), x.nrows())
}

/// One value per column of `x`.
pub(crate) fn per_channel(
    argument: &'static str,
    values: &DVector<f64>,
    x: &DMatrix<f64>,
) -> Result<(), Error> {
    length(argument, values.len(), x.ncols())
}

/// What a batch can be normalised with: a mean and a variance per column, and ε.
pub(crate) fn statistics(
    x: &DMatrix<f64>,
    mean: &DVector<f64>,
    variance: &DVector<f64>,
    epsilon: f64,
) -> Result<(), Error> {
    batch(x)?;
    per_channel("mean", mean, x)?;
    per_channel("variance", variance, x)?;
    not_negative("epsilon", epsilon)
}

/// A vector of `expected` elements.
pub(crate) fn length(argument: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::new(argument, format!("{found} long"), format!("{expected} long")))
}

/// A matrix of the size of `x`.
pub(crate) fn same_size<V>(
    argument: &'static str,
    values: &DMatrix<V>,
    x: &DMatrix<f64>,
) -> Result<(), Error> {
    size_is(argument, values, x.nrows(), x.ncols())
}

/// A matrix of so many columns.
pub(crate) fn width(argument: &'static str, x: &DMatrix<f64>, columns: usize) -> Result<(), Error> {
    size_is(argument, x, x.nrows(), columns)
}

/// A matrix of that size.
pub(crate) fn size_is<V>(
    argument: &'static str,
    x: &DMatrix<V>,
    rows: usize,
    columns: usize,
) -> Result<(), Error> {
    if x.shape() == (rows, columns) {
        return Ok(());
    }
    Err(Error::new(argument, size(x), format!("{rows} × {columns}")))
}

/// A batch of so many rows at least.
pub(crate) fn rows(x: &DMatrix<f64>, least: usize) -> Result<(), Error> {
    if x.nrows() >= least {
        return Ok(());
    }
    Err(Error::new("rows", x.nrows(), format!("at least {least}")))
}

/// A class for each row of `z`, each with a column.
pub(crate) fn classes(classes: &[usize], z: &DMatrix<f64>) -> Result<(), Error> {
    length("classes", classes.len(), z.nrows())?;
    match classes.iter().find(|&&class| class >= z.ncols()) {
        Some(class) => Err(Error::new("classes", class, format!("below {}", z.ncols()))),
        None => Ok(()),
    }
}

/// ε, a strength, a rate, or the bound of a uniform distribution: finite and not negative.
pub(crate) fn not_negative(argument: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(Error::new(argument, value, "finite and ≥ 0"))
}

/// What a gradient is clipped at: not negative; infinite for no clipping at all.
pub(crate) fn threshold(threshold: f64) -> Result<(), Error> {
    if threshold >= 0.0 {
        return Ok(());
    }
    Err(Error::new("threshold", threshold, "≥ 0"))
}

/// A weight of an average, or a probability: from 0 to 1.
pub(crate) fn share(argument: &'static str, share: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(Error::new(argument, share, "from 0 to 1"))
}

/// The deviation of a normal distribution: so far from the end of the range that no draw passes it.
pub(crate) fn deviation(deviation: f64) -> Result<(), Error> {
    if (0.0..=f64::MAX / 16.0).contains(&deviation) {
        return Ok(());
    }
    Err(Error::new("deviation", deviation, "from 0 to MAX/16"))
}

/// A count of at least one: units, channels, positions or a fan.
pub(crate) fn at_least_one(argument: &'static str, count: usize) -> Result<(), Error> {
    if count >= 1 {
        return Ok(());
    }
    Err(Error::new(argument, count, "at least 1"))
}

/// Groups of a convolution: they divide both sides evenly.
pub(crate) fn groups(groups: usize, inputs: usize, outputs: usize) -> Result<(), Error> {
    if groups >= 1 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups) {
        return Ok(());
    }
    let allowed = format!("at least 1, dividing {inputs} inputs and {outputs} outputs");
    Err(Error::new("groups", groups, allowed))
}

/// Parameters that 64 bits can count.
pub(crate) fn count(count: Option<u64>) -> Result<u64, Error> {
    let beyond = || Error::new("layers", "beyond 2⁶⁴ − 1 parameters", "at most 2⁶⁴ − 1 parameters");
    count.ok_or_else(beyond)
}

/// One of `length` places, counted from 0.
pub(crate) fn index(index: usize, length: usize) -> Result<(), Error> {
    if index < length {
        return Ok(());
    }
    Err(Error::new("index", index, format!("less than {length}, the number of hidden layers")))
}

/// A fraction that is above 0 and no more than 1.
pub(crate) fn fraction(numerator: u64, denominator: u64) -> Result<(), Error> {
    if denominator == 0 {
        return Err(Error::new("denominator", denominator, "at least 1"));
    }
    if (1..=denominator).contains(&numerator) {
        return Ok(());
    }
    Err(Error::new("numerator", numerator, format!("from 1 to {denominator}, the denominator")))
}

/// A budget of the least that is needed: `None` is beyond every budget.
pub(crate) fn budget(budget: u64, least: Option<u64>) -> Result<(), Error> {
    match least {
        Some(least) if least <= budget => Ok(()),
        Some(least) => Err(Error::new("budget", budget, format!("at least {least}"))),
        None => Err(Error::new("budget", budget, "at least 2⁶⁴, which no budget is")),
    }
}

/// A factor on the deviation: finite and positive.
pub(crate) fn gain(gain: f64) -> Result<(), Error> {
    if gain.is_finite() && gain > 0.0 {
        return Ok(());
    }
    Err(Error::new("gain", gain, "finite and > 0"))
}

/// The slope of a leaky rectifier: finite.
pub(crate) fn slope(slope: f64) -> Result<(), Error> {
    finite("slope", slope)
}

/// A slope, an angle or a pixel: finite.
pub(crate) fn finite(argument: &'static str, value: f64) -> Result<(), Error> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Error::new(argument, value, "finite"))
}

/// A radius, a padding or an offset: no more than there is room for.
pub(crate) fn at_most(argument: &'static str, count: usize, most: usize) -> Result<(), Error> {
    if count <= most {
        return Ok(());
    }
    Err(Error::new(argument, count, format!("at most {most}")))
}

/// The ends of a range: in order, and both from `least` to `most`.
pub(crate) fn range(
    argument: &'static str,
    [low, high]: [f64; 2],
    [least, most]: [f64; 2],
) -> Result<(), Error> {
    if least <= low && low <= high && high <= most {
        return Ok(());
    }
    let allowed = format!("from {least} to {most}, the lower one first");
    Err(Error::new(argument, format!("{low} to {high}"), allowed))
}

/// A rectangle inside `height` × `width` pixels.
pub(crate) fn inside(
    argument: &'static str,
    rectangle: Rectangle,
    [height, width]: [usize; 2],
) -> Result<(), Error> {
    let fits = |first: usize, length: usize, size: usize| {
        first.checked_add(length).is_some_and(|end| end <= size)
    };
    let Rectangle { top, left, height: rows, width: columns } = rectangle;
    if fits(top, rows, height) && fits(left, columns, width) {
        return Ok(());
    }
    let value = format!("{rows} × {columns} at row {top}, column {left}");
    Err(Error::new(argument, value, format!("inside {height} × {width}")))
}

/// The product of the axes of a tensor, where a slice of `f64` can hold it.
pub(crate) fn product_fits(axes: &[usize]) -> Result<usize, Error> {
    let product = axes.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis));
    if let Some(product) = product.filter(|&product| product <= isize::MAX as usize / 8) {
        return Ok(product);
    }
    let axes: Vec<String> = axes.iter().map(ToString::to_string).collect();
    Err(Error::new("shape", axes.join(" × "), "at most isize::MAX/8 elements"))
}

/// Elements whose numbers, from `first` on, stay below 2⁶⁴ − 1.
pub(crate) fn window(first: u64, rows: usize, columns: usize) -> Result<(), Error> {
    let length = product_fits(&[rows, columns])? as u64;
    if first <= u64::MAX - length {
        return Ok(());
    }
    Err(Error::new("first", first, format!("at most {}", u64::MAX - length)))
}

fn size<V>(x: &DMatrix<V>) -> String {
    format!("{} × {}", x.nrows(), x.ncols())
}
