//! The tables of a report, at most 100 columns wide.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use evenkeel_conformance::report::{Report, Standing};
use evenkeel_conformance::{Measure, Outcome, Strength, THREADS, Verdict};

use crate::hard::Named;

/// A line above and one below the header: rows need none between them, and the next table has its own.
const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::new('─', '─', '─', '─'))
    .header_separator(LineStyle::new('─', '─', '─', '─'));

/// A table whose columns from `numbers_from` on are numbers.
pub(crate) fn table(header: &[&str], numbers_from: usize) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(header.to_vec());
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    for column in table.column_iter_mut().skip(numbers_from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// One row a technique and precision.
pub(crate) fn techniques(reports: &[[Report; 2]], strict: bool) -> String {
    let mut table = table(
        &[
            "technique",
            "clauses\nMUST",
            "clauses\nSHOULD",
            "clauses\nPROMISE",
            "cases",
            "error\nMUST",
            "error\nSHOULD",
            "error\nPROMISE",
            "worst\nulp",
            "verdict",
        ],
        1,
    );
    for report in reports.as_flattened().iter().filter(|report| !report.outcomes.is_empty()) {
        let name = report.technique.replace('_', " ");
        let mut row = vec![format!("{name} {}", report.precision)];
        row.extend(Strength::ALL.map(|strength| clauses(report.clauses(strength))));
        row.push(report.passed().to_string());
        row.extend(Strength::ALL.map(|strength| ratio(report.worst(strength))));
        let promised = report.worst(Strength::Promise);
        row.push(if promised.compared == 0 { "–".into() } else { ulps(promised.ulps) });
        row.push(standing(report.standing(strict)).to_string());
        table.add_row(row);
    }
    table.to_string()
}

/// One row a technique: whether its bits were the same on every number of threads, and at every level on
/// every number of threads. None if nothing of that was run.
pub(crate) fn same_bits(reports: &[[Report; 2]], levels: &[String]) -> Option<String> {
    let threads = THREADS.map(|threads| threads.to_string()).join(", ");
    let title = format!("same bits on {threads} threads");
    let header = [title.as_str(), "f32\nthreads", "f32\nlevels", "f64\nthreads", "f64\nlevels"];
    let mut table = table(&header, 1);
    let mut is_told = false;
    for pair in reports.iter().filter(|[single, _]| !single.outcomes.is_empty()) {
        let standings = pair.iter().flat_map(|report| {
            ["same_bits_on_any_number_of_threads", "same_bits_at_every_level"].map(|name| {
                report.standing_of(|outcome: &Outcome<String>| outcome.name.starts_with(name))
            })
        });
        let standings: Vec<Standing> = standings.collect();
        is_told |= standings.iter().any(|standing| *standing != Standing::Skipped);
        let mut row = vec![pair[0].technique.replace('_', " ")];
        row.extend(standings.into_iter().map(|standing| equality(standing).to_string()));
        table.add_row(row);
    }
    is_told.then(|| format!("{table}\n levels: {}", levels.join(", ")))
}

fn equality(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "equal",
        Standing::Broken => "DIFFERENT",
        Standing::Void => "cannot tell",
        Standing::Skipped => "–",
    }
}

/// One row a property, both precisions beside each other; inputs that could not tell do not count.
pub(crate) fn properties(reports: &[[Report; 2]]) -> String {
    let header =
        ["property", "clause", "f32\ncases", "error\n/bound", "f64\ncases", "error\n/bound"];
    let mut table = table(&header, 2);
    let pairs = |[single, double]: &[Report; 2]| {
        single.outcomes.clone().into_iter().zip(double.outcomes.clone()).collect::<Vec<_>>()
    };
    for (single, double) in reports.iter().flat_map(pairs) {
        let mut row = vec![single.name.to_string(), single.clause.to_string()];
        for outcome in [single, double] {
            let broken = outcome.failure.is_some();
            row.push(outcome.passed.to_string());
            row.push(if broken { "BROKEN".into() } else { ratio(outcome.worst) });
        }
        table.add_row(row);
    }
    table.to_string()
}

/// One row a named input, both precisions beside each other.
pub(crate) fn named(all: &Named, strict: bool) -> String {
    let [first, second] = all.columns;
    let mut header = vec![all.title.to_string()];
    for precision in ["f32", "f64"] {
        header.push(format!("  {precision} {first}\nulp"));
        header.push("\nerror/bound".into());
        header.push(format!("{precision} {second}\nerror/bound"));
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = table(&header, 1);
    for (single, double) in all.single.iter().zip(&all.double) {
        let mut row = vec![single.name.to_string()];
        for one in [single, double] {
            row.push(told(&one.first, strict, |measure| ulps(measure.ulps)));
            row.push(told(&one.first, strict, ratio));
            row.push(told(&one.second, strict, ratio));
        }
        table.add_row(row);
    }
    table.to_string()
}

/// A SHOULD that is missed breaks only what claims to hold it.
fn told(verdict: &Verdict, strict: bool, show: impl Fn(Measure) -> String) -> String {
    match verdict {
        Verdict::Pass(measure) => show(*measure),
        Verdict::Fail(_) if strict => "BROKEN".into(),
        Verdict::Fail(_) => "beyond".into(),
        Verdict::CannotTell(_) => "cannot tell".into(),
        Verdict::NotOffered => "–".into(),
    }
}

fn clauses((held, asked): (usize, usize)) -> String {
    if asked == 0 { "–".into() } else { format!("{held}/{asked}") }
}

fn ratio(measure: Measure) -> String {
    if measure.compared == 0 { "–".into() } else { format!("{:.3}", measure.ratio) }
}

/// Three digits after the point show half an ulp; more of them is shown by its size.
fn ulps(ulps: f64) -> String {
    match ulps {
        _ if ulps < 10.0 => format!("{ulps:.3}"),
        _ if ulps < 1e4 => format!("{ulps:.0}"),
        _ => format!("{ulps:.0e}"),
    }
}

/// A share as a percentage.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Holds => "holds",
        Standing::Broken => "BROKEN",
        Standing::Void => "cannot tell",
        Standing::Skipped => "skipped",
    }
}
