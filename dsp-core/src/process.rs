//! The one trait all processors share, and the frame clock that keeps periodic work off block edges.

use crate::block::Block;
use crate::sample::Sample;
use crate::units::Frames;

/// Frames between two flushes of recursive state, counted since `reset`. A flush at block ends would break the cut law
/// (221 069 differing samples in a test); every 512 frames costs nothing that can be measured.
pub const FLUSH_PERIOD: usize = 512;

/// Frames per pass through a processor's inner scratch arrays.
pub(crate) const CHUNK: usize = 64;

/// How long a processor goes on sounding after its input has fallen silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// Output is exactly zero after this many frames beyond the latency.
    Frames(Frames),
    /// It never ends (an oscillator, a frozen reverb, dither).
    Infinite,
}

impl Tail {
    /// No tail: output ends with the input (after the latency).
    pub const NONE: Self = Self::Frames(Frames::ZERO);

    /// Tails of processors in series add up.
    pub fn and_then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Frames(a), Self::Frames(b)) => Self::Frames(a + b),
            _ => Self::Infinite,
        }
    }

    /// A recursion whose slowest pole has the time constant `frames`: until it has fallen from +120 dBFS to the flush
    /// threshold and one more flush period has passed. The tail law is tested against this bound.
    pub(crate) fn of_time_constant<S: Sample>(frames: f64) -> Self {
        let nepers = libm::log(S::ABSURD.to_f64() / S::FLUSH.to_f64());
        // Twice: coinciding poles fall like n*exp(-n/tau).
        Self::Frames(Frames((2.0 * nepers * frames) as u64 + 2 * FLUSH_PERIOD as u64))
    }
}

/// Something that changes audio in place.
///
/// All methods may be called from a real-time thread: they do not allocate, lock, block, log or panic. The output does
/// not depend, bit for bit, on where the stream is cut into blocks.
pub trait Process<S: Sample> {
    /// Processes all frames of `block` in place. If the block has fewer channels than the set-up, the missing ones are
    /// taken for silent; if it has more, those beyond are left alone. Zero frames are fine.
    fn process(&mut self, block: &mut Block<'_, S>);

    /// Back to the state after construction: silence in all memory, ramps at their target.
    fn reset(&mut self);

    /// Delay from input to output. Fixed by the `Setup`; parameters never change it.
    fn latency(&self) -> Frames;

    /// How long the output goes on after the input has ended, with the settings now in force.
    fn tail(&self) -> Tail;
}

/// A processor whose sound can be moved without a click.
pub trait Tune<S: Sample>: Process<S> {
    /// The plain numbers that `Params` design to.
    type Coeffs: Copy;

    /// Moves from the sound now in force to `coeffs` over `over` frames (0: at once). The path depends on the frame
    /// count alone, not on blocks. Never fails. A `tune` during a ramp starts from where the ramp is.
    fn tune(&mut self, coeffs: &Self::Coeffs, over: Frames);
}

/// Counts frames since `reset` and cuts a block into pieces that end at flush instants.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    position: usize,
}

impl Clock {
    /// Length of the next piece of `left` remaining frames: up to the next flush, at most `most`.
    #[inline(always)]
    pub(crate) fn piece(&self, left: usize, most: usize) -> usize {
        left.min(FLUSH_PERIOD - self.position).min(most)
    }

    /// Moves on by a piece; true when a flush is due.
    #[inline(always)]
    pub(crate) fn advance(&mut self, frames: usize) -> bool {
        self.position += frames;
        let due = self.position >= FLUSH_PERIOD;
        if due {
            self.position = 0;
        }
        due
    }
}

/// `Process` for a type that is another processor under a name of its own: `delegate!([generics] Type<S, M>, field)`.
macro_rules! delegate {
    ([$($generics:tt)*] $type:ty, $inner:ident) => {
        impl<S: crate::sample::Sample, $($generics)* M: crate::storage::Storage<S>> crate::process::Process<S> for $type {
            fn process(&mut self, block: &mut crate::block::Block<'_, S>) {
                self.$inner.process(block);
            }
            fn reset(&mut self) {
                self.$inner.reset();
            }
            fn latency(&self) -> crate::units::Frames {
                self.$inner.latency()
            }
            fn tail(&self) -> crate::process::Tail {
                self.$inner.tail()
            }
        }
    };
}
pub(crate) use delegate;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_flushes_at_the_same_frames_for_any_cut() {
        for cut in [1, 7, 64, 500, 513, 4096] {
            let (mut clock, mut at, mut flushes) = (Clock::default(), 0, 0);
            while at < 5_120 {
                let mut left = cut.min(5_120 - at);
                while left > 0 {
                    let n = clock.piece(left, CHUNK);
                    at += n;
                    left -= n;
                    if clock.advance(n) {
                        flushes += 1;
                        assert_eq!(at % FLUSH_PERIOD, 0);
                    }
                }
            }
            assert_eq!(flushes, 10);
        }
    }
}
