//! Writes the page of the comparison from its JSON.
fn main() {}
