//! The transform that convolution runs on: the spectrum of a real signal of `2 n` samples half a bin off the usual places.
//!
//! `U[k] = sum u[m] exp(-i pi (2k + 1) m / 2n)`: a product of two such spectra is a convolution in which what goes past the
//! end comes back at the start *with the opposite sign*. For overlap-save that is as good as the usual wrap, since that part
//! is thrown away, and the spectrum is cheaper: the bins of even `k` say everything, and they are the plain complex transform
//! of the `n` numbers `(u[m] - i u[m + n]) exp(-i pi m / 2n)`. No packing of even and odd samples, no separate pass for real
//! signals, no lonely bins at zero and half the rate; and the half that is kept is the imaginary part alone.
//!
//! Source: Nussbaumer, *Fast Fourier Transform and Convolution Algorithms* (1982), section on skew-circular convolution.

use crate::fft::passes::{BATCH, GROUP, Passes};
use crate::sample::Sample;
use core::f64::consts::FRAC_PI_2;
use core::ops::Range;

/// Additions and multiplications of one group of [`Skew::load`]: four products, two sums for each point.
const LOAD_COST: usize = GROUP * 6;
/// The same for [`Skew::store`].
const STORE_COST: usize = GROUP * 3;

/// The steps of a transform for blocks of `n` samples (a power of two, 16 or more).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Skew {
    block: usize,
    passes: Passes,
}

impl Skew {
    pub(crate) const fn new(block: usize) -> Self {
        Self { block, passes: Passes::new(block) }
    }

    /// Portions of work in a step; of the step that has the bins in hand (the last forwards, the first back), too.
    pub(crate) const fn portions(self, bins: bool) -> usize {
        if bins { self.block / self.passes.batch() } else { self.passes.groups() }
    }

    /// Bins of a portion of the step that has them in hand.
    pub(crate) const fn batch(self) -> usize {
        self.passes.batch()
    }

    /// Steps: one at each end and the passes between them.
    pub(crate) const fn steps(self) -> usize {
        self.passes.count() + 2
    }

    /// Samples of the table.
    pub(crate) fn table_len(self) -> usize {
        2 * self.block + self.passes.table_len()
    }

    pub(crate) fn fill_table<S: Sample>(self, table: &mut [S]) {
        let (twist, table) = table.split_at_mut(2 * self.block);
        let (cosines, sines) = twist.split_at_mut(self.block);
        for (n, (c, s)) in cosines.iter_mut().zip(sines).enumerate() {
            let angle = FRAC_PI_2 * n as f64 / self.block as f64;
            (*c, *s) = (S::from_f64(libm::cos(angle)), S::from_f64(libm::sin(angle)));
        }
        self.passes.fill_table(table);
    }

    /// Additions and multiplications of one group of a step forwards.
    pub(crate) fn cost(self, step: usize) -> usize {
        match step {
            0 => LOAD_COST,
            step if step < self.steps() - 1 => self.passes.cost(step - 1),
            _ => self.passes.last_cost(),
        }
    }

    /// The same for a step back, without what makes the spectrum.
    pub(crate) fn back_cost(self, step: usize) -> usize {
        match step {
            0 => self.passes.last_cost(),
            step if step < self.steps() - 1 => self.passes.cost(self.passes.count() - step),
            _ => STORE_COST,
        }
    }

    /// Step 0 forwards: the block before and the block now become `z` (re, then im).
    pub(crate) fn load<S: Sample>(self, table: &[S], before: &[S], now: &[S], z: &mut [S], groups: Range<usize>) {
        let range = GROUP * groups.start..GROUP * groups.end;
        let (re, im) = z.split_at_mut(self.block);
        let (c, s) = self.twist(table, &range);
        twist_in(&mut re[range.clone()], &mut im[range.clone()], &before[range.clone()], &now[range], c, s);
    }

    /// Cosines and sines of some places.
    #[inline(always)]
    fn twist<'a, S>(self, table: &'a [S], range: &Range<usize>) -> (&'a [S], &'a [S]) {
        let (cosines, sines) = table[..2 * self.block].split_at(self.block);
        (&cosines[range.clone()], &sines[range.clone()])
    }

    /// Steps 1 to `steps() - 2` forwards.
    pub(crate) fn forward<S: Sample>(self, step: usize, table: &[S], z: &mut [S], groups: Range<usize>) {
        let (re, im) = z.split_at_mut(self.block);
        self.passes.run::<S, false>(step - 1, &table[2 * self.block..], re, im, groups);
    }

    /// The last step forwards: hands the bins of some batches to `each`.
    #[inline(always)]
    pub(crate) fn finish<S: Sample>(
        self,
        z: &[S],
        batches: Range<usize>,
        mut each: impl FnMut(usize, &mut [S], &mut [S]),
    ) {
        let (re, im) = z.split_at(self.block);
        let len = self.batch();
        let (mut bins_re, mut bins_im) = ([S::ZERO; BATCH], [S::ZERO; BATCH]);
        let (bins_re, bins_im) = (&mut bins_re[..len], &mut bins_im[..len]);
        for batch in batches {
            self.passes.last((&re[batch * len..][..len], &im[batch * len..][..len]), (bins_re, bins_im));
            each(batch, bins_re, bins_im);
        }
    }

    /// Step 0 back: lets `each` write the bins of some batches.
    #[inline(always)]
    pub(crate) fn begin<S: Sample>(
        self,
        z: &mut [S],
        batches: Range<usize>,
        mut each: impl FnMut(usize, &mut [S], &mut [S]),
    ) {
        let (re, im) = z.split_at_mut(self.block);
        let len = self.batch();
        let (mut bins_re, mut bins_im) = ([S::ZERO; BATCH], [S::ZERO; BATCH]);
        let (bins_re, bins_im) = (&mut bins_re[..len], &mut bins_im[..len]);
        for batch in batches {
            each(batch, bins_re, bins_im);
            self.passes.first((bins_re, bins_im), (&mut re[batch * len..][..len], &mut im[batch * len..][..len]));
        }
    }

    /// Steps 1 to `steps() - 2` back.
    pub(crate) fn back<S: Sample>(self, step: usize, table: &[S], z: &mut [S], groups: Range<usize>) {
        let (re, im) = z.split_at_mut(self.block);
        self.passes.run::<S, true>(self.passes.count() - step, &table[2 * self.block..], re, im, groups);
    }

    /// The last step back: the second half of the signal, times `n`.
    pub(crate) fn store<S: Sample>(self, table: &[S], z: &[S], out: &mut [S], groups: Range<usize>) {
        let range = GROUP * groups.start..GROUP * groups.end;
        let (re, im) = z.split_at(self.block);
        let (c, s) = self.twist(table, &range);
        twist_out(&mut out[range.clone()], &re[range.clone()], &im[range], c, s);
    }
}

