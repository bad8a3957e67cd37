//! A reverb that steps back while there is singing and comes forward in the pauses.
//!
//! Wraps any processor that is set to wet only ([`Mix::WET`]). While the peak level of the input (or of a side-chain
//! key) is above `threshold`, its sound goes down by `amount`: `out = dry in[n - latency] + wet 10^(-d / 20) inner`,
//! `d` moving between 0 and `amount` with attack and release ([`crate::dynamics::ballistics`]).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `threshold` | dBFS, peak | -80 to 0 | -30 |
//! | `amount` | dB | 0 to 60 | 12 |
//! | `attack` | s, to 63.2 % of the way down | 0 to 1 | 0.01 |
//! | `release` | s, to 63.2 % of the way back; longer than `attack` | 0.0001 to 10 | 0.4 |
//! | `mix` | 0 dry to 1 wet, equal power | 0 to 1 | 0.4 |
//! | `latency` (set-up) | frames, that of what is wrapped | 0 to 2^20 | 0 |
//! | `high_pass` (set-up) | Hz, of what is listened to | none, 10 to 5000 | none |
//!
//! The level falls by 8.7 dB in 10 ms. Latency: that of what is wrapped; the dry sound is delayed by it, the ducking is
//! not: it looks ahead. Tail: that of what is wrapped. About 9 ns per stereo frame on top of what is wrapped.
//!
//! Not a compressor: how far it goes down does not depend on how loud the input is. What is wrapped has to have
//! as many channels as the layout.
//!
//! Source: attack and release as in Giannoulis, Massberg, Reiss, JAES 60(6) 2012, section 2.3.

use crate::dynamics::ballistics;
use crate::error::Error;
use crate::math::LOG2_PER_DB;
use crate::process::{Process, Tune, delegate};
use crate::ramp::blend_fields;
use crate::reverb::keyed::{self, Keyed, Law};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Decibels, Frames, Mix, Seconds};

pub use crate::reverb::keyed::Setup;

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Level of the input above which the wet sound goes down.
    pub threshold: Decibels,
    /// By how much.
    pub amount: Decibels,
    /// How fast it goes down.
    pub attack: Seconds,
    /// How fast it comes back.
    pub release: Seconds,
    /// How much of the wrapped sound is heard.
    pub mix: Mix,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            threshold: Decibels(-30.0),
            amount: Decibels(12.0),
            attack: Seconds(0.01),
            release: Seconds(0.4),
            mix: Mix(0.4),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Numbers<S> {
    threshold: S,
    /// In powers of two.
    amount: S,
    attack: S,
    release: S,
}

blend_fields!(Numbers { threshold, amount, attack, release });

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S>(keyed::Numbers<S, Numbers<S>>);

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("threshold", params.threshold.0, -80.0, 0.0, "dB")?;
        Error::check("amount", params.amount.0, 0.0, 60.0, "dB")?;
        let ballistics = ballistics::Coeffs::design(setup.rate, params.attack, params.release)?;
        let law = Numbers {
            threshold: S::from_f64(params.threshold.amplitude()),
            amount: S::from_f64(params.amount.0 * LOG2_PER_DB),
            attack: ballistics.attack,
            release: ballistics.release,
        };
        Ok(Self(keyed::Numbers::design(params.mix, law)?))
    }
}

/// How far down the wet sound is.
#[derive(Debug, Clone, Copy, Default)]
struct Duck(ballistics::State);

impl<S: Sample> Law<S> for Duck {
    type Numbers = Numbers<S>;

    #[inline(always)]
    fn gain(&mut self, c: &Numbers<S>, level: S) -> S {
        let wanted = if level > c.threshold { c.amount } else { S::ZERO };
        let steps = ballistics::Coeffs { attack: c.attack, release: c.release }.steps();
        (-steps.run(&mut self.0, wanted)).exp2()
    }

    fn closing(_: &Numbers<S>) -> Option<(S, S)> {
        None
    }
}

/// Samples of storage.
pub fn required_len(setup: &Setup) -> usize {
    setup.required_len()
}

/// The processor around `inner`, a `P`; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Ducked<S: Sample, P, M> {
    setup: Setup,
    keyed: Keyed<S, P, Duck, M>,
}

impl<S: Sample, P: Process<S>, M: Storage<S>> Ducked<S, P, M> {
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

impl<S: Sample, P: Process<S>, M: Storage<S>> Tune<S> for Ducked<S, P, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.keyed.numbers.tune(coeffs.0, over);
    }
}

delegate!([P: Process<S>,] Ducked<S, P, M>, keyed);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::reverb::keyed::tests::One;
    use crate::units::SampleRate;
    use std::{vec, vec::Vec};

    const SETUP: Setup = Setup::new(SampleRate::VIDEO);

    #[test]
    fn it_goes_down_by_the_amount_and_comes_back() {
        let params = Params { threshold: Decibels(-20.0), mix: Mix::WET, ..Params::default() };
        let plane: Vec<f64> = (0..240_000).map(|i| if (4_800..24_000).contains(&i) { 0.5 } else { 0.05 }).collect();
        let mut p = Ducked::<f64, _, _>::new(&SETUP, &params, One, vec![0.0; required_len(&SETUP)]).unwrap();
        let gain = laws::render(&mut p, &[plane.clone(), plane]).swap_remove(0);
        let db = |at: usize| 20.0 * gain[at].log10();
        assert!(gain[..4_800].iter().all(|g| *g == 1.0));
        // After one attack time 63.2 % of 12 dB.
        assert!((db(4_800 + 480) + 12.0 * 0.632).abs() < 0.05, "{:.2} dB", db(5_280));
        assert!((db(23_999) + 12.0).abs() < 1e-3, "{:.4} dB", db(23_999));
        // The detector needs a moment to fall by ln(5) times its release.
        let start = 24_000 + (480.0 * 5_f64.ln()) as usize;
        assert!((db(start + 19_200) + 12.0 * 0.368).abs() < 0.1, "{:.2} dB", db(start + 19_200));
        assert!(gain[239_999] > 0.9999);
    }
}
