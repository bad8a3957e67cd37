//! The drum kit: bass drum, snare, hi-hats, crash and three toms, from sines and noise.
//!
//! Seen from the audience: hi-hat to the right, crash to the left, toms across, the rest in the middle.

use super::score::{self, STEP};
use super::track::Track;
use super::voice::{decay, filtered, gate, noise, ring};
use dsp_core::filter::svf::Kind;
use dsp_core::units::SampleRate;
use std::f64::consts::TAU;

/// Adds the whole kit.
pub(super) fn play(track: &mut Track) {
    let rate = track.rate;
    for (step, velocity) in score::strokes(|bar| bar.kick) {
        track.add(step, 0.95 * velocity, 0.0, kick(rate, step as u32));
    }
    for (step, velocity) in score::strokes(|bar| bar.snare) {
        track.add(step, 0.8 * velocity * velocity, -0.05, snare(rate, step as u32));
    }
    for (step, velocity) in score::strokes(|bar| bar.closed) {
        track.add(step, 1.2 * velocity * velocity, 0.45, hat(rate, step as u32, 0.03, 0.12));
    }
    for (step, velocity) in score::strokes(|bar| bar.open) {
        // Two steps later the next bar begins with a closed stroke or a crash: the foot comes down.
        track.add(step, 1.0 * velocity * velocity, 0.45, hat(rate, step as u32, 0.22, 2.0 * STEP));
    }
    for (step, velocity) in score::strokes(|bar| bar.crash) {
        // The same stroke heard from two sides: two noises, one on each.
        track.add(step, 0.5 * velocity, -0.7, crash(rate, step as u32));
        track.add(step, 0.36 * velocity, 0.5, crash(rate, step as u32 + 1000));
    }
    for (step, velocity) in score::strokes(|bar| bar.toms) {
        let (frequency, pan) = match velocity {
            v if v > 0.7 => (165.0, 0.35),
            v if v > 0.4 => (124.0, 0.0),
            _ => (92.0, -0.35),
        };
        track.add(step, 0.6, pan, tom(rate, frequency, step as u32));
    }
}

/// A sine whose pitch falls from `top` above `base` with the time constant `fall`: a drum skin that is hit and relaxes.
fn skin(rate: SampleRate, base: f64, top: f64, fall: f64) -> impl Iterator<Item = f64> {
    let mut cycles = 0.0;
    decay(rate, fall).map(move |bend| {
        let now = libm::sin(TAU * cycles);
        cycles += (base + top * bend) / rate.hertz();
        cycles -= libm::floor(cycles);
        now
    })
}

fn kick(rate: SampleRate, seed: u32) -> impl Iterator<Item = f64> {
    let body = skin(rate, 49.0, 150.0, 0.022).zip(decay(rate, 0.14));
    let beater = filtered(rate, Kind::BandPass, 2_600.0, 0.8, noise(seed)).zip(decay(rate, 0.006));
    let shape = gate(rate, 0.0008, 0.3, 0.15);
    body.zip(beater)
        .zip(shape)
        .map(|(((skin, level), (noise, click)), gate)| (skin * level + 0.6 * noise * click) * gate)
}

fn snare(rate: SampleRate, seed: u32) -> impl Iterator<Item = f64> {
    let body = ring(rate, 186.0, 0.055).zip(ring(rate, 331.0, 0.04));
    let wires = filtered(rate, Kind::HighPass, 1_100.0, 0.7, noise(seed));
    let wires = filtered(rate, Kind::LowPass, 4_800.0, 0.9, wires).zip(decay(rate, 0.075));
    let shape = gate(rate, 0.0008, 0.25, 0.12);
    body.zip(wires)
        .zip(shape)
        .map(|(((low, high), (noise, level)), gate)| (0.7 * low + 0.4 * high + 1.75 * noise * level) * gate)
}

fn hat(rate: SampleRate, seed: u32, ring: f64, length: f64) -> impl Iterator<Item = f64> {
    let metal = filtered(rate, Kind::HighPass, 4_800.0, 0.8, noise(seed.wrapping_add(500)));
    let metal = filtered(rate, Kind::LowPass, 11_000.0, 0.7, metal);
    metal
        .zip(decay(rate, ring))
        .zip(gate(rate, 0.0006, length, 0.03))
        .map(|((noise, level), gate)| noise * level * gate)
}

fn crash(rate: SampleRate, seed: u32) -> impl Iterator<Item = f64> {
    let bright = filtered(rate, Kind::BandPass, 4_800.0, 0.7, noise(seed.wrapping_add(700))).zip(decay(rate, 0.45));
    // The lower part of the cymbal speaks later and rings longer.
    let dark = filtered(rate, Kind::BandPass, 2_100.0, 0.6, noise(seed.wrapping_add(900))).zip(decay(rate, 0.65));
    let swell = gate(rate, 0.03, 1.6, 0.4);
    bright
        .zip(dark)
        .zip(gate(rate, 0.001, 1.6, 0.4))
        .zip(swell)
        .map(|((((b, bl), (d, dl)), gate), swell)| b * bl * gate + 0.35 * d * dl * swell)
}

fn tom(rate: SampleRate, frequency: f64, seed: u32) -> impl Iterator<Item = f64> {
    let body = skin(rate, frequency, 0.5 * frequency, 0.03).zip(decay(rate, 0.13));
    let stick = filtered(rate, Kind::BandPass, 1_800.0, 0.7, noise(seed)).zip(decay(rate, 0.012));
    body.zip(stick)
        .zip(gate(rate, 0.001, 0.3, 0.15))
        .map(|(((skin, level), (noise, click)), gate)| (skin * level + 0.3 * noise * click) * gate)
}
