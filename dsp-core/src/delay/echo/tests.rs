use super::*;
use crate::delay::tempo::{Note, Tempo, Time};
use crate::laws::{self, Audio};
use crate::layout::Layout;
use crate::shape::saturation::Kind;
use crate::signal;
use crate::units::{Decibels, Hertz, Mix, SampleRate, Seconds};
use realfft::RealFftPlanner;
use std::{vec, vec::Vec};

const STEREO: Setup = Setup { rate: SampleRate::VIDEO, layout: Layout::STEREO, longest: Seconds(1.0) };
const MONO: Setup = Setup { layout: Layout::MONO, ..STEREO };

fn make<S: Sample>(setup: &Setup, params: &Params) -> Echo<S, Vec<S>> {
    Echo::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

/// Wet only, whole frames.
fn plain(left: usize, right: usize) -> Params {
    let time = |frames: usize| Time::Seconds(Seconds(frames as f64 / 48_000.0));
    Params { left: time(left), right: time(right), mix: Mix::WET, ..Params::default() }
}

fn impulse<S: Sample>(frames: usize) -> Vec<S> {
    signal::impulse(0).take(frames).collect()
}

/// What is not silent: frame and value.
fn events<S: Sample>(x: &[S]) -> Vec<(usize, f64)> {
    x.iter().enumerate().filter(|(_, v)| **v != S::ZERO).map(|(n, v)| (n, v.to_f64())).collect()
}

fn decay<S: Sample>() {
    let params = Params { feedback: 0.5, ..plain(700, 1_001) };
    let out = laws::render(&mut make::<S>(&STEREO, &params), &[impulse(20_000), impulse(20_000)]);
    for (plane, time) in out.iter().zip([700, 1_001]) {
        let heard = events(plane);
        assert_eq!(heard.len(), 19_999 / time);
        for (k, (frame, value)) in heard.into_iter().enumerate() {
            assert_eq!((frame, value), ((k + 1) * time, 0.5_f64.powi(k as i32)));
        }
    }
}

#[test]
fn echoes_fall_by_the_feedback_exactly() {
    decay::<f32>();
    decay::<f64>();
}

#[test]
fn ping_pong_goes_left_right_left_right() {
    let params = Params { feedback: 0.5, ping_pong: 1.0, ..plain(300, 500) };
    let left_only = [impulse::<f32>(2_000), vec![0.0; 2_000]];
    let out = laws::render(&mut make::<f32>(&STEREO, &params), &left_only);
    assert_eq!(events(&out[0]), [(300, 0.5), (1_100, 0.125), (1_900, 0.031_25)]);
    assert_eq!(events(&out[1]), [(800, 0.25), (1_600, 0.062_5)]);
    let centre = [impulse::<f32>(1_000), impulse::<f32>(1_000)];
    let out = laws::render(&mut make::<f32>(&STEREO, &params), &centre);
    assert_eq!((events(&out[0]), events(&out[1])), (vec![(300, 1.0)], vec![(800, 0.5)]));
    let setup = Setup { layout: Layout::SURROUND_5_1, ..STEREO };
    let mut six = vec![vec![0.0_f32; 1_000]; 6];
    six[2] = impulse(1_000);
    let out = laws::render(&mut make::<f32>(&setup, &params), &six);
    assert_eq!(events(&out[2]), [(300, 1.0), (600, 0.5), (900, 0.25)], "no partner: stays");
    assert!(out.iter().enumerate().all(|(c, x)| c == 2 || events(x).is_empty()));
}

/// Power of `x` further than 1 kHz from 997 Hz, re the tone, in dB; Blackman-Harris window.
fn spurious(x: &[f64]) -> f64 {
    let frames = x.len();
    let mut windowed: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, v)| {
            let t = core::f64::consts::TAU * i as f64 / frames as f64;
            v * (0.358_75 - 0.488_29 * t.cos() + 0.141_28 * (2.0 * t).cos() - 0.011_68 * (3.0 * t).cos())
        })
        .collect();
    let fft = RealFftPlanner::<f64>::new().plan_fft_forward(frames);
    let mut bins = fft.make_output_vec();
    fft.process(&mut windowed, &mut bins).unwrap();
    let (mut near, mut far) = (0.0, 1e-30);
    for (k, b) in bins.iter().enumerate() {
        let hertz = k as f64 * 48_000.0 / frames as f64;
        if (hertz - 997.0).abs() <= 1_000.0 { near += b.norm_sqr() } else { far += b.norm_sqr() }
    }
    10.0 * f64::log10(far / near)
}

