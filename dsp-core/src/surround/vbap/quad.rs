//! Four loudspeakers in one plane: gains `(1-x)(1-y), x(1-y), xy, (1-x)y` of the corners in order, whose sum of directions
//! points exactly at the source (ITU-R BS.2127, section 6.1.2.4).
//!
//! With `u(x)` between the first two corners and `v(x)` between the others, the source lies in the plane of both:
//! `p . (u x v) = 0`, which is quadratic in `x`; the same for `y` one corner further.

use crate::sample::Sample;
use crate::surround::vector::{blend, cross, dot, minus, narrow};

#[derive(Debug, Clone, Copy)]
pub(in crate::surround) struct Quad<S> {
    pub(in crate::surround) points: [u8; 4],
    /// Coefficients of `x^2`, `x` and 1, for `x` and `y`.
    along: [[S; 3]; 3],
    across: [[S; 3]; 3],
}

/// The polynomial whose root is the place between `a` and `b`, `d` and `c`.
fn axis<S: Sample>([a, b, c, d]: [[f64; 3]; 4]) -> [[S; 3]; 3] {
    let (u, v) = (minus(b, a), minus(c, d));
    [cross(u, v), blend(cross(a, v), 1.0, cross(u, d), 1.0), cross(a, d)].map(narrow)
}

/// The root between 0 and 1.
fn root<S: Sample>(polynomial: &[[S; 3]; 3], p: [S; 3]) -> S {
    let [a, b, c] = polynomial.map(|v| dot(v, p));
    let discriminant = (b * b - S::from_i32(4) * a * c).larger(S::ZERO);
    // The form that does not cancel.
    let half = S::from_f64(-0.5);
    let q = half * if b < S::ZERO { b - discriminant.sqrt() } else { b + discriminant.sqrt() };
    let ratio = |x: S, y: S| if y.abs() > S::TINY { x / y } else { S::from_i32(2) };
    let clamp = |x: S| x.larger(S::ZERO).smaller(S::ONE);
    let (first, second) = (ratio(c, q), ratio(q, a));
    // Outside by rounding is inside; the other root is far away.
    if (first - clamp(first)).abs() <= (second - clamp(second)).abs() { clamp(first) } else { clamp(second) }
}

impl<S: Sample> Quad<S> {
    pub(in crate::surround) fn new(points: [usize; 4], vectors: [[f64; 3]; 4]) -> Self {
        let [a, b, c, d] = vectors;
        Self { points: points.map(|p| p as u8), along: axis([a, b, c, d]), across: axis([b, c, d, a]) }
    }

    pub(in crate::surround) fn weights(&self, p: [S; 3]) -> [S; 4] {
        let (x, y) = (root(&self.along, p), root(&self.across, p));
        let (u, v) = (S::ONE - x, S::ONE - y);
        [u * v, x * v, x * y, u * y]
    }
}
