//! A processor whose wet sound is turned up and down by how loud its input (or a side-chain key) is: what
//! [`super::gated`] and [`super::ducked`] share. They differ in the [`Law`] from level to gain.

use crate::block::Block;
use crate::delay::ring::delay;
use crate::dynamics::detector::{self, Detector, Follower};
use crate::error::Error;
use crate::layout::Layout;
use crate::process::{CHUNK, Clock, FLUSH_PERIOD, Process, Tail};
use crate::ramp::{Blend, Ramp};
use crate::sample::{Sample, clean_all};
use crate::storage::Storage;
use crate::units::{Frames, Hertz, Mix, SampleRate, Seconds};
use core::f64::consts::{PI, SQRT_2};

/// Release of the detector: between two half-waves of 50 Hz the level falls by 8.7 dB. Its attack is 0.
pub(super) const DETECTOR_RELEASE: Seconds = Seconds(0.010);
/// Highest level a detector reads.
const HIGHEST: f64 = 64.0;
/// Longest latency of what is wrapped.
const LONGEST: f64 = 1_048_576.0;

/// What fixes memory and latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels of the wrapped processor and their places.
    pub layout: Layout,
    /// Latency of the wrapped processor: by so much the dry sound is delayed. 0 to 2^20 frames.
    pub latency: Frames,
    /// High-pass of what is listened to: none, or 10 to 5000 Hz (0.4 x rate at most).
    pub high_pass: Option<Hertz>,
}

impl Setup {
    /// For a stereo processor without latency, all frequencies listened to.
    pub const fn new(rate: SampleRate) -> Self {
        Self { rate, layout: Layout::STEREO, latency: Frames::ZERO, high_pass: None }
    }

    fn detector(&self) -> detector::Setup {
        detector::Setup { rate: self.rate, layout: self.layout }
    }

    /// A piece and what the latency holds back. Memory is asked for before anything is checked.
    fn per_channel(&self) -> usize {
        CHUNK + self.latency.get().min(LONGEST as u64) as usize
    }

    /// Samples of storage: the detector's, and of each channel a piece and what the latency holds back.
    pub(super) fn required_len(&self) -> usize {
        detector::required_len(&self.detector()) + self.layout.channels() * self.per_channel()
    }
}

/// From level to gain of the wet sound.
pub(super) trait Law<S: Sample>: Copy + Default {
    /// The numbers it runs on.
    type Numbers: Blend<Scalar = S>;

    /// The gain for a level, one frame later than the last.
    fn gain(&mut self, numbers: &Self::Numbers, level: S) -> S;

    /// The threshold, and after how many frames below it the gain is exactly zero; `None` if it never is.
    fn closing(numbers: &Self::Numbers) -> Option<(S, S)>;
}

/// Gains of dry and wet, and those of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Numbers<S, N> {
    dry: S,
    wet: S,
    law: N,
}

impl<S: Sample, N> Numbers<S, N> {
    pub(super) fn design(mix: Mix, law: N) -> Result<Self, Error> {
        let (dry, wet) = mix.equal_power()?;
        Ok(Self { dry: S::from_f64(dry), wet: S::from_f64(wet), law })
    }
}

impl<S: Sample, N: Blend<Scalar = S>> Blend for Numbers<S, N> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        Self {
            dry: S::blend(&from.dry, &to.dry, p),
            wet: S::blend(&from.wet, &to.wet, p),
            law: N::blend(&from.law, &to.law, p),
        }
    }
}

/// The wrapper.
#[derive(Debug, Clone)]
pub(super) struct Keyed<S, P, L: Law<S>, M>
where
    S: Sample,
{
    setup: Setup,
    pub(super) inner: P,
    pub(super) numbers: Ramp<Numbers<S, L::Numbers>>,
    detector: detector::Coeffs<S>,
    follower: Follower,
    law: L,
    clock: Clock,
    ring: usize,
    storage: M,
}