#[test]
fn a_new_time_does_not_click() {
    let tone: Vec<f64> = signal::sine(MONO.rate, Hertz(997.0), 0.5, 0.0).take(60_000).collect();
    for (change, to, most) in [
        (Change::Fade(Seconds(0.03)), 12_024, -100.0),
        (Change::Fade(Seconds(0.02)), 17_000, -95.0),
        (Change::Fade(Seconds(0.05)), 3_000, -110.0),
        (Change::Tape(0.1), 12_500, -80.0),
        (Change::Tape(0.5), 11_000, -70.0),
    ] {
        let from = Params { feedback: 0.0, change, ..plain(12_000, 12_000) };
        let mut echo = make::<f64>(&MONO, &from);
        let mut out = laws::render(&mut echo, &[tone[..36_000].to_vec()]).swap_remove(0);
        echo.set(&Params { left: plain(to, to).left, ..from }, Frames::ZERO).unwrap();
        out.extend(laws::render(&mut echo, &[tone[36_000..].to_vec()]).swap_remove(0));
        let db = spurious(&out[36_000 - 7_500..36_000 + 8_884]);

        assert!(db < most, "{change:?}: {db:.1} dB");
    }
}

#[test]
fn a_synced_echo_is_where_the_note_is() {
    let note = Time::Synced { note: Note::SIXTEENTH.triplet(), tempo: Tempo(127.3) };
    let time = note.frames(MONO.rate).unwrap();
    assert!((time.fract() - 0.5).abs() < 0.4, "a fraction: {time}");
    let params = Params { left: note, feedback: 0.0, ..plain(700, 700) };
    for (hertz, most) in [(997.0, -74.0), (9_001.0, -74.0)] {
        let tone: Vec<f64> = signal::sine(MONO.rate, Hertz(hertz), 0.5, 0.0).take(20_000).collect();
        let out = laws::render(&mut make::<f64>(&MONO, &params), &[tone]);
        let expected = |n: usize| 0.5 * (core::f64::consts::TAU * hertz * (n as f64 - time) / 48_000.0).sin();
        let expected: Audio<f64> = vec![(10_000..20_000).map(expected).collect()];
        let db = laws::error_db(&expected, &[out[0][10_000..].to_vec()]);
        assert!(db < most, "{hertz} Hz: {db:.1} dB");
    }
}

#[test]
fn single_precision_is_as_good() {
    let note = Time::Synced { note: Note::SIXTEENTH.triplet(), tempo: Tempo(127.3) };
    let params = Params {
        left: note,
        feedback: 0.7,
        low_cut: Some(Hertz(150.0)),
        high_cut: Some(Hertz(5_000.0)),
        saturation: Kind::Soft,
        drive: Decibels(6.0),
        depth: Seconds(0.002),
        duck: Duck { amount: Decibels(12.0), ..Duck::default() },
        mix: Mix(0.5),
        ..Params::default()
    };
    let x: Audio<f64> = (0..2).map(|c| signal::pink(c, 0.5).take(96_000).collect()).collect();
    let narrow = laws::render(&mut make::<f32>(&STEREO, &params), &laws::convert::<f64, f32>(&x));
    let db = laws::error_db(&laws::render(&mut make::<f64>(&STEREO, &params), &x), &narrow);

    assert!(db < -100.0, "{db:.1} dB");
}

