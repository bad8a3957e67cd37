//! Delay memory whose next 64 frames always lie in one piece.
//!
//! A ring of `len` frames has 64 more behind it that repeat its start. A window that begins anywhere in the ring is then a
//! plain array: no pass over it is ever cut, nothing is copied out and back. What is written is mirrored afterwards, which
//! costs something only where the ring begins or ends.

use crate::process::CHUNK;
use crate::sample::Sample;

/// Samples of storage for a ring of `len` frames.
pub(super) const fn required(len: usize) -> usize {
    len + CHUNK
}

/// The frames from `at` on. `at` is less than the length of the ring.
#[inline(always)]
pub(super) fn window<S>(ring: &mut [S], at: usize) -> &mut [S; CHUNK] {
    ring[at..].first_chunk_mut().expect("64 frames lie behind every ring")
}

/// Makes both ends of the ring agree after `frames` (at most 64 and at most its length) were written from `at` on; returns
/// where the ring stands afterwards.
#[inline(always)]
pub(super) fn mirror<S: Sample>(ring: &mut [S], at: usize, frames: usize) -> usize {
    let (len, end) = (ring.len() - CHUNK, at + frames);
    if at < CHUNK {
        ring.copy_within(at..end.min(len).min(CHUNK), len + at);
    }
    if end > len {
        ring.copy_within(len..end, 0);
    }
    if end >= len { end - len } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn windows_see_what_was_written_len_frames_ago() {
        for len in [1, 5, 63, 64, 65, 100, 127, 300] {
            let mut ring = vec![0.0_f64; required(len)];
            let (mut at, mut now) = (0, 0);
            for step in 0..400 {
                let n = (1 + step * 7 % CHUNK).min(len);
                let seen = window(&mut ring, at);
                for (i, x) in seen[..n].iter_mut().enumerate() {
                    let then = now + i as i64 - len as i64;
                    assert_eq!(*x, if then < 0 { 0.0 } else { then as f64 + 1.0 }, "{len} {now}");
                    *x = (now + i as i64) as f64 + 1.0;
                }
                at = mirror(&mut ring, at, n);
                now += n as i64;
            }
        }
    }
}
