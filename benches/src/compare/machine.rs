//! What the machine is, from what Linux tells.

use std::fs::read_to_string;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// A machine and its tools.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Name, family and model of the processor.
    pub processor: String,
    /// How many it has.
    pub cores: usize,
    /// The best instruction set of our kernels here.
    pub level: String,
    /// Bytes of the first-level data cache, the second and the third, of one processor; 0 if unknown.
    pub caches: [usize; 3],
    /// Bytes of memory.
    pub memory: usize,
    /// The kernel of the operating system.
    pub system: String,
    /// The compiler of ours.
    pub compiler: String,
}

impl Machine {
    /// This one.
    #[must_use]
    pub fn here() -> Self {
        let info = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let of = |key| field(&info, key).unwrap_or("unknown");
        let [name, family, model] = ["model name", "cpu family", "model"].map(of);
        Self {
            processor: format!("{name}, family {family}, model {model}"),
            cores: std::thread::available_parallelism().map_or(1, Into::into),
            level: evenkeel_fast::Level::best().name().into(),
            caches: [1, 2, 3].map(cache),
            memory: field(&read_to_string("/proc/meminfo").unwrap_or_default(), "MemTotal")
                .and_then(|text| text.trim_end_matches("kB").trim().parse::<usize>().ok())
                .unwrap_or(0)
                << 10,
            system: said("uname", &["-sr"]),
            compiler: said("rustc", &["--version"]),
        }
    }
}

/// Today, in UTC.
#[must_use]
pub fn today() -> String {
    said("date", &["-u", "+%F"])
}

/// What stands behind `key :` in the first line that begins so.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs
        .map(|(name, value)| (name.trim(), value.trim()))
        .find(|(name, _)| *name == key)
        .map(|p| p.1)
}

/// Bytes of the data cache of a level, of the first processor.
fn cache(level: usize) -> usize {
    let read = |index: usize, name: &str| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{name}");
        read_to_string(path).map(|text| text.trim().to_string()).unwrap_or_default()
    };
    let found = (0..8).find(|&index| {
        read(index, "level") == level.to_string() && read(index, "type") != "Instruction"
    });
    found.map_or(0, |index| bytes(&read(index, "size")))
}

/// `48K` or `32M` as a number.
fn bytes(text: &str) -> usize {
    let shift = if text.ends_with('K') {
        10
    } else if text.ends_with('M') {
        20
    } else {
        0
    };
    text.trim_end_matches(['K', 'M']).parse::<usize>().unwrap_or(0) << shift
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or("unknown".into(), |out| String::from_utf8_lossy(&out.stdout).trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_tells_is_understood() {
        assert_eq!([bytes("48K"), bytes("32M"), bytes("7"), bytes("")], [48 << 10, 32 << 20, 7, 0]);
        let info = "processor\t: 0\nmodel\t\t: 2\nmodel name\t: A, B: C\nmodel\t\t: 3";
        assert_eq!(field(info, "model"), Some("2"));
        assert_eq!(field(info, "model name"), Some("A, B: C"));
        assert_eq!(field(info, "vendor"), None);
    }
}
