//! Level and limit in memory: the gain that gives a loudness, under a ceiling that holds between samples.
//!
//! 1. Peaks are read once at 4x; the gain path runs on them scaled, so a trial costs a pass of gains and a loudness meter.
//! 2. A secant search finds the drive ([`super::solve`]).
//! 3. The result is read at 16x, decisively with 1024 taps. Where it exceeds the ceiling, the gain is asked to be lower by just that
//!    much there and the pass is repeated; wishes only grow, so this settles. What is left is trimmed by a static gain.
//!
//! The ceiling is aimed at 0.01 dB lower, which leaves room for the difference between our kernel and an ideal one;
//! what dither can add is kept free besides.

use super::gains::Gains;
use super::peaks::{Over, Reader, envelope};
use super::solve::{Solution, TOLERANCE, solve};
use crate::preset::Limiting;
use crate::threads::pipe;
use dsp_core::block::Block;
use dsp_core::error::Error;
use dsp_core::layout::Layout;
use dsp_core::meter::loudness::{Loudness, Setup, required_len};
use dsp_core::meter::true_peak::MAX_TAPS;
use dsp_core::units::{Decibels, Frames, SampleRate};
use serde::Serialize;

/// Frames of a piece.
const PIECE: usize = 4096;
/// How far below the ceiling peaks are kept, dB.
const ROOM: f64 = 0.01;
/// Most passes that lower targets.
const MOST_PASSES: usize = 8;
/// A residue above the ceiling that is left to a static gain, dB.
const TRIM: f64 = 0.004;
/// Highest excess counted in the statistics, in tenths of a dB.
const BINS: usize = 600;

/// What is to be reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    /// Integrated loudness, LUFS; without, the drive stays at 0 dB.
    pub(super) loudness: Option<f64>,
    /// True-peak ceiling, dBTP.
    pub(super) ceiling: f64,
    /// Amplitude that is added later at most (dither), read between samples.
    pub(super) later: f64,
    /// Drive that gives the target if nothing has to be limited, dB.
    pub(super) start: f64,
}

/// How the limiter worked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Reduction {
    /// Mean over the programme, dB.
    pub mean_db: f64,
    /// Exceeded 5 % of the time, dB.
    pub p95_db: f64,
    /// Largest, dB.
    pub max_db: f64,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limited {
    pub(super) drive_db: f64,
    pub(super) reached: bool,
    pub(super) reduction: Reduction,
    /// Renders it took.
    pub(super) renders: usize,
}

/// The programme and how to meter it.
pub(super) struct Material<'a> {
    pub(super) rate: SampleRate,
    pub(super) layout: Layout,
    pub(super) dual_mono: bool,
    pub(super) threads: usize,
    pub(super) limiting: Limiting,
    pub(super) planes: &'a mut [Vec<f32>],
}

/// One piece of a render on its way from the gains to the meters.
struct Piece {
    planes: Vec<Vec<f32>>,
    gains: Vec<f32>,
    frames: usize,
}

/// What one render is asked for besides loudness.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    Loudness,
    Peaks,
}

struct Heard {
    loudness: f64,
    over: Vec<Over>,
}

