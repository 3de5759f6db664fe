//! Calling a target without trusting it.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::{Real, Refusal};

/// What an output holds before the call, so that an element left out is seen.
const UNWRITTEN: f64 = -7.25e22;

/// An output of `length` elements that nobody has written yet.
pub(crate) fn unwritten<T: Real>(length: usize) -> Vec<T> {
    vec![T::from_f64(UNWRITTEN); length]
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `target` and turns a panic into [`Refusal::Failed`], without its message on stderr.
///
/// # Errors
/// What the target returned, or the panic.
pub(crate) fn guarded<R>(target: impl FnOnce() -> Result<R, Refusal>) -> Result<R, Refusal> {
    quiet_while_guarded();
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(target));
    GUARDED.set(outer);
    result.unwrap_or_else(|cause| Err(Refusal::Failed(format!("panicked: {}", message(&*cause)))))
}

/// A shrinking run would print the same panic hundreds of times: the hook is silent inside `guarded`.
fn quiet_while_guarded() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                previous(info);
            }
        }));
    });
}

fn message(cause: &(dyn std::any::Any + Send)) -> &str {
    cause
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure_with_its_message() {
        let result: Result<(), _> = guarded(|| panic!("index {} out of range", 3));
        assert_eq!(result, Err(Refusal::Failed("panicked: index 3 out of range".into())));
    }
}
