//! Where an oscillator is: an integer phase, and a step that may be on its way to another.

use crate::units::Frames;

/// Phase and step, and the straight line the step may be on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cursor {
    phase: u64,
    pub(super) step: i64,
    change: i64,
    pub(super) target: i64,
    left: u64,
}

impl Cursor {
    pub(super) fn new(step: i64) -> Self {
        Self { phase: 0, step, change: 0, target: step, left: 0 }
    }

    pub(super) fn tune(&mut self, step: i64, over: Frames) {
        if over.get() == 0 {
            *self = Self { phase: self.phase, ..Self::new(step) };
        } else {
            // What the division leaves, less than 2^-40 turn per frame and frame of the move, comes with the last frame.
            let frames = over.get().min(i64::MAX as u64);
            (self.change, self.target, self.left) = ((step - self.step) / frames as i64, step, frames);
        }
    }

    pub(super) fn moving(&self) -> bool {
        self.left > 0
    }

    #[inline(always)]
    pub(super) fn next(&mut self) {
        self.phase = self.phase.wrapping_add(self.step as u64);
        if self.left > 0 {
            self.left -= 1;
            self.step = if self.left == 0 { self.target } else { self.step + self.change };
        }
    }

    /// Any number of frames at once: what [`Cursor::next`] would do as often.
    pub(super) fn advance(&mut self, frames: usize) {
        let moving = self.left.min(frames as u64);
        for _ in 0..moving {
            self.next();
        }
        self.phase = self.phase.wrapping_add((self.step as u64).wrapping_mul(frames as u64 - moving));
    }

    /// Phases of the next frames.
    #[inline(always)]
    pub(super) fn phases(mut self, out: &mut [u64]) {
        if self.left == 0 {
            for v in out {
                *v = self.phase;
                self.phase = self.phase.wrapping_add(self.step as u64);
            }
        } else {
            for v in out {
                *v = self.phase;
                self.next();
            }
        }
    }
}
