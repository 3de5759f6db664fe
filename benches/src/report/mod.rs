//! The page of the comparison, `docs/benchmarks.md`, and its plots, from what was measured.

pub mod bends;
pub mod curves;
mod tables;
pub mod targets;
pub mod traffic;
pub mod words;

use std::fmt::Write as _;
use std::path::Path;

use crate::compare::machine::Machine;
use crate::compare::results::{Member, Results};
use targets::{TARGETS, list};

/// Where the plots lie, beside the page.
const FOLDER: &str = "benchmarks";

const READING: &str = include_str!("reading.md");

/// Writes the page and its plots into the folder of the docs.
///
/// # Errors
/// Something cannot be written.
pub fn write(results: &Results, docs: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let plots = docs.join(FOLDER);
    std::fs::create_dir_all(&plots)?;
    for curve in curves::curves(results) {
        curve.draw(&plots)?;
    }
    Ok(std::fs::write(docs.join("benchmarks.md"), page(results)?)?)
}

/// The page.
///
/// # Errors
/// The targets are not well formed.
pub fn page(results: &Results) -> Result<String, Box<dyn std::error::Error>> {
    let mut page = String::from(
        "# Benchmarks\n\n`benches/compare` measures and writes this page: ours beside what a user would \
         otherwise take, round by round in one run. Nothing here is edited by hand.\n\n",
    );
    machine(&mut page, &results.machine, &results.date)?;
    let [of_cases, of_curves] = [false, true].map(|curve| rounds(results, curve));
    writeln!(page, "| rounds | {of_cases} of a case, {of_curves} of a point of a curve |")?;
    members(&mut page, &results.members)?;
    page.push_str(READING);
    tables::targets(&mut page, results, &list(TARGETS)?)?;
    tables::cases(&mut page, results)?;
    plots(&mut page, results)?;
    tables::left_out(&mut page, results)?;
    Ok(page)
}

fn machine(page: &mut String, machine: &Machine, date: &str) -> std::fmt::Result {
    let Machine { processor, cores, level, caches, memory, system, compiler } = machine;
    let [l1, l2, l3] = caches.map(words::bytes);
    let memory = words::bytes(*memory);
    writeln!(page, "| | |\n| --- | --- |")?;
    writeln!(page, "| date | {date} |\n| processor | {processor} |\n| cores | {cores} |")?;
    writeln!(
        page,
        "| caches | L1 {l1} and L2 {l2} of each core, L3 {l3} |\n| memory | {memory} |"
    )?;
    writeln!(page, "| level | {level} |\n| system | {system} |\n| compiler | {compiler} |")
}

/// How many rounds there were at most.
fn rounds(results: &Results, curve: bool) -> usize {
    let cases = results.cases.iter().filter(|measured| measured.curve == curve);
    cases.flat_map(|measured| &measured.lines).map(|line| line.times.len()).max().unwrap_or(0)
}

/// Each contestant once: its versions do not depend on the threads.
fn members(page: &mut String, members: &[Member]) -> std::fmt::Result {
    let (mut seen, mut missing) = (Vec::new(), Vec::new());
    for member in members.iter().filter(|member| !["roofline", "ours-1"].contains(&&*member.name)) {
        if seen.contains(&&member.name) {
            continue;
        }
        seen.push(&member.name);
        match &member.versions {
            Ok(versions) => writeln!(page, "| {} | {versions} |", member.name)?,
            Err(why) => missing.push(format!("{} ({why})", member.name)),
        }
    }
    if !missing.is_empty() {
        writeln!(page, "\n**Missing in this run:** {}.", missing.join(", "))?;
    }
    writeln!(page)
}

fn plots(page: &mut String, results: &Results) -> std::fmt::Result {
    let curves = curves::curves(results);
    if curves.is_empty() {
        return Ok(());
    }
    writeln!(page, "## Time per element by size\n")?;
    for curve in curves {
        writeln!(page, "![{}]({FOLDER}/{})\n", curve.title(), curve.file())?;
        // Of the roofline the copy is told; of a kernel ours, and its own limit.
        let mut told = false;
        for line in curve.lines().iter().take(2) {
            let sentences = bends::sentences(&line.points, line.held, results.machine.caches);
            if !sentences.is_empty() {
                writeln!(page, "- **{}**: {}", line.name, sentences.join(" "))?;
                told = true;
            }
        }
        if told {
            writeln!(page)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
