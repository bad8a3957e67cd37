//! Loudspeakers and sounds all around, on headphones.
//!
//! Each source is delayed for each ear and convolved with that ear's response ([`hrir`]): `ear = sum over sources of
//! h_ear * (gain x)(n - d_ear)`. Channels 0 up to the number of sources are the input; channel 0 becomes the left and channel 1 the
//! right ear, the other inputs fall silent. [`Params::of_layout`] makes the channels of a layout virtual loudspeakers. The set comes
//! from a measurement ([`prepare`]) or from the built-in spherical head ([`sphere`]).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `places[i].azimuth` | degrees, positive to the left | -360 to 360 | 0 |
//! | `places[i].elevation` | degrees, positive upwards | -90 to 90 | 0 |
//! | `places[i].gain` | dB | -inf to 24 | 0 |
//!
//! A move follows the shorter great circle at a smooth speed. Every 256 frames counted from its start new responses and delays are
//! taken from the set; in between responses cross-fade and delays glide frame by frame.
//!
//! Latency: 2 frames (the delays of the set are sound, not latency). Tail: response and longest delay. The delay reads between
//! samples by a polynomial of fifth degree: -0.4 dB at a quarter of the rate and -2 dB at a third in the worst case, half-way between samples.
//! About 20 ns per frame and source with 64 taps at rest, 50 on the way (`f32`, `benches/surround.rs`).
//!
//! Not for long responses: what a room adds belongs in a reverb, before or beside.
//!
//! Sources: see [`sphere`]; delays apart from responses: D. J. Kistler and F. L. Wightman, JASA 91(3), 1992.

pub mod hrir;
pub mod prepare;
pub mod sphere;
mod voice;

use super::vbap::check;
use super::vector::{Arc, narrow};
use crate::block::Block;
use crate::error::Error;
use crate::layout::{Direction, Layout, MAX_CHANNELS};
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::Ramp;
use crate::sample::{Sample, clean_all};
use crate::storage::{Storage, take};
use crate::units::{Decibels, Frames, SampleRate};
use hrir::HrirSet;
use voice::{AHEAD, convolve, delayed, moving, reach};

/// Frames between two looks into the set: 5 ms at 48 kHz, in which a source that circles once a second moves by 2 degrees.
const CELL: usize = 256;

/// What fixes memory: the set and the number of sources.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a, S> {
    /// Sample rate; the set has to have the same.
    pub rate: SampleRate,
    /// Responses.
    pub set: HrirSet<'a, S>,
    /// Sources, 1 to 24.
    pub sources: usize,
}

impl<S: Sample> Setup<'_, S> {
    fn reach(&self) -> usize {
        reach(self.set.longest())
    }

    /// Past of the source; of each ear the past of its delayed sound, the response now, the response to come.
    fn lengths(&self) -> [usize; 3] {
        let taps = self.set.taps();
        [self.reach() + CHUNK, 2 * (taps - 1 + CHUNK), 2 * taps]
    }

    fn per_source(&self) -> usize {
        let [past, ears, responses] = self.lengths();
        past + ears + 2 * responses
    }
}

/// Where a source is and how loud.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Place {
    /// Degrees from the front, positive to the left.
    pub azimuth: f64,
    /// Degrees from ear height, positive upwards.
    pub elevation: f64,
    /// Gain of the source.
    pub gain: Decibels,
}

impl Default for Place {
    fn default() -> Self {
        Self { azimuth: 0.0, elevation: 0.0, gain: Decibels(0.0) }
    }
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Sources in the order of their channels.
    pub places: [Place; MAX_CHANNELS],
}

