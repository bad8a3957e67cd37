//! A delay line that is read between its samples: written chunk by chunk, read at any delay, moving or still.
//!
//! `out[i] = x(i - delay[i])`, where frame 0 is the first of the chunk and `x` between two samples is what a
//! [`Kernel`] says. The line itself is only a position: the samples are in rings the caller owns, one per channel.
//!
//! Per chunk of at most [`MOST_FRAMES`] frames, for every ring: [`Line::write`], then [`Line::read_moving`] or
//! [`Line::read_still`] (delays from [`least_delay`] on); a feedback loop reads first and writes then (delays from
//! [`least_delay`] + the frames of the chunk on). After all rings one [`Line::advance`].
//!
//! A delay is a [`Delay`]: whole frames and a 32-bit fraction in one integer, so a delay of a minute is as precise as one of
//! a millisecond and nothing per frame needs `f64`.
//!
//! Both ways to read give the same bits; still reads cost a fraction, whole frames a copy.
//!
//! ```
//! use dsp_core::delay::interpolation::Lagrange;
//! use dsp_core::delay::line::{Delay, Line};
//! let mut line = Line::new(100, 4);
//! let mut ring = vec![0.0_f32; line.ring_len()];
//! let mut out = [0.0; 3];
//! line.write(&mut ring, &[1.0, 2.0, 3.0]);
//! line.read_still::<f32, 4>(&Lagrange, &ring, Delay::frames(1.0), &mut out);
//! assert_eq!(out, [0.0, 1.0, 2.0]);
//! line.advance(3);
//! ```

use crate::delay::interpolation::Kernel;
use crate::lanes::Lanes;
use crate::process::CHUNK;
use crate::sample::Sample;
use crate::units::{SampleRate, Seconds};

/// Most frames of one write or read.
pub const MOST_FRAMES: usize = CHUNK;

/// Most taps of a kernel.
const MOST_TAPS: usize = 32;

/// Frames worked out together.
const TOGETHER: usize = 4;

/// A delay in frames, in units of 2^-32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Delay(pub i64);

impl Delay {
    const ONE: f64 = 4_294_967_296.0;

    /// The nearest to `frames`, at most 2^31 of them; not-a-number and negative numbers give 0.
    pub fn frames(frames: f64) -> Self {
        let most = f64::from(i32::MAX);
        let frames = if frames >= 0.0 { frames } else { 0.0 };
        Self(libm::round(if frames < most { frames } else { most } * Self::ONE) as i64)
    }

    /// The nearest to a time at `rate`: not rounded to whole frames.
    pub fn of(time: Seconds, rate: SampleRate) -> Self {
        Self::frames(time.0 * rate.hertz())
    }

    /// The plain number of frames.
    pub fn to_frames(self) -> f64 {
        self.0 as f64 / Self::ONE
    }

    /// Longer by `frames` (shorter by a negative number): what a modulation adds per frame.
    #[inline(always)]
    pub fn plus<S: Sample>(self, frames: S) -> Self {
        let whole = frames.to_i32();
        let rest = (frames - S::from_i32(whole)) * S::from_f64(Self::ONE / 2.0);
        // What does not fit wraps to a negative number, which is read as the longest delay.
        Self(self.0.wrapping_add((i64::from(whole) << 32) + (i64::from(rest.to_i32()) << 1)))
    }

    /// Whole frames.
    #[inline(always)]
    pub fn whole(self) -> usize {
        (self.0 >> 32) as u32 as usize
    }

    /// What is left, 0 to 1 (1 where the sample type rounds up to it).
    #[inline(always)]
    pub fn fraction<S: Sample>(self) -> S {
        // 31 bits: conversions of signed integers are the ones that vectorise.
        S::from_i32((self.0 as u32 >> 1) as i32) * S::from_f64(2.0 / Self::ONE)
    }
}

/// Shortest delay in whole frames that a kernel of `taps` can read: its newest neighbour is then the sample itself.
pub const fn least_delay(taps: usize) -> usize {
    taps / 2 - 1
}

/// Where a delay line stands. The rings are the caller's, each of [`Line::ring_len`] samples, zero at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Frames that go round. Behind them the first ones once more, so that no row of neighbours is ever broken.
    round: usize,
    /// How many are there twice.
    again: usize,
    longest: usize,
    /// Where the next chunk begins.
    at: usize,
}

