//! How loud each loudspeaker plays so that a sound seems to come from between them (vector base amplitude panning).
//!
//! The three loudspeakers around a direction `p` get the gains `g = p L^-1`, `L` being the matrix of their unit vectors,
//! scaled to `|g| = 1`; at ear height these are the pair gains of the tangent law. At a loudspeaker only that one plays.
//!
//! The triangles are the convex hull of all loudspeakers and of virtual ones that close it, after ITU-R BS.2127:
//! - above or below what a layer lacks, a copy of the loudspeaker at ear height, at the height of the layer (30 degrees if it
//!   is empty): its sound goes to the original, so a flat layout pans by azimuth alone up to 30 degrees;
//! - overhead and below, unless a loudspeaker is there: shared by the loudspeakers around with equal power;
//! - at ear height in a gap wider than 160 degrees: shared by its two edges with equal power.
//!
//! Four loudspeakers in one plane are not cut into two triangles, which would favour a diagonal, but played together, again
//! after BS.2127. With all this the gains of its ten systems are those of the EBU renderer (`ear` 2.1.0) within 1.5e-7 at 2000
//! random directions; eleven of them are a test.
//!
//! **Stereo** (nothing placed but left and right) follows BS.2127: panned in 0+5+0, then folded down with `1/sqrt(3)` for the centre
//! (which keeps the tangent law) and `1/sqrt(2)` for the surrounds, `|g|` from 1 in front to `1/sqrt(2)` behind. **Mono**:
//! the gain is 1. All other layouts need two loudspeakers at ear height.
//!
//! **Spread** 0 to 1: power from 24 directions of equal weight, three rings of equal area in a cap of `180 spread` degrees half-angle
//! (as Pulkki's MDAP, but adding powers, so that the norm is 1 without correction). At 1 the sound comes from everywhere.
//! Straight below the listener the rings turn by 180 degrees, so a spread source may jump there.
//!
//! Gains move continuously with the direction: at most 0.23 per degree in 4+9+0, whose loudspeakers are 15 degrees apart, 0.13 in
//! the other systems (tests). Memory: 11 KiB in `f32`, 21 KiB in `f64`,
//! nothing from the caller.
//!
//! Not for a distance: level and reverberation say how far a sound is.
//!
//! Sources: V. Pulkki, "Virtual sound source positioning using vector base amplitude panning", JAES 45(6), 1997; the same,
//! "Uniform spreading of amplitude panned virtual sources", WASPAA 1999; ITU-R BS.2127-1, section 6.1.

mod hull;
mod points;
pub(super) mod quad;

use super::vector::{cross, dot, narrow};
use crate::error::Error;
use crate::layout::{Direction, Layout, MAX_CHANNELS, Position};
use crate::sample::Sample;
use core::f64::consts::FRAC_1_SQRT_2;
use hull::{MAX_TRIANGLES, Region, regions};
use points::{MAX_POINTS, Points};
use quad::Quad;

/// Gains of all channels; those beyond the layout are 0.
pub type Gains<S> = [S; MAX_CHANNELS];

/// Directions that a spread source consists of.
const RINGS: usize = 3;
const PER_RING: usize = 8;
/// cos and sin of 22.5 degrees: every other ring is turned by that.
const COS: f64 = 0.923_879_532_511_286_7;
const SIN: f64 = 0.382_683_432_365_089_8;
const STRAIGHT: [[f64; 2]; PER_RING] = [
    [1.0, 0.0],
    [FRAC_1_SQRT_2, FRAC_1_SQRT_2],
    [0.0, 1.0],
    [-FRAC_1_SQRT_2, FRAC_1_SQRT_2],
    [-1.0, 0.0],
    [-FRAC_1_SQRT_2, -FRAC_1_SQRT_2],
    [0.0, -1.0],
    [FRAC_1_SQRT_2, -FRAC_1_SQRT_2],
];
const TURNED: [[f64; 2]; PER_RING] =
    [[COS, SIN], [SIN, COS], [-SIN, COS], [-COS, SIN], [-COS, -SIN], [-SIN, -COS], [SIN, -COS], [COS, -SIN]];

/// Gain of the centre in stereo: the tangent law of a base of 60 degrees, `tan 30`.
const STEREO_CENTRE: f64 = 0.577_350_269_189_625_8;

/// Most quadrangles: two rings of 14 between ear height and its copies; more are cut into triangles.
const MAX_QUADS: usize = 28;