/// `(a - i b) (c - i s)`. As in the passes, arguments of their own are known not to overlap.
#[inline(never)]
fn twist_in<S: Sample>(re: &mut [S], im: &mut [S], a: &[S], b: &[S], c: &[S], s: &[S]) {
    for (((((re, im), a), b), c), s) in re.iter_mut().zip(im).zip(a).zip(b).zip(c).zip(s) {
        *re = *a * *c - *b * *s;
        *im = -(*a * *s + *b * *c);
    }
}

/// The imaginary part of `(re + i im) (c + i s)`, with the opposite sign.
#[inline(never)]
fn twist_out<S: Sample>(out: &mut [S], re: &[S], im: &[S], c: &[S], s: &[S]) {
    for ((((out, re), im), c), s) in out.iter_mut().zip(re).zip(im).zip(c).zip(s) {
        *out = -(*re * *s + *im * *c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::error_db;
    use crate::signal;
    use std::{vec, vec::Vec};

    /// Second half of the product of two signals of `2 n` samples, in pieces of `quota` groups.
    fn product<S: Sample>(a: &[S], b: &[S], quota: usize) -> Vec<S> {
        let block = a.len() / 2;
        let skew = Skew::new(block);
        let mut table = vec![S::ZERO; skew.table_len()];
        skew.fill_table(&mut table);
        let pieces = |all: usize| (0..all).step_by(quota).map(move |g| g..(g + quota).min(all));
        let (bins, work) = (skew.portions(true), skew.portions(false));
        let len = skew.batch();
        let spectrum = |x: &[S]| {
            let (mut z, mut re, mut im) = (vec![S::ZERO; 2 * block], vec![S::ZERO; block], vec![S::ZERO; block]);
            pieces(work).for_each(|p| skew.load(&table, &x[..block], &x[block..], &mut z, p));
            for step in 1..skew.steps() - 1 {
                pieces(work).for_each(|p| skew.forward(step, &table, &mut z, p));
            }
            pieces(bins).for_each(|p| {
                skew.finish(&z, p, |batch, r, i| {
                    re[batch * len..][..len].copy_from_slice(r);
                    im[batch * len..][..len].copy_from_slice(i);
                });
            });
            (re, im)
        };
        let ((ar, ai), (br, bi)) = (spectrum(a), spectrum(b));
        let (mut z, mut out) = (vec![S::ZERO; 2 * block], vec![S::ZERO; block]);
        pieces(bins).for_each(|p| {
            skew.begin(&mut z, p, |batch, re, im| {
                for (i, k) in (batch * len..(batch + 1) * len).enumerate() {
                    (re[i], im[i]) = (ar[k] * br[k] - ai[k] * bi[k], ar[k] * bi[k] + ai[k] * br[k]);
                }
            });
        });
        for step in 1..skew.steps() - 1 {
            pieces(work).for_each(|p| skew.back(step, &table, &mut z, p));
        }
        pieces(work).for_each(|p| skew.store(&table, &z, &mut out, p));
        let scale = S::from_f64(1.0 / block as f64);
        out.iter().map(|v| *v * scale).collect()
    }

    fn check<S: Sample>(block: usize, bound: f64) {
        let noise = |seed| signal::white::<S>(seed, 1.0).take(2 * block).collect::<Vec<S>>();
        let (a, b) = (noise(1), noise(2));
        let exact: Vec<f64> = (block..2 * block)
            .map(|n| {
                let term = |m: usize| a[m].to_f64() * b[(2 * block + n - m) % (2 * block)].to_f64();
                (0..2 * block).map(|m| if m <= n { term(m) } else { -term(m) }).sum()
            })
            .collect();
        let whole = product(&a, &b, usize::MAX / 2);
        let db = error_db(&[exact], core::slice::from_ref(&whole));
        assert!(db <= bound, "{block}: {db:.1} dB");
        assert!(product(&a, &b, 1) == whole && product(&a, &b, 3) == whole, "any portions give the same bits");
    }

    #[test]
    fn a_product_is_a_convolution_that_wraps_with_the_opposite_sign() {
        for power in 4..12 {
            check::<f32>(1 << power, -130.0);
            check::<f64>(1 << power, -290.0);
        }
    }
}
