//! Left and right into middle and side, and back: to put any processor on one of the two.
//!
//! `m = (l + r) / 2`, `s = (l - r) / 2`; back `l = m + s`, `r = m - s`. On every pair of the layout, in place: the
//! middle is where the left was, the side where the right was. There and back again gives each sample within one unit
//! in the last place of the louder channel (a test); exact it cannot be, sums are rounded.
//!
//! | set-up | | |
//! |---|---|---|
//! | `direction` | `Encode` or `Decode` | `Encode` |
//!
//! There is nothing to set. Channels without a partner pass. Latency 0, no tail; 0.5 ns per stereo frame (`f32`).
//!
//! For gains or an equaliser on middle or side take [`super::mid_side_gain`] and [`super::mid_side_equalizer`]: they
//! leave untouched what is not meant, which a way there and back does not.
//!
//! Source: Blumlein, British patent 394325 (1931).

use super::pairs::Pairs;
use crate::block::Block;
use crate::layout::Layout;
use crate::process::{CHUNK, Process, Tail};
use crate::sample::Sample;
use crate::units::Frames;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Direction {
    /// Left and right into middle and side.
    #[default]
    Encode,
    /// Middle and side into left and right.
    Decode,
}

/// What fixes the pairs and the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Positions of the channels.
    pub layout: Layout,
    /// Which way.
    pub direction: Direction,
}

/// Left and right into middle and side, in place; of channels of different lengths the common part.
pub fn encode<S: Sample>(left: &mut [S], right: &mut [S]) {
    let half = S::from_f64(0.5);
    for (l, r) in left.iter_mut().zip(right) {
        (*l, *r) = ((*l + *r) * half, (*l - *r) * half);
    }
}

/// Middle and side into left and right, in place; of channels of different lengths the common part.
pub fn decode<S: Sample>(middle: &mut [S], side: &mut [S]) {
    for (m, s) in middle.iter_mut().zip(side) {
        (*m, *s) = (*m + *s, *m - *s);
    }
}

/// The processor; it has no memory and nothing to set.
#[derive(Debug, Clone)]
pub struct MidSide {
    setup: Setup,
    pairs: Pairs,
}

impl MidSide {
    /// Builds it.
    pub fn new(setup: &Setup) -> Self {
        Self { setup: *setup, pairs: Pairs::of(&setup.layout) }
    }
}

impl<S: Sample> Process<S> for MidSide {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        for at in (0..frames).step_by(CHUNK) {
            self.pairs.each(&mut block.part(at, CHUNK), |_, a, b| match self.setup.direction {
                Direction::Encode => encode(a, b),
                Direction::Decode => decode(a, b),
            });
        }
    }

    fn reset(&mut self) {}

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;
    use std::vec::Vec;

    fn round_trip<S: Sample>() {
        for (left, right) in [(1.0, 1.0), (1.0, 1e-3), (1e-4, 0.7), (0.3, 0.0)] {
            let noise = |seed, level| signal::white::<S>(seed, level).take(50_000).collect::<Vec<_>>();
            let (l, r) = (noise(1, left), noise(2, right));
            let (mut a, mut b) = (l.clone(), r.clone());
            encode(&mut a, &mut b);
            decode(&mut a, &mut b);
            for ((x, y), (l, r)) in a.iter().zip(&b).zip(l.iter().zip(&r)) {
                // A unit in the last place of a number is at most EPSILON times the power of two at or below it.
                let louder = l.abs().larger(r.abs()).to_f64();
                let unit = S::EPSILON.to_f64() * louder.log2().floor().exp2();
                assert!(
                    (*x - *l).abs().to_f64() <= unit && (*y - *r).abs().to_f64() <= unit,
                    "{x:?} {l:?} {y:?} {r:?}"
                );
            }
        }
    }

    #[test]
    fn there_and_back_is_within_a_unit_of_the_last_place() {
        round_trip::<f32>();
        round_trip::<f64>();
    }
}
