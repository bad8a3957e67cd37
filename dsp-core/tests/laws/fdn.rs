use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::{Layout, Position};
use dsp_core::process::{Process, Tail};
use dsp_core::reverb::fdn::{Coeffs, Fdn, Params, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Decibels, Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    Setup {
        size: [0.5, 1.0, 0.7][seed as usize % 3],
        longest_pre_delay: Seconds([0.0, 0.05, 0.02][(seed >> 2) as usize % 3]),
        seed,
        ..Setup::new(
            SampleRate::new([8_000, 16_000, 11_025][(seed >> 4) as usize % 3]).unwrap(),
            Layout::of_channels(1 + (seed >> 6) as usize % 3).unwrap(),
        )
    }
}

fn params(seed: u32, setup: &Setup) -> Params {
    let unit = |shift: u32| f64::from((seed >> shift) % 16) / 15.0;
    Params {
        decay: Seconds(0.1 + 0.1 * unit(0)),
        low: 0.8 + 0.5 * unit(3),
        high: 0.3 + 0.8 * unit(6),
        damping: Hertz(1_000.0 + 4_000.0 * unit(9)),
        bands: (seed % 4 == 3).then(|| [0.3, 0.2, 0.25, 0.1, 0.2, 0.1, 0.1, 0.05].map(Seconds)),
        pre_delay: Seconds(setup.longest_pre_delay.0 * unit(12)),
        diffusion: unit(5).min(0.99),
        modulation_rate: Hertz(0.1 + 2.0 * unit(2)),
        modulation_depth: unit(8),
        width: 2.0 * unit(11),
        low_cut: Hertz(10.0 + 300.0 * unit(14)),
        high_cut: Hertz(2_000.0 + 18_000.0 * unit(7)),
        freeze: false,
        mix: Mix(0.1 + 0.8 * unit(10)),
        level: Decibels(-6.0 * unit(13)),
    }
}

fn make<S: Sample, const N: usize>(setup: &Setup, params: &Params) -> Fdn<S, N, Vec<S>> {
    Fdn::new(setup, params, vec![S::ZERO; required_len::<N>(setup)]).unwrap()
}

fn check<S: Sample, const N: usize>(case: &Case) {
    let setup = setup(case.seed);
    let params = params(case.seed, &setup);
    // Longest decay 0.33 s; what a single bad sample has left behind is 120 dB down after twice that.
    let expect = Expect { bound: 60.0, recover: 16_000, tolerance: 2e-5, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S, N>(&setup, &params), setup.layout.channels(), case, expect);
}

fn eight_lines<S: Sample>(case: &Case) {
    check::<S, 8>(case);
}

fn sixteen_lines<S: Sample>(case: &Case) {
    check::<S, 16>(case);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = Params { mix: Mix::DRY, ..params(case.seed, &setup) };
    laws::identity(|| make::<S, 8>(&setup, &params), &case.input(setup.layout.channels()));
}

/// Everything moves, is moved again on the way, is frozen and let go.
fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = |seed| params(seed, &setup);
    let moved = || {
        let mut room = make::<S, 16>(&setup, &params(case.seed));
        let mut head = vec![vec![S::from_f64(0.5); 100]; setup.layout.channels()];
        head = laws::render(&mut room, &head);
        room.set(&params(!case.seed), Frames(700)).unwrap();
        laws::render(&mut room, &head);
        room.set(&Params { freeze: case.seed.is_multiple_of(2), ..params(case.seed / 3) }, Frames(300)).unwrap();
        room
    };
    let input = case.input(setup.layout.channels());
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 60.0);
}

crate::law_tests!(eight_lines: 24, sixteen_lines: 12, dry_is_the_identity: 8, moves_do_not_see_blocks: 16);