#[test]
fn full_feedback_builds_nothing_up_whatever_moves() {
    let random = |n: u32| f64::from(signal::hash(n)) / 4_294_967_296.0;
    for change in [Change::Fade(Seconds(0.02)), Change::Tape(1.0)] {
        let base = Params { feedback: 1.0, change, depth: Seconds(0.005), wobble: Hertz(3.0), ..plain(2_400, 2_400) };
        let mut echo = make::<f32>(&STEREO, &base);
        let burst: Vec<f32> = signal::white(1, 1.0).take(4_800).collect();
        laws::render(&mut echo, &[burst.clone(), burst]);
        let mut powers = Vec::new();
        for step in 0..300 {
            let [a, b] = [2, 3].map(|k| Time::Seconds(Seconds(0.007 + 0.08 * random(7 * step + k))));
            let params =
                Params { left: a, right: b, ping_pong: random(step), wobble: Hertz(8.0 * random(step + 9)), ..base };
            echo.set(&params, Frames(900)).unwrap();
            let out = laws::render(&mut echo, &vec![vec![0.0; 2_400]; 2]);
            let peak = out.iter().flatten().fold(0.0_f32, |m, v| m.max(v.abs()));
            powers.push(out.iter().flatten().map(|v| v * v).sum::<f32>());
            assert!(peak < 4.0, "{change:?}, step {step}: {peak}");
        }
        let [early, late] = [&powers[..50], &powers[250..]].map(|p| p.iter().sum::<f32>());
        assert!(late < early, "{change:?}: {early} to {late}");
    }
}

#[test]
fn hold_repeats_for_ever_what_is_in_the_loop() {
    let running = Params { feedback: 0.6, low_cut: Some(Hertz(100.0)), depth: Seconds(0.001), ..plain(1_000, 1_000) };
    let mut echo = make::<f32>(&STEREO, &running);
    let noise: Audio<f32> = (0..2).map(|c| signal::pink(c, 0.5).take(9_000).collect()).collect();
    laws::render(&mut echo, &noise);
    echo.set(&Params { hold: true, ..running }, Frames(500)).unwrap();
    laws::render(&mut echo, &noise);
    assert_eq!(echo.tail(), Tail::Infinite);
    let out = laws::render(&mut echo, &vec![noise[0].iter().cycle().take(101_000).copied().collect(); 2]);
    for plane in &out {
        assert!(plane[..1_000] == plane[100_000..], "the hundredth time as the first");
        assert!(plane[..1_000].iter().any(|v| v.abs() > 0.01));
    }
    echo.set(&running, Frames(500)).unwrap();
    let Tail::Frames(_) = echo.tail() else { panic!("ends again") };
}

#[test]
fn loud_input_ducks_the_echo_by_the_amount() {
    let duck = Duck { amount: Decibels(12.0), threshold: Decibels(-20.0), release: Seconds(0.05), ..Duck::default() };
    let params = Params { feedback: 0.0, duck, ..plain(24_000, 24_000) };
    let level = |db: f64| {
        let a = Decibels(db).amplitude();
        let x: Vec<f64> = signal::sine(MONO.rate, Hertz(1_000.0), a, 0.0).take(48_000).collect();
        let out = laws::render(&mut make::<f64>(&MONO, &params), core::slice::from_ref(&x));
        let power = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
        10.0 * (power(&out[0][36_000..]) / power(&x[12_000..24_000])).log10()
    };
    assert!(level(-26.0).abs() < 1e-9, "below the threshold: as without");
    assert!((level(-10.0) + 12.0).abs() < 0.1, "{}", level(-10.0));
    let middle = level(-16.5);
    assert!((-11.0..-1.0).contains(&middle), "{middle}");
}

#[test]
fn cuts_are_passed_once_by_each_echo() {
    let params = Params { feedback: 0.5, low_cut: Some(Hertz(1_000.0)), ..plain(4_000, 4_000) };
    let tone: Vec<f64> = signal::sine(MONO.rate, Hertz(1_000.0), 0.5, 0.0)
        .enumerate()
        .map(|(n, v)| if n < 2_400 { v } else { 0.0 })
        .take(16_000)
        .collect();
    let out = laws::render(&mut make::<f64>(&MONO, &params), &[tone]);
    let peak = |k: usize| out[0][4_000 * k + 1_200..4_000 * k + 2_300].iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    // -3.01 dB each time, and the feedback from the second on.
    for k in 1..4 {
        let expected = 0.5 * 0.5_f64.sqrt().powi(k) * 0.5_f64.powi(k - 1);
        assert!((peak(k as usize) / expected - 1.0).abs() < 0.01, "echo {k}: {}", peak(k as usize));
    }
}

