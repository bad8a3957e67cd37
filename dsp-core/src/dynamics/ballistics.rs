//! Attack and release: how fast gain reduction follows.
//!
//! "Smooth decoupled" in the log domain: `c1 = max(c, c1 + r (c - c1))` holds the peak and releases,
//! `y += a (c1 - y)` attacks, `a = 1 - exp(-1 / (tau rate))`. A 100 Hz tone leaves 4.7 times less ripple on the gain than
//! with a branching detector.
//!
//! Times are to 63.2 % of a step (1 - 1/e), for both directions. The cascade would lengthen the release; the release
//! pole is therefore solved so that the *whole* falls to 1/e at the stated time:
//! `(tR exp(-T/tR) - tA exp(-T/tA)) / (tR - tA) = 1/e`. That has a solution only for a release longer than the attack.
//!
//! Source: Giannoulis, Massberg, Reiss, JAES 60(6) 2012, section 2.3; the release equation is derived from its cascade.

use crate::error::Error;
use crate::filter::carry::Carry;
use crate::sample::Sample;
use crate::units::{SampleRate, Seconds};
use core::f64::consts::E;

/// Steps of the two poles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    /// Attack step, 0 to 1.
    pub attack: S,
    /// Release step, 0 to 1.
    pub release: S,
}

/// `1 - exp(-1 / (tau rate))`; 1 for a time of 0.
pub fn step(tau: f64, rate: SampleRate) -> f64 {
    -libm::expm1(-1.0 / (tau * rate.hertz()).max(1e-6))
}

/// How far the cascade has fallen at `t` after a unit step down, for pole times `a` and `r`.
fn fallen(a: f64, r: f64, t: f64) -> f64 {
    if libm::fabs(r - a) < 1e-9 * r {
        return (1.0 + t / r) * libm::exp(-t / r);
    }
    (r * libm::exp(-t / r) - a * libm::exp(-t / a)) / (r - a)
}

impl<S: Sample> Coeffs<S> {
    /// Solves the pole times for the two stated times.
    pub fn design(rate: SampleRate, attack: Seconds, release: Seconds) -> Result<Self, Error> {
        Error::check("attack", attack.0, 0.0, 1.0, "s")?;
        Error::check("release", release.0, 0.0001, 10.0, "s")?;
        if release.0 <= attack.0 {
            return Err(Error::Conflict {
                parameter: "release",
                value: release.0,
                other: "attack",
                other_value: attack.0,
                rule: "must be longer than",
                unit: "s",
            });
        }
        let (a, total) = (attack.0.max(1e-7), release.0);
        let (mut low, mut high) = (1e-9, total);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if fallen(a, middle, total) < 1.0 / E { low = middle } else { high = middle }
        }
        let pole = if attack.0 == 0.0 { total } else { 0.5 * (low + high) };
        Ok(Self { attack: S::from_f64(step(attack.0, rate)), release: S::from_f64(step(pole, rate)) })
    }

    /// The reduction for a wanted reduction of `c`; both 0 or more.
    #[inline(always)]
    pub fn run(&self, state: &mut State<S>, c: S) -> S {
        let mut falling = state.held;
        falling.add(self.release * (c - state.held.value));
        state.held = if c >= falling.value { Carry::new(c) } else { falling };
        state.smooth.add(self.attack * (state.held.value - state.smooth.value));
        state.smooth.value
    }
}

/// What attack and release remember.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct State<S> {
    held: Carry<S>,
    smooth: Carry<S>,
}

impl<S: Sample> State<S> {
    /// Samples it takes in storage.
    pub const LEN: usize = 4;

    /// From storage.
    #[inline(always)]
    pub fn load(slot: &[S]) -> Self {
        Self { held: Carry::load([slot[0], slot[1]]), smooth: Carry::load([slot[2], slot[3]]) }
    }

    /// To storage.
    #[inline(always)]
    pub fn store(&self, slot: &mut [S]) {
        slot[..2].copy_from_slice(&self.held.store());
        slot[2..4].copy_from_slice(&self.smooth.store());
    }

    /// Flushes inaudible rests.
    pub fn flush(&mut self) {
        self.held.flush();
        self.smooth.flush();
    }

    /// The reduction now, in powers of two.
    pub fn now(&self) -> S {
        self.smooth.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Frames until a step of 20 dB up, then down, has passed 63.2 %.
    fn measure<S: Sample>(rate: SampleRate, attack: f64, release: f64) -> (f64, f64) {
        let c = Coeffs::<S>::design(rate, Seconds(attack), Seconds(release)).unwrap();
        let mut state = State::default();
        let top = S::from_f64(20.0);
        let (mut up, mut down) = (1.0, 1.0);
        while c.run(&mut state, top).to_f64() < 20.0 * (1.0 - 1.0 / E) {
            up += 1.0;
        }
        for _ in 0..(20.0 * attack * rate.hertz()) as usize + 10 {
            c.run(&mut state, top);
        }
        let from = state.now().to_f64();
        while c.run(&mut state, S::ZERO).to_f64() > from / E {
            down += 1.0;
        }
        (up, down)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn times_are_to_63_percent(log_attack in -4.3_f64..-0.3, longer in 1.02_f64..50.0, hz in 44_100_u32..192_000) {
            let attack = 10.0_f64.powf(log_attack);
            let release = (attack * longer).min(3.0);
            let rate = SampleRate::new(hz).unwrap();
            let (up, down) = measure::<f32>(rate, attack, release);
            let close = |frames: f64, seconds: f64| {
                let wanted = seconds * rate.hertz();
                (frames - wanted).abs() <= (0.01 * wanted).max(1.0)
            };
            prop_assert!(close(up, attack), "attack {attack} took {up} frames");
            prop_assert!(close(down, release), "attack {attack}, release {release} took {down} frames");
        }
    }

    #[test]
    fn a_release_not_longer_than_the_attack_names_both() {
        let e = Coeffs::<f32>::design(SampleRate::CD, Seconds(0.02), Seconds(0.01)).unwrap_err();
        assert!(matches!(e, Error::Conflict { parameter: "release", other: "attack", .. }));
    }

    #[test]
    fn f32_follows_f64() {
        let rate = SampleRate::VIDEO;
        let narrow = Coeffs::<f32>::design(rate, Seconds(0.005), Seconds(0.4)).unwrap();
        let wide = Coeffs::<f64> { attack: narrow.attack.into(), release: narrow.release.into() };
        let (mut a, mut b) = (State::default(), State::default());
        let (mut error, mut power) = (0.0, 0.0);
        for x in crate::signal::white::<f32>(5, 3.0).take(400_000) {
            let x = x.larger(0.0);
            let (p, q) = (f64::from(narrow.run(&mut a, x)), wide.run(&mut b, f64::from(x)));
            error += (p - q) * (p - q);
            power += q * q;
        }
        let db = 10.0 * (error / power).log10();
        assert!(db < -130.0, "{db}");
    }
}
