use crate::{RATE, quiet, storage};
use dsp_core::layout::Layout;
use dsp_core::reverb::fdn;
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Seconds};

pub(crate) fn everything<S: Sample>() {
    let setup = fdn::Setup::new(RATE, Layout::STEREO);
    let params = fdn::Params { pre_delay: Seconds(0.01), diffusion: 0.5, ..fdn::Params::default() };
    let mut room = fdn::Fdn::<S, 16, _>::new(&setup, &params, storage(fdn::required_len::<16>(&setup))).unwrap();
    room.set(&fdn::Params { decay: Seconds(4.0), freeze: true, ..params }, Frames(900)).unwrap();
    quiet("reverb of 16 lines", &mut room);
    let mut room = fdn::Fdn::<S, 8, _>::new(&setup, &params, storage(fdn::required_len::<8>(&setup))).unwrap();
    quiet("reverb of 8 lines", &mut room);
}
