//! Mixing without loss: four by four, twice.
//!
//! A Hadamard matrix of 16 (or 8) rows is the product of two small ones: every line is mixed with the three others of its
//! group of four, then with those of its rank in the other groups. Both are sums and differences of whole stretches of time,
//! which vectorise. Nothing is divided: the `1 / sqrt(N)` is part of the gain of the lines.

use crate::sample::Sample;

/// The four sums and differences of the Hadamard matrix of order 4 in natural order, times 2.
#[inline(always)]
pub(super) fn four<S: Sample>([a, b, c, d]: [S; 4]) -> [S; 4] {
    let (p, q, r, s) = (a + b, a - b, c + d, c - d);
    [p + r, q + s, p - r, q - s]
}

/// Mixes lines of one rank in all groups, frame by frame.
#[inline(always)]
pub(super) fn across<S: Sample, const CHUNK: usize>(lines: &mut [&mut [S; CHUNK]], frames: usize) {
    let step = 4;
    for rank in 0..step {
        let mut ranks = lines.iter_mut().skip(rank).step_by(step);
        match (ranks.next(), ranks.next(), ranks.next(), ranks.next()) {
            (Some(a), Some(b), Some(c), Some(d)) => {
                let (a, b, c, d) = (&mut a[..frames], &mut b[..frames], &mut c[..frames], &mut d[..frames]);
                for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                    [*a, *b, *c, *d] = four([*a, *b, *c, *d]);
                }
            }
            (Some(a), Some(b), ..) => {
                for (a, b) in a[..frames].iter_mut().zip(&mut b[..frames]) {
                    (*a, *b) = (*a + *b, *a - *b);
                }
            }
            _ => {}
        }
    }
}

/// The sign with which line `column` enters `row` of the whole matrix: -1 to the number of common bits.
pub(super) const fn sign(row: usize, column: usize) -> f64 {
    if (row & column).count_ones() % 2 == 0 { 1.0 } else { -1.0 }
}
