//! Least squares for magnitudes in dB: first-order shelves whose corners are free, bells whose places are fixed.
//!
//! In the bilinear frequency `w = tan(pi f / rate)` a shelf is `(1 + s/z) / (1 + s/p)`, so a cascade has the level
//! `gain + sum(L(z) - L(p))` dB with `L(c) = 10 log10(1 + (w/c)^2)`, whose slopes need no logarithm. Corners are found by the method of Levenberg and Marquardt.

use core::f64::consts::LN_10;

/// Most shelves in a cascade.
pub(super) const SHELVES: usize = 3;
/// Most points of a curve.
pub(super) const POINTS: usize = 36;
const UNKNOWN: usize = 2 * SHELVES + 1;

/// One point of a curve that is to be met.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Point {
    /// Squared bilinear frequency.
    pub(super) square: f64,
    /// Level wanted, in dB.
    pub(super) level: f64,
    /// One over the deviation that counts as 1.
    pub(super) weight: f64,
}

/// A cascade of shelves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cascade {
    pub(super) count: usize,
    /// In dB, at 0 Hz.
    pub(super) gain: f64,
    /// Logarithms of the bilinear corners, first where slopes end (poles), then where they begin (zeros).
    pub(super) poles: [f64; SHELVES],
    pub(super) zeros: [f64; SHELVES],
}

impl Cascade {
    /// One over the squares of the corners, poles and zeros.
    fn scales(&self) -> [[f64; SHELVES]; 2] {
        [self.poles, self.zeros].map(|corners| corners.map(|c| libm::exp(-2.0 * c)))
    }

    /// Level at a squared bilinear frequency: one logarithm for all corners.
    fn level_of(&self, [poles, zeros]: &[[f64; SHELVES]; 2], square: f64) -> f64 {
        let mut ratio = 1.0;
        for (p, z) in poles.iter().zip(zeros).take(self.count) {
            ratio *= (1.0 + square * z) / (1.0 + square * p);
        }
        self.gain + 10.0 / LN_10 * libm::log(ratio)
    }

    /// Level at a squared bilinear frequency.
    pub(super) fn level(&self, square: f64) -> f64 {
        self.level_of(&self.scales(), square)
    }

    fn unknown(&self) -> usize {
        1 + 2 * self.count
    }

    fn moved(&self, step: &[f64; UNKNOWN], least: f64, most: f64) -> Self {
        let mut next = *self;
        next.gain += step[0];
        for k in 0..self.count {
            // Half an octave at a time: a corner that jumps does not come back.
            let to = |from: f64, by: f64| (from + by.clamp(-0.7, 0.7)).clamp(least, most);
            next.poles[k] = to(self.poles[k], step[1 + 2 * k]);
            next.zeros[k] = to(self.zeros[k], step[2 + 2 * k]);
        }
        next
    }

    fn cost(&self, points: &[Point]) -> f64 {
        let scales = self.scales();
        let error = |p: &Point| (p.level - self.level_of(&scales, p.square)) * p.weight;
        points.iter().map(|p| error(p) * error(p)).sum()
    }

    /// Largest weighted deviation of the points that weigh as much as any.
    pub(super) fn worst(&self, points: &[Point], counts: usize) -> f64 {
        points[..counts].iter().fold(0.0, |w, p| {
            let e = libm::fabs((p.level - self.level(p.square)) * p.weight);
            if e > w { e } else { w }
        })
    }

    /// Moves the corners, which stay between `least` and `most`, to where the weighted squares are least.
    pub(super) fn fit(&mut self, points: &[Point], rounds: usize, least: f64, most: f64) {
        let n = self.unknown();
        let (mut damping, mut cost) = (1e-3, self.cost(points));
        for _ in 0..rounds {
            let mut normal = [[0.0; UNKNOWN]; UNKNOWN];
            let mut right = [0.0; UNKNOWN];
            let scales = self.scales();
            for p in points {
                let mut row = [0.0; UNKNOWN];
                row[0] = 1.0;
                let level = self.level_of(&scales, p.square);
                for k in 0..self.count {
                    let slope = |scale: f64| 20.0 / LN_10 * p.square * scale / (1.0 + p.square * scale);
                    row[1 + 2 * k] = slope(scales[0][k]);
                    row[2 + 2 * k] = -slope(scales[1][k]);
                }
                let square = p.weight * p.weight;
                for i in 0..n {
                    right[i] += square * row[i] * (p.level - level);
                    for j in 0..=i {
                        normal[i][j] += square * row[i] * row[j];
                    }
                }
            }
            let before = cost;
            for _ in 0..6 {
                let mut damped = normal;
                for i in 0..n {
                    damped[i][i] += damping * normal[i][i] + 1e-12;
                }
                let next = self.moved(&solve(damped, right, n), least, most);
                let reached = next.cost(points);
                if reached < cost {
                    (*self, cost) = (next, reached);
                    damping *= 0.2;
                    break;
                }
                damping *= 6.0;
            }
            if before - cost <= 1e-3 * before {
                break;
            }
        }
    }
}

/// Solves `n` equations of a symmetric positive matrix (lower half given) after Cholesky; what is not positive counts as
/// very large, so that its unknown stays.
pub(super) fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N], n: usize) -> [f64; N] {
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let rest = a[i][j] - dot;
            a[i][j] = if i > j {
                rest / a[j][j]
            } else if rest > 0.0 {
                libm::sqrt(rest)
            } else {
                1e150
            };
        }
    }
    for i in 0..n {
        let dot: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved() {
        let a = [[4.0, 0.0, 0.0], [2.0, 5.0, 0.0], [-1.0, 0.5, 3.0]];
        let x = solve(a, [1.0, -2.0, 0.5], 3);
        let full = |i: usize, j: usize| if i >= j { a[i][j] } else { a[j][i] };
        for (i, b) in [1.0, -2.0, 0.5].iter().enumerate() {
            let sum: f64 = (0..3).map(|j| full(i, j) * x[j]).sum();
            assert!((sum - b).abs() < 1e-12);
        }
    }

    #[test]
    fn a_cascade_finds_itself() {
        let truth = Cascade { count: 2, gain: -1.0, poles: [-4.0, -1.0, 0.0], zeros: [-3.7, -1.3, 0.0] };
        let mut points = [Point::default(); 30];
        for (i, p) in points.iter_mut().enumerate() {
            let square = libm::exp(2.0 * (-5.5 + 0.2 * i as f64));
            *p = Point { square, level: truth.level(square), weight: 1.0 };
        }
        let mut found = Cascade { count: 2, gain: 0.0, poles: [-4.5, -0.5, 0.0], zeros: [-4.5, -0.6, 0.0] };
        found.fit(&points, 60, -8.0, 3.0);
        assert!(found.worst(&points, 30) < 0.01, "{found:?}");
    }
}
