//! The rows of `docs/note.toml`; the file's own head says what each key means.

use serde::Deserialize;

/// A `lab`, or a part of a technique, that nobody has written yet.
pub(crate) const TO_COME: &str = "to come";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) date: String,
    pub(crate) headings: Vec<String>,
    pub(crate) row: Vec<Row>,
}

impl Note {
    /// In the order of the note, which is that of the README's table.
    pub(crate) fn techniques(&self) -> impl Iterator<Item = &Technique> {
        self.row.iter().filter_map(|row| row.technique.as_ref())
    }
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Section,
    Problem,
    Technique,
    Formula,
    Claim,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) heading: Option<String>,
    pub(crate) term: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) claim: String,
    #[serde(default)]
    pub(crate) kept: Vec<String>,
    pub(crate) lab: Option<String>,
    pub(crate) technique: Option<Technique>,
}

impl Row {
    /// How many rows it stands under.
    pub(crate) fn depth(&self) -> usize {
        self.id.matches('.').count()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Technique {
    pub(crate) name: String,
    pub(crate) label: String,
    #[serde(rename = "for")]
    pub(crate) against: String,
    pub(crate) clauses: String,
    pub(crate) state: String,
}

impl Technique {
    /// Whether `state` has the word "here".
    pub(crate) fn is_here(&self) -> bool {
        self.state.split(|c: char| !c.is_alphabetic()).any(|word| word == "here")
    }

    pub(crate) fn page(&self) -> String {
        format!("docs/{}.md", self.name)
    }

    pub(crate) fn clause_page(&self) -> String {
        format!("reference/spec/{}.md", self.name)
    }

    /// What has to be there for every technique. A benchmark does not: counting needs none.
    pub(crate) fn rooms(&self) -> Vec<String> {
        let name = &self.name;
        vec![
            self.page(),
            self.clause_page(),
            format!("reference/src/{name}.rs"),
            format!("fast/src/{name}/mod.rs"),
            format!("conformance/src/{name}/mod.rs"),
        ]
    }
}

/// The first id that is neither the next at its depth nor the first below the one before.
///
/// ```text
/// 1, 1.1, 1.1.1, 1.1.2, 1.2
/// ```
pub(crate) fn first_out_of_order(rows: &[Row]) -> Option<&str> {
    let mut before: Vec<usize> = Vec::new();
    for Row { id, .. } in rows {
        let parts: Option<Vec<usize>> = id.split('.').map(|part| part.parse().ok()).collect();
        match parts {
            Some(parts) if follows(&before, &parts) => before = parts,
            _ => return Some(id),
        }
    }
    None
}

fn follows(before: &[usize], id: &[usize]) -> bool {
    let Some((last, above)) = id.split_last() else { return false };
    let is_first = above == before && *last == 1;
    let is_next =
        before.starts_with(above) && before.get(above.len()).is_some_and(|n| n + 1 == *last);
    is_first || is_next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(ids: &[&str]) -> Vec<Row> {
        let row = |id: &&str| format!("id = '{id}'\nkind = 'claim'\nclaim = 'c'");
        ids.iter().map(|id| toml::from_str(&row(id)).expect("a row")).collect()
    }

    #[test]
    fn an_id_that_is_missing_or_comes_twice_is_found() {
        assert_eq!(first_out_of_order(&rows(&["1", "1.1", "1.1.1", "1.1.2", "1.2"])), None);
        for (ids, wrong) in [
            (&["2"][..], "2"),
            (&["1", "1.1", "1.1"], "1.1"),
            (&["1", "1.1", "1.3"], "1.3"),
            (&["1", "1.2"], "1.2"),
            (&["1", "1.1.1"], "1.1.1"),
            (&["1", "1.1", "1.1.1", "1.1.3"], "1.1.3"),
            (&["1", "1.1", "1.2", "1.1.1"], "1.1.1"),
            (&["1", "1.0"], "1.0"),
            (&["1", "1.a"], "1.a"),
        ] {
            assert_eq!(first_out_of_order(&rows(ids)), Some(wrong), "{ids:?}");
        }
    }

    #[test]
    fn here_is_a_word() {
        let technique = |state: &str| Technique {
            name: String::new(),
            label: String::new(),
            against: String::new(),
            clauses: String::new(),
            state: state.to_owned(),
        };
        for state in ["here", "here, in `f32` and `f64`", "images here, text to come"] {
            assert!(technique(state).is_here(), "{state}");
        }
        for state in ["to come", "there", "images and text: to come"] {
            assert!(!technique(state).is_here(), "{state}");
        }
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let row = "id = '1'\nkind = 'claim'\nclaim = 'c'\nlabs = 'to come'";
        let why = toml::from_str::<Row>(row).expect_err("labs is no key").to_string();
        assert!(why.contains("labs"), "{why}");
    }
}
