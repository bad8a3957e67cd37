//! The first reflections of a real room: puts a dry voice or instrument at a place in it.
//!
//! Every wall is a mirror. An image of order `k` at distance `d` is an echo `(d - d0) / 343.2 m/s` after the direct
//! sound, with the gain `d0 / d` times `sqrt(1 - absorption)` of each of its `k` walls, through `k` low-passes; `d0` is
//! the distance of the source. `out = dry in + wet echoes of the mono sum`: the dry signal is the direct sound.
//! Heard by an ORTF pair of cardioids (17 cm apart, 55 degrees to each side) that faces the source; delays are rounded
//! to frames.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `size` | m: width, depth, height | 1 to 50 each | 8, 11, 3.5 |
//! | `source` | m from the corner | within the room | 3, 8, 1.6 |
//! | `listener` | m from the corner | within the room, 0.1 or more from the source | 4.5, 3, 1.5 |
//! | `absorption` | share of the energy, walls at 0 and at `size` of width, depth, height | 0 to 1 | 0.2 each |
//! | `cutoff` | Hz, -3 dB of the low-pass of each wall | 500 to 20000 | 10000 |
//! | `order` | highest number of walls | 1 to 4 (6, 24, 62, 128 echoes) | 3 |
//! | `mix` | 0 dry to 1 wet, equal power | 0 to 1 | 0.4 |
//! | `longest` (set-up) | s; later echoes are left out | 0.01 to 1 | 0.2 |
//!
//! A move of room, source or listener fades from one pattern of echoes to the other; one that comes before the last has
//! ended waits for it. Cut-off and mix move frame by frame.
//!
//! Latency 0. Tail: the latest echo, what is left of a move and what the low-passes ring. About 5 ns per stereo frame for order 1, 12 for 3, 20
//! for 4; `Coeffs` carries all echoes (2 kB in `f32`, 3 kB in `f64`), the processor holds three of them.
//!
//! Not a reverb: put one behind it for what follows the first reflections. Not for sound moving through a room either:
//! a move is a fade, without Doppler.
//!
//! Sources: Allen and Berkley, "Image method for efficiently simulating small-room acoustics", JASA 65(4) 1979; the
//! pair: Office de Radiodiffusion Television Francaise, as in Eargle, "The Microphone Book", chapter 11.

mod images;
#[cfg(test)]
mod tests;

use super::fade::Fade;
use super::history::History;
use crate::block::Block;
use crate::error::Error;
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields, mix};
use crate::reverb::damping;
use crate::sample::{Sample, clean_all};
use crate::storage::Storage;
use crate::units::{Frames, Hertz, Mix, SampleRate, Seconds};
use images::{ORDERS, Plan, Room, distance};

/// Latest echo a set-up may have, in seconds.
const LONGEST: f64 = 1.0;

/// What fixes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Echoes that come later after the direct sound are left out.
    pub longest: Seconds,
}

impl Setup {
    /// The default: 0.2 s.
    pub const fn new(rate: SampleRate) -> Self {
        Self { rate, longest: Seconds(0.2) }
    }

    fn frames(&self) -> usize {
        // Memory is asked for before anything is checked.
        Seconds(self.longest.0.clamp(0.0, LONGEST)).frames(self.rate).get() as usize
    }

    fn history(&self) -> (History, usize) {
        let mut needed = 0;
        (History::place(&mut needed, self.frames()), needed)
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Width, depth and height of the room in metres.
    pub size: [f64; 3],
    /// Where the source is, in metres from the corner.
    pub source: [f64; 3],
    /// Where the microphones are.
    pub listener: [f64; 3],
    /// Share of the energy each wall takes: those at 0 and at `size`, across the width, the depth, the height.
    pub absorption: [f64; 6],
    /// Cut-off of the low-pass of each wall.
    pub cutoff: Hertz,
    /// Most walls on the way.
    pub order: u32,
    /// How much of the echoes is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            size: [8.0, 11.0, 3.5],
            source: [3.0, 8.0, 1.6],
            listener: [4.5, 3.0, 1.5],
            absorption: [0.2; 6],
            cutoff: Hertz(10_000.0),
            order: 3,
            mix: Mix(0.4),
        }
    }
}

