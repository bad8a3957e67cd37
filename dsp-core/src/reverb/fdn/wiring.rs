//! Which channel enters where and hears what.

use crate::layout::{Layout, MAX_CHANNELS};
use crate::process::CHUNK;
use crate::reverb::fdn::ring;
use crate::sample::Sample;
use core::f64::consts::FRAC_1_SQRT_2;

/// A channel that is alone.
pub(super) const NOBODY: u8 = u8::MAX;

/// Channels by how they are treated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wiring<S> {
    /// Gains with which a channel enters the left and right input.
    pub(super) enter: [[S; 2]; MAX_CHANNELS],
    /// Pairs and single channels that hear the room.
    voices: [(u8, u8); MAX_CHANNELS],
    count: usize,
}

impl<S: Sample> Wiring<S> {
    pub(super) fn new(layout: &Layout) -> Self {
        let mut wiring = Self { enter: [[S::ZERO; 2]; MAX_CHANNELS], voices: [(0, NOBODY); MAX_CHANNELS], count: 0 };
        let mut paired = [false; MAX_CHANNELS];
        for (left, right) in layout.pairs() {
            wiring.enter[left] = [S::ONE, S::ZERO];
            wiring.enter[right] = [S::ZERO, S::ONE];
            (paired[left], paired[right]) = (true, true);
            wiring.add(left as u8, right as u8);
        }
        for (channel, position) in layout.positions().iter().enumerate() {
            if !paired[channel] && !position.is_lfe() {
                wiring.enter[channel] = [S::from_f64(FRAC_1_SQRT_2); 2];
                wiring.add(channel as u8, NOBODY);
            }
        }
        wiring
    }

    fn add(&mut self, left: u8, right: u8) {
        self.voices[self.count] = (left, right);
        self.count += 1;
    }

    pub(super) fn voices(&self) -> &[(u8, u8)] {
        &self.voices[..self.count]
    }
}

/// The row of the matrix that a channel hears: neighbours have different signs for either input.
pub(super) const fn row(channel: usize, lines: usize) -> usize {
    (5 * channel + 3) % lines
}

/// Frames in which one pre-delay fades into another.
const FADE: usize = 1_024;

/// The delay before the room, of two channels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Predelay {
    /// Frames of each ring.
    len: usize,
    at: usize,
    from: usize,
    to: usize,
    wanted: usize,
    /// Of [`FADE`].
    faded: usize,
}

impl Predelay {
    pub(super) fn new(longest: usize, frames: usize) -> Self {
        Self { len: longest + CHUNK, at: 0, from: frames, to: frames, wanted: frames, faded: FADE }
    }

    pub(super) fn required_len(longest: usize) -> usize {
        2 * ring::required(longest + CHUNK)
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new(self.len - CHUNK, self.wanted);
    }

    pub(super) fn tune(&mut self, frames: usize, at_once: bool) {
        self.wanted = frames;
        if at_once {
            (self.from, self.to, self.faded) = (frames, frames, FADE);
        }
    }

    /// Delays both channels in place. A fade begins when the last one has ended, so that two taps are enough.
    #[inline(never)]
    pub(super) fn run<S: Sample>(&mut self, memory: &mut [S], channels: [&mut [S]; 2]) {
        let half = ring::required(self.len);
        let (mut frames, mut at) = (0, self.at);
        let start = (self.from, self.to, self.faded);
        for (x, line) in channels.into_iter().zip(memory.chunks_exact_mut(half)) {
            frames = x.len();
            (self.from, self.to, self.faded) = start;
            ring::window(line, self.at)[..frames].copy_from_slice(x);
            at = ring::mirror(line, self.at, frames);
            let mut done = 0;
            while done < frames {
                if self.faded == FADE && self.to != self.wanted {
                    (self.from, self.to, self.faded) = (self.to, self.wanted, 0);
                }
                let tap = |delay: usize| (self.at + done + self.len - delay) % self.len;
                if self.faded == FADE {
                    if self.to == 0 {
                        break;
                    }
                    let part = &mut x[done..];
                    part.copy_from_slice(&line[tap(self.to)..][..part.len()]);
                    break;
                }
                let n = (FADE - self.faded).min(frames - done);
                let (old, new) = (&line[tap(self.from)..][..n], &line[tap(self.to)..][..n]);
                for (i, ((x, old), new)) in x[done..done + n].iter_mut().zip(old).zip(new).enumerate() {
                    let t = S::from_i32((self.faded + i) as i32) * S::from_f64(1.0 / FADE as f64);
                    let p = t * t * (S::from_i32(3) - (t + t));
                    *x = *old + (*new - *old) * p;
                }
                self.faded += n;
                done += n;
            }
        }
        self.at = at;
        debug_assert!(frames <= CHUNK);
    }
}
