//! One source on its way to both ears: a delay that reads between samples, then a short convolution.

use crate::process::CHUNK;
use crate::sample::Sample;

/// Frames that the interpolation looks ahead: all sound is later by this.
pub(super) const AHEAD: usize = 2;
/// Samples it reads: a polynomial of fifth degree through six of them.
const POINTS: usize = 6;
/// Frames of a convolution that are computed together: four registers of SSE.
const GROUP: usize = 16;

/// Frames of the past that a delay of up to `longest` frames reads.
pub(super) fn reach(longest: f64) -> usize {
    longest as usize + AHEAD + POINTS
}

/// A delay as a whole number of frames, and weights of samples from [`AHEAD`] frames earlier on.
#[inline(always)]
fn tap<S: Sample>(delay: S) -> (usize, [S; POINTS]) {
    let whole = delay.to_i32();
    let f = delay - S::from_i32(whole);
    let [one, two, three] = [1, 2, 3].map(S::from_i32);
    let [a, b, c, d, e] = [f + two, f + one, f - one, f - two, f - three];
    // Lagrange: the products of the distances to the other nodes -2 .. 3 over those of the nodes between each other.
    let inner = S::from_f64(1.0 / 12.0);
    let middle = S::from_f64(1.0 / 24.0);
    let outer = S::from_f64(1.0 / 120.0);
    let (ab, cd, de) = (a * b, c * d, d * e);
    let weights = [
        -(b * f * c * de) * outer,
        a * f * c * de * middle,
        if f == S::ZERO { S::ONE } else { -(ab * c * de) * inner },
        ab * f * de * inner,
        -(ab * f * c * e) * middle,
        ab * f * cd * outer,
    ];
    (whole.max(0) as usize, weights)
}

/// Writes the newest `out.len()` of the samples `past` (the last ones), delayed by `delay` frames plus [`AHEAD`].
pub(super) fn delayed<S: Sample>(past: &[S], delay: S, out: &mut [S]) {
    let (whole, weights) = tap(delay);
    // The sample two frames ahead of the tap is `whole` frames old.
    let newest = past.len() - out.len() - whole;
    out.fill(S::ZERO);
    for (age, weight) in weights.into_iter().enumerate() {
        for (out, x) in out.iter_mut().zip(&past[newest - age..]) {
            *out += weight * *x;
        }
    }
}

/// The same with a delay that changes with every frame.
pub(super) fn moving<S: Sample>(past: &[S], delay: impl Fn(usize) -> S, out: &mut [S]) {
    let start = past.len() - out.len();
    for (i, out) in out.iter_mut().enumerate() {
        let (whole, weights) = tap(delay(i));
        let newest = start + i - whole;
        *out = (0..POINTS).fold(S::ZERO, |sum, age| sum + weights[age] * past[newest - age]);
    }
}

/// Convolves: `stretch` holds `response.len() - 1` frames of the past and then the new ones.
pub(super) fn convolve<S: Sample>(response: &[S], stretch: &[S], out: &mut [S; CHUNK], frames: usize) {
    for (group, out) in out.chunks_exact_mut(GROUP).enumerate().take(frames.div_ceil(GROUP)) {
        let mut sum = [S::ZERO; GROUP];
        let from = &stretch[group * GROUP..][..response.len() - 1 + GROUP];
        for (window, h) in from.windows(GROUP).rev().zip(response) {
            for (sum, x) in sum.iter_mut().zip(window) {
                *sum += *h * *x;
            }
        }
        out.copy_from_slice(&sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;
    use std::vec::Vec;

    #[test]
    fn a_delay_between_samples_is_true_to_a_sine() {
        let sine = |frequency: f64, n: f64| (core::f64::consts::TAU * frequency * n).sin();
        // Frequency as a fraction of the rate, and error: -80 dB up to rate/16, -2 dB at a third of the rate.
        for (frequency, worst) in [(1.0 / 64.0, 3e-8), (1.0 / 16.0, 1e-4), (1.0 / 4.0, 0.06), (1.0 / 3.0, 0.21)] {
            let past: Vec<f64> = (0..200).map(|n| sine(frequency, f64::from(n))).collect();
            for delay in [0.0, 0.25, 17.5, 30.999] {
                let mut out = [0.0; 64];
                delayed(&past, delay, &mut out);
                let mut other = [0.0; 64];
                moving(&past, |_| delay, &mut other);
                for (i, v) in out.iter().enumerate() {
                    let exact = sine(frequency, (136 + i) as f64 - delay - AHEAD as f64);
                    assert!((v - exact).abs() <= worst, "{frequency} {delay} {v} {exact}");
                    assert!((v - other[i]).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn a_convolution_is_its_sum() {
        let response: Vec<f64> = signal::white(1, 1.0).take(37).collect();
        let stretch: Vec<f64> = signal::white(2, 1.0).take(36 + CHUNK).collect();
        let mut out = [0.0; CHUNK];
        convolve(&response, &stretch, &mut out, 50);
        for (i, v) in out.iter().enumerate().take(50) {
            let sum: f64 = response.iter().enumerate().map(|(k, h)| h * stretch[36 + i - k]).sum();
            assert!((v - sum).abs() < 1e-12);
        }
    }
}
