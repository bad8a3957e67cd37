//! The absorption of all lines at once: lines are lanes, four in a vector, eight in a loop.

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
    pub(super) const SILENT: Self =
        Self { shelves: [[S::ZERO; N]; SHELVES], bells: [[[S::ZERO; N]; 2]; BELLS] };
}

#[inline(always)]
fn load<S: Sample>(from: &[S]) -> Lanes<S, 4> {
    Lanes(*from.first_chunk().expect("lines come in fours"))
}

/// Gain and shelves of eight lines.
#[inline(always)]
fn shelve<S: Sample, const N: usize, const K: usize>(
    bank: &Bank<S, N>,
    state: &mut State<S, N>,
    first: usize,
    groups: [&mut [[S; 4]]; 2],
) {
    let at = [first, first + 4];
    let gain = at.map(|i| load(&bank.gain[i..]));
    let pole: [_; K] = core::array::from_fn(|k| at.map(|i| load(&bank.pole[k][i..])));
    let step: [_; K] = core::array::from_fn(|k| at.map(|i| load(&bank.step[k][i..])));
    let mut s: [_; K] = core::array::from_fn(|k| at.map(|i| load(&state.shelves[k][i..])));
    let [a, b] = groups;
    for (a, b) in a.iter_mut().zip(b) {
        let mut x = [Lanes(*a) * gain[0], Lanes(*b) * gain[1]];
        for k in 0..K {
            for h in 0..2 {
                let input = x[h];
                x[h] = input + s[k][h];
                s[k][h] = pole[k][h] * s[k][h] + step[k][h] * input;
            }
        }
        (*a, *b) = (x[0].0, x[1].0);
    }
    for k in 0..K {
        for h in 0..2 {
            state.shelves[k][at[h]..at[h] + 4].copy_from_slice(&s[k][h].0);
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
    for (octet, pair) in groups.chunks_exact_mut(2).enumerate() {
        let [a, b] = pair else { continue };
        let both = [&mut a[..frames], &mut b[..frames]];
        match bank.shelves {
            0 => shelve::<S, N, 0>(bank, state, 8 * octet, both),
            1 => shelve::<S, N, 1>(bank, state, 8 * octet, both),
            2 => shelve::<S, N, 2>(bank, state, 8 * octet, both),
            _ => shelve::<S, N, SHELVES>(bank, state, 8 * octet, both),
        }
    }
    for (bell, state) in bank.bells.iter().zip(&mut state.bells).take(bank.bell_count) {
        for (g, group) in groups.iter_mut().enumerate() {
            ring(bell, state, 4 * g, &mut group[..frames]);
        }
    }
}
