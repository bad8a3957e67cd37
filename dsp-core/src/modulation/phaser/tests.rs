use super::*;
use crate::laws;
use crate::signal;
use std::{vec, vec::Vec};

fn make<S: Sample>(setup: &Setup, params: &Params) -> Phaser<S, Vec<S>> {
    Phaser::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn mono(notches: usize) -> Setup {
    Setup { notches, ..Setup::new(SampleRate::VIDEO, Layout::MONO) }
}

const STILL: Params = Params {
    rate: Hertz(0.0),
    wave: Wave::Sine,
    centre: Hertz(900.0),
    depth: 0.0,
    feedback: 0.0,
    phase: 0.0,
    mix: Mix(0.5),
};

/// Magnitude of the response at one frequency, from the impulse response.
fn level(impulse: &[f64], frequency: f64) -> f64 {
    let omega = 2.0 * PI * frequency / 48_000.0;
    let (re, im) = impulse
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(re, im), (n, v)| (re + v * (omega * n as f64).cos(), im + v * (omega * n as f64).sin()));
    re.hypot(im)
}

#[test]
fn notches_are_where_the_formula_says() {
    for notches in 1..=6 {
        for (centre, feedback) in [(300.0, 0.0), (2_500.0, 0.8), (900.0, -0.9)] {
            let params = Params { centre: Hertz(centre), feedback, ..STILL };
            let mut impulse = vec![0.0; 30_000];
            impulse[0] = 1.0;
            let out = laws::render(&mut make::<f64>(&mono(notches), &params), &[impulse]).remove(0);
            for k in 0..notches {
                let turn = (PI * (2 * k + 1) as f64 / (4 * notches) as f64).tan();
                let at = 48_000.0 / PI * ((PI * centre / 48_000.0).tan() * turn).atan();
                let here = level(&out, at);
                // Golden section would be overkill: the least of a fine row around the place.
                let least = (-12..=12)
                    .map(|i| at * (1.0 + f64::from(i) * 5e-5))
                    .min_by(|a, b| level(&out, *a).total_cmp(&level(&out, *b)))
                    .unwrap();
                assert!((least / at - 1.0).abs() <= 5e-4, "{notches} at {centre}: {least} for {at}");
                assert!(here < 0.012, "{notches} at {centre}, feedback {feedback}: {here}");
            }
        }
    }
}

#[test]
fn the_phase_alone_keeps_the_power_of_every_frequency() {
    let mut impulse = vec![0.0; 30_000];
    impulse[0] = 1.0;
    let out = laws::render(&mut make::<f64>(&mono(6), &Params { mix: Mix::WET, ..STILL }), &[impulse]).remove(0);
    for f in [50.0, 400.0, 900.0, 5_000.0, 20_000.0] {
        assert!((level(&out, f) - 1.0).abs() < 1e-9, "{f} Hz");
    }
}

#[test]
fn a_jump_to_anywhere_at_every_frame_builds_nothing_up() {
    let setup = mono(6);
    let mut phaser = make::<f32>(&setup, &STILL);
    let mut worst = 0.0_f32;
    for (i, x) in signal::white::<f32>(1, 1.0).take(60_000).enumerate() {
        let random = |k: u32| f64::from(signal::hash(3 * i as u32 + k)) / 4_294_967_296.0;
        let params = Params {
            centre: Hertz(20.0 * (random(0) * 9.8).exp2()),
            feedback: if random(1) < 0.5 { 0.95 } else { -0.95 },
            ..STILL
        };
        phaser.tune(&Coeffs::design(&setup, &params).unwrap(), Frames::ZERO);
        let x = if i < 30_000 { x } else { 0.0 };
        worst = worst.max(laws::render(&mut phaser, &[vec![x]])[0][0].abs());
        if i >= 30_000 {
            // No input: the sum of squares never grows.
            let energy = |p: &Phaser<f32, Vec<f32>>| p.storage.iter().map(|s| f64::from(s * s)).sum::<f64>();
            let before = energy(&phaser);
            laws::render(&mut phaser, &[vec![0.0]]);
            assert!(energy(&phaser) <= before * (1.0 + 1e-6), "frame {i}");
        }
    }
    assert!(worst < 20.0, "{worst}");
}

#[test]
fn single_precision_is_accurate() {
    let setup = Setup { rate: SampleRate::new(192_000).unwrap(), ..mono(6) };
    let params = Params { centre: Hertz(200.0), depth: 3.0, feedback: 0.7, ..Params::default() };
    let noise: Vec<f32> = signal::pink(7, 0.5).take(200_000).collect();
    let reference = laws::render(&mut make::<f64>(&setup, &params), &laws::convert(core::slice::from_ref(&noise)));
    let out = laws::render(&mut make::<f32>(&setup, &params), &[noise]);
    let db = laws::error_db(&reference, &out);
    assert!(db < -105.0, "{db:.1} dB");
}

#[test]
fn settings_out_of_range_are_refused() {
    for bad in [
        Params { centre: Hertz(19_300.0), ..STILL },
        Params { depth: 5.1, ..STILL },
        Params { feedback: 0.96, ..STILL },
    ] {
        assert!(Coeffs::<f32>::design(&mono(2), &bad).is_err());
    }
    assert!(Coeffs::<f32>::design(&mono(7), &STILL).is_err());
}

#[test]
fn the_tail_counts_the_move_that_is_under_way() {
    let before = Params { centre: Hertz(20.0), feedback: 0.95, ..STILL };
    let mut phaser = make::<f32>(&mono(6), &before);
    laws::render(&mut phaser, &[signal::white(4, 0.5).take(4_000).collect()]);
    phaser.set(&Params { centre: Hertz(15_000.0), feedback: 0.0, ..before }, Frames(100_000)).unwrap();
    let Tail::Frames(Frames(tail)) = phaser.tail() else { panic!() };
    laws::render(&mut phaser, &[vec![0.0; tail as usize]]);
    assert!(laws::render(&mut phaser, &[vec![0.0_f32; 2_000]])[0].iter().all(|v| *v == 0.0));
}