#[test]
fn ranges_are_checked_and_the_old_sound_stays() {
    let mut echo = make::<f32>(&MONO, &plain(1_000, 1_000));
    let fails = |p: Params, name: &str| {
        let e = Coeffs::<f32>::design(&MONO, &p).unwrap_err();
        assert!(std::format!("{e}").starts_with(name), "{e}");
    };
    fails(plain(20, 1_000), "left");
    fails(Params { depth: Seconds(0.02), ..plain(2_000, 48_000) }, "right");
    fails(Params { feedback: 1.1, ..Params::default() }, "feedback");
    fails(Params { change: Change::Fade(Seconds(0.1)), ..Params::default() }, "fade");
    fails(Params { left: Time::Synced { note: Note::QUARTER, tempo: Tempo(0.0) }, ..Params::default() }, "tempo");
    assert!(echo.set(&plain(20, 20), Frames::ZERO).is_err());
    assert_eq!(events(&laws::render(&mut echo, &[impulse(1_200)])[0]), [(1_000, 1.0)]);
    assert!(Echo::<f32, _>::new(&MONO, &Params::default(), vec![0.0; required_len(&MONO) - 1]).is_err());
}

#[test]
fn the_ends_of_the_range_of_times_are_allowed() {
    // 0.057 x 44 100 / 44 100 is more than 0.057, 0.001 + 0.0021 is more than 0.0031.
    for (longest, depth) in [(0.057, 0.0), (0.193, 0.0), (0.3, 0.01), (0.3, 0.0021), (0.7, 0.0173)] {
        for rate in [8_000, 44_100, 48_000, 768_000] {
            let setup = Setup { rate: SampleRate::new(rate).unwrap(), longest: Seconds(longest), ..MONO };
            for time in [longest - depth, 0.001 + depth, ((0.001 + depth) * 1e4_f64).round() / 1e4] {
                let time = Time::Seconds(Seconds(time));
                let params = Params { left: time, right: time, depth: Seconds(depth), ..Params::default() };
                Coeffs::<f32>::design(&setup, &params).unwrap();
            }
        }
    }
}

#[test]
fn a_tape_arrives_however_short_the_way() {
    for rate in [8_000, 48_000, 768_000] {
        let setup = Setup { rate: SampleRate::new(rate).unwrap(), longest: Seconds(0.2), ..MONO };
        for frames in [1e-8, 1e-6, 3e-5, 1e-3, 0.012, 0.3] {
            for sign in [1.0, -1.0] {
                let at = |frames: f64| Time::Seconds(Seconds(frames / f64::from(rate)));
                let change = Change::Tape(0.5);
                let from = Params {
                    left: at(1_000.0 + sign * frames),
                    right: at(1_000.0),
                    change,
                    mix: Mix::WET,
                    ..Params::default()
                };
                let mut echo = make::<f64>(&setup, &from);
                echo.set(&Params { left: at(1_000.0), ..from }, Frames::ZERO).unwrap();
                laws::render(&mut echo, &[vec![0.0; rate as usize]]);
                let heard = events(&laws::render(&mut echo, &[impulse(1_100)])[0]);
                assert_eq!(heard, [(1_000, 1.0)], "{rate} Hz, {frames} frames");
            }
        }
    }
}

#[test]
fn the_tail_counts_the_move_that_is_under_way() {
    let held = Params { feedback: 0.5, hold: true, ..plain(500, 500) };
    let running = Params { hold: false, ..held };
    let mut echo = make::<f32>(&MONO, &running);
    laws::render(&mut echo, &[impulse(2)]);
    echo.set(&held, Frames::ZERO).unwrap();
    laws::render(&mut echo, &[vec![0.0; 2_000]]);
    echo.set(&running, Frames(200_000)).unwrap();
    let Tail::Frames(Frames(tail)) = echo.tail() else { panic!() };
    laws::render(&mut echo, &[vec![0.0; tail as usize]]);
    assert!(events(&laws::render(&mut echo, &[vec![0.0; 2_000]])[0]).is_empty());
}
