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
    /// Nothing has entered of late: what goes round is flushed.
    quiet: bool,
}

impl<S: Sample, const N: usize> Room<S, N> {
    pub(super) fn new(lengths: [usize; N], bank: &Bank<S, N>, seed: u32, motion: &Motion<S>) -> Self {
        Self {
            lengths,
            at: [0; N],
            swings: [Swing::new(seed, 0, motion), Swing::new(seed, 1, motion)],
            seed,
            step: 0,
            banks: [*bank; 2],
            states: [State::SILENT; 2],
            progress: Progress::default(),
            next: None,
            quiet: false,
        }
    }

    /// Samples of storage of lines of `lengths` frames, and of scratch.
    pub(super) fn required_len(lengths: &[usize; N]) -> usize {
        2 * N * CHUNK + lengths.iter().map(|n| ring::required(*n)).sum::<usize>()
    }

    /// Ends all moves; memory and filters are to be silent.
    pub(super) fn reset(&mut self, motion: &Motion<S>) {
        let last = self.next.map_or(self.banks[1], |n| n.0);
        *self = Self::new(self.lengths, &last, self.seed, motion);
    }

    /// Forgets what the filters remember.
    pub(super) fn silence(&mut self) {
        self.states = [State::SILENT; 2];
        self.quiet = false;
    }

    /// Whether sound is only dying away: then, and only then, it could become subnormal before it is forgotten.
    pub(super) fn set_quiet(&mut self, quiet: bool) {
        self.quiet = quiet;
        if quiet {
            for (state, bank) in self.states.iter_mut().zip(&self.banks) {
                state.flush(bank);
            }
        }
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

    /// Frames until all moves have ended.
    pub(super) fn left(&self) -> usize {
        let next = self.next.map_or(0, |(_, over)| Progress::start(over).left());
        self.progress.left() + next
    }

    /// Most frames until a move has ended.
    pub(super) fn most(&self) -> usize {
        if self.progress.moving() { self.progress.left() } else { usize::MAX }
    }

    /// One pass of at most [`CHUNK`] frames: `inputs` go into the room. `motion` tells how the room moves at a frame.
    #[inline(always)]
    pub(super) fn run(&mut self, memory: &mut [S], inputs: [&[S]; 2], motion: impl Fn(usize) -> Motion<S>) {
        let frames = inputs[0].len();
        let (scratch, memory) = memory.split_at_mut(2 * N * CHUNK);
        let (groups, spare) = scratch.split_at_mut(N * CHUNK);
        let groups: &mut [Group<S>] = groups.as_chunks_mut::<4>().0.as_chunks_mut::<CHUNK>().0;
        let starts: [usize; N] = self.windows();
        for (group, starts) in groups.iter_mut().zip(starts.as_chunks::<4>().0) {
            let [a, b, c, d] = *starts;
            let line = |from: usize| &memory[from..][..frames];
            gather([line(a), line(b), line(c), line(d)], &mut group[..frames]);
        }
        if self.quiet {
            for group in groups.iter_mut() {
                flush(&mut group[..frames]);
            }
        }
        self.absorb(groups, spare, frames);
        self.turn(groups, frames, motion);
        enter(&mut groups[0][..frames], inputs);
        let rows = spare.as_chunks_mut::<CHUNK>().0;
        for (group, rows) in groups.iter().zip(rows.as_chunks_mut::<4>().0) {
            let [a, b, c, d] = rows;
            scatter(&group[..frames], [&mut a[..frames], &mut b[..frames], &mut c[..frames], &mut d[..frames]]);
        }
        across(rows, frames, memory, &starts);
    }

    /// What comes out of the matrix at `row`, to be asked for after [`run`](Self::run) and before [`close`](Self::close).
    pub(super) fn row<'a>(&self, memory: &'a [S], row: usize, frames: usize) -> &'a [S] {
        &memory[2 * N * CHUNK + self.windows()[row]..][..frames]
    }

    /// Moves the lines on.
    pub(super) fn close(&mut self, memory: &mut [S], frames: usize) {
        let mut rest = &mut memory[2 * N * CHUNK..];
        for (len, at) in self.lengths.iter().zip(&mut self.at) {
            *at = ring::mirror(take(&mut rest, ring::required(*len)), *at, frames);
        }
    }

    /// Where the window of each line begins.
    #[inline(always)]
    fn windows(&self) -> [usize; N] {
        let mut starts = [0; N];
        let mut sum = 0;
        for ((start, len), at) in starts.iter_mut().zip(&self.lengths).zip(&self.at) {
            *start = sum + at;
            sum += ring::required(*len);
        }
        starts
    }

    /// At rest through one bank; on the way through both, whose outputs are mixed. Either has a gain of at most 1 at every
    /// frequency, so every mixture has.
    #[inline(always)]
    fn absorb(&mut self, groups: &mut [Group<S>], spare: &mut [S], frames: usize) {
        let [from, to] = &mut self.states;
        if !self.progress.moving() {
            return absorb(&self.banks[1], to, groups, frames);
        }
        let spare: &mut [Group<S>] = spare.as_chunks_mut::<4>().0.as_chunks_mut::<CHUNK>().0;
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
            for (swing, pair) in self.swings.iter_mut().zip(groups.chunks_exact_mut(2)) {
                let [a, b] = pair else { continue };
                swing.run(&mut a[at..at + n], &mut b[at..at + n]);
            }
            self.step = (self.step + n) % STEP;
            at += n;
        }
    }
}

/// What is inaudible becomes zero.
#[inline(never)]
fn flush<S: Sample>(group: &mut [[S; 4]]) {
    for x in group.as_flattened_mut() {
        *x = x.flush();
    }
}

/// Four lines, frame by frame.
#[inline(never)]
fn gather<S: Sample>([a, b, c, d]: [&[S]; 4], group: &mut [[S; 4]]) {
    for ((((out, a), b), c), d) in group.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *out = [*a, *b, *c, *d];
    }
}

/// Adds what enters to the first two lines of a group.
#[inline(never)]
fn enter<S: Sample>(group: &mut [[S; 4]], [left, right]: [&[S]; 2]) {
    for ((x, l), r) in group.iter_mut().zip(left).zip(right) {
        x[0] += *l;
        x[1] += *r;
    }
}

/// Back to lines, mixed with each other.
#[inline(never)]
fn scatter<S: Sample>(group: &[[S; 4]], [a, b, c, d]: [&mut [S]; 4]) {
    for ((((x, a), b), c), d) in group.iter().zip(a).zip(b).zip(c).zip(d) {
        [*a, *b, *c, *d] = four(*x);
    }
}
