use super::*;
use crate::compare::results::{Left, Line, Measured};

fn results() -> Results {
    let line = |name: &str, variant: &str, t: f64| Line::new(name, variant, 1, vec![t * 1e6; 3]);
    let lines = vec![
        line("ours", "out", 10.0),
        line("roofline", "copy", 6.0),
        line("torch", "out", 20.0),
        line("torch", "plain", 40.0),
        line("onednn", "out", 18.0),
    ];
    let left = Left { contestant: "jax".into(), variant: "out".into(), why: "a | b".into() };
    let case = "layer_norm_forward rows=8192 channels=4096".to_string();
    let member = |name: &str, versions| Member { name: name.into(), threads: 1, versions };
    Results {
        machine: Machine { caches: [48 << 10, 1 << 20, 32 << 20], ..Machine::default() },
        date: "2020-02-29".into(),
        members: vec![
            member("ours", Ok("evenkeel-fast 0".into())),
            member("torch", Ok("torch 1".into())),
            member("numpy", Err("not built".into())),
        ],
        cases: vec![Measured::new(case, 1, false, lines, vec![left])],
    }
}

#[test]
fn the_page_has_a_row_for_a_target_and_names_what_is_missing() {
    let page = page(&results()).unwrap();
    for text in [
        "| layer norm forward, DRAM | rows=8192, channels=4096 | 1 | onednn `out` | 1.80 [1.80, 1.80] \
         | ≥ 1.6 | ≥ 3 | must | 0.60 of copy |",
        "| rows=8192, channels=4096 | 1 | 10 ms | 0.60 of copy | onednn `out` 1.80 [1.80, 1.80], \
         torch `out` 2.00 [2.00, 2.00] |",
        "| torch | torch 1 |",
        "**Missing in this run:** numpy (not built).",
        "Not measured in this run: layer norm forward, cache;",
        "| layer_norm_forward rows=8192 channels=4096 | 1 | jax `out` | a \\| b |",
    ] {
        assert!(page.contains(text), "{text}\nis not in\n{page}");
    }
}

#[test]
fn results_come_back_from_json() {
    let results = results();
    let text = serde_json::to_string(&results).unwrap();
    assert_eq!(serde_json::from_str::<Results>(&text).unwrap(), results);
}
