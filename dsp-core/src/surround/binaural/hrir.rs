//! A set of head-related impulse responses: what each ear hears from many directions, with the time of arrival kept apart.
//!
//! For every direction there are two responses that begin at the same time (aligned, near minimum phase) and two delays in frames.
//! Between directions both are mixed separately, with the weights of the triangle (or flat quadrangle) of neighbours
//! around the direction, found among the 24 nearest: responses do not comb, and the difference of arrival moves evenly.
//! At a direction of the set its own response is used, alone. Outside all triangles (below the lowest ring of a measured set) the nearest
//! edge or point answers, and a move there may jump from one edge to the next. A set that is one ring at ear height is mixed along
//! the ring. Of directions measured twice the first counts.

use crate::error::Error;
use crate::layout::Direction;
use crate::sample::Sample;
use crate::surround::vbap::quad::Quad;
use crate::surround::vector::{cross, dot, length, minus, narrow, unit};
use crate::units::SampleRate;

/// Longest response.
pub const MAX_TAPS: usize = 1024;
/// Longest delay in frames: 5 ms at 768 kHz.
pub const MAX_DELAY: f64 = 3_840.0;

/// Neighbours among which the triangle is looked for: on the circles around the ears that some laboratories measure on, many
/// points of one circle are nearer than the first of the next.
const NEAR: usize = 24;
/// Square of the distance below which two directions are the same: 0.006 degrees.
const SAME: f64 = 1e-8;
/// How far above a plane a point of the set lies in it: what `f32` leaves of a flat quadrangle.
const FLAT: f64 = 2e-6;

/// A direction of the set and when its sound arrives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point<S> {
    vector: [S; 3],
    delays: [S; 2],
}

impl<S: Sample> Point<S> {
    /// A direction, and the delays of the left and the right ear in frames.
    pub fn new(direction: Direction, delays: [f64; 2]) -> Self {
        Self { vector: narrow(direction.vector()), delays: delays.map(S::from_f64) }
    }

    /// The direction.
    pub fn direction(&self) -> Direction {
        Direction::of_vector(self.vector.map(S::to_f64))
    }

    /// Delays of the left and the right ear in frames.
    pub fn delays(&self) -> [f64; 2] {
        self.delays.map(S::to_f64)
    }
}

/// A set in memory of the caller.
#[derive(Debug, Clone, Copy)]
pub struct HrirSet<'a, S> {
    rate: SampleRate,
    taps: usize,
    longest: f64,
    points: &'a [Point<S>],
    responses: &'a [S],
}

/// Up to four points of a set and their weights, which add up to 1.
pub(super) type Weights<S> = [(usize, S); 4];

impl<'a, S: Sample> HrirSet<'a, S> {
    /// `responses` holds for each point `taps` samples of the left and as many of the right ear.
    ///
    /// # Errors
    /// No points, more than 1024 taps, responses of another length, delays outside 0 to 3840 frames, samples that are not
    /// finite or above 100.
    pub fn new(rate: SampleRate, taps: usize, points: &'a [Point<S>], responses: &'a [S]) -> Result<Self, Error> {
        Error::check("taps", taps as f64, 1.0, MAX_TAPS as f64, "")?;
        Error::check("directions", points.len() as f64, 1.0, 65_535.0, "")?;
        let needed = points.len() * 2 * taps;
        Error::check("samples of all responses", responses.len() as f64, needed as f64, needed as f64, "")?;
        let mut longest = 0.0_f64;
        for point in points {
            Error::check("length of a direction", length(point.vector).to_f64(), 0.999, 1.001, "")?;
            for delay in point.delays() {
                Error::check("delay", delay, 0.0, MAX_DELAY, "frames")?;
                longest = longest.max(delay);
            }
        }
        for sample in responses {
            Error::check("response", sample.to_f64(), -100.0, 100.0, "")?;
        }
        Ok(Self { rate, taps, longest, points, responses })
    }

    /// Sample rate of the responses.
    pub const fn rate(&self) -> SampleRate {
        self.rate
    }

    /// Length of the responses.
    pub const fn taps(&self) -> usize {
        self.taps
    }

