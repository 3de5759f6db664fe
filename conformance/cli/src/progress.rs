//! The progress bar on standard error, where that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `steps` properties; invisible when standard error is not a terminal.
pub(crate) fn bar(steps: usize) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64);
    // The template is a constant: one that does not parse would show at once, as the plain bar.
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos:>3}/{len} {msg:.60}") {
        bar.set_style(style);
    }
    bar
}
