//! Reads a signal between its samples, the better the more neighbours it asks.
//!
//! The value `fraction` of a frame *before* sample `x[n]` is a sum of `T` neighbours, half of them on each side:
//! `y = sum over j of w[j](fraction) x[n - T/2 + j]`. Every kernel gives the sample itself at a fraction of exactly 0 and
//! the one before at exactly 1, bit for bit.
//!
//! | kernel | taps | least delay | error at 1 / 5 / 10 / 15 kHz | below -60 dB up to | gain at most |
//! |---|---|---|---|---|---|
//! | [`Linear`] | 2 | 0 | -53 / -26 / -14 / -7 dB | 0.65 kHz | 1 |
//! | [`Hermite`] (Catmull-Rom) | 4 | 1 | -89 / -46 / -25 / -12 | 2.95 | 1 |
//! | [`Lagrange`] of order 3 | 4 | 1 | -103 / -48 / -25 / -12 | 3.45 | 1 |
//! | [`Lagrange`] of order 5 | 6 | 2 | -152 / -69 / -35 / -16 | 5.95 | 1 |
//! | [`Lagrange`] of order 7 | 8 | 3 | -201 / -90 / -44 / -20 | 7.8 | 1 |
//! | [`Sinc16`] | 16 | 7 | -80 / -78 / -75 / -68 | 17.4 | 1.0006 |
//! | [`Sinc32`] | 32 | 15 | -102 / -103 / -97 / -94 | 20.0 | 1.0001 |
//!
//! Errors are those of the complex response at 48 kHz, the worst of all fractions, re the signal (a test reproduces the
//! table). "Least delay" is in whole frames, the newest neighbour being the newest sample written. "Gain at most" is what a
//! feedback loop has to leave room for.
//!
//! Cost of a mono frame in `f32` through [`super::line`], moving / still, one run on x86-64 (SSE2): linear 2.1 / 0.9 ns,
//! Hermite and Lagrange 3 2.2 / 1.0, Lagrange 7 2.9 / 0.9, sinc 16 5.9 / 1.6, sinc 32 15 / 4.3; a plain loop with a linear
//! read and a modulo 10.7.
//!
//! Linear for control signals and flangers that may dull; Lagrange 3 in loops of small machines; sinc of 16 taps for
//! delays that move; of 32 for alignment. For a fixed tuning inside a loop see [`super::thiran`].
//!
//! A [`Sinc`] needs no table: each of its taps is a polynomial of the fraction (as in Farrow's structure),
//! `w[j](f) = linear[j](f) + f (1 - f) (e[j](u^2) + u o[j](u^2))`, `u = f - 1/2`, of degree 7 in all, even and odd
//! parts interpolated at three Chebyshev nodes each. That is within 0.3 dB of the exact kernel's error everywhere in the
//! table; the odd parts make the kernel its own mirror image, so half of the taps have to be computed.
//!
//! Sources: Laakso, Valimaki, Karjalainen, Laine, "Splitting the unit delay", IEEE Signal Processing Magazine 13(1) 1996;
//! Catmull, Rom, "A class of local interpolating splines", 1974; Farrow, "A continuously variable digital delay element",
//! IEEE ISCAS 1988; the window: [`crate::design::sinc`].

use crate::design::sinc::windowed;
use crate::lanes::Lanes;
use crate::sample::Sample;

/// A way to read between samples from `T` neighbours.
pub trait Kernel<S: Sample, const T: usize>: Copy {
    /// Weights of `T` samples in a row, oldest first, for the place `fraction` (0 to 1) before the newer of the middle
    /// two; for `N` frames at once.
    fn weights<const N: usize>(&self, fraction: Lanes<S, N>) -> [Lanes<S, N>; T];
}

#[inline(always)]
fn number<S: Sample, const N: usize>(value: f64) -> Lanes<S, N> {
    Lanes::splat(S::from_f64(value))
}

/// The straight line between two samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linear;

impl<S: Sample> Kernel<S, 2> for Linear {
    #[inline(always)]
    fn weights<const N: usize>(&self, f: Lanes<S, N>) -> [Lanes<S, N>; 2] {
        [f, number(1.0) - f]
    }
}

/// A cubic whose slope at each sample is that of its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hermite;

impl<S: Sample> Kernel<S, 4> for Hermite {
    #[inline(always)]
    fn weights<const N: usize>(&self, f: Lanes<S, N>) -> [Lanes<S, N>; 4] {
        let (one, half) = (number(1.0), number(0.5));
        let (g, square) = (one - f, f * f);
        [
            number::<S, N>(-0.5) * square * g,
            f * (half + f * (number::<S, N>(2.0) - number::<S, N>(1.5) * f)),
            one + square * (number::<S, N>(1.5) * f - number(2.5)),
            number::<S, N>(-0.5) * f * (g * g),
        ]
    }
}

/// The polynomial of lowest degree through all `T` samples: order 3, 5 or 7 with 4, 6 or 8 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lagrange;