#[derive(Debug, Clone, Copy)]
struct Triangle<S> {
    points: [u8; 3],
    /// The quadrangle it is half of.
    quad: Option<u8>,
    /// Columns of the inverse of the matrix of unit vectors.
    inverse: [[S; 3]; 3],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// One loudspeaker plays all.
    One(usize),
    /// Left and right, from 0+5+0.
    Stereo(usize, usize),
    Around,
}

/// The triangles of a layout.
#[derive(Debug, Clone)]
pub struct Vbap<S> {
    kind: Kind,
    triangles: [Triangle<S>; MAX_TRIANGLES],
    count: usize,
    quads: [Quad<S>; MAX_QUADS],
    rows: [Gains<S>; MAX_POINTS],
}

/// How wide a source is, as the height of its cap on the unit sphere: `1 - cos(180 spread)`.
pub(super) fn cap<S: Sample>(spread: f64) -> Result<S, Error> {
    Error::check("spread", spread, 0.0, 1.0, "")?;
    Ok(S::from_f64(if spread == 0.0 { 0.0 } else { 1.0 - libm::cos(core::f64::consts::PI * spread) }))
}

impl<S: Sample> Vbap<S> {
    /// Finds the triangles of `layout`.
    ///
    /// # Errors
    /// A layout with more than one placed loudspeaker but fewer than two at ear height.
    pub fn new(layout: &Layout) -> Result<Self, Error> {
        let mut placed = (0..layout.channels()).filter(|c| layout.direction(*c).is_some());
        let (first, second, more) = (placed.next(), placed.next(), placed.next().is_some());
        let place = |p| layout.positions().iter().position(|q| *q == p);
        let kind = match (first, second, place(Position::FrontLeft), place(Position::FrontRight)) {
            (Some(only), None, ..) => Kind::One(only),
            (_, Some(_), Some(left), Some(right)) if !more => Kind::Stereo(left, right),
            _ => Kind::Around,
        };
        let empty = Triangle { points: [0; 3], quad: None, inverse: [[S::ZERO; 3]; 3] };
        let mut out = Self {
            kind,
            triangles: [empty; MAX_TRIANGLES],
            count: 0,
            quads: [Quad::new([0; 4], [[0.0; 3]; 4]); MAX_QUADS],
            rows: [[S::ZERO; MAX_CHANNELS]; MAX_POINTS],
        };
        if let Kind::One(_) = kind {
            return Ok(out);
        }
        let mut points = Points::new(if kind == Kind::Around { layout } else { &Layout::SURROUND_5_0 })?;
        let mut quads = 0;
        regions(&mut points, |points, region| match region {
            Region::Triangle(corners) => out.add(points, corners, None),
            Region::Quad(corners) => {
                let [a, b, c, d] = corners;
                let index = out.quads.get_mut(quads).map(|slot| {
                    *slot = Quad::new(corners, corners.map(|p| points.vectors[p]));
                    quads as u8
                });
                quads += 1;
                out.add(points, [a, b, c], index);
                out.add(points, [a, c, d], index);
            }
        });
        for (row, from) in out.rows.iter_mut().zip(points.rows) {
            *row = from.map(S::from_f64);
        }
        Ok(out)
    }

    fn add(&mut self, points: &Points, corners: [usize; 3], quad: Option<u8>) {
        let [a, b, c] = corners.map(|p| points.vectors[p]);
        let volume = dot(a, cross(b, c));
        let column = |u, v| narrow(cross(u, v).map(|x| x / volume));
        let inverse = [column(b, c), column(c, a), column(a, b)];
        if let Some(slot) = self.triangles.get_mut(self.count) {
            *slot = Triangle { points: corners.map(|p| p as u8), quad, inverse };
            self.count += 1;
        }
    }

    /// Gains for a source at `direction`, `spread` 0 (a point) to 1 (everywhere).
    ///
    /// # Errors
    /// A spread outside 0 to 1, a direction that is not a number.
    pub fn gains(&self, direction: Direction, spread: f64) -> Result<Gains<S>, Error> {
        check(direction)?;
        Ok(self.spread(narrow(direction.vector()), cap(spread)?))
    }

