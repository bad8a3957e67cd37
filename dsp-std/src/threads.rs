//! Two threads in a row: one makes pieces, the other uses them.
//!
//! What is computed does not depend on how many threads compute it: pieces are used in the order they are made.

use std::sync::mpsc::sync_channel;

/// Pieces under way at a time.
const DEPTH: usize = 4;

/// Calls `make(&mut piece)` until it returns false and `take(&mut piece)` for every piece made; on two threads when
/// `threads` is above 1. `new` makes empty pieces, which are used again and again.
pub(crate) fn pipe<T: Send>(
    threads: usize,
    new: impl Fn() -> T,
    mut make: impl FnMut(&mut T) -> bool + Send,
    mut take: impl FnMut(&mut T),
) {
    if threads < 2 {
        let mut piece = new();
        while make(&mut piece) {
            take(&mut piece);
        }
        return;
    }
    let (full_in, full_out) = sync_channel::<T>(DEPTH);
    let (empty_in, empty_out) = sync_channel::<T>(DEPTH);
    for _ in 0..DEPTH {
        empty_in.send(new()).expect("the receiver is here");
    }
    std::thread::scope(move |scope| {
        // Both ends of this side are dropped with the closure, also when `take` panics: the maker then ends.
        let (empty_in, full_out) = (empty_in, full_out);
        scope.spawn(move || {
            while let Ok(mut piece) = empty_out.recv() {
                if !make(&mut piece) || full_in.send(piece).is_err() {
                    return;
                }
            }
        });
        while let Ok(mut piece) = full_out.recv() {
            take(&mut piece);
            // The maker may have finished and gone.
            let _ = empty_in.send(piece);
        }
    });
}

/// Runs both, at the same time when `threads` is above 1.
pub(crate) fn both<A: Send, B>(threads: usize, a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B) -> (A, B) {
    if threads < 2 {
        return (a(), b());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(a);
        let b = b();
        match other.join() {
            Ok(a) => (a, b),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_content_do_not_depend_on_threads() {
        for threads in [1, 2] {
            let (mut next, mut seen) = (0, Vec::new());
            let make = |piece: &mut i32| {
                next += 1;
                *piece = next;
                next <= 100
            };
            pipe(threads, || 0, make, |piece| seen.push(*piece));
            assert_eq!(seen, (1..=100).collect::<Vec<_>>());
            assert_eq!(both(threads, || 3, || 4), (3, 4));
        }
    }

    #[test]
    fn a_panic_on_either_side_ends_both() {
        for (make_fails, take_fails) in [(true, false), (false, true)] {
            let result = std::panic::catch_unwind(|| {
                let mut made = 0;
                let make = move |_: &mut i32| {
                    made += 1;
                    assert!(!make_fails || made < 10, "expected");
                    made < 1_000
                };
                pipe(2, || 0, make, |_| assert!(!take_fails, "expected"));
            });
            assert!(result.is_err());
        }
    }
}
