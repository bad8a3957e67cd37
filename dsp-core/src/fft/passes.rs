//! The passes of a complex transform of `2^m` points, forwards (natural order in, shuffled order out) and back.
//!
//! Decimation in frequency, radix 4, one pass of radix 2 first where `m` is odd; in place, real and imaginary parts in
//! arrays of their own. The bins come out in an order of their own ([`Passes::place`]): sorting them would cost a pass, and
//! products do not need it.
//!
//! Every pass consists of `points / 16` groups of equal work that can be done in any portions: that is how a large
//! transform is spread over many blocks. The last step, of four neighbours each, is done in batches of 64 points.
//!
//! Source: Van Loan, *Computational Frameworks for the Fast Fourier Transform* (1992), sections 1.9, 2.4 and 2.5.

use crate::sample::Sample;
use core::f64::consts::TAU;
use core::ops::{Add, Mul, Range, Sub};

/// Points of a group.
pub(crate) const GROUP: usize = 16;
/// Samples of the factors of four radix-4 butterflies: three for each, re and im.
const QUAD: usize = 24;
/// Additions and multiplications of one group of a radix-4 pass: four butterflies of 16 additions and three products.
const QUAD_COST: usize = 4 * (16 + 3 * 6);
/// The same for radix 2: eight butterflies of 4 additions and one product.
const PAIR_COST: usize = 8 * (4 + 6);
/// The same for the last step: four butterflies without factors.
const LAST_COST: usize = 4 * 16;
/// Most points the last step takes together.
pub(crate) const BATCH: usize = 64;

/// Real and imaginary part, of one number or of several side by side.
type Complex<T> = (T, T);

trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {}
impl<T: Copy + Add<Output = T> + Sub<Output = T> + Mul<Output = T>> Number for T {}

#[inline(always)]
fn add<T: Number>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 + b.0, a.1 + b.1)
}

#[inline(always)]
fn sub<T: Number>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 - b.0, a.1 - b.1)
}

/// `a - i b`.
#[inline(always)]
fn sub_turned<T: Number>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 + b.1, a.1 - b.0)
}

/// `a + i b`.
#[inline(always)]
fn add_turned<T: Number>(a: Complex<T>, b: Complex<T>) -> Complex<T> {
    (a.0 - b.1, a.1 + b.0)
}

#[inline(always)]
fn times<T: Number>(a: Complex<T>, (c, s): Complex<T>) -> Complex<T> {
    (a.0 * c - a.1 * s, a.0 * s + a.1 * c)
}

#[inline(always)]
fn times_conjugate<T: Number>(a: Complex<T>, (c, s): Complex<T>) -> Complex<T> {
    (a.0 * c + a.1 * s, a.1 * c - a.0 * s)
}

/// Four points of a transform of four, in order.
#[inline(always)]
fn four<T: Number>([a, b, c, d]: [Complex<T>; 4]) -> [Complex<T>; 4] {
    let (s0, s1, s2, s3) = (add(a, c), sub(a, c), add(b, d), sub(b, d));
    [add(s0, s2), sub_turned(s1, s3), sub(s0, s2), add_turned(s1, s3)]
}

/// Its inverse times 4.
#[inline(always)]
fn four_back<T: Number>([a, b, c, d]: [Complex<T>; 4]) -> [Complex<T>; 4] {
    let (s0, s1, s2, s3) = (add(a, c), sub(a, c), add(b, d), sub(b, d));
    [add(s0, s2), add_turned(s1, s3), sub(s0, s2), sub_turned(s1, s3)]
}

#[inline(always)]
fn factors<T: Number>([a, b, c, d]: [Complex<T>; 4], w: [Complex<T>; 3]) -> [Complex<T>; 4] {
    [a, times(b, w[0]), times(c, w[1]), times(d, w[2])]
}

#[inline(always)]
fn conjugate_factors<T: Number>([a, b, c, d]: [Complex<T>; 4], w: [Complex<T>; 3]) -> [Complex<T>; 4] {
    [a, times_conjugate(b, w[0]), times_conjugate(c, w[1]), times_conjugate(d, w[2])]
}

/// One pass: which radix, how long its blocks are and where its factors begin.
#[derive(Debug, Clone, Copy)]
struct Pass {
    four: bool,
    block: usize,
    table: usize,
}

/// What is to be done for a number of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passes {
    points: usize,
}

impl Passes {
    /// `points` is a power of two, 16 or more.
    pub(crate) const fn new(points: usize) -> Self {
        Self { points }
    }

    /// Groups of each pass.
    pub(crate) const fn groups(self) -> usize {
        self.points / GROUP
    }

    /// Points that the last step takes together.
    pub(crate) const fn batch(self) -> usize {
        if self.points < BATCH { self.points } else { BATCH }
    }

