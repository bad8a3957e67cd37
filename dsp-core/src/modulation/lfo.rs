//! Slow movement: the oscillator behind tremolo, chorus, flanger and phaser.
//!
//! Its phase is an integer that counts 2^-40 turns since `reset`, `phase += step` per frame, so it never drifts and does
//! not see where blocks are cut; its shapes are those of [`Wave`].
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `rate` | Hz | 0 (stands still) to 100 | 1 |
//! | `wave` | | `Sine`, `Triangle`, `SawUp`, `SawDown`, `Square`, `Random` | `Sine` |
//! | `seed` (set-up) | of `Random` | any | 0 |
//!
//! The step is rounded to the nearest 2^-40 turn: at 48 kHz the rate is true to 2.2e-8 Hz. A move of the rate is a
//! straight line in the step (the phase has no jump); a move of the shape fades smoothly from one to the other.
//!
//! [`in_time`] gives the rate of a note at a tempo. An oscillator is not a processor: it has [`Lfo::fill`] (the next
//! values, at any phase offset, without moving on) and [`Lfo::advance`].
//!
//! ```
//! use dsp_core::modulation::lfo::{Lfo, Params, Setup};
//! use dsp_core::units::{Hertz, SampleRate};
//! let setup = Setup { rate: SampleRate::VIDEO, seed: 0 };
//! let mut lfo = Lfo::<f32>::new(&setup, &Params { rate: Hertz(2.0), ..Params::default() })?;
//! let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
//! lfo.fill(0.0, &mut left);
//! lfo.fill(0.25, &mut right); // a quarter of a turn ahead
//! lfo.advance(64);
//! assert_eq!((left[0], right[0]), (0.0, 1.0));
//! # Ok::<(), dsp_core::error::Error>(())
//! ```

mod cursor;

use self::cursor::Cursor;
use crate::delay::tempo::{Note, Tempo};
use crate::error::Error;
use crate::modulation::wave::{EDGE, Point, Wave};
use crate::process::CHUNK;
use crate::ramp::Ramp;
use crate::sample::Sample;
use crate::signal::hash;
use crate::units::{Frames, Hertz, SampleRate};

/// What is fixed: the sample rate, and the sequence of `Random`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Which random sequence.
    pub seed: u32,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Turns per second.
    pub rate: Hertz,
    /// Shape of the movement.
    pub wave: Wave,
}

impl Default for Params {
    fn default() -> Self {
        Self { rate: Hertz(1.0), wave: Wave::Sine }
    }
}

/// The rate at which one turn takes as long as a note: for the `rate` of every processor of this family.
///
/// ```
/// use dsp_core::delay::tempo::{Note, Tempo};
/// use dsp_core::modulation::lfo::in_time;
/// assert_eq!(in_time(Note::QUARTER, Tempo(120.0)).0, 2.0);
/// ```
pub fn in_time(note: Note, tempo: Tempo) -> Hertz {
    Hertz(1.0 / note.seconds(tempo).0)
}

/// Shapes.
const WAVES: usize = Wave::ALL.len();

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// 2^-40 turns per frame.
    step: i64,
    /// How much of each shape is heard: one of them 1, the others 0.
    shares: [S; WAVES],
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("rate", params.rate.0, 0.0, 100.0, "Hz")?;
        let step = libm::round(params.rate.0 / setup.rate.hertz() * ONE_TURN) as i64;
        Ok(Self { step, shares: Wave::ALL.map(|w| if w == params.wave { S::ONE } else { S::ZERO }) })
    }
}

/// 2^40: one turn.
const ONE_TURN: f64 = 1_099_511_627_776.0;
/// Bits below the 32 of a [`Point`].
const BELOW: u32 = 8;

/// The oscillator.
#[derive(Debug, Clone)]
pub struct Lfo<S> {
    setup: Setup,
    seed: u32,
    cursor: Cursor,
    shares: Ramp<[S; WAVES]>,
    /// Steepness of edges times the step in 2^-32 turns per frame.
    edge: S,
}

