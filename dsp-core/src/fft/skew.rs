//! The transform that convolution runs on: the spectrum of a real signal of `2 n` samples half a bin off the usual places.
//!
//! `U[k] = sum u[m] exp(-i pi (2k + 1) m / 2n)`: a product of two such spectra is a convolution in which what goes past the
//! end comes back at the start *with the opposite sign*. For overlap-save that is as good as the usual wrap, since that part
//! is thrown away, and the spectrum is cheaper: the bins of even `k` say everything, and they are the plain complex transform
//! of the `n` numbers `(u[m] - i u[m + n]) exp(-i pi m / 2n)`. No packing of even and odd samples, no separate pass for real
//! signals, no lonely bins at zero and half the rate; and the half that is kept is the imaginary part alone.
//!
//! Source: Nussbaumer, *Fast Fourier Transform and Convolution Algorithms* (1982), section on skew-circular convolution.

use crate::fft::passes::{GROUP, LAST_COST, Passes, first, last};
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

    /// Groups of work in each step.
    pub(crate) const fn groups(self) -> usize {
        self.passes.groups()
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
        for (chunk, w) in twist.chunks_exact_mut(8).enumerate() {
            for lane in 0..4 {
                let angle = FRAC_PI_2 * (4 * chunk + lane) as f64 / self.block as f64;
                (w[lane], w[4 + lane]) = (S::from_f64(libm::cos(angle)), S::from_f64(libm::sin(angle)));
            }
        }
        self.passes.fill_table(table);
    }

    /// Additions and multiplications of one group of a step forwards.
    pub(crate) fn cost(self, step: usize) -> usize {
        match step {
            0 => LOAD_COST,
            step if step < self.steps() - 1 => self.passes.cost(step - 1),
            _ => LAST_COST,
        }
    }

    /// The same for a step back, without what makes the spectrum.
    pub(crate) fn back_cost(self, step: usize) -> usize {
        match step {
            0 => LAST_COST,
            step if step < self.steps() - 1 => self.passes.cost(self.passes.count() - step),
            _ => STORE_COST,
        }
    }

    /// Step 0 forwards: the block before and the block now become `z` (re, then im).
    pub(crate) fn load<S: Sample>(self, table: &[S], before: &[S], now: &[S], z: &mut [S], groups: Range<usize>) {
        let range = GROUP * groups.start..GROUP * groups.end;
        let (re, im) = z.split_at_mut(self.block);
        let (re, im) = (re[range.clone()].as_chunks_mut::<4>().0, im[range.clone()].as_chunks_mut::<4>().0);
        let (before, now) = (before[range.clone()].as_chunks::<4>().0, now[range.clone()].as_chunks::<4>().0);
        let twist = table[2 * range.start..2 * range.end].as_chunks::<8>().0;
        for ((((re, im), a), b), w) in re.iter_mut().zip(im).zip(before).zip(now).zip(twist) {
            for i in 0..4 {
                re[i] = a[i] * w[i] - b[i] * w[4 + i];
                im[i] = -(a[i] * w[4 + i] + b[i] * w[i]);
            }
        }
    }

    /// Steps 1 to `steps() - 2` forwards.
    pub(crate) fn forward<S: Sample>(self, step: usize, table: &[S], z: &mut [S], groups: Range<usize>) {
        let (re, im) = z.split_at_mut(self.block);
        self.passes.forward(step - 1, &table[2 * self.block..], re, im, groups);
    }

    /// The last step forwards: hands the bins of some groups to `each`.
    #[inline(always)]
    pub(crate) fn finish<S: Sample>(
        self,
        table: &[S],
        z: &[S],
        groups: Range<usize>,
        mut each: impl FnMut(usize, [S; GROUP], [S; GROUP]),
    ) {
        let w = self.passes.last_factors(table);
        let (re, im) = z.split_at(self.block);
        let (re, im) = (re.as_chunks().0, im.as_chunks().0);
        for group in groups {
            let (re, im) = last(&w, &re[group], &im[group]);
            each(group, re, im);
        }
    }

    /// Step 0 back: takes the bins of some groups from `each`.
    #[inline(always)]
    pub(crate) fn begin<S: Sample>(
        self,
        table: &[S],
        z: &mut [S],
        groups: Range<usize>,
        each: impl Fn(usize) -> ([S; GROUP], [S; GROUP]),
    ) {
        let w = self.passes.last_factors(table);
        let (to_re, to_im) = z.split_at_mut(self.block);
        let (to_re, to_im) = (to_re.as_chunks_mut().0, to_im.as_chunks_mut().0);
        for group in groups {
            let (re, im) = each(group);
            (to_re[group], to_im[group]) = first(&w, &re, &im);
        }
    }

    /// Steps 1 to `steps() - 2` back.
    pub(crate) fn back<S: Sample>(self, step: usize, table: &[S], z: &mut [S], groups: Range<usize>) {
        let (re, im) = z.split_at_mut(self.block);
        self.passes.back(self.passes.count() - step, &table[2 * self.block..], re, im, groups);
    }

    /// The last step back: the second half of the signal, times `n`.
    pub(crate) fn store<S: Sample>(self, table: &[S], z: &[S], out: &mut [S], groups: Range<usize>) {
        let range = GROUP * groups.start..GROUP * groups.end;
        let (re, im) = z.split_at(self.block);
        let (re, im) = (re[range.clone()].as_chunks::<4>().0, im[range.clone()].as_chunks::<4>().0);
        let twist = table[2 * range.start..2 * range.end].as_chunks::<8>().0;
        for (((out, re), im), w) in out[range].as_chunks_mut::<4>().0.iter_mut().zip(re).zip(im).zip(twist) {
            for i in 0..4 {
                out[i] = -(re[i] * w[4 + i] + im[i] * w[i]);
            }
        }
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
        let pieces = || (0..skew.groups()).step_by(quota).map(|g| g..(g + quota).min(skew.groups()));
        let spectrum = |x: &[S]| {
            let (mut z, mut bins) = (vec![S::ZERO; 2 * block], vec![([S::ZERO; GROUP], [S::ZERO; GROUP]); skew.groups()]);
            for step in 0..skew.steps() {
                for groups in pieces() {
                    match step {
                        0 => skew.load(&table, &x[..block], &x[block..], &mut z, groups),
                        s if s == skew.steps() - 1 => {
                            skew.finish(&table, &z, groups, |group, re, im| bins[group] = (re, im));
                        }
                        _ => skew.forward(step, &table, &mut z, groups),
                    }
                }
            }
            bins
        };
        let (a, b) = (spectrum(a), spectrum(b));
        let (mut z, mut out) = (vec![S::ZERO; 2 * block], vec![S::ZERO; block]);
        for step in 0..skew.steps() {
            for groups in pieces() {
                match step {
                    0 => skew.begin(&table, &mut z, groups, |g| {
                        let ((ar, ai), (br, bi)) = (a[g], b[g]);
                        let re = core::array::from_fn(|i| ar[i] * br[i] - ai[i] * bi[i]);
                        (re, core::array::from_fn(|i| ar[i] * bi[i] + ai[i] * br[i]))
                    }),
                    s if s == skew.steps() - 1 => skew.store(&table, &z, &mut out, groups),
                    _ => skew.back(step, &table, &mut z, groups),
                }
            }
        }
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
