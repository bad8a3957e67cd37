//! The arithmetic of the passes: butterflies over rows of numbers, written so that the compiler makes vectors of them.

use crate::fft::passes::{GROUP, QUAD};
use crate::sample::Sample;

/// Real and imaginary part.
type Complex<T> = (T, T);

#[inline(always)]
fn add<T: Sample>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 + b.0, a.1 + b.1)
}

#[inline(always)]
fn sub<T: Sample>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 - b.0, a.1 - b.1)
}

/// `a - i b`.
#[inline(always)]
fn sub_turned<T: Sample>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 + b.1, a.1 - b.0)
}

/// `a + i b`.
#[inline(always)]
fn add_turned<T: Sample>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 - b.1, a.1 + b.0)
}

#[inline(always)]
fn times<T: Sample>(a: Complex<T>, (c, s): Complex<T>) -> Complex<T> {
    (a.0 * c - a.1 * s, a.0 * s + a.1 * c)
}

#[inline(always)]
fn times_conjugate<T: Sample>(a: Complex<T>, (c, s): Complex<T>) -> Complex<T> {
    (a.0 * c + a.1 * s, a.1 * c - a.0 * s)
}

/// Four points of a transform of four, in order.
#[inline(always)]
fn four<T: Sample>([a, b, c, d]: [Complex<T>; 4]) -> [Complex<T>; 4] {
    let (s0, s1, s2, s3) = (add(a, c), sub(a, c), add(b, d), sub(b, d));
    [add(s0, s2), sub_turned(s1, s3), sub(s0, s2), add_turned(s1, s3)]
}

/// Its inverse times 4.
#[inline(always)]
fn four_back<T: Sample>([a, b, c, d]: [Complex<T>; 4]) -> [Complex<T>; 4] {
    let (s0, s1, s2, s3) = (add(a, c), sub(a, c), add(b, d), sub(b, d));
    [add(s0, s2), add_turned(s1, s3), sub(s0, s2), sub_turned(s1, s3)]
}

#[inline(always)]
fn factors<T: Sample>([a, b, c, d]: [Complex<T>; 4], w: [Complex<T>; 3]) -> [Complex<T>; 4] {
    [a, times(b, w[0]), times(c, w[1]), times(d, w[2])]
}

#[inline(always)]
fn conjugate_factors<T: Sample>([a, b, c, d]: [Complex<T>; 4], w: [Complex<T>; 3]) -> [Complex<T>; 4] {
    [a, times_conjugate(b, w[0]), times_conjugate(c, w[1]), times_conjugate(d, w[2])]
}

/// Radix 4 on four rows and their factors (the first row has none). That every row is an argument of its own tells the
/// compiler that they do not overlap, which is what lets the loop vectorise: 4 numbers at a time, no shuffles.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "see above")]
pub(crate) fn radix4<S: Sample, const BACK: bool>(
    count: usize,
    ar: &mut [S],
    ai: &mut [S],
    br: &mut [S],
    bi: &mut [S],
    cr: &mut [S],
    ci: &mut [S],
    dr: &mut [S],
    di: &mut [S],
    [b_re, b_im, c_re, c_im, d_re, d_im]: [&[S]; 6],
) {
    let (ar, br, cr, dr) = (&mut ar[..count], &mut br[..count], &mut cr[..count], &mut dr[..count]);
    let (ai, bi, ci, di) = (&mut ai[..count], &mut bi[..count], &mut ci[..count], &mut di[..count]);
    let (b_re, c_re, d_re) = (&b_re[..count], &c_re[..count], &d_re[..count]);
    let (b_im, c_im, d_im) = (&b_im[..count], &c_im[..count], &d_im[..count]);
    for i in 0..count {
        let x = [(ar[i], ai[i]), (br[i], bi[i]), (cr[i], ci[i]), (dr[i], di[i])];
        let w = [(b_re[i], b_im[i]), (c_re[i], c_im[i]), (d_re[i], d_im[i])];
        let y = if BACK { four_back(conjugate_factors(x, w)) } else { factors(four(x), w) };
        [(ar[i], ai[i]), (br[i], bi[i]), (cr[i], ci[i]), (dr[i], di[i])] = y;
    }
}

