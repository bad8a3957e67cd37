//! Clicks: energy more than 1 kHz away from a tone of 997 Hz while something moves over 20 ms, relative to all energy; one
//! second at 48 kHz under a Hann window, the move in the middle.

use crate::{db, powers};
use dsp_core::gain::{self, Gain};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::ramp::Shape;
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::stereo::{balance, dual_pan, mid_side_gain, pan, rotation, width};
use dsp_core::units::{Decibels, Degrees, Frames, Hertz, Pan, SampleRate};

const SECOND: usize = 48_000;
const START: usize = SECOND / 2;
const OVER: Frames = Frames(960);
/// What is asked of a move over 20 ms.
const CLEAN: f64 = -105.0;

fn clicks(x: impl Iterator<Item = f64>) -> f64 {
    let window = |n: usize| 0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / SECOND as f64).cos();
    let windowed: Vec<f64> = x.enumerate().map(|(n, v)| v * window(n)).collect();
    let powers = powers(&windowed);
    let away = powers.iter().enumerate().filter(|(hertz, _)| hertz.abs_diff(997) > 1_000);
    db(away.map(|(_, p)| p).sum::<f64>() / powers.iter().sum::<f64>())
}

fn tone<S: Sample>() -> Vec<S> {
    signal::sine(SampleRate::VIDEO, Hertz(997.0), 1.0, 0.0).take(SECOND).collect()
}

/// Worst channel while `go` makes `processor` move; the second channel carries `right` times the tone.
fn moving<S: Sample, P: Process<S>>(mut processor: P, right: f64, go: impl FnOnce(&mut P)) -> f64 {
    let input = [tone::<S>(), tone::<S>().iter().map(|v| *v * S::from_f64(right)).collect()];
    let halves = |from: usize, to: usize| input.each_ref().map(|x: &Vec<S>| x[from..to].to_vec());
    let mut out = laws::render(&mut processor, &halves(0, START));
    go(&mut processor);
    let rest = laws::render(&mut processor, &halves(START, SECOND));
    out.iter_mut().zip(rest).for_each(|(out, rest)| out.extend(rest));
    out.iter().map(|x| clicks(x.iter().map(|v| v.to_f64()))).fold(f64::MIN, f64::max)
}

#[test]
fn the_measure_tells_shapes_apart() {
    let by = |shape: &dyn Fn(f64) -> f64| {
        clicks(tone::<f64>().into_iter().enumerate().map(|(n, x)| {
            let t = (n.saturating_sub(START) as f64 / OVER.0 as f64).min(1.0);
            x * (1.0 - 0.9 * shape(t))
        }))
    };
    let jump = by(&|t| if t > 0.0 { 1.0 } else { 0.0 });
    let (linear, smooth) = (by(&|t| Shape::Linear.at(t)), by(&|t| Shape::Smooth.at(t)));
    assert!((jump - -45.8).abs() < 0.5, "a jump: {jump:.1} dB");
    assert!((linear - -84.7).abs() < 0.5, "a straight move: {linear:.1} dB");
    assert!((smooth - -112.4).abs() < 0.5, "a smooth move: {smooth:.1} dB");
}

fn fader<S: Sample>() {
    let setup = gain::Setup { channels: 2 };
    let at = |gain| gain::Params { gain: Decibels(gain), ..gain::Params::default() };
    for (from, to) in [(0.0, -20.0), (-20.0, 0.0), (-14.0, 6.0), (f64::NEG_INFINITY, 0.0)] {
        let make = || Gain::<S>::new(&setup, &at(from)).unwrap();
        let moved = moving(make(), 1.0, |p| p.set(&at(to), OVER).unwrap());
        assert!(moved <= CLEAN, "{from} to {to} dB: {moved:.1} dB");
        let followed = moving(make(), 1.0, |p| p.follow(&gain::Coeffs::design(&setup, &at(to)).unwrap(), OVER));
        assert!(followed <= -100.0, "{from} to {to} dB, following: {followed:.1} dB");
        println!("fader {from} to {to}: {moved:.1}, following {followed:.1} dB");
    }
    let inverted = gain::Params { invert: gain::Channels::NONE.with(1), ..at(0.0) };
    for to in [gain::Params { mute: true, ..at(0.0) }, inverted] {
        let db = moving(Gain::<S>::new(&setup, &at(0.0)).unwrap(), 1.0, |p| p.set(&to, OVER).unwrap());
        assert!(db <= CLEAN, "{to:?}: {db:.1} dB");
    }
}

fn places<S: Sample>() {
    let position = |p| pan::Params { position: Pan(p) };
    for law in pan::Law::ALL {
        for (from, to) in [(-1.0, 1.0), (0.3, -1.0), (-0.4, 0.5)] {
            let p = pan::Pan::<S>::new(&pan::Setup { law }, &position(from)).unwrap();
            let db = moving(p, 0.0, |p| p.set(&position(to), OVER).unwrap());
            println!("pan {law:?} {from} to {to}: {db:.1} dB");
            assert!(db <= CLEAN, "{law:?} {from} to {to}: {db:.1} dB");
        }
        let setup = dual_pan::Setup { layout: Layout::STEREO, law };
        let p = dual_pan::DualPan::<S>::new(&setup, &dual_pan::Params::default()).unwrap();
        let db = moving(p, 0.5, |p| p.set(&dual_pan::Params::placed(Pan(0.4), 0.3), OVER).unwrap());
        println!("dual pan {law:?}: {db:.1} dB");
        assert!(db <= CLEAN, "dual pan, {law:?}: {db:.1} dB");
    }
    let at = |p| balance::Params { position: Pan(p) };
    for (from, to, most) in [(0.0, 1.0, CLEAN), (-0.7, 0.0, CLEAN), (-1.0, 1.0, -100.0)] {
        let p = balance::Balance::<S>::new(&balance::Setup { layout: Layout::STEREO }, &at(from)).unwrap();
        let db = moving(p, 0.5, |p| p.set(&at(to), OVER).unwrap());
        println!("balance {from} to {to}: {db:.1} dB");
        assert!(db <= most, "balance {from} to {to}: {db:.1} dB");
    }
    let at = |a| rotation::Params { angle: Degrees(a) };
    let p = rotation::Rotation::<S>::new(&rotation::Setup { layout: Layout::STEREO }, &at(-45.0)).unwrap();
    let db = moving(p, 0.3, |p| p.set(&at(45.0), OVER).unwrap());
    println!("rotation {db:.1} dB");
    assert!(db <= CLEAN, "rotation: {db:.1} dB");
}

fn levels<S: Sample>() {
    let p = width::Width::<S>::new(&width::Setup { layout: Layout::STEREO }, &width::Params { width: 2.0 }).unwrap();
    let db = moving(p, 0.2, |p| p.set(&width::Params { width: 0.0 }, OVER).unwrap());
    assert!(db <= CLEAN, "width: {db:.1} dB");
    let setup = mid_side_gain::Setup { layout: Layout::STEREO };
    let p = mid_side_gain::MidSideGain::<S>::new(&setup, &mid_side_gain::Params::default()).unwrap();
    let to = mid_side_gain::Params { middle: Decibels(6.0), side: Decibels::SILENCE };
    let db = moving(p, 0.2, |p| p.set(&to, OVER).unwrap());
    assert!(db <= CLEAN, "middle and side: {db:.1} dB");
}

#[test]
fn moves_are_free_of_clicks_in_f32() {
    fader::<f32>();
    places::<f32>();
    levels::<f32>();
}

#[test]
fn moves_are_free_of_clicks_in_f64() {
    fader::<f64>();
    places::<f64>();
    levels::<f64>();
}
