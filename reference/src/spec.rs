//! The clause pages, as text and as clauses.
//!
//! ```text
//! ### BN-05 [MUST] Title
//! ```
//!
//! opens a clause; its text runs to the next heading. An id is given once and never again, so that a
//! report that names it stays true.

/// The page of batch normalisation.
pub const BATCH_NORM: &str = include_str!("../spec/batch_norm.md");

/// The page of layer normalisation.
pub const LAYER_NORM: &str = include_str!("../spec/layer_norm.md");

/// The page of random streams.
pub const RANDOM: &str = include_str!("../spec/random.md");

/// The page of dropout.
pub const DROPOUT: &str = include_str!("../spec/dropout.md");

/// The page of Xavier and He initialisation.
pub const INITIALIZATION: &str = include_str!("../spec/initialization.md");

/// The page of activations.
pub const ACTIVATION: &str = include_str!("../spec/activation.md");

/// The page of L1/L2 regularisation.
pub const REGULARIZATION: &str = include_str!("../spec/regularization.md");

/// The page of gradient clipping.
pub const CLIPPING: &str = include_str!("../spec/clipping.md");

/// The page of capacity.
pub const CAPACITY: &str = include_str!("../spec/capacity.md");

/// The page of the network.
pub const NETWORK: &str = include_str!("../spec/network.md");

/// The page of augmentation.
pub const AUGMENTATION: &str = include_str!("../spec/augmentation.md");

/// All pages, in the order in which their clauses are listed.
pub const PAGES: [&str; 11] = [
    BATCH_NORM,
    LAYER_NORM,
    RANDOM,
    DROPOUT,
    INITIALIZATION,
    ACTIVATION,
    REGULARIZATION,
    CLIPPING,
    CAPACITY,
    NETWORK,
    AUGMENTATION,
];

/// How binding a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Every implementation holds it; its bound is `sound`.
    Must,
    /// A careful implementation holds it on hard inputs; its bound is `robust`.
    Should,
    /// What `evenkeel-fast` claims for itself; its bound is `promise`.
    Promise,
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Promise => "PROMISE",
        })
    }
}

/// One numbered requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clause {
    /// `BN-05`.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// The requirement in Markdown, without the heading.
    pub text: &'static str,
}

/// Every clause of every page, in order.
///
/// ```
/// let clauses = evenkeel_reference::spec::clauses();
/// assert_eq!(clauses[0].id, "BN-01");
/// ```
#[must_use]
pub fn clauses() -> Vec<Clause> {
    PAGES.iter().flat_map(|page| clauses_of(page)).collect()
}

/// The clause with this id, in capitals or not.
///
/// ```
/// let clause = evenkeel_reference::spec::clause("BN-05").unwrap();
/// assert!(clause.text.contains("sound"));
/// ```
#[must_use]
pub fn clause(id: &str) -> Option<Clause> {
    clauses().into_iter().find(|clause| clause.id.eq_ignore_ascii_case(id))
}

/// Cuts a page at its headings and keeps the sections that are clauses.
fn clauses_of(page: &'static str) -> impl Iterator<Item = Clause> {
    let is_heading = |at: &usize| page[*at..].starts_with('#');
    let lines = page.match_indices('\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = std::iter::once(0).chain(lines).filter(is_heading).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([page.len()]).collect();
    starts.into_iter().zip(ends).filter_map(|(start, end)| parse(&page[start..end]))
}

/// Reads `### BN-05 [MUST] Title`, a line break and the text.
fn parse(section: &'static str) -> Option<Clause> {
    let (heading, text) = section.split_once('\n')?;
    let (id, rest) = heading.strip_prefix("### ")?.split_once(" [")?;
    let (level, title) = rest.split_once("] ")?;
    let level = match level {
        "MUST" => Level::Must,
        "SHOULD" => Level::Should,
        "PROMISE" => Level::Promise,
        _ => return None,
    };
    Some(Clause { id, level, title, text: text.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_its_clauses_in_order() {
        let counts = [("BN", 31), ("LN", 22), ("RND", 17), ("DRP", 19), ("INI", 18)];
        let others = [("ACT", 28), ("REG", 20), ("CLP", 25), ("CAP", 21), ("NET", 21), ("AUG", 39)];
        let counts: Vec<_> = counts.into_iter().chain(others).collect();
        assert_eq!(PAGES.len(), counts.len());
        for (page, (prefix, count)) in PAGES.into_iter().zip(counts) {
            let ids: Vec<&str> = clauses_of(page).map(|clause| clause.id).collect();
            let expected: Vec<String> = (1..=count).map(|n| format!("{prefix}-{n:02}")).collect();
            assert_eq!(ids, expected);
        }
    }

    #[test]
    fn every_third_level_heading_with_a_number_is_a_clause() {
        for page in PAGES {
            let is_numbered = |line: &&str| line.starts_with("### ") && line.contains('[');
            let headings: Vec<&str> = page.lines().filter(is_numbered).collect();
            let parsed: Vec<String> = clauses_of(page)
                .map(|clause| format!("### {} [{}] {}", clause.id, clause.level, clause.title))
                .collect();
            assert_eq!(parsed, headings);
        }
    }

    #[test]
    fn an_id_is_given_once() {
        let mut ids: Vec<&str> = clauses().iter().map(|clause| clause.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn a_clause_ends_where_the_next_heading_begins() {
        for clause in clauses() {
            assert!(!clause.text.is_empty() && !clause.text.contains("\n#"), "{}", clause.id);
            assert_eq!(clause.text.matches("```").count() % 2, 0, "{} cuts a block", clause.id);
        }
    }

    #[test]
    fn a_must_says_must_and_a_should_says_should() {
        for clause in clauses() {
            let word = match clause.level {
                Level::Must => "MUST",
                Level::Should => "SHOULD",
                Level::Promise => "promise",
            };
            assert!(clause.text.contains(word), "{} does not say {word}", clause.id);
        }
    }

    #[test]
    fn a_clause_is_found_by_its_id_only() {
        assert_eq!(clause("bn-05").map(|clause| clause.level), Some(Level::Must));
        assert_eq!(clause("BN-99"), None);
        assert_eq!(clause("BN"), None);
    }
}
