//! Fits a second-order section to a wanted magnitude, at any sample rate.
//!
//! Any section has `|H|^2 = (P0 + P1 x + P2 x^2) / (1 + Q1 x + Q2 x^2)` with `x = sin^2(w / 2)`: five numbers in which the
//! error, multiplied by the denominator, is linear. Least squares with the weight `1 / (target * denominator of the round before)` make
//! it the relative error (Sanathanan and Koerner, IEEE Trans. Automatic Control 8, 1963); the section then follows from
//! the polynomials in closed form and has its zeros and poles inside the unit circle.
//!
//! Source of the factorisation: Vicanek, "Matched second order digital filters" (2016); derived again here.

use crate::design::section::Coeffs;

/// Numbers to solve for.
const UNKNOWN: usize = 5;
/// Rounds of weighting.
const ROUNDS: usize = 6;

/// One point of the target: `sin^2(pi f / rate)` over `scale`, and the wanted `|H|^2`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Point {
    /// Where.
    pub(crate) u: f64,
    /// What.
    pub(crate) power: f64,
}

/// The section closest to `points`; `scale` is what `x` was divided by (a value in the middle of the action keeps the
/// equations well conditioned). `None` when the points have no such section.
pub(crate) fn fit(points: &[Point], scale: f64) -> Option<Coeffs<f64>> {
    let mut solution = [1.0, 0.0, 0.0, 0.0, 0.0];
    for _ in 0..ROUNDS {
        let mut normal = [[0.0; UNKNOWN + 1]; UNKNOWN];
        for p in points {
            let denominator = 1.0 + p.u * (solution[3] + p.u * solution[4]);
            let weight = 1.0 / (p.power * denominator);
            let row = [1.0, p.u, p.u * p.u, -p.power * p.u, -p.power * p.u * p.u, p.power].map(|v| v * weight);
            for (i, sums) in normal.iter_mut().enumerate() {
                for (sum, v) in sums.iter_mut().zip(row) {
                    *sum += row[i] * v;
                }
            }
        }
        solution = solve(normal)?;
    }
    let [p0, p1, p2, q1, q2] = solution;
    let b = factor(p0, p1 / scale, p2 / (scale * scale))?;
    let a = factor(1.0, q1 / scale, q2 / (scale * scale))?;
    let section = Coeffs::from_transfer(b, a);
    section.is_stable().then_some(section)
}

/// The minimum-phase `c` with `|C|^2 = k0 + k1 x + k2 x^2`.
fn factor(k0: f64, k1: f64, k2: f64) -> Option<[f64; 3]> {
    let (at_dc, at_nyquist) = (k0, k0 + k1 + k2);
    if !(at_dc > 0.0 && at_nyquist > 0.0) {
        return None;
    }
    let (s0, s1) = (libm::sqrt(at_dc), libm::sqrt(at_nyquist));
    let (w, curve) = ((s0 + s1) / 2.0, -k2 / 4.0);
    let under = w * w + curve;
    if under < 0.0 {
        return None;
    }
    let c0 = (w + libm::sqrt(under)) / 2.0;
    Some([c0, (s0 - s1) / 2.0, -curve / (4.0 * c0)])
}

/// Gaussian elimination with row exchange; the last column is the right-hand side.
fn solve(mut m: [[f64; UNKNOWN + 1]; UNKNOWN]) -> Option<[f64; UNKNOWN]> {
    for column in 0..UNKNOWN {
        let pivot = (column..UNKNOWN).max_by(|a, b| libm::fabs(m[*a][column]).total_cmp(&libm::fabs(m[*b][column])))?;
        m.swap(column, pivot);
        let head = m[column];
        if libm::fabs(head[column]) < 1e-300 {
            return None;
        }
        for row in m.iter_mut().skip(column + 1) {
            let factor = row[column] / head[column];
            for (v, h) in row.iter_mut().zip(head) {
                *v -= factor * h;
            }
        }
    }
    let mut x = [0.0; UNKNOWN];
    for row in (0..UNKNOWN).rev() {
        let known: f64 = (row + 1..UNKNOWN).map(|k| m[row][k] * x[k]).sum();
        x[row] = (m[row][UNKNOWN] - known) / m[row][row];
    }
    x.iter().all(|v| v.is_finite()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::rbj;
    use crate::units::{Decibels, Hertz, Q, SampleRate};
    use std::vec::Vec;

    #[test]
    fn a_section_is_found_again_from_its_magnitude() {
        let rate = SampleRate::VIDEO;
        for section in [
            rbj::high_shelf(rate, Hertz(1_700.0), Decibels(4.0), Q(0.7)),
            rbj::bell(rate, Hertz(900.0), Decibels(-6.0), Q(1.5)),
        ] {
            let x = |f: f64| libm::pow(libm::sin(core::f64::consts::PI * f / rate.hertz()), 2.0);
            let scale = x(1_500.0);
            let points: Vec<Point> = (0..40)
                .map(|i| 20.0 * 1000.0_f64.powf(f64::from(i) / 39.0))
                .map(|f| Point { u: x(f) / scale, power: section.response(rate, Hertz(f)).magnitude().powi(2) })
                .collect();
            let found = fit(&points, scale).unwrap();
            for (a, b) in found
                .numerator()
                .iter()
                .chain(&found.denominator())
                .zip(section.numerator().iter().chain(&section.denominator()))
            {
                assert!((a - b).abs() < 1e-6, "{found:?} for {section:?}");
            }
        }
    }

    #[test]
    fn nonsense_has_no_section() {
        assert!(fit(&[Point::default(); 8], 1.0).is_none());
        assert!(factor(1.0, -3.0, 0.0).is_none());
    }
}
