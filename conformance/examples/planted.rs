//! temporary
use evenkeel_conformance::technique::{Planted, Technique, check};
use evenkeel_conformance::{Real, Settings, random::Source, dropout::Drop, initialization::Weights};
fn one<K: Technique, T: Real>(m: K::Mistake) -> (Vec<&'static str>, String) {
    let info = m.info(); let clause = info.clause;
    let names: Vec<_> = K::properties::<T>().into_iter().filter(|p| p.clause == clause).map(|p| p.name).collect();
    let r = check::<K, T>(&*m.target::<T>(), Settings { seed: 0, cases: 48 }, &|n| names.contains(&n), &mut |_| {});
    let f = r.failures().iter().map(|o| o.name).collect();
    let d = r.diagnosis.map_or("-".into(), |d| d.likely.iter().map(|i| i.label).collect::<Vec<_>>().join(","));
    (f, d)
}
fn all<K: Technique>() {
    for m in K::mistakes() {
        let t = std::time::Instant::now();
        let (a, b) = (one::<K, f32>(*m), one::<K, f64>(*m));
        let label = m.info().label;
        let ok = (a.1.starts_with(label) || a.0.is_empty()) && (b.1.starts_with(label) || b.0.is_empty()) && !(a.0.is_empty() && b.0.is_empty());
        println!("{} {:<28} {} f32 {}/{} f64 {}/{} {:.1?}", if ok { "  " } else { "XX" }, label, m.info().clause, a.0.len(), a.1, b.0.len(), b.1, t.elapsed());
    }
    for p in [K::base()] {
        for prop in K::properties::<f32>() { if let Some(f) = prop.run(&*p.target::<f32>(), Settings { seed: 0, cases: 60 }).failure { println!("BASE f32 {} {:?} {:?}", prop.name, f.finding, f.smallest); } }
        for prop in K::properties::<f64>() { if prop.strength.label() != "PROMISE" { if let Some(f) = prop.run(&*p.target::<f64>(), Settings { seed: 0, cases: 60 }).failure { println!("BASE f64 {} {:?} {:?}", prop.name, f.finding, f.smallest); } } }
    }
}
fn main() { match std::env::args().nth(1).as_deref() { Some("r") => all::<Source>(), Some("d") => all::<Drop>(), _ => all::<Weights>() } }
