//! Fader and stereo tools.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::filter::{equalizer, svf};
use dsp_core::gain;
use dsp_core::layout::Layout;
use dsp_core::process::Tune;
use dsp_core::sample::Sample;
use dsp_core::stereo::{
    balance, bands, bass_mono, dual_pan, frequency_pan, mid_side, mid_side_equalizer, mid_side_gain, pan, rotation,
    widener,
};
use dsp_core::units::{Decibels, Degrees, Frames, Pan};

const LAYOUT: Layout = Layout::STEREO;
const BANDED: bass_mono::Setup = bass_mono::Setup { rate: RATE, layout: LAYOUT };

/// Sets `processor` on its way without allocating, then runs it.
macro_rules! moved {
    ($name:literal, $processor:expr, $to:expr) => {{
        let mut p = $processor.unwrap();
        assert_no_alloc(|| p.set(&$to, Frames(500)).unwrap());
        quiet($name, &mut p);
    }};
}

pub(crate) fn everything<S: Sample>() {
    let setup = gain::Setup { channels: 2 };
    let mut p = gain::Gain::<S>::new(&setup, &gain::Params::default()).unwrap();
    let down = gain::Params { gain: Decibels(-9.0), ..gain::Params::default() };
    assert_no_alloc(|| {
        p.follow(&gain::Coeffs::design(&setup, &down).unwrap(), Frames(900));
        p.tune(&gain::Coeffs::design(&setup, &down).unwrap(), Frames(900));
        p.follow(&gain::Coeffs::design(&setup, &gain::Params::default()).unwrap(), Frames(900));
    });
    quiet("fader", &mut p);

    let pan = pan::Params::default();
    for law in pan::Law::ALL {
        moved!("pan", pan::Pan::<S>::new(&pan::Setup { law }, &pan), pan::Params { position: Pan(0.7) });
        let setup = dual_pan::Setup { layout: LAYOUT, law };
        let to = dual_pan::Params::placed(Pan(0.3), 0.4);
        moved!("dual pan", dual_pan::DualPan::<S>::new(&setup, &dual_pan::Params::default()), to);
        let setup = frequency_pan::Setup { rate: RATE, law };
        let to = frequency_pan::Params { high: Pan(0.8), ..frequency_pan::Params::default() };
        moved!("frequency pan", frequency_pan::FrequencyPan::<S>::new(&setup, &frequency_pan::Params::default()), to);
    }
    let setup = balance::Setup { layout: LAYOUT };
    let to = balance::Params { position: Pan(-0.5) };
    moved!("balance", balance::Balance::<S>::new(&setup, &balance::Params::default()), to);
    let setup = rotation::Setup { layout: LAYOUT };
    let to = rotation::Params { angle: Degrees(20.0) };
    moved!("rotation", rotation::Rotation::<S>::new(&setup, &rotation::Params::default()), to);
    for direction in [mid_side::Direction::Encode, mid_side::Direction::Decode] {
        quiet::<S>("mid/side", &mut mid_side::MidSide::new(&mid_side::Setup { layout: LAYOUT, direction }));
    }
    let setup = mid_side_gain::Setup { layout: LAYOUT };
    let to = mid_side_gain::Params { middle: Decibels(2.0), side: Decibels(-3.0) };
    moved!("mid/side gain", mid_side_gain::MidSideGain::<S>::new(&setup, &mid_side_gain::Params::default()), to);

    let s = storage(bass_mono::required_len(&BANDED));
    let to = bass_mono::Params { width: 0.5, ..bass_mono::Params::default() };
    moved!("bass mono", bass_mono::BassMono::<S, _>::new(&BANDED, &bass_mono::Params::default(), s), to);
    let s = storage(bands::required_len(&BANDED));
    let to = bands::Params { widths: [0.0, 1.0, 1.5, 2.0], ..bands::Params::default() };
    moved!("bands", bands::Bands::<S, _>::new(&BANDED, &bands::Params::default(), s), to);
    let s = storage(widener::required_len(&BANDED));
    let to = widener::Params { amount: 1.0, ..widener::Params::default() };
    moved!("widener", widener::Widener::<S, _>::new(&BANDED, &widener::Params::default(), s), to);
    let len = mid_side_equalizer::required_len(&BANDED);
    let bands = [svf::Params { gain: Decibels(3.0), ..svf::Params::default() }; 3];
    let side = equalizer::Params::from_bands(&bands).unwrap();
    let params = mid_side_equalizer::Params { side, ..mid_side_equalizer::Params::default() };
    let p = mid_side_equalizer::MidSideEqualizer::<S, _>::new(&BANDED, &params, [storage(len), storage(len)]);
    moved!("mid/side equaliser", p, mid_side_equalizer::Params::default());
}
