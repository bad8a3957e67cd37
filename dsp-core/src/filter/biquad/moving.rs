//! A second-order section while its settings move: the transposed state-variable form.
//!
//! Interpolated direct-form coefficients can run away: every frozen filter on the way is stable, their product is not
//! (random cut-offs at Q 20 pass 1e30 within 400 frames). Cross-fading the old with a freshly started new filter is
//! stable, but the new one starts from silence: a low-pass at 20 Hz would dip for 50 ms, and a third setting in
//! mid-fade would need a third filter. So the state is carried over into coordinates that are safe:
//!
//! `y = a x + o1 v1 + o2 v2`, `v1 += d2 v2 - e v1 + i1 x`, `v2 += i2 x - d2 v1 - d3 v2`
//!
//! with the products of [`crate::filter::svf`], transposed: `o = (2 d1, 2 g d1)` depends on the poles alone, the numerator
//! sits in `i`. The state matrix is the transpose of the state-variable filter's, so its norm is at most 1 for all
//! settings and for everything between them: the state of no sequence of moves can grow by itself. And because `o`
//! comes from the poles, the state can always be read from that of the direct form and back (the determinant is
//! `8 g d1^2`): what the filter would have rung on without input stays the same to the bit of rounding. The factor `g`,
//! moved from `o` into `i`, makes the state for a constant input the same for low and high cut-offs, so a jump of the
//! cut-off does not jump in level.

use crate::design::section::Coeffs;
use crate::ramp::blend_fields;
use crate::sample::Sample;

/// The poles as prewarped frequency and damping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Poles {
    g: f64,
    k: f64,
    a1: f64,
}

impl Poles {
    /// Of stable coefficients.
    pub(crate) fn of<S: Sample>(coeffs: &Coeffs<S>) -> Self {
        let [_, a1, a2] = coeffs.denominator();
        let (at_dc, at_nyquist) = (1.0 + a1 + a2, 1.0 - a1 + a2);
        let g = libm::sqrt(at_dc / at_nyquist);
        Self { g, k: 2.0 * (1.0 - a2) / (g * at_nyquist), a1 }
    }

    fn d1(&self) -> f64 {
        1.0 / (1.0 + self.g * (self.g + self.k))
    }

    /// Direct-form state to state here: both would give the outputs `s1` and `s2 - a1 s1` if the input ended.
    pub(crate) fn enter<S: Sample>(&self, state: &mut [S]) {
        let (g, d1) = (self.g, self.d1());
        let (s1, s2) = (state[0].to_f64(), state[1].to_f64());
        let level = s1 / (2.0 * d1);
        let slope = (s2 - (1.0 + self.a1) * s1) / (4.0 * g * d1);
        let v2 = d1 * (2.0 * g + self.k) * level + slope;
        state.copy_from_slice(&[S::from_f64(level - g * v2), S::from_f64(v2)]);
    }

    /// State here to direct-form state: the inverse of `enter`.
    pub(crate) fn leave<S: Sample>(&self, state: &mut [S]) {
        let (g, d1) = (self.g, self.d1());
        let (v1, v2) = (state[0].to_f64(), state[1].to_f64());
        let s1 = 2.0 * d1 * (v1 + g * v2);
        let rise = 4.0 * g * d1 * d1 * ((1.0 - g * g) * v2 - (2.0 * g + self.k) * v1);
        state.copy_from_slice(&[S::from_f64(s1), S::from_f64(rise + (1.0 + self.a1) * s1)]);
    }
}

/// The products of the moving form; `d2`, `e` and `d3` are doubled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moving<S> {
    d2: S,
    e: S,
    d3: S,
    a: S,
    i1: S,
    i2: S,
    o1: S,
    o2: S,
}