impl Params {
    /// The channels of a layout as virtual loudspeakers where they nominally stand. Channels without a place (LFE, unplaced) are silent.
    pub fn of_layout(layout: &Layout) -> Self {
        let place = |channel| {
            layout.direction(channel).map_or(Place { gain: Decibels::SILENCE, ..Place::default() }, |d| Place {
                azimuth: d.azimuth,
                elevation: d.elevation,
                ..Place::default()
            })
        };
        Self { places: core::array::from_fn(place) }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    vectors: [[S; 3]; MAX_CHANNELS],
    gains: [S; MAX_CHANNELS],
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup<'_, S>, params: &Params) -> Result<Self, Error> {
        Error::check("sources", setup.sources as f64, 1.0, MAX_CHANNELS as f64, "")?;
        if setup.rate != setup.set.rate() {
            return Err(Error::Conflict {
                parameter: "sample rate",
                value: setup.rate.hertz(),
                other: "that of the responses",
                other_value: setup.set.rate().hertz(),
                rule: "must equal",
                unit: "Hz",
            });
        }
        let mut out = Self { vectors: [[S::ONE, S::ZERO, S::ZERO]; MAX_CHANNELS], gains: [S::ZERO; MAX_CHANNELS] };
        for (i, place) in params.places.iter().enumerate().take(setup.sources) {
            let direction = Direction::new(place.azimuth, place.elevation);
            check(direction)?;
            Error::check("gain", place.gain.0, f64::NEG_INFINITY, 24.0, "dB")?;
            out.vectors[i] = narrow(direction.vector());
            out.gains[i] = S::from_f64(place.gain.amplitude());
        }
        Ok(out)
    }
}

/// Samples of storage.
pub fn required_len<S: Sample>(setup: &Setup<'_, S>) -> usize {
    setup.sources.saturating_mul(setup.per_source())
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Renderer<'a, S, M> {
    setup: Setup<'a, S>,
    gains: Ramp<[S; MAX_CHANNELS]>,
    arcs: [Arc<S>; MAX_CHANNELS],
    /// Delays of both ears at the start and at the end of the cell.
    delays: [[[S; 2]; 2]; MAX_CHANNELS],
    /// Frames done of the cell, and its length: 0 while nothing moves.
    done: usize,
    cell: usize,
    storage: M,
}