#[test]
fn a_frozen_room_has_no_end_and_let_go_it_has() {
    let setup = Setup::new(SampleRate::new(8_000).unwrap(), Layout::STEREO);
    let frozen = Params { freeze: true, ..Params::default() };
    let mut room = make::<f32, 8>(&setup, &frozen);
    assert_eq!(room.tail(), Tail::Infinite);
    room.set(&Params { decay: Seconds(0.2), low: 1.0, ..Params::default() }, Frames(10)).unwrap();
    let Tail::Frames(tail) = room.tail() else { panic!("it ends") };
    assert!((9_600..24_000).contains(&tail.get()), "{tail:?}");
}

#[test]
fn a_decay_cut_short_ends_when_it_says() {
    let setup = Setup::new(SampleRate::new(8_000).unwrap(), Layout::STEREO);
    let mut room = make::<f32, 8>(&setup, &Params { decay: Seconds(30.0), ..Params::default() });
    laws::render(&mut room, &vec![vec![0.5; 4_000]; 2]);
    room.set(&Params { decay: Seconds(3.0), ..Params::default() }, Frames(400)).unwrap();
    room.set(&Params { decay: Seconds(0.2), low: 1.0, ..Params::default() }, Frames(200)).unwrap();
    let Tail::Frames(tail) = room.tail() else { panic!("it ends") };
    let frames = tail.get() as usize;
    let out = laws::render(&mut room, &vec![vec![0.0; frames + 500]; 2]);
    // 190 dB down and not yet flushed.
    assert!(out[0][5_000] != 0.0 && out.iter().all(|x| x[frames..].iter().all(|v| *v == 0.0)));
}

#[test]
fn memory_may_be_asked_for_before_anything_is_checked() {
    let setup = Setup::new(SampleRate::VIDEO, Layout::STEREO);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        let odd = Setup { size: bad, longest_pre_delay: Seconds(bad), ..setup };
        assert!(required_len::<16>(&odd) < 1_000_000);
        assert!(Fdn::<f32, 16, _>::new(&odd, &Params::default(), vec![0.0; 1_000_000]).is_err());
    }
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let setup = Setup::new(SampleRate::VIDEO, Layout::STEREO);
    let refused = |p: &Params| Fdn::<f32, 8, _>::new(&setup, p, vec![0.0; 200_000]).unwrap_err().to_string();
    let d = Params::default();
    assert_eq!(refused(&Params { decay: Seconds(0.05), ..d }), "decay is 0.05 s; allowed are 0.1 to 60 s");
    let mut bands = [Seconds(1.0); 8];
    bands[2] = Seconds(99.0);
    assert!(refused(&Params { bands: Some(bands), ..d }).starts_with("decay at 250 Hz is 99 s"));
    assert!(
        refused(&Params { pre_delay: Seconds(0.3), ..d }).starts_with("pre-delay is 0.3 s; allowed are 0 to 0.25 s")
    );
    assert!(refused(&Params { mix: Mix(1.5), ..d }).starts_with("mix is 1.5"));
    assert!(Fdn::<f32, 8, _>::new(&setup, &d, vec![0.0; required_len::<8>(&setup) - 1]).is_err());
    let many = Setup { layout: Layout::of_channels(9).unwrap(), ..setup };
    assert!(Fdn::<f32, 8, _>::new(&many, &d, vec![0.0; 200_000]).is_err());
}

#[test]
fn params_read_as_a_person_writes_them() {
    let read = |text: &str| toml::from_str::<Params>(text);
    let p = read("decay = 2.2\nlow = 1.2\nhigh = 0.5\nmix = 0.25").unwrap();
    assert_eq!(p, Params { decay: Seconds(2.2), low: 1.2, high: 0.5, mix: Mix(0.25), ..Params::default() });
    let p = read("bands = [2.6, 2.5, 2.2, 2.0, 2.0, 1.7, 1.2, 0.6]\nfreeze = true").unwrap();
    assert!(p.freeze && p.bands.unwrap()[7] == Seconds(0.6));
    for p in [p, Params::default()] {
        assert_eq!(read(&toml::to_string(&p).unwrap()).unwrap(), p);
    }
    assert!(read("reverb = 1.0").is_err());
}

