//! What surrounds the instruments: an echo in time with the song and a small room.

use super::score::STEP;
use super::track::Track;
use super::voice::frames;

/// The track as it comes back from a ping-pong echo: three steps later on the left, three more on the right, and so on,
/// duller and 9 dB softer with each round.
pub(super) fn echo(source: &Track) -> Track {
    let length = source.sides[0].len();
    let mut out = Track::new(source.rate, length);
    let late = frames(source.rate, 3.0 * STEP);
    let dull = one_pole(source.rate.hertz(), 3_500.0);
    let mut low = [0.0; 2];
    let [left, right] = &mut out.sides;
    for n in late..length {
        let dry = 0.5 * (source.sides[0][n - late] + source.sides[1][n - late]);
        low[0] += dull * (dry + 0.36 * right[n - late] - low[0]);
        low[1] += dull * (left[n - late] - low[1]);
        (left[n], right[n]) = (low[0], 0.6 * low[1]);
    }
    out
}

/// Lengths of the room's four delays in milliseconds: those usually given for the combs of Schroeder, "Natural
/// sounding artificial reverberation" (JAES 10, 1962), which have no common divisor.
const ROOM: [f64; 4] = [29.7, 37.1, 41.1, 43.7];
/// Seconds in which the room falls by 60 dB.
const ROOM_TIME: f64 = 0.8;

/// The track as it comes back from a small room: four delays that feed each other through a Hadamard matrix, two heard
/// on each side.
pub(super) fn room(source: &Track) -> Track {
    let rate = source.rate.hertz();
    let mut out = Track::new(source.rate, source.sides[0].len());
    let mut lines = ROOM.map(|ms| vec![0.0_f64; frames(source.rate, ms / 1000.0)]);
    // -60 dB in ROOM_TIME; the matrix itself (1/2 of +-1) keeps the energy.
    let gains = ROOM.map(|ms| 0.5 * libm::exp10(-3.0 * ms / 1000.0 / ROOM_TIME));
    let dull = one_pole(rate, 5_000.0);
    let (mut low, mut at) = ([0.0_f64; 4], [0_usize; 4]);
    let [left, right] = &mut out.sides;
    for (n, (left, right)) in left.iter_mut().zip(right).enumerate() {
        let heard: [f64; 4] = std::array::from_fn(|i| lines[i][at[i]]);
        for (low, (heard, gain)) in low.iter_mut().zip(heard.iter().zip(gains)) {
            *low += dull * (heard * gain - *low);
        }
        let [a, b, c, d] = low;
        let back = [a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d];
        for i in 0..4 {
            lines[i][at[i]] = back[i] + source.sides[i % 2][n];
            at[i] = if at[i] + 1 == lines[i].len() { 0 } else { at[i] + 1 };
        }
        (*left, *right) = (heard[0] + heard[2], heard[1] + heard[3]);
    }
    out
}

/// Coefficient of a one-pole low-pass.
fn one_pole(rate: f64, cutoff: f64) -> f64 {
    1.0 - libm::exp(-std::f64::consts::TAU * cutoff / rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp_core::units::SampleRate;

    fn clap() -> Track {
        let mut track = Track::new(SampleRate::VIDEO, 96_000);
        track.add(0, 1.0, 0.0, std::iter::once(1.0));
        track
    }

    fn energy(x: &[f64]) -> f64 {
        x.iter().map(|v| v * v).sum()
    }

    #[test]
    fn the_echo_alternates_sides() {
        let out = echo(&clap());
        assert!(out.sides[0][..18_000].iter().all(|x| *x == 0.0) && out.sides[0][18_000] > 0.0);
        assert!(out.sides[1][..36_000].iter().all(|x| *x == 0.0) && out.sides[1][36_000] > 0.0);
    }

    #[test]
    fn the_room_dies_as_fast_as_it_says() {
        let out = room(&clap());
        for side in &out.sides {
            let fall = 10.0 * libm::log10(energy(&side[38_400..48_000]) / energy(&side[..9_600]));
            assert!((-75.0..-55.0).contains(&fall), "{fall}");
        }
    }
}
