//! The example `back_translate`, as somebody runs it: with Apertium, and without.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Tests are built beside the examples.
fn example() -> PathBuf {
    let command = Path::new(env!("CARGO_BIN_EXE_evenkeel"));
    command
        .with_file_name("examples")
        .join(format!("back_translate{}", std::env::consts::EXE_SUFFIX))
}

fn run(change: impl Fn(&mut Command)) -> Option<Output> {
    if !example().exists() {
        // `cargo test --test back_translate` builds no examples.
        let _ = writeln!(io::stderr(), "SKIPPED back_translate: the example is not built");
        return None;
    }
    let mut command = Command::new(example());
    change(&mut command);
    Some(command.output().expect("it starts"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn without_apertium_it_says_what_to_install() {
    let Some(output) = run(|command| _ = command.env("PATH", "/nonexistent")) else { return };
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{complaint}");
    assert!(complaint.contains("apertium cannot be started"), "{complaint}");
    assert!(complaint.contains("apt-get install apertium apertium-eng-spa"), "{complaint}");
    assert!(output.stdout.is_empty());
}

#[test]
fn with_apertium_it_prints_new_sentences() {
    let Some(output) = run(|_| {}) else { return };
    let listed = Command::new("apertium").arg("-l").output();
    let listed = listed.map_or_else(|_| String::new(), |output| text(&output.stdout));
    if !(listed.contains("eng-spa") && listed.contains("spa-eng")) {
        let why = "apertium with apertium-eng-spa is not installed";
        let _ = writeln!(io::stderr(), "SKIPPED with_apertium_it_prints_new_sentences: {why}");
        return;
    }
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
    assert!(printed.contains("augmented English") && printed.contains("came back as it was"));
    // 12 sentences by 2 pivots: each is accounted for.
    let numbers: Vec<usize> = printed
        .lines()
        .skip_while(|line| !line.contains("pivots:"))
        .flat_map(|line| line.split(' ').filter_map(|word| word.parse().ok()))
        .collect();
    let [sentences, pivots, variants, dropped @ ..] = &numbers[..] else { panic!("{printed}") };
    assert_eq!(variants + dropped.iter().sum::<usize>(), sentences * pivots, "{printed}");
    assert!(*variants >= 8, "{printed}");
}
