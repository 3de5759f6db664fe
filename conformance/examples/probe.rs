//! temporary
use evenkeel_conformance::{Real, Reference, Settings, Target, suites};
fn run<T: Real>(name: &str, only: &str, cases: u32) where Reference: Target<T> {
    let t: Box<dyn Target<T>> = if name == "reference" { Box::new(Reference) } else { suites::mistake(name).unwrap() };
    for s in suites::all::<T>() {
        if only.starts_with(s.technique()) || only == "" { 
        let started = std::time::Instant::now();
        let mut names = vec![];
        let r = s.check(&*t, Settings { seed: 0, cases }, &|_| true, &mut |n| names.push((n, std::time::Instant::now())));
        let end = std::time::Instant::now();
        for (i, o) in r.outcomes.iter().enumerate() {
            let d = names.get(i + 1).map_or(end, |x| x.1) - names[i].1;
            println!("{} {:>8.1?} {:<50} {:>4} ok {:>3} ct {:>3} no  {:.4} {:.3}ulp {}", T::NAME, d, o.name, o.passed, o.cannot_tell, o.not_offered, o.worst.ratio, o.worst.ulps, if o.failure.is_some() { "FAILED" } else { "" });
            if let Some(f) = &o.failure { println!("    {:?}\n    {}", f.finding, f.smallest.replace('\n', "\n    ")); }
        }
        println!("{:?} in {:?}", r.diagnosis, started.elapsed());
        }
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let cases = a.get(3).map_or(64, |c| c.parse().unwrap());
    run::<f32>(&a[1], a.get(2).map_or("", |s| s), cases);
    run::<f64>(&a[1], a.get(2).map_or("", |s| s), cases);
}
