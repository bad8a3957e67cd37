//! The convex hull of up to 48 directions, by trying every plane through three of them: slow, right, and unique, so that a
//! symmetric layout has a symmetric hull.

use super::points::{MAX_POINTS, Points};
use crate::layout::MAX_CHANNELS;
use crate::surround::vector::{blend, cross, dot, length, minus, unit};

/// A triangulation of n points on a sphere has 2 n - 4 triangles.
pub(super) const MAX_TRIANGLES: usize = 2 * MAX_POINTS - 4;

/// Points nearer to a plane than this lie in it.
const FLAT: f64 = 1e-9;

/// Points of a facet, as bits.
type Facet = u64;

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

/// A piece of the sphere: three corners, or four in one plane, in order.
#[derive(Debug, Clone, Copy)]
pub(super) enum Region {
    Triangle([usize; 3]),
    Quad([usize; 4]),
}

/// Regions that cover the sphere. What is flat and has more than four corners gets a virtual point in its middle.
pub(super) fn regions(points: &mut Points, mut each: impl FnMut(&Points, Region)) {
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
        // An edge has all other corners on one side.
        let is_edge = |a: usize, b: usize| {
            let inward = cross(normal, minus(corners[b], corners[a]));
            let others = members(facet).filter(|p| *p != a && *p != b);
            let mut sides = others.map(|p| dot(inward, minus(corners[p], corners[a])) > 0.0);
            let first = sides.next();
            sides.all(|side| Some(side) == first)
        };
        let mut corner = members(facet);
        let mut next = || corner.next().unwrap_or(0);
        match facet.count_ones() {
            3 => return each(points, Region::Triangle([next(), next(), next()])),
            4 => {
                let first = next();
                let opposite = members(facet).find(|p| *p != first && !is_edge(first, *p)).unwrap_or(first);
                let mut between = members(facet).filter(|p| *p != first && *p != opposite);
                let mut next = || between.next().unwrap_or(first);
                return each(points, Region::Quad([first, next(), opposite, next()]));
            }
            _ => {}
        }
        let middle = members(facet).fold([0.0; 3], |sum, p| blend(sum, 1.0, corners[p], 1.0));
        let middle = if length(middle) > 0.01 { unit(middle) } else { normal };
        let centre = points.add(middle, shared(points, facet));
        for a in members(facet) {
            for b in members(facet).filter(|b| *b > a && is_edge(a, *b)) {
                each(points, Region::Triangle([a, b, centre]));
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
