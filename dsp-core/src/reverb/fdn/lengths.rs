//! How long the lines are, and everything else that the seed decides.
//!
//! Lengths are distinct primes, spread evenly in ratio from 20 to 90 ms (times the size) and moved at random by up to a third of
//! their distance, so that echoes of different lines do not fall together. Their sum is what the number of modes per
//! hertz is: 0.75 s for 16 lines, 0.37 s for 8.

use crate::signal::hash;

/// Shortest and longest line at size 1, in seconds.
const SHORTEST: f64 = 0.020;
const LONGEST: f64 = 0.090;

/// Random numbers by index, different for each seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice {
    seed: u32,
    index: u32,
}

impl Dice {
    pub(super) fn new(seed: u32, purpose: u32) -> Self {
        Self { seed: hash(seed ^ hash(purpose.wrapping_add(0x9E37_79B9))), index: 0 }
    }

    pub(super) fn bits(&mut self) -> u32 {
        self.index += 1;
        hash(self.seed.wrapping_add(hash(self.index)))
    }

    /// From 0 to 1.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.bits()) / 4_294_967_296.0
    }

    /// 1 or -1.
    pub(super) fn sign(&mut self) -> f64 {
        if self.bits() & 0x8000 == 0 { 1.0 } else { -1.0 }
    }
}

fn is_prime(n: usize) -> bool {
    n >= 2 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

/// Frames of the `N` lines, in the order they are wired.
pub(super) fn lines<const N: usize>(rate: f64, size: f64, seed: u32) -> [usize; N] {
    let mut dice = Dice::new(seed, 1);
    let mut lengths = [0; N];
    let mut least = 0;
    for (i, length) in lengths.iter_mut().enumerate() {
        let place = (i as f64 + 0.66 * (dice.unit() - 0.5)) / (N - 1) as f64;
        let seconds = SHORTEST * libm::pow(LONGEST / SHORTEST, place.clamp(0.0, 1.0)) * size;
        let mut frames = (libm::round(seconds * rate) as usize).max(least);
        while !is_prime(frames) {
            frames += 1;
        }
        least = frames + 1;
        *length = frames;
    }
    // Which lines share a group decides what is mixed first: at random (Fisher and Yates).
    for i in (1..N).rev() {
        lengths.swap(i, dice.bits() as usize % (i + 1));
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn lengths_are_distinct_primes_over_the_stated_range() {
        for rate in [8_000.0, 44_100.0, 48_000.0, 192_000.0, 768_000.0] {
            for (seed, size) in [(0, 0.5), (1, 1.0), (77, 2.0)] {
                let lengths = lines::<16>(rate, size, seed);
                let mut sorted: Vec<usize> = lengths.to_vec();
                sorted.sort_unstable();
                assert!(sorted.windows(2).all(|w| w[0] < w[1]) && sorted.iter().all(|n| is_prime(*n)));
                let (first, last) = (sorted[0] as f64 / rate / size, sorted[15] as f64 / rate / size);
                assert!((0.0195..0.0225).contains(&first) && (0.085..0.095).contains(&last), "{first} {last}");
                assert_ne!(lengths.to_vec(), sorted);
            }
        }
    }
}
