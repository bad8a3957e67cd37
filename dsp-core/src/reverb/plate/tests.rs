//! The plate against figure 1 of the paper, written out sample by sample.

use super::*;
use crate::laws::{self, Audio};
use crate::modulation::lfo::{self, Lfo};
use crate::modulation::wave::Wave;
use crate::signal;
use std::collections::VecDeque;
use std::{vec, vec::Vec};

/// `z^-n`; `[k]` is what went in `k` frames ago once `push` has not been called yet for this frame.
struct Delay(VecDeque<f64>);

impl Delay {
    fn new(len: usize) -> Self {
        Self(vec![0.0; len].into())
    }
    fn at(&self, age: usize) -> f64 {
        self.0[age - 1]
    }
    fn last(&self) -> f64 {
        self.at(self.0.len())
    }
    fn push(&mut self, x: f64) {
        self.0.pop_back();
        self.0.push_front(x);
    }
    /// An all-pass through its last sample; the sign of `g` is that of the input diffusers.
    fn all_pass(&mut self, old: f64, g: f64, x: f64) -> f64 {
        let v = x - g * old;
        self.push(v);
        old + g * v
    }
}

/// Figure 1 at `rate`, with the numbers of `c`; left, right.
fn figure(rate: f64, c: &Coeffs<f64>, lfo: &Lfo<f64>, input: &[f64]) -> Audio<f64> {
    let (c, n) = (c.numbers, |n: usize| (n as f64 * rate / 29_761.0).round() as usize);
    let new = |len: usize| Delay::new(n(len));
    let mut pre = Delay::new(c.pre_delay as usize + 1);
    let mut diffusers = [142, 107, 379, 277].map(new);
    // All-pass that moves, delay, all-pass, delay, left and right in the figure.
    let mut first = [672, 908].map(|len| Delay::new(n(len) + 200));
    let mut second = [4_453, 4_217].map(new);
    let mut third = [1_800, 2_656].map(new);
    let mut fourth = [3_720, 3_163].map(new);
    let (mut low, mut damped) = (0.0, [0.0; 2]);
    let (mut sin, mut cos) = (vec![0.0; input.len()], vec![0.0; input.len()]);
    lfo.fill(0.0, &mut sin);
    lfo.fill(0.25, &mut cos);
    let mut out = vec![Vec::new(); 2];
    for (i, x) in input.iter().enumerate() {
        let (a, b) = ([&second[0], &third[0], &fourth[0]], [&second[1], &third[1], &fourth[1]]);
        let t = |d: &Delay, age: usize| d.at(n(age));
        out[0].push(
            0.6 * (t(b[0], 266) + t(b[0], 2_974) - t(b[1], 1_913) + t(b[2], 1_996))
                - 0.6 * (t(a[0], 1_990) + t(a[1], 187) + t(a[2], 1_066)),
        );
        out[1].push(
            0.6 * (t(a[0], 353) + t(a[0], 3_627) - t(a[1], 1_228) + t(a[2], 2_673))
                - 0.6 * (t(b[0], 2_111) + t(b[1], 335) + t(b[2], 121)),
        );
        pre.push(*x);
        low += c.bandwidth * (pre.last() - low);
        let mut x = low;
        for (d, g) in diffusers.iter_mut().zip([c.diffusion[0], c.diffusion[0], c.diffusion[1], c.diffusion[1]]) {
            x = d.all_pass(d.last(), g, x);
        }
        let crossed = [c.decay * fourth[1].last(), c.decay * fourth[0].last()];
        for half in 0..2 {
            let delay = n([672, 908][half]) as f64 + c.depth * [sin[i], cos[i]][half];
            let (whole, f) = (delay.floor() as usize, delay - delay.floor());
            let d = &mut first[half];
            // Lagrange's formula for four points.
            let mut old = 0.0;
            for j in -1..=2 {
                let others = (-1..=2).filter(|m| *m != j);
                let weight = others.map(|m| (f - f64::from(m)) / f64::from(j - m)).product::<f64>();
                old += weight * d.at((whole as i32 + j) as usize);
            }
            let y = d.all_pass(old, -0.7, x + crossed[half]);
            damped[half] += c.damping * (second[half].last() - damped[half]);
            second[half].push(y);
            let d = &mut third[half];
            let y = d.all_pass(d.last(), c.decay_diffusion, c.decay * damped[half]);
            fourth[half].push(y);
        }
    }
    out
}

