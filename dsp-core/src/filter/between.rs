//! Reads the peaks between samples: what a true-peak meter and a true-peak limiter look at.
//!
//! Both work on *intervals*: interval `i` of a stretch of samples lies between samples `i + T/2 - 1` and `i + T/2`, so
//! `n` intervals take `n + T - 1` samples. Each output is a sum in the order of the taps, whatever the number of lanes,
//! so results do not depend on how a stream is cut.
//!
//! [`Quarters`] gives the largest magnitude of an interval at 4x for every interval. [`Sixteenths`] finds the intervals
//! that exceed a floor at 16x, in three steps: half-samples of all intervals; quarters where a half comes within 3.02 dB
//! of the floor; all sixteenths where a quarter comes within 0.69 dB. A band-limited signal of largest magnitude `M`
//! stays above `M cos(pi d)` within a distance of `d` samples from its peak (Bernstein's inequality; BS.1770-5 Annex 2
//! uses the same bound), so the largest peak is never missed.

use crate::design::sinc::kernel;
use crate::lanes::Lanes;
use crate::sample::Sample;
use core::f64::consts::FRAC_1_SQRT_2;

/// Intervals per step of the lane form.
const WIDE: usize = 8;

/// Largest magnitude.
#[inline(always)]
pub fn loudest<S: Sample>(x: &[S]) -> S {
    let mut lanes = Lanes::<S, WIDE>::ZERO;
    let mut chunks = x.chunks_exact(WIDE);
    for chunk in &mut chunks {
        // In this order not-a-number is passed over.
        lanes = lanes.zip(load(chunk), |a, b| b.abs().larger(a));
    }
    chunks.remainder().iter().map(|v| v.abs()).chain(lanes.0).fold(S::ZERO, |a, b| b.larger(a))
}

#[inline(always)]
fn load<S: Sample>(x: &[S]) -> Lanes<S, WIDE> {
    let mut lanes = Lanes::ZERO;
    lanes.0.copy_from_slice(x);
    lanes
}

fn cast<S: Sample, const T: usize>(h: [f64; T]) -> [S; T] {
    h.map(S::from_f64)
}

/// Upper bound of what a kernel can make of samples of magnitude 1, with room for rounding.
fn gain_bound<const T: usize>(h: &[f64; T]) -> f64 {
    h.iter().map(|v| libm::fabs(*v)).sum::<f64>() * 1.001
}

/// One kernel over one stretch: plain, in tap order.
#[inline(always)]
fn dot<S: Sample, const T: usize>(h: &[S; T], x: &[S]) -> S {
    h.iter().zip(x).fold(S::ZERO, |sum, (h, x)| sum + *h * *x)
}

/// Peaks at 4x, with an even number of taps `T` a phase.
#[derive(Debug, Clone, Copy)]
pub struct Quarters<S, const T: usize> {
    phases: [[S; T]; 3],
    bound: S,
}

impl<S: Sample, const T: usize> Quarters<S, T> {
    /// Samples before the first interval plus samples after it, less one: the history a stream has to keep.
    pub const HISTORY: usize = T - 1;

    /// Designs the kernels.
    pub fn new() -> Self {
        let phases = [0.25, 0.5, 0.75].map(kernel::<T>);
        let bound = phases.iter().map(gain_bound).fold(1.0, f64::max);
        Self { phases: phases.map(cast), bound: S::from_f64(bound) }
    }

    /// Whether no interval of `x` can exceed `floor`.
    #[inline(always)]
    pub fn stays_below(&self, x: &[S], floor: S) -> bool {
        loudest(x) * self.bound <= floor
    }

