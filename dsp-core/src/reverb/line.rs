//! A ring of samples that is read and written by whole blocks: the delay line of a reverberator.
//!
//! A block may not be longer than the youngest age that is read: then all reads come before the write, and every pass
//! over a block is a loop over at most two plain slices.

use crate::sample::Sample;

/// Where a ring lies in a longer memory, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Line {
    start: usize,
    len: usize,
    at: usize,
}

impl Line {
    /// A ring of `len` (at least 1) samples behind `start`, which moves on.
    pub(crate) fn place(start: &mut usize, len: usize) -> Self {
        let line = Self { start: *start, len, at: 0 };
        *start += len;
        line
    }

    /// Back to the beginning.
    pub(crate) fn rewind(&mut self) {
        self.at = 0;
    }

    /// Index in the ring of the sample `age` frames before frame `offset` from now.
    #[inline(always)]
    fn index(&self, age: usize, offset: usize) -> usize {
        let i = self.at + offset + self.len - age;
        if i >= self.len { i - self.len } else { i }
    }

    /// The two runs of `frames` samples from `age` frames ago on.
    #[inline(always)]
    fn runs<'a, S>(&self, memory: &'a [S], age: usize, frames: usize) -> (&'a [S], &'a [S]) {
        let ring = &memory[self.start..][..self.len];
        let from = self.index(age, 0);
        let first = frames.min(self.len - from);
        (&ring[from..from + first], &ring[..frames - first])
    }

    /// Reads what was written `age` frames before each frame of `out`; `out` has at most `age` frames.
    #[inline(always)]
    pub(crate) fn read<S: Sample>(&self, memory: &[S], age: usize, out: &mut [S]) {
        let (first, second) = self.runs(memory, age, out.len());
        let (a, b) = out.split_at_mut(first.len());
        a.copy_from_slice(first);
        b.copy_from_slice(second);
    }

    /// Adds `gain` times what was written `age` frames ago to `out`.
    #[inline(always)]
    pub(crate) fn add<S: Sample>(&self, memory: &[S], age: usize, gain: S, out: &mut [S]) {
        let (first, second) = self.runs(memory, age, out.len());
        let (a, b) = out.split_at_mut(first.len());
        for (out, run) in [(a, first), (b, second)] {
            for (o, x) in out.iter_mut().zip(run) {
                *o += gain * *x;
            }
        }
    }

    /// Four neighbours in time, the oldest first; that one was written `age` frames before frame `offset` from now.
    #[inline(always)]
    pub(crate) fn four<S: Sample>(&self, memory: &[S], age: usize, offset: usize) -> [S; 4] {
        let ring = &memory[self.start..][..self.len];
        let from = self.index(age, offset);
        if from + 4 <= self.len {
            [ring[from], ring[from + 1], ring[from + 2], ring[from + 3]]
        } else {
            [0, 1, 2, 3].map(|k| ring[if from + k < self.len { from + k } else { from + k - self.len }])
        }
    }

    /// Writes `x`, flushed, and moves on.
    #[inline(always)]
    pub(crate) fn write<S: Sample>(&mut self, memory: &mut [S], x: &[S]) {
        let ring = &mut memory[self.start..][..self.len];
        let first = x.len().min(self.len - self.at);
        let (a, b) = x.split_at(first);
        for (out, x) in [(self.at, a), (0, b)] {
            for (o, x) in ring[out..out + x.len()].iter_mut().zip(x) {
                *o = x.flush();
            }
        }
        self.advance(x.len());
    }

    /// Calls `f(offset, old, x)` for every frame of `x`: `old` is what was written the whole length ago, what `f`
    /// leaves in it is written, flushed. Moves on. An all-pass in place.
    #[inline(always)]
    pub(crate) fn exchange<S: Sample>(&mut self, memory: &mut [S], x: &mut [S], f: impl Fn(usize, &mut S, &mut S)) {
        let ring = &mut memory[self.start..][..self.len];
        let (at, frames) = (self.at, x.len());
        let first = frames.min(self.len - at);
        let (a, b) = x.split_at_mut(first);
        for (from, offset, x) in [(at, 0, a), (0, first, b)] {
            for (i, (old, x)) in ring[from..from + x.len()].iter_mut().zip(x).enumerate() {
                f(offset + i, old, x);
                *old = old.flush();
            }
        }
        self.advance(frames);
    }

    fn advance(&mut self, frames: usize) {
        self.at += frames;
        if self.at >= self.len {
            self.at -= self.len;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn blocks_read_what_single_samples_would() {
        let x: Vec<f64> = (1..=500).map(f64::from).collect();
        let past = |i: usize, age: usize| if i >= age { x[i - age] } else { 0.0 };
        for cut in [1, 3, 7, 13] {
            let (mut memory, mut start) = ([0.0; 5 + 23 + 13], 5);
            let mut line = Line::place(&mut start, 23);
            let mut all_pass = Line::place(&mut start, 13);
            let mut at = 0;
            for piece in x.chunks(cut) {
                let n = piece.len();
                for age in [13, 19, 23] {
                    let (mut out, mut sum) = ([0.0; 13], [1.0; 13]);
                    line.read(&memory, age, &mut out[..n]);
                    line.add(&memory, age, 2.0, &mut sum[..n]);
                    for i in 0..n {
                        assert_eq!((out[i], sum[i]), (past(at + i, age), 1.0 + 2.0 * past(at + i, age)));
                        let four = [0, 1, 2, 3].map(|k| past(at + i, age - k));
                        if age >= 16 {
                            assert_eq!(line.four(&memory, age, i), four);
                        }
                    }
                }
                line.write(&mut memory, piece);
                let mut through = piece.to_vec();
                all_pass.exchange(&mut memory, &mut through, |_, old, x| core::mem::swap(old, x));
                for (i, y) in through.iter().enumerate() {
                    assert_eq!(*y, past(at + i, 13));
                }
                at += n;
            }
            assert_eq!(memory[..5], [0.0; 5], "nothing outside is touched");
        }
    }
}
