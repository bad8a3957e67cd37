//! The convex hull of up to 80 directions, by trying every plane through three of them: slow, right, and unique, so that a
//! symmetric layout has a symmetric hull.

use super::points::{MAX_POINTS, Points};
use crate::layout::MAX_CHANNELS;
use crate::surround::vector::{blend, cross, dot, length, minus, unit};

/// A triangulation of n points on a sphere has 2 n - 4 triangles.
pub(super) const MAX_TRIANGLES: usize = 2 * MAX_POINTS - 4;

/// Points nearer to a plane than this lie in it.
const FLAT: f64 = 1e-9;

/// Points of a facet, as bits.
type Facet = u128;

fn members(facet: Facet) -> impl Iterator<Item = usize> {
    (0..MAX_POINTS).filter(move |p| facet >> p & 1 == 1)
}

/// Calls `each` with every facet once, and with its outward normal.
fn facets(vectors: &[[f64; 3]], mut each: impl FnMut(Facet, [f64; 3])) {
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate().skip(i + 1) {
            for (k, c) in vectors.iter().enumerate().skip(j + 1) {
                let normal = unit(cross(minus(*b, *a), minus(*c, *a)));
                let offset = dot(normal, *a);
                let normal = if offset < 0.0 { normal.map(|v| -v) } else { normal };
                let heights = vectors.iter().map(|v| dot(normal, *v) - libm::fabs(offset));
                let mut facet: Facet = 0;
                let mut outside = false;
                for (p, height) in heights.enumerate() {
                    outside |= height > FLAT;
                    facet |= Facet::from(libm::fabs(height) <= FLAT) << p;
                }
                // Of the triples in one plane only the first counts.
                let mut first = members(facet);
                if !outside && first.next() == Some(i) && first.next() == Some(j) && first.next() == Some(k) {
                    each(facet, normal);
                }
            }
        }
    }
}

/// Triangles that cover the sphere. What is flat and has more than three corners gets a virtual point in its middle.
pub(super) fn triangulate(points: &mut Points, mut each: impl FnMut(&Points, [usize; 3])) {
    for pole in points.poles.into_iter().flatten() {
        let mut around: Facet = 0;
        facets(&points.vectors[..points.count], |facet, _| {
            if facet >> pole & 1 == 1 {
                around |= facet;
            }
        });
        points.rows[pole] = shared(points, around & !(1 << pole));
    }
    let corners = points.vectors;
    facets(&corners[..points.count], |facet, normal| {
        if facet.count_ones() == 3 {
            let mut corner = members(facet);
            let mut next = || corner.next().unwrap_or(0);
            let triangle = [next(), next(), next()];
            each(points, triangle);
            return;
        }
        let middle = members(facet).fold([0.0; 3], |sum, p| blend(sum, 1.0, corners[p], 1.0));
        let middle = if length(middle) > 0.01 { unit(middle) } else { normal };
        let centre = points.add(middle, shared(points, facet));
        // Its edges: pairs that have all other corners on one side.
        for a in members(facet) {
            for b in members(facet).filter(|b| *b > a) {
                let inward = cross(normal, minus(corners[b], corners[a]));
                let side = |p: usize| dot(inward, minus(corners[p], corners[a]));
                let others = || members(facet).filter(|p| *p != a && *p != b);
                if others().all(|p| side(p) > 0.0) || others().all(|p| side(p) < 0.0) {
                    each(points, [a, b, centre]);
                }
            }
        }
    });
}

/// What a virtual loudspeaker between `corners` sends to the channels: the same to each, by power.
fn shared(points: &Points, corners: Facet) -> [f64; MAX_CHANNELS] {
    let mut row = [0.0; MAX_CHANNELS];
    let share = 1.0 / libm::sqrt(f64::from(corners.count_ones().max(1)));
    for p in members(corners) {
        for (to, from) in row.iter_mut().zip(points.rows[p]) {
            *to += share * from;
        }
    }
    row
}
