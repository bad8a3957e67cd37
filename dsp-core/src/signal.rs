//! Test signals as endless iterators: sines, noise, sweeps, impulses. Deterministic on every target, no allocation.

use crate::sample::Sample;
use crate::units::{Hertz, SampleRate};
use core::f64::consts::TAU;

/// A sine `amplitude * sin(2 pi f n / rate + phase)`, computed from the frame number, so it does not drift.
pub fn sine<S: Sample>(
    rate: SampleRate,
    frequency: Hertz,
    amplitude: f64,
    phase_degrees: f64,
) -> impl Iterator<Item = S> + Clone {
    let (step, phase) = (frequency.0 / rate.hertz(), phase_degrees / 360.0);
    (0_u64..).map(move |n| {
        let cycles = step * n as f64 + phase;
        S::from_f64(amplitude * libm::sin(TAU * (cycles - libm::floor(cycles))))
    })
}

/// A logarithmic sweep from `from` to `to` over `frames` frames; silence afterwards.
pub fn sweep<S: Sample>(
    rate: SampleRate,
    from: Hertz,
    to: Hertz,
    frames: u64,
    amplitude: f64,
) -> impl Iterator<Item = S> + Clone {
    let length = frames as f64 / rate.hertz();
    let k = libm::log(to.0 / from.0);
    (0_u64..).map(move |n| {
        if n >= frames {
            return S::ZERO;
        }
        let cycles = from.0 * length / k * libm::expm1(k * n as f64 / frames as f64);
        S::from_f64(amplitude * libm::sin(TAU * (cycles - libm::floor(cycles))))
    })
}

/// One at frame `at`, zero elsewhere.
pub fn impulse<S: Sample>(at: u64) -> impl Iterator<Item = S> + Clone {
    (0_u64..).map(move |n| if n == at { S::ONE } else { S::ZERO })
}

/// A 32-bit hash of a counter: a random number that can be asked for by index. Constants: "lowbias32" of C. Wellons'
/// hash prospector (public domain); every bit depends on every bit.
#[inline(always)]
pub const fn hash(index: u32) -> u32 {
    let mut x = index;
    x ^= x >> 16;
    x = x.wrapping_mul(0x7FEB_352D);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846C_A68B);
    x ^ (x >> 16)
}

/// White noise, uniform between `-amplitude` and `amplitude`.
pub fn white<S: Sample>(seed: u32, amplitude: f64) -> impl Iterator<Item = S> + Clone {
    let start = hash(seed ^ 0x9E37_79B9);
    (0_u32..).map(move |n| {
        let bits = hash(n.wrapping_add(start));
        S::from_f64(amplitude * (f64::from(bits) / 2_147_483_648.0 - 1.0))
    })
}

/// Pink noise (-3 dB per octave within 0.3 dB from 10 Hz to 20 kHz at 48 kHz): white noise through three poles, the
/// filter of P. Kellet ("economy" form, public domain).
pub fn pink<S: Sample>(seed: u32, amplitude: f64) -> impl Iterator<Item = S> + Clone {
    let mut b = [0.0_f64; 3];
    white::<f64>(seed, 1.0).map(move |w| {
        b[0] = 0.99765 * b[0] + w * 0.099_046;
        b[1] = 0.963 * b[1] + w * 0.296_516_4;
        b[2] = 0.57 * b[2] + w * 1.052_691_3;
        S::from_f64(amplitude * 0.25 * (b[0] + b[1] + b[2] + w * 0.1848))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn noise_is_centred_and_uncorrelated() {
        let x: Vec<f64> = white(1, 1.0).take(100_000).collect();
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let power = x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
        let lag = x.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / x.len() as f64;
        assert!(mean.abs() < 0.01 && (power - 1.0 / 3.0).abs() < 0.01 && lag.abs() < 0.01);
        let other: Vec<f64> = white(2, 1.0).take(100_000).collect();
        let cross = x.iter().zip(&other).map(|(a, b)| a * b).sum::<f64>() / x.len() as f64;
        assert!(cross.abs() < 0.01);
    }

    #[test]
    fn a_sine_keeps_its_phase_for_an_hour() {
        let rate = SampleRate::VIDEO;
        let late: f64 = sine(rate, Hertz(1000.0), 1.0, 90.0).nth(48 * 3_600_000).unwrap();
        assert!((late - 1.0).abs() < 1e-9);
    }
}