/// One over the product of `j - m` over all other `m`.
const fn scales<const T: usize>() -> [f64; T] {
    let (mut scales, mut j) = ([1.0; T], 0);
    while j < T {
        let mut m = 0;
        while m < T {
            if m != j {
                scales[j] *= j as f64 - m as f64;
            }
            m += 1;
        }
        scales[j] = 1.0 / scales[j];
        j += 1;
    }
    scales
}

macro_rules! lagrange {
    ($($taps:literal),+) => {$(
        impl<S: Sample> Kernel<S, $taps> for Lagrange {
            #[inline(always)]
            fn weights<const N: usize>(&self, f: Lanes<S, N>) -> [Lanes<S, N>; $taps] {
                const SCALES: [f64; $taps] = scales();
                // Distances to every sample; the one that is met is exactly zero.
                let away: [Lanes<S, N>; $taps] =
                    core::array::from_fn(|m| Lanes::splat(S::from_i32($taps / 2 - m as i32)) - f);
                let (mut before, mut after) = (number(1.0), number(1.0));
                let mut weights = SCALES.map(number::<S, N>);
                for j in 0..$taps {
                    weights[j] = weights[j] * before;
                    before = before * away[j];
                    weights[$taps - 1 - j] = weights[$taps - 1 - j] * after;
                    after = after * away[$taps - 1 - j];
                }
                weights
            }
        }
    )+};
}
lagrange!(4, 6, 8);

/// Terms of the even and of the odd part of a tap.
const TERMS: usize = 3;

/// A Kaiser-windowed sinc of 16 taps, beta 7.
pub type Sinc16<S> = Sinc<S, 8>;
/// A Kaiser-windowed sinc of 32 taps, beta 9.
pub type Sinc32<S> = Sinc<S, 16>;

/// A Kaiser-windowed sinc of `2 H` taps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sinc<S, const H: usize> {
    /// Powers of `u^2`, of the older half of the taps.
    even: [[S; H]; TERMS],
    /// The same, to be multiplied by `u`.
    odd: [[S; H]; TERMS],
}

/// The polynomial of `TERMS` coefficients through points (`x`, `y`), by divided differences.
fn through(x: [f64; TERMS], y: [f64; TERMS]) -> [f64; TERMS] {
    let mut d = y;
    for order in 1..TERMS {
        for i in (order..TERMS).rev() {
            d[i] = (d[i] - d[i - 1]) / (x[i] - x[i - order]);
        }
    }
    let mut c = [0.0; TERMS];
    for i in (0..TERMS).rev() {
        // c = c (v - x[i]) + d[i]
        for k in (1..TERMS).rev() {
            c[k] = c[k - 1] - x[i] * c[k];
        }
        c[0] = d[i] - x[i] * c[0];
    }
    c
}

/// What is left of a tap after the straight line, over `f (1 - f)`.
fn rest<const T: usize>(f: f64, beta: f64) -> [f64; T] {
    let mut h = windowed::<T>(1.0 - f, beta);
    h[T / 2 - 1] -= f;
    h[T / 2] -= 1.0 - f;
    h.map(|v| v / (f * (1.0 - f)))
}

