//! The five numbers of a second-order section, the common currency of filter designs.
//!
//! `H(z) = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2)`, that is
//! `y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2]`: the signs of MATLAB, SciPy and the cookbook, with
//! `a0` divided out.
//!
//! With the feature `biquad` they convert to and from `biquad::Coefficients`, which have the same names and signs.

use crate::design::response::Response;
use crate::error::Error;
use crate::sample::Sample;
use crate::units::{Hertz, SampleRate};

/// A second-order section; `a0` is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// Weight of the input.
    pub b0: S,
    /// Weight of the input one frame ago.
    pub b1: S,
    /// Weight of the input two frames ago.
    pub b2: S,
    /// Minus the weight of the output one frame ago.
    pub a1: S,
    /// Minus the weight of the output two frames ago.
    pub a2: S,
}

/// Largest coefficient of a numerator that is taken for a filter: +120 dB, so that no product overflows.
const LARGEST: f64 = 1e6;

impl<S: Sample> Coeffs<S> {
    /// Output equals input.
    pub const NEUTRAL: Self = Self { b0: S::ONE, b1: S::ZERO, b2: S::ZERO, a1: S::ZERO, a2: S::ZERO };

    /// From unnormalised coefficients: divides by `a[0]`, which is not zero.
    pub fn from_transfer(b: [f64; 3], a: [f64; 3]) -> Self {
        let n = |v: f64| S::from_f64(v / a[0]);
        Self { b0: n(b[0]), b1: n(b[1]), b2: n(b[2]), a1: n(a[1]), a2: n(a[2]) }
    }

    /// Numerator `[b0, b1, b2]`.
    pub fn numerator(&self) -> [f64; 3] {
        [self.b0.to_f64(), self.b1.to_f64(), self.b2.to_f64()]
    }

    /// Denominator `[1, a1, a2]`.
    pub fn denominator(&self) -> [f64; 3] {
        [1.0, self.a1.to_f64(), self.a2.to_f64()]
    }

    /// The same section in another sample type (rounded).
    pub fn to<R: Sample>(&self) -> Coeffs<R> {
        Coeffs::from_transfer(self.numerator(), self.denominator())
    }

    /// Whether both poles lie inside the unit circle and the numerator is below 1e6: the stability triangle
    /// `a2 < 1`, `|a1| < 1 + a2`.
    pub fn is_stable(&self) -> bool {
        let [_, a1, a2] = self.denominator();
        a2 < 1.0 && a1.abs() < 1.0 + a2 && self.numerator().iter().all(|b| b.abs() <= LARGEST)
    }

    /// [`is_stable`](Self::is_stable), as an error that says what is wrong.
    pub fn check(&self) -> Result<(), Error> {
        if self.is_stable() {
            return Ok(());
        }
        Error::check("pole radius", self.pole_radius(), 0.0, 1.0 - S::EPSILON.to_f64(), "")?;
        let largest =
            self.numerator().into_iter().fold(0.0, |a: f64, b| if a.is_nan() || b.abs() <= a { a } else { b.abs() });
        Error::check("coefficient", largest, 0.0, LARGEST, "")
    }

    /// Magnitude of the larger pole.
    pub fn pole_radius(&self) -> f64 {
        let [_, a1, a2] = self.denominator();
        let disc = a1 * a1 / 4.0 - a2;
        if disc > 0.0 { a1.abs() / 2.0 + libm::sqrt(disc) } else { libm::sqrt(a2) }
    }

    /// Gain and phase at `frequency`.
    pub fn response(&self, rate: SampleRate, frequency: Hertz) -> Response {
        Response::of(&self.numerator(), &self.denominator(), rate, frequency)
    }
}

#[cfg(feature = "biquad")]
impl<S> From<Coeffs<S>> for biquad::Coefficients<S> {
    fn from(c: Coeffs<S>) -> Self {
        Self { a1: c.a1, a2: c.a2, b0: c.b0, b1: c.b1, b2: c.b2 }
    }
}

#[cfg(feature = "biquad")]
impl<S> From<biquad::Coefficients<S>> for Coeffs<S> {
    fn from(c: biquad::Coefficients<S>) -> Self {
        Self { b0: c.b0, b1: c.b1, b2: c.b2, a1: c.a1, a2: c.a2 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stability_is_the_triangle() {
        let with = |a1, a2| Coeffs { a1, a2, ..Coeffs::<f64>::NEUTRAL };
        assert!(with(-1.999, 0.9991).is_stable() && with(0.0, -0.99).is_stable());
        for (a1, a2) in
            [(-2.0, 1.0), (0.0, 1.0), (-1.6, 0.5), (1.6, 0.5), (0.0, -1.0), (f64::NAN, 0.0), (0.0, f64::NAN)]
        {
            assert!(!with(a1, a2).is_stable(), "{a1} {a2}");
        }
        assert!(!Coeffs { b1: f64::INFINITY, ..Coeffs::NEUTRAL }.is_stable());
    }

    #[test]
    fn pole_radius_of_known_poles() {
        // (1 - 0.9 z^-1)(1 + 0.2 z^-1), and a pair at 0.8 exp(+-j 1).
        let real = Coeffs { a1: -0.7, a2: -0.18, ..Coeffs::<f64>::NEUTRAL };
        let pair = Coeffs { a1: -1.6 * libm::cos(1.0), a2: 0.64, ..Coeffs::<f64>::NEUTRAL };
        assert!((real.pole_radius() - 0.9).abs() < 1e-15 && (pair.pole_radius() - 0.8).abs() < 1e-15);
    }
}
