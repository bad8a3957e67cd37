//! One equaliser band that sounds the same at 20 Hz and may be moved while it plays: the state-variable filter.
//!
//! Trapezoidal (TPT) state-variable filter in *incremental* form: with `g = tan(pi f / rate)`, `k = 1 / Q`,
//! `d1 = 1 / (1 + g (g + k))`, `d2 = g d1`, `d3 = g d2`, `e = g (g + k) d1` and `t = x - s2`
//!
//! `y = (b1 s1 + b2 s2) + a x`, `s1 += 2 d2 t - 2 e s1`, `s2 += 2 d2 s1 + 2 d3 t`
//!
//! where `a = m0 + m1 d2 + m2 d3`, `b1 = m1 (1 - e) + m2 d2`, `b2 = m2 (1 - d3) - m1 d2` fold the output mix
//! `m0 x + m1 v1 + m2 v2` of the kind into three products. The states grow by small differences instead of being
//! recomputed, which is what keeps `f32` accurate: error against `f64` at 20 Hz and 192 kHz at or below -120 dB for bells
//! up to Q 8 and all other kinds up to Q 1.4 (a test), where direct forms reach -25 to -38 dB. Resonant shelves and
//! passes are noisier there: -110 dB for a low-pass of Q 8.
//!
//! Moving: the products are interpolated linearly, frame by frame. The state matrix keeps a norm of at most 1 on the
//! way, so no sweep, however fast, can make it unstable.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `kind` | | see [`Kind`] | `Bell` |
//! | `frequency` | Hz | 1 to 0.49 x rate | 1000 |
//! | `gain` | dB | -40 to 40 (bells and shelves) | 0 |
//! | `q` | | 0.05 to 100 | 0.7071 |
//!
//! Latency 0. Tail: the ring of the poles. Magnitudes are those of the bilinear transform (the RBJ cookbook): bells
//! and shelves near the top of the band are narrower than their analog models. Several bands at once are cheaper in the
//! [`crate::filter::equalizer`].
//!
//! Sources: Simper, "Solving the continuous SVF equations using trapezoidal integration" (Cytomic, 2013); stability under
//! modulation: Wishnick, "Time-varying filters for musical applications", DAFx-14.

use crate::design::section;
use crate::error::Error;
use crate::filter::cascade::Cascade;
use crate::ramp::blend_fields;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Decibels, Frames, Hertz, Q, SampleRate};
use core::f64::consts::{FRAC_1_SQRT_2, PI};

pub use crate::filter::one_pole::Setup;

/// What a band does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// Raises or lowers around `frequency`; `q` at half the gain in dB.
    #[default]
    Bell,
    /// Raises or lowers everything below; half the gain in dB at `frequency`.
    LowShelf,
    /// Raises or lowers everything above; half the gain in dB at `frequency`.
    HighShelf,
    /// Passes below, 12 dB per octave.
    LowPass,
    /// Passes above, 12 dB per octave.
    HighPass,
    /// Passes around `frequency`, 0 dB at the centre.
    BandPass,
    /// Removes `frequency`.
    Notch,
    /// Turns the phase only.
    AllPass,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Bell,
        Self::LowShelf,
        Self::HighShelf,
        Self::LowPass,
        Self::HighPass,
        Self::BandPass,
        Self::Notch,
        Self::AllPass,
    ];
}

/// What a person sets for one band.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// What the band does.
    pub kind: Kind,
    /// Centre, corner or cut-off.
    pub frequency: Hertz,
    /// Gain of bells and shelves; the other kinds do not use it.
    pub gain: Decibels,
    /// Quality.
    pub q: Q,
}

impl Default for Params {
    fn default() -> Self {
        Self { kind: Kind::Bell, frequency: Hertz(1000.0), gain: Decibels(0.0), q: Q(FRAC_1_SQRT_2) }
    }
}

/// The six products the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// 2 d2.
    pub(crate) d2: S,
    /// 2 e.
    pub(crate) e: S,
    /// 2 d3.
    pub(crate) d3: S,
    /// Input to output.
    pub(crate) a: S,
    /// First state to output.
    pub(crate) b1: S,
    /// Second state to output.
    pub(crate) b2: S,
}