fn white(seed: u32, level: f64, frames: usize, channels: usize) -> laws::Audio<f32> {
    (0..channels as u32).map(|c| signal::white(seed + c, level).take(frames).collect()).collect()
}

fn peak(audio: &[Vec<f32>]) -> f32 {
    audio.iter().flatten().fold(0.0, |peak, v| v.abs().max(peak))
}

fn small() -> Setup {
    let rate = SampleRate::new(8_000).unwrap();
    Setup { longest_pre_delay: Seconds(0.0), ..Setup::new(rate, Layout::STEREO) }
}

const WET: Params = Params {
    decay: Seconds(2.0),
    low: 1.0,
    high: 0.5,
    damping: Hertz(4_000.0),
    bands: None,
    pre_delay: Seconds(0.0),
    diffusion: 1.0,
    modulation_rate: Hertz(1.0),
    modulation_depth: 0.75,
    width: 1.0,
    low_cut: Hertz(40.0),
    high_cut: Hertz(20_000.0),
    freeze: false,
    mix: Mix::WET,
    level: Decibels(0.0),
};

/// While a long or frozen room fades to a short one, sound that enters must not make it end sooner.
#[test]
fn nothing_is_cut_off_during_a_slow_move_and_the_tail_is_true() {
    for freeze in [false, true] {
        let mut room = make::<f32, 8>(&small(), &Params { decay: Seconds(60.0), ..WET });
        laws::render(&mut room, &white(1, 0.5, 8_000, 2));
        room.set(&Params { decay: Seconds(60.0), freeze, ..WET }, Frames::ZERO).unwrap();
        room.set(&Params { decay: Seconds(0.1), ..WET }, Frames(40_000)).unwrap();
        laws::render(&mut room, &white(3, 0.01, 100, 2));
        let Tail::Frames(tail) = room.tail() else { panic!("it ends") };
        let tail = tail.get() as usize;
        assert!((40_000..60_000).contains(&tail), "{tail}");
        let out = laws::render(&mut room, &vec![vec![0.0; tail + 5_000]; 2]);
        assert!(out.iter().all(|x| x[tail..].iter().all(|v| *v == 0.0)));
        let end = out[0].iter().rposition(|v| *v != 0.0).unwrap();
        let last = peak(&[out[0][end - 50..=end].to_vec()]);
        assert!(peak(&out) > 0.05 && last < 1e-12, "{last:e} when it ends");
    }
}

#[test]
fn a_room_let_go_decays_and_ends() {
    let setup = Setup { seed: 3, ..small() };
    for over in [0, 800] {
        let mut room = make::<f32, 16>(&setup, &WET);
        laws::render(&mut room, &white(1, 0.5, 8_000, 2));
        room.set(&Params { freeze: true, ..WET }, Frames(over)).unwrap();
        assert_eq!(room.tail(), Tail::Infinite);
        let held = laws::render(&mut room, &vec![vec![0.0; 80_000]; 2]);
        assert!(peak(&[held[0][70_000..].to_vec()]) > 0.1);
        let short = Params { decay: Seconds(0.5), high: 1.0, ..WET };
        room.set(&short, Frames(over)).unwrap();
        let Tail::Frames(tail) = room.tail() else { panic!("it ends") };
        let tail = tail.get() as usize;
        let out = laws::render(&mut room, &vec![vec![0.0; tail + 2_000]; 2]);
        // 60 dB in 4000 frames.
        let power = |from: usize| out[0][from..from + 1_000].iter().map(|v| f64::from(v * v)).sum::<f64>();
        let db = 10.0 * (power(1_500) / power(5_500)).log10();
        assert!((db - 60.0).abs() < 4.0, "{db:.1} dB");
        assert!(out.iter().all(|x| x[tail..].iter().all(|v| *v == 0.0)));
    }
}

