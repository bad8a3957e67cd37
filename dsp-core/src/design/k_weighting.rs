//! The K weighting of loudness measurement at any sample rate.
//!
//! The Recommendation prints coefficients for 48 kHz only and asks for the same response at other rates. Both stages are
//! bilinear transforms of an analog prototype that was recovered from those numbers. Transforming it again at another rate,
//! as most meters do, bends the response by up to 0.04 dB. Here the high-pass is transformed, and the shelf is a fit of what
//! is left of the 48 kHz response (Sanathanan-Koerner).
//!
//! Deviation from the response at 48 kHz, 20 Hz to 20 kHz or 0.45 x rate: at most 0.0001 dB from 32 to 768 kHz, 0.01 dB
//! from 8 kHz on (a test).
//!
//! Source: ITU-R BS.1770-5 (11/2023), Annex 1, tables 1 and 2; prototype: recovered from the tables.

use core::f64::consts::PI;

use crate::design::magnitude::{Point, fit};
use crate::design::section::Coeffs;
use crate::units::{Hertz, SampleRate};

const SHELF_FREQUENCY: f64 = 1_681.974_450_955_533;
const SHELF_GAIN_DB: f64 = 3.999_843_853_973_347;
const SHELF_Q: f64 = 0.707_175_236_955_419_6;
/// Power of the shelf gain that the band-pass part of its numerator has.
const SHELF_BAND: f64 = 0.499_666_774_154_541_6;
const HIGH_PASS_FREQUENCY: f64 = 38.135_470_876_024_44;
const HIGH_PASS_Q: f64 = 0.500_327_037_323_877_3;
/// Gain of the analog high-pass that makes its 48 kHz numerator exactly 1, -2, 1.
const HIGH_PASS_GAIN: f64 = 1.004_994_898_714_688_6;

/// Points of the fit.
const POINTS: usize = 40;

/// The shelf of the head, then the high-pass.
pub fn stages(rate: SampleRate) -> [Coeffs<f64>; 2] {
    let [shelf, high_pass] = transformed(rate);
    if rate == SampleRate::VIDEO {
        return [shelf, high_pass];
    }
    let reference = transformed(SampleRate::VIDEO);
    let x = |f: f64| {
        let s = libm::sin(PI * f / rate.hertz());
        s * s
    };
    let scale = x(SHELF_FREQUENCY);
    let top = (0.45 * rate.hertz()).min(20_000.0);
    let mut points = [Point::default(); POINTS];
    for (i, point) in points.iter_mut().enumerate() {
        let f = 20.0 * libm::pow(top / 20.0, i as f64 / (POINTS - 1) as f64);
        let wanted = reference.map(|c| c.response(SampleRate::VIDEO, Hertz(f)).magnitude());
        let left = wanted[0] * wanted[1] / high_pass.response(rate, Hertz(f)).magnitude();
        *point = Point { u: x(f) / scale, power: left * left };
    }
    [fit(&points, scale).unwrap_or(shelf), high_pass]
}

/// The prototype at `rate`.
fn transformed(rate: SampleRate) -> [Coeffs<f64>; 2] {
    let k = libm::tan(PI * SHELF_FREQUENCY / rate.hertz());
    let high = libm::exp10(SHELF_GAIN_DB / 20.0);
    let band = libm::pow(high, SHELF_BAND) * k / SHELF_Q;
    let shelf = Coeffs::from_transfer(
        [high + band + k * k, 2.0 * (k * k - high), high - band + k * k],
        [1.0 + k / SHELF_Q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / SHELF_Q + k * k],
    );
    let k = libm::tan(PI * HIGH_PASS_FREQUENCY / rate.hertz());
    let high_pass = Coeffs::from_transfer(
        [HIGH_PASS_GAIN, -2.0 * HIGH_PASS_GAIN, HIGH_PASS_GAIN],
        [1.0 + k / HIGH_PASS_Q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / HIGH_PASS_Q + k * k],
    );
    [shelf, high_pass]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::println;

    /// Gain in dB of both stages.
    fn gain(rate: SampleRate, frequency: f64) -> f64 {
        stages(rate).iter().map(|c| c.response(rate, Hertz(frequency)).decibels().0).sum()
    }

    #[test]
    fn the_published_table_comes_out_at_48_khz() {
        // BS.1770-5 Annex 1, tables 1 and 2.
        let table = [
            [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
            [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
        ];
        for (t, row) in stages(SampleRate::VIDEO).iter().zip(table) {
            for (x, y) in t.numerator().into_iter().chain(t.denominator()).zip(row) {
                approx::assert_abs_diff_eq!(x, y, epsilon = 1e-13);
            }
        }
    }

    #[test]
    fn other_rates_have_the_response_of_48_khz() {
        for hz in
            [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 64_000, 88_200, 96_000, 176_400, 192_000, 384_000, 768_000]
        {
            let rate = SampleRate::new(hz).unwrap();
            let top = (0.45 * f64::from(hz)).min(20_000.0);
            let worst = (0..=90).map(|step| {
                let f = 20.0 * (top / 20.0).powf(f64::from(step) / 90.0);
                (gain(rate, f) - gain(SampleRate::VIDEO, f)).abs()
            });
            let worst = worst.fold(0.0, f64::max);
            println!("{hz} Hz: {worst:.5} dB");
            let bound = if hz < 32_000 { 0.01 } else { 0.0001 };
            assert!(worst < bound, "{hz} Hz: {worst:.5} dB");
        }
    }

    #[test]
    fn published_response() {
        let points = [(20.0, -13.2754), (100.0, -1.1335), (997.0, 0.6910), (4000.0, 3.9680), (20_000.0, 4.0431)];
        for (f, db) in points {
            approx::assert_abs_diff_eq!(gain(SampleRate::VIDEO, f), db, epsilon = 1e-4);
        }
    }
}
