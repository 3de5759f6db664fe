//! `evenkeel explain` and `evenkeel list`: the clauses and the mistakes, from the pages.

use std::io;

use evenkeel_conformance::mistake::MistakeInfo;
use evenkeel_conformance::suites;
use evenkeel_reference::spec;

use crate::output::{Ending, say};

/// Prints one clause or one mistake.
pub(crate) fn run(name: &str) -> io::Result<Ending> {
    if let Some(clause) = spec::clause(&name.to_uppercase()) {
        say(&format!("{} [{}] {}\n\n{}", clause.id, clause.level, clause.title, clause.text))?;
        let page = clause.id.split('-').next().unwrap_or_default();
        say(&format!(
            "\nThe letters: evenkeel explain {page}-symbols. The bounds and why: evenkeel explain \
             {page}-bounds."
        ))?;
        return Ok(Ending::Holds);
    }
    if let Some(section) = section_of(name) {
        say(section)?;
        return Ok(Ending::Holds);
    }
    match suites::mistakes().into_iter().find(|info| info.label == name) {
        Some(info) => {
            say(&of_mistake(info))?;
            Ok(Ending::Holds)
        }
        None => Ok(Ending::usage(&format!(
            "there is no clause and no mistake {name}; `evenkeel list` lists them"
        ))),
    }
}

/// The part of a page on what its letters or its bounds mean: `LN-bounds`, say.
fn section_of(name: &str) -> Option<&'static str> {
    let (prefix, what) = name.split_once('-')?;
    let heading = match what {
        "symbols" => "## Symbols and shapes",
        "bounds" => "## Bounds",
        _ => return None,
    };
    let clause = format!("### {}-01 ", prefix.to_uppercase());
    let page = spec::PAGES.into_iter().find(|page| page.contains(&clause))?;
    let section = &page[page.find(heading)?..];
    let end = section[2..].find("\n## ").map_or(section.len(), |length| length + 2);
    Some(&section[..end])
}

fn of_mistake(info: &MistakeInfo) -> String {
    let clause = spec::clause(info.clause).map_or("", |clause| clause.title);
    let source = info.source.map(|source| format!("\nseen in   {source}")).unwrap_or_default();
    format!(
        "{}\nmistake   {}\ninstead   {}\nclause    {} {clause}{source}",
        info.label, info.summary, info.remedy, info.clause
    )
}

/// Prints every clause and every mistake, a line each.
pub(crate) fn list() -> io::Result<Ending> {
    say("clauses")?;
    for clause in spec::clauses() {
        say(&format!("{:<8} {:<8} {}", clause.id, clause.level, clause.title))?;
    }
    say("mistakes, with the clause that each breaks")?;
    let mut infos = suites::mistakes();
    infos.sort_by_key(|info| info.clause);
    for info in infos {
        say(&format!("{:<28} {:<6} {}", info.label, info.clause, info.summary))?;
    }
    Ok(Ending::Holds)
}
