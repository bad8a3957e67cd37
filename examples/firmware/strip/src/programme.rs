//! Something to listen to: three tones and noise whose level changes every half second. Integers and single `f32`
//! products only, so that it costs a microcontroller little and is the same everywhere.

use crate::{BLOCK, CHANNELS};
use dsp_core::signal::hash;

/// Frames per level.
const STEP: u32 = 24_000;
/// Levels of the half seconds: from below the gate of the meter to well above the ceiling.
const LEVELS: [f32; 12] = [0.1, 0.5, 1.0, 0.3, 2.0, 0.05, 0.7, 1.5, 0.000_05, 0.2, 0.9, 0.4];
/// Turns per frame of the tones in 2^-32: 110 Hz, 997 Hz and 6 kHz at 48 kHz.
const TONES: [u32; 3] = [9_842_633, 89_210_043, 536_870_912];

/// Parabolas in place of a sine: period 2^32, from -1 to 1.
fn wave(phase: u32) -> f32 {
    let x = phase.cast_signed() as f32 * (1.0 / 2_147_483_648.0);
    4.0 * x * (1.0 - x.abs())
}

/// Frames `at` and following of both channels.
pub(crate) fn fill(at: u64, planes: &mut [[f32; BLOCK]; CHANNELS]) {
    let [left, right] = planes;
    for (i, (l, r)) in left.iter_mut().zip(right).enumerate() {
        let n = at as u32 + i as u32;
        let level = LEVELS[(n / STEP) as usize % LEVELS.len()];
        let [low, middle, high] = TONES.map(|step| wave(n.wrapping_mul(step)));
        let noise = |seed: u32| hash(n ^ seed).cast_signed() as f32 * (1.0 / 2_147_483_648.0);
        *l = level * (0.4 * low + 0.2 * middle + 0.1 * noise(0));
        *r = level * (0.4 * low + 0.1 * high + 0.2 * noise(0x8000_0000));
    }
}
