//! From "how loud is the peak" to "what gain keeps it at the ceiling": the inside of a look-ahead limiter.
//!
//! 1. the largest envelope value of a window of look-ahead + hold ([`super::sliding_max`]),
//! 2. the gain that brings it to the ceiling, `min(1, ceiling / peak)`,
//! 3. release: `g = min(target, g + r (target - g))`,
//! 4. two box means in a row ([`super::box_mean`]) whose lengths add up to the look-ahead, split .5822 : .4178 so that
//!    their nulls do not coincide.
//!
//! Every gain inside the boxes has seen the peak, so their mean is not above what the peak needs: no clipper follows.
//! The hold keeps the gain still through a whole period of low notes, which is what keeps them clean: 40 Hz, 6 dB over,
//! distorts by less than -120 dB once look-ahead and hold reach 12.5 ms.
//!
//! The envelope is an input of its own so that offline rendering can measure it once and solve for the gain many times.
//!
//! Sources: the structure is that of Signalsmith's "Designing a straightforward limiter" (2022) and of the limiter
//! literature it names; window and box arithmetic are derived here.

use crate::dynamics::ballistics::step;
use crate::dynamics::box_mean::BoxMean;
use crate::dynamics::sliding_max::SlidingMax;
use crate::error::Error;
use crate::filter::carry::Carry;
use crate::ramp::{Blend, mix};
use crate::sample::Sample;
use crate::storage::{Storage, take};
use crate::units::{Decibels, SampleRate, Seconds};

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
    pub(crate) fn check(&self) -> Result<(), Error> {
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

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    pub(crate) ceiling: S,
    release: S,
}

impl<S: Sample> Coeffs<S> {
    /// `ceiling` in dBFS, -60 to 0; `release` to 63.2 % of the way back, 0.001 to 10 s.
    pub fn design(setup: &Setup, ceiling: Decibels, release: Seconds) -> Result<Self, Error> {
        setup.check()?;
        Error::check("ceiling", ceiling.0, -60.0, 0.0, "dB")?;
        Error::check("release", release.0, 0.001, 10.0, "s")?;
        // A few rounding units below the ceiling, so that gain times sample cannot round to above it.
        let ceiling = ceiling.amplitude() * (1.0 - 8.0 * S::EPSILON.to_f64());
        Ok(Self { ceiling: S::from_f64(ceiling), release: S::from_f64(step(release.0, setup.rate)) })
    }
}

impl<S: Sample> Blend for Coeffs<S> {
    type Scalar = S;
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self { ceiling: mix(from.ceiling, to.ceiling, p), release: mix(from.release, to.release, p) }
    }
}

/// The gain path; `M` is storage of [`Setup::required_len`] samples.
#[derive(Debug, Clone)]
pub struct GainPath<S, M> {
    lengths: [usize; 3],
    window: SlidingMax<S>,
    released: Carry<S>,
    boxes: [BoxMean<S>; 2],
    storage: M,
}

impl<S: Sample, M: Storage<S>> GainPath<S, M> {
    /// Builds the path, at a gain of 1.
    pub fn new(setup: &Setup, mut storage: M) -> Result<Self, Error> {
        setup.check()?;
        Error::check_len("limiter gain", setup.required_len(), storage.as_ref().len())?;
        let lengths = setup.lengths();
        let (window, boxes) = Self::cleared(lengths, storage.as_mut());
        Ok(Self { lengths, window, released: Carry::new(S::ONE), boxes, storage })
    }

    fn cleared(lengths: [usize; 3], storage: &mut [S]) -> (SlidingMax<S>, [BoxMean<S>; 2]) {
        let mut rest = storage;
        take(&mut rest, lengths[0]).fill(S::ZERO);
        let boxes = [BoxMean::new(take(&mut rest, lengths[1])), BoxMean::new(take(&mut rest, lengths[2]))];
        (SlidingMax::default(), boxes)
    }

    /// Back to a gain of 1.
    pub fn reset(&mut self) {
        (self.window, self.boxes) = Self::cleared(self.lengths, self.storage.as_mut());
        self.released = Carry::new(S::ONE);
    }

    /// The gain before smoothing, 0 to 1.
    pub fn gain(&self) -> S {
        self.released.value
    }

    /// Replaces envelope values (magnitudes, finite) by gains, which belong [`Setup::delay`] frames earlier.
    pub fn run(&mut self, c: &Coeffs<S>, envelope: &mut [S]) {
        let mut rest = self.storage.as_mut();
        let window = take(&mut rest, self.lengths[0]);
        self.window.run(window, envelope);
        let first = take(&mut rest, self.lengths[1]);
        let second = take(&mut rest, self.lengths[2]);
        let loudest = envelope.iter().fold(S::ZERO, |a, b| a.larger(*b));
        let resting = self.released.value == S::ONE && self.boxes.iter().all(BoxMean::resting);
        if resting && loudest <= c.ceiling {
            self.boxes[0].skip(first, envelope.len());
            self.boxes[1].skip(second, envelope.len());
            envelope.fill(S::ONE);
            return;
        }
        for e in envelope.iter_mut() {
            *e = if *e > c.ceiling { c.ceiling / *e } else { S::ONE };
        }
        let mut released = self.released;
        for e in envelope.iter_mut() {
            let mut rising = released;
            rising.add(c.release * (*e - released.value));
            let next = if *e <= rising.value { Carry::new(*e) } else { rising };
            // One or two rounding units below 1 counts as arrived, so that the path can rest.
            released = if S::ONE - next.value <= S::EPSILON { Carry::new(S::ONE) } else { next };
            *e = released.value;
        }
        self.released = released;
        self.boxes[0].run(first, envelope);
        self.boxes[1].run(second, envelope);
    }
}
