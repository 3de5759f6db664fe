//! Numbers as they are read.

use crate::compare::interval::Ratio;

/// 2¹⁰ for a power of two, digits for others.
#[must_use]
pub fn elements(n: usize) -> String {
    if !n.is_power_of_two() {
        return n.to_string();
    }
    let raised =
        |digit: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize - '0' as usize).unwrap_or(digit);
    format!("2{}", n.ilog2().to_string().chars().map(raised).collect::<String>())
}

/// KiB, MiB or GiB.
#[must_use]
pub fn bytes(count: usize) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_, shift)| count >> shift > 0);
    unit.map_or(format!("{count} bytes"), |(unit, shift)| {
        format!("{} {unit}", three(count as f64 / f64::from(1_u32 << shift)))
    })
}

/// Nanoseconds, microseconds or milliseconds, of so many nanoseconds.
#[must_use]
pub fn nanoseconds(time: f64) -> String {
    match time {
        time if time < 1e3 => format!("{} ns", three(time)),
        time if time < 1e6 => format!("{} µs", three(time / 1e3)),
        time => format!("{} ms", three(time / 1e6)),
    }
}

/// Three digits, without zeros behind the point.
#[must_use]
pub fn three(value: f64) -> String {
    let before = value.abs().max(1e-12).log10().floor() as i32;
    let text = format!("{value:.*}", (2 - before).clamp(0, 9) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// 1.63 [1.6, 1.66]
#[must_use]
pub fn ratio(ratio: &Ratio) -> String {
    format!("{:.2} [{:.2}, {:.2}]", ratio.mean, ratio.low, ratio.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits_and_a_unit() {
        assert_eq!([elements(1 << 27), elements(12)], ["2²⁷", "12"]);
        assert_eq!([bytes(48 << 10), bytes(3 << 19), bytes(7)], ["48 KiB", "1.5 MiB", "7 bytes"]);
        let times = [0.25, 999.0, 1234.0, 12_345_678.0].map(nanoseconds);
        assert_eq!(times, ["0.25 ns", "999 ns", "1.23 µs", "12.3 ms"]);
        assert_eq!([three(2.0), three(1500.0)], ["2", "1500"]);
    }
}
