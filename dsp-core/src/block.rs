//! A view of channels x frames that is processed in place, with an optional side-chain key.
//!
//! Audio is planar: one slice per channel. Anything that can lend its channels one by one implements [`Planes`]: arrays
//! and slices of `[S; N]`, `Vec<S>`, `Box<[S]>` or `&mut [S]`, and [`Contiguous`] for one long slice. A [`Block`] is a
//! window onto it that narrows without copying; the key narrows with it, so cuts stay aligned.
//!
//! ```
//! use dsp_core::block::Block;
//! let mut left = [0.5_f32; 64];
//! let mut right = [0.25_f32; 64];
//! let mut planes = [&mut left[..], &mut right[..]];
//! let mut block = Block::new(&mut planes);
//! assert_eq!((block.channels(), block.frames()), (2, 64));
//! block.part(16, 8).channel_mut(1).fill(1.0);
//! assert_eq!(right[15..25], [0.25, 1., 1., 1., 1., 1., 1., 1., 1., 0.25]);
//! ```

use crate::process::FLUSH_PERIOD;
use crate::sample::Sample;

/// Storage of planar audio: something that lends channels as slices. All channels have the same length; should one be
/// longer, what exceeds the shortest is not part of any block.
pub trait Planes<S> {
    /// Number of channels.
    fn channels(&self) -> usize;
    /// Number of frames.
    fn frames(&self) -> usize;
    /// One channel.
    fn plane(&self, channel: usize) -> &[S];
    /// One channel, to write.
    fn plane_mut(&mut self, channel: usize) -> &mut [S];
    /// Two different channels, to write.
    fn pair_mut(&mut self, a: usize, b: usize) -> (&mut [S], &mut [S]);
}

fn two_mut<T>(slice: &mut [T], a: usize, b: usize) -> (&mut T, &mut T) {
    if a < b {
        let (x, y) = slice.split_at_mut(b);
        (&mut x[a], &mut y[0])
    } else {
        let (x, y) = slice.split_at_mut(a);
        (&mut y[0], &mut x[b])
    }
}

macro_rules! planes_of_slice {
    ([$($generics:tt)*] $t:ty) => {
        impl<S, T: AsRef<[S]> + AsMut<[S]>, $($generics)*> Planes<S> for $t {
            fn channels(&self) -> usize {
                self.len()
            }
            fn frames(&self) -> usize {
                self.iter().map(|p| p.as_ref().len()).min().unwrap_or(0)
            }
            fn plane(&self, channel: usize) -> &[S] {
                self[channel].as_ref()
            }
            fn plane_mut(&mut self, channel: usize) -> &mut [S] {
                self[channel].as_mut()
            }
            fn pair_mut(&mut self, a: usize, b: usize) -> (&mut [S], &mut [S]) {
                let (x, y) = two_mut(self, a, b);
                (x.as_mut(), y.as_mut())
            }
        }
    };
}
planes_of_slice!([const N: usize] [T; N]);
planes_of_slice!([] &mut [T]);

/// One slice that holds all channels one after the other.
#[derive(Debug)]
pub struct Contiguous<'a, S> {
    samples: &'a mut [S],
    channels: usize,
    frames: usize,
}

impl<'a, S> Contiguous<'a, S> {
    /// Splits `samples` into `channels` planes of equal length (a rest shorter than a frame is ignored).
    pub fn new(samples: &'a mut [S], channels: usize) -> Self {
        let frames = samples.len().checked_div(channels).unwrap_or(0);
        Self { samples, channels, frames }
    }
}

impl<S> Planes<S> for Contiguous<'_, S> {
    fn channels(&self) -> usize {
        self.channels
    }
    fn frames(&self) -> usize {
        self.frames
    }
    fn plane(&self, channel: usize) -> &[S] {
        &self.samples[channel * self.frames..][..self.frames]
    }
    fn plane_mut(&mut self, channel: usize) -> &mut [S] {
        &mut self.samples[channel * self.frames..][..self.frames]
    }
    fn pair_mut(&mut self, a: usize, b: usize) -> (&mut [S], &mut [S]) {
        let (low, high) = (a.min(b), a.max(b));
        let (x, y) = self.samples.split_at_mut(high * self.frames);
        let (x, y) = (&mut x[low * self.frames..][..self.frames], &mut y[..self.frames]);
        if a < b { (x, y) } else { (y, x) }
    }
}

/// Read-only view of a side-chain key, aligned with the block that carries it.
pub struct Key<'a, S> {
    planes: &'a (dyn Planes<S> + 'a),
    start: usize,
    frames: usize,
}

impl<S> Clone for Key<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Key<'_, S> {}

impl<'a, S> Key<'a, S> {
    /// Number of channels of the key.
    pub fn channels(&self) -> usize {
        self.planes.channels()
    }

    /// One channel of the key, as long as the block.
    pub fn channel(&self, channel: usize) -> &'a [S] {
        &self.planes.plane(channel)[self.start..self.start + self.frames]
    }
}

/// A planar window, channels x frames, processed in place.
pub struct Block<'a, S> {
    planes: &'a mut (dyn Planes<S> + 'a),
    start: usize,
    frames: usize,
    key: Option<Key<'a, S>>,
}

