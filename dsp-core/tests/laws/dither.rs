use crate::harness::{Case, Expect, keeps_the_laws};
use dsp_core::laws;
use dsp_core::process::{Process, Tail};
use dsp_core::sample::Sample;
use dsp_core::shape::dither::{Coeffs, Dither, Params, Setup};
use dsp_core::shape::quantise::to_integers;
use dsp_core::timed::{Automated, Slice, Timed};
use dsp_core::units::Frames;

fn setup(case: &Case) -> Setup {
    Setup { channels: 1 + case.seed as usize % 5 }
}

fn params(case: &Case) -> Params {
    Params { bits: 8 + case.seed / 7 % 17, seed: case.seed, dither: true }
}

fn laws<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case));
    let expect = Expect { bound: 1.0, recover: 1, tolerance: 0.0, impulse: None };
    let make = || Dither::<S>::new(&setup, &params).unwrap();
    keeps_the_laws(make, setup.channels, case, expect);
    assert_eq!(make().tail(), Tail::Infinite);
}

fn laws_of_plain_rounding<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), Params { dither: false, ..params(case) });
    let expect = Expect { bound: 1.0, recover: 1, tolerance: 0.0, impulse: Some(0.5) };
    keeps_the_laws(|| Dither::<S>::new(&setup, &params).unwrap(), setup.channels, case, expect);
}

fn what_is_on_the_grid_stays<S: Sample>(case: &Case) {
    let (setup, params) = (setup(case), params(case));
    let on_grid = laws::render(&mut Dither::<S>::new(&setup, &params).unwrap(), &case.input(setup.channels));
    let plain = Params { dither: false, ..params };
    laws::identity(|| Dither::<S>::new(&setup, &plain).unwrap(), &on_grid);
    let scale = f64::from(1 << (params.bits - 1));
    let mut integers = vec![0; case.frames];
    to_integers(&on_grid[0], params.bits, &mut integers).unwrap();
    assert!(on_grid[0].iter().zip(&integers).all(|(x, i)| x.to_f64() * scale == f64::from(*i)));
}

fn changes_do_not_see_blocks<S: Sample>(case: &Case) {
    let setup = setup(case);
    let change = |at, bits, dither| Timed {
        at: Frames(at),
        over: Frames(50),
        coeffs: Coeffs::<S>::design(&Params { bits, seed: 3, dither }).unwrap(),
    };
    let events = [change(33, 8, true), change(400, 20, false), change(777, 16, true)];
    let make = || Automated::new(Dither::new(&setup, &params(case)).unwrap(), Slice::new(&events));
    laws::cut(make, &case.input::<S>(setup.channels), &case.cuts);
}

crate::law_tests!(
    laws: 24,
    laws_of_plain_rounding: 24,
    what_is_on_the_grid_stays: 16,
    changes_do_not_see_blocks: 16,
);

#[test]
fn params_survive_serialisation() {
    let p = Params { bits: 24, seed: 9, dither: false };
    assert_eq!(toml::from_str::<Params>(&toml::to_string(&p).unwrap()).unwrap(), p);
    assert!(toml::from_str::<Params>("bit = 24").is_err(), "unknown fields are named");
}
