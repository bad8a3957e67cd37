//! Where peaks are, before and after limiting.

use crate::threads::both;
use dsp_core::filter::between::{Quarters, Sixteenths};
use dsp_core::units::Decibels;

/// Taps of the first look, which steers the gain.
const COARSE: usize = 32;
/// Taps of the reading that finds what may exceed the ceiling.
const FINE: usize = 64;
/// Taps of the reading that decides: flat to 0.497 x rate. Clipped mixes reach that far, and 64 taps read them 0.02 dB low.
const LONG: usize = 1024;
/// Peaks this far below the ceiling are read again: 0.12 dB.
const SUSPECT: f32 = 0.986;
/// Where the short reading's samples lie in those of the long one.
const OFFSET: usize = (LONG - FINE) / 2;
/// Frames looked at in one go.
const STEP: usize = 4096;

/// The loudest of all channels between every frame and the next, at 4x. Peaks before the first frame count for it.
pub(super) fn envelope(planes: &[Vec<f32>], threads: usize) -> Vec<f32> {
    let frames = planes.first().map_or(0, Vec::len);
    let mut whole = vec![0.0; frames];
    // Frames are independent: the second half goes to another thread.
    let middle = if threads > 1 { frames / 2 } else { frames };
    let (first, second) = whole.split_at_mut(middle);
    let quarters = Quarters::<f32, COARSE>::new();
    both(threads, || part(&quarters, planes, 0, first), || part(&quarters, planes, middle, second));
    whole
}

fn part(quarters: &Quarters<f32, COARSE>, planes: &[Vec<f32>], from: usize, out: &mut [f32]) {
    let mut stretch = vec![0.0; STEP + COARSE];
    for plane in planes {
        for (index, out) in out.chunks_mut(STEP).enumerate() {
            let start = from + index * STEP;
            // The interval after frame n needs T/2 - 1 frames before n and T/2 after it.
            let x = window(plane, start as isize - (COARSE as isize / 2 - 1), &mut stretch[..out.len() + COARSE - 1]);
            quarters.run(x, out);
        }
        if from == 0 && !out.is_empty() {
            let before = &mut [0.0];
            quarters.run(window(plane, -(COARSE as isize / 2), &mut stretch[..COARSE]), before);
            out[0] = out[0].max(before[0]);
        }
    }
}

/// `out.len()` samples from `start` on, zeros beyond both ends.
fn window<'a>(plane: &[f32], start: isize, out: &'a mut [f32]) -> &'a [f32] {
    let lead = (-start).clamp(0, out.len() as isize) as usize;
    let from = (start.max(0) as usize).min(plane.len());
    let n = (plane.len() - from).min(out.len() - lead);
    out[..lead].fill(0.0);
    out[lead..lead + n].copy_from_slice(&plane[from..from + n]);
    out[lead + n..].fill(0.0);
    out
}

/// Reads a limited stream at 16x and lists what exceeds a ceiling.
pub(super) struct Reader {
    scanner: Box<Sixteenths<f32, FINE>>,
    judge: Box<Sixteenths<f32, LONG>>,
    ceiling: f32,
    frames: usize,
    position: usize,
    channels: Vec<Vec<f32>>,
    gains: Vec<f32>,
    found: Vec<Over>,
}

/// A peak above the ceiling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Over {
    /// Frame before the peak.
    pub(super) frame: usize,
    /// Peak over ceiling.
    pub(super) ratio: f32,
    /// Gain there.
    pub(super) gain: f32,
}

impl Reader {
    pub(super) fn new(channels: usize, frames: usize, ceiling: f32) -> Self {
        Self {
            scanner: Box::default(),
            judge: Box::default(),
            ceiling,
            frames,
            position: 0,
            channels: vec![vec![0.0; LONG - 1]; channels],
            gains: vec![1.0; LONG - 1],
            found: Vec::new(),
        }
    }

