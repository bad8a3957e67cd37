//! The shapes a low-frequency oscillator can have, as functions of its phase.
//!
//! Phase is an integer: 2^32 is one turn, so it wraps by itself. All shapes lie between -1 and 1; all but `Random` start at 0.
//!
//! | shape | from phase 0 on | largest error |
//! |---|---|---|
//! | `Sine` | up, around, down | -132 dB in `f32`; in `f64` -200 dB, and -176 dB from the 32 bits of the phase |
//! | `Triangle` | straight up and down | rounding |
//! | `SawUp`, `SawDown` | straight, back at half a turn | see below |
//! | `Square` | 1, then -1 | see below |
//! | `Random` | from one random value to the next, one per turn, along `3 t^2 - 2 t^3` | |
//!
//! `Square` and both saws jump; a gain that jumps clicks. Their edges are therefore `1.5 u - 0.5 u^3` over [`EDGE`], or
//! over half a turn where a turn is shorter than two edges. `Random` takes its values from a hash of the number of the
//! turn, so they are the same in every run.

use crate::sample::Sample;
use crate::signal::hash;
use crate::units::Seconds;

/// How long an edge of a square or a saw takes: a move of this length keeps clicks about 90 dB down, and 10 ms are not
/// heard as a slope.
pub const EDGE: Seconds = Seconds(0.010);

/// A shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Wave {
    /// Round.
    #[default]
    Sine,
    /// Straight up and down.
    Triangle,
    /// Straight up, quickly back.
    SawUp,
    /// Straight down, quickly back.
    SawDown,
    /// High, low.
    Square,
    /// Smoothly from one random value to the next, once per turn.
    Random,
}

impl Wave {
    /// Every shape, in the order of their numbers.
    pub const ALL: [Self; 6] = [Self::Sine, Self::Triangle, Self::SawUp, Self::SawDown, Self::Square, Self::Random];

    /// Whether it jumps, so that its edges depend on the rate.
    pub(crate) fn has_edges(self) -> bool {
        matches!(self, Self::SawUp | Self::SawDown | Self::Square)
    }

    /// The shape at one point. `edge` is how many times steeper than a triangle a square is, at least 1.
    #[inline(always)]
    pub(crate) fn at<S: Sample>(self, point: Point, edge: S, seed: u32) -> S {
        match self {
            Self::Sine => quarter_sine(triangle(point.turn)),
            Self::Triangle => triangle(point.turn),
            Self::SawUp => saw(point.turn, edge),
            Self::SawDown => -saw(point.turn, edge),
            Self::Square => soft_clip(triangle::<S>(point.turn) * edge),
            Self::Random => random(point, seed),
        }
    }
}

/// Turns after which an oscillator begins again: 24 of the 64 bits of its phase count them.
const CYCLES: u32 = 1 << 24;

/// Where an oscillator is: the number of the turn and the place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Point {
    /// Whole turns so far, below [`CYCLES`].
    pub(crate) cycle: u32,
    /// The rest, 2^32 to the turn; as a signed number: -1/2 to 1/2.
    pub(crate) turn: i32,
}

/// 2^-30: a quarter turn is 1.
#[inline(always)]
fn quarters<S: Sample>(turn: i32) -> S {
    S::from_i32(turn) * S::from_f64(1.0 / 1_073_741_824.0)
}

/// 0, up to 1 at a quarter turn, down to -1 at three quarters.
#[inline(always)]
fn triangle<S: Sample>(turn: i32) -> S {
    // Beyond a quarter either way the two top bits differ: mirror at the quarter, 1/2 - turn.
    let beyond = (turn ^ (turn << 1)) >> 31;
    let mirrored = i32::MIN.wrapping_sub(turn);
    quarters((turn & !beyond) | (mirrored & beyond))
}

/// Coefficients of [`quarter_sine`] by rising power of `x^2`.
const SINE: [f64; 6] = [
    1.570_796_326_758_228,
    -0.645_964_095_073_837,
    0.079_692_599_584_381_98,
    -0.004_681_645_902_010_61,
    0.000_160_240_702_586_527_88,
    -3.426_069_348_751_517_6e-6,
];

/// `sin(x pi / 2)` for `x` in -1..1, exact at 0, 1 and -1. Minimax fit of the relative error (Lawson iteration on 2000
/// Chebyshev nodes with the end held): 2.4e-11 before rounding.
#[inline(always)]
pub(crate) fn quarter_sine<S: Sample>(x: S) -> S {
    let q = x * x;
    let c = |v: f64| S::from_f64(v);
    let p = c(SINE[3]) + q * (c(SINE[4]) + q * c(SINE[5]));
    x * (c(SINE[0]) + q * (c(SINE[1]) + q * (c(SINE[2]) + q * p)))
}

/// `1.5 u - 0.5 u^3`, held at -1 and 1.
#[inline(always)]
fn soft_clip<S: Sample>(u: S) -> S {
    let u = u.larger(-S::ONE).smaller(S::ONE);
    u * (S::from_f64(1.5) - S::from_f64(0.5) * u * u)
}

