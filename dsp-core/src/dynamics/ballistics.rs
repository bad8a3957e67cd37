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

    /// The steps as the recursion takes them.
    #[inline(always)]
    pub fn steps(&self) -> Steps {
        let fixed = |step: S| (step * S::from_f64(2_147_483_648.0)).to_i32();
        Steps { attack: fixed(self.attack), release: fixed(self.release) }
    }
}

/// Steps in units of 2^-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    attack: i32,
    release: i32,
}

impl Steps {
    /// The reduction for a wanted reduction of `c`, in powers of two; both from 0 to below 64.
    #[inline(always)]
    pub fn run<S: Sample>(&self, state: &mut State, c: S) -> S {
        let wanted = c.to_fixed();
        let falling = approach(state.held, wanted, self.release);
        state.held = if wanted >= falling { wanted } else { falling };
        state.smooth = approach(state.smooth, state.held, self.attack);
        S::from_fixed(state.smooth)
    }
}

/// `from` moved towards `to` by a share of their distance. A distance that rounds to nothing (2^-26, a tenth of a
/// millionth of a dB) counts as covered: so everything comes to rest.
#[inline(always)]
fn approach(from: i64, to: i64, share: i32) -> i64 {
    let distance = ((to - from + (1 << 31)) >> 32) as i32;
    // 32 by 32 bits: one instruction on a 32-bit machine too.
    if distance == 0 { to } else { from + 2 * (i64::from(distance) * i64::from(share)) }
}

/// What attack and release remember: [`Sample::to_fixed`] numbers, so that nothing is lost however slow they are (pure `f32`
/// costs a chain its accuracy: -61 dB against `f64`), no frame needs `f64`, and every target and sample type has the same bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    held: i64,
    smooth: i64,
}

impl State {
    /// The larger of both.
    pub(crate) fn larger(self, other: Self) -> Self {
        Self { held: self.held.max(other.held), smooth: self.smooth.max(other.smooth) }
    }

    /// The reduction now, in powers of two.
    pub fn now(&self) -> f64 {
        f64::from_fixed(self.smooth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Frames until a step of 20 dB up, then down, has passed 63.2 %.
    fn measure<S: Sample>(rate: SampleRate, attack: f64, release: f64) -> (f64, f64) {
        let c = Coeffs::<S>::design(rate, Seconds(attack), Seconds(release)).unwrap();
        let (c, mut state) = (c.steps(), State::default());
        let top = S::from_f64(20.0);
        let (mut up, mut down) = (1.0, 1.0);
        while c.run(&mut state, top).to_f64() < 20.0 * (1.0 - 1.0 / E) {
            up += 1.0;
        }
        for _ in 0..(20.0 * attack * rate.hertz()) as usize + 10 {
            c.run(&mut state, top);
        }
        let from = state.now();
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
    fn integers_follow_the_equation() {
        let c = Coeffs::<f64>::design(SampleRate::VIDEO, Seconds(0.005), Seconds(0.4)).unwrap();
        let narrow = Coeffs::<f32>::design(SampleRate::VIDEO, Seconds(0.005), Seconds(0.4)).unwrap();
        let (steps, narrow) = (c.steps(), narrow.steps());
        let (mut a, mut b) = (State::default(), State::default());
        let (mut held, mut smooth, mut power, mut error) = (0.0_f64, 0.0_f64, 0.0, [0.0; 2]);
        for x in crate::signal::white::<f32>(5, 3.0).take(400_000) {
            let x = x.larger(0.0);
            let wide = f64::from(x);
            held = wide.max(held + c.release * (wide - held));
            smooth += c.attack * (held - smooth);
            power += smooth * smooth;
            error[0] += (steps.run(&mut a, wide) - smooth).powi(2);
            error[1] += (f64::from(narrow.run(&mut b, x)) - smooth).powi(2);
        }
        let db = error.map(|e| 10.0 * (e / power).log10());
        assert!(db[0] < -140.0 && db[1] < -130.0, "{db:?}");
    }

    #[test]
    fn everything_comes_to_rest() {
        let steps = Coeffs::<f32>::design(SampleRate::VIDEO, Seconds(0.3), Seconds(1.0)).unwrap().steps();
        let mut state = State::default();
        (0..1_000_000).for_each(|_| _ = steps.run(&mut state, 5.25_f32));
        assert_eq!(steps.run(&mut state, 5.25_f32), 5.25);
        (0..2_000_000).for_each(|_| _ = steps.run(&mut state, 0.0_f32));
        assert_eq!(state, State::default());
    }
}
