//! The largest of the last `W` values, for any `W`, at a constant cost per frame.
//!
//! Frames are cut into cells of `W` counted since `reset`. The window ending in a cell is that cell so far (a running
//! maximum) and the end of the cell before (its maxima from each position to the end, worked out when it closed).
//! One buffer of `W` holds both: what is still needed of the old cell lies ahead of what is written.
//!
//! Source: van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels",
//! Pattern Recognition Letters 13 (1992); Gil and Werman, IEEE PAMI 15 (1993).

use crate::sample::Sample;

/// Where the window stands; its buffer is the caller's and has the length of the window (at least 1).
#[derive(Debug, Clone, Copy)]
pub struct SlidingMax<S> {
    at: usize,
    cell: S,
}

impl<S: Sample> Default for SlidingMax<S> {
    fn default() -> Self {
        Self { at: 0, cell: S::ZERO }
    }
}

impl<S: Sample> SlidingMax<S> {
    /// Replaces every value of `x` (0 or more) by the largest of the last `buffer.len()` values up to it.
    pub fn run(&mut self, buffer: &mut [S], x: &mut [S]) {
        let mut rest = x;
        while !rest.is_empty() {
            let n = rest.len().min(buffer.len() - self.at);
            let (now, later) = rest.split_at_mut(n);
            rest = later;
            let mut cell = self.cell;
            for (i, v) in now.iter_mut().enumerate() {
                let slot = self.at + i;
                let before = if slot + 1 < buffer.len() { buffer[slot + 1] } else { S::ZERO };
                buffer[slot] = *v;
                cell = cell.larger(*v);
                *v = cell.larger(before);
            }
            (self.at, self.cell) = (self.at + n, cell);
            if self.at == buffer.len() {
                let mut most = S::ZERO;
                for v in buffer.iter_mut().rev() {
                    most = most.larger(*v);
                    *v = most;
                }
                (self.at, self.cell) = (0, S::ZERO);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn equals_looking_at_every_window() {
        let x: Vec<f32> = crate::signal::white::<f32>(4, 1.0).map(f32::abs).take(500).collect();
        for window in [1, 2, 3, 7, 64, 333] {
            for cut in [1, 5, 64, 500] {
                let mut y = x.clone();
                let (mut max, mut buffer) = (SlidingMax::default(), std::vec![0.0; window]);
                for piece in y.chunks_mut(cut) {
                    max.run(&mut buffer, piece);
                }
                for (i, v) in y.iter().enumerate() {
                    let slow = x[(i + 1).saturating_sub(window)..=i].iter().fold(0.0, |a: f32, b| a.max(*b));
                    assert_eq!(*v, slow, "window {window}, cut {cut}, frame {i}");
                }
            }
        }
    }
}
