//! Ctrl-C and termination: at once while computing, in an orderly manner while a file is being written.

use std::sync::atomic::{AtomicU8, Ordering};

const COMPUTING: u8 = 0;
const WRITING: u8 = 1;
const STOP: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(COMPUTING);

/// What a shell expects of a program that was interrupted.
const INTERRUPTED: i32 = 130;

/// Starts to listen. Without a listener the program still works; an interruption while writing then leaves a hidden
/// temporary file.
pub(crate) fn listen() {
    let result = ctrlc::set_handler(|| {
        // While a file is written, the writer has to take its temporary file away first.
        if STATE.compare_exchange(WRITING, STOP, Ordering::SeqCst, Ordering::SeqCst).is_err() {
            std::process::exit(INTERRUPTED);
        }
    });
    if let Err(e) = result {
        eprintln!("warning: interruptions are not handled: {e}");
    }
}

/// A file is being written from now on, or no longer.
pub(crate) fn writing(now: bool) {
    STATE.store(if now { WRITING } else { COMPUTING }, Ordering::SeqCst);
}

/// Whether to stop writing.
pub(crate) fn wanted() -> bool {
    STATE.load(Ordering::SeqCst) == STOP
}
