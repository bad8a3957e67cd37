//! Tunes a delay to a fraction of a frame without touching any level: an all-pass, for tunings that stay.
//!
//! The all-pass of order `N` (1, 2 or 4) whose group delay is flattest at 0 Hz, `D` frames with `N - 1/2 <= D < N + 1/2`:
//! `a[k] = (-1)^k C(N, k) prod over n = 0..N of (D - N + n) / (D - N + k + n)`,
//! `y[n] = a[N] x[n] + a[N-1] x[n-1] + ... + x[n-N] - a[1] y[n-1] - ... - a[N] y[n-N]`.
//!
//! The level is exact at all frequencies, so a feedback loop keeps its gain; the delay is exact at 0 Hz only. Error of the
//! complex response at 1 / 5 / 10 / 15 kHz, worst of all `D`, 48 kHz: order 1 -69 / -28 / -12 / -4 dB, order 2
//! -116 / -47 / -20 / -7, order 4 -210 / -86 / -37 / -13 (a test).
//!
//! Least delay `N - 1/2` frames. The state carries an old tuning on: not for delays that move (a jump rings); there use a
//! kernel of [`super::interpolation`].
//!
//! Source: Thiran, "Recursive digital filters with maximally flat group delay", IEEE Trans. Circuit Theory 18(6) 1971; the
//! all-pass form: Laakso et al., "Splitting the unit delay", IEEE Signal Processing Magazine 13(1) 1996.

use crate::error::Error;
use crate::sample::Sample;

/// The coefficients `a[1]` to `a[N]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S, const N: usize> {
    a: [S; N],
}

impl<S: Sample, const N: usize> Coeffs<S, N> {
    /// Designs a delay of `frames`, `N - 0.5` to `N + 0.5`.
    ///
    /// # Errors
    /// Outside that range.
    pub fn design(frames: f64) -> Result<Self, Error> {
        const { assert!(N >= 1, "an all-pass has an order") };
        let order = N as f64;
        Error::check("delay", frames, order - 0.5, order + 0.5, "frames")?;
        let mut binomial = 1.0;
        let a = core::array::from_fn(|i| {
            let k = i as f64 + 1.0;
            binomial *= -(order - k + 1.0) / k;
            let mut product = 1.0;
            for n in 0..=N {
                product *= (frames - order + n as f64) / (frames - order + k + n as f64);
            }
            S::from_f64(binomial * product)
        });
        Ok(Self { a })
    }

    /// Splits a delay of `frames` into whole frames for a plain delay before it and the rest for the all-pass; less than
    /// `N - 0.5` frames become `N - 0.5`.
    pub fn split(frames: f64) -> (usize, Self) {
        let order = N as f64;
        let frames = if frames >= order - 0.5 { frames } else { order - 0.5 };
        let whole = libm::floor(frames - (order - 0.5));
        let rest = (frames - whole).clamp(order - 0.5, order + 0.5);
        let coeffs = Self::design(rest).unwrap_or(Self { a: [S::ZERO; N] });
        (whole as usize, coeffs)
    }

    /// Delays `x` in place; `state` starts at zero. Flush it now and then ([`Sample::flush`]).
    #[inline(always)]
    pub fn run(&self, state: &mut [S; N], x: &mut [S]) {
        for x in x {
            let input = *x;
            let y = state[0] + self.a[N - 1] * input;
            for k in 0..N {
                // a[N] belongs to the input now, the 1 of a[0] to the oldest.
                let forward = if k + 1 < N { self.a[N - 2 - k] } else { S::ONE };
                let next = if k + 1 < N { state[k + 1] } else { S::ZERO };
                state[k] = (next + forward * input) - self.a[k] * y;
            }
            *x = y;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::PI;
    use std::vec;

    /// Impulse response of a delay of `frames`, long enough to have ended.
    fn impulse<S: Sample, const N: usize>(frames: f64) -> std::vec::Vec<f64> {
        let mut x = vec![S::ZERO; 400];
        x[0] = S::ONE;
        Coeffs::<S, N>::design(frames).unwrap().run(&mut [S::ZERO; N], &mut x);
        x.into_iter().map(S::to_f64).collect()
    }

    fn at(h: &[f64], frequency: f64) -> (f64, f64) {
        let omega = 2.0 * PI * frequency / 48_000.0;
        h.iter()
            .enumerate()
            .fold((0.0, 0.0), |(re, im), (n, h)| (re + h * (omega * n as f64).cos(), im - h * (omega * n as f64).sin()))
    }

    fn row<const N: usize>(stated: [f64; 4]) {
        for (frequency, stated) in [1e3, 5e3, 1e4, 1.5e4].into_iter().zip(stated) {
            let mut worst = 0.0_f64;
            for step in 0..100 {
                let frames = N as f64 - 0.5 + f64::from(step) / 100.0;
                let (re, im) = at(&impulse::<f64, N>(frames), frequency);
                let angle = -2.0 * PI * frequency / 48_000.0 * frames;
                worst = worst.max((re - angle.cos()).hypot(im - angle.sin()));
                assert!((re.hypot(im) - 1.0).abs() < 1e-9, "all-pass");
            }
            let db = 20.0 * worst.log10();
            assert!((db - stated).abs() < 1.0, "order {N}, {frequency} Hz: {db:.1} dB for {stated}");
        }
    }

    #[test]
    fn errors_are_as_stated() {
        row::<1>([-69.0, -28.0, -12.0, -4.0]);
        row::<2>([-116.0, -47.0, -20.0, -7.0]);
        row::<4>([-210.0, -86.0, -37.0, -13.0]);
    }

    #[test]
    fn a_whole_number_is_a_plain_delay_and_a_split_adds_up() {
        let h = impulse::<f32, 2>(2.0);
        assert!(h.iter().enumerate().all(|(n, v)| *v == f64::from(u8::from(n == 2))));
        let (whole, coeffs) = Coeffs::<f64, 2>::split(101.75);
        assert_eq!((whole, coeffs), (100, Coeffs::design(1.75).unwrap()));
        assert_eq!(Coeffs::<f64, 2>::split(0.3), (0, Coeffs::design(1.5).unwrap()));
        assert!(Coeffs::<f64, 2>::design(2.6).is_err() && Coeffs::<f64, 2>::design(f64::NAN).is_err());
    }
}
