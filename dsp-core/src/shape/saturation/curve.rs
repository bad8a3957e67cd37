//! The static curves of a saturator: what one sample becomes, whatever came before.
//!
//! Every curve goes through 0 with a slope of exactly 1 and is nowhere steeper, so a feedback loop with one of them in it
//! has no more gain than without. With a drive of `d` (linear): `y = f(d x) / d`, which keeps both promises: drive lowers
//! the ceiling to `1 / d`, it does not raise what is quiet.
//!
//! | kind | `f(x)` | ceiling reached at |
//! |---|---|---|
//! | `Off` | `x` | never |
//! | `Soft` | `tanh x` within 1e-4: `x (135135 + 17325 x^2 + 378 x^4 + x^6) / (135135 + 62370 x^2 + 3150 x^4 + 28 x^6)` | 4.972 |
//! | `Cubic` | `x - 4 x^3 / 27` | 1.5 |
//! | `Hard` | `x` | 1 |
//!
//! Asymmetry `a` makes the lower half a smaller copy of the upper one, `f(x) = k f(x / k)` for `x < 0` with `k = 1 - a`:
//! that is where even harmonics come from. Slope and curvature at 0 stay what they are.
//!
//! Source of the fraction: Lambert's continued fraction of tanh, cut after seven terms (1768).

use crate::error::Error;
use crate::ramp::{Blend, mix};
use crate::sample::Sample;
use crate::units::Decibels;

/// The shape of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Kind {
    /// Nothing happens.
    Off,
    /// Round: odd harmonics that fall quickly, louder the louder it gets.
    #[default]
    Soft,
    /// Between the two: clean up to a third of the ceiling, then bends to a stop.
    Cubic,
    /// Nothing until it is cut off.
    Hard,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Off, Self::Soft, Self::Cubic, Self::Hard];
}

/// Where the fraction of [`soft`] reaches 1 (beyond it would go on rising).
const SOFT_END: f64 = 4.971_786_858_527_278;

#[inline(always)]
fn limit<S: Sample>(x: S, end: S) -> S {
    x.smaller(end).larger(-end)
}

#[inline(always)]
fn soft<S: Sample>(x: S) -> S {
    let number = S::from_f64;
    let x = limit(x, number(SOFT_END));
    let q = x * x;
    let above =
        S::ONE + q * (number(17_325.0 / 135_135.0) + q * (number(378.0 / 135_135.0) + q * number(1.0 / 135_135.0)));
    let below =
        S::ONE + q * (number(62_370.0 / 135_135.0) + q * (number(3_150.0 / 135_135.0) + q * number(28.0 / 135_135.0)));
    x * above / below
}

#[inline(always)]
fn cubic<S: Sample>(x: S) -> S {
    let x = limit(x, S::from_f64(1.5));
    x - x * (x * x * S::from_f64(4.0 / 27.0))
}

#[inline(always)]
fn hard<S: Sample>(x: S) -> S {
    limit(x, S::ONE)
}

/// A curve with its drive, ready to run; also in loops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve<S> {
    /// Share of each kind, in the order of [`Kind::ALL`]; one of them is 1 unless the curve is on its way to another.
    shares: [S; 4],
    drive: S,
    /// One over `drive`.
    back: S,
    /// Size of the lower half, and one over it.
    lower: [S; 2],
}

impl<S: Sample> Curve<S> {
    /// Output equals input.
    pub const OFF: Self =
        Self { shares: [S::ONE, S::ZERO, S::ZERO, S::ZERO], drive: S::ONE, back: S::ONE, lower: [S::ONE; 2] };

    /// Designs a curve: `drive` 0 to 48 dB, `asymmetry` 0 to 0.9.
    pub fn design(kind: Kind, drive: Decibels, asymmetry: f64) -> Result<Self, Error> {
        Error::check("drive", drive.0, 0.0, 48.0, "dB")?;
        Error::check("asymmetry", asymmetry, 0.0, 0.9, "")?;
        let shares = Kind::ALL.map(|k| if k == kind { S::ONE } else { S::ZERO });
        let (drive, lower) = (drive.amplitude(), 1.0 - asymmetry);
        let number = S::from_f64;
        Ok(Self {
            shares,
            drive: number(drive),
            back: number(1.0 / drive),
            lower: [number(lower), number(1.0 / lower)],
        })
    }

    /// One sample; `f` is the plain curve.
    #[inline(always)]
    fn at(&self, x: S, f: impl Fn(S) -> S) -> S {
        let [size, inverse] = if x < S::ZERO { self.lower } else { [S::ONE; 2] };
        f(x * self.drive * inverse) * self.back * size
    }

