//! How loud it is: the numbers every broadcaster and streaming service asks for.
//!
//! K-weighted ([`crate::design::k_weighting`]) mean squares, summed over channels with the weights of the
//! [`Layout`]: `L = -0.691 + 10 log10(sum of G_i z_i)` in LUFS.
//!
//! | reading | what it is | from |
//! |---|---|---|
//! | `momentary`, its maximum | sliding 400 ms, every 10 ms | Tech 3341 |
//! | `short_term`, its maximum | sliding 3 s, every 10 ms | Tech 3341 |
//! | `integrated` | blocks of 400 ms every 100 ms that pass -70 LUFS and then -10 LU | BS.1770-5 |
//! | `range` | 10th to 95th percentile of short-term values every 100 ms that pass -70 LUFS, then -20 LU | Tech 3342 |
//! | `true_peak` | 16x, see [`super::true_peak`]; the highest of all channels, LFE included | BS.1770-5 Annex 2 |
//! | `sample_peak` | the highest sample | |
//!
//! Gating is exact: the energy of every 100 ms is kept in the caller's storage, as much as [`required_len`] was asked for.
//! When that is full, `integrated` and `range` stay those of the programme up to there and `complete` turns false; all
//! other readings go on.
//!
//! A value that is not defined yet, or of silence, is `None`. One channel counts once (`Layout::MONO`); for a mono file
//! that will be heard from two loudspeakers set `dual_mono`, +3.01 LU.
//!
//! At rates that 100 does not divide, steps of 10 ms end at the nearest frame, so windows are exact on average and means
//! are taken over the frames there are. `f32` needs no `f64` per frame: the filters are incremental state-variable ones, squares
//! are summed in eight lanes for 10 ms.
//!
//! Sources: ITU-R BS.1770-5 (11/2023); EBU R 128 (2023), Tech 3341 and Tech 3342 (2023).

mod gate;
mod windows;

use crate::block::Block;
use crate::design::k_weighting;
use crate::design::section::Coeffs;
use crate::error::Error;
use crate::filter::between::Sixteenths;
use crate::filter::cascade::steady;
use crate::filter::svf;
use crate::layout::{Layout, MAX_CHANNELS};
use crate::meter::true_peak::{self, MAX_TAPS, channel_len, observe_channel};
use crate::process::{CHUNK, Clock};
use crate::sample::Sample;
use crate::storage::{Storage, take};
use crate::units::{Decibels, Frames, Lufs, SampleRate, Seconds};
use windows::{SHORT_TERM, Slots};

/// Lanes in which squares are summed.
const LANES: usize = 8;
/// State of both filter stages for a pair of channels.
const STATE: usize = 8;

/// What fixes memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// Channels and their places.
    pub layout: Layout,
    /// Whether one channel counts as two.
    pub dual_mono: bool,
    /// Whether to read true peaks (about half of the work).
    pub true_peak: bool,
}

impl Setup {
    /// Everything measured, mono as one channel.
    pub const fn new(rate: SampleRate, layout: Layout) -> Self {
        Self { rate, layout, dual_mono: false, true_peak: true }
    }
}

/// What the meter has seen since `new` or `reset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Loudness of the last 400 ms.
    pub momentary: Option<Lufs>,
    /// Loudness of the last 3 s.
    pub short_term: Option<Lufs>,
    /// Highest momentary loudness.
    pub momentary_max: Option<Lufs>,
    /// Highest short-term loudness.
    pub short_term_max: Option<Lufs>,
    /// Gated loudness of the programme.
    pub integrated: Option<Lufs>,
    /// Loudness range; not stable before a minute has passed.
    pub range: Option<Decibels>,
    /// Highest true peak, dBTP; minus infinity for silence; `None` when not measured.
    pub true_peak: Option<Decibels>,
    /// Highest sample, dBFS; minus infinity for silence.
    pub sample_peak: Decibels,
    /// Length of the programme.
    pub frames: Frames,
    /// Whether storage held the whole programme.
    pub complete: bool,
}

/// Samples of storage to measure up to `duration` with `taps` taps a phase (64 unless another number is chosen).
pub fn required_len(setup: &Setup, duration: Seconds, taps: usize) -> usize {
    let blocks = libm::ceil(duration.0.clamp(0.0, 1e7) * 10.0) as usize + 1;
    fixed_len(setup, taps) + 2 * blocks
}