/// Straight through 0 at phase 0, back around half a turn. The way back takes as long as an edge of the square.
#[inline(always)]
fn saw<S: Sample>(turn: i32, edge: S) -> S {
    let place = quarters::<S>(turn) * S::from_f64(0.5);
    // A triangle rises four times per turn, `place` twice: the same edge is twice as steep here.
    place * soft_clip((S::ONE - place.abs()) * (edge + edge))
}

#[inline(always)]
fn random<S: Sample>(point: Point, seed: u32) -> S {
    let value = |cycle: u32| S::from_i32(hash(cycle.wrapping_add(seed)) as i32) * S::from_f64(1.0 / 2_147_483_648.0);
    let (from, to) = (value(point.cycle), value((point.cycle + 1) % CYCLES));
    // 31 bits of the place, as a number from 0 to 1.
    let t = S::from_i32(((point.turn as u32) >> 1) as i32) * S::from_f64(1.0 / 2_147_483_648.0);
    from + (to - from) * (t * t * (S::from_i32(3) - (t + t)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::TAU;

    fn point(turn: u32) -> Point {
        Point { cycle: 0, turn: turn as i32 }
    }

    fn sine_error<S: Sample>() -> f64 {
        let worst = (0..200_000_u32).map(|i| {
            let turn = i.wrapping_mul(2_654_435_761);
            let exact = libm::sin(TAU * f64::from(turn) / 4_294_967_296.0);
            (Wave::Sine.at::<S>(point(turn), S::ONE, 0).to_f64() - exact).abs()
        });
        20.0 * worst.fold(0.0, f64::max).log10()
    }

    #[test]
    fn the_sine_is_as_good_as_stated() {
        let (narrow, wide) = (sine_error::<f32>(), sine_error::<f64>());
        assert!(narrow <= -132.0, "f32: {narrow:.1} dB");
        assert!(wide <= -200.0, "f64: {wide:.1} dB");
        for (x, y) in [(0.0, 0.0), (1.0, 1.0), (-1.0, -1.0)] {
            assert!((quarter_sine(x) - y).abs() < 1e-15_f64, "{x}");
            assert!((quarter_sine(x as f32) - y as f32).abs() <= f32::EPSILON, "{x}");
        }
    }

    #[test]
    fn shapes_start_at_zero_and_turn_where_they_should() {
        const QUARTER: u32 = 1 << 30;
        for (wave, values) in [
            (Wave::Sine, [0.0, 1.0, 0.0, -1.0]),
            (Wave::Triangle, [0.0, 1.0, 0.0, -1.0]),
            (Wave::SawUp, [0.0, 0.5, 0.0, -0.5]),
            (Wave::SawDown, [0.0, -0.5, 0.0, 0.5]),
            (Wave::Square, [0.0, 1.0, 0.0, -1.0]),
        ] {
            for (i, value) in values.iter().enumerate() {
                let y = wave.at::<f64>(point(QUARTER.wrapping_mul(i as u32)), 100.0, 0);
                assert!((y - value).abs() < 1e-12, "{wave:?} at {i} quarters: {y}");
            }
        }
        let near_the_end = Wave::SawUp.at::<f64>(point(0x7E00_0000), 100.0, 0);
        assert!((0.98..1.0).contains(&near_the_end), "{near_the_end}");
    }

    #[test]
    fn no_shape_jumps_or_leaves_its_range() {
        for wave in Wave::ALL {
            for edge in [1.0, 7.0_f64] {
                let mut before = None;
                for i in 0..40_000_u64 {
                    let acc = i << 20;
                    let at = Point { cycle: (acc >> 32) as u32, turn: acc as i32 };
                    let y = wave.at(at, edge, 99);
                    assert!(y.abs() <= 1.0 + 1e-12, "{wave:?}: {y}");
                    // 4096 points to the turn; the steepest is the edge of the square: 1.5 * 4 * 7 / 4096.
                    assert!((y - before.unwrap_or(y)).abs() < 0.0104, "{wave:?} at {i}");
                    before = Some(y);
                }
            }
        }
    }

    #[test]
    fn random_values_are_spread_and_depend_on_the_seed() {
        let value = |cycle, seed| Wave::Random.at::<f64>(Point { cycle, turn: 0 }, 1.0, seed);
        let n = 10_000;
        let mean = (0..n).map(|c| value(c, 5)).sum::<f64>() / f64::from(n);
        let power = (0..n).map(|c| value(c, 5).powi(2)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.02 && (power - 1.0 / 3.0).abs() < 0.01, "{mean} {power}");
        let likeness = (0..n).map(|c| value(c, 5) * value(c, 6_000_000)).sum::<f64>() / f64::from(n);
        assert!(likeness.abs() < 0.02, "{likeness}");
    }
}
