//! The harmony: an electric piano that strikes the chords and a pad that holds them.

use super::score::{self, CHORDS, STEP, chord_at, energy};
use super::track::Track;
use super::voice::{Saw, decay, filtered, gate, pitch, ring};
use dsp_core::filter::svf::Kind;
use dsp_core::signal::hash;
use dsp_core::units::SampleRate;

/// Adds the electric piano; low notes a little to the left, high ones to the right, as the player sits.
pub(super) fn play_piano(track: &mut Track) {
    let strokes: Vec<(usize, f64)> = score::strokes(|bar| bar.keys).collect();
    for (i, &(step, velocity)) in strokes.iter().enumerate() {
        let chord = chord_at(step);
        let end = chord.start + chord.length;
        // Held until the next stroke or the next chord; the last one rings.
        let next = strokes.get(i + 1).map_or(end + 8, |next| next.0.min(end));
        let length = (next - step) as f64 * STEP;
        let velocity = velocity * (0.75 + 0.25 * energy(step));
        for (voice, &key) in chord.voices.iter().enumerate() {
            let pan = -0.75 + 0.5 * voice as f64;
            track.add(step, 0.19 * velocity, pan, piano(track.rate, key, velocity, length));
        }
    }
}

/// Partials of the piano: multiple of the fundamental, level, seconds to fall by a factor of e. The fourth stands for
/// the bell of the tine and dies first.
const PARTIALS: [(f64, f64, f64); 6] =
    [(1.0, 0.8, 1.1), (2.0, 0.7, 0.65), (3.0, 0.45, 0.45), (4.0, 0.5, 0.34), (7.0, 0.45, 0.15), (14.0, 0.16, 0.05)];

fn piano(rate: SampleRate, key: u8, velocity: f64, length: f64) -> impl Iterator<Item = f64> {
    let frequency = pitch(key, 0.0);
    // Harder strokes are brighter, not only louder.
    let hardness = [1.0, velocity, velocity, velocity, velocity * velocity, velocity * velocity];
    let mut partials: [_; 6] = std::array::from_fn(|i| {
        let (multiple, level, fall) = PARTIALS[i];
        (level * hardness[i], ring(rate, multiple * frequency, fall))
    });
    gate(rate, 0.002, length, 0.09).map(move |gate| {
        let sum: f64 = partials.iter_mut().map(|(level, ring)| *level * ring.next().unwrap_or(0.0)).sum();
        sum * gate
    })
}

/// Adds the pad: every voice twice, a little flat on the left and a little sharp on the right.
pub(super) fn play_pad(track: &mut Track) {
    for chord in &CHORDS {
        let energy = energy(chord.start);
        let length = chord.length as f64 * STEP;
        for (voice, &key) in chord.voices.iter().enumerate() {
            for (cents, pan) in [(-6.0, -0.8), (6.0, 0.8)] {
                // Saws that start together would beat together; each starts elsewhere in its cycle.
                let seed = (chord.start * 16 + voice) as u32 * 2 + u32::from(pan > 0.0);
                let phase = f64::from(hash(seed)) / 4_294_967_296.0;
                let note = pad(track.rate, pitch(key, cents), phase, length, 2_000.0 + 4_000.0 * energy);
                track.add(chord.start, 0.095 + 0.035 * energy, pan, note);
            }
        }
    }
}

fn pad(rate: SampleRate, frequency: f64, phase: f64, length: f64, cutoff: f64) -> impl Iterator<Item = f64> {
    let mut saw = Saw::new(phase);
    let step = frequency / rate.hertz();
    let soft = filtered(rate, Kind::LowPass, cutoff, 0.7, std::iter::repeat_with(move || saw.run(step)));
    soft.zip(decay(rate, 3.0)).zip(gate(rate, 0.12, length, 0.35)).map(|((x, level), gate)| x * level * gate)
}
