//! Time in steps of 10 ms, and the windows made of them.

use crate::lanes::Lanes;
use crate::sample::Sample;
use crate::units::{Frames, SampleRate};

/// Slots of a second.
const PER_SECOND: u64 = 100;
/// Slots of the momentary window.
const MOMENTARY: usize = 40;
/// Slots of the short-term window: the length of the ring.
pub(super) const SHORT_TERM: usize = 300;
/// Slots of a listed block.
const BLOCK: u64 = 10;

/// Where the meter stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slots {
    rate: u64,
    /// Slots closed.
    closed: u64,
    /// Frames since the last slot was closed.
    position: usize,
    /// Frames of the slot that is open.
    length: usize,
    windows: [f64; 2],
}

impl Slots {
    pub(super) fn new(rate: SampleRate) -> Self {
        let mut slots = Self { rate: u64::from(rate.get()), closed: 0, position: 0, length: 0, windows: [0.0; 2] };
        slots.length = slots.frames_of(0, 1);
        slots
    }

    /// Frame at which slot `slot` begins: the nearest to its time.
    fn start(&self, slot: u64) -> u64 {
        (slot * self.rate + PER_SECOND / 2) / PER_SECOND
    }

    fn frames_of(&self, from: u64, to: u64) -> usize {
        (self.start(to) - self.start(from)) as usize
    }

    /// Frame within the open slot.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Frames until the open slot closes.
    pub(super) fn left(&self) -> usize {
        self.length - self.position
    }

    /// Frames seen.
    pub(super) fn frames(&self) -> Frames {
        Frames(self.start(self.closed) + self.position as u64)
    }

    /// Moves on within the slot; true when it is over.
    pub(super) fn advance(&mut self, frames: usize) -> bool {
        self.position += frames;
        self.position == self.length
    }

    /// Mean squares of the momentary and the short-term window; 0 before they are full.
    pub(super) fn windows(&self) -> [f64; 2] {
        self.windows
    }

    /// Closes the slot with its energy.
    pub(super) fn push<S: Sample>(&mut self, ring: &mut [S], blocks: &mut [S], energy: S) {
        let at = (self.closed % SHORT_TERM as u64) as usize;
        ring[at] = energy;
        self.closed += 1;
        self.position = 0;
        self.length = self.frames_of(self.closed, self.closed + 1);
        let mean = |slots: usize, sum: S| {
            let full = self.closed >= slots as u64;
            if full { sum.to_f64() / self.frames_of(self.closed - slots as u64, self.closed) as f64 } else { 0.0 }
        };
        let recent = |slots: usize| {
            let first = (at + SHORT_TERM + 1 - slots) % SHORT_TERM;
            let (wrapped, straight) =
                (&ring[..(first + slots).saturating_sub(SHORT_TERM)], &ring[first..SHORT_TERM.min(first + slots)]);
            straight.iter().chain(wrapped).fold(S::ZERO, |a, b| a + *b)
        };
        let all = ring.chunks_exact(4).fold(Lanes::<S, 4>::ZERO, |sum, c| sum + Lanes([c[0], c[1], c[2], c[3]]));
        let all = (all.0[0] + all.0[1]) + (all.0[2] + all.0[3]);
        self.windows = [mean(MOMENTARY, recent(MOMENTARY)), mean(SHORT_TERM, all)];
        if self.closed.is_multiple_of(BLOCK) {
            let index = 2 * (self.closed / BLOCK - 1) as usize;
            if let Some(entry) = blocks.get_mut(index..index + 2) {
                entry[0] = recent(BLOCK as usize);
                entry[1] = if self.closed >= SHORT_TERM as u64 { all } else { S::ZERO };
            }
        }
    }

    /// The list of blocks so far.
    pub(super) fn listed<'a, S: Sample>(&self, blocks: &'a [S]) -> Listed<'a, S> {
        let (seen, room) = ((self.closed / BLOCK) as usize, blocks.len() / 2);
        Listed { slots: *self, blocks: &blocks[..2 * seen.min(room)], complete: seen <= room }
    }
}

/// Energies of every 100 ms, and of the 3 s that end with them.
pub(super) struct Listed<'a, S> {
    slots: Slots,
    blocks: &'a [S],
    /// Whether none is missing at the end.
    pub(super) complete: bool,
}

impl<S: Sample> Listed<'_, S> {
    /// Blocks listed.
    pub(super) fn len(&self) -> usize {
        self.blocks.len() / 2
    }

    /// Mean squares of 400 ms, one every 100 ms.
    pub(super) fn momentary(&self) -> impl Iterator<Item = f64> + '_ {
        (4..=self.len()).map(|end| {
            let sum: f64 = self.blocks[2 * (end - 4)..2 * end].iter().step_by(2).map(|v| v.to_f64()).sum();
            sum / self.slots.frames_of(BLOCK * (end as u64 - 4), BLOCK * end as u64) as f64
        })
    }

    /// Mean squares of 3 s, one every 100 ms.
    pub(super) fn short_term(&self) -> impl Iterator<Item = f64> + '_ {
        (30..=self.len()).map(|end| {
            let frames = self.slots.frames_of(BLOCK * (end as u64 - 30), BLOCK * end as u64);
            self.blocks[2 * end - 1].to_f64() / frames as f64
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stay_on_time_at_odd_rates() {
        for hz in [8_000, 11_025, 22_050, 44_100, 48_000, 768_000, 12_345] {
            let slots = Slots::new(SampleRate::new(hz).unwrap());
            for n in [0_u64, 1, 2, 3, 99, 100, 360_000] {
                let exact = n as f64 * f64::from(hz) / 100.0;
                assert!((slots.start(n) as f64 - exact).abs() <= 0.5);
            }
            assert_eq!(slots.start(100), u64::from(hz), "a second is a second");
        }
    }

    #[test]
    fn windows_hold_the_last_400_ms_and_3_s() {
        let mut slots = Slots::new(SampleRate::new(8_000).unwrap());
        let (mut ring, mut blocks) = ([0.0_f64; SHORT_TERM], [0.0_f64; 80]);
        for n in 1..=400_u32 {
            slots.push(&mut ring, &mut blocks, f64::from(n));
            let mean = |len: u32| f64::from((n + 1 - len..=n).sum::<u32>()) / f64::from(len * 80);
            assert_eq!(slots.windows()[0], if n >= 40 { mean(40) } else { 0.0 });
            assert_eq!(slots.windows()[1], if n >= 300 { mean(300) } else { 0.0 });
        }
        let listed = slots.listed(&blocks);
        assert!(listed.complete && listed.len() == 40);
        assert_eq!(listed.momentary().last(), Some(f64::from((361..=400).sum::<u32>()) / 3_200.0));
        assert_eq!(listed.short_term().count(), 11);
        assert!(!slots.listed(&blocks[..70]).complete);
    }
}
