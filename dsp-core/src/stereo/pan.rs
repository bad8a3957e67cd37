//! Places a mono track between the loudspeakers.
//!
//! Channel 0 carries the track; channels 0 and 1 become `left = gL x`, `right = gR x`. What channel 1 held is replaced.
//! With `p = (position + 1) / 2`, 0 at the left, the laws are
//!
//! | law | `gL` | `gR` | centre | keeps |
//! |---|---|---|---|---|
//! | [`Law::EqualPower`] | `cos(p pi/2)` | `sin(p pi/2)` | -3.01 dB | the power, in a room |
//! | [`Law::SquareRoot`] | `sqrt(1 - p)` | `sqrt(p)` | -3.01 dB | the power; reaches the sides later |
//! | [`Law::Itu`] | `cos a` | `sin a`, `tan(a - pi/4) = tan(30 deg position) / tan(30 deg)` | -3.01 dB | the power; the place between loudspeakers at 30 degrees |
//! | [`Law::Compromise`] | `sqrt((1 - p) cos(p pi/2))` | `sqrt(p sin(p pi/2))` | -4.52 dB | neither quite |
//! | [`Law::Linear`] | `1 - p` | `p` | -6.02 dB | the sum, for mono listeners |
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `position` | -1 left, 0 centre, 1 right | -1 to 1 | 0 |
//! | `law` (set-up) | | see above | `EqualPower` |
//!
//! Moves are smooth and move the place, not the gains: with the three laws of equal power the power stays on the way
//! (1e-10 dB in `f64`, 1.5e-6 dB in `f32`: the rounding of the gains; a test). A move from side to side over 20 ms puts
//! -110 dB of clicks around a tone of 997 Hz ([`crate::gain`] says how that is measured).
//!
//! Latency 0, no tail. 0.4 ns per frame at rest, 4 ns on the way (`f32`).
//!
//! No standard fixes the law of a mixing desk. `Itu` is how ITU-R BS.2127 pans between a pair of loudspeakers at 30 degrees (the
//! tangent law); ITU-R BS.775 sends a centre channel to two loudspeakers at -3 dB, which all three laws of equal power do.
//! Not for stereo tracks: use [`super::dual_pan`] or [`super::balance`].
//!
//! Source of the numbers: the equations above; a test holds them against a table of gains. Tangent law: Bernfeld, "Attempts for
//! better understanding of the directional stereophonic listening mechanism", AES 44 (1973); ITU-R BS.2127.

use super::turn::quarter;
use crate::block::Block;
use crate::error::Error;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::{Frames, Pan as Position};
use core::f64::consts::FRAC_PI_2;

/// How the gains of left and right depend on the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Law {
    /// Cosine and sine: -3 dB in the centre.
    #[default]
    EqualPower,
    /// Square roots: -3 dB in the centre.
    SquareRoot,
    /// The tangent law for loudspeakers at 30 degrees, as in ITU-R BS.2127: -3 dB in the centre.
    Itu,
    /// Half way between equal power and linear: -4.5 dB in the centre.
    Compromise,
    /// Straight: -6 dB in the centre.
    Linear,
}

impl Law {
    /// Every law.
    pub const ALL: [Self; 5] = [Self::EqualPower, Self::SquareRoot, Self::Itu, Self::Compromise, Self::Linear];

    /// What moves: 0 at the left to 1 at the right.
    pub(super) fn place(self, parameter: &'static str, position: Position) -> Result<f64, Error> {
        Error::check(parameter, position.0, -1.0, 1.0, "")?;
        let p = (position.0 + 1.0) / 2.0;
        Ok(match self {
            // Square roots are cosine and sine of this angle: moved as an angle they have no corner at the sides.
            Self::SquareRoot => libm::atan2(libm::sqrt(p), libm::sqrt(1.0 - p)) / FRAC_PI_2,
            Self::Itu => {
                let base = core::f64::consts::FRAC_PI_6;
                0.5 + libm::atan(libm::tan(base * position.0) / libm::tan(base)) / FRAC_PI_2
            }
            _ => p,
        })
    }

    /// Gains of left and right.
    #[inline(always)]
    pub(super) fn gains<S: Sample>(self, place: S) -> (S, S) {
        match self {
            Self::EqualPower | Self::SquareRoot | Self::Itu => quarter(place),
            Self::Compromise => {
                let (c, s) = quarter(place);
                (((S::ONE - place) * c).sqrt(), (place * s).sqrt())
            }
            Self::Linear => (S::ONE - place, place),
        }
    }

    /// Gains of left and right, frame by frame: of the places written to `left`, or of `rest` where they do not move.
    #[inline(always)]
    pub(super) fn fill<S: Sample>(self, rest: Option<S>, left: &mut [S], right: &mut [S]) {
        if let Some(place) = rest {
            let (l, r) = self.gains(place);
            left.fill(l);
            right.fill(r);
            return;
        }
        for (l, r) in left.iter_mut().zip(right) {
            (*l, *r) = self.gains(*l);
        }
    }
}

/// What fixes the sound of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Setup {
    /// How the gains depend on the place; most studios keep to one.
    pub law: Law,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Where the track is heard.
    pub position: Position,
}

