// The first definition of a link counts: on the page itself these are files.
//! [batch-symbols]: super::batch_norm#symbols-and-shapes
//! [batch-levels]: super::batch_norm#levels
//!
#![doc = include_str!("../spec/clipping.md")]
// Throughout: a gradient is a list of tensors, each of them a matrix of any size (a vector is one of
// one row); τ is the threshold. Each function is one formula of the page above.

use nalgebra::DMatrix;

use crate::{Error, check};

/// What becomes of a gradient in which an element is NaN or infinite.
///
/// Clauses CLP-18 … CLP-20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NonFinite {
    /// It is an error.
    #[default]
    Refuse,
    /// It stays to be seen: by value NaN is NaN and ±∞ is ±τ, by norm every element is NaN.
    Propagate,
    /// Every element of every tensor is +0: the step is skipped.
    Zero,
}

/// A gradient that was clipped by its norm.
#[derive(Debug, Clone, PartialEq)]
pub struct Clipped {
    /// The tensors, in their order.
    pub gradients: Vec<DMatrix<f64>>,
    /// The norm of all of them together, before.
    pub norm: f64,
}

/// −τ below −τ, τ above τ, and the value itself between.
///
/// Clauses CLP-01, CLP-02. Source: Goodfellow, Bengio & Courville 2016, "Deep learning", section 10.11.1,
/// which names Mikolov 2012. value: any; NaN is not above and not below, so it stays.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::clip;
///
/// assert_eq!([clip(3.0, 2.0), clip(-3.0, 2.0), clip(1.5, 2.0)], [2.0, -2.0, 1.5]);
/// assert!(clip(f64::NAN, 2.0).is_nan());
/// ```
#[must_use]
pub fn clip(value: f64, threshold: f64) -> f64 {
    if value > threshold {
        threshold
    } else if value < -threshold {
        -threshold
    } else {
        value
    }
}

/// Each element clipped to \[−τ, τ\] for itself: the direction changes.
///
/// Clauses CLP-01, CLP-02, CLP-17 … CLP-20. Source: as [`clip`].
///
/// # Errors
/// `threshold`: negative or NaN. `gradient`: an element is NaN or infinite, and `non_finite` refuses it.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::{NonFinite, by_value};
/// use nalgebra::dmatrix;
///
/// let gradient = dmatrix![3.0, -0.5; f64::NEG_INFINITY, 1.0];
/// assert!(by_value(&gradient, 1.0, NonFinite::Refuse).is_err());
/// assert_eq!(by_value(&gradient, 1.0, NonFinite::Propagate)?, dmatrix![1.0, -0.5; -1.0, 1.0]);
/// assert_eq!(by_value(&gradient, 1.0, NonFinite::Zero)?, dmatrix![0.0, 0.0; 0.0, 0.0]);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn by_value(
    gradient: &DMatrix<f64>,
    threshold: f64,
    non_finite: NonFinite,
) -> Result<DMatrix<f64>, Error> {
    check::threshold(threshold)?;
    if let Some(value) = gradient.iter().find(|value| !value.is_finite()) {
        match non_finite {
            NonFinite::Refuse => return Err(not_finite(*value)),
            NonFinite::Zero => return Ok(gradient.map(|_| 0.0)),
            NonFinite::Propagate => {}
        }
    }
    Ok(gradient.map(|value| clip(value, threshold)))
}

fn not_finite(value: f64) -> Error {
    Error::new("gradient", value, "finite")
}

/// m = max |g| over all elements of all tensors; NaN if one of them is NaN, 0 if there is none.
///
/// Clause CLP-06. Source: Higham 2002, "Accuracy and stability of numerical algorithms", section 27.8.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::largest;
/// use nalgebra::dmatrix;
///
/// assert_eq!(largest(&[dmatrix![1.0, -7.0], dmatrix![2.0]]), 7.0);
/// assert_eq!(largest(&[]), 0.0);
/// ```
#[must_use]
pub fn largest(gradients: &[DMatrix<f64>]) -> f64 {
    let larger = |m: f64, g: f64| if g > m || g.is_nan() { g } else { m };
    gradients.iter().flatten().map(|g| g.abs()).fold(0.0, larger)
}

/// s = √Σ (g/m)²: between 1 and √n, so that no square leaves the range.
///
/// Clause CLP-06. Source: Higham 2002, section 27.8. m: [`largest`], finite and positive.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::relative_norm;
/// use nalgebra::dmatrix;
///
/// // 1 + (¾)² = (5/4)².
/// assert_eq!(relative_norm(&[dmatrix![3e300, 4e300]], 4e300), 1.25);
/// ```
#[must_use]
pub fn relative_norm(gradients: &[DMatrix<f64>], largest: f64) -> f64 {
    gradients.iter().flatten().map(|g| (g / largest) * (g / largest)).sum::<f64>().sqrt()
}

