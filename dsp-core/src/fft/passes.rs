//! The passes of a complex transform of `2^m` points, forwards (natural order in, shuffled order out) and back.
//!
//! Decimation in frequency, radix 4, one pass of radix 2 first where `m` is odd; in place, real and imaginary parts in
//! arrays of their own. The bins come out in groups of 16 whose order is digit-reversed ([`Passes::group_of`]); within a
//! group bin `c + j * points / 16` is at `j`. Sorting them would cost a pass, and products do not need it.
//!
//! Every pass consists of `points / 16` groups of equal work that can be done in any portions: that is how a large
//! transform is spread over many blocks. The last two radix-4 steps are one step of 16 points in registers ([`last`]).
//!
//! Source: Van Loan, *Computational Frameworks for the Fast Fourier Transform* (1992), sections 1.9, 2.4 and 2.5.

use crate::lanes::Lanes;
use crate::sample::Sample;
use core::f64::consts::TAU;
use core::ops::Range;

/// Points of a group.
pub(crate) const GROUP: usize = 16;
/// Samples of the twiddles of four radix-4 butterflies: three factors, re and im, four lanes.
const QUAD: usize = 24;
/// Samples of the twiddles of four radix-2 butterflies.
const PAIR: usize = 8;
/// Additions and multiplications of one group of a radix-4 pass: four butterflies of 16 additions and three products.
const QUAD_COST: usize = 4 * (16 + 3 * 6);
/// The same for radix 2: eight butterflies of 4 additions and one product.
const PAIR_COST: usize = 8 * (4 + 6);
/// The same for [`last`] and [`first`]: a radix-4 pass with factors and one without.
pub(crate) const LAST_COST: usize = QUAD_COST + 4 * 16;

/// Four complex numbers.
#[derive(Clone, Copy)]
struct Complex<S> {
    re: Lanes<S, 4>,
    im: Lanes<S, 4>,
}

impl<S: Sample> Complex<S> {
    #[inline(always)]
    fn new(re: [S; 4], im: [S; 4]) -> Self {
        Self { re: Lanes(re), im: Lanes(im) }
    }

    #[inline(always)]
    fn add(self, o: Self) -> Self {
        Self { re: self.re + o.re, im: self.im + o.im }
    }

    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        Self { re: self.re - o.re, im: self.im - o.im }
    }

    /// `self - i o`.
    #[inline(always)]
    fn sub_turned(self, o: Self) -> Self {
        Self { re: self.re + o.im, im: self.im - o.re }
    }

    /// `self + i o`.
    #[inline(always)]
    fn add_turned(self, o: Self) -> Self {
        Self { re: self.re - o.im, im: self.im + o.re }
    }

    /// Times factor `which` of a list of `re, im` by four lanes.
    #[inline(always)]
    fn times<const N: usize>(self, w: &[S; N], which: usize) -> Self {
        let (c, s) = (lanes(w, 2 * which), lanes(w, 2 * which + 1));
        Self { re: self.re * c - self.im * s, im: self.re * s + self.im * c }
    }

    /// Times the conjugate of factor `which`.
    #[inline(always)]
    fn times_conjugate<const N: usize>(self, w: &[S; N], which: usize) -> Self {
        let (c, s) = (lanes(w, 2 * which), lanes(w, 2 * which + 1));
        Self { re: self.re * c + self.im * s, im: self.im * c - self.re * s }
    }
}

#[inline(always)]
fn lanes<S: Sample, const N: usize>(x: &[S; N], which: usize) -> Lanes<S, 4> {
    Lanes([x[4 * which], x[4 * which + 1], x[4 * which + 2], x[4 * which + 3]])
}

/// Four points of a transform of four, in order.
#[inline(always)]
fn four<S: Sample>([a, b, c, d]: [Complex<S>; 4]) -> [Complex<S>; 4] {
    let (s0, s1, s2, s3) = (a.add(c), a.sub(c), b.add(d), b.sub(d));
    [s0.add(s2), s1.sub_turned(s3), s0.sub(s2), s1.add_turned(s3)]
}

