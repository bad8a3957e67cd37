//! The first frames of a response as a plain filter: what makes it immediate.

use crate::process::CHUNK;
use crate::sample::Sample;

/// Most taps.
const TAPS: usize = 64;
/// Outputs computed together, their sums in registers.
const TOGETHER: usize = 16;

/// Adds to `out` the frames from `at` on of `ring`, filtered by up to [`TAPS`] taps.
pub(crate) fn run<S: Sample>(taps: &[S], ring: &[S], at: usize, out: &mut [S]) {
    let frames = out.len();
    let mut stretch = [S::ZERO; TAPS + CHUNK];
    // What lies before `at`, perhaps on the other side of the ring's end.
    let before = TAPS.min(at);
    stretch[TAPS - before..TAPS + frames].copy_from_slice(&ring[at - before..at + frames]);
    stretch[..TAPS - before].copy_from_slice(&ring[ring.len() - (TAPS - before)..]);
    for (index, out) in out.chunks_mut(TOGETHER).enumerate() {
        let mut sum = [S::ZERO; TOGETHER];
        for (m, tap) in taps.iter().enumerate() {
            if let Some(x) = stretch[TAPS + index * TOGETHER - m..].first_chunk::<TOGETHER>() {
                for (sum, x) in sum.iter_mut().zip(x) {
                    *sum += *tap * *x;
                }
            }
        }
        for (out, sum) in out.iter_mut().zip(&sum) {
            *out += *sum;
        }
    }
}