impl<'a, S> Block<'a, S> {
    /// All of `planes`.
    pub fn new(planes: &'a mut (dyn Planes<S> + 'a)) -> Self {
        let frames = planes.frames();
        Self { planes, start: 0, frames, key: None }
    }

    /// All of `planes`, listened to through `key`. Should the two differ in length, the shorter one counts.
    pub fn with_key(planes: &'a mut (dyn Planes<S> + 'a), key: &'a (dyn Planes<S> + 'a)) -> Self {
        let frames = planes.frames().min(key.frames());
        Self { planes, start: 0, frames, key: Some(Key { planes: key, start: 0, frames }) }
    }

    /// Number of channels.
    pub fn channels(&self) -> usize {
        self.planes.channels()
    }

    /// Number of frames.
    pub const fn frames(&self) -> usize {
        self.frames
    }

    /// The side-chain key, if one is attached.
    pub fn key(&self) -> Option<Key<'_, S>> {
        self.key
    }

    /// `frames` frames from `start` on, without copying; clipped to what exists. The key comes along.
    pub fn part(&mut self, start: usize, frames: usize) -> Block<'_, S> {
        let start = start.min(self.frames);
        let frames = frames.min(self.frames - start);
        Block {
            planes: self.planes,
            start: self.start + start,
            frames,
            key: self.key.map(|k| Key { planes: k.planes, start: k.start + start, frames }),
        }
    }

    /// One channel.
    pub fn channel(&self, channel: usize) -> &[S] {
        &self.planes.plane(channel)[self.start..self.start + self.frames]
    }

    /// One channel, to write.
    pub fn channel_mut(&mut self, channel: usize) -> &mut [S] {
        &mut self.planes.plane_mut(channel)[self.start..self.start + self.frames]
    }

    /// Two different channels, to write.
    pub fn pair_mut(&mut self, a: usize, b: usize) -> (&mut [S], &mut [S]) {
        let window = self.start..self.start + self.frames;
        let (x, y) = self.planes.pair_mut(a, b);
        (&mut x[window.clone()], &mut y[window])
    }
}

/// For channels that a processor was set up for and a block may lack: they are silent. A part handed to these has at most
/// [`FLUSH_PERIOD`] frames. Silence is made only where it is needed.
impl<S: Sample> Block<'_, S> {
    /// Calls `f` with one channel, to write.
    #[inline(always)]
    pub(crate) fn with_channel(&mut self, channel: usize, f: impl FnOnce(&mut [S])) {
        if channel < self.channels() {
            f(self.channel_mut(channel));
        } else {
            f(&mut [S::ZERO; FLUSH_PERIOD][..self.frames]);
        }
    }

    /// Calls `f` with channels `first` and `first + 1`, to write; the second is silent where there is to be `one` only.
    #[inline(always)]
    pub(crate) fn with_pair(&mut self, first: usize, one: bool, f: impl FnOnce(&mut [S], &mut [S])) {
        let there = self.channels().saturating_sub(first).min(if one { 1 } else { 2 });
        if there == 2 {
            let (left, right) = self.pair_mut(first, first + 1);
            return f(left, right);
        }
        let mut silence = [[S::ZERO; FLUSH_PERIOD]; 2];
        let ([left, right], frames) = (&mut silence, self.frames);
        let left = if there == 1 { self.channel_mut(first) } else { &mut left[..frames] };
        f(left, &mut right[..frames]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{vec, vec::Vec};

    #[test]
    fn parts_nest_and_clip() {
        let mut p = [[0, 1, 2, 3, 4, 5], [10, 11, 12, 13, 14, 15]];
        let mut b = Block::new(&mut p);
        let mut c = b.part(1, 4);
        assert_eq!(c.part(2, 100).channel(1), [13, 14]);
        assert_eq!(c.part(9, 1).frames(), 0);
        let (x, y) = c.pair_mut(1, 0);
        assert_eq!((x[0], y[0]), (11, 1));
    }

    #[test]
    fn contiguous_and_split_planes_agree() {
        let mut long: Vec<i32> = (0..12).collect();
        let mut c = Contiguous::new(&mut long, 3);
        assert_eq!(c.pair_mut(2, 0).0[0], 8);
        assert_eq!(c.pair_mut(0, 2).0[0], 0);
        let mut split = [vec![0, 1, 2, 3], vec![4, 5, 6, 7], vec![8, 9, 10, 11]];
        let mut s = &mut split[..];
        let (a, b) = (Block::new(&mut c), Block::new(&mut s));
        for ch in 0..3 {
            assert_eq!(a.channel(ch), b.channel(ch));
        }
    }

    #[test]
    fn key_follows_the_window() {
        let mut p = [[0; 8]];
        let k = [[0, 1, 2, 3, 4, 5]];
        let mut b = Block::with_key(&mut p, &k);
        assert_eq!(b.frames(), 6, "the shorter of the two counts");
        let part = b.part(2, 3);
        assert_eq!(part.key().unwrap().channel(0), [2, 3, 4]);
        assert_eq!(part.key().unwrap().channels(), 1);
    }
}