/// All but the list of blocks.
fn fixed_len(setup: &Setup, taps: usize) -> usize {
    let channels = setup.layout.channels();
    STATE * channels.div_ceil(2) + channels * (LANES + channel_len(taps)) + SHORT_TERM
}

/// The meter; `M` is storage of [`required_len`] samples, `T` the taps a phase of the true-peak reading.
#[derive(Debug, Clone)]
pub struct Loudness<S, M, const T: usize = MAX_TAPS> {
    setup: Setup,
    weighting: [svf::Coeffs<S>; 2],
    /// Power weight of each channel.
    weights: [S; MAX_CHANNELS],
    scanner: Sixteenths<S, T>,
    clock: Clock,
    slots: Slots,
    highest: [f64; 2],
    storage: M,
}

/// The parts of the storage.
struct Parts<'a, S> {
    filters: &'a mut [S],
    lanes: &'a mut [S],
    peaks: &'a mut [S],
    ring: &'a mut [S],
    blocks: &'a mut [S],
}

fn parts<'a, S>(setup: &Setup, taps: usize, storage: &'a mut [S]) -> Parts<'a, S> {
    let (mut rest, channels) = (storage, setup.layout.channels());
    Parts {
        filters: take(&mut rest, STATE * channels.div_ceil(2)),
        lanes: take(&mut rest, channels * LANES),
        peaks: take(&mut rest, channels * channel_len(taps)),
        ring: take(&mut rest, SHORT_TERM),
        blocks: rest,
    }
}

impl<S: Sample, M: Storage<S>, const T: usize> Loudness<S, M, T> {
    /// Builds the meter; `storage` is cleared, and what exceeds the fixed part is used for the programme.
    pub fn new(setup: &Setup, mut storage: M) -> Result<Self, Error> {
        true_peak::check::<T>()?;
        Error::check_len("loudness", required_len(setup, Seconds(0.0), T), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        let [shelf, high_pass] = k_weighting::stages(setup.rate);
        let transfer = |c: Coeffs<f64>| svf::Coeffs::from_transfer(c.numerator(), c.denominator());
        Ok(Self {
            setup: *setup,
            weighting: [transfer(shelf)?, transfer(high_pass)?],
            weights: core::array::from_fn(|channel| S::from_f64(setup.layout.loudness_weight(channel))),
            scanner: Sixteenths::new(),
            clock: Clock::default(),
            slots: Slots::new(setup.rate),
            highest: [0.0; 2],
            storage,
        })
    }

    /// As new.
    pub fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
        self.clock = Clock::default();
        self.slots = Slots::new(self.setup.rate);
        self.highest = [0.0; 2];
    }