/// Radix 2 on two rows, likewise.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "see above")]
pub(crate) fn radix2<S: Sample, const BACK: bool>(
    count: usize,
    ar: &mut [S],
    ai: &mut [S],
    br: &mut [S],
    bi: &mut [S],
    w_re: &[S],
    w_im: &[S],
) {
    let (ar, br, w_re) = (&mut ar[..count], &mut br[..count], &w_re[..count]);
    let (ai, bi, w_im) = (&mut ai[..count], &mut bi[..count], &w_im[..count]);
    for i in 0..count {
        let (a, b, w) = ((ar[i], ai[i]), (br[i], bi[i]), (w_re[i], w_im[i]));
        let (a, b) = if BACK {
            let b = times_conjugate(b, w);
            (add(a, b), sub(a, b))
        } else {
            (add(a, b), times(sub(a, b), w))
        };
        ((ar[i], ai[i]), (br[i], bi[i])) = (a, b);
    }
}

/// The pass of radix 4 on a block of 16, as straight code of its own: inside a loop it would be turned inside out.
#[inline(never)]
pub(crate) fn sixteen<S: Sample, const BACK: bool>(re: &mut [S; GROUP], im: &mut [S; GROUP], w: &[S; QUAD]) {
    for i in 0..4 {
        let x = [(re[i], im[i]), (re[4 + i], im[4 + i]), (re[8 + i], im[8 + i]), (re[12 + i], im[12 + i])];
        let w = [(w[i], w[4 + i]), (w[8 + i], w[12 + i]), (w[16 + i], w[20 + i])];
        let y = if BACK { four_back(conjugate_factors(x, w)) } else { factors(four(x), w) };
        [(re[i], im[i]), (re[4 + i], im[4 + i]), (re[8 + i], im[8 + i]), (re[12 + i], im[12 + i])] = y;
    }
}

/// A transform of four across every four neighbours of `x`: where rows end, columns begin. Interleaved reads of a long loop
/// are what the compiler turns into shuffles.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "as above")]
pub(crate) fn across<S: Sample>(
    x_re: &[S],
    x_im: &[S],
    ar: &mut [S],
    ai: &mut [S],
    br: &mut [S],
    bi: &mut [S],
    cr: &mut [S],
    ci: &mut [S],
    dr: &mut [S],
    di: &mut [S],
) {
    let count = ar.len();
    let (br, cr, dr) = (&mut br[..count], &mut cr[..count], &mut dr[..count]);
    let (ai, bi, ci, di) = (&mut ai[..count], &mut bi[..count], &mut ci[..count], &mut di[..count]);
    let (x_re, x_im) = (&x_re.as_chunks::<4>().0[..count], &x_im.as_chunks::<4>().0[..count]);
    for i in 0..count {
        let (r, m) = (&x_re[i], &x_im[i]);
        let y = four([(r[0], m[0]), (r[1], m[1]), (r[2], m[2]), (r[3], m[3])]);
        [(ar[i], ai[i]), (br[i], bi[i]), (cr[i], ci[i]), (dr[i], di[i])] = y;
    }
}

/// Its inverse times 4.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "as above")]
pub(crate) fn across_back<S: Sample>(
    x_re: &mut [S],
    x_im: &mut [S],
    ar: &[S],
    ai: &[S],
    br: &[S],
    bi: &[S],
    cr: &[S],
    ci: &[S],
    dr: &[S],
    di: &[S],
) {
    let count = ar.len();
    let (br, cr, dr) = (&br[..count], &cr[..count], &dr[..count]);
    let (ai, bi, ci, di) = (&ai[..count], &bi[..count], &ci[..count], &di[..count]);
    let (x_re, x_im) = (&mut x_re.as_chunks_mut::<4>().0[..count], &mut x_im.as_chunks_mut::<4>().0[..count]);
    for i in 0..count {
        let y = four_back([(ar[i], ai[i]), (br[i], bi[i]), (cr[i], ci[i]), (dr[i], di[i])]);
        (x_re[i], x_im[i]) = (y.map(|v| v.0), y.map(|v| v.1));
    }
}
