//! The lines that a contestant and the driver exchange, seen from the contestant.
//!
//! ```text
//! versions                    versions TEXT
//! case KERNEL key=value …     offers VARIANT …      buffers made, one call of each made
//! check VARIANT               check S               S = Σ|result|, or `none` where it is drawn
//! run VARIANT CALLS           time NANOSECONDS      one call untimed, then CALLS of them together
//! drop                        dropped               buffers freed
//! anything that goes wrong    error TEXT            and the next line is awaited
//! ```
//!
//! The end of the input is the end of the contestant.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use crate::case::Case;

/// What serves the cases of one library.
pub trait Contestant {
    /// What it is made of.
    fn versions(&self) -> String;

    /// Prepares a case, which takes the place of the one before; gives the names of its variants.
    ///
    /// # Errors
    /// The case cannot be prepared.
    fn prepare(&mut self, case: &Case) -> Result<Vec<String>, String>;

    /// Σ|result| of a variant, `None` where it is drawn.
    ///
    /// # Errors
    /// There is no such variant.
    fn check(&self, variant: &str) -> Result<Option<f64>, String>;

    /// The time of so many calls.
    ///
    /// # Errors
    /// There is no such variant, or a call fails.
    fn run(&mut self, variant: &str, calls: usize) -> Result<Duration, String>;

    /// Frees the case.
    fn drop_case(&mut self);
}

/// Answers line by line, until the input ends.
///
/// # Errors
/// A line can be neither read nor written.
pub fn serve(
    input: impl BufRead,
    mut output: impl Write,
    contestant: &mut impl Contestant,
) -> io::Result<()> {
    for line in input.lines() {
        let answer = answer(&line?, contestant).unwrap_or_else(|why| format!("error {why}"));
        writeln!(output, "{}", answer.replace('\n', " "))?;
        output.flush()?;
    }
    Ok(())
}

fn answer(line: &str, contestant: &mut impl Contestant) -> Result<String, String> {
    let (verb, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    match verb {
        "versions" => Ok(format!("versions {}", contestant.versions())),
        "case" => {
            let case: Case = rest.parse().map_err(|bad| format!("{bad}"))?;
            Ok(format!("offers {}", contestant.prepare(&case)?.join(" ")))
        }
        "check" => {
            let sum = contestant.check(rest)?;
            Ok(sum.map_or_else(|| "check none".into(), |sum| format!("check {sum:e}")))
        }
        "run" => {
            let wrong = || format!("{line:?} is not run VARIANT CALLS");
            let (variant, calls) = rest.split_once(' ').ok_or_else(wrong)?;
            let calls = calls.parse().ok().filter(|&calls| calls > 0).ok_or_else(wrong)?;
            Ok(format!("time {}", contestant.run(variant, calls)?.as_nanos()))
        }
        "drop" => {
            contestant.drop_case();
            Ok("dropped".into())
        }
        _ => Err(format!("no such word: {verb:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers `out`, which takes a microsecond a call.
    #[derive(Default)]
    struct Plain(Option<Case>);

    impl Contestant for Plain {
        fn versions(&self) -> String {
            "plain 1.0".into()
        }

        fn prepare(&mut self, case: &Case) -> Result<Vec<String>, String> {
            self.0 = Some(case.clone());
            Ok(vec!["out".into()])
        }

        fn check(&self, variant: &str) -> Result<Option<f64>, String> {
            self.0
                .as_ref()
                .filter(|_| variant == "out")
                .map(|_| Some(2.5))
                .ok_or("none\nhere".into())
        }

        fn run(&mut self, _: &str, calls: usize) -> Result<Duration, String> {
            Ok(Duration::from_micros(calls as u64))
        }

        fn drop_case(&mut self) {
            self.0 = None;
        }
    }

    #[test]
    fn every_line_has_its_answer() {
        let lines = "versions\ncheck out\ncase tanh n=4\ncheck out\nrun out 3\nrun out 0\nrun out\n\
                     case n=4\nnonsense\ndrop\ncheck out\n";
        let mut answers = Vec::new();
        serve(lines.as_bytes(), &mut answers, &mut Plain::default()).unwrap();
        let expected = "versions plain 1.0\nerror none here\noffers out\ncheck 2.5e0\ntime 3000\n\
                        error \"run out 0\" is not run VARIANT CALLS\n\
                        error \"run out\" is not run VARIANT CALLS\nerror n=4: no kernel\n\
                        error no such word: \"nonsense\"\ndropped\nerror none here\n";
        assert_eq!(String::from_utf8(answers).unwrap(), expected);
    }
}
