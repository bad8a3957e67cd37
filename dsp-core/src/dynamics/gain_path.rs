//! From "how loud is the peak" to "what gain keeps it at the ceiling": the inside of a look-ahead limiter.
//!
//! 1. the largest excess (peak over ceiling) of a window of look-ahead + hold ([`super::sliding_max`]),
//! 2. the gain that takes it away, `1 / max(1, excess)`,
//! 3. release: `g = min(target, g + r (target - g))`, in 62-bit integers: nothing is lost however slow it is, and the chain
//!    from frame to frame is short (a third less time for the whole limiter than with a carried floating-point rest),
//! 4. two box means in a row ([`super::box_mean`]) whose lengths add up to the look-ahead, split .5822 : .4178 so that
//!    their nulls do not coincide.
//!
//! Every gain inside the boxes has seen the peak, so their mean is not above what the peak needs: no clipper follows.
//! The hold keeps the gain still through a whole period of low notes, which is what keeps them clean: 40 Hz, 6 dB over,
//! distorts by less than -120 dB once look-ahead and hold reach 12.5 ms.
//!
//! The excess is an input of its own, so that offline rendering can measure peaks once and solve for the gain many times.
//!
//! Sources: the structure is that of Signalsmith's "Designing a straightforward limiter" (2022) and of the limiter
//! literature it names; window and box arithmetic are derived here.

use crate::dynamics::ballistics::step;
use crate::dynamics::box_mean::BoxMean;
use crate::dynamics::sliding_max::SlidingMax;
use crate::error::Error;
use crate::filter::between::loudest;
use crate::sample::Sample;
use crate::storage::take;
use crate::units::{SampleRate, Seconds};

/// What fixes memory and delay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Time over which gain comes down before a peak, 0 to 0.05 s.
    pub look_ahead: Seconds,
    /// Time for which gain stays down after a peak, 0 to 0.1 s.
    pub hold: Seconds,
}

impl Setup {
    /// Checks both times against their ranges.
    pub fn check(&self) -> Result<(), Error> {
        Error::check("look-ahead", self.look_ahead.0, 0.0, 0.05, "s")?;
        Error::check("hold", self.hold.0, 0.0, 0.1, "s")
    }

    /// Frames by which gain comes after the envelope it is for.
    pub fn delay(&self) -> usize {
        self.look_ahead.frames(self.rate).get() as usize
    }

    fn lengths(&self) -> [usize; 3] {
        let span = self.delay() + 2;
        let first = (libm::round(0.5822 * span as f64) as usize).clamp(1, span - 1);
        // One frame more than look-ahead and hold: a peak between two samples needs the gain at both.
        let window = self.delay() + self.hold.frames(self.rate).get() as usize + 2;
        [window, first, span - first]
    }

    /// Samples of storage.
    pub fn required_len(&self) -> usize {
        self.lengths().iter().sum()
    }
}

/// Bits after the point of a target.
const FRACTION: u32 = 30;
/// A gain of 1: 32 bits more than a target has, for the release.
const ONE: i64 = 1 << (FRACTION + 32);

/// Step of the release per frame: 63.2 % of the way back in `release`, 0.001 to 10 s.
pub fn release_step(rate: SampleRate, release: Seconds) -> Result<f64, Error> {
    Error::check("release", release.0, 0.001, 10.0, "s")?;
    Ok(step(release.0, rate))
}

/// The gain path, over storage of [`Setup::required_len`] samples that the caller keeps for it.
#[derive(Debug, Clone)]
pub struct GainPath<S> {
    lengths: [usize; 3],
    window: SlidingMax<S>,
    released: i64,
    boxes: [BoxMean<S>; 2],
}

impl<S: Sample> GainPath<S> {
    /// A path at a gain of 1; clears its storage.
    pub fn new(setup: &Setup, storage: &mut [S]) -> Result<Self, Error> {
        setup.check()?;
        Error::check_len("limiter gain", setup.required_len(), storage.len())?;
        Ok(Self::cleared(setup.lengths(), storage))
    }

    fn cleared(lengths: [usize; 3], storage: &mut [S]) -> Self {
        let mut rest = storage;
        take(&mut rest, lengths[0]).fill(S::ZERO);
        let boxes = [BoxMean::new(take(&mut rest, lengths[1])), BoxMean::new(take(&mut rest, lengths[2]))];
        Self { lengths, window: SlidingMax::default(), released: ONE, boxes }
    }

    /// Back to a gain of 1.
    pub fn reset(&mut self, storage: &mut [S]) {
        *self = Self::cleared(self.lengths, storage);
    }

    /// Replaces excesses (peak over ceiling; finite; what is not above 1 is no excess) by gains, which belong
    /// [`Setup::delay`] frames earlier. `release` is the step of [`release_step`].
    pub fn run(&mut self, storage: &mut [S], release: S, excess: &mut [S]) {
        let mut rest = storage;
        let window = take(&mut rest, self.lengths[0]);
        self.window.run(window, excess);
        let first = take(&mut rest, self.lengths[1]);
        let second = take(&mut rest, self.lengths[2]);
        let resting = self.released == ONE && self.boxes.iter().all(BoxMean::resting);
        if resting && loudest(excess) <= S::ONE {
            self.boxes[0].skip(first, excess.len());
            self.boxes[1].skip(second, excess.len());
            excess.fill(S::ONE);
            return;
        }
        let (to_fixed, from_fixed) = (S::from_i32(1 << FRACTION), S::ONE / S::from_i32(1 << FRACTION));
        for e in excess.iter_mut() {
            *e = to_fixed / e.larger(S::ONE);
        }
        let step = (release * S::from_f64(4_294_967_296.0)).to_i32();
        let mut released = self.released;
        for e in excess.iter_mut() {
            let target = i64::from(e.to_i32()) << 32;
            let rising = released + i64::from(((target - released) >> 32) as i32) * i64::from(step);
            // Less than 2^-30 away counts as arrived, so that the path can rest.
            released = if target <= rising || (target - rising) >> 32 == 0 { target } else { rising };
            *e = S::from_i32((released >> 32) as i32);
        }
        self.released = released;
        for e in excess.iter_mut() {
            *e *= from_fixed;
        }
        self.boxes[0].run(first, excess);
        self.boxes[1].run(second, excess);
    }
}
