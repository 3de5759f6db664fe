//! What is to be reached, and what was.

use serde::Deserialize;

use super::traffic;
use crate::compare::interval::Ratio;
use crate::compare::results::{Line, Measured, Results};

/// The list as it stands beside the cases.
pub const TARGETS: &str = include_str!("../../targets.toml");

/// One row: see the head of `benches/targets.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The row's name.
    pub what: String,
    /// A line of the cases.
    pub case: String,
    /// On so many threads.
    #[serde(default = "one")]
    pub threads: usize,
    /// Our variant.
    #[serde(default = "out")]
    pub ours: String,
    /// Only these count; all, if there is none.
    #[serde(default)]
    pub rivals: Vec<String>,
    /// Only these ways of theirs count; all, if there is none.
    #[serde(default)]
    pub variants: Vec<String>,
    /// Instead of rivals: the sum of these lines of the roofline.
    #[serde(default)]
    pub limit: Vec<String>,
    /// What has to be reached.
    pub must: Option<f64>,
    /// What is to be reached.
    pub aim: Option<f64>,
}

fn one() -> usize {
    1
}

fn out() -> String {
    "out".into()
}

#[derive(Debug, Deserialize)]
struct List {
    target: Vec<Target>,
}

/// How a target came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Against whom.
    pub rival: String,
    /// How many times as long as ours.
    pub ratio: Ratio,
}

/// The rows of a list.
///
/// # Errors
/// The list is not of that form.
pub fn list(text: &str) -> Result<Vec<Target>, toml::de::Error> {
    toml::from_str::<List>(text).map(|list| list.target)
}

impl Target {
    /// The case on its number of threads, if it was measured for the tables.
    #[must_use]
    pub fn find<'a>(&self, results: &'a Results) -> Option<&'a Measured> {
        let same = |m: &&Measured| m.case == self.case && m.threads == self.threads && !m.curve;
        results.cases.iter().find(same)
    }

    /// How it came out.
    ///
    /// # Errors
    /// What is missing.
    pub fn outcome(&self, measured: &Measured) -> Result<Outcome, String> {
        let ours = measured.line("ours", &self.ours);
        let ours = ours.ok_or_else(|| format!("ours has no `{}`", self.ours))?;
        let (rival, times) =
            if self.limit.is_empty() { self.fastest(measured) } else { self.sum(measured) }?;
        let ratio = Ratio::paired(&times, &ours.times).ok_or("too few rounds")?;
        Ok(Outcome { rival, ratio })
    }

    fn fastest(&self, measured: &Measured) -> Result<(String, Vec<f64>), String> {
        let among = |list: &[String], name: &str| list.is_empty() || list.iter().any(|l| l == name);
        let counts = |line: &&Line| {
            among(&self.rivals, &line.contestant) && among(&self.variants, &line.variant)
        };
        // Our own run on one thread is a rival only where it is named.
        let one_thread = measured.line("ours-1", "out").filter(|_| self.rivals == ["ours-1"]);
        let rival = one_thread.or_else(|| measured.rivals().into_iter().find(counts));
        let rival = rival.ok_or("no such rival took part")?;
        Ok((format!("{} `{}`", rival.contestant, rival.variant), rival.times.clone()))
    }

    /// The sum of the limits, round by round.
    fn sum(&self, measured: &Measured) -> Result<(String, Vec<f64>), String> {
        let mut sum: Option<Vec<f64>> = None;
        for name in &self.limit {
            let line = traffic::limit(measured, name).ok_or_else(|| format!("no {name}"))?;
            sum = Some(match sum {
                None => line.times.clone(),
                Some(sum) => sum.iter().zip(&line.times).map(|(a, b)| a + b).collect(),
            });
        }
        Ok((self.limit.join(" + "), sum.ok_or("no limit")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CASES, Entry, entries};

    #[test]
    fn every_target_is_of_a_case_and_wants_something() {
        let cases = entries(CASES).unwrap();
        let known = |target: &Target| {
            cases.iter().any(|e| matches!(e, Entry::One(case) if case.to_string() == target.case))
        };
        let targets = list(TARGETS).unwrap();
        assert!(targets.len() > 60);
        for target in targets {
            assert!(known(&target), "{}", target.case);
            assert!(target.must.or(target.aim).is_some(), "{}", target.what);
            assert!(target.limit.is_empty() || target.rivals.is_empty(), "{}", target.what);
        }
        assert!(list("[[target]]\nwhat = \"a\"\ncase = \"b\"\nmost = 1.0").is_err());
    }

    fn measured() -> Measured {
        let line = |name: &str, variant: &str, t: f64| Line::new(name, variant, 1, vec![t, t, t]);
        let lines = vec![
            line("ours", "out", 2.0),
            line("ours", "1ulp", 1.0),
            line("ours-1", "out", 3.0),
            line("roofline", "copy", 1.0),
            line("roofline", "copy_streaming", 0.5),
            line("roofline", "read", 0.25),
            line("torch", "out", 8.0),
            line("torch", "compile", 4.0),
            line("onednn", "out", 6.0),
        ];
        Measured::new("tanh_forward n=4".into(), 1, false, lines, Vec::new())
    }

    #[test]
    fn the_rival_is_the_fastest_that_counts() {
        let outcome = |rest: &str| {
            let text = format!("[[target]]\nwhat = \"a\"\ncase = \"tanh_forward n=4\"\n{rest}");
            let found = list(&text).unwrap()[0].outcome(&measured());
            // Logarithms there and back cost some units in the last place.
            found.map(|outcome| (outcome.rival, (outcome.ratio.mean * 1e12).round() / 1e12))
        };
        let is = |rival: &str, ratio: f64| Ok((rival.to_string(), ratio));
        assert_eq!(outcome(""), is("torch `compile`", 2.0));
        assert_eq!(outcome("rivals = [\"onednn\"]"), is("onednn `out`", 3.0));
        assert_eq!(outcome("rivals = [\"torch\"]\nvariants = [\"out\"]"), is("torch `out`", 4.0));
        assert_eq!(outcome("rivals = [\"ours-1\"]"), is("ours-1 `out`", 1.5));
        assert_eq!(outcome("ours = \"1ulp\""), is("torch `compile`", 4.0));
        assert_eq!(outcome("limit = [\"read\", \"copy\"]"), is("read + copy", 0.375));
        assert_eq!(outcome("ours = \"f64\""), Err("ours has no `f64`".into()));
        assert_eq!(outcome("rivals = [\"jax\"]"), Err("no such rival took part".into()));
    }
}
