//! Leans a stereo programme to one side by turning the other down.
//!
//! On every pair of the layout: at a `position` to the right `l' = cos(position pi/2) l` and `r' = r`; to the left the
//! other way round. In the centre the output is the input, bit for bit; at an end one side is silent. The cosine starts
//! flat, so a move through the centre has no corner: over 20 ms a move from the centre to a side puts less than -105 dB
//! of clicks around a tone, one from side to side less than -100 dB (a test; [`crate::gain`] says how that is
//! measured).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `position` | -1 left, 0 centre, 1 right | -1 to 1 | 0 |
//!
//! Channels without a partner pass. Latency 0, no tail; 0.8 ns per stereo frame at rest (`f32`), 3 ns on the way.
//!
//! What is on the side that is turned down is lost: to keep it use [`super::rotation`] or [`super::dual_pan`].
//!
//! Source: the balance control of stereo amplifiers; the curve is chosen for its flat start.

use super::pairs::Pairs;
use super::turn::quarter;
use crate::block::Block;
use crate::error::Error;
use crate::layout::Layout;
use crate::process::{Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::{Frames, Pan};

/// What fixes the pairs: where the channels are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Positions of the channels.
    pub layout: Layout,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// The side it leans to.
    pub position: Pan,
}

/// The number the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    position: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params`.
    pub fn design(_: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("position", params.position.0, -1.0, 1.0, "")?;
        Ok(Self { position: S::from_f64(params.position.0) })
    }

    /// Gains of left and right.
    #[inline(always)]
    fn gains(&self) -> (S, S) {
        let (less, _) = quarter(self.position.abs());
        if self.position > S::ZERO { (less, S::ONE) } else { (S::ONE, less) }
    }
}

blend_fields!(Coeffs { position });

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct Balance<S> {
    setup: Setup,
    pairs: Pairs,
    coeffs: Ramp<Coeffs<S>>,
}

impl<S: Sample> Balance<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let coeffs = Ramp::smooth(Coeffs::design(setup, params)?);
        Ok(Self { setup: *setup, pairs: Pairs::of(&setup.layout), coeffs })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for Balance<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for Balance<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        self.pairs.steer(&mut self.coeffs, block, Coeffs::gains, |(a, b), l, r| (a * l, b * r));
    }

    fn reset(&mut self) {
        self.coeffs.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use std::vec;

    #[test]
    fn one_side_goes_down_and_the_other_stays() {
        let setup = Setup { layout: Layout::STEREO };
        for (position, l, r) in [(-1.0, 1.0, 0.0), (0.0, 1.0, 1.0), (0.5, 0.5_f64.sqrt(), 1.0), (1.0, 0.0, 1.0)] {
            let mut p = Balance::<f64>::new(&setup, &Params { position: Pan(position) }).unwrap();
            let out = laws::render(&mut p, &[vec![1.0], vec![1.0]]);
            assert!((out[0][0] - l).abs() < 1e-11 && (out[1][0] - r).abs() < 1e-11, "{position}: {out:?}");
        }
        assert!(Balance::<f32>::new(&setup, &Params { position: Pan(-1.1) }).is_err());
    }
}
