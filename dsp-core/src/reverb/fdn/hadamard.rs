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
    if (row & column).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn both_halves_make_the_matrix_of_signs() {
        fn check<const N: usize>() {
            let starts: [usize; N] = core::array::from_fn(|i| 70 * i + i % 3);
            for column in 0..N {
                let mut rows = [[0.0_f64; CHUNK]; N];
                // As the scattering pass leaves it: mixed within the group.
                let group = column / 4 * 4;
                let mut unit = [0.0; 4];
                unit[column % 4] = 1.0;
                for (row, x) in rows[group..].iter_mut().zip(four(unit)) {
                    row[..9].fill(x);
                }
                let mut memory = vec![5.0; 70 * N + 70];
                across(&rows, 9, &mut memory, &starts);
                for (row, start) in starts.iter().enumerate() {
                    assert!(memory[*start..start + 9].iter().all(|x| *x == sign(row, column)), "{row} {column}");
                    assert_eq!(memory[start + 9], 5.0, "nothing is written beyond");
                }
            }
        }
        check::<8>();
        check::<16>();
    }
}
