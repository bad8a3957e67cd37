//! The past of a signal, from which any stretch of [`CHUNK`] frames can be read as one slice, and sums of such
//! stretches.

use crate::process::CHUNK;
use crate::sample::Sample;

/// Echoes that are added in one pass.
const GROUP: usize = 4;

/// A ring whose first [`CHUNK`] samples are there once more behind its end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct History {
    start: usize,
    len: usize,
    at: usize,
}

impl History {
    /// For echoes up to `longest` frames, behind `start`, which moves on.
    pub(super) fn place(start: &mut usize, longest: usize) -> Self {
        let history = Self { start: *start, len: longest + CHUNK, at: 0 };
        *start += history.len + CHUNK;
        history
    }

    pub(super) fn rewind(&mut self) {
        self.at = 0;
    }

    /// Writes a piece of at most [`CHUNK`] frames, flushed (what is inaudible would be subnormal behind the walls that take nearly
    /// all), and moves on.
    #[inline(always)]
    pub(super) fn write<S: Sample>(&mut self, memory: &mut [S], x: &[S]) {
        let ring = &mut memory[self.start..][..self.len + CHUNK];
        // To the end of the ring and a bit beyond, which is its beginning: one stretch in any case.
        for (o, x) in ring[self.at..].iter_mut().zip(x) {
            *o = x.flush();
        }
        let end = self.at + x.len();
        if end > self.len {
            ring.copy_within(self.len..end, 0);
        }
        if self.at < CHUNK {
            ring.copy_within(self.at..end.min(CHUNK), self.len + self.at);
        }
        self.at = if end >= self.len { end - self.len } else { end };
    }

    /// Adds echoes of the last piece written, which `out` is as long as: `gain` times what was `age` frames earlier.
    #[inline(always)]
    pub(super) fn add<S: Sample>(&self, memory: &[S], echoes: impl Iterator<Item = (usize, S)>, out: &mut [S]) {
        let ring = &memory[self.start..][..self.len + CHUNK];
        let frames = out.len();
        let now = if self.at < frames { self.at + self.len } else { self.at } - frames;
        let past = |age: usize| {
            let from = if age > now { now + self.len - age } else { now - age };
            &ring[from..from + frames]
        };
        let mut echoes = echoes;
        while let Some(first) = echoes.next() {
            let mut group = [(0, S::ZERO); GROUP];
            group[0] = first;
            for (place, echo) in group[1..].iter_mut().zip(echoes.by_ref()) {
                *place = echo;
            }
            let [a, b, c, d] = group.map(|(age, _)| past(age));
            let gain = group.map(|(_, gain)| gain);
            for ((((o, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *o += (gain[0] * *a + gain[1] * *b) + (gain[2] * *c + gain[3] * *d);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn echoes_are_where_they_were_asked_for() {
        let x: Vec<f64> = (1..=900).map(f64::from).collect();
        let echoes = [(0, 1.0), (1, -2.0), (7, 0.5), (64, 3.0), (99, -1.0), (100, 0.25), (33, 8.0)];
        for longest in [100, 164] {
            for cut in [1, 3, 63, 64] {
                let mut start = 3;
                let mut history = History::place(&mut start, longest);
                let mut memory = std::vec![0.0; start];
                let mut at = 0;
                for piece in x.chunks(cut) {
                    history.write(&mut memory, piece);
                    let mut out = std::vec![0.0; piece.len()];
                    history.add(&memory, echoes.into_iter(), &mut out);
                    for (i, o) in out.iter().enumerate() {
                        let echo =
                            |(age, gain): &(usize, f64)| if *age <= at + i { gain * x[at + i - age] } else { 0.0 };
                        assert_eq!(*o, echoes.iter().map(echo).sum::<f64>(), "{longest} {cut} {at} {i}");
                    }
                    at += piece.len();
                }
                assert_eq!(memory[..3], [0.0; 3]);
            }
        }
    }
}
