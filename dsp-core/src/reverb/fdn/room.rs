//! The loop: delay lines, absorption, turning, mixing.

use crate::process::CHUNK;
use crate::ramp::{Blend, Progress};
use crate::reverb::fdn::absorption::Bank;
use crate::reverb::fdn::filters::{Group, State, absorb};
use crate::reverb::fdn::hadamard::{across, four};
use crate::reverb::fdn::modulation::{Motion, STEP, Swing};
use crate::reverb::fdn::ring;
use crate::sample::Sample;
use crate::storage::take;
use crate::units::Frames;

/// The loop of `N` lines; their memory comes from the caller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room<S, const N: usize> {
    lengths: [usize; N],
    at: [usize; N],
    swings: [Swing<S>; 2],
    seed: u32,
    /// Place in a step of the angles.
    step: usize,
    /// Absorption now, and where it is heading.
    banks: [Bank<S, N>; 2],
    states: [State<S, N>; 2],
    progress: Progress,
    /// What comes after the move under way.
    next: Option<(Bank<S, N>, Frames)>,
}

impl<S: Sample, const N: usize> Room<S, N> {
    pub(super) fn new(lengths: [usize; N], bank: &Bank<S, N>, seed: u32) -> Self {
        Self {
            lengths,
            at: [0; N],
            swings: [Swing::new(seed, 0), Swing::new(seed, 1)],
            seed,
            step: 0,
            banks: [*bank; 2],
            states: [State::SILENT; 2],
            progress: Progress::default(),
            next: None,
        }
    }

    /// Samples of storage of lines of `lengths` frames, and of scratch.
    pub(super) fn required_len(lengths: &[usize; N]) -> usize {
        2 * N * CHUNK + lengths.iter().map(|n| ring::required(*n)).sum::<usize>()
    }

    /// Ends all moves; memory and filters are to be silent.
    pub(super) fn reset(&mut self) {
        let last = self.next.map_or(self.banks[1], |n| n.0);
        *self = Self::new(self.lengths, &last, self.seed);
    }

    /// Forgets what the filters remember.
    pub(super) fn silence(&mut self) {
        self.states = [State::SILENT; 2];
    }

    /// Moves to another absorption, after the move under way if there is one.
    pub(super) fn tune(&mut self, bank: &Bank<S, N>, over: Frames) {
        if over == Frames::ZERO {
            self.banks = [*bank; 2];
            self.progress = Progress::default();
            self.next = None;
        } else if self.progress.moving() {
            self.next = Some((*bank, over));
        } else if self.banks[1] != *bank {
            self.banks = [self.banks[1], *bank];
            self.states = [self.states[1], State::SILENT];
            self.progress = Progress::start(over);
        }
    }

    /// Most frames until a move has ended.
    pub(super) fn most(&self) -> usize {
        if self.progress.moving() { self.progress.left() } else { usize::MAX }
    }

    /// `inputs` go into the room; `taps` is shown what comes out of the matrix. `motion` tells how the room moves at a frame.
    #[inline(always)]
    pub(super) fn run(
        &mut self,
        memory: &mut [S],
        inputs: [&[S]; 2],
        motion: impl Fn(usize) -> Motion<S>,
        mut taps: impl FnMut(&[&mut [S; CHUNK]; N]),
    ) {
        let frames = inputs[0].len();
        let (scratch, mut rest) = memory.split_at_mut(2 * N * CHUNK);
        let scratch: &mut [Group<S>] = scratch.as_chunks_mut::<4>().0.as_chunks_mut::<CHUNK>().0;
        let (groups, spare) = scratch.split_at_mut(N / 4);
        {
            let mut lines: [&mut [S; CHUNK]; N] = core::array::from_fn(|i| {
                ring::window(take(&mut rest, ring::required(self.lengths[i])), self.at[i])
            });
            for (group, four) in groups.iter_mut().zip(lines.chunks_exact(4)) {
                let [a, b, c, d] = four else { continue };
                let all = a.iter().zip(b.iter()).zip(c.iter()).zip(d.iter());
                for (out, (((a, b), c), d)) in group[..frames].iter_mut().zip(all) {
                    *out = [*a, *b, *c, *d];
                }
            }
            self.absorb(groups, spare, frames);
            self.turn(groups, frames, motion);
            for (g, (group, lines)) in groups.iter().zip(lines.chunks_exact_mut(4)).enumerate() {
                let [a, b, c, d] = lines else { continue };
                let all = a.iter_mut().zip(b.iter_mut()).zip(c.iter_mut()).zip(d.iter_mut());
                if g == 0 {
                    let inputs = inputs[0].iter().zip(inputs[1]);
                    for ((x, (((a, b), c), d)), (l, r)) in group[..frames].iter().zip(all).zip(inputs) {
                        [*a, *b, *c, *d] = four([x[0] + *l, x[1] + *r, x[2], x[3]]);
                    }
                } else {
                    for (x, (((a, b), c), d)) in group[..frames].iter().zip(all) {
                        [*a, *b, *c, *d] = four(*x);
                    }
                }
            }
            across(&mut lines, frames);
            taps(&lines);
        }
        let mut rest = &mut memory[2 * N * CHUNK..];
        for (len, at) in self.lengths.iter().zip(&mut self.at) {
            *at = ring::mirror(take(&mut rest, ring::required(*len)), *at, frames);
        }
    }

    /// At rest through one bank; on the way through both, whose outputs are mixed. Either has a gain of at most 1 at every
    /// frequency, so every mixture has.
    #[inline(always)]
    fn absorb(&mut self, groups: &mut [Group<S>], spare: &mut [Group<S>], frames: usize) {
        let [from, to] = &mut self.states;
        if !self.progress.moving() {
            return absorb(&self.banks[1], to, groups, frames);
        }
        spare.copy_from_slice(groups);
        absorb(&self.banks[0], from, spare, frames);
        absorb(&self.banks[1], to, groups, frames);
        for (group, spare) in groups.iter_mut().zip(spare) {
            for (i, (to, from)) in group.iter_mut().zip(spare).take(frames).enumerate() {
                *to = <[S; 4]>::blend(from, to, self.progress.at(i));
            }
        }
        self.progress.advance(frames);
        if !self.progress.moving()
            && let Some((bank, over)) = self.next.take()
        {
            self.tune(&bank, over);
        }
    }

    #[inline(always)]
    fn turn(&mut self, groups: &mut [Group<S>], frames: usize, motion: impl Fn(usize) -> Motion<S>) {
        let mut at = 0;
        while at < frames {
            if self.step == 0 {
                let motion = motion(at);
                for swing in self.swings.iter_mut().take(N / 8) {
                    swing.advance(&motion);
                }
            }
            let n = (STEP - self.step).min(frames - at);
            for (swing, pair) in self.swings.iter().zip(groups.chunks_exact_mut(2)) {
                let [a, b] = pair else { continue };
                swing.run(self.step, &mut a[at..at + n], &mut b[at..at + n]);
            }
            self.step = (self.step + n) % STEP;
            at += n;
        }
    }
}
