//! From a link of `docs/note.toml` to the place that it names, or to the reason why there is none.
//!
//! | link | leads to | is there if |
//! | --- | --- | --- |
//! | `docs/clipping.md` | the page | the file or folder exists |
//! | `docs/clipping.md#several-machines` | a heading | a heading has this anchor on a code forge |
//! | `reference/spec/clipping.md#CLP-03` | a clause | a heading begins with `CLP-03 [` |
//! | `reference/src/clipping.rs#by_value` | a function | the file has `fn by_value` |
//! | `clipping` | a technique's page and clauses | a row has this name; what is to come has no place yet |

use std::path::{Component, Path};

use crate::rows::{Note, TO_COME, Technique};

/// Where a link leads: what it is called there, and its path from the top, with the forge's anchor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) label: String,
    /// None for what is to come.
    pub(crate) target: Option<String>,
}

impl Place {
    fn new(label: impl Into<String>, target: impl Into<String>) -> Self {
        Self { label: label.into(), target: Some(target.into()) }
    }
}

pub(crate) struct Links<'a> {
    root: &'a Path,
    techniques: Vec<&'a Technique>,
}

impl<'a> Links<'a> {
    pub(crate) fn new(root: &'a Path, note: &'a Note) -> Self {
        Self { root, techniques: note.techniques().collect() }
    }

    /// The places of a link: two for a technique that is here.
    pub(crate) fn follow(&self, link: &str) -> Result<Vec<Place>, String> {
        if !link.contains(['/', '.']) {
            return self.technique(link);
        }
        let place = match link.split_once('#') {
            None => self.file(link),
            Some((path, anchor)) if path.ends_with(".md") => self.heading(path, anchor),
            Some((path, anchor)) if path.ends_with(".rs") => self.function(path, anchor),
            Some((path, _)) => Err(format!("{path} is no page or source, and has no anchors")),
        };
        place.map(|place| vec![place])
    }

    fn technique(&self, name: &str) -> Result<Vec<Place>, String> {
        let found = self.techniques.iter().find(|technique| technique.name == name);
        let technique = found.ok_or_else(|| format!("no row is the technique {name}"))?;
        let mut places = Vec::new();
        if technique.is_here() {
            places.push(Place::new(&technique.label, technique.page()));
            places.push(Place::new(&technique.clauses, technique.clause_page()));
        }
        if technique.state.contains(TO_COME) {
            places.push(Place { label: technique.state.clone(), target: None });
        }
        Ok(places)
    }

    fn file(&self, path: &str) -> Result<Place, String> {
        if !exists(self.root, path) {
            return Err(format!("{path} is not there"));
        }
        if !path.ends_with(".md") {
            return Ok(Place::new(format!("`{path}`"), path));
        }
        let text = self.text(path)?;
        let title = headings(&text).next().ok_or_else(|| format!("{path} has no heading"))?;
        Ok(Place::new(title, path))
    }

    fn heading(&self, path: &str, anchor: &str) -> Result<Place, String> {
        let text = self.text(path)?;
        let is_clause =
            |heading: &str| heading.strip_prefix(anchor).is_some_and(|rest| rest.starts_with(" ["));
        let found = headings(&text).find(|heading| is_clause(heading) || slug(heading) == anchor);
        let heading = found.ok_or_else(|| format!("{path} has no heading or clause {anchor}"))?;
        let label = if is_clause(heading) { anchor } else { heading };
        Ok(Place::new(label, format!("{path}#{}", slug(heading))))
    }

    fn function(&self, path: &str, name: &str) -> Result<Place, String> {
        let text = self.text(path)?;
        let is_it =
            |rest: &str| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['(', '<']));
        match text.split("fn ").skip(1).any(is_it) {
            true => Ok(Place::new(format!("`{name}`"), path)),
            false => Err(format!("{path} has no function {name}")),
        }
    }

    fn text(&self, path: &str) -> Result<String, String> {
        if !exists(self.root, path) {
            return Err(format!("{path} is not there"));
        }
        std::fs::read_to_string(self.root.join(path)).map_err(|why| format!("{path}: {why}"))
    }
}

/// Whether the repository has this path, which must not lead out of it.
pub(crate) fn exists(root: &Path, path: &str) -> bool {
    let is_inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    is_inside && root.join(path).exists()
}

