//! The filters everybody's ears and presets know: the Audio EQ Cookbook, to the last digit.
//!
//! Bilinear transform, prewarped at `frequency`, of the analog prototypes (`s` in units of `frequency`,
//! `A = 10^(gain/40)`): low-pass `1 / D`, high-pass `s^2 / D`, band-pass `(s/Q) / D`, notch `(s^2 + 1) / D`, all-pass
//! `(s^2 - s/Q + 1) / D` with `D = s^2 + s/Q + 1`; bell `(s^2 + s A/Q + 1) / (s^2 + s/(A Q) + 1)`; low shelf
//! `A (s^2 + sqrt(A) s/Q + A) / (A s^2 + sqrt(A) s/Q + 1)`, high shelf the same with `s` for `1/s`.
//!
//! | argument | unit | meaning |
//! |---|---|---|
//! | `frequency` | Hz | cut-off, centre, or where a shelf has half its gain in dB; above 0, below half the rate |
//! | `gain` | dB | of bells and shelves |
//! | `q` | | above 0; 0.7071 is Butterworth. Bells: bandwidth at half the gain in dB |
//!
//! Written with `1 - cos w = 2 sin^2(w/2)`, so that nothing cancels at low frequencies. Equal to the `biquad` crate's
//! within 1e-12 (a test), except that its band-pass has a peak gain of `Q` (constant skirt) where this one has 0 dB.
//!
//! Not for matching an analog curve near the top of the band: the bilinear transform squeezes it there.
//!
//! Source: R. Bristow-Johnson, "Audio EQ Cookbook" (W3C Note, 2021).

use crate::design::section::Coeffs;
use crate::units::{Decibels, Hertz, Q, SampleRate};
use core::f64::consts::PI;

/// What all designs share: cos w, 1 - cos w, 1 + cos w and alpha = sin w / (2 Q).
struct Angle {
    cos: f64,
    low: f64,
    high: f64,
    alpha: f64,
}

impl Angle {
    fn new(rate: SampleRate, frequency: Hertz, q: Q) -> Self {
        let half = PI * frequency.0 / rate.hertz();
        let (s, c) = (libm::sin(half), libm::cos(half));
        Self { cos: (c - s) * (c + s), low: 2.0 * s * s, high: 2.0 * c * c, alpha: s * c / q.0 }
    }

    /// Of the kinds whose poles do not depend on a gain.
    fn pass(&self, b: [f64; 3]) -> Coeffs<f64> {
        Coeffs::from_transfer(b, [1.0 + self.alpha, -2.0 * self.cos, 1.0 - self.alpha])
    }
}

/// Square root of the amplitude ratio: the cookbook's A.
fn root_amplitude(gain: Decibels) -> f64 {
    libm::exp10(gain.0 / 40.0)
}

/// Passes below `frequency`, 12 dB per octave; gain `q` at `frequency`.
pub fn low_pass(rate: SampleRate, frequency: Hertz, q: Q) -> Coeffs<f64> {
    let w = Angle::new(rate, frequency, q);
    w.pass([w.low / 2.0, w.low, w.low / 2.0])
}

/// Passes above `frequency`, 12 dB per octave; gain `q` at `frequency`.
pub fn high_pass(rate: SampleRate, frequency: Hertz, q: Q) -> Coeffs<f64> {
    let w = Angle::new(rate, frequency, q);
    w.pass([w.high / 2.0, -w.high, w.high / 2.0])
}

/// Passes around `frequency`, 0 dB there.
pub fn band_pass(rate: SampleRate, frequency: Hertz, q: Q) -> Coeffs<f64> {
    let w = Angle::new(rate, frequency, q);
    w.pass([w.alpha, 0.0, -w.alpha])
}

/// Removes `frequency`.
pub fn notch(rate: SampleRate, frequency: Hertz, q: Q) -> Coeffs<f64> {
    let w = Angle::new(rate, frequency, q);
    w.pass([1.0, -2.0 * w.cos, 1.0])
}

/// Turns the phase, by 180 degrees at `frequency`.
pub fn all_pass(rate: SampleRate, frequency: Hertz, q: Q) -> Coeffs<f64> {
    let w = Angle::new(rate, frequency, q);
    w.pass([1.0 - w.alpha, -2.0 * w.cos, 1.0 + w.alpha])
}

/// Raises or lowers around `frequency`.
pub fn bell(rate: SampleRate, frequency: Hertz, gain: Decibels, q: Q) -> Coeffs<f64> {
    let (w, a) = (Angle::new(rate, frequency, q), root_amplitude(gain));
    Coeffs::from_transfer(
        [1.0 + w.alpha * a, -2.0 * w.cos, 1.0 - w.alpha * a],
        [1.0 + w.alpha / a, -2.0 * w.cos, 1.0 - w.alpha / a],
    )
}

/// Raises or lowers everything below `frequency`.
pub fn low_shelf(rate: SampleRate, frequency: Hertz, gain: Decibels, q: Q) -> Coeffs<f64> {
    let (w, a) = (Angle::new(rate, frequency, q), root_amplitude(gain));
    let slope = 2.0 * libm::sqrt(a) * w.alpha;
    let (num, den) = (a * w.low + w.high, a * w.high + w.low);
    Coeffs::from_transfer(
        [a * (num + slope), 2.0 * a * (a * w.low - w.high), a * (num - slope)],
        [den + slope, -2.0 * (a * w.high - w.low), den - slope],
    )
}