#[test]
fn of_several_settings_the_last_is_reached() {
    let at = |decay: f64| Params { decay: Seconds(decay), ..WET };
    for moves in [[0.3, 0.4, 0.5], [0.3, 2.0, 0.5], [0.3, 0.4, 0.3], [2.0, 0.4, 2.0]] {
        let mut moved = make::<f32, 8>(&small(), &WET);
        for decay in moves {
            moved.set(&at(decay), Frames(500)).unwrap();
            laws::render(&mut moved, &vec![vec![0.0; 100]; 2]);
        }
        let mut fresh = make::<f32, 8>(&small(), &at(moves[2]));
        laws::render(&mut moved, &vec![vec![0.0; 1_700]; 2]);
        laws::render(&mut fresh, &vec![vec![0.0; 2_000]; 2]);
        let input = white(5, 0.5, 6_000, 2);
        laws::assert_same(&laws::render(&mut moved, &input), &laws::render(&mut fresh, &input), "the last is reached");
    }
}

/// Short decays behind memory for a long pre-delay, and very quiet sound: time enough to fall below the smallest numbers.
#[test]
fn a_room_that_dies_away_never_holds_subnormals() {
    for (time, level) in [(0.05, 0.5), (0.05, 1e-14), (0.2, 1e-14)] {
        let setup =
            Setup { longest_pre_delay: Seconds(0.5), size: 0.5, ..Setup::new(SampleRate::VIDEO, Layout::STEREO) };
        let mut room = make::<f32, 16>(&setup, &Params { bands: Some([Seconds(time); 8]), ..WET });
        laws::render(&mut room, &white(1, level, 4_800, 2));
        let out = laws::render(&mut room, &vec![vec![0.0; 96_000]; 2]);
        let tiny = out.iter().flatten().filter(|v| **v != 0.0 && v.abs() < f32::MIN_POSITIVE).count();
        assert_eq!(tiny, 0, "{time} s, {level:e}");
    }
}

#[test]
fn a_low_cut_that_rings_longer_than_the_room_is_not_cut_off() {
    let mut room = make::<f32, 8>(&small(), &Params { bands: Some([Seconds(0.05); 8]), low_cut: Hertz(5.0), ..WET });
    laws::render(&mut room, &vec![vec![0.5; 8_000]; 2]);
    let out = laws::render(&mut room, &vec![vec![0.0; 20_000]; 2]);
    let end = out[0].iter().rposition(|v| *v != 0.0).unwrap();
    assert!(out[0][end].abs() < 1e-12, "{:e} at {end}", out[0][end]);
}

#[test]
fn an_lfe_is_dry_only() {
    let layout = Layout::new(&[Position::FrontLeft, Position::FrontRight, Position::Lfe, Position::Lfe2]).unwrap();
    let setup = Setup { layout, ..small() };
    let bass = |c: usize| if c < 2 { vec![0.0; 4_000] } else { white(1, 0.5, 4_000, 1).remove(0) };
    let input: Vec<_> = (0..4).map(bass).collect();
    let out = laws::render(&mut make::<f32, 16>(&setup, &WET), &input);
    assert_eq!(peak(&out), 0.0, "neither enters the room nor comes back where all is wet");
    let loud = vec![white(2, 0.5, 4_000, 1).remove(0); 4];
    let out = laws::render(&mut make::<f32, 16>(&setup, &Params { mix: Mix(0.5), ..WET }), &loud);
    for c in [2, 3] {
        assert!(out[c].iter().zip(&loud[c]).all(|(y, x)| (y - x * 0.5_f32.sqrt()).abs() < 1e-6), "channel {c}");
    }
}

#[test]
fn a_frozen_line_takes_for_ever() {
    let frozen = Params { freeze: true, ..WET };
    let eight = Coeffs::<f32, 8>::design(&small(), &frozen).unwrap();
    let sixteen = Coeffs::<f64, 16>::design(&small(), &frozen).unwrap();
    for line in 0..8 {
        assert_eq!(eight.decay_time(&small(), line, Hertz(500.0)).0, f64::INFINITY);
        assert_eq!(sixteen.decay_time(&small(), line, Hertz(500.0)).0, f64::INFINITY);
    }
}
