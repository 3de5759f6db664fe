//! What is written from `docs/note.toml`: the README's table of techniques and the page `docs/note.md`.

use std::fmt::Write as _;
use std::path::Path;

use crate::links::{Links, Place};
use crate::rows::{Note, Row, TO_COME, Technique};

const COMMAND: &str = "EVENKEEL_WRITE=1 cargo test -p evenkeel --test note";

/// The table of techniques, in the order of the note.
pub(crate) fn table(note: &Note) -> String {
    let head = "| technique | for | clauses | state |\n| --- | --- | --- | --- |\n";
    note.techniques().map(table_row).fold(head.to_owned(), |table, row| table + &row)
}

/// Links the page and the clauses of what is here.
fn table_row(technique: &Technique) -> String {
    let Technique { label, against, clauses, state, .. } = technique;
    if !technique.is_here() {
        return format!("| {label} | {against} | {clauses} | {state} |\n");
    }
    let (page, clause_page) = (technique.page(), technique.clause_page());
    format!("| [{label}]({page}) | {against} | [{clauses}]({clause_page}) | {state} |\n")
}

/// The text with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced.
pub(crate) fn with_block(text: &str, name: &str, block: &str) -> Result<String, String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let lacks = |mark: &str| format!("has no line {}", mark.trim_end());
    let (before, rest) = text.split_once(&open).ok_or_else(|| lacks(&open))?;
    let (_, after) = rest.split_once(&close).ok_or_else(|| lacks(&close))?;
    Ok(format!("{before}{open}{block}{close}{after}"))
}

/// The page `docs/note.md`: every row, one under the other as in the note.
///
/// # Panics
///
/// If a link is broken: see `every_link_leads_somewhere`.
pub(crate) fn outline(note: &Note, links: &Links<'_>) -> String {
    let mut page = head(note);
    for row in &note.row {
        page += &outline_row(row, links);
    }
    page
}

fn head(note: &Note) -> String {
    let Note { title, author, date, row, .. } = note;
    let labs: Vec<&str> = row.iter().filter_map(|row| row.lab.as_deref()).collect();
    let waiting = labs.iter().filter(|lab| **lab == TO_COME).count();
    format!(
        "<!-- Written from note.toml: {COMMAND} -->\n\n\
         # The note\n\n\
         The techniques, and what is claimed of them, are those of a Korean note: {author}, *{title}*, {date}. \
         Here are its headings and terms in their order, each claim in our own words, and where it is kept: \
         pages, clauses, functions. *lab* marks what only an experiment can show.\n\n\
         {rows} rows; {labs} ask for a lab, {waiting} of these labs are to come.\n\n",
        rows = row.len(),
        labs = labs.len(),
    )
}

/// `- 1.2.1 **heading** *term* claim → places`
fn outline_row(row: &Row, links: &Links<'_>) -> String {
    let mut line = format!("{}- {}", "  ".repeat(row.depth()), row.id);
    if let Some(heading) = &row.heading {
        let _ = write!(line, " **{heading}**");
    }
    // Some headings say the term already.
    let is_unsaid =
        |term: &&String| !row.heading.as_ref().is_some_and(|heading| heading.contains(*term));
    if let Some(term) = row.term.as_ref().filter(is_unsaid) {
        let _ = write!(line, " *{term}*");
    }
    let _ = write!(line, " {}", row.claim);
    let places: Vec<String> =
        row.kept.iter().flat_map(|link| shown(link, links)).chain(lab(row, links)).collect();
    line + " → " + &places.join(", ") + "\n"
}

fn lab(row: &Row, links: &Links<'_>) -> Option<String> {
    match row.lab.as_deref()? {
        TO_COME => Some(format!("*lab {TO_COME}*")),
        link => Some(format!("*lab* {}", shown(link, links).join(", "))),
    }
}

fn shown(link: &str, links: &Links<'_>) -> Vec<String> {
    let places = links.follow(link).unwrap_or_else(|why| panic!("{why}"));
    places.iter().map(from_docs).collect()
}

