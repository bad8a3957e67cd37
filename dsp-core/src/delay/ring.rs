//! A plain delay of whole frames, in place.

use core::mem::swap;

/// Delays `x` by exactly `ring.len()` samples: each sample changes places with the one written that long ago.
///
/// `at` is where the ring stands (0 at first); returns where it stands afterwards. Nothing is copied twice, and an empty
/// ring is no delay.
///
/// # Panics
/// When `at` is beyond the ring.
pub fn delay<S>(ring: &mut [S], at: usize, x: &mut [S]) -> usize {
    if ring.is_empty() {
        return 0;
    }
    let mut at = at;
    let mut rest = x;
    while !rest.is_empty() {
        let n = rest.len().min(ring.len() - at);
        let (now, later) = rest.split_at_mut(n);
        for (a, b) in ring[at..at + n].iter_mut().zip(now) {
            swap(a, b);
        }
        at += n;
        if at == ring.len() {
            at = 0;
        }
        rest = later;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn delays_by_the_length_of_the_ring() {
        for len in [0, 1, 5, 64] {
            for cut in [1, 3, 100] {
                let mut x: Vec<i32> = (1..=200).collect();
                let (mut ring, mut at) = (std::vec![0; len], 0);
                for piece in x.chunks_mut(cut) {
                    at = delay(&mut ring, at, piece);
                }
                assert!(x.iter().enumerate().all(|(i, v)| *v == (i as i32 + 1 - len as i32).max(0)), "{len} {cut}");
            }
        }
    }
}
