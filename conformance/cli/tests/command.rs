//! The command as a user types it: what it prints and how it ends.

use std::process::{Command, Output};

use evenkeel_conformance::suites;
use rayon::prelude::*;

fn evenkeel(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(arguments).output().expect("the command was built with this test")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the command prints UTF-8")
}

#[test]
fn the_kernels_hold_and_the_table_fits_100_columns() {
    let output = evenkeel(&["--cases", "32"]);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let rows = [
        "batch norm f32",
        "layer norm f64",
        "random f32",
        "dropout f64",
        "initialization f32",
        "activation f32",
        "regularization f64",
        "clipping f64",
        "capacity f32",
        "network f32",
        "clipping by norm",
        "augmentation f32",
    ];
    for shown in rows.into_iter().chain(["digits"]) {
        assert!(text.contains(shown), "{shown} is not shown:\n{text}");
    }
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?} columns");
}

/// Every mistake ends the command with 1; its rows name its clause and its label.
#[test]
fn each_mistake_exits_1_and_is_named() {
    suites::mistakes().par_iter().for_each(|info| {
        let (label, clause) = (info.label, info.clause);
        let arguments = ["check", "--implementation", label, "--only", clause, "--cases", "48"];
        fails_and_is_named(label, clause, &evenkeel(&arguments));
    });
}

/// The same without choosing the clause: everything else that fails does not hide the label.
#[test]
fn a_mistake_is_named_among_all_that_it_breaks() {
    let chosen = [
        "bn-unbiased",
        "bn-one-pass",
        "bn-dx-no-var",
        "ln-dx-gamma-outside",
        "drp-no-scale",
        "ini-he-no-two",
        "act-grad-from-output",
        "l2-factor",
        "clip-per-tensor",
        "cap-no-bias",
        "net-mean-path",
        "aug-half-pixel",
    ];
    let infos = suites::mistakes().into_par_iter().filter(|info| chosen.contains(&info.label));
    infos.for_each(|info| {
        let output = evenkeel(&["check", "--implementation", info.label, "--cases", "24"]);
        fails_and_is_named(info.label, info.clause, &output);
    });
}

fn fails_and_is_named(label: &str, clause: &str, output: &Output) {
    let text = text(output);
    assert_eq!(output.status.code(), Some(1), "{label}:\n{text}");
    assert!(text.contains(clause), "{clause} is not told of:\n{text}");
    assert!(text.contains(&format!("looks like {label}")), "{label} is not named:\n{text}");
}

#[test]
fn the_reference_holds_every_must() {
    let output = evenkeel(&["check", "--implementation", "reference", "--cases", "32"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
fn a_wrong_command_line_exits_2_and_says_what_is_there() {
    for arguments in [
        &["check", "--implementation", "nobody"][..],
        &["check", "--level", "mmx"],
        &["check", "--cases", "0"],
        &["explain", "BN-99"],
        &["--no-such-flag"],
    ] {
        let output = evenkeel(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn selecting_nothing_exits_4() {
    assert_eq!(evenkeel(&["--only", "no_such_property"]).status.code(), Some(4));
}

#[test]
fn only_takes_a_technique_a_clause_or_a_part_of_a_name() {
    for only in ["batch_norm::forward_agrees", "layer_norm", "bn-05", "LN-05", "forward_agrees"] {
        let output = evenkeel(&["--only", only, "--cases", "8"]);
        assert_eq!(output.status.code(), Some(0), "{only}: {}", text(&output));
    }
}

#[test]
fn threads_and_levels_can_be_chosen() {
    let output =
        evenkeel(&["--only", "bn-05", "--cases", "8", "--threads", "3", "--level", "baseline"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("fast (baseline)"));
}

#[test]
fn the_same_seed_prints_the_same() {
    let arguments = ["--cases", "16", "--seed", "7", "--only", "BN-07"];
    assert_eq!(text(&evenkeel(&arguments)), text(&evenkeel(&arguments)));
}

#[test]
fn explain_tells_clauses_and_mistakes() {
    let clause = text(&evenkeel(&["explain", "bn-03"]));
    assert!(clause.starts_with("BN-03 [MUST]") && clause.contains('ε'), "{clause}");
    let mistake = text(&evenkeel(&["explain", "bn-unbiased"]));
    assert!(mistake.contains("instead") && mistake.contains("BN-02"), "{mistake}");
    let bounds = text(&evenkeel(&["explain", "ln-bounds"]));
    assert!(bounds.starts_with("## Bounds") && bounds.contains("A row is"), "{bounds}");
    let list = text(&evenkeel(&["list"]));
    assert!(list.contains("LN-22") && list.contains("ln-unbiased"), "{list}");
    assert!(list.contains("BN-01") && list.contains("bn-unbiased"), "{list}");
}

/// A pipe that closes early is the reader's choice, not an error.
#[test]
fn a_closed_pipe_ends_it_silently() {
    let line = format!("'{}' list | head -n 1", env!("CARGO_BIN_EXE_evenkeel"));
    let output = Command::new("sh").args(["-c", &line]).output().expect("a shell");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
