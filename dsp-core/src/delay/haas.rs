//! **Not mono-safe.** Moves a sound to one side by delaying the other a few milliseconds; heard in mono, the two sides cancel
//! each other at many frequencies.
//!
//! On every left/right pair of the layout: `out[n] = level * in[n - D]` on the delayed side, the other side as it is. The
//! first sound to arrive says where it comes from (the Haas or precedence effect, up to about 40 ms; beyond that an echo is
//! heard). The mono sum `x[n] + level * x[n - D]` of a centred sound is a comb: at equal levels it is zero at 1/(2D), 3/(2D),
//! 5/(2D), ... and 6 dB up between (a test).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `delay` | s, rounded to whole frames | 0 to `longest` | 0.015 |
//! | `side` | the delayed one | `Left`, `Right` | `Right` |
//! | `level` | dB, of the delayed side | -24 to 12 | 0 |
//! | `longest` (set-up) | s | 0 to 0.04 | |
//!
//! A delay of 0 at 0 dB is the identity, bit for bit. Channels without a partner pass. Latency 0 (the other side is on time);
//! tail: the delay. A new delay fades in over the frames of the move, smooth; a fade that is under way ends first.
//!
//! Where mono matters (radio, phones, clubs) use level ([`crate::stereo`]) in place of time.
//!
//! Source: Haas, "Über den Einfluss eines Einfachechos auf die Hörsamkeit von Sprache", Acustica 1, 1951.

use crate::block::Block;
use crate::delay::interpolation::Linear;
use crate::delay::line::{Delay, Line, MOST_FRAMES};
use crate::error::Error;
use crate::layout::Layout;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Progress, Ramp, Shape};
use crate::sample::{Sample, clean_all};
use crate::storage::Storage;
use crate::units::{Decibels, Frames, SampleRate, Seconds};

/// Longest delay there is: beyond it two sounds are heard.
pub const LONGEST: Seconds = Seconds(0.04);

/// What fixes memory and the pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels and their places.
    pub layout: Layout,
    /// Longest delay, 0 to 0.04 s.
    pub longest: Seconds,
}

impl Setup {
    fn check(&self) -> Result<(), Error> {
        Error::check("longest", self.longest.0, 0.0, LONGEST.0, "s")
    }

    fn line(&self) -> Line {
        // What `check` refuses asks for no more than what it allows.
        Line::new(Seconds(self.longest.0.clamp(0.0, LONGEST.0)).frames(self.rate).get() as usize, 2)
    }
}

/// Which side is delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Side {
    /// The left: the sound moves to the right.
    Left,
    /// The right: the sound moves to the left.
    #[default]
    Right,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// How much later.
    pub delay: Seconds,
    /// Which side.
    pub side: Side,
    /// How loud that side is.
    pub level: Decibels,
}

impl Default for Params {
    fn default() -> Self {
        Self { delay: Seconds(0.015), side: Side::Right, level: Decibels(0.0) }
    }
}

/// The numbers the loop runs on, left and right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    delays: [Delay; 2],
    levels: [S; 2],
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        setup.check()?;
        Error::check("delay", params.delay.0, 0.0, setup.longest.0, "s")?;
        Error::check("level", params.level.0, -24.0, 12.0, "dB")?;
        let side = params.side as usize;
        let mut coeffs = Self { delays: [Delay::default(); 2], levels: [S::ONE; 2] };
        coeffs.delays[side] = Delay::frames(params.delay.frames(setup.rate).get() as f64);
        coeffs.levels[side] = S::from_f64(params.level.amplitude());
        Ok(coeffs)
    }
}

