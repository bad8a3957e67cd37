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

use crate::fft::butterfly::{across, across_back, radix2, radix4, sixteen};
use crate::sample::Sample;
use core::f64::consts::TAU;
use core::ops::Range;

/// Points of a group.
pub(crate) const GROUP: usize = 16;
/// Samples of the factors of four radix-4 butterflies: three for each, re and im.
pub(crate) const QUAD: usize = 24;
/// Additions and multiplications of one group of a radix-4 pass: four butterflies of 16 additions and three products.
const QUAD_COST: usize = 4 * (16 + 3 * 6);
/// The same for radix 2: eight butterflies of 4 additions and one product.
const PAIR_COST: usize = 8 * (4 + 6);
/// The same for the last step: four butterflies without factors.
const LAST_COST: usize = 4 * 16;
/// Most points the last step takes together.
pub(crate) const BATCH: usize = 64;

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

    /// Where bin `c` is. Bin `c + j * points / 16` is [`Self::step`] of `j` further on.
    pub(crate) fn place(self, c: usize) -> usize {
        let point = self.group_of(c) * GROUP;
        point / self.batch() * self.batch() + point % self.batch() / 4
    }

    /// How far the bins of a group lie from its first.
    #[inline(always)]
    pub(crate) const fn step(self, j: usize) -> usize {
        j / 4 * (self.batch() / 4) + j % 4
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

    /// Some groups of a pass, forwards or back; passes are undone last to first.
    pub(crate) fn run<S: Sample, const BACK: bool>(
        self,
        which: usize,
        table: &[S],
        re: &mut [S],
        im: &mut [S],
        groups: Range<usize>,
    ) {
        let Pass { four, block, table: at } = self.pass(which);
        let per = block / GROUP;
        if per == 1 {
            let points = GROUP * groups.start..GROUP * groups.end;
            let (re, im) = (re[points.clone()].as_chunks_mut().0, im[points].as_chunks_mut().0);
            if let Some(w) = table[at..].first_chunk() {
                re.iter_mut().zip(im).for_each(|(re, im)| sixteen::<S, BACK>(re, im, w));
            }
            return;
        }
        let mut group = groups.start;
        while group < groups.end {
            let (index, first) = (group / per, group % per);
            let count = (per - first).min(groups.end - group);
            let (re, im) = (&mut re[index * block..][..block], &mut im[index * block..][..block]);
            if four {
                quads::<S, BACK>(re, im, &table[at..at + block / GROUP * QUAD], 4 * first, 4 * count);
            } else {
                pairs::<S, BACK>(re, im, &table[at..at + block], 8 * first, 8 * count);
            }
            group += count;
        }
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