impl<'a, S: Sample, M: Storage<S>> Renderer<'a, S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup<'a, S>, params: &Params, storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Error::check_len("binaural", required_len(setup), storage.as_ref().len())?;
        let mut out = Self {
            setup: *setup,
            gains: Ramp::smooth(coeffs.gains),
            arcs: coeffs.vectors.map(Arc::resting),
            delays: [[[S::ZERO; 2]; 2]; MAX_CHANNELS],
            done: 0,
            cell: 0,
            storage,
        };
        out.reset();
        Ok(out)
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Responses of a source at the start and at the end of the cell, left then right.
    fn responses(&mut self, source: usize) -> (&mut [S], &mut [S]) {
        let [past, ears, responses] = self.setup.lengths();
        let at = source * self.setup.per_source() + past + ears;
        self.storage.as_mut()[at..at + 2 * responses].split_at_mut(responses)
    }

    /// Takes the responses of a source at `position` of its way from the set.
    fn look(&mut self, source: usize, position: S) {
        let (set, vector) = (self.setup.set, self.arcs[source].at(position));
        let (_, to) = self.responses(source);
        let (left, right) = to.split_at_mut(set.taps());
        let delays = set.mix(vector, left, right);
        self.delays[source][1] = delays;
    }

    /// Begins the next cell, if there is a move.
    fn look_ahead(&mut self) {
        self.done = 0;
        self.cell = self.gains.left().min(CELL);
        if self.cell == 0 {
            return;
        }
        let position = self.gains.position(self.cell);
        for source in 0..self.setup.sources {
            if !self.arcs[source].moves() {
                continue;
            }
            let (from, to) = self.responses(source);
            from.copy_from_slice(to);
            self.delays[source][0] = self.delays[source][1];
            self.look(source, position);
        }
    }

    /// All sources at the end of their way.
    fn settle(&mut self) {
        self.gains.finish();
        (self.done, self.cell) = (0, 0);
        for source in 0..self.setup.sources {
            self.arcs[source] = Arc::resting(self.arcs[source].at(S::ONE));
            self.look(source, S::ONE);
        }
    }

    /// One source of at most [`CHUNK`] frames, no more than the rest of the cell, added to both ears.
    fn voice(&mut self, source: usize, input: &[S], ears: &mut [[S; CHUNK]; 2]) {
        let frames = input.len();
        let (taps, [past, both, responses]) = (self.setup.set.taps(), self.setup.lengths());
        let (done, step) = (self.done, S::ONE / S::from_i32(self.cell.max(1) as i32));
        let moves = self.cell > 0 && self.arcs[source].moves();
        let [from, to] = self.delays[source];
        let per_source = self.setup.per_source();
        let mut rest = &mut self.storage.as_mut()[source * per_source..][..per_source];
        let (past, both) = (take(&mut rest, past), take(&mut rest, both));
        let (before, after) = rest.split_at(responses);
        let reach = past.len() - CHUNK;
        let new = &mut past[reach..reach + frames];
        new.copy_from_slice(input);
        clean_all(new);
        for (i, x) in new.iter_mut().enumerate() {
            *x *= self.gains.map(i, |g| &g[source]);
        }
        let part = |i: usize| S::from_i32((done + i) as i32) * step;
        let stretches = both.chunks_exact_mut(taps - 1 + CHUNK);
        for (ear, (stretch, sum)) in stretches.zip(ears).enumerate() {
            let sound = &mut stretch[taps - 1..taps - 1 + frames];
            let mut heard = [S::ZERO; CHUNK];
            if moves {
                moving(&past[..reach + frames], |i| from[ear] + (to[ear] - from[ear]) * part(i), sound);
                let mut old = [S::ZERO; CHUNK];
                convolve(&before[ear * taps..][..taps], stretch, &mut old, frames);
                convolve(&after[ear * taps..][..taps], stretch, &mut heard, frames);
                for (i, (new, old)) in heard.iter_mut().zip(old).enumerate() {
                    *new = old + (*new - old) * part(i);
                }
            } else {
                delayed(&past[..reach + frames], to[ear], sound);
                convolve(&after[ear * taps..][..taps], stretch, &mut heard, frames);
            }
            for (sum, heard) in sum.iter_mut().zip(heard).take(frames) {
                *sum += heard;
            }
            stretch.copy_within(frames..frames + taps - 1, 0);
        }
        past.copy_within(frames..frames + reach, 0);
    }

    fn chunk(&mut self, block: &mut Block<'_, S>) {
        let (frames, sources) = (block.frames(), self.setup.sources);
        let mut ears = [[S::ZERO; CHUNK]; 2];
        for source in 0..sources {
            if source < block.channels() {
                self.voice(source, block.channel(source), &mut ears);
            } else {
                self.voice(source, &[S::ZERO; CHUNK][..frames], &mut ears);
            }
        }
        for channel in 0..sources.max(2).min(block.channels()) {
            let out = block.channel_mut(channel);
            match ears.get(channel) {
                Some(ear) => out.copy_from_slice(&ear[..frames]),
                None => out.fill(S::ZERO),
            }
        }
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Renderer<'_, S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        let position = self.gains.position(0);
        let part = S::from_i32(self.done as i32) / S::from_i32(self.cell.max(1) as i32);
        for source in 0..self.setup.sources {
            if self.cell > 0 && self.arcs[source].moves() {
                let (from, to) = self.responses(source);
                for (to, from) in to.iter_mut().zip(from) {
                    *to = *from + (*to - *from) * part;
                }
                let [from, to] = self.delays[source];
                self.delays[source][1] = [0, 1].map(|ear| from[ear] + (to[ear] - from[ear]) * part);
            }
            self.arcs[source] = Arc::new(self.arcs[source].at(position), coeffs.vectors[source]);
        }
        self.gains.tune(coeffs.gains, over);
        self.look_ahead();
        if self.cell == 0 {
            self.settle();
        }
    }
}

impl<S: Sample, M: Storage<S>> Process<S> for Renderer<'_, S, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let most = if self.cell > 0 { (self.cell - self.done).min(CHUNK) } else { CHUNK };
            let n = (block.frames() - at).min(most);
            self.chunk(&mut block.part(at, n));
            self.gains.advance(n);
            self.done += n;
            if self.cell > 0 && self.done >= self.cell {
                self.look_ahead();
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.settle();
    }

    fn latency(&self) -> Frames {
        Frames(AHEAD as u64)
    }

    fn tail(&self) -> Tail {
        Tail::Frames(Frames((self.setup.reach() + self.setup.set.taps()) as u64))
    }
}

#[cfg(test)]
mod tests;
