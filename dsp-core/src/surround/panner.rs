//! Puts a sound anywhere around the listener and moves it without a click.
//!
//! Channel 0 of the block is the source (0 and 1 for a stereo source); all channels of the layout are the output, in
//! place: `out[c] = gain * g[c] * in`, with `g` from [`super::vbap`]. What was in the other channels is replaced; LFE is silent.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `azimuth` | degrees, positive to the left | -360 to 360 | 0 |
//! | `elevation` | degrees, positive upwards | -90 to 90 | 0 |
//! | `width` | degrees between the two sides of a stereo source | 0 to 360 | 60 |
//! | `spread` | 0 is a point, 1 is everywhere | 0 to 1 | 0 |
//! | `gain` | dB | -inf to 24 | 0 |
//!
//! The sides of a stereo source stand at `azimuth` plus and minus half of `width`.
//!
//! A move follows the shorter great circle at a smooth speed. Gains are computed every 16 frames counted from the start of the move;
//! in between they are mixed and scaled frame by frame so that power stays what it is: within 0.00001 dB in `f32` (a test;
//! in stereo, whose power falls by 3 dB behind the listener, it moves along). Between opposite directions the way is over the left.
//!
//! Latency 0, no tail. About 3 ns per frame at rest in 7.1.4 (10 in 22.2), 35 on the way (50), 350 (410) on the way with a spread:
//! `f32`, one mono source, all channels (`benches/surround.rs`).
//!
//! Not for a stereo mix that only needs a balance: a pan law on two channels is less.
//!
//! Sources: see [`super::vbap`].

use super::vbap::{Gains, Vbap, cap, check};
use super::vector::{Arc, narrow};
use crate::block::Block;
use crate::error::Error;
use crate::layout::{Direction, Layout, MAX_CHANNELS};
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::{Sample, clean_all};
use crate::units::{Decibels, Frames};

/// Frames between two looks at where the source is. 16 frames of a turn in a tenth of a second are 1.2 degrees.
const CELL: usize = 16;

/// What is placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Source {
    /// Channel 0.
    Mono,
    /// Channels 0 and 1, each as a source of its own.
    Stereo,
}

impl Source {
    const fn channels(self) -> usize {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }
}

/// What fixes the loudspeakers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Where the output is heard.
    pub layout: Layout,
    /// What is placed.
    pub source: Source,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Degrees from the front, positive to the left.
    pub azimuth: f64,
    /// Degrees from ear height, positive upwards.
    pub elevation: f64,
    /// Degrees between left and right of a stereo source.
    pub width: f64,
    /// How far the source reaches around its place: 0 a point, 1 everywhere.
    pub spread: f64,
    /// Gain of the source.
    pub gain: Decibels,
}

impl Default for Params {
    fn default() -> Self {
        Self { azimuth: 0.0, elevation: 0.0, width: 60.0, spread: 0.0, gain: Decibels(0.0) }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    vectors: [[S; 3]; 2],
    levels: Levels<S>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Levels<S> {
    cap: S,
    gain: S,
}

blend_fields!(Levels { cap, gain });

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        check(Direction::new(params.azimuth, params.elevation))?;
        Error::check("width", params.width, 0.0, 360.0, "degrees")?;
        Error::check("gain", params.gain.0, f64::NEG_INFINITY, 24.0, "dB")?;
        let half = if setup.source == Source::Stereo { params.width / 2.0 } else { 0.0 };
        let vectors = [half, -half].map(|off| narrow(Direction::new(params.azimuth + off, params.elevation).vector()));
        let levels = Levels { cap: cap(params.spread)?, gain: S::from_f64(params.gain.amplitude()) };
        Ok(Self { vectors, levels })
    }
}

/// One source on its way.
#[derive(Debug, Clone)]
struct Way<S> {
    arc: Arc<S>,
    /// Gains at the start and the end of the cell.
    from: Gains<S>,
    to: Gains<S>,
}

