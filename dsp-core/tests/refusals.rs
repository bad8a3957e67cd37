//! What cannot work is refused when it is built, whatever the public API is handed.

use dsp_core::design::section;
use dsp_core::filter::biquad::Biquad;
use dsp_core::filter::cascade::{Cascade, Sections};
use dsp_core::filter::equalizer::{self, Equalizer};
use dsp_core::filter::svf;
use dsp_core::layout::Layout;
use dsp_core::meter::loudness::{self, Loudness};
use dsp_core::meter::true_peak::{self, TruePeak};
use dsp_core::units::{Decibels, SampleRate, Seconds};

const SETUP: equalizer::Setup = equalizer::Setup { rate: SampleRate::CD, channels: 2 };

#[test]
fn no_bands_and_too_many() {
    assert!(Equalizer::<f32, 0, _>::new(&SETUP, &equalizer::Params::default(), vec![0.0; 99]).is_err());
    let sections = Sections { coeffs: [svf::Coeffs::<f32>::NEUTRAL; 2], active: 3 };
    assert!(Cascade::with_coeffs(&SETUP, &sections, vec![0.0; 99]).is_err());
}

#[test]
fn taps_are_even_and_8_to_64() {
    fn peak<const T: usize>() -> bool {
        TruePeak::<f32, _, T>::new(1, vec![0.0; 200]).is_ok()
    }
    assert!(peak::<8>() && peak::<64>());
    assert!(!peak::<6>() && !peak::<9>() && !peak::<63>() && !peak::<65>() && !peak::<66>());
    assert!(true_peak::required_len(1, 0) > 0 && true_peak::required_len(usize::MAX, 64) == usize::MAX);
    let setup = loudness::Setup::new(SampleRate::CD, Layout::STEREO);
    let storage = vec![0.0; loudness::required_len(&setup, Seconds(1.0), 64)];
    assert!(Loudness::<f32, _, 9>::new(&setup, storage).is_err());
    let meter = TruePeak::<f32, _>::new(1, vec![0.0; 65]).unwrap();
    assert_eq!(meter.true_peak(7), Decibels::SILENCE);
}

#[test]
fn filters_that_run_away() {
    let e = svf::Coeffs::<f32>::from_transfer([1.0, 0.0, 0.0], [1.0, -2.1, 1.2]).unwrap_err().to_string();
    assert!(e.starts_with("pole radius"), "{e}");
    assert!(svf::Coeffs::<f32>::from_transfer([f64::NAN, 0.0, 0.0], [1.0, 0.0, 0.0]).is_err());
    let huge = section::Coeffs { b0: 3e38, ..section::Coeffs::<f32>::NEUTRAL };
    let e = Biquad::with_coeffs(&SETUP, &huge, vec![0.0; 4]).unwrap_err().to_string();
    assert!(e.starts_with("coefficient is 3"), "{e}");
}
