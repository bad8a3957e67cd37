//! Changes at exact frames: one form for knobs of another thread and for automation.
//!
//! A [`Timed`] is designed on the control side (`Params` to `Coeffs`, where it may fail) and applied on the audio side,
//! where nothing can. [`Automated`] cuts the block at each change and calls the processor on the parts, which by the cut
//! law is exactly what an event system inside the processor would do.

use crate::block::Block;
use crate::process::{Process, Tail, Tune};
use crate::sample::Sample;
use crate::units::Frames;
use core::marker::PhantomData;

/// New coefficients that take effect at frame `at`, reached after `over` frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timed<C> {
    /// Frame since `reset` at which the move starts.
    pub at: Frames,
    /// Length of the move.
    pub over: Frames,
    /// Where it goes.
    pub coeffs: C,
}

/// Where timed changes come from: a slice, a ring filled by another thread. Changes come in the order of `at`.
pub trait Source<C> {
    /// The next change without removing it.
    fn peek(&mut self) -> Option<&Timed<C>>;
    /// Removes the change that `peek` showed.
    fn advance(&mut self);
    /// Back to the first change, if the source can (a slice); a ring stays where it is.
    fn rewind(&mut self);
}

/// Changes read from a slice sorted by `at`.
#[derive(Debug, Clone)]
pub struct Slice<'a, C> {
    events: &'a [Timed<C>],
    next: usize,
}

impl<'a, C> Slice<'a, C> {
    /// Reads `events`, which are sorted by `at` (one that is out of order is applied late, when it is its turn).
    pub fn new(events: &'a [Timed<C>]) -> Self {
        Self { events, next: 0 }
    }
}

impl<C> Source<C> for Slice<'_, C> {
    fn peek(&mut self) -> Option<&Timed<C>> {
        self.events.get(self.next)
    }
    fn advance(&mut self) {
        self.next += 1;
    }
    fn rewind(&mut self) {
        self.next = 0;
    }
}

/// A processor with its changes: cuts blocks at the frames where something changes.
#[derive(Debug, Clone)]
pub struct Automated<S, P, Q> {
    processor: P,
    source: Q,
    now: u64,
    sample: PhantomData<fn(S)>,
}

impl<S: Sample, P: Tune<S>, Q: Source<P::Coeffs>> Automated<S, P, Q> {
    /// Drives `processor` by `source`; frame 0 is the first frame processed after this.
    pub fn new(processor: P, source: Q) -> Self {
        Self { processor, source, now: 0, sample: PhantomData }
    }

    /// The processor inside.
    pub fn processor(&mut self) -> &mut P {
        &mut self.processor
    }
}

impl<S: Sample, P: Tune<S>, Q: Source<P::Coeffs>> Process<S> for Automated<S, P, Q> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut done = 0;
        loop {
            let left = block.frames() - done;
            let until = match self.source.peek() {
                Some(event) if event.at.get() <= self.now => {
                    self.processor.tune(&event.coeffs, event.over);
                    self.source.advance();
                    continue;
                }
                Some(event) => usize::try_from(event.at.get() - self.now).unwrap_or(usize::MAX),
                None => usize::MAX,
            };
            if left == 0 {
                return;
            }
            let n = left.min(until);
            self.processor.process(&mut block.part(done, n));
            done += n;
            self.now += n as u64;
        }
    }

    fn reset(&mut self) {
        self.processor.reset();
        self.source.rewind();
        self.now = 0;
    }

    fn latency(&self) -> Frames {
        self.processor.latency()
    }

    fn tail(&self) -> Tail {
        self.processor.tail()
    }
}
