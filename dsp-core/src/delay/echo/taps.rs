//! Where one side of an echo reads: at rest, on a fade to another place, or travelling there.

use super::design::{Coeffs, Going, TAPS};
use crate::delay::interpolation::Sinc16;
use crate::delay::line::{Delay, Line, least_delay};
use crate::process::CHUNK;
use crate::ramp::{Progress, Shape};
use crate::sample::Sample;
use crate::units::Frames;

/// Shortest delay of a loop that is read before it is written: one frame more than the kernel asks.
pub(super) const LEAST: Delay = Delay((least_delay(TAPS) as i64 + 1) << 32);

/// `x / 2^bits`, rounded away from 0: where something is left, something moves.
#[inline(always)]
fn part(x: i64, bits: u32) -> i64 {
    if x > 0 { ((x - 1) >> bits) + 1 } else { x >> bits }
}

/// The tap of one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tap {
    now: Delay,
    /// Where a fade ends.
    next: Delay,
    fade: Progress,
    /// How fast it travels, units of [`Delay`] per frame.
    pace: i64,
}

/// Where a tap reads in a chunk, frame by frame.
pub(super) struct Reads<S> {
    first: [Delay; CHUNK],
    /// On a fade: the other place, and its share.
    second: Option<([Delay; CHUNK], [S; CHUNK])>,
    still: bool,
}

impl Tap {
    pub(super) fn new(at: Delay) -> Self {
        Self { now: at, next: at, fade: Progress::default(), pace: 0 }
    }

    /// At its target at once.
    pub(super) fn jump(&mut self, to: Delay) {
        *self = Self::new(to);
    }

    /// Starts what is due: a fade that is under way ends first.
    pub(super) fn aim<S: Sample>(&mut self, c: &Coeffs<S>, side: usize) {
        if self.fade.moving() {
            return;
        }
        self.now = self.next;
        if let Going::Fade(over) = c.going
            && self.now != c.times[side]
        {
            self.next = c.times[side];
            self.fade = Progress::start(Frames(over));
            self.pace = 0;
        }
    }

    /// Frames until a fade ends.
    pub(super) fn left(&self) -> usize {
        if self.fade.moving() { self.fade.left() } else { usize::MAX }
    }

    /// Longest frame it has to do with.
    pub(super) fn longest(&self) -> f64 {
        self.now.max(self.next).to_frames()
    }

    /// Frames that can be read at once, before they are written: none may ask for one of themselves.
    pub(super) fn room<S: Sample>(&self, c: &Coeffs<S>, side: usize) -> usize {
        let travel = match c.going {
            Going::Tape(most, _) if self.travels(c, side) => most.max(self.pace.abs()) * CHUNK as i64,
            _ => 0,
        };
        let least = Delay((self.now.min(self.next).0 - travel).max(0));
        (least.whole() + 1).saturating_sub(LEAST.whole() + c.depth.to_i32() as usize + 1).max(1)
    }

    fn travels<S: Sample>(&self, c: &Coeffs<S>, side: usize) -> bool {
        matches!(c.going, Going::Tape(..)) && !self.fade.moving() && (self.now != c.times[side] || self.pace != 0)
    }

    /// One frame on the way to `to`. Speed follows what is left over `2^bits` frames with a lag of a quarter of that: just
    /// not an overshoot (critical damping), and neither start nor arrival has a kink.
    #[inline(always)]
    fn travel(&mut self, to: i64, most: i64, bits: u32) {
        let left = to - self.now.0;
        let wanted = part(left, bits).clamp(-most, most);
        self.pace += part(wanted - self.pace, bits - 2);
        self.now = Delay(self.now.0 + self.pace).max(LEAST);
        // Whole numbers would go round the target for ever: a millionth of a frame counts as arrived.
        if left.abs() >> (bits + 2) == 0 && self.pace.abs() >> bits == 0 {
            (self.now, self.pace) = (Delay(to), 0);
        }
    }

    /// Places for the next frames; moves on by as many. `sway` is in frames.
    pub(super) fn reads<S: Sample>(
        &mut self,
        c: &Coeffs<S>,
        side: usize,
        sway: Option<&[S; CHUNK]>,
        frames: usize,
    ) -> Reads<S> {
        let mut reads = Reads { first: [self.now; CHUNK], second: None, still: true };
        if let Going::Tape(most, bits) = c.going
            && self.travels(c, side)
        {
            reads.still = false;
            for place in &mut reads.first[..frames] {
                *place = self.now;
                self.travel(c.times[side].0, most, bits);
            }
            self.next = self.now;
        }
        if self.fade.moving() {
            let share = core::array::from_fn(|i| Shape::Smooth.at(self.fade.at(i)));
            reads.second = Some(([self.next; CHUNK], share));
            self.fade.advance(frames);
        }
        if let Some(sway) = sway {
            reads.still = false;
            let second = reads.second.iter_mut().flat_map(|(second, _)| second.iter_mut().zip(sway));
            for (place, sway) in reads.first.iter_mut().zip(sway).chain(second) {
                *place = place.plus(*sway).max(LEAST);
            }
        }
        reads
    }
}

impl<S: Sample> Reads<S> {
    /// Reads one ring. Shares add up to 1, so that a loop gains nothing on a fade.
    #[inline(always)]
    pub(super) fn read(&self, line: &Line, kernel: &Sinc16<S>, ring: &[S], out: &mut [S]) {
        self.one(line, kernel, ring, &self.first, out);
        if let Some((second, share)) = &self.second {
            let mut other = [S::ZERO; CHUNK];
            let other = &mut other[..out.len()];
            self.one(line, kernel, ring, second, other);
            for ((o, other), share) in out.iter_mut().zip(other.iter()).zip(share) {
                *o += *share * (*other - *o);
            }
        }
    }

    #[inline(always)]
    fn one(&self, line: &Line, kernel: &Sinc16<S>, ring: &[S], places: &[Delay; CHUNK], out: &mut [S]) {
        if self.still {
            line.read_still(kernel, ring, places[0], out);
        } else {
            line.read_moving(kernel, ring, places, out);
        }
    }

    /// What is heard of a fade: the sum of two unlike taps is up to 3 dB low in the middle, this gives it back.
    #[inline(always)]
    pub(super) fn lift(&self, out: &mut [S]) {
        if let Some((_, share)) = &self.second {
            for (o, share) in out.iter_mut().zip(share) {
                let rest = S::ONE - *share;
                *o /= (*share * *share + rest * rest).sqrt();
            }
        }
    }
}