impl Line {
    /// For delays below `longest + 1` frames, read with kernels of up to `taps` taps (2 to 32).
    pub const fn new(longest: usize, taps: usize) -> Self {
        let taps = if taps < 2 {
            2
        } else if taps > MOST_TAPS {
            MOST_TAPS
        } else {
            taps
        };
        Self { round: longest + taps / 2 + MOST_FRAMES, again: taps - 1, longest, at: 0 }
    }

    /// Samples of one ring.
    pub const fn ring_len(&self) -> usize {
        self.round + self.again
    }

    /// Whole frames of the longest delay; longer ones are read as this.
    pub const fn longest(&self) -> usize {
        self.longest
    }

    /// Writes a chunk where the line stands.
    ///
    /// # Panics
    /// When `x` has more than [`MOST_FRAMES`] frames or `ring` less than [`Line::ring_len`] samples (so do the others).
    pub fn write<S: Sample>(&self, ring: &mut [S], x: &[S]) {
        assert!(x.len() <= MOST_FRAMES, "one chunk at a time");
        let first = x.len().min(self.round - self.at);
        ring[self.at..self.at + first].copy_from_slice(&x[..first]);
        ring[..x.len() - first].copy_from_slice(&x[first..]);
        if self.at < self.again || first < x.len() {
            ring.copy_within(..self.again, self.round);
        }
    }

    /// Place in the ring of the frame `back` whole frames before frame `i` of the chunk.
    #[inline(always)]
    fn place(&self, i: usize, back: usize) -> usize {
        let here = self.at + i;
        let here = if here >= self.round { here - self.round } else { here };
        let there = here + self.round - back;
        if there >= self.round { there - self.round } else { there }
    }

    /// Copies the frames from `back` frames before the chunk on; `back` below `round`.
    #[inline(always)]
    fn copy<S: Sample>(&self, ring: &[S], back: usize, out: &mut [S]) {
        let from = self.place(0, back);
        let first = out.len().min(self.round - from);
        let (a, b) = out.split_at_mut(first);
        a.copy_from_slice(&ring[from..from + first]);
        b.copy_from_slice(&ring[..b.len()]);
    }

    /// Reads a delay per frame; where there are more delays than frames, or the other way round, the fewer count.
    #[inline(always)]
    pub fn read_moving<S: Sample, const T: usize>(
        &self,
        kernel: &impl Kernel<S, T>,
        ring: &[S],
        delays: &[Delay],
        out: &mut [S],
    ) {
        assert!(out.len() <= MOST_FRAMES && T <= self.again + 1, "one chunk at a time, a kernel as announced");
        let ring = &ring[..self.ring_len()];
        let frames = out.len().min(delays.len());
        let (groups, left) = out[..frames].as_chunks_mut();
        let (group_delays, left_delays) = delays[..frames].as_chunks();
        let whole = groups.len() * TOGETHER;
        for (g, (out, delays)) in groups.iter_mut().zip(group_delays).enumerate() {
            *out = self.gather::<S, T, TOGETHER>(kernel, ring, g * TOGETHER, delays);
        }
        for (i, (out, delay)) in left.iter_mut().zip(left_delays).enumerate() {
            [*out] = self.gather::<S, T, 1>(kernel, ring, whole + i, &[*delay]);
        }
    }

    /// `N` frames from frame `i` of the chunk on.
    #[inline(always)]
    fn gather<S: Sample, const T: usize, const N: usize>(
        &self,
        kernel: &impl Kernel<S, T>,
        ring: &[S],
        i: usize,
        delays: &[Delay; N],
    ) -> [S; N] {
        let from: [usize; N] = core::array::from_fn(|k| self.place(i + k, delays[k].whole().min(self.longest) + T / 2));
        let weights = kernel.weights(Lanes(delays.map(Delay::fraction)));
        let in_a_row = (1..N).all(|k| from[k] == from[0] + k);
        let mut x = [Lanes::<S, N>::ZERO; T];
        if in_a_row {
            // As a rule: the whole number of frames changes now and then only.
            let here = &ring[from[0]..from[0] + T + N - 1];
            for (x, here) in x.iter_mut().zip(here.windows(N)) {
                x.0.copy_from_slice(here);
            }
        } else {
            for (k, from) in from.into_iter().enumerate() {
                for (x, here) in x.iter_mut().zip(&ring[from..from + T]) {
                    x.0[k] = *here;
                }
            }
        }
        weigh(&weights, &x).0
    }

