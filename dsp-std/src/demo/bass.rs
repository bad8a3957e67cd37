//! The bass: a filtered saw with a triangle-like foundation, one note at a time, following the chords.

use super::score::{BAR, BARS, STEP, chord_at, energy};
use super::track::Track;
use super::voice::{Saw, Sweep, decay, gate, pitch};
use dsp_core::units::SampleRate;
use std::f64::consts::TAU;

/// Adds the bass line.
pub(super) fn play(track: &mut Track) {
    for (bar, line) in BARS.iter().enumerate() {
        let row = line.bass.as_bytes();
        for (step, mark) in row.iter().enumerate() {
            let interval = match mark {
                b'r' => 0,
                b'5' => 7,
                b'8' => 12,
                _ => continue,
            };
            let held = row[step + 1..].iter().take_while(|mark| **mark == b'-').count();
            let start = bar * BAR + step;
            let key = chord_at(start).root + interval;
            let accent = if step % 4 == 0 { 1.0 } else { 0.85 };
            // Slightly short of the next note, as fingers are.
            let length = (held + 1) as f64 * STEP - 0.025;
            let level = accent * (0.6 + 0.4 * energy(start));
            track.add(start, 0.34 * level, 0.0, note(track.rate, key, length, energy(start)));
        }
    }
}

/// A plucked note: the filter opens with the pluck and closes to a few harmonics.
fn note(rate: SampleRate, key: u8, length: f64, energy: f64) -> impl Iterator<Item = f64> {
    let frequency = pitch(key, 0.0);
    let step = frequency / rate.hertz();
    let (mut saw, mut filter) = (Saw::new(0.5), Sweep::new(rate, 1.1));
    let mut cycles = 0.0;
    let pluck = decay(rate, 0.09).zip(decay(rate, 1.2));
    pluck.zip(gate(rate, 0.004, length, 0.02)).map(move |((bright, level), gate)| {
        let foundation = libm::sin(TAU * cycles);
        cycles += step;
        cycles -= libm::floor(cycles);
        let cutoff = 4.0 * frequency + 700.0 + (1_200.0 + 3_000.0 * energy) * bright;
        (0.75 * filter.run(saw.run(step), cutoff) + 0.6 * foundation) * level * gate
    })
}
