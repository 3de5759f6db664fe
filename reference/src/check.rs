//! The checks of arguments, kept apart so that the formulas stay bare.

use nalgebra::{DMatrix, DVector};

use crate::Error;

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
    self::epsilon(epsilon)
}

/// A vector of `expected` elements.
pub(crate) fn length(argument: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::new(argument, format!("{found} long"), format!("{expected} long")))
}

/// A matrix of the size of `x`.
pub(crate) fn same_size(
    argument: &'static str,
    values: &DMatrix<f64>,
    x: &DMatrix<f64>,
) -> Result<(), Error> {
    if values.shape() == x.shape() {
        return Ok(());
    }
    Err(Error::new(argument, size(values), size(x)))
}

/// ε: finite and not negative.
pub(crate) fn epsilon(epsilon: f64) -> Result<(), Error> {
    if epsilon.is_finite() && epsilon >= 0.0 {
        return Ok(());
    }
    Err(Error::new("epsilon", epsilon, "finite and ≥ 0"))
}

/// A weight of an average: from 0 to 1.
pub(crate) fn weight(argument: &'static str, weight: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&weight) {
        return Ok(());
    }
    Err(Error::new(argument, weight, "from 0 to 1"))
}

fn size(x: &DMatrix<f64>) -> String {
    format!("{} × {}", x.nrows(), x.ncols())
}
