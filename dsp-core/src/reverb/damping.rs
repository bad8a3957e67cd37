//! The low-pass inside reverberators: `y += a (x - y)`, one state, no peak.

use crate::units::{Hertz, SampleRate};
use core::f64::consts::{PI, TAU};

/// The step `a` that is -3.01 dB at `cutoff`: `a^2 = 2 k (1 - a)` with `k = 1 - cos(w)`. Above half the rate: as if at
/// it.
pub(crate) fn step(rate: SampleRate, cutoff: Hertz) -> f64 {
    let k = 1.0 - libm::cos((TAU * cutoff.0 / rate.hertz()).min(PI));
    libm::sqrt(k * k + 2.0 * k) - k
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_3_db_down_at_its_cut_off() {
        for f in [100.0, 3_000.0, 20_000.0] {
            let a = step(SampleRate::VIDEO, Hertz(f));
            let power = a * a / (1.0 + (1.0 - a) * (1.0 - a) - 2.0 * (1.0 - a) * libm::cos(TAU * f / 48_000.0));
            assert!((power - 0.5).abs() < 1e-12, "{f} Hz: {power}");
        }
        assert!((0.0..1.0).contains(&step(SampleRate::new(8_000).unwrap(), Hertz(20_000.0))));
    }
}