/// The processor; it needs no memory from the caller.
#[derive(Debug, Clone)]
pub struct Panner<S> {
    setup: Setup,
    vbap: Vbap<S>,
    levels: Ramp<Levels<S>>,
    ways: [Way<S>; 2],
    /// Frames done of the cell, and its length: 0 while nothing moves.
    done: usize,
    cell: usize,
}

impl<S: Sample> Panner<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let (sources, channels) = (setup.source.channels() as f64, setup.layout.channels() as f64);
        Error::check("channels of the source", sources, 1.0, channels, "")?;
        let coeffs = Coeffs::design(setup, params)?;
        let vbap = Vbap::new(&setup.layout)?;
        let ways = coeffs.vectors.map(|v| {
            let gains = vbap.spread(v, coeffs.levels.cap);
            Way { arc: Arc::resting(v), from: gains, to: gains }
        });
        Ok(Self { setup: *setup, vbap, levels: Ramp::smooth(coeffs.levels), ways, done: 0, cell: 0 })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Gain of each channel for source 0 or 1, as heard at the next frame; all 0 for a source that there is not.
    pub fn gains(&self, source: usize) -> Gains<S> {
        let gain = self.levels.now(0).gain;
        let ways = &self.ways[..self.setup.source.channels()];
        ways.get(source).map_or([S::ZERO; MAX_CHANNELS], |way| self.here(way).map(|g| g * gain))
    }

    /// Gains without the level.
    fn here(&self, way: &Way<S>) -> Gains<S> {
        let mut shares = [[S::ZERO; CHUNK]; 2];
        self.shares(way, 0, &mut shares, 1);
        core::array::from_fn(|c| way.from[c] * shares[0][0] + way.to[c] * shares[1][0])
    }

    /// How much of the gains at the start and at the end of the cell is heard in each of the next `frames` frames.
    fn shares(&self, way: &Way<S>, offset: usize, out: &mut [[S; CHUNK]; 2], frames: usize) {
        let [first, second] = out;
        if self.cell == 0 {
            first[..frames].fill(S::ZERO);
            second[..frames].fill(S::ONE);
            return;
        }
        let product = |a: &Gains<S>, b: &Gains<S>| a.iter().zip(b).fold(S::ZERO, |sum, (x, y)| sum + *x * *y);
        let (start, cross, end) =
            (product(&way.from, &way.from), product(&way.from, &way.to), product(&way.to, &way.to));
        let (from, to) = (start.sqrt(), end.sqrt());
        let step = S::ONE / S::from_i32(self.cell as i32);
        for (i, (first, second)) in first.iter_mut().zip(second.iter_mut()).take(frames).enumerate() {
            let u = S::from_i32((self.done + offset + i) as i32) * step;
            let v = S::ONE - u;
            // The power of the mix, and what it is to be.
            let power = v * v * start + S::from_i32(2) * u * v * cross + u * u * end;
            let scale = (v * from + u * to) / power.sqrt();
            (*first, *second) = (v * scale, u * scale);
        }
    }

    /// Begins the next cell, if there is a move.
    fn look_ahead(&mut self) {
        self.done = 0;
        self.cell = self.levels.left().min(CELL);
        if self.cell == 0 {
            return;
        }
        let (position, cap) = (self.levels.position(self.cell), self.levels.now(self.cell).cap);
        for way in &mut self.ways[..self.setup.source.channels()] {
            way.from = way.to;
            way.to = self.vbap.spread(way.arc.at(position), cap);
        }
    }

    /// At most [`CHUNK`] frames, no more than the rest of the cell.
    fn chunk(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let sources = self.setup.source.channels();
        let mut signals = [[[S::ZERO; CHUNK]; 2]; 2];
        let mut gain = [S::ZERO; CHUNK];
        for (i, gain) in gain.iter_mut().take(frames).enumerate() {
            *gain = self.levels.map(i, |l| &l.gain);
        }
        for (source, signal) in signals.iter_mut().enumerate().take(sources.min(block.channels())) {
            let mut input = [S::ZERO; CHUNK];
            input[..frames].copy_from_slice(block.channel(source));
            clean_all(&mut input);
            self.shares(&self.ways[source], 0, signal, frames);
            for shares in signal {
                for ((share, x), gain) in shares.iter_mut().zip(input).zip(gain) {
                    *share = *share * x * gain;
                }
            }
        }
        for channel in 0..block.channels().min(self.setup.layout.channels()) {
            let out = block.channel_mut(channel);
            out.fill(S::ZERO);
            for (way, [first, second]) in self.ways.iter().zip(&signals).take(sources) {
                let (from, to) = (way.from[channel], way.to[channel]);
                if self.cell > 0 && (from != S::ZERO || to != S::ZERO) {
                    for ((out, a), b) in out.iter_mut().zip(first).zip(second) {
                        *out += from * *a + to * *b;
                    }
                } else if to != S::ZERO {
                    for (out, x) in out.iter_mut().zip(second) {
                        *out += to * *x;
                    }
                }
            }
        }
    }
}

