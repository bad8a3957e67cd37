//! Ctrl-C and termination: at once while computing, in an orderly manner while a file is being written.

use std::sync::atomic::{AtomicU8, Ordering};

const COMPUTING: u8 = 0;
const WRITING: u8 = 1;
const STOP: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(COMPUTING);

/// What a shell expects of a program that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// The error of a job that was interrupted while writing.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Starts to listen. Without a listener the program still works; an interruption while writing then leaves a hidden
/// temporary file.
pub(crate) fn listen() {
    let result = ctrlc::set_handler(|| {
        // While a file is written, the writer has to take its temporary file away first.
        if STATE.compare_exchange(WRITING, STOP, Ordering::SeqCst, Ordering::SeqCst) == Err(COMPUTING) {
            std::process::exit(INTERRUPTED.into());
        }
    });
    if let Err(e) = result {
        eprintln!("warning: interruptions are not handled: {e}");
    }
}

/// Runs a job that has a temporary file. An interruption meanwhile is heard when it asks ([`wanted`]) or at its end.
///
/// # Errors
/// Those of the job, and [`Interrupted`].
pub(crate) fn writing<T>(
    job: impl FnOnce() -> Result<T, Box<dyn std::error::Error>>,
) -> Result<T, Box<dyn std::error::Error>> {
    STATE.store(WRITING, Ordering::SeqCst);
    let result = job();
    if STATE.swap(COMPUTING, Ordering::SeqCst) == STOP { Err(Box::new(Interrupted)) } else { result }
}

/// Whether to stop writing.
pub(crate) fn wanted() -> bool {
    STATE.load(Ordering::SeqCst) == STOP
}