impl<S: Sample> Lfo<S> {
    /// Builds it, at phase 0.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Ok(Self {
            setup: *setup,
            seed: hash(setup.seed),
            cursor: Cursor::new(coeffs.step),
            shares: Ramp::smooth(coeffs.shares),
            // A triangle rises four times per turn, so in half an edge it rises by 2 * EDGE * rate.
            edge: S::from_f64(4_294_967_296.0 / (2.0 * EDGE.0 * setup.rate.hertz())),
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old movement stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Moves to `coeffs` over `over` frames (0: at once). The phase goes on from where it is.
    pub fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.cursor.tune(coeffs.step, over);
        self.shares.tune(coeffs.shares, over);
    }

    /// Back to phase 0, moves at their target.
    pub fn reset(&mut self) {
        self.cursor = Cursor::new(self.cursor.target);
        self.shares.finish();
    }

    /// Moves on by `frames`.
    pub fn advance(&mut self, frames: usize) {
        self.cursor.advance(frames);
        self.shares.advance(frames);
    }

    /// Values of the next `out.len()` frames, `offset` turns ahead (-1 to 1), without moving on. Most efficient for 64.
    pub fn fill(&self, offset: S, out: &mut [S]) {
        let offset = turns(offset);
        self.each(out, |_| offset);
    }

    /// The same where the offset moves: one per frame. Where they differ in length the shorter counts.
    pub fn fill_at(&self, offsets: &[S], out: &mut [S]) {
        let frames = out.len().min(offsets.len());
        self.each(&mut out[..frames], |i| turns(offsets.get(i).copied().unwrap_or_default()));
    }

    #[inline(always)]
    fn each(&self, out: &mut [S], offset: impl Fn(usize) -> u64) {
        let mut cursor = self.cursor;
        for (k, out) in out.chunks_mut(CHUNK).enumerate() {
            let (mut phases, mut turns, mut cycles) = ([0; CHUNK], [0; CHUNK], [0; CHUNK]);
            cursor.phases(&mut phases[..out.len()]);
            let places = turns.iter_mut().zip(&mut cycles);
            for (i, (phase, (turn, cycle))) in phases[..out.len()].iter().zip(places).enumerate() {
                let phase = phase.wrapping_add(offset(k * CHUNK + i));
                (*turn, *cycle) = ((phase >> BELOW) as i32, (phase >> (32 + BELOW)) as u32);
            }
            self.shapes(&cursor, k * CHUNK, &Places { turns, cycles }, out);
            cursor.advance(out.len());
        }
    }

    /// All shapes that are heard, `after` frames from now.
    #[inline(always)]
    fn shapes(&self, cursor: &Cursor, after: usize, places: &Places, out: &mut [S]) {
        if !self.shares.moving() {
            for (wave, share) in Wave::ALL.into_iter().zip(self.shares.target()) {
                if *share == S::ONE {
                    self.shape(wave, cursor, places, out);
                }
            }
            return;
        }
        let mut one = [S::ZERO; CHUNK];
        out.fill(S::ZERO);
        for (n, wave) in Wave::ALL.into_iter().enumerate() {
            if self.shares.start()[n] != S::ZERO || self.shares.target()[n] != S::ZERO {
                self.shape(wave, cursor, places, &mut one[..out.len()]);
                for (i, (y, v)) in out.iter_mut().zip(&one).enumerate() {
                    *y += *v * self.shares.map(after + i, |s| &s[n]);
                }
            }
        }
    }

    /// One shape; each gets a loop of its own, which vectorises.
    #[inline(always)]
    fn shape(&self, wave: Wave, cursor: &Cursor, places: &Places, out: &mut [S]) {
        let frames = out.iter_mut().zip(&places.turns);
        if cursor.moving() && wave.has_edges() {
            let mut cursor = *cursor;
            for (y, turn) in frames {
                *y = wave.at(Point { cycle: 0, turn: *turn }, self.edge_at(cursor.step), self.seed);
                cursor.next();
            }
            return;
        }
        let edge = self.edge_at(cursor.step);
        macro_rules! run {
            ($wave:ident) => {
                for (y, turn) in frames {
                    *y = Wave::$wave.at(Point { cycle: 0, turn: *turn }, edge, self.seed);
                }
            };
        }
        match wave {
            Wave::Sine => run!(Sine),
            Wave::Triangle => run!(Triangle),
            Wave::SawUp => run!(SawUp),
            Wave::SawDown => run!(SawDown),
            Wave::Square => run!(Square),
            Wave::Random => {
                for ((y, turn), cycle) in frames.zip(&places.cycles) {
                    *y = Wave::Random.at(Point { cycle: *cycle, turn: *turn }, edge, self.seed);
                }
            }
        }
    }

    /// How many times steeper than a triangle a square is at a rate.
    #[inline(always)]
    fn edge_at(&self, step: i64) -> S {
        let step = S::from_i32((step >> BELOW) as i32).larger(S::ONE);
        (self.edge / step).larger(S::ONE)
    }
}

/// Phases without what is below 2^-32 turns, taken apart: conversions of 32-bit integers are the ones that vectorise.
struct Places {
    turns: [i32; CHUNK],
    cycles: [u32; CHUNK],
}