impl<S: Sample> Tune<S> for Panner<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        let position = self.levels.position(0);
        let now = [0, 1].map(|source| self.here(&self.ways[source]));
        for ((way, gains), to) in self.ways.iter_mut().zip(now).zip(coeffs.vectors) {
            way.arc = Arc::new(way.arc.at(position), to);
            way.to = gains;
        }
        self.levels.tune(coeffs.levels, over);
        self.look_ahead();
        if !self.levels.moving() {
            self.reset();
        }
    }
}

impl<S: Sample> Process<S> for Panner<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let most = if self.cell > 0 { self.cell - self.done } else { CHUNK };
            let n = (block.frames() - at).min(most);
            self.chunk(&mut block.part(at, n));
            self.levels.advance(n);
            self.done += n;
            if self.cell > 0 && self.done >= self.cell {
                self.look_ahead();
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.levels.finish();
        (self.done, self.cell) = (0, 0);
        let cap = self.levels.target().cap;
        for way in &mut self.ways {
            let there = way.arc.at(S::ONE);
            let gains = self.vbap.spread(there, cap);
            *way = Way { arc: Arc::resting(there), from: gains, to: gains };
        }
    }

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
    use crate::laws::{self, Audio};
    use crate::signal;
    use std::{vec, vec::Vec};

    fn panner<S: Sample>(layout: Layout, azimuth: f64) -> Panner<S> {
        let setup = Setup { layout, source: Source::Mono };
        Panner::new(&setup, &Params { azimuth, ..Params::default() }).unwrap()
    }

    fn ones<S: Sample>(channels: usize, frames: usize) -> Audio<S> {
        vec![vec![S::ONE; frames]; channels]
    }

    fn power_on_the_way<S: Sample>(tolerance_db: f64) {
        let layouts = [Layout::SURROUND_5_1, Layout::SURROUND_7_1_4, Layout::SURROUND_22_2];
        for (layout, to) in layouts.into_iter().zip([(-170.0, 0.0), (150.0, 80.0), (-100.0, -50.0)]) {
            for frames in [100, 1_000, 9_999] {
                let mut p = panner::<S>(layout, 30.0);
                let target = Params { azimuth: to.0, elevation: to.1, spread: 0.2, ..Params::default() };
                p.set(&target, Frames(frames)).unwrap();
                let out = laws::render(&mut p, &ones(layout.channels(), 10_100));
                for i in 0..10_100 {
                    let power: f64 = out.iter().map(|plane| plane[i].to_f64() * plane[i].to_f64()).sum();
                    assert!((10.0 * power.log10()).abs() < tolerance_db, "frame {i} of {frames}: {power}");
                }
            }
        }
    }

    #[test]
    fn power_is_constant_on_the_way() {
        power_on_the_way::<f32>(1e-5);
        power_on_the_way::<f64>(1e-12);
    }

    #[test]
    fn the_way_is_the_great_circle() {
        // Against the gains computed at every frame.
        let layout = Layout::SURROUND_7_1;
        let vbap = Vbap::<f64>::new(&layout).unwrap();
        let mut p = panner::<f64>(layout, 20.0);
        p.set(&Params { azimuth: -100.0, ..Params::default() }, Frames(2_000)).unwrap();
        let out = laws::render(&mut p, &ones(8, 2_100));
        let mut worst = 0.0_f64;
        for (c, plane) in out.iter().enumerate() {
            for (i, v) in plane.iter().enumerate() {
                let t = (i as f64 / 2_000.0).min(1.0);
                let azimuth = 20.0 - 120.0 * (3.0 * t * t - 2.0 * t * t * t);
                worst = worst.max((vbap.gains(Direction::new(azimuth, 0.0), 0.0).unwrap()[c] - v).abs());
            }
        }
        assert!(worst < 0.02, "{worst}: less than a cell of the way");
    }

    #[test]
    fn a_new_target_on_the_way_makes_no_step() {
        let mut p = panner::<f64>(Layout::SURROUND_5_1, 100.0);
        p.set(&Params { azimuth: -20.0, spread: 0.1, ..Params::default() }, Frames(500)).unwrap();
        let mut out = laws::render(&mut p, &ones(6, 203));
        p.set(&Params { azimuth: 170.0, ..Params::default() }, Frames(700)).unwrap();
        let more = laws::render(&mut p, &ones(6, 900));
        out.iter_mut().zip(more).for_each(|(a, b)| a.extend(b));
        for plane in &out {
            assert!(plane.windows(2).all(|w| (w[1] - w[0]).abs() < 0.02));
        }
        let end = Vbap::<f64>::new(&Layout::SURROUND_5_1).unwrap().gains(Direction::new(170.0, 0.0), 0.0).unwrap();
        assert!(out.iter().zip(end).all(|(plane, gain)| plane[1_102] == gain));
        assert_eq!((p.gains(0), p.gains(1)), (end, [0.0; MAX_CHANNELS]), "and there is no other source");
    }

    #[test]
    fn a_move_at_once_is_heard_at_once() {
        let mut p = panner::<f32>(Layout::SURROUND_5_1, 30.0);
        p.set(&Params { azimuth: -30.0, ..Params::default() }, Frames(100)).unwrap();
        p.set(&Params { azimuth: 110.0, ..Params::default() }, Frames(0)).unwrap();
        let out = laws::render(&mut p, &ones(6, 3));
        assert!(out[4] == [1.0; 3] && [0, 1, 2, 3, 5].iter().all(|c| out[*c] == [0.0; 3]));
    }

    #[test]
    fn a_stereo_source_has_two_sides() {
        let setup = Setup { layout: Layout::SURROUND_5_1, source: Source::Stereo };
        let input: Audio<f64> = (0..6).map(|c| signal::white(c, 0.5).take(100).collect()).collect();
        let out = laws::render(&mut Panner::new(&setup, &Params::default()).unwrap(), &input);
        assert!(out[0] == input[0] && out[1] == input[1], "in front, 60 degrees wide: as it was");
        assert!(out[2..].iter().all(|plane| plane.iter().all(|v| *v == 0.0)));
        let back = Params { azimuth: 180.0, width: 140.0, ..Params::default() };
        let out = laws::render(&mut Panner::new(&setup, &back).unwrap(), &input);
        let near = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-12);
        assert!(near(&out[4], &input[1]) && near(&out[5], &input[0]), "behind, its left is on the right");
        let mono = Setup { layout: Layout::MONO, source: Source::Stereo };
        assert!(Panner::<f32>::new(&mono, &Params::default()).is_err());
    }
}
