//! The static curve of a compressor: how much gain is taken away at which level.
//!
//! With the level `d` above the threshold and the knee width `W`, the reduction is 0 below the knee, a parabola
//! inside it and `slope * d` above, `slope = 1 - 1/R`:
//!
//! `slope * (t^2 / (2 W) + max(d - W/2, 0))` with `t = clamp(d + W/2, 0, W)`, which is the same without branches.
//!
//! Levels are in powers of two (1 = 6.02 dB), so neither logarithm nor exponential needs a scale.
//!
//! Source: Giannoulis, Massberg, Reiss, "Digital dynamic range compressor design", JAES 60(6) 2012, section 2.2.

use crate::math::LOG2_PER_DB;
use crate::ramp::{Blend, mix};
use crate::sample::Sample;
use crate::units::Decibels;

/// A knee and a slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve<S> {
    slope: S,
    knee: S,
    half: S,
    scale: S,
}

impl<S: Sample> Curve<S> {
    /// `ratio` of 1 does nothing, infinity limits; `knee` is the full width.
    pub fn design(ratio: f64, knee: Decibels) -> Self {
        let width = knee.0 * LOG2_PER_DB;
        Self {
            slope: S::from_f64(1.0 - 1.0 / ratio),
            knee: S::from_f64(width),
            half: S::from_f64(width / 2.0),
            scale: S::from_f64(if width > 0.0 { 0.5 / width } else { 0.0 }),
        }
    }

    /// Reduction, 0 or more, for a level `d` above the threshold; both in powers of two.
    #[inline(always)]
    pub fn reduction(&self, d: S) -> S {
        let t = (d + self.half).larger(S::ZERO).smaller(self.knee);
        self.slope * (t * t * self.scale + (d - self.half).larger(S::ZERO))
    }
}

impl<S: Sample> Blend for Curve<S> {
    type Scalar = S;
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        let knee = mix(from.knee, to.knee, p);
        let half = S::from_f64(0.5);
        Self {
            slope: mix(from.slope, to.slope, p),
            knee,
            half: knee * half,
            scale: if knee > S::ZERO { half / knee } else { S::ZERO },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook form, in dB.
    fn textbook(x: f64, ratio: f64, w: f64) -> f64 {
        let s = 1.0 / ratio - 1.0;
        if 2.0 * x <= -w {
            0.0
        } else if 2.0 * x.abs() < w {
            -s * (x + w / 2.0).powi(2) / (2.0 * w)
        } else {
            -s * x
        }
    }

    proptest! {
        #[test]
        fn equals_the_textbook(x in -90.0_f64..60.0, ratio in 1.0_f64..100.0, knee in 0.0_f64..40.0) {
            let c = Curve::<f64>::design(ratio, Decibels(knee));
            let y = c.reduction(x * LOG2_PER_DB) / LOG2_PER_DB;
            prop_assert!((y - textbook(x, ratio, knee)).abs() < 1e-9);
            let c = Curve::<f32>::design(ratio, Decibels(knee));
            let y = f64::from(c.reduction((x * LOG2_PER_DB) as f32)) / LOG2_PER_DB;
            prop_assert!((y - textbook(x, ratio, knee)).abs() < 1e-4);
        }
    }

    #[test]
    fn infinite_ratio_takes_all() {
        let c = Curve::<f64>::design(f64::INFINITY, Decibels(0.0));
        assert_eq!((c.reduction(2.0), c.reduction(-1.0)), (2.0, 0.0));
    }
}