/// Raises or lowers everything above `frequency`.
pub fn high_shelf(rate: SampleRate, frequency: Hertz, gain: Decibels, q: Q) -> Coeffs<f64> {
    let (w, a) = (Angle::new(rate, frequency, q), root_amplitude(gain));
    let slope = 2.0 * libm::sqrt(a) * w.alpha;
    let (num, den) = (a * w.high + w.low, a * w.low + w.high);
    Coeffs::from_transfer(
        [a * (num + slope), -2.0 * a * (a * w.high - w.low), a * (num - slope)],
        [den + slope, 2.0 * (a * w.low - w.high), den - slope],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::FRAC_1_SQRT_2;

    const RATE: SampleRate = SampleRate::VIDEO;
    const F: Hertz = Hertz(1_000.0);

    fn db(c: &Coeffs<f64>, frequency: f64) -> f64 {
        c.response(RATE, Hertz(frequency)).decibels().0
    }

    #[test]
    fn gains_at_the_corners_and_ends_are_the_stated_ones() {
        let (q, g) = (Q(2.0), Decibels(-9.0));
        let near = |c: &Coeffs<f64>, f, want: f64| assert!((db(c, f) - want).abs() < 1e-9, "{f} Hz: {}", db(c, f));
        near(&low_pass(RATE, F, Q(FRAC_1_SQRT_2)), 1_000.0, -3.010_299_956_6);
        near(&high_pass(RATE, F, q), 1_000.0, 6.020_599_913_3);
        near(&band_pass(RATE, F, q), 1_000.0, 0.0);
        near(&bell(RATE, F, g, q), 1_000.0, -9.0);
        near(&low_shelf(RATE, F, g, q), 0.0, -9.0);
        near(&low_shelf(RATE, F, g, q), 1_000.0, -4.5);
        near(&low_shelf(RATE, F, g, q), 24_000.0, 0.0);
        near(&high_shelf(RATE, F, g, q), 0.0, 0.0);
        near(&high_shelf(RATE, F, g, q), 1_000.0, -4.5);
        near(&high_shelf(RATE, F, g, q), 24_000.0, -9.0);
        assert!(db(&notch(RATE, F, q), 1_000.0) < -250.0 && db(&low_pass(RATE, F, q), 24_000.0) < -250.0);
        for f in [20.0, 700.0, 15_000.0] {
            near(&all_pass(RATE, F, q), f, 0.0);
        }
        // A bell is half as high, in dB, at the band edges of bandwidth f/Q (prewarped at the centre alone: near it).
        let edge = 1_000.0 * (libm::sqrt(1.0 + 1.0 / 16.0) + 0.25);
        assert!((db(&bell(RATE, F, g, q), edge) + 4.5).abs() < 0.03);
    }

    #[cfg(feature = "biquad")]
    mod oracle {
        use super::*;
        use biquad::{Coefficients, Type};
        use proptest::prelude::*;

        fn agree(ours: Coeffs<f64>, kind: Type<f64>, frequency: f64, q: f64, peak: f64) -> Result<(), TestCaseError> {
            let theirs = Coefficients::from_normalized_params(kind, frequency / 24_000.0, q).unwrap();
            let theirs = Coeffs::<f64>::from(theirs);
            for (a, b, scale) in [
                (ours.b0, theirs.b0, peak),
                (ours.b1, theirs.b1, peak),
                (ours.b2, theirs.b2, peak),
                (ours.a1, theirs.a1, 1.0),
                (ours.a2, theirs.a2, 1.0),
            ] {
                let error = (a * scale - b).abs() / b.abs().max(1.0);
                prop_assert!(error <= 1e-12, "{kind:?} {frequency} Hz, Q {q}: {a} for {b}, off by {error:e}");
            }
            Ok(())
        }

        proptest! {
            #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
            #[test]
            fn all_kinds_equal_the_biquad_crate(octaves in 0.0_f64..14.5, gain in -40.0_f64..40.0, q_log in -3.0_f64..4.6) {
                let (f, q) = (libm::exp2(octaves), libm::exp(q_log));
                let (frequency, gain_db, quality) = (Hertz(f), Decibels(gain), Q(q));
                agree(low_pass(RATE, frequency, quality), Type::LowPass, f, q, 1.0)?;
                agree(high_pass(RATE, frequency, quality), Type::HighPass, f, q, 1.0)?;
                // Theirs is the constant-skirt form: peak gain Q.
                agree(band_pass(RATE, frequency, quality), Type::BandPass, f, q, q)?;
                agree(notch(RATE, frequency, quality), Type::Notch, f, q, 1.0)?;
                agree(all_pass(RATE, frequency, quality), Type::AllPass, f, q, 1.0)?;
                agree(bell(RATE, frequency, gain_db, quality), Type::PeakingEQ(gain), f, q, 1.0)?;
                agree(low_shelf(RATE, frequency, gain_db, quality), Type::LowShelf(gain), f, q, 1.0)?;
                agree(high_shelf(RATE, frequency, gain_db, quality), Type::HighShelf(gain), f, q, 1.0)?;
            }
        }
    }
}