macro_rules! sinc {
    ($half:literal, $taps:literal, $beta:literal) => {
        impl<S: Sample> Sinc<S, $half> {
            /// Designs the polynomials.
            pub fn new() -> Self {
                // Chebyshev nodes of u^2 on 0 to 1/4.
                let nodes: [f64; TERMS] = core::array::from_fn(|m| {
                    0.125 * (1.0 + libm::cos(core::f64::consts::PI * (2.0 * m as f64 + 1.0) / (2.0 * TERMS as f64)))
                });
                let u = nodes.map(libm::sqrt);
                let after = u.map(|u| rest::<$taps>(0.5 + u, $beta));
                let before = u.map(|u| rest::<$taps>(0.5 - u, $beta));
                let (mut even, mut odd) = ([[S::ZERO; $half]; TERMS], [[S::ZERO; $half]; TERMS]);
                for j in 0..$half {
                    let sum = core::array::from_fn(|m| (after[m][j] + before[m][j]) / 2.0);
                    let difference = core::array::from_fn(|m| (after[m][j] - before[m][j]) / (2.0 * u[m]));
                    for (k, (e, o)) in through(nodes, sum).into_iter().zip(through(nodes, difference)).enumerate() {
                        (even[k][j], odd[k][j]) = (S::from_f64(e), S::from_f64(o));
                    }
                }
                Self { even, odd }
            }
        }

        impl<S: Sample> Default for Sinc<S, $half> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<S: Sample> Kernel<S, $taps> for Sinc<S, $half> {
            #[inline(always)]
            fn weights<const N: usize>(&self, f: Lanes<S, N>) -> [Lanes<S, N>; $taps] {
                let g = number::<S, N>(1.0) - f;
                let (u, bump) = (f - number(0.5), f * g);
                let v = u * u;
                let mut weights = [Lanes::ZERO; $taps];
                let part = |table: &[[S; $half]; TERMS], j: usize| {
                    let [a, b, c] = [table[0][j], table[1][j], table[2][j]].map(Lanes::splat);
                    a + v * (b + v * c)
                };
                for j in 0..$half {
                    let (even, odd) = (part(&self.even, j), u * part(&self.odd, j));
                    weights[j] = bump * (even + odd);
                    weights[$taps - 1 - j] = bump * (even - odd);
                }
                weights[$half - 1] = weights[$half - 1] + f;
                weights[$half] = weights[$half] + g;
                weights
            }
        }
    };
}
sinc!(8, 16, 7.0);
sinc!(16, 32, 9.0);

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::PI;

    const RATE: f64 = 48_000.0;

    fn one<S: Sample, const T: usize>(kernel: impl Kernel<S, T>, fraction: S) -> [S; T] {
        kernel.weights(Lanes([fraction])).map(|w| w.0[0])
    }

    /// Real and imaginary part of a kernel's response at `frequency`, seen from the sample the fraction counts from.
    fn response<const T: usize>(w: &[f64; T], frequency: f64) -> (f64, f64) {
        let omega = 2.0 * PI * frequency / RATE;
        w.iter().enumerate().fold((0.0, 0.0), |(re, im), (j, w)| {
            let angle = omega * (j as f64 - T as f64 / 2.0);
            (re + w * angle.cos(), im + w * angle.sin())
        })
    }

    /// Error in dB at `frequency` and the largest gain, over all fractions.
    fn error<S: Sample, const T: usize>(kernel: impl Kernel<S, T>, frequency: f64) -> f64 {
        let error = |step: u32| {
            let f = f64::from(step) / 200.0;
            let (re, im) = response(&one(kernel, S::from_f64(f)).map(S::to_f64), frequency);
            let angle = -2.0 * PI * frequency / RATE * f;
            (re - angle.cos()).hypot(im - angle.sin())
        };
        20.0 * (0..=200).map(error).fold(0.0, f64::max).log10()
    }

    fn row<const T: usize>(name: &str, kernel: impl Kernel<f64, T>, stated: [f64; 4], up_to: f64, gain: f64) {
        for (frequency, stated) in [1e3, 5e3, 1e4, 1.5e4].into_iter().zip(stated) {
            let e = error(kernel, frequency);
            assert!((e - stated).abs() < 1.0, "{name}, {frequency} Hz: {e:.1} dB, stated {stated}");
        }
        let clean = (1..).map(|step| 50.0 * f64::from(step)).find(|f| error(kernel, *f) > -60.0).unwrap() - 50.0;
        assert!((clean - up_to).abs() <= 100.0, "{name}: {clean}");
        let mut most = 0.0_f64;
        for f in 0..=40 {
            let w = one(kernel, f64::from(f) / 40.0);
            for step in 0..=480 {
                let (re, im) = response(&w, 50.0 * f64::from(step));
                most = most.max(re.hypot(im));
            }
        }
        assert!(most <= gain && most > gain - 1e-4, "{name}: {most}");
    }

    #[test]
    fn errors_are_as_stated() {
        row("linear", Linear, [-53.4, -25.5, -13.7, -7.0], 650.0, 1.000_000_1);
        row("hermite", Hermite, [-88.8, -45.9, -24.5, -12.0], 2_950.0, 1.000_000_1);
        row::<4>("lagrange 3", Lagrange, [-103.3, -47.6, -24.5, -12.0], 3_450.0, 1.000_000_1);
        row::<6>("lagrange 5", Lagrange, [-152.2, -68.9, -34.5, -16.3], 5_950.0, 1.000_000_1);
        row::<8>("lagrange 7", Lagrange, [-200.8, -89.8, -44.2, -20.4], 7_800.0, 1.000_000_1);
        row("sinc 16", Sinc16::<f64>::new(), [-79.6, -78.2, -74.9, -68.3], 17_400.0, 1.000_6);
        row("sinc 32", Sinc32::<f64>::new(), [-101.8, -102.5, -96.5, -94.0], 20_000.0, 1.000_1);
    }

    #[test]
    fn single_precision_weights_are_as_good() {
        for (frequency, sixteen, thirty_two) in [(1e3, -79.0, -101.0), (1e4, -74.0, -96.0), (1.5e4, -67.5, -93.0)] {
            let e = (error(Sinc16::<f32>::new(), frequency), error(Sinc32::<f32>::new(), frequency));
            assert!(e.0 < sixteen && e.1 < thirty_two, "{e:?}");
        }
    }

    fn ends<S: Sample, const T: usize>(kernel: impl Kernel<S, T>) {
        for (f, at) in [(S::ZERO, T / 2), (S::ONE, T / 2 - 1)] {
            for (j, w) in one(kernel, f).into_iter().enumerate() {
                assert!(w == if j == at { S::ONE } else { S::ZERO }, "tap {j} of {T} at {f:?}: {w:?}");
            }
        }
    }

    fn all_ends<S: Sample>() {
        ends::<S, 2>(Linear);
        ends::<S, 4>(Hermite);
        ends::<S, 4>(Lagrange);
        ends::<S, 6>(Lagrange);
        ends::<S, 8>(Lagrange);
        ends(Sinc16::<S>::new());
        ends(Sinc32::<S>::new());
    }

    #[test]
    fn whole_frames_are_the_samples_themselves() {
        all_ends::<f32>();
        all_ends::<f64>();
    }
}