impl<S: Sample, P: Process<S>, L: Law<S>, M: Storage<S>> Keyed<S, P, L, M> {
    pub(super) fn new(setup: &Setup, numbers: Numbers<S, L::Numbers>, inner: P, mut storage: M) -> Result<Self, Error> {
        let latency = setup.latency.get() as f64;
        Error::check("latency", latency, 0.0, LONGEST, "frames")?;
        Error::check("latency of the wrapped processor", inner.latency().get() as f64, latency, latency, "frames")?;
        let params = detector::Params {
            detector: Detector::Peak,
            attack: Seconds(0.0),
            release: DETECTOR_RELEASE,
            high_pass: setup.high_pass,
        };
        let detector = detector::Coeffs::design(&setup.detector(), &params)?;
        Error::check_len("keyed reverb", setup.required_len(), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            inner,
            numbers: Ramp::smooth(numbers),
            detector,
            follower: Follower::new(&setup.detector()),
            law: L::default(),
            clock: Clock::default(),
            ring: 0,
            storage,
        })
    }

    /// At most [`CHUNK`] frames.
    fn chunk(&mut self, block: &mut Block<'_, S>) {
        let (n, channels) = (block.frames(), self.setup.layout.channels());
        let (levels, rest) = self.storage.as_mut().split_at_mut(detector::required_len(&self.setup.detector()));
        let mut now = [*self.numbers.target(); CHUNK];
        self.numbers.fill(&mut now[..n]);
        let mut gain = [S::ZERO; CHUNK];
        self.follower.run(&self.detector, levels, block, &mut gain[..n]);
        for (gain, now) in gain[..n].iter_mut().zip(&now) {
            *gain = now.wet * self.law.gain(&now.law, *gain);
        }
        let (ring, dries) = (self.ring, self.setup.per_channel());
        for (channel, memory) in rest.chunks_exact_mut(dries).enumerate().take(channels) {
            let (dry, delayed) = memory.split_at_mut(CHUNK);
            block.with_channel(channel, |x| {
                clean_all(x);
                dry[..n].copy_from_slice(x);
                self.ring = delay(delayed, ring, &mut dry[..n]);
            });
        }
        self.inner.process(block);
        for (channel, dry) in rest.chunks_exact(dries).enumerate().take(channels) {
            block.with_channel(channel, |x| {
                for (((x, dry), gain), now) in x.iter_mut().zip(dry).zip(&gain).zip(&now) {
                    *x = now.dry * *dry + *gain * *x;
                }
            });
        }
    }
}

