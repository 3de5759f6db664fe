//! Requests on standard input, a line each, and a line in answer to each:
//!
//! ```text
//! versions              → versions ndarray 0.17.2
//! case KERNEL key=value → offers VARIANT …    data filled, one call of each variant made
//! check VARIANT         → check S | check none   S = Σ|result|, added in f64
//! run VARIANT CALLS     → time NANOSECONDS    after one call that is not timed
//! drop                  → dropped
//! anything wrong        → error TEXT
//! ```

use std::io::{BufRead, Write, stdin, stdout};
use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::Result;
use crate::data::Case;

/// Σ|result|, in `f64`.
pub trait Magnitude {
    fn magnitude(&self) -> f64;
}

impl Magnitude for f32 {
    fn magnitude(&self) -> f64 {
        f64::from(self.abs())
    }
}

impl Magnitude for [f32] {
    fn magnitude(&self) -> f64 {
        self.iter().map(|v| f64::from(v.abs())).sum()
    }
}

impl<R: Magnitude> Magnitude for Vec<R> {
    fn magnitude(&self) -> f64 {
        self.iter().map(Magnitude::magnitude).sum()
    }
}

/// A kernel over its own data.
pub trait Work {
    /// What has to happen before each call and is not timed; `false` if nothing has to.
    fn prepare(&mut self) -> bool {
        false
    }
    fn call(&mut self);
    fn magnitude(&self) -> f64;
}

/// One way in which a library is called.
pub struct Variant {
    name: &'static str,
    work: Box<dyn Work>,
    random: bool,
}

impl Variant {
    pub fn new(name: &'static str, work: impl Work + 'static) -> Self {
        Self { name, work: Box::new(work), random: false }
    }

    /// The result stays where it is: `out`.
    pub fn kept<R: Magnitude + 'static>(result: R, call: impl FnMut(&mut R) + 'static) -> Self {
        Self::new("out", Kept { result, call })
    }

    /// The library allocates the result: `plain`.
    pub fn fresh<R: Magnitude + 'static>(call: impl FnMut() -> R + 'static) -> Self {
        Self::new("plain", Fresh { result: None, call })
    }

    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// With results that nobody else can compute.
    pub fn random(self) -> Self {
        Self { random: true, ..self }
    }

    fn time(&mut self, calls: u32) -> Duration {
        self.prepared_call();
        if self.work.prepare() {
            return self.time_by_call(calls);
        }
        let begin = Instant::now();
        for _ in 0..calls {
            self.work.call();
        }
        begin.elapsed()
    }

    /// Of which the first is prepared.
    fn time_by_call(&mut self, calls: u32) -> Duration {
        let one = |i| {
            if i > 0 {
                self.work.prepare();
            }
            let begin = Instant::now();
            self.work.call();
            begin.elapsed()
        };
        (0..calls).map(one).sum()
    }

    fn prepared_call(&mut self) {
        self.work.prepare();
        self.work.call();
    }
}

struct Kept<R, F> {
    result: R,
    call: F,
}

impl<R: Magnitude, F: FnMut(&mut R)> Work for Kept<R, F> {
    fn call(&mut self) {
        (self.call)(&mut self.result);
    }
    fn magnitude(&self) -> f64 {
        self.result.magnitude()
    }
}

struct Fresh<R, F> {
    result: Option<R>,
    call: F,
}

impl<R: Magnitude, F: FnMut() -> R> Work for Fresh<R, F> {
    /// The last result is given back first, as at the end of a user's scope.
    fn call(&mut self) {
        self.result = None;
        self.result = Some((self.call)());
    }
    fn magnitude(&self) -> f64 {
        self.result.as_ref().map_or(0.0, Magnitude::magnitude)
    }
}

/// A library: what it is called with its version, and what it offers for a case.
pub struct Library {
    pub versions: String,
    pub prepared: fn(&Case) -> Result<Vec<Variant>>,
}

/// Answers until the input ends.
pub fn serve(library: &Library) -> Result<()> {
    let mut variants = Vec::new();
    for request in stdin().lock().lines() {
        let request = request?;
        // A library that panics is out of this request, not of the next.
        let answer = catch_unwind(AssertUnwindSafe(|| answer(library, &mut variants, &request)));
        let line = match answer {
            Ok(Ok(line)) => line,
            Ok(Err(wrong)) => format!("error {}", wrong.to_string().replace('\n', " ")),
            Err(_) => "error the library panicked".to_owned(),
        };
        writeln!(stdout(), "{line}")?;
        stdout().flush()?;
    }
    Ok(())
}

fn answer(library: &Library, variants: &mut Vec<Variant>, request: &str) -> Result<String> {
    let (verb, rest) = request.split_once(' ').unwrap_or((request, ""));
    match verb {
        "versions" => Ok(format!("versions {}", library.versions)),
        "case" => offer(library, variants, &Case::parsed(rest)?),
        "check" => Ok(match named(variants, rest)? {
            variant if variant.random => "check none".to_owned(),
            variant => format!("check {}", variant.work.magnitude()),
        }),
        "run" => {
            let (name, calls) = rest.split_once(' ').ok_or("run VARIANT CALLS")?;
            let calls: NonZeroU32 = calls.trim().parse().map_err(|_| "how many calls?")?;
            Ok(format!("time {}", named(variants, name)?.time(calls.get()).as_nanos()))
        }
        "drop" => {
            variants.clear();
            Ok("dropped".to_owned())
        }
        _ => Err(format!("unknown request: {request}").into()),
    }
}

fn offer(library: &Library, variants: &mut Vec<Variant>, case: &Case) -> Result<String> {
    variants.clear(); // before memory is asked for again
    let mut offered = (library.prepared)(case)?;
    offered.iter_mut().for_each(Variant::prepared_call);
    *variants = offered;
    Ok(variants.iter().fold("offers".to_owned(), |line, variant| line + " " + variant.name))
}

fn named<'a>(variants: &'a mut [Variant], name: &str) -> Result<&'a mut Variant> {
    let found = variants.iter_mut().find(|variant| variant.name == name.trim());
    found.ok_or(format!("no variant: {name}").into())
}
