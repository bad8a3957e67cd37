//! Panner, matrix, downmix, binaural.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::layout::{Direction, Layout};
use dsp_core::sample::Sample;
use dsp_core::surround::binaural::{self, hrir::Point, prepare, sphere};
use dsp_core::surround::{downmix, matrix, panner, vbap::Vbap};
use dsp_core::units::Frames;

pub(crate) fn everything<S: Sample>() {
    let over = Frames(900);
    let setup = panner::Setup { layout: Layout::SURROUND_5_1, source: panner::Source::Stereo };
    let aside = panner::Params { azimuth: 70.0, spread: 0.2, ..panner::Params::default() };
    let mut p = panner::Panner::<S>::new(&setup, &panner::Params::default()).unwrap();
    assert_no_alloc(|| p.set(&aside, over).unwrap());
    quiet("panner", &mut p);
    let gains = assert_no_alloc(|| {
        Vbap::<S>::new(&Layout::SURROUND_22_2).unwrap().gains(Direction::new(20.0, 40.0), 0.3).unwrap()
    });
    assert!(gains.iter().any(|g| *g > S::ZERO));

    let setup = matrix::Setup { inputs: 2, outputs: 2 };
    let mut p = matrix::Mixer::<S>::new(&setup, &matrix::Params::default()).unwrap();
    assert_no_alloc(|| p.set(&matrix::Params { matrix: matrix::Matrix::IDENTITY.scaled(0.5) }, over).unwrap());
    quiet("matrix", &mut p);
    let setup = downmix::Setup { from: Layout::SURROUND_22_2, to: Layout::SURROUND_5_1 };
    let mut p = downmix::Downmix::<S>::new(&setup, &downmix::Params::default()).unwrap();
    assert_no_alloc(|| p.set(&downmix::Params { normalise: true, ..downmix::Params::default() }, over).unwrap());
    quiet("downmix", &mut p);

    let mut points = vec![Point::default(); sphere::POINTS];
    let mut responses = storage(sphere::required_len(32));
    let set = assert_no_alloc(|| sphere::build(RATE, sphere::RADIUS, 32, &mut points, &mut responses).unwrap());
    let setup = binaural::Setup { rate: RATE, set, sources: 2 };
    let params = binaural::Params::of_layout(&Layout::STEREO);
    let memory = storage(binaural::required_len(&setup));
    let mut p = binaural::Renderer::<S, _>::new(&setup, &params, memory).unwrap();
    assert_no_alloc(|| p.set(&binaural::Params::default(), over).unwrap());
    quiet("binaural", &mut p);

    let (mut points, mut responses) = (vec![Point::default(); 1], storage(64));
    let raw: Vec<S> = (0..100).map(|n| if n % 50 == 20 { S::ONE } else { S::ZERO }).collect();
    let set = assert_no_alloc(|| {
        prepare::prepare(RATE, &[Direction::FRONT], (&raw, 50), 32, &mut points, &mut responses).unwrap()
    });
    assert!((set.longest() - 20.0).abs() < 0.1);
}