impl<S: Sample> Coeffs<S> {
    /// Output equals input.
    pub const NEUTRAL: Self = Self { d2: S::ZERO, e: S::ZERO, d3: S::ZERO, a: S::ONE, b1: S::ZERO, b2: S::ZERO };

    /// Designs one band.
    pub fn design(rate: SampleRate, params: &Params) -> Result<Self, Error> {
        let rate = rate.hertz();
        Error::check("frequency", params.frequency.0, 1.0, 0.49 * rate, "Hz")?;
        Error::check("gain", params.gain.0, -40.0, 40.0, "dB")?;
        Error::check("q", params.q.0, 0.05, 100.0, "")?;
        let g = libm::tan(PI * params.frequency.0 / rate);
        let k = 1.0 / params.q.0;
        let amp = libm::exp10(params.gain.0 / 40.0);
        let root = libm::sqrt(amp);
        Ok(match params.kind {
            Kind::Bell => Self::from_prototype(g, k / amp, [1.0, k / amp * (amp * amp - 1.0), 0.0]),
            Kind::LowShelf => Self::from_prototype(g / root, k, [1.0, k * (amp - 1.0), amp * amp - 1.0]),
            Kind::HighShelf => Self::from_prototype(g * root, k, [amp * amp, k * (1.0 - amp) * amp, 1.0 - amp * amp]),
            Kind::LowPass => Self::from_prototype(g, k, [0.0, 0.0, 1.0]),
            Kind::HighPass => Self::from_prototype(g, k, [1.0, -k, -1.0]),
            Kind::BandPass => Self::from_prototype(g, k, [0.0, k, 0.0]),
            Kind::Notch => Self::from_prototype(g, k, [1.0, -k, 0.0]),
            Kind::AllPass => Self::from_prototype(g, k, [1.0, -2.0 * k, 0.0]),
        })
    }

    /// From the prewarped frequency `g > 0`, the damping `k > 0` and the output mix.
    pub fn from_prototype(g: f64, k: f64, m: [f64; 3]) -> Self {
        let d1 = 1.0 / (1.0 + g * (g + k));
        let (d2, d3, e) = (g * d1, g * g * d1, g * (g + k) * d1);
        Self {
            d2: S::from_f64(2.0 * d2),
            e: S::from_f64(2.0 * e),
            d3: S::from_f64(2.0 * d3),
            a: S::from_f64(m[0] + m[1] * d2 + m[2] * d3),
            b1: S::from_f64(m[1] * (1.0 - e) + m[2] * d2),
            b2: S::from_f64(m[2] * (1.0 - d3) - m[1] * d2),
        }
    }

    /// From any stable second-order transfer function `(b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2)` with complex
    /// or real poles inside the unit circle; `a[0]` is 1. A filter that is not stable is an error.
    pub fn from_transfer(b: [f64; 3], a: [f64; 3]) -> Result<Self, Error> {
        section::Coeffs::<f64>::from_transfer(b, a).check()?;
        let (at_dc, at_nyquist) = (1.0 + a[1] + a[2], 1.0 - a[1] + a[2]);
        let g = libm::sqrt(at_dc / at_nyquist);
        let k = 2.0 * (1.0 - a[2]) / (g * at_nyquist);
        let high = (b[0] - b[1] + b[2]) / at_nyquist;
        let low = (b[0] + b[1] + b[2]) / at_dc;
        let band = 2.0 * (b[0] - b[2]) / (g * at_nyquist);
        Ok(Self::from_prototype(g, k, [high, band - k * high, low - high]))
    }

    /// One sample through the filter; `state` is `[s1, s2]`.
    #[inline(always)]
    pub fn run(&self, state: &mut [S; 2], x: S) -> S {
        let [s1, s2] = *state;
        let y = (self.b1 * s1 + self.b2 * s2) + self.a * x;
        let t = x - s2;
        state[0] = s1 + (self.d2 * t - self.e * s1);
        state[1] = s2 + (self.d2 * s1 + self.d3 * t);
        y
    }