    /// Reads one delay for the whole chunk.
    #[inline(always)]
    pub fn read_still<S: Sample, const T: usize>(
        &self,
        kernel: &impl Kernel<S, T>,
        ring: &[S],
        delay: Delay,
        out: &mut [S],
    ) {
        assert!(out.len() <= MOST_FRAMES && T <= self.again + 1, "one chunk at a time, a kernel as announced");
        let (whole, fraction) = (delay.whole().min(self.longest), delay.fraction::<S>());
        if fraction == S::ZERO {
            return self.copy(ring, whole, out);
        }
        let mut stretch = [S::ZERO; MOST_FRAMES + MOST_TAPS - 1];
        let stretch = &mut stretch[..out.len() + T - 1];
        self.copy(ring, whole + T / 2, stretch);
        slide(&kernel.weights(Lanes([fraction])), stretch, out);
    }

    /// Moves on by the frames of a chunk that all rings have been written.
    pub fn advance(&mut self, frames: usize) {
        let at = self.at + frames;
        self.at = if at >= self.round { at - self.round } else { at };
    }

    /// Back to the beginning; the rings are the caller's to clear.
    pub fn reset(&mut self) {
        self.at = 0;
    }
}

/// Sums of products in four partial sums: a chain of additions through all taps would be waited for.
#[inline(always)]
fn weigh<S: Sample, const T: usize, const N: usize>(w: &[Lanes<S, N>; T], x: &[Lanes<S, N>; T]) -> Lanes<S, N> {
    let mut sums = [Lanes::ZERO; 4];
    for (k, (w, x)) in w.iter().zip(x).enumerate() {
        sums[k % 4] = sums[k % 4] + *w * *x;
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// [`weigh`] at every frame, in the same order.
#[inline(always)]
fn slide<S: Sample, const T: usize>(w: &[Lanes<S, 1>; T], x: &[S], out: &mut [S]) {
    const WIDE: usize = 8;
    let (groups, left) = out.as_chunks_mut::<WIDE>();
    let whole = groups.len() * WIDE;
    for (out, x) in groups.iter_mut().zip(x.windows(WIDE + T - 1).step_by(WIDE)) {
        let mut sums = [Lanes::<S, WIDE>::ZERO; 4];
        for (k, (w, x)) in w.iter().zip(x.windows(WIDE)).enumerate() {
            let x = Lanes(x.first_chunk().copied().unwrap_or_default());
            sums[k % 4] = sums[k % 4] + Lanes::splat(w.0[0]) * x;
        }
        *out = ((sums[0] + sums[2]) + (sums[1] + sums[3])).0;
    }
    for (o, x) in left.iter_mut().zip(x[whole..].windows(T)) {
        [*o] = weigh(w, &core::array::from_fn(|j| Lanes([x[j]]))).0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delay::interpolation::{Hermite, Lagrange, Linear, Sinc16, Sinc32};
    use crate::signal;
    use std::{vec, vec::Vec};

    const FRAMES: usize = 1_500;

    /// The obvious way: the whole past at hand, one frame at a time.
    fn plainly<S: Sample, const T: usize>(kernel: &impl Kernel<S, T>, x: &[S], delays: &[Delay]) -> Vec<S> {
        let at = |n: i64| if n < 0 { S::ZERO } else { x[n as usize] };
        let frame = |(n, d): (usize, &Delay)| {
            let w = kernel.weights(Lanes([d.fraction()]));
            let row = core::array::from_fn(|j| Lanes([at(n as i64 - d.whole() as i64 - T as i64 / 2 + j as i64)]));
            weigh(&w, &row).0[0]
        };
        delays.iter().enumerate().map(frame).collect()
    }

    /// Delays that wander, stand still now and then, and are whole at times.
    fn wander(least: usize, longest: usize) -> Vec<Delay> {
        let span = (longest - least) as f64;
        (0..FRAMES as u32)
            .map(|n| {
                let part = if n % 500 < 200 { n - n % 500 } else { n };
                let u = f64::from(signal::hash(part / 3)) / 4_294_967_296.0;
                let frames = least as f64 + span * u;
                Delay::frames(if n % 7 == 0 { frames.floor() } else { frames })
            })
            .collect()
    }

    fn reads<S: Sample, const T: usize>(kernel: &impl Kernel<S, T>) {
        let x: Vec<S> = signal::white(3, 1.0).take(FRAMES).collect();
        for (longest, cuts) in [(40, [1, 64, 5]), (700, [64, 64, 63]), (T / 2, [7, 64, 1])] {
            let delays = wander(least_delay(T), longest);
            let reference = plainly(kernel, &x, &delays);
            let mut line = Line::new(longest, T);
            let mut ring = vec![S::ZERO; line.ring_len()];
            let (mut moving, mut at, mut cuts) = (vec![S::ZERO; FRAMES], 0, cuts.iter().cycle());
            while at < FRAMES {
                let n = (FRAMES - at).min(*cuts.next().unwrap());
                line.write(&mut ring, &x[at..at + n]);
                // More delays than frames are no mistake.
                line.read_moving(kernel, &ring, &delays[at..], &mut moving[at..at + n]);
                let mut still = vec![S::ZERO; n];
                line.read_still(kernel, &ring, delays[at], &mut still);
                assert_eq!(still, plainly(kernel, &x, &vec![delays[at]; at + n])[at..], "still, {T} taps, frame {at}");
                line.advance(n);
                at += n;
            }
            assert_eq!(moving, reference, "moving, {T} taps, up to {longest}");
        }
    }

    fn all_reads<S: Sample>() {
        reads::<S, 2>(&Linear);
        reads::<S, 4>(&Hermite);
        reads::<S, 4>(&Lagrange);
        reads::<S, 6>(&Lagrange);
        reads::<S, 8>(&Lagrange);
        reads(&Sinc16::<S>::new());
        reads(&Sinc32::<S>::new());
    }

    #[test]
    fn every_read_equals_the_plain_one() {
        all_reads::<f32>();
        all_reads::<f64>();
    }

    #[test]
    fn a_loop_reads_before_it_writes() {
        let mut line = Line::new(100, 2);
        let mut ring = vec![0.0_f32; line.ring_len()];
        let mut heard = Vec::new();
        for chunk in 0..10 {
            let mut out = [0.0; 64];
            line.read_still(&Linear, &ring, Delay::frames(100.0), &mut out);
            heard.extend(out);
            out[0] += f32::from(u8::from(chunk == 0));
            line.write(&mut ring, &out);
            line.advance(64);
        }
        assert!(heard.iter().enumerate().all(|(n, v)| *v == f32::from(u8::from(n > 0 && n % 100 == 0))));
    }

    #[test]
    fn a_delay_of_a_minute_keeps_its_fraction() {
        let minute = Delay::frames(60.0 * 192_000.0 + 0.123_456_789);
        assert_eq!(minute.whole(), 11_520_000);
        assert!((minute.fraction::<f64>() - 0.123_456_789).abs() < 2e-9);
        assert!((minute.to_frames() - minute.plus(-3.625_f32).to_frames() - 3.625).abs() < 1e-9);
        assert!((minute.plus(0.3_f64).fraction::<f64>() - 0.423_456_789).abs() < 2e-9);
        for bad in [-1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(Delay::frames(bad), Delay(0));
        }
        assert_eq!(Delay::frames(f64::INFINITY).whole(), i32::MAX as usize);
    }

    #[test]
    fn a_delay_too_long_to_count_is_the_longest() {
        let line = Line::new(10, 2);
        let (ring, mut out) = (vec![0.0_f32; line.ring_len()], [1.0_f32]);
        let delay = Delay::frames(1e10).plus(3e9_f32);
        assert_eq!(delay.whole().min(line.longest()), 10);
        line.read_moving(&Linear, &ring, &[delay], &mut out);
        assert_eq!(out, [0.0]);
    }
}
