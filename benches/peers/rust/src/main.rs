//! Rust libraries as contestants of the comparison: `peers LIBRARY --threads N`.

mod data;
mod of_burn;
mod of_candle;
mod of_ndarray;
mod protocol;

use std::os::unix::process::CommandExt;
use std::process::Command;

use protocol::Library;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "usage: peers ndarray|candle|burn --threads N";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, flag, threads] = arguments.as_slice() else { return Err(USAGE.into()) };
    let (crates, prepared): (&[&str], _) = match name.as_str() {
        "ndarray" => (&["ndarray", "rand"], of_ndarray::prepared as fn(&_) -> _),
        "candle" => (&["candle-core", "candle-nn"], of_candle::prepared as _),
        "burn" => (&["burn", "burn-flex"], of_burn::prepared as _),
        _ => return Err(USAGE.into()),
    };
    if flag != "--threads" || !threads.parse().is_ok_and(|n: usize| n > 0) {
        return Err(USAGE.into());
    }
    with_threads(threads)?;
    settle_allocator();
    let versions: Vec<_> = crates.iter().map(|name| format!("{name} {}", version(name))).collect();
    protocol::serve(&Library { versions: versions.join("; "), prepared })
}

/// The libraries take the number of their threads from the environment, and a process cannot safely
/// change its own: it is replaced by itself once.
fn with_threads(threads: &str) -> Result<()> {
    const NAMES: [&str; 2] = ["RAYON_NUM_THREADS", "CANDLE_NUM_THREADS"];
    if NAMES.iter().all(|name| std::env::var(name).is_ok_and(|value| value == threads)) {
        return Ok(());
    }
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args().skip(1)).envs(NAMES.map(|name| (name, threads)));
    Err(again.exec().into())
}

/// glibc keeps freed memory for the next call only up to the size of the largest block that was freed
/// so far, at most 32 MiB. Without a large one at the start, a library that allocates its results
/// would be slower or faster by the cases before; this is the state of a program that has run a while.
fn settle_allocator() {
    drop(std::hint::black_box(vec![1u8; 31 << 20]));
}

/// The version that is locked, the highest if there are several.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let from = lock.rfind(&format!("name = \"{name}\"\nversion = \"")).map_or("", |at| &lock[at..]);
    from.split('"').nth(3).unwrap_or("?")
}
