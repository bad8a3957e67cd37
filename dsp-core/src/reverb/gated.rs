//! The drum sound of the eighties: a large reverb that is cut off while it is still loud.
//!
//! Wraps any processor that is set to wet only ([`Mix::WET`]). Its sound passes while the peak level of the input (or
//! of a side-chain key) is above `threshold`, for `hold` longer, and then fades out within `release`:
//! `out = dry in[n - latency] + wet gate inner`. The gate moves on a smooth curve between exactly 0 and exactly 1.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `threshold` | dBFS, peak | -80 to 0 | -30 |
//! | `attack` | s, closed to open | 0 to 0.1 | 0.001 |
//! | `hold` | s | 0 to 2 | 0.25 |
//! | `release` | s, open to closed | 0.001 to 1 | 0.03 |
//! | `mix` | 0 dry to 1 wet, equal power | 0 to 1 | 0.4 |
//! | `latency` (set-up) | frames, that of what is wrapped | 0 to 2^20 | 0 |
//! | `high_pass` (set-up) | Hz, of what is listened to | none, 10 to 5000 | none |
//!
//! The level falls by 8.7 dB in 10 ms, so that the gate does not chatter on bass. Latency: that of what is wrapped; the
//! dry sound is delayed by it, the gate is not: it looks ahead. Tail: that of what is wrapped, or the time until the
//! gate is closed, whichever ends first: a frozen reverb ends too. About 6 ns per stereo frame on top of what is
//! wrapped.
//!
//! Not for cleaning a recording: that takes a gate on the sound itself. What is wrapped has to have as many channels as
//! the layout; what it was set to hear as dry is gated too.
//!
//! ```
//! use dsp_core::reverb::{gated, plate};
//! use dsp_core::units::{Mix, SampleRate};
//! let setup = plate::Setup::new(SampleRate::VIDEO);
//! let params = plate::Params { mix: Mix::WET, ..plate::Params::default() };
//! let plate = plate::Plate::<f32, _>::new(&setup, &params, vec![0.0; plate::required_len(&setup)])?;
//! let setup = gated::Setup::new(SampleRate::VIDEO);
//! let storage = vec![0.0; gated::required_len(&setup)];
//! let drums = gated::Gated::new(&setup, &gated::Params::default(), plate, storage)?;
//! # Ok::<(), dsp_core::error::Error>(())
//! ```
//!
//! Source: none for the sound, which is a studio practice (a compressed room cut off by a noise gate, 1980); the
//! detector is [`crate::dynamics::detector`].

use crate::error::Error;
use crate::process::{Process, Tune, delegate};
use crate::ramp::{Shape, blend_fields};
use crate::reverb::keyed::{self, Keyed, Law};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Decibels, Frames, Mix, Seconds};

pub use crate::reverb::keyed::Setup;

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Level of the input above which the gate is open.
    pub threshold: Decibels,
    /// Time to open.
    pub attack: Seconds,
    /// Time for which it stays open when the level has fallen.
    pub hold: Seconds,
    /// Time to close.
    pub release: Seconds,
    /// How much of the wrapped sound is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            threshold: Decibels(-30.0),
            attack: Seconds(0.001),
            hold: Seconds(0.25),
            release: Seconds(0.03),
            mix: Mix(0.4),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Numbers<S> {
    threshold: S,
    /// Per frame.
    rise: S,
    fall: S,
    /// In frames.
    hold: S,
}

blend_fields!(Numbers { threshold, rise, fall, hold });

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S>(keyed::Numbers<S, Numbers<S>>);

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("threshold", params.threshold.0, -80.0, 0.0, "dB")?;
        Error::check("attack", params.attack.0, 0.0, 0.1, "s")?;
        Error::check("hold", params.hold.0, 0.0, 2.0, "s")?;
        Error::check("release", params.release.0, 0.001, 1.0, "s")?;
        let rate = setup.rate.hertz();
        let law = Numbers {
            threshold: S::from_f64(params.threshold.amplitude()),
            rise: S::from_f64(1.0 / (params.attack.0 * rate).max(1.0)),
            fall: S::from_f64(1.0 / (params.release.0 * rate).max(1.0)),
            hold: S::from_f64(params.hold.0 * rate),
        };
        Ok(Self(keyed::Numbers::design(params.mix, law)?))
    }
}

/// How far the gate is open, and for how long the level has been low.
#[derive(Debug, Clone, Copy)]
struct Gate<S> {
    open: S,
    quiet: i32,
}