    /// The same poles, passing everything.
    pub(crate) fn muted(self) -> Self {
        Self { a: S::ONE, b1: S::ZERO, b2: S::ZERO, ..self }
    }

    /// Frames in which the ringing of the poles falls by a factor of e.
    pub(crate) fn time_constant(&self) -> f64 {
        let (d2, e, d3) = (self.d2.to_f64(), self.e.to_f64(), self.d3.to_f64());
        // State matrix [[1 - e, -d2], [d2, 1 - d3]] (the stored products are already doubled).
        let (trace, det) = (2.0 - e - d3, (1.0 - e) * (1.0 - d3) + d2 * d2);
        let disc = trace * trace / 4.0 - det;
        let radius = if disc > 0.0 { trace.abs() / 2.0 + libm::sqrt(disc) } else { libm::sqrt(det.max(0.0)) };
        if radius >= 1.0 { 0.0 } else { -1.0 / libm::log(radius.max(1e-9)) }
    }
}

blend_fields!(Coeffs { d2, e, d3, a, b1, b2 });

/// One band as a processor; `M` is storage of [`required_len`] samples.
pub type Svf<S, M> = Cascade<S, 1, M>;

/// Samples of storage for one band.
pub fn required_len(setup: &Setup) -> usize {
    crate::filter::cascade::required_len(setup, 1)
}

impl<S: Sample, M: Storage<S>> Svf<S, M> {
    /// Builds one band; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        Self::with_coeffs(setup, &[Coeffs::design(setup.rate, params)?].into(), storage)
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        use crate::process::Tune;
        let coeffs = Coeffs::design(self.setup().rate, params)?;
        self.tune(&[coeffs].into(), over);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;
    use std::{vec, vec::Vec};

    #[test]
    fn f32_at_20_hz_and_192_khz_is_within_minus_120_db_of_f64() {
        let setup = Setup { rate: SampleRate::new(192_000).unwrap(), channels: 1 };
        let noise: Vec<f64> = signal::pink(7, 0.5).take(400_000).collect();
        let exact_input = [noise.iter().map(|v| f64::from(*v as f32)).collect::<Vec<_>>()];
        for kind in Kind::ALL {
            for (gain, q) in [(6.0, FRAC_1_SQRT_2), (12.0, 8.0), (-9.0, 1.0)] {
                let q = if kind == Kind::Bell { q } else { f64::min(q, 1.4) };
                let p = Params { kind, frequency: Hertz(20.0), gain: Decibels(gain), q: Q(q) };
                let mut wide = Svf::<f64, _>::new(&setup, &p, [0.0; 4]).unwrap();
                let mut narrow = Svf::<f32, _>::new(&setup, &p, [0.0; 4]).unwrap();
                let reference = laws::render(&mut wide, &exact_input);
                let out = laws::render(&mut narrow, &laws::convert(&exact_input));
                // Relative to input or output, whichever is stronger: narrow filters pass little, resonant ones add.
                let error: f64 = reference[0].iter().zip(&out[0]).map(|(a, b)| (a - f64::from(*b)).powi(2)).sum();
                let power = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
                let db = 10.0 * (error / power(&exact_input[0]).max(power(&reference[0]))).log10();
                assert!(db <= -120.0, "{kind:?} {gain} dB Q {q}: {db:.1} dB");
            }
        }
    }

    #[test]
    fn random_cutoff_every_frame_stays_bounded() {
        let setup = Setup { rate: SampleRate::VIDEO, channels: 1 };
        let base = Params { kind: Kind::LowPass, q: Q(20.0), ..Params::default() };
        let mut filter = Svf::<f32, _>::new(&setup, &base, [0.0; 4]).unwrap();
        let mut worst = 0.0_f32;
        for (i, x) in signal::white::<f32>(1, 1.0).take(200_000).enumerate() {
            let octaves = f64::from(signal::hash(i as u32)) / 4_294_967_296.0 * 9.96;
            filter.set(&Params { frequency: Hertz(20.0 * octaves.exp2()), ..base }, Frames::ZERO).unwrap();
            worst = worst.max(laws::render(&mut filter, &[vec![x]])[0][0].abs());
        }
        assert!(worst < 40.0, "{worst}");
    }
}
