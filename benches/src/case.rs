//! A case: a kernel and what it is given, one line of `benches/cases.txt`.
//!
//! ```text
//! layer_norm_forward rows=8192 channels=4096     a case
//! tanh_forward n=2^10..2^27                      a curve: a case for each power of two
//! ```

use std::fmt;
use std::str::FromStr;

/// All cases of the comparison.
pub const CASES: &str = include_str!("../cases.txt");

/// What is wrong with a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{case}: {why}")]
pub struct BadCase {
    /// The line.
    pub case: String,
    /// What is wrong.
    pub why: String,
}

/// A kernel and its `key=value` words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The first word.
    pub kernel: String,
    words: Vec<(String, String)>,
}

/// Cases that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// One case, for the tables.
    One(Case),
    /// A case for each power of two, for a plot.
    Curve(Vec<Case>),
}

impl Entry {
    /// The kernel of all its cases.
    #[must_use]
    pub fn kernel(&self) -> &str {
        match self {
            Self::One(case) => &case.kernel,
            Self::Curve(cases) => &cases[0].kernel,
        }
    }
}

/// The entries of a list; `#` begins a comment.
///
/// # Errors
/// Names the first line that is none.
pub fn entries(text: &str) -> Result<Vec<Entry>, BadCase> {
    let bare = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    bare.filter(|line| !line.is_empty()).map(entry).collect()
}

fn entry(line: &str) -> Result<Entry, BadCase> {
    let case: Case = line.parse()?;
    let Some(at) = case.words.iter().position(|(_, value)| value.contains("..")) else {
        return Ok(Entry::One(case));
    };
    let wrong = || case.wrong(format!("{:?} is not 2^A..2^B", case.words[at].1));
    let (first, last) = case.words[at].1.split_once("..").ok_or_else(wrong)?;
    let power = |text: &str| text.strip_prefix("2^")?.parse::<u32>().ok().filter(|&k| k < 48);
    let (first, last) = power(first).zip(power(last)).filter(|(a, b)| a <= b).ok_or_else(wrong)?;
    let with = |k: u32| {
        let mut case = case.clone();
        case.words[at].1 = (1_u64 << k).to_string();
        case
    };
    Ok(Entry::Curve((first..=last).map(with).collect()))
}

impl Case {
    /// A case of a kernel that is told a size only.
    #[must_use]
    pub fn of_size(kernel: &str, n: usize) -> Self {
        Self { kernel: kernel.into(), words: vec![("n".into(), n.to_string())] }
    }

    /// What stands behind `key=`.
    ///
    /// # Errors
    /// There is no such word.
    pub fn text(&self, key: &str) -> Result<&str, BadCase> {
        let found = self.words.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| &**value).ok_or_else(|| self.wrong(format!("no {key}=")))
    }

    /// A whole number of at least 1.
    ///
    /// # Errors
    /// There is no such word, or it is something else.
    pub fn size(&self, key: &str) -> Result<usize, BadCase> {
        let size = self.number::<usize>(key)?;
        if size == 0 { Err(self.wrong(format!("{key}=0"))) } else { Ok(size) }
    }

    /// A number.
    ///
    /// # Errors
    /// There is no such word, or it is something else.
    pub fn number<N: FromStr>(&self, key: &str) -> Result<N, BadCase> {
        let text = self.text(key)?;
        text.parse().map_err(|_| self.wrong(format!("{key}={text} is no such number")))
    }

    /// How many elements the kernel's main tensor has; `None` for what is no map of a tensor.
    #[must_use]
    pub fn elements(&self) -> Option<usize> {
        let all = |keys: &[&str]| {
            keys.iter().try_fold(1_usize, |product, key| self.size(key).ok()?.checked_mul(product))
        };
        [&["n"][..], &["rows", "channels"], &["outer", "channels", "inner"]]
            .into_iter()
            .chain([&["images", "channels", "height", "width"][..]])
            .find_map(all)
    }

    /// This case with what is wrong.
    #[must_use]
    pub fn wrong(&self, why: impl Into<String>) -> BadCase {
        BadCase { case: self.to_string(), why: why.into() }
    }
}

impl FromStr for Case {
    type Err = BadCase;

    fn from_str(line: &str) -> Result<Self, BadCase> {
        let wrong = |why: &str| BadCase { case: line.trim().into(), why: why.into() };
        let mut all = line.split_whitespace();
        let kernel = all.next().ok_or_else(|| wrong("no kernel"))?;
        if kernel.contains('=') {
            return Err(wrong("no kernel"));
        }
        let pair = |word: &str| {
            let (key, value) =
                word.split_once('=').filter(|(k, v)| !k.is_empty() && !v.is_empty())?;
            Some((key.to_string(), value.to_string()))
        };
        let words: Option<Vec<_>> = all.map(pair).collect();
        let words = words.ok_or_else(|| wrong("a word is not key=value"))?;
        let twice = |k: usize| words[..k].iter().any(|(key, _)| *key == words[k].0);
        if (0..words.len()).any(twice) {
            return Err(wrong("a key stands twice"));
        }
        Ok(Self { kernel: kernel.into(), words })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kernel)?;
        self.words.iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_and_written_alike() {
        let line = "layer_norm_forward rows=8192 channels=4096";
        let case: Case = format!("  {line}").parse().unwrap();
        assert_eq!(case.to_string(), line);
        assert_eq!((case.size("rows"), case.elements()), (Ok(8192), Some(8192 * 4096)));
        assert_eq!(case.size("n").unwrap_err().to_string(), format!("{line}: no n="));
        let step: Case = "training_step layers=64-10 batch=32".parse().unwrap();
        assert_eq!(step.elements(), None);
    }

    #[test]
    fn what_is_no_case_is_refused() {
        for line in ["", "n=4", "tanh n", "tanh =4", "tanh n=", "tanh n=4 n=5"] {
            assert!(line.parse::<Case>().is_err(), "{line}");
        }
        for text in ["a n=2^3..", "a n=2^5..2^3", "a n=8..16", "a n=2^1..2^99"] {
            assert!(entries(text).is_err(), "{text}");
        }
        let zero: Case = "tanh n=0".parse().unwrap();
        assert_eq!(zero.size("n").unwrap_err().why, "n=0");
        assert!("tanh n=-1".parse::<Case>().unwrap().size("n").is_err());
    }

    #[test]
    fn comments_are_passed_over_and_ranges_are_curves() {
        let list = entries("# all\n\na n=4 # four\nb rows=2^0..2^2 channels=8\n").unwrap();
        let curve = ["rows=1", "rows=2", "rows=4"].map(|rows| format!("b {rows} channels=8"));
        assert_eq!(list[0], Entry::One("a n=4".parse().unwrap()));
        assert_eq!(list[1], Entry::Curve(curve.map(|line| line.parse().unwrap()).to_vec()));
        assert_eq!(list[1].kernel(), "b");
    }

    #[test]
    fn the_cases_of_the_comparison_are_cases_and_none_stands_twice() {
        let list = entries(CASES).unwrap();
        let twice = |k: usize| list[..k].contains(&list[k]);
        assert!(list.len() > 60 && !(0..list.len()).any(twice));
    }
}