    /// Additions and multiplications of the last step for one batch.
    pub(crate) const fn last_cost(self) -> usize {
        self.batch() / GROUP * LAST_COST
    }

    const fn odd(self) -> bool {
        self.points.trailing_zeros() % 2 == 1
    }

    /// Passes besides the last step, which is of four points.
    pub(crate) const fn count(self) -> usize {
        (self.points.trailing_zeros() as usize - 1) / 2
    }

    fn pass(self, which: usize) -> Pass {
        if self.odd() && which == 0 {
            return Pass { four: false, block: self.points, table: 0 };
        }
        let (fours, mut block, mut table) =
            if self.odd() { (which - 1, self.points / 2, self.points) } else { (which, self.points, 0) };
        for _ in 0..fours {
            table += block / GROUP * QUAD;
            block /= 4;
        }
        Pass { four: true, block, table }
    }

    /// Samples of the factors of all passes.
    pub(crate) fn table_len(self) -> usize {
        self.pass(self.count() - 1).table + QUAD
    }

    /// Writes the factors.
    pub(crate) fn fill_table<S: Sample>(self, table: &mut [S]) {
        for which in 0..self.count() {
            let Pass { four, block, table: at } = self.pass(which);
            let (len, factors) = if four { (block / GROUP * QUAD, 3) } else { (block, 1) };
            for (power, w) in table[at..at + len].chunks_exact_mut(len / factors).enumerate() {
                let (re, im) = w.split_at_mut(len / factors / 2);
                for (p, (re, im)) in re.iter_mut().zip(im).enumerate() {
                    let angle = -TAU * ((power + 1) * p) as f64 / block as f64;
                    (*re, *im) = (S::from_f64(libm::cos(angle)), S::from_f64(libm::sin(angle)));
                }
            }
        }
    }

    /// Additions and multiplications of one group of a pass.
    pub(crate) const fn cost(self, which: usize) -> usize {
        if self.odd() && which == 0 { PAIR_COST } else { QUAD_COST }
    }

    /// Where the group of bins `c + j * points / 16` is among the groups.
    fn group_of(self, c: usize) -> usize {
        let (mut rest, mut groups, mut at) = (c, self.groups(), 0);
        while groups > 1 {
            let radix = if groups == self.groups() && self.odd() { 2 } else { 4 };
            groups /= radix;
            at += rest % radix * groups;
            rest /= radix;
        }
        at
    }

    /// Where bin `c + j * points / 16` is.
    pub(crate) fn place(self, c: usize, j: usize) -> usize {
        let (group, width) = (self.group_of(c), self.batch() / 4);
        let (batch, inside) = (group * GROUP / self.batch(), group * GROUP % self.batch() / 4);
        batch * self.batch() + j / 4 * width + inside + j % 4
    }

    /// The last step forwards, for the points of one batch.
    #[inline(always)]
    pub(crate) fn last<S: Sample>(self, (x_re, x_im): (&[S], &[S]), (re, im): (&mut [S], &mut [S])) {
        let quarter = self.batch() / 4;
        let ((ar, br), (cr, dr)) = halves(re, 2 * quarter, quarter);
        let ((ai, bi), (ci, di)) = halves(im, 2 * quarter, quarter);
        across(x_re, x_im, ar, ai, br, bi, cr, ci, &mut dr[..quarter], &mut di[..quarter]);
    }

    /// The first step back, the inverse of [`Self::last`] times 4.
    #[inline(always)]
    pub(crate) fn first<S: Sample>(self, (re, im): (&[S], &[S]), (x_re, x_im): (&mut [S], &mut [S])) {
        let quarter = self.batch() / 4;
        let ([ar, br, cr, dr], [ai, bi, ci, di]) =
            ([0, 1, 2, 3].map(|i| &re[i * quarter..][..quarter]), [0, 1, 2, 3].map(|i| &im[i * quarter..][..quarter]));
        across_back(x_re, x_im, ar, ai, br, bi, cr, ci, dr, di);
    }

    /// Some groups of a pass forwards.
    pub(crate) fn forward<S: Sample>(
        self,
        which: usize,
        table: &[S],
        re: &mut [S],
        im: &mut [S],
        groups: Range<usize>,
    ) {
        self.run(which, table, re, im, groups, sixteen::<S, false>, quads::<S, false>, pairs::<S, false>);
    }

    /// Some groups of a pass back; passes are undone last to first.
    pub(crate) fn back<S: Sample>(self, which: usize, table: &[S], re: &mut [S], im: &mut [S], groups: Range<usize>) {
        self.run(which, table, re, im, groups, sixteen::<S, true>, quads::<S, true>, pairs::<S, true>);
    }

