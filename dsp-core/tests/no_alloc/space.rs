//! Plates, rooms and what shapes them.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::reverb::early::{shoebox, velvet};
use dsp_core::reverb::{ducked, gated, plate};
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, Seconds};

pub(crate) fn everything<S: Sample>() {
    let over = Frames(500);
    let (setup, params) = (plate::Setup::new(RATE), plate::Params::default());
    let mut p = plate::Plate::<S, _>::new(&setup, &params, storage(plate::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&plate::Params { freeze: true, ..params }, over).unwrap());
    quiet("plate", &mut p);
    let (setup, params) = (velvet::Setup::new(RATE), velvet::Params::default());
    let mut p = velvet::Velvet::<S, _>::new(&setup, &params, storage(velvet::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&velvet::Params { duration: Seconds(0.1), ..params }, over).unwrap());
    quiet("velvet noise", &mut p);
    let (around, settings) = (gated::Setup::new(RATE), gated::Params::default());
    let mut p = gated::Gated::<S, _, _>::new(&around, &settings, p, storage(gated::required_len(&around))).unwrap();
    assert_no_alloc(|| p.set(&gated::Params { hold: Seconds(0.1), ..settings }, over).unwrap());
    quiet("gated", &mut p);
    let (setup, params) = (shoebox::Setup::new(RATE), shoebox::Params::default());
    let mut p = shoebox::Shoebox::<S, _>::new(&setup, &params, storage(shoebox::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&shoebox::Params { size: [9.0, 12.0, 4.0], ..params }, over).unwrap());
    quiet("shoebox room", &mut p);
    let (around, settings) = (ducked::Setup::new(RATE), ducked::Params::default());
    let mut p = ducked::Ducked::<S, _, _>::new(&around, &settings, p, storage(ducked::required_len(&around))).unwrap();
    assert_no_alloc(|| p.set(&ducked::Params { attack: Seconds(0.1), ..settings }, over).unwrap());
    quiet("ducked", &mut p);
}
