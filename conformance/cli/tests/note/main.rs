//! `docs/note.toml` held against the repository, and what is written from it against the file.
//!
//! ```sh
//! cargo test -p evenkeel --test note                   # are the links alive, the pages up to date?
//! EVENKEEL_WRITE=1 cargo test -p evenkeel --test note  # writes the README's table and docs/note.md anew
//! ```
//!
//! The package does not hold these tests: what they read lies in the repository alone.

mod links;
mod pages;
mod rows;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use links::Links;
use rows::{Kind, Note, Row, TO_COME, Technique};

/// Have clause pages and no row: the techniques draw from the one and are shown on the other.
const SERVE_THE_TECHNIQUES: [&str; 2] = ["network", "random"];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn text(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn note() -> Note {
    toml::from_str(&text("docs/note.toml")).unwrap_or_else(|why| panic!("docs/note.toml: {why}"))
}

#[test]
fn ids_are_in_order_without_gaps() {
    assert_eq!(rows::first_out_of_order(&note().row), None);
}

#[test]
fn every_heading_of_the_note_has_its_row() {
    let note = note();
    let headings: Vec<&str> = note.row.iter().filter_map(|row| row.heading.as_deref()).collect();
    assert_eq!(headings, note.headings);
}

#[test]
fn every_row_is_kept_somewhere_or_waits_for_a_lab() {
    for Row { id, claim, kept, lab, .. } in note().row {
        assert!(!claim.trim().is_empty(), "row {id} claims nothing");
        assert!(!kept.is_empty() || lab.is_some(), "row {id} is neither kept nor waits for a lab");
        let links: BTreeSet<&String> = kept.iter().collect();
        assert_eq!(links.len(), kept.len(), "row {id} has a link twice");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let note = note();
    let links = Links::new(root(), &note);
    let labs = note.row.iter().filter_map(|row| Some((row, row.lab.as_ref()?)));
    let labs = labs.filter(|(_, lab)| *lab != TO_COME);
    let kept = note.row.iter().flat_map(|row| row.kept.iter().map(move |link| (row, link)));
    let broken: Vec<String> = kept
        .chain(labs)
        .filter_map(|(row, link)| Some(format!("row {}: {}", row.id, links.follow(link).err()?)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_technique_and_no_other_row_has_what_the_table_needs() {
    for Row { id, kind, technique, .. } in note().row {
        assert_eq!(kind == Kind::Technique, technique.is_some(), "row {id}");
    }
}

#[test]
fn a_state_says_what_is_here_or_to_come() {
    for technique in note().techniques() {
        let Technique { name, state, .. } = technique;
        assert!(technique.is_here() || state.contains(TO_COME), "{name}, “{state}”");
    }
}

#[test]
fn a_technique_that_is_here_stands_in_all_rooms() {
    for technique in note().techniques() {
        let Technique { name, state, .. } = technique;
        let missing: Vec<String> =
            technique.rooms().into_iter().filter(|room| !links::exists(root(), room)).collect();
        assert_eq!(
            technique.is_here(),
            missing.is_empty(),
            "{name}, “{state}”; missing {missing:?}"
        );
    }
}

#[test]
fn a_technique_has_the_prefix_of_its_clauses() {
    for technique in note().techniques().filter(|technique| technique.is_here()) {
        let first = format!("\n### {}-01 [", technique.clauses);
        let page = technique.clause_page();
        assert!(text(&page).contains(&first), "{page} has no {}-01", technique.clauses);
    }
}

#[test]
fn every_technique_has_one_row() {
    let note = note();
    let names: BTreeSet<&str> =
        note.techniques().map(|technique| technique.name.as_str()).collect();
    assert_eq!(names.len(), note.techniques().count(), "a technique has two rows");
    let pages = std::fs::read_dir(root().join("reference/spec")).expect("the clause pages");
    for page in pages {
        let page = page.expect("a readable folder").path();
        let stem = page.file_stem().and_then(OsStr::to_str).expect("a name in UTF-8");
        let has_row = names.contains(stem) || SERVE_THE_TECHNIQUES.contains(&stem);
        assert!(has_row, "{} belongs to no technique of docs/note.toml", page.display());
    }
}

#[test]
fn the_readme_has_the_table_of_techniques() {
    let note = note();
    let readme = text("README.md");
    let table = pages::table(&note);
    let should = pages::with_block(&readme, "techniques", &table).expect("README.md");
    pages::hold(root(), "README.md", &should).unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn the_page_of_the_note_is_up_to_date() {
    let note = note();
    let should = pages::outline(&note, &Links::new(root(), &note));
    pages::hold(root(), "docs/note.md", &should).unwrap_or_else(|why| panic!("{why}"));
}
