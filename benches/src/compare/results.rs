//! What was measured, as it is written to JSON. Times are nanoseconds of one call.

use serde::{Deserialize, Serialize};

use super::interval::{Ratio, median};
use super::machine::Machine;
use super::process::Failure;

/// A whole comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Where.
    pub machine: Machine,
    /// When, as YYYY-MM-DD.
    pub date: String,
    /// Who, for each number of threads.
    pub members: Vec<Member>,
    /// What.
    pub cases: Vec<Measured>,
}

/// A contestant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// On so many threads.
    pub threads: usize,
    /// What it is made of; why it is missing, where it is.
    pub versions: Result<String, String>,
}

/// A case on so many threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Its line in the list.
    pub case: String,
    /// On so many threads.
    pub threads: usize,
    /// Whether it is a point of a curve.
    pub curve: bool,
    /// All who took part.
    pub lines: Vec<Line>,
    /// All who did not, though they offered to.
    pub left_out: Vec<Left>,
}

/// A variant of a contestant in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Whose.
    pub contestant: String,
    /// Which of its ways.
    pub variant: String,
    /// Calls of a run.
    pub calls: usize,
    /// The middle one of the times.
    pub median: f64,
    /// How many times as long as ours, `out`; `None` if ours is missing.
    pub ratio: Option<Ratio>,
    /// By round: the same place, the same round.
    pub times: Vec<f64>,
}

/// Who was left out of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// Whose.
    pub contestant: String,
    /// Which of its ways; all, if empty.
    pub variant: String,
    /// What went wrong.
    pub why: String,
}

impl Member {
    /// As it answered.
    #[must_use]
    pub fn new(name: &str, threads: usize, versions: Result<String, Failure>) -> Self {
        Self { name: name.into(), threads, versions: versions.map_err(|why| why.to_string()) }
    }
}

impl Line {
    /// The times of a variant; the ratio comes when all are there.
    #[must_use]
    pub fn new(contestant: &str, variant: &str, calls: usize, times: Vec<f64>) -> Self {
        let (contestant, variant, median) = (contestant.into(), variant.into(), median(&times));
        Self { contestant, variant, calls, median, ratio: None, times }
    }
}

impl Measured {
    /// With the ratio of each line to ours.
    #[must_use]
    pub fn new(
        case: String,
        threads: usize,
        curve: bool,
        mut lines: Vec<Line>,
        left_out: Vec<Left>,
    ) -> Self {
        let ours = lines.iter().find(|line| line.contestant == "ours" && line.variant == "out");
        if let Some(ours) = ours.map(|line| line.times.clone()) {
            for line in &mut lines {
                line.ratio = Ratio::paired(&line.times, &ours);
            }
        }
        Self { case, threads, curve, lines, left_out }
    }

    /// The line of a contestant's variant.
    #[must_use]
    pub fn line(&self, contestant: &str, variant: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.contestant == contestant && line.variant == variant)
    }

    /// The lines of rivals, the fastest first.
    #[must_use]
    pub fn rivals(&self) -> Vec<&Line> {
        let own = ["ours", "ours-1", "roofline"];
        let mut rivals: Vec<&Line> =
            self.lines.iter().filter(|line| !own.contains(&&*line.contestant)).collect();
        rivals.sort_by(|a, b| a.median.total_cmp(&b.median));
        rivals
    }

    /// The copy of as many elements, ordinary or streaming: the faster of the two.
    #[must_use]
    pub fn copy(&self) -> Option<&Line> {
        let copies = ["copy", "copy_streaming"].map(|variant| self.line("roofline", variant));
        copies.into_iter().flatten().min_by(|a, b| a.median.total_cmp(&b.median))
    }

    /// A line for whoever watches.
    #[must_use]
    pub fn summary(&self) -> String {
        let one = |line: &Line| {
            let ratio = line.ratio.map_or(String::new(), |r| {
                format!(" ×{:.2} [{:.2}, {:.2}]", r.mean, r.low, r.high)
            });
            format!("{} {} {:.1} µs{ratio}", line.contestant, line.variant, line.median / 1e3)
        };
        let ours = self.line("ours", "out").map(one);
        let others = self.copy().map(one).into_iter().chain(self.rivals().first().map(|r| one(r)));
        ours.into_iter().chain(others).collect::<Vec<_>>().join(", ")
    }
}
