//! Filters, dynamics, width, dither, meters.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::block::Block;
use dsp_core::dynamics::{compressor, limiter};
use dsp_core::filter::{biquad, dc_block, equalizer, one_pole, svf};
use dsp_core::layout::Layout;
use dsp_core::meter::{correlation, defects, loudness, true_peak};
use dsp_core::process::Tune;
use dsp_core::sample::Sample;
use dsp_core::shape::dither;
use dsp_core::signal;
use dsp_core::stereo::width;
use dsp_core::timed::{Automated, Slice, Timed};
use dsp_core::units::{Decibels, Frames, Seconds};

const FILTER: one_pole::Setup = one_pole::Setup { rate: RATE, channels: 2 };

pub(crate) fn everything<S: Sample>() {
    let over = Frames(500);
    let mut p = one_pole::OnePole::<S, _>::new(&FILTER, &one_pole::Params::default(), storage(4)).unwrap();
    assert_no_alloc(|| p.set(&one_pole::Params::default(), over).unwrap());
    quiet("one-pole", &mut p);
    quiet("dc block", &mut dc_block::DcBlock::<S, _>::new(&FILTER, &dc_block::Params::default(), storage(4)).unwrap());
    let band = svf::Params { gain: Decibels(3.0), ..svf::Params::default() };
    let mut p = biquad::Biquad::<S, _>::new(&FILTER, &band, storage(biquad::required_len(&FILTER))).unwrap();
    assert_no_alloc(|| p.set(&band, over).unwrap());
    quiet("biquad", &mut p);
    let bands = equalizer::Params::<8>::from_bands(&[band; 7]).unwrap();
    let len = equalizer::required_len(&FILTER, 8);
    let mut p = equalizer::Equalizer::<S, 8, _>::new(&FILTER, &bands, storage(len)).unwrap();
    assert_no_alloc(|| p.set(&equalizer::Params::default(), over).unwrap());
    quiet("equaliser", &mut p);
    let coeffs = equalizer::Coeffs::<S, 8>::design(RATE, &bands).unwrap();
    let events = [Timed { at: Frames(90), over, coeffs }, Timed { at: Frames(800), over, coeffs }];
    let p = equalizer::Equalizer::<S, 8, _>::new(&FILTER, &bands, storage(len)).unwrap();
    quiet("automation", &mut Automated::new(p, Slice::new(&events)));

    let setup = compressor::Setup { rate: RATE, layout: Layout::STEREO, look_ahead: Seconds(0.002) };
    let params = compressor::Params { link: 0.5, ..compressor::Params::default() };
    let mut p =
        compressor::Compressor::<S, _>::new(&setup, &params, storage(compressor::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.tune(&compressor::Coeffs::design(&setup, &compressor::Params::default()).unwrap(), over));
    quiet("compressor", &mut p);
    let setup = limiter::Setup::new(RATE, 2);
    let params = limiter::Params::default();
    let mut p = limiter::Limiter::<S, _>::new(&setup, &params, storage(limiter::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&limiter::Params { ceiling: Decibels(-3.0), ..params }, over).unwrap());
    quiet("limiter", &mut p);
    let setup = width::Setup { layout: Layout::STEREO };
    quiet("width", &mut width::Width::<S>::new(&setup, &width::Params { width: 1.4 }).unwrap());
    let setup = dither::Setup { channels: 2 };
    quiet("dither", &mut dither::Dither::<S>::new(&setup, &dither::Params::default()).unwrap());

    let setup = loudness::Setup::new(RATE, Layout::STEREO);
    let len = loudness::required_len(&setup, Seconds(1.0), 64);
    let mut meter = loudness::Loudness::<S, _>::new(&setup, storage(len)).unwrap();
    let mut peak = true_peak::TruePeak::<S, _>::new(2, storage(true_peak::required_len(2, 64))).unwrap();
    let mut correlation = correlation::Correlation::new(0, 1);
    let mut defects = defects::Defects::new([defects::Channel::<S>::default(); 2]);
    let mut planes: Vec<Vec<S>> = (0..2).map(|c| signal::pink(c, 0.4).take(48_000).collect()).collect();
    let mut planes = &mut planes[..];
    let block = Block::new(&mut planes);
    assert_no_alloc(|| {
        meter.observe(&block);
        assert!(meter.reading().integrated.is_some());
        peak.observe(&block);
        correlation.observe(&block);
        assert!(correlation.reading().is_some());
        defects.observe(&block);
        let _ = (peak.true_peak(0), defects.reading::<S>());
        meter.reset();
    });
}