    /// Looks at a block. Channels the block lacks count as silent, those beyond the layout are not looked at.
    pub fn observe(&mut self, block: &Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let n = self.clock.piece(block.frames() - at, CHUNK.min(self.slots.left()));
            self.piece(block, at, n);
            if self.clock.advance(n) {
                for s in parts(&self.setup, T, self.storage.as_mut()).filters {
                    *s = s.flush();
                }
            }
            if self.slots.advance(n) {
                self.close_slot();
            }
            at += n;
        }
    }

    /// `n` frames from `at` on, within one slot.
    fn piece(&mut self, block: &Block<'_, S>, at: usize, n: usize) {
        let (weights, position) = (&self.weights, self.slots.position());
        let channels = self.setup.layout.channels().min(block.channels());
        let p = parts(&self.setup, T, self.storage.as_mut());
        let lanes = p.lanes.chunks_mut(2 * LANES);
        let peaks = p.peaks.chunks_mut(2 * channel_len(T));
        for (pair, ((state, lanes), peaks)) in p.filters.chunks_exact_mut(STATE).zip(lanes).zip(peaks).enumerate() {
            let mut both = [[S::ZERO; CHUNK]; 2];
            for (side, x) in both.iter_mut().enumerate().take(channels.saturating_sub(2 * pair)) {
                for (x, v) in x.iter_mut().zip(&block.channel(2 * pair + side)[at..at + n]) {
                    *x = v.clean();
                }
                let slot = &mut peaks[side * channel_len(T)..][..channel_len(T)];
                if self.setup.true_peak {
                    observe_channel(&self.scanner, slot, &x[..n]);
                } else {
                    slot[T - 1] = slot[T - 1].larger(crate::filter::between::loudest(&x[..n]));
                }
            }
            if weights[2 * pair..].iter().take(2).all(|weight| *weight == S::ZERO) {
                continue;
            }
            let [left, right] = &mut both;
            steady(&self.weighting, state, &mut left[..n], &mut right[..n]);
            for (x, lanes) in both.iter().zip(lanes.chunks_exact_mut(LANES)) {
                add_squares(lanes, position, &x[..n]);
            }
        }
    }

    /// Ten milliseconds are over: their energy goes into the windows.
    fn close_slot(&mut self) {
        let p = parts(&self.setup, T, self.storage.as_mut());
        let mut energy = S::ZERO;
        for (lanes, weight) in p.lanes.chunks_exact_mut(LANES).zip(&self.weights) {
            let sum = lanes.iter().fold(S::ZERO, |a, b| a + *b);
            lanes.fill(S::ZERO);
            energy += *weight * sum;
        }
        if self.setup.dual_mono && self.setup.layout.channels() == 1 {
            energy += energy;
        }
        self.slots.push(p.ring, p.blocks, energy);
        for (highest, window) in self.highest.iter_mut().zip(self.slots.windows()) {
            if window > *highest {
                *highest = window;
            }
        }
    }

    /// Loudness of the last 400 ms; at once, for live displays.
    pub fn momentary(&self) -> Option<Lufs> {
        loudness(self.slots.windows()[0])
    }

    /// Loudness of the last 3 s; at once, for live displays.
    pub fn short_term(&self) -> Option<Lufs> {
        loudness(self.slots.windows()[1])
    }

    /// What has been seen so far. Takes time with the length of the programme (about 10 ms for an hour on a desktop):
    /// not for the audio thread of a small target.
    pub fn reading(&self) -> Reading {
        let storage = self.storage.as_ref();
        let fixed = fixed_len(&self.setup, T);
        let channels = self.setup.layout.channels();
        let blocks = &storage[fixed..];
        let held = &storage[fixed - SHORT_TERM - channels * channel_len(T)..][..channels * channel_len(T)];
        let highest = |offset: usize| {
            let peaks = held.chunks_exact(channel_len(T)).map(|slot| slot[offset]);
            Decibels::from_amplitude(peaks.fold(S::ZERO, S::larger).to_f64())
        };
        let [momentary_max, short_term_max] = self.highest.map(loudness);
        let listed = self.slots.listed(blocks);
        Reading {
            momentary: self.momentary(),
            short_term: self.short_term(),
            momentary_max,
            short_term_max,
            integrated: gate::integrated(&listed).and_then(loudness),
            range: gate::range(&listed),
            true_peak: self.setup.true_peak.then(|| highest(T)),
            sample_peak: highest(T - 1),
            frames: self.slots.frames(),
            complete: listed.complete,
        }
    }
}

/// Mean square to loudness; `None` for nothing.
pub(crate) fn loudness(mean_square: f64) -> Option<Lufs> {
    (mean_square > 0.0).then(|| Lufs(10.0 * libm::log10(mean_square) - 0.691))
}

/// Adds squares to the lanes; sample `i` of a slot belongs to lane `i % LANES`, wherever the stream is cut.
#[inline(always)]
fn add_squares<S: Sample>(lanes: &mut [S], position: usize, x: &[S]) {
    let lanes: &mut [S; LANES] = lanes.try_into().expect("a slot of lanes");
    let lead = x.len().min((LANES - position % LANES) % LANES);
    let (lead, aligned) = x.split_at(lead);
    for (i, v) in lead.iter().enumerate() {
        lanes[(position + i) % LANES] += *v * *v;
    }
    let mut chunks = aligned.chunks_exact(LANES);
    let mut sums = *lanes;
    for chunk in &mut chunks {
        for (sum, v) in sums.iter_mut().zip(chunk) {
            *sum += *v * *v;
        }
    }
    for (sum, v) in sums.iter_mut().zip(chunks.remainder()) {
        *sum += *v * *v;
    }
    *lanes = sums;
}