/// N = √Σ g², as m·s: over all elements of all tensors.
///
/// Clauses CLP-04 … CLP-06, CLP-08. Source: Pascanu, Mikolov & Bengio 2013, "On the difficulty of
/// training recurrent neural networks", algorithm 1, whose norm is that of all parameters' gradient.
///
/// Any values; NaN with a NaN among them, else ∞ with an infinity. Zeros, and no element, have norm 0.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::norm;
/// use nalgebra::dmatrix;
///
/// assert_eq!(norm(&[dmatrix![1.0, 4.0], dmatrix![-8.0]]), 9.0);
/// // Not the sum of the norms of the tensors, and no square of 10³⁰⁰ either.
/// assert_eq!(norm(&[dmatrix![3e300], dmatrix![4e300]]), 5e300);
/// ```
#[must_use]
pub fn norm(gradients: &[DMatrix<f64>]) -> f64 {
    let m = largest(gradients);
    if m == 0.0 || !m.is_finite() {
        return m;
    }
    m * relative_norm(gradients, m)
}

/// N = √Σ N_k²: the norm of the whole from the norms of its parts.
///
/// Clause CLP-05. Source: the sum of all squares is the sum of the parts' sums.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::norm_of_parts;
///
/// assert_eq!(norm_of_parts(&[3.0, 0.0, 4.0]), 5.0);
/// ```
#[must_use]
pub fn norm_of_parts(norms: &[f64]) -> f64 {
    norm(&[DMatrix::from_row_slice(1, norms.len(), norms)])
}

/// g·τ/N where N > τ, and g itself where not: one factor for all elements of all tensors.
///
/// Clauses CLP-09 … CLP-14, CLP-17 … CLP-20. Source: Pascanu, Mikolov & Bengio 2013, algorithm 1 (which
/// scales from N = τ on, where the factor is 1).
///
/// It is taken as (g/m)·(τ/s), with m of [`largest`] and s of [`relative_norm`]: N = m·s may be beyond
/// the range where every element is within. The norm that is returned is N, before clipping.
///
/// # Errors
/// `threshold`: negative or NaN. `gradient`: an element is NaN or infinite, and `non_finite` refuses it.
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::{NonFinite, by_global_norm};
/// use nalgebra::dmatrix;
///
/// let gradients = [dmatrix![6.0, 0.0], dmatrix![-8.0]];
/// let clipped = by_global_norm(&gradients, 5.0, NonFinite::Refuse)?;
/// assert_eq!(clipped.norm, 10.0);
/// assert_eq!(clipped.gradients, [dmatrix![3.0, 0.0], dmatrix![-4.0]]);
/// assert_eq!(by_global_norm(&gradients, 10.0, NonFinite::Refuse)?.gradients, gradients);
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn by_global_norm(
    gradients: &[DMatrix<f64>],
    threshold: f64,
    non_finite: NonFinite,
) -> Result<Clipped, Error> {
    check::threshold(threshold)?;
    let (m, norm) = (largest(gradients), norm(gradients));
    let all = |formula: &dyn Fn(f64) -> f64| Clipped {
        gradients: gradients.iter().map(|tensor| tensor.map(formula)).collect(),
        norm,
    };
    if !m.is_finite() {
        return match non_finite {
            NonFinite::Refuse => Err(not_finite(m)),
            NonFinite::Propagate => Ok(all(&|_| f64::NAN)),
            NonFinite::Zero => Ok(all(&|_| 0.0)),
        };
    }
    if norm <= threshold {
        return Ok(all(&|g| g));
    }
    let s = relative_norm(gradients, m);
    Ok(all(&|g| (g / m) * (threshold / s)))
}

/// [`by_global_norm`] of one tensor.
///
/// Clauses CLP-09, CLP-10, CLP-12 … CLP-14, CLP-17 … CLP-20. Source: as there.
///
/// # Errors
/// As [`by_global_norm`].
///
/// # Example
/// ```
/// use evenkeel_reference::clipping::{NonFinite, by_norm};
/// use nalgebra::dmatrix;
///
/// let (clipped, norm) = by_norm(&dmatrix![3.0, -4.0], 2.5, NonFinite::Refuse)?;
/// assert_eq!((clipped, norm), (dmatrix![1.5, -2.0], 5.0));
/// # Ok::<(), evenkeel_reference::Error>(())
/// ```
pub fn by_norm(
    gradient: &DMatrix<f64>,
    threshold: f64,
    non_finite: NonFinite,
) -> Result<(DMatrix<f64>, f64), Error> {
    let Clipped { mut gradients, norm } =
        by_global_norm(std::slice::from_ref(gradient), threshold, non_finite)?;
    Ok((gradients.swap_remove(0), norm))
}
