//! The roofline: plain traffic of as many elements as a kernel's.
//!
//! `roofline n=` offers all of it under its names; `copy n=` and the like offer `out`.

use std::hint::black_box;

use super::{Offer, room};
use crate::case::{BadCase, Case};
use crate::data::values;
use crate::roofline::{copy, copy_streaming, read, triad, write};

/// Everything that `roofline` offers.
const ALL: [&str; 5] = ["copy", "copy_streaming", "read", "write", "triad"];

pub(super) fn offers(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let n = case.size("n")?;
    Ok(match &*case.kernel {
        "roofline" => ALL.map(|name| offer(name, n).named(name)).into(),
        name => vec![offer(name, n)],
    })
}

fn offer(name: &str, n: usize) -> Offer {
    let x = values::<f32>(n, 1);
    match name {
        "copy" => Offer::out(room(n), move |y, _| {
            copy(&x, y);
            Ok(())
        }),
        "copy_streaming" => Offer::out(room(n), move |y, _| {
            copy_streaming(&x, y);
            Ok(())
        }),
        "read" => Offer::out(x, move |x, _| {
            black_box(read(x));
            Ok(())
        }),
        "write" => Offer::out(x, move |y, _| {
            write(black_box(0.5), y);
            Ok(())
        }),
        _ => {
            let b = values::<f32>(n, 2);
            Offer::out(room(n), move |y, _| {
                triad(&x, &b, y);
                Ok(())
            })
        }
    }
}
