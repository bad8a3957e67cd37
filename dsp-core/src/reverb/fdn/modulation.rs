//! The room that moves: lines turn into each other.
//!
//! Before they are mixed, line `i` and line `i + 4` of eight are turned as a pair by an angle that swings slowly:
//! `a' = c a + s b`, `b' = c b - s a`. A turn loses nothing, so the decay stays what it is at every frequency, a frozen room
//! stays as loud as it is, and no delay changes, so no pitch does; but the modes move on before one of them can be heard
//! alone. (Reading the lines between samples would take away high frequencies with every pass.)
//!
//! Angles are computed every 32 frames since `reset`; in between `c` and `s` run along a parabola that touches the circle at
//! both ends. With half an arc of `h` radians it lies inside: `c^2 + s^2 = 1 - 2/3 h^4 u + 1/4 h^4 u^2`, `u` from 0 to 1. At 48 kHz
//! and the fastest, widest swing (`h` = 0.027) that is a loss of 1e-6 dB per pass. (A straight line would lose 0.002 dB: a
//! frozen room would fade by 2 dB in a minute.)
//!
//! Source: Schlecht and Habets, "Time-varying feedback matrices in feedback delay networks and their application in artificial
//! reverberation", JASA 138 (2015): the orthogonal matrix may change at every step.

use crate::lanes::Lanes;
use crate::reverb::fdn::lengths::Dice;
use crate::sample::Sample;

/// Frames from one angle to the next.
pub(super) const STEP: usize = 32;
/// Swing of the angle at full depth, in radians.
const SWING: f64 = 2.4;

/// Cosine and sine of four pairs.
type Turn<S> = [Lanes<S, 4>; 2];

/// The swing of eight lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Swing<S> {
    phase: [u32; 4],
    /// Speed of each pair over the nominal one, in 1/65536.
    speed: [u32; 4],
    now: Turn<S>,
    slope: Turn<S>,
    bend: Turn<S>,
    to: Turn<S>,
}

/// How the room moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Motion<S> {
    /// Of a cycle per [`STEP`] frames, in 2^-32.
    pub(super) advance: u32,
    /// Swing in radians.
    pub(super) swing: S,
}

impl<S: Sample> Motion<S> {
    pub(super) fn new(rate: f64, hertz: f64, depth: f64) -> Self {
        Self { advance: (hertz * STEP as f64 / rate * 4_294_967_296.0) as u32, swing: S::from_f64(SWING * depth) }
    }
}

impl<S: Sample> Swing<S> {
    pub(super) fn new(seed: u32, octet: u32, motion: &Motion<S>) -> Self {
        let mut dice = Dice::new(seed, 16 + octet);
        let phase = core::array::from_fn(|_| dice.bits());
        // Speeds between 0.7 and 1.4 times the nominal one, so that the room does not come back to where it was.
        let speed = core::array::from_fn(|_| (65_536.0 * libm::exp2(dice.unit() - 0.5)) as u32);
        let still = [Lanes::splat(S::ONE), Lanes::ZERO];
        let mut swing = Self { phase, speed, now: still, slope: [Lanes::ZERO; 2], bend: [Lanes::ZERO; 2], to: still };
        swing.to = swing.turn(motion.swing);
        swing
    }

    /// Cosine and sine of the angles now.
    fn turn(&self, swing: S) -> Turn<S> {
        let place = Lanes(self.phase.map(|p| S::from_i32(p as i32))) * Lanes::splat(S::from_f64(1.0 / 2_147_483_648.0));
        // Two parabolas, a swing without corners.
        let wave = place * place.map(|x| S::from_i32(4) * (S::ONE - x.abs()));
        // Half of the angle, whose series ends sooner.
        let angle = wave * Lanes::splat(swing * S::from_f64(0.5));
        let square = angle * angle;
        // Taylor, to the eighth order: 1e-5 at 1.2 rad, which the last line takes out.
        let poly = |c: [f64; 4]| {
            let c = c.map(|v| Lanes::splat(S::from_f64(v)));
            ((square * c[3] + c[2]) * square + c[1]) * square + c[0]
        };
        let cos = poly([-1.0 / 2.0, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0]) * square + Lanes::splat(S::ONE);
        let sin =
            (poly([-1.0 / 6.0, 1.0 / 120.0, -1.0 / 5_040.0, 1.0 / 362_880.0]) * square + Lanes::splat(S::ONE)) * angle;
        // One step of Newton for 1 / sqrt(c^2 + s^2), a little short of 1 so that rounding cannot end above it.
        let short = S::ONE - S::from_i32(8) * S::EPSILON;
        let norm = (cos * cos + sin * sin).map(|n| (S::from_f64(1.5) - S::from_f64(0.5) * n) * short);
        let (cos, sin) = (cos * norm, sin * norm);
        [cos * cos - sin * sin, (cos + cos) * sin]
    }

    /// To the next angle.
    pub(super) fn advance(&mut self, motion: &Motion<S>) {
        self.now = self.to;
        for (phase, speed) in self.phase.iter_mut().zip(self.speed) {
            let by = (u64::from(motion.advance) * u64::from(speed)) >> 16;
            *phase = phase.wrapping_add(by as u32);
        }
        self.to = self.turn(motion.swing);
        // A parabola through both ends: with n frames and the chord d, second difference -(d/n)^2 times the middle.
        let splat = |v: f64| Lanes::splat(S::from_f64(v));
        let chord = [self.to[0] - self.now[0], self.to[1] - self.now[1]];
        let square = (chord[0] * chord[0] + chord[1] * chord[1]) * splat(-0.5 / (STEP * STEP) as f64);
        for (i, chord) in chord.into_iter().enumerate() {
            self.bend[i] = square * (self.now[i] + self.to[i]);
            self.slope[i] = chord * splat(1.0 / STEP as f64) - self.bend[i] * splat((STEP as f64 - 1.0) / 2.0);
        }
    }

    /// Turns the next frames, which do not go beyond the next angle.
    #[inline(never)]
    pub(super) fn run(&mut self, a: &mut [[S; 4]], b: &mut [[S; 4]]) {
        let ([mut c, mut s], [mut dc, mut ds], [ddc, dds]) = (self.now, self.slope, self.bend);
        for (a, b) in a.iter_mut().zip(b) {
            let (x, y) = (Lanes(*a), Lanes(*b));
            (*a, *b) = ((c * x + s * y).0, (c * y - s * x).0);
            (c, s) = (c + dc, s + ds);
            (dc, ds) = (dc + ddc, ds + dds);
        }
        (self.now, self.slope) = ([c, s], [dc, ds]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_never_gains_and_hardly_loses() {
        for (rate, loss) in [(48_000.0, 6e-6), (8_000.0, 3e-4)] {
            let motion = Motion::<f32>::new(rate, 3.0, 1.0);
            let mut swing = Swing::new(7, 0, &motion);
            let mut widest = 0.0_f64;
            for _ in 0..3_000 {
                swing.advance(&motion);
                let (mut a, mut b) = ([[1.0_f32; 4]; STEP], [[0.0_f32; 4]; STEP]);
                swing.run(&mut a, &mut b);
                for (c, s) in a.iter().flatten().zip(b.iter().flatten()) {
                    let norm = f64::from(*c) * f64::from(*c) + f64::from(*s) * f64::from(*s);
                    assert!(norm <= 1.0 && norm >= 1.0 - loss, "{rate} Hz: {:e}", norm - 1.0);
                    widest = widest.max(libm::acos(f64::from(*c)));
                }
            }
            assert!((widest - SWING).abs() < 0.02, "{widest}");
        }
    }
}
