use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::process::{Process, Tail};
use dsp_core::reverb::plate::{Params, Plate, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Frames, Hertz, Mix, SampleRate, Seconds};

fn setup(seed: u32) -> Setup {
    let rate = SampleRate::new([8_000, 11_025, 16_000][seed as usize % 3]).unwrap();
    Setup { rate, longest_pre_delay: Seconds([0.02, 0.0][(seed >> 2) as usize % 2]) }
}

fn params(seed: u32, setup: &Setup) -> Params {
    Params {
        time: Seconds(0.5 + 0.01 * f64::from(seed % 20)),
        pre_delay: Seconds(setup.longest_pre_delay.0 * f64::from((seed >> 5) % 5) / 4.0),
        bandwidth: Hertz(200.0 * f64::from(1 + (seed >> 8) % 100)),
        damping: Hertz(1_000.0 * f64::from(1 + (seed >> 15) % 20)),
        diffusion: 0.1 * f64::from((seed >> 20) % 9),
        modulation_depth: Seconds(0.000_1 * f64::from((seed >> 23) % 11)),
        modulation_rate: Hertz(0.5 * f64::from((seed >> 26) % 11)),
        width: 0.25 * f64::from((seed >> 29) % 8),
        freeze: false,
        mix: Mix(0.1 * f64::from(seed % 10)),
    }
}

fn make<S: Sample>(setup: &Setup, params: &Params) -> Plate<S, Vec<S>> {
    Plate::new(setup, params, vec![S::ZERO; required_len(setup)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = params(case.seed, &setup);
    let expect = Expect { bound: 100.0, recover: 48_000, tolerance: 1e-4, impulse: Some(0.5) };
    keeps_the_laws(|| make::<S>(&setup, &params), 2, case, expect);
}

fn dry_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let params = Params { mix: Mix::DRY, ..params(case.seed, &setup) };
    laws::identity(|| make::<S>(&setup, &params), &case.input(2));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case.seed);
    let (one, other) = (params(case.seed, &setup), params(!case.seed, &setup));
    let moved = || {
        let mut plate = make::<S>(&setup, &one);
        plate.set(&Params { freeze: case.seed & 64 == 0, ..other }, Frames(700)).unwrap();
        plate
    };
    let input = case.input(2);
    laws::cut(moved, &input, &case.cuts);
    laws::cut(moved, &input, &[1]);
    laws::finite(moved, &input, 100.0);
    // Turned round on the way.
    let turned = |cuts: &[usize]| {
        let mut plate = moved();
        let first = laws::render_cut(&mut plate, &input, cuts);
        plate.set(&one, Frames(50_000)).unwrap();
        (first, laws::render_cut(&mut plate, &input, cuts))
    };
    let (whole, pieces) = (turned(&[usize::MAX >> 1]), turned(&case.cuts));
    laws::assert_same(&whole.0, &pieces.0, "turned, first part");
    laws::assert_same(&whole.1, &pieces.1, "turned, second part");
}

crate::law_tests!(laws: 5, dry_is_the_identity: 8, moves_do_not_see_blocks: 12);

#[test]
fn params_survive_serialisation() {
    let p = Params { freeze: true, width: 1.25, ..Params::default() };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("size = 1.0").is_err(), "unknown fields are named");
}

#[test]
fn wrong_settings_are_refused_and_the_old_sound_stays() {
    let setup = Setup::new(SampleRate::VIDEO);
    assert!(Plate::<f32, _>::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
    let mut plate = make::<f32>(&setup, &Params::default());
    let e = plate.set(&Params { pre_delay: Seconds(0.3), ..Params::default() }, Frames::ZERO).unwrap_err();
    assert_eq!(e.to_string(), "pre-delay is 0.3 s; allowed are 0 to 0.25 s");
    plate.set(&Params { freeze: true, ..Params::default() }, Frames::ZERO).unwrap();
    assert_eq!(plate.tail(), Tail::Infinite);
}

#[test]
fn memory_may_be_asked_for_before_anything_is_checked() {
    let setup = Setup::new(SampleRate::VIDEO);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e9] {
        let odd = Setup { longest_pre_delay: Seconds(bad), ..setup };
        assert!(required_len(&odd) < 1_000_000, "{bad}");
        assert!(Plate::<f32, _>::new(&odd, &Params::default(), vec![0.0; 1_000_000]).is_err());
    }
}

#[test]
fn a_plate_let_go_decays_and_ends_when_it_says() {
    let setup = Setup { longest_pre_delay: Seconds(0.0), ..Setup::new(SampleRate::new(8_000).unwrap()) };
    let bare = Params { bandwidth: Hertz(20_000.0), damping: Hertz(20_000.0), mix: Mix::WET, ..Params::default() };
    let mut plate = make::<f32>(&setup, &bare);
    laws::render(&mut plate, &vec![signal::white(1, 0.5).take(8_000).collect::<Vec<f32>>(); 2]);
    plate.set(&Params { freeze: true, ..bare }, Frames(400)).unwrap();
    assert_eq!(plate.tail(), Tail::Infinite);
    laws::render(&mut plate, &vec![vec![0.0; 40_000]; 2]);
    let over = 400_000;
    plate.set(&Params { time: Seconds(1.0), ..bare }, Frames(over)).unwrap();
    let Tail::Frames(tail) = plate.tail() else { panic!("it ends") };
    assert!(tail.get() > over, "the move belongs to it");
    plate.set(&Params { time: Seconds(1.0), ..bare }, Frames(400)).unwrap();
    let Tail::Frames(tail) = plate.tail() else { panic!("it ends") };
    let tail = tail.get() as usize;
    let out = laws::render(&mut plate, &vec![vec![0.0; tail + 2_000]; 2]);
    let power = |from: usize| out[0][from..from + 2_000].iter().map(|v| f64::from(v * v)).sum::<f64>();
    // 60 dB in 8000 frames.
    let db = 10.0 * (power(1_000) / power(9_000)).log10();
    assert!((db - 60.0).abs() < 6.0, "{db:.1} dB");
    assert!(out.iter().all(|x| x[tail..].iter().all(|v| *v == 0.0)));
}
