//! Reverberation time over frequency.

use crate::reverb::fdn::params::Params;

/// Centres of the octaves of `bands`, in hertz.
pub const OCTAVES: [f64; 8] = [63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0];

/// Where `low` has half its effect on the rate of decay: below it walls and audience absorb differently.
const LOW_CORNER: f64 = 250.0;

/// T60 in seconds as a smooth function of frequency, constant outside the octaves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Curve {
    /// `1 / T60 = (1 + (1/low - 1) / (1 + (f/250)^2) + (1/high - 1) (f/damping)^2 / (1 + (f/damping)^2)) / decay`: rates of
    /// decay add up, as those of walls and air do.
    Shelves { decay: f64, low: f64, high: f64, damping: f64 },
    /// Through the eight points, without overshoot, in octaves and powers of two.
    Points { level: [f64; 8], slope: [f64; 8] },
}

impl Curve {
    pub(super) fn of(params: &Params) -> Self {
        let Some(bands) = params.bands else {
            let Params { decay, low, high, damping, .. } = *params;
            return Self::Shelves { decay: decay.0, low, high, damping: damping.0 };
        };
        let level = bands.map(|t| libm::log2(t.0));
        let step = |i: usize| level[i + 1] - level[i];
        // Slopes after Fritsch and Butland (1984): the harmonic mean of both sides, 0 at peaks and dips.
        let slope = core::array::from_fn(|i| match i {
            0 => step(0),
            7 => step(6),
            i if step(i - 1) * step(i) <= 0.0 => 0.0,
            i => 2.0 * step(i - 1) * step(i) / (step(i - 1) + step(i)),
        });
        Self::Points { level, slope }
    }

    /// T60 at a frequency in hertz.
    pub(super) fn at(&self, frequency: f64) -> f64 {
        let f = frequency.clamp(OCTAVES[0], OCTAVES[7]);
        match *self {
            Self::Shelves { decay, low, high, damping } => {
                let square = |x: f64| x * x;
                let (l, h) = (1.0 / (1.0 + square(f / LOW_CORNER)), 1.0 / (1.0 + square(damping / f)));
                decay / (1.0 + (1.0 / low - 1.0) * l + (1.0 / high - 1.0) * h)
            }
            Self::Points { level, slope } => {
                let place = libm::log2(f / OCTAVES[4]) + 4.0;
                let i = (place.max(0.0) as usize).min(6);
                let t = place - i as f64;
                let (a, b) = (level[i], level[i + 1]);
                // Cubic Hermite.
                let bend = slope[i] * (1.0 - t) - slope[i + 1] * t + (b - a) * (2.0 * t - 1.0);
                libm::exp2(a + (b - a) * t + bend * t * (1.0 - t))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Hertz, Seconds};

    #[test]
    fn points_are_met_and_nothing_overshoots() {
        let bands = [2.6, 2.5, 2.2, 2.0, 2.0, 1.7, 1.2, 0.6];
        let curve = Curve::of(&Params { bands: Some(bands.map(Seconds)), ..Params::default() });
        for (f, t) in OCTAVES.iter().zip(bands) {
            assert!((curve.at(*f) / t - 1.0).abs() < 0.01, "{f}: {}", curve.at(*f));
        }
        let mut last = 10.0;
        for i in 0..200 {
            let t = curve.at(30.0 * libm::exp2(f64::from(i) / 20.0));
            assert!(t <= last * (1.0 + 1e-9) && (0.6..=2.61).contains(&t), "{i}: {t}");
            last = t;
        }
    }

    #[test]
    fn shelves_are_what_they_say() {
        let p = Params { decay: Seconds(2.0), low: 1.5, high: 0.5, damping: Hertz(4_000.0), ..Params::default() };
        let curve = Curve::of(&p);
        assert!((curve.at(1_000.0) - 2.0).abs() < 0.15 && curve.at(63.0) > 2.8 && curve.at(8_000.0) < 1.15);
        assert!((curve.at(4_000.0) - 2.0 / 1.5).abs() < 0.02, "{}", curve.at(4_000.0));
    }
}
