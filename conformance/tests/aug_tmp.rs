use evenkeel_conformance::augmentation::Augment;
use evenkeel_conformance::technique::{self, Planted, Technique};
use evenkeel_conformance::{Real, Reference, Settings, Target};
use rayon::prelude::*;

const S: Settings = Settings { seed: 0, cases: 60 };

fn fails<T: Real>(t: &dyn Target<T>, promise: bool) {
    for p in Augment::properties::<T>() {
        if p.strength.label() == "PROMISE" && (!promise || p.part == "levels") {
            continue;
        }
        let t0 = std::time::Instant::now();
        let o = p.run(t, S);
        let ms = t0.elapsed().as_millis();
        if o.failure.is_some() || o.is_void() || ms > 1500 {
            println!(
                "{} {} {}: void {} {ms} ms worst {:?}",
                t.name(),
                T::NAME,
                o.name,
                o.is_void(),
                o.worst
            );
        }
        if let Some(f) = o.failure {
            println!("   {:?}\n   {:?}", f.finding, f.smallest);
        } else if std::env::var("WORST").is_ok() {
            println!("{} {} {} {:?} ct {}", t.name(), T::NAME, o.name, o.worst, o.cannot_tell);
        }
    }
}

#[test]
fn base() {
    fails::<f32>(&*Augment::base().target::<f32>(), true);
    fails::<f64>(&*Augment::base().target::<f64>(), true);
    fails::<f32>(&Reference, true);
    fails::<f64>(&Reference, true);
}

#[test]
fn named() {
    fn one<T: Real>(m: &<Augment as Technique>::Mistake) -> String {
        let only = |name: &str| {
            Augment::properties::<T>().iter().any(|p| p.name == name && p.clause == m.info().clause)
        };
        let s = Settings { seed: 0, cases: 48 };
        let r = technique::check::<Augment, T>(&*m.target::<T>(), s, &only, &mut |_| {});
        let failed: Vec<_> =
            r.outcomes.iter().filter(|o| o.failure.is_some()).map(|o| o.name).collect();
        let l: Vec<_> = r.diagnosis.iter().flat_map(|d| d.likely.iter().map(|i| i.label)).collect();
        if l.first() == Some(&m.info().label) {
            String::new()
        } else {
            format!("{} {}: failed {failed:?} likely {l:?}", T::NAME, m.info().label)
        }
    }
    let out: Vec<String> =
        Augment::mistakes().par_iter().flat_map(|m| [one::<f32>(m), one::<f64>(m)]).collect();
    for o in out {
        if !o.is_empty() {
            println!("{o}");
        }
    }
}
