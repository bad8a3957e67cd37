//! Places the bass of a mono track in one spot and its treble in another.
//!
//! Channel 0 carries the track; channels 0 and 1 become `left = gL(low) b + gL(high) t`, `right = gR(low) b + gR(high)
//! t` with the gains of a law of [`super::pan`]. `b` and `t` are bass and treble of a fourth-order Linkwitz-Riley
//! crossover: `b = B(B(x))`, `t = A(x) - b`, with the Butterworth low-pass `B` and the all-pass `A` of the same poles.
//! What channel 1 held is replaced.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `low` | place of the bass: -1 left, 0 centre, 1 right | -1 to 1 | 0 |
//! | `high` | place of the treble | -1 to 1 | 0 |
//! | `crossover` | Hz | 20 to 0.45 x rate | 1000 |
//! | `law` (set-up) | | see [`Law`] | |
//!
//! Why this crossover: bass and treble are in phase at every frequency, and so are left and right; a shelf on each side
//! would turn them against each other. The price is the phase of the all-pass, the same in both channels: 360 degrees
//! in all, a delay of 0.54 ms at a crossover of 1 kHz.
//!
//! Power: with both in one place it is flat (1e-5 dB in `f32`). With the laws of equal power it is constant a decade
//! away from the crossover, and at the crossover falls by `20 log10 cos(a/2)`, `a` the angle between the places (180
//! degrees times half their distance): 0.69 dB from the centre to a side, 3.01 dB from side to side (a test).
//!
//! Latency 0; tail: the ring of the poles. 10 ns per frame (`f32`). Moves are smooth, frame by frame.
//!
//! Not for stereo tracks, nor where the track is also heard elsewhere without the all-pass: the two would comb.
//!
//! Source: Linkwitz, "Active crossover networks for noncoincident drivers", JAES 24(1) 1976.

use super::pan::Law;
use crate::block::Block;
use crate::error::Error;
use crate::filter::svf::{self, Kind};
use crate::process::{CHUNK, Clock, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::{Decibels, Frames, Hertz, Pan, Q, SampleRate};
use core::f64::consts::FRAC_1_SQRT_2;

/// What fixes the sound of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Sample rate.
    pub rate: SampleRate,
    /// How the gains depend on the place.
    pub law: Law,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Where the bass is heard.
    pub low: Pan,
    /// Where the treble is heard.
    pub high: Pan,
    /// Where they part.
    pub crossover: Hertz,
}

impl Default for Params {
    fn default() -> Self {
        Self { low: Pan::CENTRE, high: Pan::CENTRE, crossover: Hertz(1000.0) }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    low: S,
    high: S,
    pass: svf::Coeffs<S>,
    /// Output of the all-pass from the states of the first low-pass: input, first state, second state.
    turn: [S; 3],
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let frequency = params.crossover;
        Error::check("crossover", frequency.0, 20.0, 0.45 * setup.rate.hertz(), "Hz")?;
        let section = |kind| {
            svf::Coeffs::design(setup.rate, &svf::Params { kind, frequency, gain: Decibels(0.0), q: Q(FRAC_1_SQRT_2) })
        };
        let turn = section(Kind::AllPass)?;
        Ok(Self {
            low: S::from_f64(setup.law.place("low", params.low)?),
            high: S::from_f64(setup.law.place("high", params.high)?),
            pass: section(Kind::LowPass)?,
            turn: [turn.a, turn.b1, turn.b2],
        })
    }

    /// Bass and treble of one sample.
    #[inline(always)]
    fn split(&self, state: &mut [[S; 2]; 2], x: S) -> (S, S) {
        let ([a, b1, b2], [s1, s2]) = (self.turn, state[0]);
        let all = (b1 * s1 + b2 * s2) + a * x;
        let [first, second] = state;
        let low = self.pass.run(second, self.pass.run(first, x));
        (low, all - low)
    }
}

blend_fields!(Coeffs { low, high, pass, turn });

/// The processor.
#[derive(Debug, Clone)]
pub struct FrequencyPan<S> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
    clock: Clock,
    state: [[S; 2]; 2],
}

impl<S: Sample> FrequencyPan<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self {
            setup: *setup,
            coeffs: Ramp::smooth(Coeffs::design(setup, params)?),
            clock: Clock::default(),
            state: [[S::ZERO; 2]; 2],
        })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for FrequencyPan<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for FrequencyPan<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            let n = self.clock.piece(frames - at, CHUNK);
            // Gains: of the bass to left and right, then of the treble.
            let mut gains = [[S::ZERO; CHUNK]; 4];
            let [a, b, c, d] = gains.each_mut().map(|g| &mut g[..n]);
            let (moving, target) = (self.coeffs.moving(), *self.coeffs.target());
            let state = &mut self.state;
            block.part(at, n).with_pair(0, false, |left, right| {
                // Bass and treble take the places of left and right.
                for (i, (l, r)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
                    let now = if moving { self.coeffs.now(i) } else { target };
                    (*l, *r) = now.split(state, l.clean());
                    (a[i], c[i]) = (now.low, now.high);
                }
                self.setup.law.fill((!moving).then_some(target.low), a, b);
                self.setup.law.fill((!moving).then_some(target.high), c, d);
                let gains = a.iter().zip(b.iter()).zip(c.iter()).zip(d.iter());
                for ((l, r), (((a, b), c), d)) in left.iter_mut().zip(right.iter_mut()).zip(gains) {
                    (*l, *r) = (*a * *l + *c * *r, *b * *l + *d * *r);
                }
            });
            self.coeffs.advance(n);
            if self.clock.advance(n) {
                self.state = self.state.map(|s| s.map(S::flush));
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.coeffs.finish();
        self.clock = Clock::default();
        self.state = [[S::ZERO; 2]; 2];
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let one = Tail::of_time_constant::<S>(self.coeffs.target().pass.time_constant());
        Tail::Frames(Frames(self.coeffs.left() as u64)).and_then(one).and_then(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;
    use std::vec;

    #[test]
    fn the_tail_counts_the_move_that_is_under_way() {
        let setup = Setup { rate: SampleRate::VIDEO, law: Law::default() };
        let before = Params { crossover: Hertz(20.0), ..Params::default() };
        let mut p = FrequencyPan::<f32>::new(&setup, &before).unwrap();
        laws::render(&mut p, &vec![signal::white(4, 0.5).take(4_000).collect(); 2]);
        p.set(&Params { crossover: Hertz(15_000.0), ..before }, Frames(1_000_000)).unwrap();
        let Tail::Frames(Frames(tail)) = p.tail() else { panic!() };
        laws::render(&mut p, &vec![vec![0.0; tail as usize]; 2]);
        let out = laws::render(&mut p, &vec![vec![0.0_f32; 2_000]; 2]);
        assert!(out.iter().flatten().all(|v| *v == 0.0));
    }
}