impl<S: Sample> Moving<S> {
    /// The same transfer function as stable `coeffs`.
    pub(crate) fn new(coeffs: &Coeffs<S>) -> Self {
        let ([b0, b1, b2], [_, a1, a2]) = (coeffs.numerator(), coeffs.denominator());
        let poles = Poles::of(coeffs);
        let (g, k, d1) = (poles.g, poles.k, poles.d1());
        let (d2, d3, e) = (g * d1, g * g * d1, g * (g + k) * d1);
        // The output mix of `svf::Coeffs::from_transfer`.
        let (at_dc, at_nyquist) = (1.0 + a1 + a2, 1.0 - a1 + a2);
        let (high, low) = ((b0 - b1 + b2) / at_nyquist, (b0 + b1 + b2) / at_dc);
        let m1 = 2.0 * (b0 - b2) / (g * at_nyquist) - k * high;
        let m2 = low - high;
        Self {
            d2: S::from_f64(2.0 * d2),
            e: S::from_f64(2.0 * e),
            d3: S::from_f64(2.0 * d3),
            a: S::from_f64(high + m1 * d2 + m2 * d3),
            i1: S::from_f64(g * (m1 * (1.0 - e) + m2 * d2)),
            i2: S::from_f64(g * (m2 * (1.0 - d3) - m1 * d2)),
            o1: S::from_f64(2.0 * d1),
            o2: S::from_f64(2.0 * d2),
        }
    }

    /// One sample through the filter.
    #[inline(always)]
    pub(crate) fn run(&self, state: &mut [S; 2], x: S) -> S {
        let [v1, v2] = *state;
        let y = (self.o1 * v1 + self.o2 * v2) + self.a * x;
        state[0] = v1 + ((self.d2 * v2 - self.e * v1) + self.i1 * x);
        state[1] = v2 + (self.i2 * x - (self.d2 * v1 + self.d3 * v2));
        y
    }
}

blend_fields!(Moving { d2, e, d3, a, i1, i2, o1, o2 });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::rbj;
    use crate::ramp::Blend;
    use crate::signal;
    use crate::units::{Decibels, Hertz, Q, SampleRate};

    fn direct(c: &Coeffs<f64>, s: &mut [f64; 2], x: f64) -> f64 {
        let y = s[0] + c.b0 * x;
        *s = [s[1] + c.b1 * x - c.a1 * y, c.b2 * x - c.a2 * y];
        y
    }

    #[test]
    fn both_forms_are_one_filter_and_hand_over_anywhere() {
        let rate = SampleRate::VIDEO;
        for (f, q) in [(20.0, 0.3), (1_000.0, 8.0), (18_000.0, 0.7)] {
            let (f, q) = (Hertz(f), Q(q));
            for c in [
                rbj::low_pass(rate, f, q),
                rbj::high_pass(rate, f, q),
                rbj::all_pass(rate, f, q),
                rbj::bell(rate, f, Decibels(12.0), q),
                rbj::low_shelf(rate, f, Decibels(-12.0), q),
                Coeffs::NEUTRAL,
            ] {
                let (moving, poles) = (Moving::new(&c), Poles::of(&c));
                let (mut reference, mut state) = ([0.0; 2], [0.0; 2]);
                for (n, x) in signal::white::<f64>(5, 1.0).take(20_000).enumerate() {
                    let other = n / 100 % 2 == 1;
                    if n % 100 == 0 && n > 0 {
                        if other { poles.enter(&mut state) } else { poles.leave(&mut state) }
                    }
                    let y = if other { moving.run(&mut state, x) } else { direct(&c, &mut state, x) };
                    let want = direct(&c, &mut reference, x);
                    assert!((y - want).abs() < 1e-8, "{f:?} {q:?} frame {n}: {y} for {want}");
                }
            }
        }
    }

    #[test]
    fn the_state_matrix_and_all_mixes_have_a_norm_of_at_most_one() {
        let random = |i: u32, from: f64, to: f64| from + (to - from) * f64::from(signal::hash(i)) / 4_294_967_296.0;
        let make = |i: u32| {
            let a2 = random(i, -0.999_999, 0.999_999);
            let a1 = random(i + 1, -0.999_999, 0.999_999) * (1.0 + a2);
            Moving::new(&Coeffs { a1, a2, ..Coeffs::<f64>::NEUTRAL })
        };
        for i in 0..50_000 {
            let m = Moving::blend(&make(5 * i), &make(5 * i + 2), random(5 * i + 4, 0.0, 1.0));
            let (a, b, c, d) = (1.0 - m.e, m.d2, -m.d2, 1.0 - m.d3);
            // Largest singular value squared of [[a, b], [c, d]].
            let (sum, det) = (a * a + b * b + c * c + d * d, a * d - b * c);
            let norm = (sum + libm::sqrt((sum * sum - 4.0 * det * det).max(0.0))) / 2.0;
            assert!(norm <= 1.0 + 1e-7, "{norm}");
        }
    }
}
