//! What instruments are made of: decaying sines, noise, saws, envelopes and filters, as iterators over samples.
//!
//! Everything is IEEE arithmetic or a call of the `libm` crate, so the song has the same bits on every machine.

use dsp_core::filter::svf::{Coeffs, Kind, Params};
use dsp_core::signal;
use dsp_core::units::{Decibels, Hertz, Q, SampleRate};
use std::f64::consts::TAU;

/// The nearest whole number of frames.
pub(super) fn frames(rate: SampleRate, seconds: f64) -> usize {
    libm::round(seconds * rate.hertz()) as usize
}

/// Frequency of a MIDI number (equal temperament, 69 is 440 Hz), `cents` hundredths of a semitone away.
pub(super) fn pitch(key: u8, cents: f64) -> f64 {
    440.0 * libm::exp2((f64::from(key) - 69.0 + cents / 100.0) / 12.0)
}

/// From 1, falling by a factor of e in `seconds`, for ever.
pub(super) fn decay(rate: SampleRate, seconds: f64) -> impl Iterator<Item = f64> {
    let factor = libm::exp(-1.0 / (seconds * rate.hertz()));
    let mut value = 1.0;
    std::iter::repeat_with(move || {
        let now = value;
        value *= factor;
        now
    })
}

/// Up in `attack`, at 1 until `hold`, down in `release` (all seconds), then over. The slopes are 3 x^2 - 2 x^3, which
/// has no corner: a voice multiplied with it neither starts nor ends with a click.
pub(super) fn gate(rate: SampleRate, attack: f64, hold: f64, release: f64) -> impl Iterator<Item = f64> {
    let (up, down) = (frames(rate, attack), frames(rate, release));
    let held = frames(rate, hold).max(up);
    let smooth = |x: f64| x * x * (3.0 - 2.0 * x);
    (0..held + down).map(move |n| {
        if n < up {
            smooth(n as f64 / up as f64)
        } else if n < held {
            1.0
        } else {
            smooth(1.0 - (n - held) as f64 / down as f64)
        }
    })
}

/// A sine that starts at 0 and falls by a factor of e in `seconds`, for ever: the impulse response of two poles, two
/// products per sample. Silence if the frequency is too high for the rate.
pub(super) fn ring(rate: SampleRate, frequency: f64, seconds: f64) -> impl Iterator<Item = f64> {
    let radius = libm::exp(-1.0 / (seconds * rate.hertz()));
    let angle = TAU * frequency / rate.hertz();
    let (a, b) = (2.0 * radius * libm::cos(angle), radius * radius);
    let audible = frequency < 0.45 * rate.hertz();
    let mut y = [0.0, if audible { radius * libm::sin(angle) } else { 0.0 }];
    std::iter::repeat_with(move || {
        let now = y[0];
        y = [y[1], a * y[1] - b * y[0]];
        now
    })
}

/// White noise between -1 and 1, another one for each seed.
pub(super) fn noise(seed: u32) -> impl Iterator<Item = f64> {
    signal::white(seed, 1.0)
}

/// The source through one filter of 12 dB per octave; a frequency beyond the rate is moved to what the rate allows.
pub(super) fn filtered(
    rate: SampleRate,
    kind: Kind,
    frequency: f64,
    q: f64,
    source: impl Iterator<Item = f64>,
) -> impl Iterator<Item = f64> {
    let frequency = Hertz(frequency.min(0.45 * rate.hertz()));
    let params = Params { kind, frequency, gain: Decibels(0.0), q: Q(q) };
    let coeffs = Coeffs::<f64>::design(rate, &params).expect("the frequency was moved into range");
    let mut state = [0.0; 2];
    source.map(move |x| coeffs.run(&mut state, x))
}

/// A low-pass whose cut-off is another one each sample.
pub(super) struct Sweep {
    rate: f64,
    damping: f64,
    state: [f64; 2],
}

impl Sweep {
    /// At rest.
    pub(super) fn new(rate: SampleRate, q: f64) -> Self {
        Self { rate: rate.hertz(), damping: 1.0 / q, state: [0.0; 2] }
    }

    /// One sample through it.
    pub(super) fn run(&mut self, x: f64, cutoff: f64) -> f64 {
        let g = libm::tan(TAU / 2.0 * (cutoff / self.rate).min(0.45));
        Coeffs::from_prototype(g, self.damping, [0.0, 0.0, 1.0]).run(&mut self.state, x)
    }
}

/// A saw-tooth whose jump is rounded over two samples (polyBLEP: Välimäki and Huovilainen, "Antialiasing oscillators in
/// subtractive synthesis", IEEE Signal Processing Magazine 24(2), 2007), so that what folds back is far below the rest.
pub(super) struct Saw {
    phase: f64,
}

impl Saw {
    /// Starts `phase` (0 to 1) into the cycle; one half is the zero crossing.
    pub(super) fn new(phase: f64) -> Self {
        Self { phase }
    }

    /// One sample between -1 and 1; `step` is frequency over rate.
    #[inline(always)]
    pub(super) fn run(&mut self, step: f64) -> f64 {
        let p = self.phase;
        let rounding = if p < step {
            let t = p / step;
            t + t - t * t - 1.0
        } else if p > 1.0 - step {
            let t = (p - 1.0) / step;
            t * t + t + t + 1.0
        } else {
            0.0
        };
        self.phase = if p + step >= 1.0 { p + step - 1.0 } else { p + step };
        2.0 * p - 1.0 - rounding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_the_sine_it_says() {
        let exact = |n: usize| {
            let t = n as f64 / 48_000.0;
            libm::exp(-t / 0.3) * libm::sin(TAU * 440.0 * t)
        };
        for (n, y) in ring(SampleRate::VIDEO, 440.0, 0.3).take(48_000).enumerate() {
            assert!((y - exact(n)).abs() < 1e-9, "frame {n}");
        }
        assert!(ring(SampleRate::VIDEO, 23_000.0, 1.0).take(100).all(|y| y == 0.0));
    }

    #[test]
    fn a_gate_has_no_jump() {
        let gate: Vec<f64> = gate(SampleRate::VIDEO, 0.01, 0.1, 0.02).collect();
        assert_eq!(gate.len(), 5760);
        assert!(gate[0] == 0.0 && gate.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(gate.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.004));
    }

    #[test]
    fn concert_pitch() {
        assert_eq!(pitch(69, 0.0), 440.0);
        assert!((pitch(60, 0.0) - 261.625_565).abs() < 1e-6);
    }
}
