//! Turns the whole stereo image by an angle and keeps all of its energy.
//!
//! On every pair of the layout: `l' = cos(a) l - sin(a) r`, `r' = sin(a) l + cos(a) r`. A positive angle turns to the
//! right: at 45 degrees the left channel is in the centre and what was in the centre is at the right; at 90 degrees the
//! left channel is at the right and the right one, inverted, at the left. `l'^2 + r'^2 = l^2 + r^2` at any angle and on
//! the way; at 0 the output is the input, bit for bit.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `angle` | degrees, to the right | -90 to 90 | 0 |
//!
//! Channels without a partner pass. Latency 0, no tail; 0.8 ns per stereo frame at rest (`f32`), 4 ns on the way. Moves
//! are smooth in the angle.
//!
//! What lies beyond a loudspeaker comes back inverted on the other side: above some 20 degrees listen in mono.
//!
//! Source: the rotation matrix; what keeps the energy is that the squares of cosine and sine add up to 1.

use super::pairs::Pairs;
use super::turn::quarter;
use crate::block::Block;
use crate::error::Error;
use crate::layout::Layout;
use crate::process::{Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::{Degrees, Frames};

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
    /// How far to turn to the right.
    pub angle: Degrees,
}

/// The number the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// Quarter turns.
    turn: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params`.
    pub fn design(_: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("angle", params.angle.0, -90.0, 90.0, "degrees")?;
        Ok(Self { turn: S::from_f64(params.angle.0 / 90.0) })
    }

    /// Cosine and sine.
    #[inline(always)]
    fn matrix(&self) -> (S, S) {
        let (c, s) = quarter(self.turn.abs());
        (c, if self.turn < S::ZERO { -s } else { s })
    }
}

blend_fields!(Coeffs { turn });

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct Rotation<S> {
    setup: Setup,
    pairs: Pairs,
    coeffs: Ramp<Coeffs<S>>,
}

impl<S: Sample> Rotation<S> {
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

impl<S: Sample> Tune<S> for Rotation<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for Rotation<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        self.pairs.steer(&mut self.coeffs, block, Coeffs::matrix, |(c, s), l, r| (c * l - s * r, s * l + c * r));
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
    use crate::signal;

    #[test]
    fn energy_stays_and_angles_are_what_they_say() {
        let setup = Setup { layout: Layout::STEREO };
        let input: laws::Audio<f64> = (0..2).map(|c| signal::white(c, 0.5).take(3_000).collect()).collect();
        let mut p = Rotation::new(&setup, &Params { angle: Degrees(-90.0) }).unwrap();
        p.set(&Params { angle: Degrees(90.0) }, Frames(2_000)).unwrap();
        let out = laws::render(&mut p, &input);
        for i in 0..3_000 {
            let energy = |a: &laws::Audio<f64>| a[0][i] * a[0][i] + a[1][i] * a[1][i];
            assert!((energy(&out) - energy(&input)).abs() <= 1e-11 * energy(&input));
        }
        assert!((out[0][0], out[1][0]) == (input[1][0], -input[0][0]), "at -90 degrees");
        assert!((out[0][2_500], out[1][2_500]) == (-input[1][2_500], input[0][2_500]), "at 90 degrees");
        let mut p = Rotation::new(&setup, &Params { angle: Degrees(45.0) }).unwrap();
        let centre = laws::render(&mut p, &[[1.0].to_vec(), [1.0].to_vec()]);
        assert!(centre[0][0].abs() < 1e-12 && (centre[1][0] - 2.0_f64.sqrt()).abs() < 1e-11, "{centre:?}");
        assert!(Rotation::<f32>::new(&setup, &Params { angle: Degrees(91.0) }).is_err());
    }
}
