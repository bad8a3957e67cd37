//! Vectors `[front, left, up]` and the great circle between two directions.

use crate::sample::Sample;
use core::f64::consts::PI;

#[inline(always)]
pub(super) fn dot<S: Sample>(a: [S; 3], b: [S; 3]) -> S {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[inline(always)]
pub(super) fn cross<S: Sample>(a: [S; 3], b: [S; 3]) -> [S; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(super) fn minus<S: Sample>(a: [S; 3], b: [S; 3]) -> [S; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// `a * p + b * q`.
pub(super) fn blend<S: Sample>(a: [S; 3], p: S, b: [S; 3], q: S) -> [S; 3] {
    [a[0] * p + b[0] * q, a[1] * p + b[1] * q, a[2] * p + b[2] * q]
}

pub(super) fn length<S: Sample>(a: [S; 3]) -> S {
    dot(a, a).sqrt()
}

/// Length 1; zero stays zero.
pub(super) fn unit<S: Sample>(a: [S; 3]) -> [S; 3] {
    let size = length(a);
    if size > S::ZERO { [a[0] / size, a[1] / size, a[2] / size] } else { a }
}

pub(super) fn narrow<S: Sample>(a: [f64; 3]) -> [S; 3] {
    a.map(S::from_f64)
}

/// The shorter great circle from one direction to another, walked at constant speed. Between opposite directions it
/// turns to the left first (from overhead or below: over the front).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arc<S> {
    from: [S; 3],
    /// A quarter of a turn further.
    quarter: [S; 3],
    to: [S; 3],
    angle: f64,
}

impl<S: Sample> Arc<S> {
    /// No move.
    pub(super) fn resting(at: [S; 3]) -> Self {
        Self { from: at, quarter: at, to: at, angle: 0.0 }
    }

    pub(super) fn new(from: [S; 3], to: [S; 3]) -> Self {
        let [a, b] = [from, to].map(|v| v.map(S::to_f64));
        let (along, sideways) = (dot(a, b), length(cross(a, b)));
        let mut quarter = unit(blend(b, 1.0, a, -along));
        if sideways < 1e-6 && along < 0.0 {
            let horizontal = cross([0.0, 0.0, 1.0], a);
            quarter = if length(horizontal) > 1e-6 { unit(horizontal) } else { [1.0, 0.0, 0.0] };
            return Self { from, quarter: narrow(quarter), to, angle: PI };
        }
        Self { from, quarter: narrow(quarter), to, angle: libm::atan2(sideways, along) }
    }

    /// Whether there is a way to go.
    pub(super) fn moves(&self) -> bool {
        self.angle > 0.0
    }

    /// The unit vector at `position` (0 to 1).
    pub(super) fn at(&self, position: S) -> [S; 3] {
        if position >= S::ONE {
            return self.to;
        }
        let angle = self.angle * position.to_f64();
        blend(self.from, S::from_f64(libm::cos(angle)), self.quarter, S::from_f64(libm::sin(angle)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Direction;

    #[test]
    fn an_arc_is_walked_at_constant_speed() {
        for (a, b) in [((30.0, 0.0), (-110.0, 40.0)), ((0.0, 0.0), (180.0, 0.0)), ((0.0, 90.0), (0.0, -90.0))] {
            let (a, b) = (Direction::new(a.0, a.1), Direction::new(b.0, b.1));
            let arc = Arc::<f64>::new(a.vector(), b.vector());
            let whole = a.angle_to(b);
            for i in 0..=10 {
                let here = Direction::of_vector(arc.at(f64::from(i) / 10.0));
                assert!((a.angle_to(here) - whole * f64::from(i) / 10.0).abs() < 1e-6, "{i}: {here:?}");
            }
            assert_eq!(arc.at(1.0), b.vector());
        }
        let over_the_left = Arc::<f64>::new([1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]).at(0.5);
        assert!((over_the_left[1] - 1.0).abs() < 1e-12);
    }
}