/// The number the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    place: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self { place: S::from_f64(setup.law.place("position", params.position)?) })
    }
}

blend_fields!(Coeffs { place });

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct Pan<S> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
}

impl<S: Sample> Pan<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self { setup: *setup, coeffs: Ramp::smooth(Coeffs::design(setup, params)?) })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for Pan<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for Pan<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            let n = CHUNK.min(frames - at);
            let (mut left, mut right) = ([S::ZERO; CHUNK], [S::ZERO; CHUNK]);
            let (left, right) = (&mut left[..n], &mut right[..n]);
            let rest = (!self.coeffs.moving()).then(|| self.coeffs.target().place);
            if rest.is_none() {
                for (i, place) in left.iter_mut().enumerate() {
                    *place = self.coeffs.now(i).place;
                }
            }
            self.setup.law.fill(rest, left, right);
            block.part(at, n).with_pair(0, false, |l, r| {
                for (((l, r), a), b) in l.iter_mut().zip(r).zip(left.iter()).zip(right.iter()) {
                    let x = l.clean();
                    (*l, *r) = (*a * x, *b * x);
                }
            });
            self.coeffs.advance(n);
            at += n;
        }
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
    use core::f64::consts::FRAC_1_SQRT_2;
    use std::vec;

    /// Gains of left and right, frame by frame.
    fn gains<S: Sample>(pan: &mut Pan<S>, frames: usize) -> std::vec::Vec<(f64, f64)> {
        let out = laws::render(pan, &[vec![S::ONE; frames], vec![S::ONE; frames]]);
        out[0].iter().zip(&out[1]).map(|(l, r)| (l.to_f64(), r.to_f64())).collect()
    }

    fn at<S: Sample>(law: Law, position: f64) -> Pan<S> {
        Pan::new(&Setup { law }, &Params { position: Position(position) }).unwrap()
    }

    #[test]
    fn the_table_of_laws_is_reproduced() {
        let table = [
            (Law::EqualPower, [1.0, 0.9239, FRAC_1_SQRT_2, 0.3827, 0.0]),
            (Law::SquareRoot, [1.0, 0.8660, FRAC_1_SQRT_2, 0.5000, 0.0]),
            (Law::Itu, [1.0, 0.939_07, FRAC_1_SQRT_2, 0.343_72, 0.0]),
            (Law::Compromise, [1.0, 0.8324, 0.5946, 0.3093, 0.0]),
            (Law::Linear, [1.0, 0.75, 0.5, 0.25, 0.0]),
        ];
        for (law, left) in table {
            for (i, wanted) in left.iter().enumerate() {
                let position = f64::from(i as u32) / 2.0 - 1.0;
                let (l, r) = gains::<f64>(&mut at(law, position), 1)[0];
                let (mirrored, _) = gains::<f64>(&mut at(law, -position), 1)[0];
                assert!((l - wanted).abs() <= 5e-5, "{law:?} at {position}: {l}");
                assert!((r - mirrored).abs() <= 1e-12, "{law:?} at {position}: {r} against {mirrored}");
                let (narrow, _) = gains::<f32>(&mut at(law, position), 1)[0];
                assert!((narrow - l).abs() <= 2e-7, "{law:?} at {position} in f32: {narrow}");
            }
            let centre = gains::<f64>(&mut at(law, 0.0), 1)[0];
            assert_eq!(centre.0, centre.1, "{law:?}");
        }
        assert_eq!(gains::<f64>(&mut at(Law::EqualPower, 0.0), 1)[0].0, FRAC_1_SQRT_2);
        assert_eq!(gains::<f64>(&mut at(Law::SquareRoot, 0.0), 1)[0].0, FRAC_1_SQRT_2);
        assert_eq!(gains::<f64>(&mut at(Law::Compromise, -1.0), 1)[0], (1.0, 0.0));
        assert!(Pan::<f32>::new(&Setup::default(), &Params { position: Position(1.01) }).is_err());
    }

    fn power_stays<S: Sample>(law: Law) -> f64 {
        let mut pan = at::<S>(law, -1.0);
        pan.set(&Params { position: Position(0.7) }, Frames(5_000)).unwrap();
        let mut all = gains(&mut pan, 6_000);
        for i in 0..=2_000 {
            all.extend(gains(&mut at::<S>(law, f64::from(i) / 1_000.0 - 1.0), 1));
        }
        all.iter().map(|(l, r)| (10.0 * (l * l + r * r).log10()).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn power_stays_at_rest_and_on_the_way() {
        for law in [Law::EqualPower, Law::SquareRoot, Law::Itu] {
            let (wide, narrow) = (power_stays::<f64>(law), power_stays::<f32>(law));
            assert!(wide <= 1e-10 && narrow <= 1.5e-6, "{law:?}: {wide:e} dB, in f32 {narrow:e} dB");
        }
        // The other laws do what they are named for.
        assert!((power_stays::<f64>(Law::Linear) - 3.0103).abs() < 1e-3);
        assert!((power_stays::<f64>(Law::Compromise) - 1.505).abs() < 1e-2);
    }
}
