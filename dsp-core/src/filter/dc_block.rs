//! Removes a constant offset and nothing that can be heard.
//!
//! A first-order high-pass ([`crate::filter::one_pole`]) far below the audible range: exactly zero at 0 Hz, -0.10 dB at
//! 20 Hz with the default of 3 Hz.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `frequency` | Hz | 0.1 to 100 | 3 |
//!
//! Latency 0; tail and cost of a one-pole. Not a rumble filter: 12 dB per octave and more come from a high-pass band of
//! the equalizer.
//!
//! Source: as [`crate::filter::one_pole`].

use crate::error::Error;
use crate::filter::one_pole::{self, Mode, OnePole};
use crate::process::Tune;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, Hertz};

pub use crate::filter::one_pole::{Coeffs, Setup, required_len};

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Cut-off, -3.01 dB.
    pub frequency: Hertz,
}

impl Default for Params {
    fn default() -> Self {
        Self { frequency: Hertz(3.0) }
    }
}

impl Params {
    fn checked(&self) -> Result<one_pole::Params, Error> {
        Error::check("frequency", self.frequency.0, 0.1, 100.0, "Hz")?;
        Ok(one_pole::Params { frequency: self.frequency, mode: Mode::HighPass })
    }
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct DcBlock<S, M> {
    filter: OnePole<S, M>,
}

impl<S: Sample, M: Storage<S>> DcBlock<S, M> {
    /// Builds the filter; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        Ok(Self { filter: OnePole::new(setup, &params.checked()?, storage)? })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.filter.set(&params.checked()?, over)
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for DcBlock<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.filter.tune(coeffs, over);
    }
}

crate::process::delegate!([] DcBlock<S, M>, filter);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::process::Process;
    use crate::signal;
    use crate::units::SampleRate;
    use std::{vec, vec::Vec};

    #[test]
    fn dc_goes_to_exactly_zero_and_20_hz_stays() {
        let setup = Setup { rate: SampleRate::VIDEO, channels: 1 };
        let mut f = DcBlock::<f32, _>::new(&setup, &Params::default(), [0.0; 2]).unwrap();
        let out = laws::render(&mut f, &[vec![0.5_f32; 480_000]]);
        assert!(out[0][479_999].abs() < 1e-7, "{}", out[0][479_999]);
        f.reset();
        let tone: Vec<f32> = signal::sine(setup.rate, Hertz(20.0), 1.0, 0.0).take(96_000).collect();
        let out = laws::render(&mut f, &[tone]);
        let peak = out[0][48_000..].iter().fold(0.0_f32, |m, v| m.max(v.abs()));
        assert!((20.0 * peak.log10() - -0.097).abs() < 0.005, "{peak}");
    }
}