    /// One sample, whichever kinds it takes.
    #[inline(always)]
    pub fn run(&self, x: S) -> S {
        let mut y = S::ZERO;
        // A share of nothing adds nothing, whatever is under it.
        for (share, kind) in self.shares.into_iter().zip(Kind::ALL) {
            if share != S::ZERO {
                y += share
                    * match kind {
                        Kind::Off => x,
                        Kind::Soft => self.at(x, soft),
                        Kind::Cubic => self.at(x, cubic),
                        Kind::Hard => self.at(x, hard),
                    };
            }
        }
        y
    }

    /// All samples of `x`, in place: the same bits as one by one.
    #[inline(always)]
    pub fn run_all(&self, x: &mut [S]) {
        let [off, round, bent, cut] = self.shares.map(|share| share == S::ONE);
        if round {
            x.iter_mut().for_each(|x| *x = self.at(*x, soft));
        } else if bent {
            x.iter_mut().for_each(|x| *x = self.at(*x, cubic));
        } else if cut {
            x.iter_mut().for_each(|x| *x = self.at(*x, hard));
        } else if !off {
            x.iter_mut().for_each(|x| *x = self.run(*x));
        }
    }
}

impl<S: Sample> Blend for Curve<S> {
    type Scalar = S;
    /// Shares move straight; drive and its inverse stay inverses, so that the slope at 0 stays 1 on the way.
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        if p >= S::ONE {
            return *to;
        }
        let (drive, lower) = (mix(from.drive, to.drive, p), mix(from.lower[0], to.lower[0], p));
        Self {
            shares: Blend::blend(&from.shares, &to.shares, p),
            drive,
            back: S::ONE / drive,
            lower: [lower, S::ONE / lower],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn soft_is_tanh_within_its_stated_error() {
        let mut worst = 0.0_f64;
        for i in 0..=40_000 {
            let x = f64::from(i) / 2_000.0;
            worst = worst.max((soft(x) - x.tanh()).abs()).max((f64::from(soft(x as f32)) - x.tanh()).abs());
            assert!(soft(x + 5e-4) >= soft(x) && soft(-x) == -soft(x), "rises, is odd: {x}");
        }
        assert!(worst < 1e-4, "{worst:e}");
    }

    fn any_curve() -> impl Strategy<Value = (usize, f64, f64)> {
        (0..Kind::ALL.len(), 0.0..48.0_f64, 0.0..0.9_f64)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn nowhere_steeper_than_one_nor_on_the_way((k, drive, a) in any_curve(), (l, drive2, a2) in any_curve(), p in 0.0..1.0_f64) {
            let from = Curve::<f64>::design(Kind::ALL[k], Decibels(drive), a).unwrap();
            let to = Curve::design(Kind::ALL[l], Decibels(drive2), a2).unwrap();
            let between = Curve::blend(&from, &to, p);
            for curve in [from, between] {
                let (mut x, mut before) = (-3.0, curve.run(-3.0));
                while x < 3.0 {
                    // Steps that resolve the bend at any drive.
                    let next = x + 0.02 * (f64::abs(x) + 1e-4);
                    let y = curve.run(next);
                    let slope = (y - before) / (next - x);
                    prop_assert!((0.0..=1.0 + 1e-9).contains(&slope), "slope {slope} at {x}");
                    (x, before) = (next, y);
                }
                let tiny = 1e-9;
                prop_assert!((curve.run(tiny) / tiny - 1.0).abs() < 1e-9 && curve.run(0.0) == 0.0);
            }
        }

        #[test]
        fn one_by_one_and_all_at_once_are_the_same((k, drive, a) in any_curve(), x in -2.0..2.0_f32) {
            let curve = Curve::<f32>::design(Kind::ALL[k], Decibels(drive), a).unwrap();
            let mut all = [x; 5];
            curve.run_all(&mut all);
            prop_assert_eq!(all, [curve.run(x); 5]);
        }
    }

    #[test]
    fn at_drive_0_quiet_sound_is_not_touched() {
        for kind in Kind::ALL {
            let curve = Curve::<f32>::design(kind, Decibels(0.0), 0.0).unwrap();
            assert_eq!(curve.run(1e-5), 1e-5, "{kind:?}");
        }
        let hard = Curve::<f32>::design(Kind::Hard, Decibels(0.0), 0.0).unwrap();
        assert_eq!([0.999, -0.37, 1.2].map(|x| hard.run(x)), [0.999, -0.37, 1.0]);
        let off = Curve::<f32>::design(Kind::Off, Decibels(20.0), 0.5).unwrap();
        assert_eq!([0.3, -7.0].map(|x| off.run(x)), [0.3, -7.0]);
    }

    #[test]
    fn ranges_are_checked() {
        assert!(Curve::<f32>::design(Kind::Soft, Decibels(-1.0), 0.0).is_err());
        assert!(Curve::<f32>::design(Kind::Soft, Decibels(48.1), 0.0).is_err());
        assert!(Curve::<f32>::design(Kind::Soft, Decibels(0.0), 0.91).is_err());
    }
}
