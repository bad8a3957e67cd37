//! The melody: a hollow synthesiser voice with late vibrato.

use super::score::{MELODY, STEP, energy};
use super::track::Track;
use super::voice::{Saw, Sweep, decay, gate, pitch};
use dsp_core::units::SampleRate;
use std::f64::consts::TAU;

/// Adds the melody.
pub(super) fn play(track: &mut Track) {
    for note in &MELODY {
        let energy = energy(note.start);
        let length = note.length as f64 * STEP - 0.02;
        track.add(note.start, 0.15 + 0.12 * energy, 0.08, voice(track.rate, note.key, length, energy));
    }
}

/// Vibrato: 5.4 Hz, up to 14 cents either way (0.8 % of the frequency), coming in after a fifth of a second, as singers
/// and string players do it.
const VIBRATO: (f64, f64, f64) = (5.4, 0.0081, 0.2);

/// Two saws, one of them inverted and half a cycle late: a square. Some of the saw remains, so even harmonics are there.
fn voice(rate: SampleRate, key: u8, length: f64, energy: f64) -> impl Iterator<Item = f64> {
    let frequency = pitch(key, 0.0);
    let (mut saw, mut late) = (Saw::new(0.5), Saw::new(0.0));
    let mut filter = Sweep::new(rate, 0.9);
    let (speed, depth, delay) = VIBRATO;
    let shape = decay(rate, 0.18).zip(decay(rate, 1.5)).zip(gate(rate, 0.012, length, 0.06));
    shape.enumerate().map(move |(n, ((bright, level), gate))| {
        let t = n as f64 / rate.hertz();
        let amount = ((t - delay) / 0.25).clamp(0.0, 1.0);
        let bend = if amount > 0.0 { depth * amount * libm::sin(TAU * speed * (t - delay)) } else { 0.0 };
        let step = frequency * (1.0 + bend) / rate.hertz();
        let wave = saw.run(step) - 0.5 * late.run(step);
        let cutoff = 3_200.0 + 3_000.0 * energy + 4_000.0 * energy * bright;
        filter.run(wave, cutoff) * level * gate
    })
}