/// Samples of storage: a line per channel of a pair.
pub fn required_len(setup: &Setup) -> usize {
    2 * setup.layout.pairs().count() * setup.line().ring_len()
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Haas<S, M> {
    setup: Setup,
    line: Line,
    levels: Ramp<[S; 2]>,
    now: [Delay; 2],
    next: [Delay; 2],
    fade: Progress,
    /// What has been asked for, and over how many frames.
    target: [Delay; 2],
    over: Frames,
    storage: M,
}

impl<S: Sample, M: Storage<S>> Haas<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let Coeffs { delays, levels } = Coeffs::design(setup, params)?;
        Error::check_len("haas delay", required_len(setup), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            line: setup.line(),
            levels: Ramp::smooth(levels),
            now: delays,
            next: delays,
            fade: Progress::default(),
            target: delays,
            over: Frames::ZERO,
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Starts the fade that is due.
    fn aim(&mut self) {
        if !self.fade.moving() {
            self.now = self.next;
            if self.now != self.target {
                self.next = self.target;
                self.fade = Progress::start(self.over);
                if !self.fade.moving() {
                    self.now = self.next;
                }
            }
        }
    }

    /// At most [`CHUNK`] frames of one fade.
    fn chunk(&mut self, block: &mut Block<'_, S>) {
        let (frames, present) = (block.frames(), block.channels());
        let mut paired = 0_u32;
        let mut rings = self.storage.as_mut().chunks_exact_mut(self.line.ring_len());
        for (left, right) in self.setup.layout.pairs() {
            paired |= 1 << left | 1 << right;
            for (side, channel) in [left, right].into_iter().enumerate() {
                let Some(ring) = rings.next() else { continue };
                let (mut x, mut other) = ([S::ZERO; CHUNK], [S::ZERO; CHUNK]);
                let (x, other) = (&mut x[..frames], &mut other[..frames]);
                if channel < present {
                    x.copy_from_slice(block.channel(channel));
                    clean_all(x);
                }
                self.line.write(ring, x);
                self.line.read_still(&Linear, ring, self.now[side], x);
                if self.fade.moving() && self.now[side] != self.next[side] {
                    self.line.read_still(&Linear, ring, self.next[side], other);
                    for (i, (x, other)) in x.iter_mut().zip(other.iter()).enumerate() {
                        *x += Shape::Smooth.at(self.fade.at::<S>(i)) * (*other - *x);
                    }
                }
                if channel < present {
                    for (i, (out, x)) in block.channel_mut(channel).iter_mut().zip(x.iter()).enumerate() {
                        *out = self.levels.map(i, |levels| &levels[side]) * *x;
                    }
                }
            }
        }
        for channel in (0..present.min(self.setup.layout.channels())).filter(|c| paired & 1 << c == 0) {
            clean_all(block.channel_mut(channel));
        }
        self.line.advance(frames);
        self.levels.advance(frames);
        self.fade.advance(frames);
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Haas<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.levels.tune(coeffs.levels, over);
        (self.target, self.over) = (coeffs.delays, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Haas<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            self.aim();
            let most = if self.fade.moving() { self.fade.left().min(MOST_FRAMES) } else { MOST_FRAMES };
            let n = most.min(block.frames() - at);
            self.chunk(&mut block.part(at, n));
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.line.reset();
        self.levels.finish();
        (self.now, self.next, self.fade) = (self.target, self.target, Progress::default());
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let delays = self.now.iter().chain(&self.next).chain(&self.target);
        Tail::Frames(Frames(delays.map(|d| d.whole() as u64).max().unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;
    use crate::units::Hertz;
    use std::{vec, vec::Vec};

    const SETUP: Setup = Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO, longest: Seconds(0.04) };

    fn make<S: Sample>(params: &Params) -> Haas<S, Vec<S>> {
        Haas::new(&SETUP, params, vec![S::ZERO; required_len(&SETUP)]).unwrap()
    }

    #[test]
    fn the_mono_sum_is_the_comb_that_is_promised() {
        let params = Params { delay: Seconds(0.01), ..Params::default() };
        for k in 0..40 {
            for (hertz, expected) in [(50.0 + 100.0 * f64::from(k), 0.0), (100.0 + 100.0 * f64::from(k), 2.0)] {
                let x: Vec<f64> = signal::sine(SETUP.rate, Hertz(hertz), 1.0, 0.0).take(5_280).collect();
                let out = laws::render(&mut make::<f64>(&params), &[x.clone(), x]);
                let sum = out[0].iter().zip(&out[1]).map(|(l, r)| (l + r).abs());
                let peak = sum.skip(480).fold(0.0, f64::max);
                let close = if expected == 0.0 { peak < 1e-9 } else { (peak - expected).abs() < 0.02 };
                assert!(close, "{hertz} Hz: {peak}");
            }
        }
    }

    #[test]
    fn the_side_is_later_and_as_loud_as_set() {
        let params = Params { delay: Seconds(0.005), side: Side::Left, level: Decibels(-6.0) };
        let x: Vec<f32> = signal::white(1, 0.5).take(2_000).collect();
        let out = laws::render(&mut make::<f32>(&params), &[x.clone(), x.clone()]);
        assert_eq!(out[1], x);
        let level = Decibels(-6.0).amplitude() as f32;
        assert!((240..2_000).all(|n| out[0][n] == level * x[n - 240]) && out[0][..240].iter().all(|v| *v == 0.0));
    }

    #[test]
    fn a_new_delay_fades_and_one_at_a_time() {
        let tone: Vec<f64> = signal::sine(SETUP.rate, Hertz(500.0), 0.5, 0.0).take(6_000).collect();
        let mut haas = make::<f64>(&Params::default());
        let mut out = laws::render(&mut haas, &[tone[..3_000].to_vec(), tone[..3_000].to_vec()]).swap_remove(1);
        for (at, delay) in [(3_000, 0.0), (3_100, 0.0302)] {
            haas.set(&Params { delay: Seconds(delay), ..Params::default() }, Frames(960)).unwrap();
            let end = if at == 3_000 { 3_100 } else { 6_000 };
            out.extend(laws::render(&mut haas, &[tone[at..end].to_vec(), tone[at..end].to_vec()]).swap_remove(1));
        }
        let bend = |y: &[f64]| y.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).fold(0.0, f64::max);
        assert!(bend(&out[2_900..]) < 1.05 * bend(&out[1_000..2_900]));
        assert!((out[5_999] - tone[5_999 - 1_450]).abs() < 1e-12, "arrived");
    }
}