    #[inline(always)]
    fn run<S: Sample>(
        self,
        which: usize,
        table: &[S],
        re: &mut [S],
        im: &mut [S],
        groups: Range<usize>,
        sixteen: impl Fn(&mut [S; GROUP], &mut [S; GROUP], &[S; QUAD]),
        quads: impl Fn(&mut [S], &mut [S], &[S], usize, usize),
        pairs: impl Fn(&mut [S], &mut [S], &[S], usize, usize),
    ) {
        let Pass { four, block, table: at } = self.pass(which);
        let per = block / GROUP;
        if per == 1 {
            let points = GROUP * groups.start..GROUP * groups.end;
            let (re, im) = (re[points.clone()].as_chunks_mut().0, im[points].as_chunks_mut().0);
            if let Some(w) = table[at..].first_chunk() {
                re.iter_mut().zip(im).for_each(|(re, im)| sixteen(re, im, w));
            }
            return;
        }
        let mut group = groups.start;
        while group < groups.end {
            let (index, first) = (group / per, group % per);
            let count = (per - first).min(groups.end - group);
            let (re, im) = (&mut re[index * block..][..block], &mut im[index * block..][..block]);
            if four {
                quads(re, im, &table[at..at + block / GROUP * QUAD], 4 * first, 4 * count);
            } else {
                pairs(re, im, &table[at..at + block], 8 * first, 8 * count);
            }
            group += count;
        }
    }
}

/// Radix 4 on four rows and their factors (the first row has none). That every row is an argument of its own tells the
/// compiler that they do not overlap, which is what lets the loop vectorise: 4 numbers at a time, no shuffles.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "see above")]
fn radix4<S: Sample, const BACK: bool>(
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
fn radix2<S: Sample, const BACK: bool>(
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

/// A pass of radix 4 over columns `first..first + count` of one block; `w` holds re and im of the three factors, each
/// a quarter of the block long.
#[inline(always)]
fn quads<S: Sample, const BACK: bool>(re: &mut [S], im: &mut [S], w: &[S], first: usize, count: usize) {
    let quarter = re.len() / 4;
    let ((ar, br), (cr, dr)) = halves(re, 2 * quarter, quarter);
    let ((ai, bi), (ci, di)) = halves(im, 2 * quarter, quarter);
    let w = [0, 1, 2, 3, 4, 5].map(|i| &w[i * quarter + first..][..count]);
    radix4::<S, BACK>(
        count,
        &mut ar[first..],
        &mut ai[first..],
        &mut br[first..],
        &mut bi[first..],
        &mut cr[first..],
        &mut ci[first..],
        &mut dr[first..],
        &mut di[first..],
        w,
    );
}

/// The pass of radix 4 on a block of 16, as straight code of its own: inside a loop it would be turned inside out.
#[inline(never)]
fn sixteen<S: Sample, const BACK: bool>(re: &mut [S; GROUP], im: &mut [S; GROUP], w: &[S; QUAD]) {
    for i in 0..4 {
        let x = [(re[i], im[i]), (re[4 + i], im[4 + i]), (re[8 + i], im[8 + i]), (re[12 + i], im[12 + i])];
        let w = [(w[i], w[4 + i]), (w[8 + i], w[12 + i]), (w[16 + i], w[20 + i])];
        let y = if BACK { four_back(conjugate_factors(x, w)) } else { factors(four(x), w) };
        [(re[i], im[i]), (re[4 + i], im[4 + i]), (re[8 + i], im[8 + i]), (re[12 + i], im[12 + i])] = y;
    }
}

type Two<'a, S> = (&'a mut [S], &'a mut [S]);

#[inline(always)]
fn halves<S>(x: &mut [S], half: usize, quarter: usize) -> (Two<'_, S>, Two<'_, S>) {
    let (low, high) = x.split_at_mut(half);
    (low.split_at_mut(quarter), high.split_at_mut(quarter))
}

/// The same of radix 2.
#[inline(always)]
fn pairs<S: Sample, const BACK: bool>(re: &mut [S], im: &mut [S], w: &[S], first: usize, count: usize) {
    let half = re.len() / 2;
    let ((ar, br), (ai, bi)) = (re.split_at_mut(half), im.split_at_mut(half));
    let (w_re, w_im) = w.split_at(half);
    let (ar, ai, br, bi) = (&mut ar[first..], &mut ai[first..], &mut br[first..], &mut bi[first..]);
    radix2::<S, BACK>(count, ar, ai, br, bi, &w_re[first..], &w_im[first..]);
}

/// A transform of four across every four neighbours of `x`: where rows end, columns begin. Interleaved reads of a long loop
/// are what the compiler turns into shuffles.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "as above")]
fn across<S: Sample>(
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
fn across_back<S: Sample>(
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