/// Turns as 2^-40 turns: exact to 2^-30.
#[inline(always)]
fn turns<S: Sample>(offset: S) -> u64 {
    (i64::from((offset * S::from_f64(1_073_741_824.0)).to_i32()) << (BELOW + 2)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::TAU;
    use std::{vec, vec::Vec};

    const SETUP: Setup = Setup { rate: SampleRate::VIDEO, seed: 3 };

    fn lfo<S: Sample>(rate: f64, wave: Wave) -> Lfo<S> {
        Lfo::new(&SETUP, &Params { rate: Hertz(rate), wave }).unwrap()
    }

    fn run<S: Sample>(lfo: &mut Lfo<S>, offset: S, frames: usize, cuts: &[usize]) -> Vec<S> {
        let (mut out, mut at) = (vec![S::ZERO; frames], 0);
        for cut in cuts.iter().cycle() {
            let n = (*cut).min(frames - at);
            lfo.fill(offset, &mut out[at..at + n]);
            lfo.advance(n);
            at += n;
            if at == frames {
                return out;
            }
        }
        out
    }

    #[test]
    fn a_day_later_the_phase_is_where_it_belongs() {
        let mut l = lfo::<f64>(0.37, Wave::Sine);
        let frames = 24 * 3600 * 48_000_u64;
        l.advance(frames as usize);
        let mut now = [0.0];
        l.fill(0.0, &mut now);
        let turns = 0.37 * 86_400.0;
        // Half a unit of the step over a day: 0.0019 turns.
        assert!((now[0] - (TAU * turns).sin()).abs() < 0.0019 * TAU, "{}", now[0]);
    }

    #[test]
    fn every_shape_is_the_same_for_any_cut_while_everything_moves() {
        for wave in Wave::ALL {
            let make = || {
                let mut l = lfo::<f32>(3.0, wave);
                l.advance(77);
                l.set(&Params { rate: Hertz(11.0), wave: Wave::ALL[(wave as usize + 1) % WAVES] }, Frames(900))
                    .unwrap();
                l
            };
            let whole = run(&mut make(), 0.2, 3_000, &[3_000]);
            for cuts in [&[1][..], &[64], &[7, 130, 1]] {
                assert_eq!(run(&mut make(), 0.2, 3_000, cuts), whole, "{wave:?}");
            }
            let mut l = make();
            l.reset();
            let new = run(&mut lfo::<f32>(11.0, Wave::ALL[(wave as usize + 1) % WAVES]), 0.0, 500, &[500]);
            assert_eq!(run(&mut l, 0.0, 500, &[500]), new, "reset is new");
        }
    }

    #[test]
    fn a_move_of_rate_or_shape_has_no_jump() {
        for to in Wave::ALL {
            let mut l = lfo::<f64>(2.0, Wave::Sine);
            l.advance(5_000);
            let mut out = run(&mut l, 0.0, 10, &[10]);
            l.set(&Params { rate: Hertz(20.0), wave: to }, Frames(4_800)).unwrap();
            out.extend(run(&mut l, 0.0, 6_000, &[64]));
            let steepest = out.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
            // The edge of a square of 20 Hz: 3 / 480 frames; the sine: 0.0026.
            assert!(steepest < 0.009, "{to:?}: {steepest}");
        }
    }

    #[test]
    fn an_edge_takes_ten_milliseconds() {
        let out = run(&mut lfo::<f64>(1.0, Wave::Square), 0.0, 48_000, &[64]);
        let soft = out.iter().filter(|v| v.abs() < 1.0 - 1e-9).count();
        assert!((955..=960).contains(&soft), "two edges of 480 frames: {soft}");
    }

    #[test]
    fn offsets_are_turns_and_may_move() {
        let l = lfo::<f64>(5.0, Wave::Sine);
        let (mut ahead, mut moving) = ([0.0; 100], [0.0; 100]);
        l.fill(-0.5, &mut ahead);
        l.fill_at(&[-0.5; 100], &mut moving);
        assert_eq!(ahead, moving);
        let mut plain = [0.0; 100];
        l.fill(0.0, &mut plain);
        assert!(plain.iter().zip(&ahead).all(|(a, b)| (a + b).abs() < 1e-9));
        let standing = run(&mut lfo::<f64>(0.0, Wave::SawUp), 0.25, 10, &[3]);
        assert!(standing.iter().all(|v| (v - 0.5).abs() < 1e-12));
        assert!(Lfo::<f32>::new(&SETUP, &Params { rate: Hertz(100.1), wave: Wave::Sine }).is_err());
    }

    #[test]
    fn random_does_not_jump_where_the_count_of_turns_wraps() {
        // An offset back in time starts in the last turn there is.
        let out = run(&mut lfo::<f64>(10.0, Wave::Random), -0.5, 9_600, &[64]);
        let steepest = out.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
        assert!(steepest < 2.0 * 1.5 / 4_800.0, "{steepest}");
    }
}