/// The headings of a page, without their signs; a `#` in a block of code is none.
fn headings(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter_map(move |line| {
        in_code ^= line.starts_with("```");
        let heading = line.trim_start_matches('#').strip_prefix(' ')?;
        (!in_code && line.starts_with('#')).then_some(heading)
    })
}

/// The anchor that code forges give a heading: letters with their marks (x̂), digits, `_` and `-` stay,
/// a space becomes `-`. Raised digits such as ⁶ are neither letters nor decimal digits, and go.
fn slug(heading: &str) -> String {
    let is_mark = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    let is_kept =
        |c: &char| c.is_alphabetic() || c.is_ascii_digit() || is_mark(*c) || "_- ".contains(*c);
    let kept = heading.trim().chars().filter(is_kept);
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(link: &str) -> Result<Vec<Place>, String> {
        let note = crate::note();
        Links::new(crate::root(), &note).follow(link)
    }

    #[test]
    fn a_planted_broken_link_is_found() {
        for (link, why) in [
            ("docs/no_such_page.md", "docs/no_such_page.md is not there"),
            ("fast/src/no_such_room", "fast/src/no_such_room is not there"),
            ("docs/../../elsewhere.md", "docs/../../elsewhere.md is not there"),
            ("docs/no_such_page.md#gradient-clipping", "docs/no_such_page.md is not there"),
            ("docs/clipping.md#no-such", "docs/clipping.md has no heading or clause no-such"),
            (
                "reference/spec/clipping.md#CLP-0",
                "reference/spec/clipping.md has no heading or clause CLP-0",
            ),
            (
                "reference/spec/clipping.md#CLP-99",
                "reference/spec/clipping.md has no heading or clause CLP-99",
            ),
            (
                "reference/spec/clipping.md#BN-01",
                "reference/spec/clipping.md has no heading or clause BN-01",
            ),
            (
                "reference/src/clipping.rs#by_valu",
                "reference/src/clipping.rs has no function by_valu",
            ),
            ("reference/src/clipping.rs#value", "reference/src/clipping.rs has no function value"),
            ("docs/note.toml#row", "docs/note.toml is no page or source, and has no anchors"),
            ("rotation", "no row is the technique rotation"),
        ] {
            assert_eq!(follow(link), Err(why.to_owned()), "{link}");
        }
    }

    #[test]
    fn a_link_has_its_label_and_its_anchor() {
        for (link, label, target) in [
            ("docs/clipping.md", "Gradient clipping", "docs/clipping.md"),
            (
                "docs/clipping.md#several-machines",
                "Several machines",
                "docs/clipping.md#several-machines",
            ),
            (
                "reference/spec/clipping.md#CLP-05",
                "CLP-05",
                "reference/spec/clipping.md#clp-05-must-order-tensors-and-parts-do-not-matter",
            ),
            ("reference/src/clipping.rs#by_value", "`by_value`", "reference/src/clipping.rs"),
            ("fast/src/clipping", "`fast/src/clipping`", "fast/src/clipping"),
        ] {
            assert_eq!(follow(link), Ok(vec![Place::new(label, target)]));
        }
        let clipping =
            [("gradient clipping", "docs/clipping.md"), ("CLP", "reference/spec/clipping.md")];
        assert_eq!(
            follow("clipping"),
            Ok(clipping.map(|(label, to)| Place::new(label, to)).into())
        );
    }

    #[test]
    fn a_heading_in_a_block_of_code_is_none() {
        let page = "# One\ntext # not\n```sh\n# not\n```\n#not\n## Two ##\n";
        assert_eq!(headings(page).collect::<Vec<_>>(), ["One", "Two ##"]);
    }

    #[test]
    fn anchors_are_those_of_a_code_forge() {
        for (heading, anchor) in [
            ("Which λ?", "which-λ"),
            ("`sound`, from y", "sound-from-y"),
            (
                "CAP-06 [MUST] Counts are exact up to 2⁶⁴ − 1",
                "cap-06-must-counts-are-exact-up-to-2--1",
            ),
            ("L1/L2 regularisation", "l1l2-regularisation"),
            ("The normalised value: x̂", "the-normalised-value-x̂"),
        ] {
            assert_eq!(slug(heading), anchor);
        }
    }
}
