//! The listener's head of the `binaural` device: built once per rate and sample type and kept as long as the program runs.

use super::Error;
use dsp_core::sample::Sample;
use dsp_core::surround::binaural::hrir::{HrirSet, Point};
use dsp_core::surround::binaural::sphere::{POINTS, RADIUS, build, required_len};
use dsp_core::units::SampleRate;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

type Heads = HashMap<(SampleRate, TypeId), Box<dyn Any + Send>>;

static HEADS: Mutex<Option<Heads>> = Mutex::new(None);

/// The responses of a spherical head at `rate`.
pub(super) fn at<S: Sample>(rate: SampleRate) -> Result<HrirSet<'static, S>, Error> {
    let mut heads = HEADS.lock().unwrap_or_else(PoisonError::into_inner);
    let heads = heads.get_or_insert_default();
    let key = (rate, TypeId::of::<S>());
    if let Some(set) = heads.get(&key).and_then(|any| any.downcast_ref::<HrirSet<'static, S>>()) {
        return Ok(*set);
    }
    // 64 taps are enough at 48 kHz.
    let taps = (rate.get() as usize * 64).div_ceil(48_000).clamp(16, 1024);
    let points: Box<[Point<S>]> = vec![Point::default(); POINTS].into();
    let responses: Box<[S]> = vec![S::ZERO; required_len(taps)].into();
    let set = build(rate, RADIUS, taps, Box::leak(points), Box::leak(responses))?;
    heads.insert(key, Box::new(set));
    Ok(set)
}
