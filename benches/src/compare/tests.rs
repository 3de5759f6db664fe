//! The driver with contestants that are shell scripts: sound ones, and each way to go wrong.

use std::path::PathBuf;
use std::time::Duration;

use super::process::{Failure, Worker};
use super::*;

/// Answers each word of the protocol soundly: a call takes a millisecond. What stands in `instead` is
/// looked at before.
fn script(name: &str, role: Role, instead: &str) -> Worker {
    let script = format!(
        "while read -r verb rest; do case \"$verb\" in {instead} versions) echo versions 1;; \
         case) echo offers out plain;; check) echo check 4.0;; drop) echo dropped;; \
         run) set -- $rest; echo time $(($2 * 1000000));; esac; done"
    );
    let command = ["/bin/sh", "-c", &script, name].map(String::from).to_vec();
    let folder = PathBuf::from("/");
    let peer = Peer { name: name.into(), role, folder, command };
    Worker::new(&peer, 1).with_patience(Duration::from_millis(2000))
}

fn race(workers: &mut [Worker]) -> Measured {
    let case: Case = "training_step batch=4".parse().unwrap();
    let machine = machine::Machine::default();
    let mut results =
        Results { machine, date: String::new(), members: Vec::new(), cases: Vec::new() };
    let settings = Settings { rounds: 4, time: Duration::from_secs(60) };
    measure(&case, false, workers, 1, &settings, &mut results);
    results.cases.remove(0)
}

fn names(measured: &Measured) -> Vec<String> {
    measured.lines.iter().map(|line| format!("{} {}", line.contestant, line.variant)).collect()
}

fn why(measured: &Measured, contestant: &str) -> String {
    let left = measured.left_out.iter().find(|left| left.contestant == contestant);
    left.map(|left| format!("{} {}", left.variant, left.why)).unwrap_or_default()
}

#[test]
fn sound_contestants_have_all_rounds_and_a_ratio() {
    let mut workers = [script("ours", Role::Ours, ""), script("other", Role::Rival, "")];
    let measured = race(&mut workers);
    assert_eq!(names(&measured), ["ours out", "ours plain", "other out", "other plain"]);
    assert!(measured.left_out.is_empty());
    let line = measured.line("other", "plain").unwrap();
    // Runs of 5 ms and more, of calls of 1 ms.
    assert!(line.calls >= 5 && line.times == [1e6; 4]);
    assert_eq!(line.ratio.map(|ratio| ratio.mean), Some(1.0));
}

#[test]
fn whoever_goes_wrong_is_left_out_and_the_others_go_on() {
    let mut workers = [
        script("ours", Role::Ours, ""),
        script("dies", Role::Rival, "run) exit 1;;"),
        script("errs", Role::Rival, "case) echo error no memory;;"),
        script("babbles", Role::Rival, "run) echo time soon;;"),
        script("strays", Role::Rival, "check) echo dropped;;"),
        script("hangs", Role::Rival, "case) sleep 10;;"),
        script("computes", Role::Rival, "check) echo check 4.1;;"),
        script("overflows", Role::Rival, "check) echo check NaN;;"),
        script("draws", Role::Rival, "check) echo check none;;"),
        script("sound", Role::Rival, ""),
    ];
    let measured = race(&mut workers);
    assert_eq!(names(&measured), ["ours out", "ours plain", "sound out", "sound plain"]);
    for (contestant, expected) in [
        ("dies", "out died"),
        ("errs", " no memory"),
        ("babbles", "out answered \"time soon\""),
        ("strays", "out answered \"dropped\""),
        ("hangs", " did not answer within 2 s"),
        ("computes", "out a sum of 4.1e0 where ours is 4e0"),
        ("overflows", "out a sum of NaN where ours is 4e0"),
        ("draws", "out no sum where ours is 4e0"),
    ] {
        assert_eq!(why(&measured, contestant), expected, "{contestant}");
    }
}

#[test]
fn a_contestant_that_died_is_started_again_but_not_for_ever() {
    let mut worker = script("dies", Role::Rival, "drop) exit 1;;");
    for _ in 0..3 {
        assert_eq!(worker.versions(), Ok("1".into()));
        assert_eq!(worker.drop_case(), Err(Failure::Died));
        assert!(!worker.is_running());
    }
    assert!(matches!(worker.versions(), Err(Failure::Missing(_))));
    assert!(!worker.is_alive());
}

#[test]
fn what_is_not_built_is_missing() {
    let folder = PathBuf::from("/");
    let command = vec!["no/such/program".into()];
    let peer = Peer { name: "none".into(), role: Role::Rival, folder, command };
    let mut worker = Worker::new(&peer, 1);
    assert_eq!(worker.versions(), Err(Failure::Missing("not built".into())));
    assert!(!worker.is_alive());
}

#[test]
fn the_rivals_of_a_curve_are_the_fastest() {
    let mut workers = [
        script("slow", Role::Rival, "run) set -- $rest; echo time $(($2 * 9000000));;"),
        script("ours", Role::Ours, ""),
        script("fast", Role::Rival, "run) set -- $rest; echo time $(($2 * 2000000));;"),
    ];
    let case = "training_step batch=4".parse().unwrap();
    assert_eq!(rounds::fastest(&case, &mut workers, 1), ["fast"]);
}