impl Material<'_> {
    fn frames(&self) -> usize {
        self.planes.first().map_or(0, Vec::len)
    }

    /// Renders with `drive` and listens, without changing the material.
    fn render(
        &self,
        envelope: &[f32],
        drive: f64,
        ceiling: f64,
        extra: &[(usize, f32)],
        look: Look,
    ) -> Result<Heard, Error> {
        let (frames, channels) = (self.frames(), self.planes.len());
        let drive = Decibels(drive).amplitude();
        let mut gains = Gains::new(self.rate, self.limiting, envelope, (drive / ceiling) as f32, extra)?;
        let setup = Setup { rate: self.rate, layout: self.layout, dual_mono: self.dual_mono, true_peak: false };
        let length = Frames(frames as u64).seconds(self.rate);
        let mut meter = Loudness::<f32, _>::new(&setup, vec![0.0; required_len(&setup, length, MAX_TAPS)])?;
        let mut reader = Reader::new(channels, frames, ceiling as f32);
        let (planes, mut at) = (&*self.planes, 0);
        let new = || Piece { planes: vec![vec![0.0; PIECE]; channels], gains: vec![0.0; PIECE], frames: 0 };
        let make = move |piece: &mut Piece| {
            let n = PIECE.min(frames - at);
            let gain = &mut piece.gains[..n];
            gains.next(gain);
            for (out, x) in piece.planes.iter_mut().zip(planes) {
                apply(gain, drive as f32, &x[at..at + n], &mut out[..n]);
            }
            piece.frames = n;
            at += n;
            n > 0
        };
        pipe(self.threads, new, make, |piece| {
            let n = piece.frames;
            if look == Look::Peaks {
                reader.observe(&piece.gains[..n], piece.planes.iter().map(|p| &p[..n]));
            }
            let mut view = &mut piece.planes[..];
            meter.observe(&Block::new(&mut view).part(0, n));
        });
        let loudness = meter.reading().integrated.map_or(f64::NEG_INFINITY, |l| l.0);
        Ok(Heard { loudness, over: if look == Look::Peaks { reader.finish() } else { Vec::new() } })
    }

    /// Finds the drive, closes the ceiling and changes the material accordingly. `progress` hears 0 to 1.
    pub(super) fn limit(&mut self, goal: &Goal, progress: &mut dyn FnMut(f64)) -> Result<Limited, Error> {
        let ceiling = Decibels(goal.ceiling - ROOM).amplitude() - goal.later;
        // Dither of a low ceiling: half of it at least is for the music.
        let ceiling = ceiling.max(0.5 * Decibels(goal.ceiling).amplitude());
        let peaks = envelope(self.planes, self.threads);
        let (mut renders, mut passes, mut last) = (0, 0, None);
        let mut told = |renders: usize| progress(1.0 - 0.8_f64.powi(renders as i32 + 1));
        told(0);
        let mut solution = match goal.loudness {
            None => Solution { gain: 0.0, loudness: f64::NEG_INFINITY, reached: false, slope: 1.0 },
            Some(target) => solve(target, goal.start, |drive| {
                renders += 1;
                told(renders);
                // The first is rarely the last: only later ones are looked at for peaks.
                let look = if renders == 1 { Look::Loudness } else { Look::Peaks };
                let heard = self.render(&peaks, drive, ceiling, &[], look);
                let loudness = heard.as_ref().map_or(target, |heard| heard.loudness);
                last = Some((drive, look, heard));
                loudness
            }),
        };
        let mut extra: Vec<(usize, f32)> = Vec::new();
        let worst = loop {
            let heard = match last.take() {
                Some((drive, Look::Peaks, heard)) if drive == solution.gain => heard?,
                _ => {
                    renders += 1;
                    told(renders);
                    self.render(&peaks, solution.gain, ceiling, &extra, Look::Peaks)?
                }
            };
            let short = goal.loudness.filter(|_| solution.reached).map_or(0.0, |target| target - heard.loudness);
            let worst = heard.over.iter().fold(1.0, |a: f32, b| a.max(b.ratio));
            let closed = 20.0 * f64::from(worst).log10() <= TRIM;
            passes += 1;
            if (closed && short.abs() <= TOLERANCE) || passes == MOST_PASSES {
                break worst;
            }
            lower(&mut extra, &heard.over, (Decibels(solution.gain).amplitude() / ceiling) as f32);
            if short.abs() > TOLERANCE / 2.0 {
                solution.gain += short / solution.slope;
            }
        };
        let reduction = self.commit(&peaks, &solution, ceiling, &extra, 1.0 / worst)?;
        progress(1.0);
        Ok(Limited { drive_db: solution.gain, reached: solution.reached, reduction, renders })
    }

    /// The last render, in place.
    fn commit(
        &mut self,
        envelope: &[f32],
        solution: &Solution,
        ceiling: f64,
        extra: &[(usize, f32)],
        trim: f32,
    ) -> Result<Reduction, Error> {
        let drive = Decibels(solution.gain).amplitude();
        let mut gains = Gains::new(self.rate, self.limiting, envelope, (drive / ceiling) as f32, extra)?;
        let (frames, mut gain, mut statistics) = (self.frames(), [0.0; PIECE], vec![0_u64; BINS]);
        let mut source = vec![0.0; PIECE];
        for at in (0..frames).step_by(PIECE) {
            let n = PIECE.min(frames - at);
            gains.next(&mut gain[..n]);
            for plane in self.planes.iter_mut() {
                source[..n].copy_from_slice(&plane[at..at + n]);
                apply(&gain[..n], drive as f32, &source[..n], &mut plane[at..at + n]);
                if trim < 1.0 {
                    plane[at..at + n].iter_mut().for_each(|v| *v *= trim);
                }
            }
            for g in &gain[..n] {
                let tenths = (-200.0 * g.log10()).round() as usize;
                statistics[tenths.min(BINS - 1)] += 1;
            }
        }
        Ok(reduction(&statistics))
    }
}

/// `out = x * drive * gain`: the same operations in every pass.
#[inline(always)]
fn apply(gain: &[f32], drive: f32, x: &[f32], out: &mut [f32]) {
    for ((o, x), g) in out.iter_mut().zip(x).zip(gain) {
        *o = x * (drive * g);
    }
}

/// Adds wishes for a lower gain to `extra`: the envelope value that makes the gain what it was, less the excess.
fn lower(extra: &mut Vec<(usize, f32)>, over: &[Over], scale: f32) {
    // A little more than needed, so that what smoothing adds elsewhere does not take another pass.
    extra.extend(over.iter().map(|o| (o.frame, o.ratio * 1.0002 / (o.gain * scale))));
    extra.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    extra.dedup_by_key(|entry| entry.0);
}

fn reduction(statistics: &[u64]) -> Reduction {
    let frames: u64 = statistics.iter().sum();
    if frames == 0 {
        return Reduction::default();
    }
    let db = |bin: usize| bin as f64 / 10.0;
    let mean = statistics.iter().enumerate().map(|(bin, n)| db(bin) * *n as f64).sum::<f64>() / frames as f64;
    let mut left = frames;
    let p95 = statistics.iter().position(|n| {
        left -= n;
        left as f64 <= 0.05 * frames as f64
    });
    let max = statistics.iter().rposition(|n| *n > 0);
    Reduction { mean_db: mean, p95_db: p95.map_or(0.0, db), max_db: max.map_or(0.0, db) }
}
