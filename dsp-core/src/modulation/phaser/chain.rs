//! The chain of all-pass stages: rotations of (state, input) into (state, output).

use crate::modulation::phaser::Amounts;
use crate::process::CHUNK;
use crate::sample::Sample;

/// Most states of a chain.
pub(super) const MOST_STATES: usize = 13;

/// The rotation that a stage is, at one frame: `cos = rise - 1`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn<S> {
    rise: S,
    sine: S,
}

impl<S: Sample> Turn<S> {
    /// From the exponent of `x^(1/2)`. `sqrt(tan x) = x^(1/2) / P(x^2)`; minimax fit of the relative error of `P` for `x`
    /// up to 0.4 pi (Lawson iteration on 2000 Chebyshev nodes): 6.3e-5.
    #[inline(always)]
    pub(super) fn at(exponent: S) -> Self {
        let c = |v: f64| S::from_f64(v);
        let root = exponent.exp2();
        let x = root * root;
        let q = x * x;
        let p = c(0.999_936_865_066_562_7)
            + q * (c(-0.165_022_039_402_157_04)
                + q * (c(-0.031_901_017_338_941_406)
                    + q * (c(0.004_545_179_309_979_608) + q * c(-0.006_217_565_884_498_177))));
        let twice = c(2.0) / (p * p + x);
        Self { rise: twice * x, sine: twice * root * p }
    }
}

/// Two channels through a chain of `N` stages: two, because one alone would leave the machine waiting for its results.
#[inline(always)]
pub(super) fn run<S: Sample, const N: usize>(
    planes: [&mut [S]; 2],
    states: [&mut [S]; 2],
    turns: [&[Turn<S>; CHUNK]; 2],
    amounts: &[Amounts<S>],
) {
    let ([left, right], [first, second]) = (planes, states);
    let mut loops = [load::<S, N>(first), load::<S, N>(second)];
    for (i, ((l, r), a)) in left.iter_mut().zip(right.iter_mut()).zip(amounts).enumerate() {
        for ((x, (state, w)), turns) in [l, r].into_iter().zip(&mut loops).zip(turns) {
            let turn = turns[i];
            let cosine = turn.rise - S::ONE;
            let input = x.clean();
            let again = a.feedback * *w;
            let mut y = input + again;
            for s in state.iter_mut() {
                let out = turn.sine * *s + cosine * y;
                // The state grows by a small difference: accurate at low frequencies too.
                *s += turn.sine * y - turn.rise * *s;
                y = out;
            }
            *w = y;
            *x = a.dry * input + (a.wet * y + a.both * again);
        }
    }
    for (store, (state, w)) in [first, second].into_iter().zip(loops) {
        store[..N].copy_from_slice(&state);
        store[N] = w;
    }
}

/// States of a chain and what left it last.
#[inline(always)]
fn load<S: Sample, const N: usize>(store: &[S]) -> ([S; N], S) {
    let mut state = [S::ZERO; N];
    state.copy_from_slice(&store[..N]);
    (state, store[N])
}