    /// The next frames: their gains and, of every channel, the samples.
    pub(super) fn observe<'a>(&mut self, gains: &[f32], planes: impl Iterator<Item = &'a [f32]>) {
        self.gains.extend_from_slice(gains);
        let (position, ceiling, last) = (self.position, self.ceiling, self.frames.saturating_sub(1));
        for (history, x) in self.channels.iter_mut().zip(planes) {
            history.extend_from_slice(x);
            let (short, floor) = (&history[OFFSET..history.len() - OFFSET], ceiling * SUSPECT);
            self.scanner.scan(short, floor, |interval, peak| {
                // Where content reaches half the rate either may read higher; both have to hold.
                let peak = peak.max(self.judge.peak(&history[interval..interval + LONG]));
                if peak > ceiling {
                    let frame = (position + interval).saturating_sub(LONG / 2).min(last);
                    let gain = self.gains[interval + LONG / 2 - 1].max(self.gains[interval + LONG / 2]);
                    self.found.push(Over { frame, ratio: peak / ceiling, gain });
                }
                floor
            });
            history.drain(..x.len());
        }
        self.gains.drain(..gains.len());
        self.position += gains.len();
    }

    /// What exceeded the ceiling, with the peaks after the last frame: sorted by frame, the highest peak of each.
    pub(super) fn finish(mut self) -> Vec<Over> {
        let silence = [0.0; LONG];
        let (count, last) = (self.channels.len(), self.gains[LONG - 2]);
        self.observe(&[last; LONG], std::iter::repeat_n(&silence[..], count));
        self.found.sort_by(|a, b| a.frame.cmp(&b.frame).then(b.ratio.total_cmp(&a.ratio)));
        self.found.dedup_by_key(|over| over.frame);
        self.found
    }
}

/// The true peak of a finished programme if it is above `ceiling`; both in dBTP.
pub(super) fn above(planes: &[Vec<f32>], ceiling: f64) -> Option<f64> {
    let frames = planes.first().map_or(0, Vec::len);
    let mut reader = Reader::new(planes.len(), frames, Decibels(ceiling).amplitude() as f32);
    let gains = [1.0; STEP];
    for start in (0..frames).step_by(STEP) {
        let end = (start + STEP).min(frames);
        reader.observe(&gains[..end - start], planes.iter().map(|p| &p[start..end]));
    }
    let worst = reader.finish().iter().map(|over| f64::from(over.ratio)).fold(1.0, f64::max);
    (worst > 1.0).then(|| ceiling + Decibels::from_amplitude(worst).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp_core::signal;

    fn programme() -> Vec<Vec<f32>> {
        (0..2)
            .map(|c| {
                let mut level = 0.0;
                signal::white::<f32>(c, 1.0)
                    .map(|v| {
                        level = 0.6 * level + 0.4 * v;
                        level
                    })
                    .take(10_000)
                    .collect()
            })
            .collect()
    }

    #[test]
    fn threads_do_not_change_the_envelope() {
        let planes = programme();
        let one = envelope(&planes, 1);
        assert_eq!(one, envelope(&planes, 2));
        for (n, e) in one.iter().enumerate() {
            assert!(planes.iter().all(|p| *e >= p[n].abs()));
        }
    }

    #[test]
    fn pieces_do_not_change_the_reading() {
        let planes = programme();
        let read = |cut: usize| {
            let mut reader = Reader::new(2, 10_000, 0.6);
            for start in (0..10_000).step_by(cut) {
                let end = (start + cut).min(10_000);
                reader.observe(&vec![1.0; end - start], planes.iter().map(|p| &p[start..end]));
            }
            reader.finish()
        };
        let whole = read(10_000);
        assert!(whole.len() > 50 && whole == read(4_096) && whole == read(33));
        let envelope = envelope(&planes, 1);
        for Over { frame, ratio, .. } in whole {
            let at = (frame.saturating_sub(1)..=(frame + 1).min(9_999)).map(|n| envelope[n]).fold(0.0, f32::max);
            assert!(at > 0.6 * ratio * 0.85, "the first look sees nearly as much at {frame}");
        }
    }
}