    /// Gains for a unit vector and a cap.
    pub(super) fn spread(&self, vector: [S; 3], cap: S) -> Gains<S> {
        if cap <= S::ZERO {
            return self.point(vector);
        }
        let mut power = [S::ZERO; MAX_CHANNELS];
        for ring in 0..RINGS {
            let part = S::from_f64((ring as f64 + 0.5) / RINGS as f64);
            let cosine = S::ONE - part * cap;
            let sine = (S::ONE - cosine * cosine).larger(S::ZERO).sqrt();
            for [x, y] in if ring % 2 == 0 { STRAIGHT } else { TURNED } {
                let tilted = [S::from_f64(x) * sine, S::from_f64(y) * sine, cosine];
                for (sum, gain) in power.iter_mut().zip(self.point(raise(tilted, vector))) {
                    *sum += gain * gain;
                }
            }
        }
        let share = S::from_f64(1.0 / (RINGS * PER_RING) as f64);
        power.map(|sum| (sum * share).sqrt())
    }

    /// Gains for a point source.
    fn point(&self, vector: [S; 3]) -> Gains<S> {
        match self.kind {
            Kind::One(channel) => {
                let mut gains = [S::ZERO; MAX_CHANNELS];
                gains[channel] = S::ONE;
                gains
            }
            Kind::Stereo(left, right) => {
                let around = self.around(vector);
                let [l, r, c, ls, rs] = core::array::from_fn(|i| around[i]);
                let (centre, surround) = (c * S::from_f64(STEREO_CENTRE), S::from_f64(FRAC_1_SQRT_2));
                let mut gains = [S::ZERO; MAX_CHANNELS];
                gains[left] = l + centre + surround * ls;
                gains[right] = r + centre + surround * rs;
                normalise(&mut gains);
                let (front, back) = (l.larger(r).larger(c), ls.larger(rs));
                let level = (back / (front + back) * S::from_f64(-0.5)).exp2();
                gains.map(|g| g * level)
            }
            Kind::Around => self.around(vector),
        }
    }

    fn around(&self, vector: [S; 3]) -> Gains<S> {
        let tiny = S::from_i32(16) * S::EPSILON;
        let (mut best, mut weights, mut least) = (&self.triangles[0], [S::ZERO; 3], S::from_i32(-1_000_000));
        for triangle in &self.triangles[..self.count] {
            let here = triangle.inverse.map(|column| dot(column, vector));
            let smallest = here[0].smaller(here[1]).smaller(here[2]);
            if smallest > least {
                (best, weights, least) = (triangle, here, smallest);
                if smallest >= S::ZERO {
                    break;
                }
            }
        }
        let mut gains = [S::ZERO; MAX_CHANNELS];
        let mut play = |point: u8, weight: S| {
            // A rest of rounding is no sound: at a loudspeaker only that one plays.
            if weight > tiny {
                for (gain, row) in gains.iter_mut().zip(&self.rows[usize::from(point)]) {
                    *gain += weight * *row;
                }
            }
        };
        if let Some(quad) = best.quad.and_then(|q| self.quads.get(usize::from(q))) {
            quad.points.into_iter().zip(quad.weights(vector)).for_each(|(point, weight)| play(point, weight));
        } else {
            best.points.into_iter().zip(weights).for_each(|(point, weight)| play(point, weight));
        }
        normalise(&mut gains);
        gains
    }
}

/// Checks that a direction is one.
pub(super) fn check(direction: Direction) -> Result<(), Error> {
    Error::check("azimuth", direction.azimuth, -360.0, 360.0, "degrees")?;
    Error::check("elevation", direction.elevation, -90.0, 90.0, "degrees")
}

/// Power 1; a single gain is exactly 1.
fn normalise<S: Sample>(gains: &mut Gains<S>) {
    let power = gains.iter().fold(S::ZERO, |sum, g| sum + *g * *g);
    if power <= S::ZERO {
        return;
    }
    let size = power.sqrt();
    let alone = gains.iter().filter(|g| **g > S::ZERO).count() == 1;
    for gain in gains {
        *gain = if alone && *gain > S::ZERO { S::ONE } else { *gain / size };
    }
}

/// The rotation that takes overhead to `to` the shortest way, applied to `v`.
fn raise<S: Sample>(v: [S; 3], to: [S; 3]) -> [S; 3] {
    let [x, y, cosine] = to;
    let denominator = S::ONE + cosine;
    if denominator < S::from_f64(1e-6) {
        return [v[0], -v[1], -v[2]];
    }
    let axis = [-y, x, S::ZERO];
    let turned = cross(axis, v);
    let along = dot(axis, v) / denominator;
    [
        v[0] * cosine + turned[0] + axis[0] * along,
        v[1] * cosine + turned[1] + axis[1] * along,
        v[2] * cosine + turned[2],
    ]
}

#[cfg(test)]
mod tests;
