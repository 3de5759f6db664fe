//! Long inputs on one line of a report.

use std::fmt;

/// The first values of a slice: as many as a line of a report has room for.
pub(crate) struct Brief<'a, T>(pub(crate) &'a [T]);

/// So many characters; a report indents by four, and a field's name and the rest take some more.
const WIDTH: usize = 66;

impl<T: fmt::Debug> fmt::Display for Brief<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = String::from("[");
        for (k, value) in self.0.iter().enumerate() {
            let one = format!("{}{value:?}", if k > 0 { ", " } else { "" });
            if k > 0 && line.len() + one.len() > WIDTH {
                return write!(f, "{line}] … {} values", self.0.len());
            }
            line += &one;
        }
        write!(f, "{line}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(Brief(&[1.5, f64::NAN]).to_string(), "[1.5, NaN]");
        assert_eq!(Brief::<f64>(&[]).to_string(), "[]");
        let long = Brief(&[-1.234_567_890_123_456_7e-300; 100]).to_string();
        assert!(long.chars().count() <= WIDTH + 14 && long.ends_with("] … 100 values"), "{long}");
    }
}