impl<S: Sample, P: Process<S>, L: Law<S>, M: Storage<S>> Process<S> for Keyed<S, P, L, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let n = self.clock.piece(block.frames() - at, CHUNK);
            self.chunk(&mut block.part(at, n));
            self.numbers.advance(n);
            if self.clock.advance(n) {
                let levels = detector::required_len(&self.setup.detector());
                Follower::flush(&mut self.storage.as_mut()[..levels]);
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.inner.reset();
        self.storage.as_mut().fill(S::ZERO);
        self.follower.reset();
        self.numbers.finish();
        (self.law, self.clock, self.ring) = (L::default(), Clock::default(), 0);
    }

    fn latency(&self) -> Frames {
        self.setup.latency
    }

    fn tail(&self) -> Tail {
        let inner = self.inner.tail();
        let Some((threshold, closing)) = L::closing(&self.numbers.target().law) else { return inner };
        let rate = self.setup.rate.hertz();
        let falling = libm::log(HIGHEST / threshold.to_f64()) * DETECTOR_RELEASE.0 * rate;
        let moving = self.numbers.left() as u64;
        let frames = Frames((falling + closing.to_f64()) as u64 + moving + 2 * FLUSH_PERIOD as u64);
        // A Butterworth high-pass rings with poles at f / sqrt(2).
        let ringing =
            self.setup.high_pass.map_or(Tail::NONE, |f| Tail::of_time_constant::<S>(rate * SQRT_2 / (2.0 * PI * f.0)));
        match (inner, Tail::Frames(frames).and_then(ringing)) {
            (Tail::Frames(inner), Tail::Frames(closed)) => Tail::Frames(inner.min(closed)),
            (Tail::Infinite, closed) => closed,
            (inner, Tail::Infinite) => inner,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::laws;
    use crate::process::Tune;
    use crate::reverb::{ducked, gated};
    use crate::signal;
    use std::{vec, vec::Vec};

    /// Always 1: shows the gain.
    #[derive(Debug, Clone, Copy)]
    pub(in crate::reverb) struct One;

    impl Process<f64> for One {
        fn process(&mut self, block: &mut Block<'_, f64>) {
            (0..block.channels()).for_each(|channel| block.channel_mut(channel).fill(1.0));
        }
        fn reset(&mut self) {}
        fn latency(&self) -> Frames {
            Frames::ZERO
        }
        fn tail(&self) -> Tail {
            Tail::Infinite
        }
    }

    #[test]
    fn a_key_is_listened_to_in_place_of_the_block() {
        let setup = Setup::new(SampleRate::VIDEO);
        let params = gated::Params { mix: Mix::WET, ..gated::Params::default() };
        let storage = || vec![0.0; gated::required_len(&setup)];
        let (loud, silent) = (vec![vec![0.5; 9_000]; 2], vec![vec![0.0; 9_000]; 2]);
        for (input, key, open) in [(&loud, &silent, false), (&silent, &loud, true)] {
            let mut p = gated::Gated::<f64, _, _>::new(&setup, &params, One, storage()).unwrap();
            let out = laws::render_keyed(&mut p, input, &mut key.clone(), &[100, 1, 64]);
            assert_eq!(out[0][8_999], if open { 1.0 } else { 0.0 });
        }
    }

    #[test]
    fn more_memory_than_needed_delays_nothing_and_may_be_asked_for_before_anything_is_checked() {
        let setup = Setup::new(SampleRate::VIDEO);
        let params = gated::Params { mix: Mix::DRY, ..gated::Params::default() };
        let storage = vec![0.0; gated::required_len(&setup) + 1_001];
        let mut p = gated::Gated::<f64, _, _>::new(&setup, &params, One, storage).unwrap();
        let noise: Vec<Vec<f64>> = (0..2).map(|c| signal::white(c, 0.5).take(3_000).collect()).collect();
        laws::assert_same(&noise, &laws::render(&mut p, &noise), "dry");
        let late = Setup { latency: Frames(u64::MAX), ..setup };
        assert!(gated::required_len(&late) < 3_000_000);
        assert!(gated::Gated::<f64, _, _>::new(&late, &params, One, vec![0.0; 3_000_000]).is_err());
    }

    #[test]
    fn a_hold_that_is_being_shortened_still_ends_when_it_says() {
        let setup = Setup::new(SampleRate::VIDEO);
        let long = gated::Params { hold: Seconds(2.0), mix: Mix::WET, ..gated::Params::default() };
        let mut p = gated::Gated::<f64, _, _>::new(&setup, &long, One, vec![0.0; gated::required_len(&setup)]).unwrap();
        laws::render(&mut p, &vec![vec![0.5; 1_000]; 2]);
        p.tune(&gated::Coeffs::design(&setup, &gated::Params { hold: Seconds(0.0), ..long }).unwrap(), Frames(200_000));
        let Tail::Frames(tail) = p.tail() else { panic!("it ends") };
        let tail = tail.get() as usize;
        let out = laws::render(&mut p, &vec![vec![0.0; tail + 1_000]; 2]);
        assert!(out[0][tail..].iter().all(|v| *v == 0.0) && out[0][40_000] == 1.0);
    }

    #[test]
    fn a_closed_gate_ends_what_would_not_end() {
        let setup = Setup { high_pass: Some(Hertz(50.0)), ..Setup::new(SampleRate::VIDEO) };
        let storage = || vec![0.0; gated::required_len(&setup)];
        let make = || gated::Gated::<f64, _, _>::new(&setup, &gated::Params::default(), One, storage()).unwrap();
        let Tail::Frames(tail) = make().tail() else { panic!("it ends") };
        assert!(tail.get() < 400_000, "{tail:?}");
        let noise: Vec<Vec<f64>> = (0..2).map(|c| signal::white(c, 4.0).take(3_000).collect()).collect();
        laws::silent_after_tail(make, &noise);
        let params = ducked::Params::default();
        let ducked = ducked::Ducked::<f64, _, _>::new(&setup, &params, One, storage()).unwrap();
        assert_eq!(ducked.tail(), Tail::Infinite);
    }
}