/// As a link of a page that lies in `docs`.
fn from_docs(Place { label, target }: &Place) -> String {
    match target.as_deref().map(|target| (target, target.strip_prefix("docs/"))) {
        None => format!("*{label}*"),
        Some((_, Some(beside))) => format!("[{label}]({beside})"),
        Some((target, None)) => format!("[{label}](../{target})"),
    }
}

/// That a file is what it should be; with `EVENKEEL_WRITE` set it is made so.
pub(crate) fn hold(root: &Path, path: &str, should: &str) -> Result<(), String> {
    let file = root.join(path);
    if std::env::var_os("EVENKEEL_WRITE").is_some() {
        return write(&file, should).map_err(|why| format!("{path}: {why}"));
    }
    let is = std::fs::read_to_string(&file)
        .map_err(|why| format!("{path}: {why}; write it: {COMMAND}"))?;
    agrees(path, &is, should)
}

fn agrees(path: &str, is: &str, should: &str) -> Result<(), String> {
    difference(is, should).map_or(Ok(()), |found| {
        Err(format!("{path} is not what docs/note.toml says.\n{found}\nWrite it anew: {COMMAND}"))
    })
}

/// At one stroke: other tests may be reading the file.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let beside = file.with_extension("md.new");
    std::fs::write(&beside, text)?;
    std::fs::rename(beside, file)
}

/// The first line that differs, as it is and as it should be.
fn difference(is: &str, should: &str) -> Option<String> {
    if is == should {
        return None;
    }
    let end = "(the end of the file)";
    let (mut is, mut should) = (is.split('\n'), should.split('\n'));
    (1..).find_map(|number| {
        let (is, should) = (is.next().unwrap_or(end), should.next().unwrap_or(end));
        (is != should).then(|| format!("line {number} is:  {is}\nshould be: {should}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_differs_is_shown_with_the_command() {
        let table = table(&crate::note());
        let readme = format!("# evenkeel\n<!-- techniques -->\n{table}<!-- /techniques -->\n");
        let should = with_block(&readme, "techniques", &table).expect("both marks");
        assert_eq!(agrees("README.md", &readme, &should), Ok(()));
        let stale = readme.replace("| for |", "| against |");
        let why = "README.md is not what docs/note.toml says.\n\
                   line 3 is:  | technique | against | clauses | state |\n\
                   should be: | technique | for | clauses | state |\n\
                   Write it anew: EVENKEEL_WRITE=1 cargo test -p evenkeel --test note";
        assert_eq!(agrees("README.md", &stale, &should), Err(why.to_owned()));
    }

    #[test]
    fn one_field_brings_the_links() {
        let mut technique = Technique {
            name: "clipping".to_owned(),
            label: "gradient clipping".to_owned(),
            against: "exploding gradients".to_owned(),
            clauses: "CLP".to_owned(),
            state: "to come".to_owned(),
        };
        let row = "| gradient clipping | exploding gradients | CLP | to come |\n";
        assert_eq!(table_row(&technique), row);
        technique.state = "here".to_owned();
        let row = "| [gradient clipping](docs/clipping.md) | exploding gradients \
                   | [CLP](reference/spec/clipping.md) | here |\n";
        assert_eq!(table_row(&technique), row);
    }

    #[test]
    fn a_block_is_replaced_between_its_marks() {
        let text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";
        assert_eq!(with_block(text, "x", "new\n").unwrap(), text.replace("old", "new"));
        assert_eq!(with_block(text, "y", "").unwrap_err(), "has no line <!-- y -->");
        let open = "<!-- x -->\n";
        assert_eq!(with_block(open, "x", "").unwrap_err(), "has no line <!-- /x -->");
    }

    #[test]
    fn a_difference_has_its_line() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        let found = "line 2 is:  b\nshould be: c";
        assert_eq!(difference("a\nb\n", "a\nc\n").as_deref(), Some(found));
        let found = "line 2 is:  (the end of the file)\nshould be: ";
        assert_eq!(difference("a", "a\n").as_deref(), Some(found));
    }
}
