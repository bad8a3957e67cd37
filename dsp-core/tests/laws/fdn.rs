use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::layout::Layout;
use dsp_core::process::{Process, Tail};
use dsp_core::reverb::fdn::{Fdn, Params, Setup, required_len};
use dsp_core::sample::Sample;
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
    let frames = tail.get() as usize + 600;
    let out = laws::render(&mut room, &vec![vec![0.0; frames + 500]; 2]);
    assert!(out[0][frames - 6_000] != 0.0 && out.iter().all(|x| x[frames..].iter().all(|v| *v == 0.0)));
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