    /// Raises every value of `out` to the largest magnitude of its interval, both ends included.
    ///
    /// # Panics
    /// When `x` is shorter than `out.len() + T - 1`.
    #[inline(never)]
    pub fn run(&self, x: &[S], out: &mut [S]) {
        let x = &x[..out.len() + T - 1];
        let whole = out.len() / WIDE * WIDE;
        for start in (0..whole).step_by(WIDE) {
            let here = &x[start..start + WIDE + T - 1];
            let mut sums = [Lanes::<S, WIDE>::ZERO; 3];
            for k in 0..T {
                let v = load(&here[k..k + WIDE]);
                for (sum, h) in sums.iter_mut().zip(&self.phases) {
                    *sum = *sum + Lanes::splat(h[k]) * v;
                }
            }
            let mut most = load(&here[T / 2 - 1..T / 2 - 1 + WIDE]).map(S::abs);
            most = most.zip(load(&here[T / 2..T / 2 + WIDE]), |a, b| a.larger(b.abs()));
            for sum in sums {
                most = most.zip(sum, |a, b| a.larger(b.abs()));
            }
            for (o, m) in out[start..start + WIDE].iter_mut().zip(most.0) {
                *o = o.larger(m);
            }
        }
        for (i, o) in out.iter_mut().enumerate().skip(whole) {
            let here = &x[i..i + T];
            let ends = here[T / 2 - 1].abs().larger(here[T / 2].abs());
            *o = self.phases.iter().map(|h| dot(h, here).abs()).fold(o.larger(ends), S::larger);
        }
    }
}

impl<S: Sample, const T: usize> Default for Quarters<S, T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Peaks at 16x, where they exceed a floor, with an even number of taps `T` a phase.
#[derive(Debug, Clone, Copy)]
pub struct Sixteenths<S, const T: usize> {
    half: [S; T],
    quarters: [[S; T]; 2],
    all: [[S; 16]; T],
    bound: S,
}

/// Intervals whose half-samples are worked out at a time.
const SCREEN: usize = 64;

impl<S: Sample, const T: usize> Sixteenths<S, T> {
    /// Designs the kernels.
    pub fn new() -> Self {
        let mut all = [[S::ZERO; 16]; T];
        let mut bound = 1.0;
        for phase in 0..16 {
            let h = kernel::<T>(f64::from(phase as u32) / 16.0);
            bound = f64::max(bound, gain_bound(&h));
            for (row, v) in all.iter_mut().zip(h) {
                row[phase] = S::from_f64(v);
            }
        }
        let quarters = [cast(kernel(0.25)), cast(kernel(0.75))];
        Self { half: cast(kernel(0.5)), quarters, all, bound: S::from_f64(bound) }
    }

    /// The largest magnitude of one interval at 16x, from the `T` samples around it.
    ///
    /// # Panics
    /// When `here` has no more than `T / 2` samples.
    #[inline(never)]
    pub fn peak(&self, here: &[S]) -> S {
        let mut sums = Lanes::<S, 16>::ZERO;
        for (row, x) in self.all.iter().zip(here) {
            sums = sums + Lanes(*row) * Lanes::splat(*x);
        }
        sums.0.iter().fold(here[T / 2].abs(), |a, b| a.larger(b.abs()))
    }

    /// Calls `found(interval, peak)` for every interval of `x` whose peak exceeds the floor; what it returns is the
    /// floor from there on. Returns the last floor.
    pub fn scan(&self, x: &[S], floor: S, mut found: impl FnMut(usize, S) -> S) -> S {
        let (to_half, to_quarter) = (S::from_f64(FRAC_1_SQRT_2 * 0.999), S::from_f64(0.923));
        let mut floor = floor;
        let count = (x.len() + 1).saturating_sub(T);
        let mut halves = [S::ZERO; SCREEN];
        for start in (0..count).step_by(SCREEN) {
            let n = SCREEN.min(count - start);
            let part = &x[start..start + n + T - 1];
            if loudest(part) * self.bound <= floor {
                continue;
            }
            self.halves(part, &mut halves[..n]);
            for (i, half) in halves[..n].iter().enumerate() {
                if *half <= floor * to_half {
                    continue;
                }
                let here = &part[i..i + T];
                let coarse = self.quarters.iter().map(|h| dot(h, here).abs()).fold(*half, S::larger);
                if coarse <= floor * to_quarter {
                    continue;
                }
                let peak = self.peak(here);
                if peak > floor {
                    floor = found(start + i, peak);
                }
            }
        }
        floor
    }