    /// The directions.
    pub const fn points(&self) -> &'a [Point<S>] {
        self.points
    }

    /// The response of the left (0) or right (1) ear at a point of the set; empty if there is none.
    pub fn response(&self, point: usize, ear: usize) -> &'a [S] {
        if ear >= 2 || point >= self.points.len() {
            return &[];
        }
        let at = (2 * point + ear) * self.taps;
        self.responses.get(at..at + self.taps).unwrap_or(&[])
    }

    /// The longest delay in frames.
    pub const fn longest(&self) -> f64 {
        self.longest
    }

    /// Responses of both ears, and delays in frames, for any direction. What exceeds [`Self::taps`] in `left` and
    /// `right` stays.
    pub fn at(&self, direction: Direction, left: &mut [S], right: &mut [S]) -> [f64; 2] {
        self.mix(narrow(direction.vector()), left, right).map(S::to_f64)
    }

    pub(super) fn mix(&self, vector: [S; 3], left: &mut [S], right: &mut [S]) -> [S; 2] {
        let mut delays = [S::ZERO; 2];
        let weights = self.weights(vector);
        for ear in [&mut *left, &mut *right] {
            ear.iter_mut().take(self.taps).for_each(|h| *h = S::ZERO);
        }
        for (index, weight) in weights.into_iter().filter(|(_, w)| *w > S::ZERO) {
            for (which, ear) in [&mut *left, &mut *right].into_iter().enumerate() {
                for (h, from) in ear.iter_mut().zip(self.response(index, which)) {
                    *h += weight * *from;
                }
            }
            for (delay, from) in delays.iter_mut().zip(self.points[index].delays) {
                *delay += weight * from;
            }
        }
        delays
    }

    /// The nearest, nearest first, each direction once.
    fn near(&self, vector: [S; 3]) -> ([usize; NEAR], usize) {
        let (mut near, mut sizes, mut count) = ([0; NEAR], [S::from_i32(-2); NEAR], 0);
        for (index, point) in self.points.iter().enumerate() {
            let size = dot(point.vector, vector);
            if count == NEAR && size <= sizes[NEAR - 1] {
                continue;
            }
            // The same direction is equally far, so few have to be compared.
            let close = S::from_f64(2.0 * libm::sqrt(SAME));
            let same = |(other, far): (&usize, &S)| {
                let d = minus(point.vector, self.points[*other].vector);
                (*far - size).abs() < close && dot(d, d).to_f64() < SAME
            };
            if near[..count].iter().zip(&sizes).any(same) {
                continue;
            }
            let mut at = count.min(NEAR - 1);
            count = at + 1;
            while at > 0 && sizes[at - 1] < size {
                (near[at], sizes[at]) = (near[at - 1], sizes[at - 1]);
                at -= 1;
            }
            (near[at], sizes[at]) = (index, size);
        }
        (near, count)
    }

    fn weights(&self, vector: [S; 3]) -> Weights<S> {
        let (near, count) = self.near(vector);
        let p = vector.map(S::to_f64);
        let corner = |i: usize| self.points[near[i]].vector.map(S::to_f64);
        let (mut best, mut least) = ([(near[0], 1.0), (0, 0.0), (0, 0.0), (0, 0.0)], f64::NEG_INFINITY);
        'search: for k in 2..count {
            for j in 1..k {
                for i in 0..j {
                    let [a, b, c] = [i, j, k].map(corner);
                    let volume = dot(a, cross(b, c));
                    if libm::fabs(volume) < 1e-9 {
                        continue;
                    }
                    let gains = |q| [cross(b, c), cross(c, a), cross(a, b)].map(|column| dot(column, q) / volume);
                    let here = gains(p);
                    let smallest = here.into_iter().fold(f64::INFINITY, f64::min);
                    if smallest <= least {
                        continue;
                    }
                    // A triangle of the hull has nothing above its plane; one more point in it makes a quadrangle.
                    let normal = unit(cross(minus(b, a), minus(c, a)));
                    let height = libm::fabs(dot(normal, a));
                    let sign = if dot(normal, a) < 0.0 { -1.0 } else { 1.0 };
                    let above = |o: usize| sign * dot(normal, corner(o)) - height;
                    let mut others = (0..count).filter(|o| ![i, j, k].contains(o));
                    if others.any(|o| above(o) > FLAT) {
                        continue;
                    }
                    (best, least) = ([(near[i], here[0]), (near[j], here[1]), (near[k], here[2]), (0, 0.0)], smallest);
                    if smallest < -1e-9 {
                        continue;
                    }
                    let mut flat = (0..count).filter(|o| ![i, j, k].contains(o) && above(*o) > -FLAT);
                    if let (Some(fourth), None) = (flat.next(), flat.next()) {
                        best = four(
                            [i, j, k].map(|n| near[n]),
                            [a, b, c],
                            near[fourth],
                            corner(fourth),
                            gains(corner(fourth)),
                            p,
                        );
                    }
                    break 'search;
                }
            }
        }
        if least == f64::NEG_INFINITY {
            // No triangle at all: a ring.
            best = pair(&near[..count], corner, p).unwrap_or(best);
        }
        // Negative ones are outside or rounding.
        let best = best.map(|(index, weight)| (index, if weight > 1e-6 { weight } else { 0.0 }));
        let sum: f64 = best.iter().map(|(_, weight)| weight).sum();
        if sum > 0.0 {
            best.map(|(index, weight)| (index, S::from_f64(weight / sum)))
        } else {
            // Opposite to all there is.
            [(near[0], S::ONE), (0, S::ZERO), (0, S::ZERO), (0, S::ZERO)]
        }
    }
}

/// Weights of the nearest two points that have the direction between them, seen from above their plane.
fn pair(near: &[usize], corner: impl Fn(usize) -> [f64; 3], p: [f64; 3]) -> Option<[(usize, f64); 4]> {
    for j in 1..near.len() {
        for i in 0..j {
            let (a, b) = (corner(i), corner(j));
            // With the lengths that `f32` leaves: at `a` the share of `b` is exactly 0.
            let (across, to_a, to_b) = (dot(a, b), dot(p, a), dot(p, b));
            let (first, second) = (dot(b, b) * to_a - across * to_b, dot(a, a) * to_b - across * to_a);
            if first >= 0.0 && second >= 0.0 && first + second > 1e-9 {
                let share = second / (first + second);
                return Some([(near[i], 1.0 - share), (near[j], share), (0, 0.0), (0, 0.0)]);
            }
        }
    }
    None
}

/// Weights of a flat quadrangle: three corners in any order, and a fourth opposite to the one it is behind of.
fn four(
    three: [usize; 3],
    corners: [[f64; 3]; 3],
    fourth: usize,
    corner: [f64; 3],
    behind: [f64; 3],
    p: [f64; 3],
) -> [(usize, f64); 4] {
    let opposite = (0..3).fold(0, |best, i| if behind[i] < behind[best] { i } else { best });
    let (next, last) = ((opposite + 1) % 3, (opposite + 2) % 3);
    let order = [three[opposite], three[next], fourth, three[last]];
    let quad = Quad::<f64>::new([0, 1, 2, 3], [corners[opposite], corners[next], corner, corners[last]]);
    let weights = quad.weights(p);
    core::array::from_fn(|i| (order[i], weights[i]))
}
