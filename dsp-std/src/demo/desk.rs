//! The mixing desk: what ducks under the bass drum, the tone of the whole, the end.

use super::score::{self, STEP};
use super::track::Track;
use super::voice::frames;
use dsp_core::filter::svf::{Coeffs, Kind, Params};
use dsp_core::units::{Decibels, Hertz, Q, SampleRate};

/// Gains, one per frame, that make room for the bass drum: down by `depth` (0 to 1) within some milliseconds of a
/// stroke, back in about a fifth of a second.
pub(super) fn duck(rate: SampleRate, length: usize, depth: f64) -> Vec<f64> {
    let mut strokes =
        score::strokes(|bar| bar.kick).map(|(step, velocity)| (frames(rate, step as f64 * STEP), velocity)).peekable();
    let back = libm::exp(-1.0 / (0.11 * rate.hertz()));
    let down = 1.0 - libm::exp(-1.0 / (0.006 * rate.hertz()));
    let (mut push, mut smooth) = (0.0_f64, 0.0);
    (0..length)
        .map(|n| {
            if let Some((_, velocity)) = strokes.next_if(|stroke| stroke.0 == n) {
                push = push.max(velocity);
            }
            push *= back;
            smooth += down * (push - smooth);
            1.0 - depth * smooth
        })
        .collect()
}

/// The tone of a mix nobody has mastered: nothing below 24 Hz, some boom, little air.
pub(super) fn tone(track: &mut Track) {
    for (kind, frequency, gain) in
        [(Kind::HighPass, 24.0, 0.0), (Kind::Bell, 85.0, 2.0), (Kind::HighShelf, 5_500.0, -4.0)]
    {
        let frequency = Hertz(f64::min(frequency, 0.45 * track.rate.hertz()));
        let params = Params { kind, frequency, gain: Decibels(gain), q: Q(0.7) };
        let coeffs = Coeffs::<f64>::design(track.rate, &params).expect("the bands are in range");
        for side in &mut track.sides {
            let mut state = [0.0; 2];
            for x in side.iter_mut() {
                *x = coeffs.run(&mut state, *x);
            }
        }
    }
}

/// Lets the song fade from `from` to `to` seconds; digital silence afterwards.
pub(super) fn fade(track: &mut Track, from: f64, to: f64) {
    let (from, to) = (frames(track.rate, from), frames(track.rate, to));
    for side in &mut track.sides {
        for (n, x) in side[from..].iter_mut().enumerate() {
            let rest = (1.0 - n as f64 / (to - from) as f64).max(0.0);
            *x *= rest * rest * (3.0 - 2.0 * rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bass_drum_makes_room_and_gives_it_back() {
        let gains = duck(SampleRate::VIDEO, 960_000, 0.45);
        // The first stroke is on the third bar, at 4 s; the next follows a second later.
        assert!(gains[..192_000].iter().all(|gain| *gain == 1.0));
        let lowest = gains[192_000..192_960].iter().fold(1.0, |a: f64, b| a.min(*b));
        assert!((0.55..0.65).contains(&lowest), "{lowest}");
        assert!(gains[220_800] > 0.95, "{}", gains[220_800]);
    }

    #[test]
    fn after_the_fade_is_nothing() {
        let mut track = Track::new(SampleRate::VIDEO, 48_000);
        track.add(0, 1.0, 0.0, std::iter::repeat(1.0));
        fade(&mut track, 0.5, 0.75);
        let side = &track.sides[0];
        assert!(side[24_000] > 0.7 && side[36_000..].iter().all(|x| *x == 0.0));
        assert!(side[24_000..].windows(2).all(|pair| pair[0] >= pair[1] && pair[0] - pair[1] < 1e-3));
    }
}
