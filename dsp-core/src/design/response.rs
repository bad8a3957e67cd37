//! What a filter does to a frequency: gain and phase from any coefficients.
//!
//! `H(w) = sum b[k] e^(-jwk) / sum a[k] e^(-jwk)` with `w = 2 pi f / rate`; a negative phase is a delay. Responses of
//! filters in series multiply. An FIR has `a = [1]`.

use crate::units::{Decibels, Hertz, SampleRate};
use core::f64::consts::TAU;
use core::ops::Mul;

/// The complex gain at one frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Response {
    /// Gain 1, phase 0: where a product starts.
    pub const NEUTRAL: Self = Self { re: 1.0, im: 0.0 };

    /// Of the transfer function with numerator `b` and denominator `a` in powers of `z^-1`.
    pub fn of(b: &[f64], a: &[f64], rate: SampleRate, frequency: Hertz) -> Self {
        let w = TAU * frequency.0 / rate.hertz();
        let sum = |list: &[f64]| {
            list.iter().enumerate().fold((0.0, 0.0), |(re, im), (k, v)| {
                let angle = w * k as f64;
                (re + v * libm::cos(angle), im - v * libm::sin(angle))
            })
        };
        let ((br, bi), (ar, ai)) = (sum(b), sum(a));
        let power = ar * ar + ai * ai;
        Self { re: (br * ar + bi * ai) / power, im: (bi * ar - br * ai) / power }
    }

    /// Amplitude ratio.
    pub fn magnitude(self) -> f64 {
        libm::hypot(self.re, self.im)
    }

    /// Gain in dB; minus infinity where nothing passes.
    pub fn decibels(self) -> Decibels {
        Decibels::from_amplitude(self.magnitude())
    }

    /// Phase in radians, -pi to pi.
    pub fn phase(self) -> f64 {
        libm::atan2(self.im, self.re)
    }
}

impl Mul for Response {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_turns_the_phase_and_a_mean_cancels_nyquist() {
        let (rate, f) = (SampleRate::VIDEO, Hertz(6_000.0));
        let delay = Response::of(&[0.0, 1.0], &[1.0], rate, f);
        assert!((delay.magnitude() - 1.0).abs() < 1e-15 && (delay.phase() + TAU / 8.0).abs() < 1e-15);
        assert!(Response::of(&[0.5, 0.5], &[1.0], rate, Hertz(24_000.0)).magnitude() < 1e-15);
        let twice = delay * delay;
        assert!((twice.phase() + TAU / 4.0).abs() < 1e-15);
        assert_eq!(delay * Response::NEUTRAL, delay);
    }
}