    /// The largest of both ends and the middle of each interval.
    #[inline(always)]
    fn halves(&self, x: &[S], out: &mut [S]) {
        let whole = out.len() / WIDE * WIDE;
        for start in (0..whole).step_by(WIDE) {
            let here = &x[start..start + WIDE + T - 1];
            let mut sum = Lanes::<S, WIDE>::ZERO;
            for k in 0..T {
                sum = sum + Lanes::splat(self.half[k]) * load(&here[k..k + WIDE]);
            }
            let ends = load(&here[T / 2 - 1..T / 2 - 1 + WIDE])
                .zip(load(&here[T / 2..T / 2 + WIDE]), |a, b| a.abs().larger(b.abs()));
            let most = sum.zip(ends, |a, b| a.abs().larger(b));
            out[start..start + WIDE].copy_from_slice(&most.0);
        }
        for (i, o) in out.iter_mut().enumerate().skip(whole) {
            let here = &x[i..i + T];
            *o = dot(&self.half, here).abs().larger(here[T / 2 - 1].abs()).larger(here[T / 2].abs());
        }
    }
}

impl<S: Sample, const T: usize> Default for Sixteenths<S, T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;
    use std::vec::Vec;

    fn noise<S: Sample>(frames: usize) -> Vec<S> {
        let mut level = 0.0;
        signal::white::<f64>(3, 1.0)
            .enumerate()
            .map(|(i, v)| {
                level = 0.7 * level + 0.3 * v;
                S::from_f64(level * if (i / 150) % 3 == 0 { 1.0 } else { 0.2 })
            })
            .take(frames)
            .collect()
    }

    /// Every interval, all phases, plainly.
    fn slow<S: Sample, const T: usize>(x: &[S], phases: u32) -> Vec<S> {
        let kernels: Vec<[S; T]> = (0..phases).map(|p| cast(kernel(f64::from(p) / f64::from(phases)))).collect();
        let each = |here: &[S]| kernels.iter().map(|h| dot(h, here).abs()).fold(here[T / 2].abs(), S::larger);
        x.windows(T).map(each).collect()
    }

    #[test]
    fn lanes_give_the_bits_of_the_plain_form_for_every_cut() {
        let x = noise::<f32>(500);
        let quarters = Quarters::<f32, 24>::new();
        let mut whole = std::vec![0.0; 477];
        quarters.run(&x, &mut whole);
        let plain = slow::<f32, 24>(&x, 4);
        for (a, b) in whole.iter().zip(&plain) {
            assert!((a - b).abs() < 1e-6, "phase 0 is the sample up to rounding");
        }
        for cut in [1, 3, 8, 61] {
            let mut pieces = std::vec![0.0; 477];
            for (i, piece) in pieces.chunks_mut(cut).enumerate() {
                quarters.run(&x[i * cut..], piece);
            }
            assert_eq!(pieces, whole, "{cut}");
        }
    }

    fn the_scan_misses_nothing<S: Sample, const T: usize>() {
        let x = noise::<S>(20_000);
        let plain = slow::<S, T>(&x, 16);
        let scanner = Sixteenths::<S, T>::new();
        let most = scanner.scan(&x, S::ZERO, |_, v| v);
        assert_eq!(most, plain.iter().fold(S::ZERO, |a, b| a.larger(*b)));
        // Against a fixed floor close to the peak, every interval above it is found.
        let floor = most * S::from_f64(0.95);
        let mut found = Vec::new();
        scanner.scan(&x, floor, |i, _| {
            found.push(i);
            floor
        });
        let wanted: Vec<usize> = (0..plain.len()).filter(|i| plain[*i] > floor).collect();
        assert!(found == wanted && !found.is_empty(), "{} of {}", found.len(), wanted.len());
    }

    #[test]
    fn the_largest_peak_is_found() {
        the_scan_misses_nothing::<f32, 16>();
        the_scan_misses_nothing::<f32, 64>();
        the_scan_misses_nothing::<f64, 64>();
    }
}
