//! The absorption of all lines at once: lines are lanes, four in a vector.

use crate::lanes::Lanes;
use crate::process::CHUNK;
use crate::reverb::fdn::absorption::{BELLS, Bank, Bell};
use crate::reverb::fdn::fit::SHELVES;
use crate::sample::Sample;

/// 64 frames of four lines, frame by frame.
pub(super) type Group<S> = [[S; 4]; CHUNK];

/// What the filters of `N` lines remember.
#[derive(Debug, Clone, Copy)]
pub(super) struct State<S, const N: usize> {
    shelves: [[S; N]; SHELVES],
    bells: [[[S; N]; 2]; BELLS],
}

impl<S: Sample, const N: usize> State<S, N> {
    pub(super) const SILENT: Self = Self { shelves: [[S::ZERO; N]; SHELVES], bells: [[[S::ZERO; N]; 2]; BELLS] };

    /// Flushes what the filters of `bank` use.
    pub(super) fn flush(&mut self, bank: &Bank<S, N>) {
        let bells = self.bells[..bank.bell_count].as_flattened_mut();
        for line in self.shelves[..bank.shelves].iter_mut().chain(bells) {
            for s in line {
                *s = s.flush();
            }
        }
    }
}

#[inline(always)]
fn load<S: Sample>(from: &[S]) -> Lanes<S, 4> {
    Lanes(*from.first_chunk().expect("lines come in fours"))
}

/// Frames after which the next four lines have their turn: few enough that a core which works ahead is in the second four
/// while it waits for the recursion of the first. (Eight lines in one loop have more states than there are registers.)
const STRETCH: usize = 8;

/// Gain and shelves of four lines.
#[inline(always)]
fn shelve<S: Sample, const N: usize, const K: usize>(
    bank: &Bank<S, N>,
    state: &mut State<S, N>,
    first: usize,
    group: &mut [[S; 4]],
) {
    let gain = load(&bank.gain[first..]);
    let (mut pole, mut step, mut s) = ([Lanes::ZERO; K], [Lanes::ZERO; K], [Lanes::ZERO; K]);
    for k in 0..K {
        pole[k] = load(&bank.pole[k][first..]);
        step[k] = load(&bank.step[k][first..]);
        s[k] = load(&state.shelves[k][first..]);
    }
    for frame in group {
        let mut x = Lanes(*frame) * gain;
        for k in 0..K {
            let input = x;
            x = input + s[k];
            s[k] = pole[k] * s[k] + step[k] * input;
        }
        *frame = x.0;
    }
    for (state, s) in state.shelves.iter_mut().zip(s) {
        state[first..first + 4].copy_from_slice(&s.0);
    }
}

/// Gain and shelves of all lines.
#[inline(never)]
fn shelve_all<S: Sample, const N: usize, const K: usize>(
    bank: &Bank<S, N>,
    state: &mut State<S, N>,
    groups: &mut [Group<S>],
    frames: usize,
) {
    for from in (0..frames).step_by(STRETCH) {
        for (g, group) in groups.iter_mut().enumerate().take(N / 4) {
            shelve::<S, N, K>(bank, state, 4 * g, &mut group[from..frames.min(from + STRETCH)]);
        }
    }
}

/// One second-order section of four lines.
#[inline(always)]
fn ring<S: Sample, const N: usize>(bell: &Bell<S, N>, state: &mut [[S; N]; 2], first: usize, group: &mut [[S; 4]]) {
    let (d2, e, d3) = (load(&bell.d2[first..]), load(&bell.e[first..]), load(&bell.d3[first..]));
    let (a, b1, b2) = (load(&bell.a[first..]), load(&bell.b1[first..]), load(&bell.b2[first..]));
    let (mut s1, mut s2) = (load(&state[0][first..]), load(&state[1][first..]));
    for x in group {
        let input = Lanes(*x);
        *x = ((b1 * s1 + b2 * s2) + a * input).0;
        let t = input - s2;
        let (n1, n2) = (s1 + (d2 * t - e * s1), s2 + (d2 * s1 + d3 * t));
        (s1, s2) = (n1, n2);
    }
    state[0][first..first + 4].copy_from_slice(&s1.0);
    state[1][first..first + 4].copy_from_slice(&s2.0);
}

/// Filters `frames` frames of all groups in place.
#[inline(always)]
pub(super) fn absorb<S: Sample, const N: usize>(
    bank: &Bank<S, N>,
    state: &mut State<S, N>,
    groups: &mut [Group<S>],
    frames: usize,
) {
    match bank.shelves {
        0 => shelve_all::<S, N, 0>(bank, state, groups, frames),
        1 => shelve_all::<S, N, 1>(bank, state, groups, frames),
        2 => shelve_all::<S, N, 2>(bank, state, groups, frames),
        _ => shelve_all::<S, N, SHELVES>(bank, state, groups, frames),
    }
    for (bell, state) in bank.bells.iter().zip(&mut state.bells).take(bank.bell_count) {
        for from in (0..frames).step_by(STRETCH) {
            for (g, group) in groups.iter_mut().enumerate() {
                ring(bell, state, 4 * g, &mut group[from..frames.min(from + STRETCH)]);
            }
        }
    }
}