impl Params {
    fn plan(&self) -> Result<Plan, Error> {
        for (k, size) in self.size.into_iter().enumerate() {
            Error::check("size", size, 1.0, 50.0, "m")?;
            Error::check("source", self.source[k], 0.0, size, "m")?;
            Error::check("listener", self.listener[k], 0.0, size, "m")?;
        }
        Error::check("distance of source and listener", distance(self.source, self.listener), 0.1, 100.0, "m")?;
        for absorption in self.absorption {
            Error::check("absorption", absorption, 0.0, 1.0, "")?;
        }
        Error::check("order", f64::from(self.order), 1.0, ORDERS as f64, "")?;
        Ok(Plan {
            size: self.size,
            source: self.source,
            listener: self.listener,
            walls: self.absorption.map(|a| libm::sqrt(1.0 - a)),
            order: self.order,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Numbers<S> {
    dry: S,
    wet: S,
    low: S,
}

blend_fields!(Numbers { dry, wet, low });

/// The numbers the loop runs on: up to 128 echoes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    numbers: Numbers<S>,
    room: Room<S>,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("longest", setup.longest.0, 0.01, LONGEST, "s")?;
        Error::check("cutoff", params.cutoff.0, 500.0, 20_000.0, "Hz")?;
        let room = Room::of(&params.plan()?, setup.rate.hertz(), setup.frames());
        let (dry, wet) = params.mix.equal_power()?;
        let low = S::from_f64(damping::step(setup.rate, params.cutoff));
        Ok(Self { numbers: Numbers { dry: S::from_f64(dry), wet: S::from_f64(wet), low }, room })
    }
}

/// Samples of storage.
pub fn required_len(setup: &Setup) -> usize {
    setup.history().1
}

/// The processor, for two channels; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Shoebox<S, M> {
    setup: Setup,
    numbers: Ramp<Numbers<S>>,
    room: Fade<Room<S>, S>,
    clock: Clock,
    history: History,
    /// Of each order, left and right.
    low: [[S; 2]; ORDERS],
    storage: M,
}

impl<S: Sample, M: Storage<S>> Shoebox<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, mut storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        let (history, needed) = setup.history();
        Error::check_len("shoebox room", needed, storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self {
            setup: *setup,
            numbers: Ramp::smooth(coeffs.numbers),
            room: Fade::new(coeffs.room),
            clock: Clock::default(),
            history,
            low: [[S::ZERO; 2]; ORDERS],
            storage,
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// The echoes of an order on a side; while the room changes, of both rooms.
    fn gather(&self, order: usize, side: usize, out: &mut [S]) {
        let memory = self.storage.as_ref();
        self.history.add(memory, self.room.coming().echoes(order, side), out);
        if let Some(leaving) = self.room.leaving() {
            let mut old = [S::ZERO; CHUNK];
            self.history.add(memory, leaving.echoes(order, side), &mut old[..out.len()]);
            for (i, (out, old)) in out.iter_mut().zip(old).enumerate() {
                *out = mix(old, *out, self.room.share(i));
            }
        }
    }

    /// At most [`CHUNK`] frames.
    fn chunk(&mut self, left: &mut [S], right: &mut [S]) {
        clean_all(left);
        clean_all(right);
        let n = left.len();
        let mut wet = [[S::ZERO; CHUNK]; 2];
        for ((m, l), r) in wet[0].iter_mut().zip(&*left).zip(&*right) {
            *m = S::from_f64(0.5) * (*l + *r);
        }
        self.history.write(self.storage.as_mut(), &wet[0][..n]);
        let mut gathered = [[[S::ZERO; CHUNK]; 2]; ORDERS];
        for (order, sides) in gathered.iter_mut().enumerate() {
            for (side, out) in sides.iter_mut().enumerate() {
                self.gather(order + 1, side, &mut out[..n]);
            }
        }
        let mut now = [*self.numbers.target(); CHUNK];
        self.numbers.fill(&mut now[..n]);
        // The highest order first: what there is so far goes through the low-pass of one wall more with each. All in
        // one loop, so that none waits alone for its own last result.
        let mut low = self.low;
        for (i, now) in now.iter().enumerate().take(n) {
            let keep = S::ONE - now.low;
            let mut sum = [S::ZERO; 2];
            for (low, sides) in low.iter_mut().zip(&gathered).rev() {
                for ((low, side), sum) in low.iter_mut().zip(sides).zip(&mut sum) {
                    *low = now.low * (side[i] + *sum) + keep * *low;
                    *sum = *low;
                }
            }
            (wet[0][i], wet[1][i]) = (sum[0], sum[1]);
        }
        self.low = low;
        for (x, wet) in [left, right].into_iter().zip(&wet) {
            for ((x, wet), now) in x.iter_mut().zip(wet).zip(&now) {
                *x = now.dry * *x + now.wet * *wet;
            }
        }
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Shoebox<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.numbers.tune(coeffs.numbers, over);
        self.room.tune(coeffs.room, over);
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Shoebox<S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let n = self.room.piece(self.clock.piece(block.frames() - at, CHUNK));
            block.part(at, n).with_pair(0, false, |left, right| self.chunk(left, right));
            self.numbers.advance(n);
            self.room.advance(n);
            if self.clock.advance(n) {
                self.low = self.low.map(|pair| pair.map(Sample::flush));
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.history.rewind();
        self.low = [[S::ZERO; 2]; ORDERS];
        self.clock = Clock::default();
        self.numbers.finish();
        self.room.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let longest = self.room.all().map(Room::longest).max().unwrap_or(0);
        // Low-passes of the same cut-off, one behind the other.
        let low = Tail::of_time_constant::<S>(ORDERS as f64 / self.numbers.target().low.to_f64());
        Tail::Frames(Frames(u64::from(longest) + self.numbers.left() as u64)).and_then(low)
    }
}
