//! Mixing without loss: four by four, twice.
//!
//! A Hadamard matrix of 16 (or 8) rows is the product of two small ones: every line is mixed with the three others of its
//! group of four, then with those of its rank in the other groups. Both are sums and differences of whole stretches of time,
//! which vectorise. Nothing is divided: the `1 / sqrt(N)` is part of the gain of the lines.

use crate::process::CHUNK;
use crate::sample::Sample;

/// The four sums and differences of the Hadamard matrix of order 4 in natural order, times 2.
#[inline(always)]
pub(super) fn four<S: Sample>([a, b, c, d]: [S; 4]) -> [S; 4] {
    let (p, q, r, s) = (a + b, a - b, c + d, c - d);
    [p + r, q + s, p - r, q - s]
}

/// Mixes rows of one rank in all groups and writes them where the lines begin.
#[inline(always)]
pub(super) fn across<S: Sample, const N: usize>(
    rows: &[[S; CHUNK]],
    frames: usize,
    memory: &mut [S],
    starts: &[usize; N],
) {
    for rank in 0..4 {
        let row = |group: usize| &rows[4 * group + rank][..frames];
        let range = |g: usize| starts[4 * g + rank]..starts[4 * g + rank] + frames;
        if N == 16 {
            if let Ok(to) = memory.get_disjoint_mut([range(0), range(1), range(2), range(3)]) {
                mix([row(0), row(1), row(2), row(3)], to);
            }
        } else if let Ok([a, b]) = memory.get_disjoint_mut([range(0), range(1)]) {
            for (((a, b), x), y) in a.iter_mut().zip(b).zip(row(0)).zip(row(1)) {
                (*a, *b) = (*x + *y, *x - *y);
            }
        }
    }
}

/// Mixes four lines.
#[inline(never)]
fn mix<S: Sample>([w, x, y, z]: [&[S]; 4], [a, b, c, d]: [&mut [S]; 4]) {
    let from = w.iter().zip(x).zip(y).zip(z);
    for ((((a, b), c), d), (((w, x), y), z)) in a.iter_mut().zip(b).zip(c).zip(d).zip(from) {
        [*a, *b, *c, *d] = four([*w, *x, *y, *z]);
    }
}

/// The sign with which line `column` enters `row` of the whole matrix: -1 to the number of common bits.
pub(super) const fn sign(row: usize, column: usize) -> f64 {
    if (row & column).count_ones() % 2 == 0 { 1.0 } else { -1.0 }
}
