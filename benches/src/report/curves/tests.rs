use super::*;
use crate::compare::machine::Machine;
use crate::compare::results;

fn results() -> Results {
    of("tanh_forward")
}

fn of(kernel: &str) -> Results {
    let case = |k: u32, slow: f64| {
        let line = |whose: &str, variant: &str, each: f64| {
            results::Line::new(whose, variant, 1, vec![each * f64::from(1 << k); 3])
        };
        let lines = vec![
            line("ours", "out", 0.5),
            line("roofline", "copy", 0.25),
            line("torch", "out", 2.0 * slow),
            line("torch", "plain", 3.0),
            line("onednn", "out", 1.0),
        ];
        let name = format!("{kernel} n={}", 1 << k);
        Measured::new(name, 1, true, lines, Vec::new())
    };
    let cases = vec![case(10, 1.0), case(11, 1.0), case(12, 2.0)];
    let machine = Machine::default();
    Results { machine, date: "2020-02-29".into(), members: Vec::new(), cases }
}

#[test]
fn a_rival_has_the_line_of_its_usual_best() {
    let results = results();
    let curves = curves(&results);
    assert_eq!(curves.len(), 1);
    let lines = curves[0].lines();
    let names: Vec<&str> = lines.iter().map(|line| &*line.name).collect();
    assert_eq!(names, ["ours", "copy", "onednn out", "torch out"]);
    assert_eq!(lines[3].points, [(1024, 2.0), (2048, 2.0), (4096, 4.0)]);
    assert_eq!(curves[0].title(), "tanh forward, f32, 1 thread");
}

#[test]
fn a_copy_holds_two_tensors_whatever_stands_beside() {
    let results = of("relu_backward");
    let lines = curves(&results)[0].lines();
    let held: Vec<usize> = lines.iter().map(|line| line.held / 4).collect();
    assert_eq!(held, [3, 2, 3, 3], "{lines:?}");
}

#[test]
fn a_plot_is_drawn_with_its_labels() {
    let folder = std::env::temp_dir().join(format!("evenkeel-curves-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let results = results();
    let curve = &curves(&results)[0];
    curve.draw(&folder).unwrap();
    let svg = std::fs::read_to_string(folder.join("tanh_forward-1.svg")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    for text in ["tanh forward, f32, 1 thread", "2¹⁰", "2¹²", "onednn out", "ns per element"] {
        assert!(svg.contains(text), "{text}");
    }
}
