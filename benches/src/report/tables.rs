//! The tables of the page.

use std::fmt::Write as _;

use super::targets::Target;
use super::traffic;
use super::words::{nanoseconds, ratio};
use crate::case::Case;
use crate::compare::results::{Line, Measured, Results};

/// A row for each target that was measured, and the names of those that were not.
pub(super) fn targets(
    page: &mut String,
    results: &Results,
    targets: &[Target],
) -> std::fmt::Result {
    writeln!(page, "## What was to be reached\n")?;
    writeln!(page, "| kernel | size | threads | against | ratio | must | aim | met | share |")?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")?;
    let mut missing: Vec<String> = Vec::new();
    for target in targets {
        match target.find(results) {
            Some(measured) => row(page, target, measured)?,
            None if target.threads == 1 => missing.push(target.what.clone()),
            None => missing.push(format!("{} ({} threads)", target.what, target.threads)),
        }
    }
    missing.dedup();
    if !missing.is_empty() {
        writeln!(page, "\nNot measured in this run: {}.", missing.join("; "))?;
    }
    writeln!(page)
}

fn row(page: &mut String, target: &Target, measured: &Measured) -> std::fmt::Result {
    let wanted = |goal: Option<f64>| goal.map_or(String::new(), |goal| format!("≥ {goal}"));
    let (against, found, met) = match target.outcome(measured) {
        Ok(outcome) => {
            let reached = |goal: Option<f64>| goal.is_some_and(|goal| outcome.ratio.low >= goal);
            let met = verdict(target, reached(target.must), reached(target.aim));
            (outcome.rival, ratio(&outcome.ratio), met)
        }
        Err(why) => (why, "–".into(), "–".into()),
    };
    let Target { what, threads, must, aim, .. } = target;
    let (must, aim) = (wanted(*must), wanted(*aim));
    let (size, share) = (size(&measured.case), share(measured, &target.ours));
    writeln!(
        page,
        "| {what} | {size} | {threads} | {against} | {found} | {must} | {aim} | {met} | {share} |"
    )
}

fn verdict(target: &Target, must: bool, aim: bool) -> String {
    match (target.must, target.aim) {
        (_, Some(_)) if aim => "aim",
        (Some(_), _) if must => "must",
        (None, _) => "not yet",
        _ => "**no**",
    }
    .into()
}

/// The words of a case without its kernel.
fn size(case: &str) -> String {
    case.split_once(' ').map_or(String::new(), |(_, words)| words.replace(' ', ", "))
}

fn share(measured: &Measured, ours: &str) -> String {
    let case: Option<Case> = measured.case.parse().ok();
    let share = case.and_then(|case| traffic::share(&case, measured, ours));
    share.map_or("–".into(), |(share, of)| format!("{share:.2} of {of}"))
}

/// Every case, with all who took part.
pub(super) fn cases(page: &mut String, results: &Results) -> std::fmt::Result {
    writeln!(page, "## All ratios\n\nOf each rival its fastest way, the fastest rival first.")?;
    let mut kernel = "";
    for measured in results.cases.iter().filter(|measured| !measured.curve) {
        let own = measured.case.split(' ').next().unwrap_or_default();
        if own != kernel {
            writeln!(page, "\n**{}**\n", own.replace('_', " "))?;
            writeln!(page, "| size | threads | ours | share | rivals |")?;
            writeln!(page, "| --- | --- | --- | --- | --- |")?;
            kernel = own;
        }
        let (size, share) = (size(&measured.case), share(measured, "out"));
        let (ours, rivals) = (ours(measured), rivals(measured));
        writeln!(page, "| {size} | {} | {ours} | {share} | {rivals} |", measured.threads)?;
    }
    writeln!(page)
}

/// Our time, and those of our other variants and of one thread, as ratios.
fn ours(measured: &Measured) -> String {
    let own = |line: &&Line| line.contestant.starts_with("ours");
    let cell = |line: &Line| match (&*line.contestant, &*line.variant) {
        ("ours", "out") => nanoseconds(line.median),
        ("ours", variant) => format!("`{variant}` {}", nanoseconds(line.median)),
        (_, variant) => format!("1 thread `{variant}` {}", nanoseconds(line.median)),
    };
    measured.lines.iter().filter(own).map(cell).collect::<Vec<_>>().join(", ")
}

fn rivals(measured: &Measured) -> String {
    let mut cells: Vec<String> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for line in measured.rivals() {
        if !seen.contains(&&*line.contestant) {
            seen.push(&line.contestant);
            let found = line.ratio.as_ref().map_or("–".into(), ratio);
            cells.push(format!("{} `{}` {found}", line.contestant, line.variant));
        }
    }
    cells.join(", ")
}

/// Who offered to take part and did not.
pub(super) fn left_out(page: &mut String, results: &Results) -> std::fmt::Result {
    let mut any = false;
    for measured in &results.cases {
        for left in &measured.left_out {
            if !any {
                writeln!(
                    page,
                    "## Left out\n\n| case | threads | who | why |\n| --- | --- | --- | --- |"
                )?;
                any = true;
            }
            let (who, variant) = (&left.contestant, &left.variant);
            let who = if variant.is_empty() { who.clone() } else { format!("{who} `{variant}`") };
            let why = left.why.replace('|', "\\|");
            writeln!(page, "| {} | {} | {who} | {why} |", measured.case, measured.threads)?;
        }
    }
    Ok(())
}
