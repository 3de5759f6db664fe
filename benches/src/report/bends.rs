//! Where a curve of time per element bends, and what the machine has there.
//!
//! A rise is a stretch of sizes each slower by a tenth than the one before, and slower by a quarter in
//! all. What the kernel holds there is compared with the caches. Page faults are no part of it: all pages
//! were touched before.

use super::words::{bytes, elements, nanoseconds};

/// Elements and nanoseconds an element.
pub type Point = (usize, f64);

const STEP: f64 = 1.1;
const WHOLE: f64 = 1.25;

/// A sentence for each bend; `held` are bytes in memory for each element.
#[must_use]
pub fn sentences(points: &[Point], held: usize, caches: [usize; 3]) -> Vec<String> {
    let mut all: Vec<String> = start(points).into_iter().collect();
    let (mut rest, mut fell) = (points, false);
    while rest.len() > 1 {
        let rise = stretch(rest, |before, after| after >= STEP * before);
        let fall = stretch(rest, |before, after| after * STEP <= before);
        let (stretch, up) = if rise > 0 { (rise, true) } else { (fall, false) };
        if stretch > 0 {
            let (from, to) = (rest[0], rest[stretch]);
            let change = if up { to.1 / from.1 } else { from.1 / to.1 };
            // The first fall is the cost of a call, told already.
            if change >= WHOLE && (up || fell) {
                all.push(sentence(from, to, up, held, caches));
            }
        }
        fell |= up || stretch == 0;
        rest = &rest[stretch.max(1)..];
    }
    all
}

/// How many steps from the first point on all go so.
fn stretch(points: &[Point], goes: impl Fn(f64, f64) -> bool) -> usize {
    points.windows(2).take_while(|pair| goes(pair[0].1, pair[1].1)).count()
}

/// The cost of a call, which small tensors do not hide.
fn start(points: &[Point]) -> Option<String> {
    let falling = stretch(points, |before, after| after * STEP <= before);
    let (from, to) = (points.first()?, points[falling]);
    (from.1 >= WHOLE * to.1)
        .then(|| format!("Below {} elements the cost of a call shows.", elements(to.0)))
}

fn sentence(from: Point, to: Point, up: bool, held: usize, caches: [usize; 3]) -> String {
    let times = if up { to.1 / from.1 } else { from.1 / to.1 };
    let verb = if up { "rises" } else { "falls" };
    let cause =
        if up { left(from.0 * held, to.0 * held, caches) } else { streamed(to.0 * held, caches) };
    format!(
        "From {} to {} elements it {verb} {times:.1} times, from {} to {}: {cause}.",
        elements(from.0),
        elements(to.0),
        nanoseconds(from.1),
        nanoseconds(to.1),
    )
}

/// The caches that the data outgrows on the way. It shares them with other data, so that half of one may
/// be too much already.
fn left(from: usize, to: usize, caches: [usize; 3]) -> String {
    let names = ["L1", "L2", "L3"].into_iter().zip(caches);
    let left: Vec<String> = names
        .filter(|(_, size)| *size > 0 && from <= *size && *size <= 2 * to)
        .map(|(name, size)| format!("{name} ({})", bytes(size)))
        .collect();
    let held = format!("{} to {}", bytes(from), bytes(to));
    if left.is_empty() {
        format!("no cache ends with the {held} that it holds")
    } else {
        format!("the {held} that it holds no longer fit into {}", left.join(", then "))
    }
}

fn streamed(to: usize, caches: [usize; 3]) -> String {
    if to > caches[1] {
        "as where results begin to go past the caches".into()
    } else {
        "no cache accounts for it".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CACHES: [usize; 3] = [48 << 10, 1 << 20, 32 << 20];

    #[test]
    fn a_flat_curve_says_nothing() {
        let points: Vec<Point> = (10..20).map(|k| (1 << k, 0.5)).collect();
        assert!(sentences(&points, 8, CACHES).is_empty());
    }

    #[test]
    fn calls_caches_and_streaming_have_a_sentence_each() {
        let times = [1.0, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.45, 0.6, 0.6, 0.6, 0.6, 0.3, 0.3];
        let points: Vec<Point> = (10..).zip(times).map(|(k, t)| (1 << k, t)).collect();
        let found = sentences(&points, 8, CACHES);
        let expected = [
            "Below 2¹² elements the cost of a call shows.",
            "From 2¹⁶ to 2¹⁸ elements it rises 2.0 times, from 0.3 to 0.6 ns: the 512 KiB to 2 MiB \
             that it holds no longer fit into L2 (1 MiB).",
            "From 2²¹ to 2²² elements it falls 2.0 times, from 0.6 to 0.3 ns: as where results begin \
             to go past the caches.",
        ];
        assert_eq!(found.len(), 3, "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            let bare = |text: &str| text.replace(" ns to", " to");
            assert_eq!(bare(found), bare(expected));
        }
    }

    #[test]
    fn a_rise_that_no_cache_accounts_for_says_so() {
        let points = [(1 << 20, 1.0), (1 << 21, 2.0), (1 << 22, 2.0)];
        let found = sentences(&points, 4, CACHES);
        assert!(
            found[0].ends_with("no cache ends with the 4 MiB to 8 MiB that it holds."),
            "{found:?}"
        );
    }
}
