//! What an oscillator moves.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::layout::Layout;
use dsp_core::modulation::{chorus, flanger, phaser, tremolo, wave::Wave};
use dsp_core::sample::Sample;
use dsp_core::units::Frames;

pub(crate) fn everything<S: Sample>() {
    let over = Frames(500);
    let setup = tremolo::Setup::new(RATE, Layout::STEREO);
    let mut p = tremolo::Tremolo::<S>::new(&setup, &tremolo::Params::default()).unwrap();
    assert_no_alloc(|| p.set(&tremolo::Params { wave: Wave::Square, ..tremolo::Params::default() }, over).unwrap());
    quiet("tremolo", &mut p);
    let setup = phaser::Setup::new(RATE, Layout::STEREO);
    let params = phaser::Params::default();
    let mut p = phaser::Phaser::<S, _>::new(&setup, &params, storage(phaser::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&phaser::Params { feedback: -0.5, ..params }, over).unwrap());
    quiet("phaser", &mut p);
    for interpolation in [chorus::Interpolation::Lagrange3, chorus::Interpolation::Sinc16] {
        let setup = chorus::Setup { interpolation, ..chorus::Setup::new(RATE, Layout::STEREO) };
        let params = chorus::Params::default();
        let mut p = chorus::Chorus::<S, _>::new(&setup, &params, storage(chorus::required_len(&setup))).unwrap();
        assert_no_alloc(|| p.set(&chorus::Params { voices: 8, wave: Wave::Random, ..params }, over).unwrap());
        quiet("chorus", &mut p);
        let setup = flanger::Setup { interpolation, ..flanger::Setup::new(RATE, Layout::STEREO) };
        let params = flanger::Params::default();
        let mut p = flanger::Flanger::<S, _>::new(&setup, &params, storage(flanger::required_len(&setup))).unwrap();
        assert_no_alloc(|| p.set(&flanger::Params { feedback: 0.9, ..params }, over).unwrap());
        quiet("flanger", &mut p);
    }
}
