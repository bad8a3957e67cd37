//! Which channels take which of the two phases of an oscillator.

use crate::error::Error;
use crate::layout::Layout;
use crate::modulation::lfo::Lfo;
use crate::process::CHUNK;
use crate::sample::Sample;

/// Channels that are the right one of a pair, as bits. All others take the phase of the left side.
pub(super) fn rights(layout: &Layout) -> u32 {
    layout.pairs().fold(0, |bits, (_, right)| bits | 1 << right)
}

/// The phase of the right side in turns, from degrees.
pub(super) fn turns(degrees: f64) -> Result<f64, Error> {
    Error::check("phase", degrees, 0.0, 360.0, "degrees")?;
    Ok(degrees / 360.0)
}

/// Oscillator values of left and right for the next frames; `offset` is the phase of the right side, frame by frame.
#[inline(always)]
pub(super) fn fill<S: Sample>(lfo: &Lfo<S>, offsets: &[S], values: &mut [[S; CHUNK]; 2]) {
    let frames = offsets.len();
    let [left, right] = values;
    lfo.fill(S::ZERO, &mut left[..frames]);
    let first = offsets.first().copied().unwrap_or_default();
    if offsets.iter().any(|o| *o != first) {
        lfo.fill_at(offsets, &mut right[..frames]);
    } else if first == S::ZERO {
        *right = *left;
    } else {
        lfo.fill(first, &mut right[..frames]);
    }
}