/// Its inverse times 4.
#[inline(always)]
fn four_back<S: Sample>([a, b, c, d]: [Complex<S>; 4]) -> [Complex<S>; 4] {
    let (s0, s1, s2, s3) = (a.add(c), a.sub(c), b.add(d), b.sub(d));
    [s0.add(s2), s1.add_turned(s3), s0.sub(s2), s1.sub_turned(s3)]
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

    const fn odd(self) -> bool {
        self.points.trailing_zeros() % 2 == 1
    }

    /// Passes besides the last step of 16 points.
    pub(crate) const fn count(self) -> usize {
        (self.points.trailing_zeros() as usize - 3) / 2
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

    /// Samples of the factors of all passes; those of the last step come last.
    pub(crate) fn table_len(self) -> usize {
        self.pass(self.count()).table + QUAD
    }

    /// Writes the factors.
    pub(crate) fn fill_table<S: Sample>(self, table: &mut [S]) {
        for which in 0..=self.count() {
            let Pass { four, block, table: at } = self.pass(which);
            let (len, factors) = if four { (block / GROUP * QUAD, 3) } else { (block, 1) };
            for (chunk, w) in table[at..at + len].chunks_exact_mut(8 * factors).enumerate() {
                for (i, w) in w.iter_mut().enumerate() {
                    let (power, lane) = (i / 8 + 1, i % 4);
                    let angle = -TAU * (power * (4 * chunk + lane)) as f64 / block as f64;
                    *w = S::from_f64(if i % 8 < 4 { libm::cos(angle) } else { libm::sin(angle) });
                }
            }
        }
    }

    /// Additions and multiplications of one group of a pass.
    pub(crate) const fn cost(self, which: usize) -> usize {
        if self.odd() && which == 0 { PAIR_COST } else { QUAD_COST }
    }

    /// Where group `c` (bins `c + j * points / 16`) is among the groups.
    pub(crate) fn group_of(self, c: usize) -> usize {
        let (mut rest, mut groups, mut at) = (c, self.groups(), 0);
        while groups > 1 {
            let radix = if groups == self.groups() && self.odd() { 2 } else { 4 };
            groups /= radix;
            at += rest % radix * groups;
            rest /= radix;
        }
        at
    }

    /// The factors of [`last`] and [`first`].
    #[inline(always)]
    pub(crate) fn last_factors<S: Sample>(self, table: &[S]) -> [S; QUAD] {
        table.last_chunk().copied().unwrap_or([S::ZERO; QUAD])
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
        self.run(which, table, re, im, groups, quads::<S, false>, pairs::<S, false>);
    }

    /// Some groups of a pass back; passes are undone last to first.
    pub(crate) fn back<S: Sample>(self, which: usize, table: &[S], re: &mut [S], im: &mut [S], groups: Range<usize>) {
        self.run(which, table, re, im, groups, quads::<S, true>, pairs::<S, true>);
    }

    #[inline(always)]
    fn run<S: Sample>(
        self,
        which: usize,
        table: &[S],
        re: &mut [S],
        im: &mut [S],
        groups: Range<usize>,
        quads: impl Fn(&mut [S], &mut [S], &[S], usize, usize),
        pairs: impl Fn(&mut [S], &mut [S], &[S], usize, usize),
    ) {
        let Pass { four, block, table: at } = self.pass(which);
        let per = block / GROUP;
        let mut group = groups.start;
        while group < groups.end {
            let (index, first) = (group / per, group % per);
            let count = (per - first).min(groups.end - group);
            let (re, im) = (&mut re[index * block..][..block], &mut im[index * block..][..block]);
            if four {
                quads(re, im, &table[at + first * QUAD..][..count * QUAD], first, count);
            } else {
                pairs(re, im, &table[at + 2 * first * PAIR..][..2 * count * PAIR], 2 * first, 2 * count);
            }
            group += count;
        }
    }
}

/// The same `count` vectors from `first` on of each quarter.
#[inline(always)]
fn quarters<S>(x: &mut [S], first: usize, count: usize) -> [&mut [[S; 4]]; 4] {
    let (x, _) = x.as_chunks_mut::<4>();
    let quarter = x.len() / 4;
    let (ab, cd) = x.split_at_mut(2 * quarter);
    let ((a, b), (c, d)) = (ab.split_at_mut(quarter), cd.split_at_mut(quarter));
    [a, b, c, d].map(|part| &mut part[first..][..count])
}

fn quads<S: Sample, const BACK: bool>(re: &mut [S], im: &mut [S], table: &[S], first: usize, count: usize) {
    let [ar, br, cr, dr] = quarters(re, first, count);
    let [ai, bi, ci, di] = quarters(im, first, count);
    let (table, _) = table.as_chunks::<QUAD>();
    let table = &table[..count];
    for i in 0..count {
        let w = &table[i];
        let x = [
            Complex::new(ar[i], ai[i]),
            Complex::new(br[i], bi[i]),
            Complex::new(cr[i], ci[i]),
            Complex::new(dr[i], di[i]),
        ];
        let [a, b, c, d] = if BACK {
            let [a, b, c, d] = x;
            four_back([a, b.times_conjugate(w, 0), c.times_conjugate(w, 1), d.times_conjugate(w, 2)])
        } else {
            let [a, b, c, d] = four(x);
            [a, b.times(w, 0), c.times(w, 1), d.times(w, 2)]
        };
        (ar[i], ai[i]) = (a.re.0, a.im.0);
        (br[i], bi[i]) = (b.re.0, b.im.0);
        (cr[i], ci[i]) = (c.re.0, c.im.0);
        (dr[i], di[i]) = (d.re.0, d.im.0);
    }
}

fn pairs<S: Sample, const BACK: bool>(re: &mut [S], im: &mut [S], table: &[S], first: usize, count: usize) {
    let half = re.len() / 2;
    let ((ar, br), (ai, bi)) = (re.split_at_mut(half), im.split_at_mut(half));
    let [ar, br, ai, bi] = [ar, br, ai, bi].map(|part| &mut part.as_chunks_mut::<4>().0[first..][..count]);
    let (table, _) = table.as_chunks::<PAIR>();
    let table = &table[..count];
    for i in 0..count {
        let (a, b) = (Complex::new(ar[i], ai[i]), Complex::new(br[i], bi[i]));
        let (a, b) = if BACK {
            let b = b.times_conjugate(&table[i], 0);
            (a.add(b), a.sub(b))
        } else {
            (a.add(b), a.sub(b).times(&table[i], 0))
        };
        (ar[i], ai[i]) = (a.re.0, a.im.0);
        (br[i], bi[i]) = (b.re.0, b.im.0);
    }
}

#[inline(always)]
fn rows<S: Sample>(x: &[S; GROUP]) -> [[S; 4]; 4] {
    core::array::from_fn(|r| core::array::from_fn(|c| x[4 * r + c]))
}

#[inline(always)]
fn flat<S: Sample>(x: [[S; 4]; 4]) -> [S; GROUP] {
    core::array::from_fn(|i| x[i / 4][i % 4])
}

#[inline(always)]
fn transpose<S: Sample>(x: [[S; 4]; 4]) -> [[S; 4]; 4] {
    core::array::from_fn(|r| core::array::from_fn(|c| x[c][r]))
}

#[inline(always)]
fn vectors<S: Sample>(re: [[S; 4]; 4], im: [[S; 4]; 4]) -> [Complex<S>; 4] {
    core::array::from_fn(|i| Complex::new(re[i], im[i]))
}

/// The last step forwards: 16 points in natural order to their 16 bins in natural order.
#[inline(always)]
pub(crate) fn last<S: Sample>(w: &[S; QUAD], re: &[S; GROUP], im: &[S; GROUP]) -> ([S; GROUP], [S; GROUP]) {
    let [a, b, c, d] = four(vectors(rows(re), rows(im)));
    let x = [a, b.times(w, 0), c.times(w, 1), d.times(w, 2)];
    let y = four(vectors(transpose(x.map(|v| v.re.0)), transpose(x.map(|v| v.im.0))));
    (flat(y.map(|v| v.re.0)), flat(y.map(|v| v.im.0)))
}

/// The first step back, the inverse of [`last`] times 16.
#[inline(always)]
pub(crate) fn first<S: Sample>(w: &[S; QUAD], re: &[S; GROUP], im: &[S; GROUP]) -> ([S; GROUP], [S; GROUP]) {
    let y = four_back(vectors(rows(re), rows(im)));
    let [a, b, c, d] = vectors(transpose(y.map(|v| v.re.0)), transpose(y.map(|v| v.im.0)));
    let x = four_back([a, b.times_conjugate(w, 0), c.times_conjugate(w, 1), d.times_conjugate(w, 2)]);
    (flat(x.map(|v| v.re.0)), flat(x.map(|v| v.im.0)))
}
