//! Smears the two inputs into dense noise before they enter the room.
//!
//! Twelve stages on two channels: sum and difference, then one of the two is delayed. Every stage doubles the number of
//! echoes of both channels for the price of two additions, and loses nothing: together they are a lossless 2 x 2 system whose
//! impulse responses, as those of complementary (Golay) sequences, have powers that add up to a constant at every
//! frequency.
//!
//! Why two channels: a stage of `n` channels with a Hadamard matrix multiplies the echoes by `n` with `n log2(n)` additions, so
//! that every doubling costs `n` additions. Eight channels in four stages (4096 echoes) would cost five times as much
//! as 4096 in twelve stages of two, and what the room needs within 60 ms is no more than that (a test).

use crate::process::CHUNK;
use crate::reverb::fdn::lengths::Dice;
use crate::reverb::fdn::ring;
use crate::sample::Sample;
use crate::storage::take;

/// Stages; an even number, so that their gain is a power of two.
const STAGES: usize = 12;
/// All but the last stage delay.
const DELAYS: usize = STAGES - 1;
/// Longest delay, in seconds, and the ratio from one to the next: together 73 ms, the shortest 1.6 ms, a pass of 64 frames at 44.1 kHz and above.
const LONGEST: f64 = 0.016;
const RATIO: f64 = 1.25;

/// What one stage delays.
#[derive(Debug, Clone, Copy, Default)]
struct Stage {
    frames: usize,
    at: usize,
    /// Delays the sum instead of the difference.
    swapped: bool,
}

/// The stages; their memory comes from the caller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Diffuser {
    stages: [Stage; DELAYS],
}

impl Diffuser {
    /// What the stages are multiplied with to be lossless.
    pub(super) const GAIN: f64 = 1.0 / (1 << (STAGES / 2)) as f64;

    pub(super) fn new(rate: f64, seed: u32) -> Self {
        let mut dice = Dice::new(seed, 2);
        let mut stages = [Stage::default(); DELAYS];
        for (i, stage) in stages.iter_mut().enumerate() {
            // In slots of equal ratio, anywhere in the middle two thirds of the slot.
            let place = i as f64 + 0.66 * (dice.unit() - 0.5);
            let seconds = LONGEST * libm::pow(RATIO, -place);
            *stage = Stage { frames: 1 + (seconds * rate) as usize, at: 0, swapped: dice.sign() < 0.0 };
        }
        for i in (1..DELAYS).rev() {
            stages.swap(i, dice.bits() as usize % (i + 1));
        }
        Self { stages }
    }

    /// Samples of storage.
    pub(super) fn required_len(&self) -> usize {
        self.stages.iter().map(|s| ring::required(s.frames)).sum()
    }

    /// Frames until nothing comes out any more.
    pub(super) fn tail(&self) -> usize {
        self.stages.iter().map(|s| s.frames).sum()
    }

    /// Most frames per pass: no more than the shortest delay.
    pub(super) fn most(&self) -> usize {
        self.stages.iter().map(|s| s.frames).fold(CHUNK, usize::min)
    }

    pub(super) fn reset(&mut self) {
        for stage in &mut self.stages {
            stage.at = 0;
        }
    }

    /// In place; `a` and `b` have the same length, at most [`most`](Self::most).
    #[inline(never)]
    pub(super) fn run<S: Sample>(&mut self, mut memory: &mut [S], a: &mut [S], b: &mut [S]) {
        let mut stages = self.stages.chunks_exact_mut(2);
        for pair in &mut stages {
            let [first, second] = pair else { continue };
            let (one, two) =
                (take(&mut memory, ring::required(first.frames)), take(&mut memory, ring::required(second.frames)));
            let delayed = [&mut ring::window(one, first.at)[..a.len()], &mut ring::window(two, second.at)[..a.len()]];
            match (first.swapped, second.swapped) {
                (false, false) => twice::<S, false, false>(a, b, delayed),
                (false, true) => twice::<S, false, true>(a, b, delayed),
                (true, false) => twice::<S, true, false>(a, b, delayed),
                (true, true) => twice::<S, true, true>(a, b, delayed),
            }
            first.at = ring::mirror(one, first.at, a.len());
            second.at = ring::mirror(two, second.at, a.len());
        }
        for stage in stages.into_remainder() {
            let line = take(&mut memory, ring::required(stage.frames));
            last(a, b, &mut ring::window(line, stage.at)[..a.len()], stage.swapped);
            stage.at = ring::mirror(line, stage.at, a.len());
        }
    }
}

/// Sum and difference; the one that is delayed second.
#[inline(always)]
fn mix<S: Sample, const SWAPPED: bool>(a: S, b: S) -> (S, S) {
    if SWAPPED { (a - b, a + b) } else { (a + b, a - b) }
}

/// Two stages in one pass: half the way through memory.
#[inline(always)]
fn twice<S: Sample, const FIRST: bool, const SECOND: bool>(a: &mut [S], b: &mut [S], [one, two]: [&mut [S]; 2]) {
    for (((a, b), x), y) in a.iter_mut().zip(b).zip(one).zip(two) {
        let (p, q) = mix::<S, FIRST>(*a, *b);
        let (r, s) = mix::<S, SECOND>(p, *x);
        (*a, *b, *x, *y) = (r, *y, q, s);
    }
}

/// The last stage that delays, and the one that does not.
#[inline(always)]
fn last<S: Sample>(a: &mut [S], b: &mut [S], delayed: &mut [S], swapped: bool) {
    for ((a, b), d) in a.iter_mut().zip(b).zip(delayed) {
        let (p, q) = if swapped { mix::<S, true>(*a, *b) } else { mix::<S, false>(*a, *b) };
        (*a, *b, *d) = (p + *d, p - *d, q);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    #[test]
    fn nothing_is_lost_or_added_for_any_cut() {
        let mut diffuser = Diffuser::new(48_000.0, 5);
        assert_eq!(diffuser.most(), CHUNK);
        let frames = diffuser.tail() + 2_000;
        let mut reference = None;
        for cut in [64, 1, 37] {
            diffuser.reset();
            let mut memory = vec![0.0_f64; diffuser.required_len()];
            let (mut a, mut b) = (vec![0.0; frames], vec![0.0; frames]);
            (a[0], b[7], a[1_000]) = (1.0, -0.5, 2.0);
            for (a, b) in a.chunks_mut(cut).zip(b.chunks_mut(cut)) {
                diffuser.run(&mut memory, a, b);
            }
            let energy: f64 = a.iter().chain(&b).map(|x| (x * Diffuser::GAIN).powi(2)).sum();
            assert!((energy - 5.25).abs() < 1e-12, "{energy}");
            assert_ne!(a[0], 0.0, "something is heard at once");
            let all = (a, b);
            assert_eq!(reference.get_or_insert(all.clone()), &all);
        }
    }
}
