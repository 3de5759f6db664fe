//! The roofline: plain traffic of as many elements as a kernel's.
//!
//! `roofline n=` offers all of it under its names; `copy n=` and the like offer `out`.

use std::hint::black_box;

use fearless_simd::Level;

use super::{Offer, room};
use crate::case::{BadCase, Case};
use crate::data::values;
use crate::roofline::{copy, read, triad, write};

/// Everything that `roofline` offers.
const ALL: [&str; 4] = ["copy", "read", "write", "triad"];

pub(super) fn offers(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let n = case.size("n")?;
    Ok(match &*case.kernel {
        "roofline" => ALL.map(|name| offer(name, n).named(name)).into(),
        name => vec![offer(name, n)],
    })
}

fn offer(name: &str, n: usize) -> Offer {
    let (x, level) = (values::<f32>(n, 1), Level::new());
    match name {
        "copy" => Offer::out(room(n), move |y, _| {
            copy(&x, y);
            Ok(())
        }),
        "read" => Offer::out(x, move |x, _| {
            black_box(read(level, x));
            Ok(())
        }),
        "write" => Offer::out(x, move |y, _| {
            write(level, black_box(0.5), y);
            Ok(())
        }),
        _ => {
            let b = values::<f32>(n, 2);
            Offer::out(room(n), move |y, _| {
                triad(level, &x, &b, y);
                Ok(())
            })
        }
    }
}
