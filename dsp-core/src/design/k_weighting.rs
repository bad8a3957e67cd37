//! The K weighting of loudness measurement at any sample rate.
//!
//! The Recommendation prints coefficients for 48 kHz only. Both stages are bilinear transforms of an analog prototype
//! that was recovered from those numbers; the high-pass is scaled at other rates so that its gain above the audio band
//! is that of the 48 kHz table, which most meters leave out (0.03 dB at 192 kHz).
//!
//! Deviation from the response at 48 kHz, 20 Hz to 20 kHz: at most 0.0016 dB at 44.1 kHz and 0.008 dB up to 192 kHz (a test).
//!
//! Source: ITU-R BS.1770-5 (11/2023), Annex 1, tables 1 and 2; prototype: recovered from the tables.

use core::f64::consts::PI;

use crate::design::section::Coeffs;
use crate::units::SampleRate;

const SHELF_FREQUENCY: f64 = 1_681.974_450_955_533;
const SHELF_GAIN_DB: f64 = 3.999_843_853_973_347;
const SHELF_Q: f64 = 0.707_175_236_955_419_6;
/// Power of the shelf gain that the band-pass part of its numerator has.
const SHELF_BAND: f64 = 0.499_666_774_154_541_6;
const HIGH_PASS_FREQUENCY: f64 = 38.135_470_876_024_44;
const HIGH_PASS_Q: f64 = 0.500_327_037_323_877_3;
/// Gain of the analog high-pass that makes its 48 kHz numerator exactly 1, -2, 1.
const HIGH_PASS_GAIN: f64 = 1.004_994_898_714_688_6;

/// The shelf of the head, then the high-pass.
pub fn stages(rate: SampleRate) -> [Coeffs<f64>; 2] {
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
    use crate::units::Hertz;
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
                assert!((x - y).abs() < 1e-13, "{x} for {y}");
            }
        }
    }

    #[test]
    fn other_rates_have_the_response_of_48_khz() {
        for (hz, bound) in [(44_100, 0.0016), (88_200, 0.008), (96_000, 0.008), (176_400, 0.008), (192_000, 0.008)] {
            let rate = SampleRate::new(hz).unwrap();
            let worst = (0..=90).map(|step| {
                let f = 20.0 * 1000.0_f64.powf(f64::from(step) / 90.0);
                (gain(rate, f) - gain(SampleRate::VIDEO, f)).abs()
            });
            let worst = worst.fold(0.0, f64::max);
            println!("{hz} Hz: {worst:.5} dB");
            assert!(worst < bound, "{hz} Hz: {worst:.5} dB");
        }
    }

    #[test]
    fn published_response() {
        let points = [(20.0, -13.2754), (100.0, -1.1335), (997.0, 0.6910), (4000.0, 3.9680), (20_000.0, 4.0431)];
        for (f, db) in points {
            assert!((gain(SampleRate::VIDEO, f) - db).abs() < 1e-4);
        }
    }
}
