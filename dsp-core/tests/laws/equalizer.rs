use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::filter::equalizer::{Equalizer, Params, Setup, required_len};
use dsp_core::filter::svf::{self, Kind};
use dsp_core::laws;
use dsp_core::sample::Sample;
use dsp_core::signal::hash;
use dsp_core::timed::{Automated, Slice, Timed};
use dsp_core::units::{Decibels, Frames, Hertz, Q, SampleRate};

type Eq<S> = Equalizer<S, 9, Vec<S>>;

fn setup(case: &Case) -> Setup {
    Setup { rate: SampleRate::VIDEO, channels: 1 + case.seed as usize % 5 }
}

/// Up to nine random bands, some of them off.
fn params(seed: u32) -> Params<9> {
    const KINDS: [Kind; 6] = [Kind::Bell, Kind::LowShelf, Kind::HighShelf, Kind::LowPass, Kind::HighPass, Kind::Notch];
    let mut params = Params::default();
    for (i, slot) in params.bands.iter_mut().enumerate() {
        let h = hash(seed.wrapping_add(i as u32));
        *slot = (!h.is_multiple_of(4)).then(|| svf::Params {
            kind: KINDS[(h >> 4) as usize % 6],
            frequency: Hertz(30.0 * 2.0_f64.powf(f64::from(h >> 8 & 0xFF) / 28.0)),
            gain: Decibels(f64::from(h >> 16 & 15) - 8.0),
            q: Q(0.3 + f64::from(h >> 20 & 15) / 8.0),
        });
    }
    params
}

fn make<S: Sample>(setup: &Setup, params: &Params<9>) -> Eq<S> {
    Equalizer::new(setup, params, vec![S::ZERO; required_len(setup, 9)]).unwrap()
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case.seed));
    let expect = Expect { bound: 1e4, recover: 96_000, tolerance: 1e-3, impulse: None };
    keeps_the_laws(|| make::<S>(&setup, &params), setup.channels, case, expect);
}

fn flat_is_the_identity<S: Sample>(case: &Case) {
    let setup = setup(case);
    laws::identity(|| make::<S>(&setup, &Params::default()), &case.input(setup.channels));
    let flat = [svf::Params::default(); 5];
    let flat = Params::from_bands(&flat).unwrap();
    laws::identity(|| make::<S>(&setup, &flat), &case.input(setup.channels));
}

fn moves_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let events: Vec<_> = (0..6)
        .map(|i| Timed {
            at: Frames(u64::from(hash(case.seed ^ i)) % 400 + 300 * u64::from(i)),
            over: Frames(u64::from(hash(case.seed ^ i ^ 77)) % 500),
            coeffs: dsp_core::filter::equalizer::Coeffs::<S, 9>::design(setup.rate, &params(case.seed ^ i ^ 5))
                .unwrap(),
        })
        .collect();
    let automated = || Automated::new(make::<S>(&setup, &params(case.seed)), Slice::new(&events));
    let input = case.input(setup.channels);
    laws::cut(automated, &input, &case.cuts);
    laws::cut(automated, &input, &[1]);
    laws::finite(automated, &input, 1e5);
}

crate::law_tests!(laws: 10, flat_is_the_identity: 8, moves_do_not_see_blocks: 16);

#[test]
fn a_move_to_a_shorter_ring_is_in_the_tail() {
    use dsp_core::filter::{biquad, one_pole};
    let setup = Setup { rate: dsp_core::units::SampleRate::VIDEO, channels: 1 };
    let noise = [dsp_core::signal::white::<f32>(3, 0.5).take(600).collect::<Vec<_>>()];
    let over = Frames(30_000);
    let band = |frequency, q| svf::Params {
        kind: Kind::BandPass,
        frequency: Hertz(frequency),
        q: dsp_core::units::Q(q),
        ..svf::Params::default()
    };
    let (long, short) = (band(50.0, 60.0), band(9_000.0, 0.5));
    laws::silent_after_tail(
        || {
            let bands = Params::<2>::from_bands(&[long]).unwrap();
            let mut eq = Equalizer::<f32, 2, _>::new(&setup, &bands, vec![0.0; required_len(&setup, 2)]).unwrap();
            eq.set(&Params::default(), over).unwrap();
            eq
        },
        &noise,
    );
    laws::silent_after_tail(
        || {
            let memory = vec![0.0; biquad::required_len(&setup)];
            let mut biquad = biquad::Biquad::<f32, _>::new(&setup, &long, memory).unwrap();
            biquad.set(&short, over).unwrap();
            biquad
        },
        &noise,
    );
    laws::silent_after_tail(
        || {
            let params = one_pole::Params { frequency: Hertz(0.5), ..one_pole::Params::default() };
            let mut pole = one_pole::OnePole::<f32, _>::new(&setup, &params, vec![0.0; 2]).unwrap();
            pole.set(&one_pole::Params { frequency: Hertz(9_000.0), ..params }, over).unwrap();
            pole
        },
        &noise,
    );
}

#[test]
fn params_survive_serialisation() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Holder {
        eq: Params<4>,
    }
    let mut eq = Params::<4>::default();
    eq.bands[0] = Some(svf::Params { kind: Kind::HighPass, frequency: Hertz(30.0), ..svf::Params::default() });
    eq.bands[1] = Some(svf::Params::default());
    let text = toml::to_string(&Holder { eq }).unwrap();
    assert_eq!(toml::from_str::<Holder>(&text).unwrap().eq, eq);
    let five = "eq = [{}, {}, {}, {}, {}]";
    assert!(toml::from_str::<Holder>(five).is_err(), "more bands than there are slots");
    let two = toml::from_str::<Holder>("eq = [{ kind = 'high_pass', frequency = 30.0 }, {}]").unwrap();
    assert_eq!(two.eq, eq);
    assert!(toml::from_str::<Holder>("eq = [{ freq = 30.0 }]").is_err(), "unknown fields are named");
}