fn plate<S: Sample>(setup: &Setup, params: &Params) -> Plate<S, Vec<S>> {
    Plate::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn programme<S: Sample>(frames: usize) -> Audio<S> {
    (0..2)
        .map(|c| signal::pink(c + 1, 0.5).take(frames / 2).chain((0..frames / 2).map(|_| S::ZERO)).collect())
        .collect()
}

#[test]
fn blocks_give_what_the_figure_gives_at_any_rate() {
    for rate in [8_000, 29_761, 44_100, 96_000] {
        let setup = Setup::new(SampleRate::new(rate).unwrap());
        let params = Params {
            pre_delay: Seconds(0.01),
            diffusion: 0.6,
            modulation_depth: Seconds(0.000_8),
            modulation_rate: Hertz(3.0),
            mix: Mix::WET,
            ..Params::default()
        };
        let input = programme::<f64>(3 * rate as usize / 2);
        let mono: Vec<f64> = input[0].iter().zip(&input[1]).map(|(l, r)| 0.5 * (l + r)).collect();
        let lfo = lfo::Params { rate: Hertz(3.0), wave: Wave::Sine };
        let lfo = Lfo::new(&lfo::Setup { rate: setup.rate, seed: 0 }, &lfo).unwrap();
        let reference = figure(f64::from(rate), &Coeffs::design(&setup, &params).unwrap(), &lfo, &mono);
        let fast = laws::render(&mut plate::<f64>(&setup, &params), &input);
        let db = laws::error_db(&reference, &fast);
        assert!(db < -250.0, "{rate} Hz: {db:.0} dB");
        let narrow = laws::render(&mut plate::<f32>(&setup, &params), &laws::convert(&input));
        let db = laws::error_db(&reference, &narrow);
        assert!(db < -90.0, "{rate} Hz in f32: {db:.0} dB");
    }
}

#[test]
fn a_frozen_plate_holds_and_lets_nothing_in() {
    let setup = Setup::new(SampleRate::VIDEO);
    let params = Params { mix: Mix::WET, ..Params::default() };
    let mut p = plate::<f32>(&setup, &params);
    laws::render(&mut p, &programme::<f32>(48_000));
    p.set(&Params { freeze: true, ..params }, Frames(480)).unwrap();
    assert_eq!(p.tail(), Tail::Infinite);
    laws::render(&mut p, &programme::<f32>(4_800));
    let power = |audio: &Audio<f32>| audio.iter().flatten().map(|v| f64::from(v * v)).sum::<f64>();
    let second = vec![vec![0.0_f32; 96_000]; 2];
    let early = power(&laws::render(&mut p, &second));
    for _ in 0..20 {
        laws::render(&mut p, &second);
    }
    let mut loud = second.clone();
    loud.iter_mut().flatten().for_each(|v| *v = 1.0);
    laws::render(&mut p, &loud);
    let late = power(&laws::render(&mut p, &second));
    let change = 10.0 * (late / early).log10();
    assert!(change.abs() < 0.5, "{change:.2} dB in 46 s");
    p.set(&params, Frames(480)).unwrap();
    assert!(matches!(p.tail(), Tail::Frames(_)));
}

#[test]
fn width_spreads_the_plate_and_leaves_its_sum() {
    let setup = Setup::new(SampleRate::VIDEO);
    let at = |width: f64| {
        let params = Params { width, mix: Mix::WET, ..Params::default() };
        laws::render(&mut plate::<f64>(&setup, &params), &programme::<f64>(20_000))
    };
    let (mono, plain, wide) = (at(0.0), at(1.0), at(2.0));
    for i in 0..20_000 {
        let (sum, side) = (plain[0][i] + plain[1][i], plain[0][i] - plain[1][i]);
        assert!((mono[0][i] - mono[1][i]).abs() < 1e-12 && (mono[0][i] + mono[1][i] - sum).abs() < 1e-12);
        assert!((wide[0][i] + wide[1][i] - sum).abs() < 1e-12 && (wide[0][i] - wide[1][i] - 2.0 * side).abs() < 1e-12);
    }
}

#[test]
fn the_deepest_and_fastest_modulation_of_the_longest_plate_still_decays() {
    for rate in [8_000, 48_000] {
        let setup = Setup::new(SampleRate::new(rate).unwrap());
        let params = Params {
            time: Seconds(60.0),
            bandwidth: Hertz(20_000.0),
            damping: Hertz(20_000.0),
            diffusion: 0.9,
            modulation_depth: Seconds(0.001),
            modulation_rate: Hertz(5.0),
            mix: Mix::WET,
            ..Params::default()
        };
        let mut p = plate::<f32>(&setup, &params);
        let second = vec![vec![0.0_f32; rate as usize]; 2];
        laws::render(&mut p, &programme::<f32>(rate as usize));
        let power = |audio: &Audio<f32>| audio.iter().flatten().map(|v| f64::from(v * v)).sum::<f64>();
        let powers: Vec<f64> = (0..20).map(|_| power(&laws::render(&mut p, &second))).collect();
        let fallen = 10.0 * (powers[0] / powers[19]).log10();
        assert!(fallen >= 18.0, "{rate} Hz: {fallen:.1} dB in 19 s");
    }
}
