//! The one error type: which argument, its value, what is allowed.

/// A refused argument. A call that returns an error has written nothing.
///
/// ```
/// use evenkeel_fast::{Policy, Shape, Workspace, batch_norm};
///
/// let (x, mut y) = ([1.0_f32, 2.0], [7.0_f32; 2]);
/// let mut moments = [Default::default(); 1];
/// let error = batch_norm::forward(
///     Shape::new(2, 1, 1), &x, &[1.0], &[0.0], -1.0, &mut y, &mut moments,
///     &mut Workspace::new(), &Policy::default(),
/// )
/// .unwrap_err();
/// assert_eq!(error.argument(), "epsilon");
/// assert_eq!(error.to_string(), "epsilon is -1, allowed is finite and ≥ 0");
/// assert_eq!(y, [7.0; 2]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{argument} is {value}, allowed is {allowed}")]
pub struct Error {
    argument: &'static str,
    value: String,
    allowed: String,
}

impl Error {
    pub(crate) fn new(
        argument: &'static str,
        value: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self { argument, value: value.into(), allowed: allowed.into() }
    }

    /// The argument's name, as it stands in the function's signature.
    pub fn argument(&self) -> &str {
        self.argument
    }

    /// What was given.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What would have been accepted.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}
