//! Plates, rooms and what shapes them.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::reverb::plate;
use dsp_core::sample::Sample;
use dsp_core::units::Frames;

pub(crate) fn everything<S: Sample>() {
    let over = Frames(500);
    let (setup, params) = (plate::Setup::new(RATE), plate::Params::default());
    let mut p = plate::Plate::<S, _>::new(&setup, &params, storage(plate::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&plate::Params { freeze: true, ..params }, over).unwrap());
    quiet("plate", &mut p);
}