impl<S: Sample> Default for Gate<S> {
    fn default() -> Self {
        Self { open: S::ZERO, quiet: i32::MAX }
    }
}

impl<S: Sample> Law<S> for Gate<S> {
    type Numbers = Numbers<S>;

    #[inline(always)]
    fn gain(&mut self, c: &Numbers<S>, level: S) -> S {
        self.quiet = if level > c.threshold { 0 } else { self.quiet.saturating_add(1) };
        self.open = if S::from_i32(self.quiet) <= c.hold {
            (self.open + c.rise).smaller(S::ONE)
        } else {
            (self.open - c.fall).larger(S::ZERO)
        };
        Shape::Smooth.at(self.open)
    }

    fn closing(c: &Numbers<S>) -> Option<(S, S)> {
        // Steps of `f32` may be 3 % short at the highest rate.
        Some((c.threshold, c.hold + S::from_f64(1.1) / c.fall))
    }
}

/// Samples of storage.
pub fn required_len(setup: &Setup) -> usize {
    setup.required_len()
}

/// The processor around `inner`, a `P`; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Gated<S: Sample, P, M> {
    setup: Setup,
    keyed: Keyed<S, P, Gate<S>, M>,
}

impl<S: Sample, P: Process<S>, M: Storage<S>> Gated<S, P, M> {
    /// Wraps `inner`, whose latency has to be that of `setup`; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, inner: P, storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        Ok(Self { setup: *setup, keyed: Keyed::new(setup, coeffs.0, inner, storage)? })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// What is wrapped.
    pub fn inner(&self) -> &P {
        &self.keyed.inner
    }

    /// What is wrapped, to set it.
    pub fn inner_mut(&mut self) -> &mut P {
        &mut self.keyed.inner
    }
}

impl<S: Sample, P: Process<S>, M: Storage<S>> Tune<S> for Gated<S, P, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.keyed.numbers.tune(coeffs.0, over);
    }
}

delegate!([P: Process<S>,] Gated<S, P, M>, keyed);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::reverb::keyed::tests::One;
    use crate::units::SampleRate;
    use std::{vec, vec::Vec};

    const SETUP: Setup = Setup::new(SampleRate::VIDEO);
    const PARAMS: Params = Params {
        threshold: Decibels(-20.0),
        attack: Seconds(0.002),
        hold: Seconds(0.1),
        release: Seconds(0.05),
        mix: Mix::WET,
    };

    /// The gate while a tone of 200 Hz sounds from 0.1 s to 0.3 s at `level`.
    fn gate(level: f64) -> Vec<f64> {
        let tone = |i: usize| level * (core::f64::consts::TAU * 200.0 * i as f64 / 48_000.0).sin();
        let plane: Vec<f64> = (0..48_000).map(|i| if (4_800..14_400).contains(&i) { tone(i) } else { 0.0 }).collect();
        let mut p = Gated::<f64, _, _>::new(&SETUP, &PARAMS, One, vec![0.0; required_len(&SETUP)]).unwrap();
        laws::render(&mut p, &[plane.clone(), plane]).swap_remove(0)
    }

    #[test]
    fn it_opens_holds_and_closes_as_set() {
        let gate = gate(0.5);
        // A tone of 0.5 is above 0.1 from the 8th of its frames on; the detector falls to it within 15.5 ms of a peak.
        assert!(gate[..4_808].iter().all(|g| *g == 0.0));
        let open = gate.iter().position(|g| *g == 1.0).unwrap();
        assert!((4_900..4_910).contains(&open), "open at {open}");
        let closing = open + gate[open..].iter().position(|g| *g < 1.0).unwrap();
        let expected = 14_400 + 4_800 + (0.010 * 48_000.0 * 5_f64.ln()) as usize;
        assert!(closing.abs_diff(expected) < 70, "closing at {closing}, not {expected}");
        let closed = closing + gate[closing..].iter().position(|g| *g == 0.0).unwrap();
        assert!((closed - closing).abs_diff(2_400) < 3, "closed after {}", closed - closing);
        assert!(gate[open..closing].iter().all(|g| *g == 1.0) && gate[closed..].iter().all(|g| *g == 0.0));
        assert!(gate.windows(2).all(|w| (w[1] - w[0]).abs() < 1.5 / 96.0 + 1e-9), "no jump");
    }

    #[test]
    fn below_the_threshold_it_stays_closed() {
        assert!(gate(0.099).iter().all(|g| *g == 0.0));
    }
}
