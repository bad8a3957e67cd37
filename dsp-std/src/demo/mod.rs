//! Twenty seconds of music to try things on when no file is at hand: a whole small song, mixed but not mastered.
//!
//! Drums, bass, electric piano, pad and a melody, synthesised from tables ([`mix`] reads no file, no clock and no random
//! source): an intro, a verse, a chorus and an ending that rings out into silence. It is meant to leave mastering
//! something to do.
//!
//! | measured at 48 kHz | |
//! |---|---|
//! | integrated loudness, range | -18.7 LUFS, 6.1 LU |
//! | sample peak, true peak | -4.6 dBFS, -4.5 dBTP |
//! | correlation, side to mid | 0.85, -11 dB |
//! | spectrum, 100 Hz to 4 kHz | -4.9 dB per octave (pink noise: -3); 2 dB too much at 85 Hz, 4 dB too little air |
//!
//! The bits are the same on every machine for a given rate: all is IEEE arithmetic in `f64` and the `libm` crate, one
//! thread, rounded to `f32` once at the end.
//!
//! ```
//! use dsp_core::units::SampleRate;
//! let song = dsp_std::demo::mix(SampleRate::VIDEO);
//! assert_eq!((song.len(), song[0].len()), (2, 20 * 48_000));
//! ```
//!
//! Not a synthesiser: instruments are as simple as the song allows, and nothing here is meant to be played by others.

mod bass;
mod desk;
mod drums;
mod keys;
mod lead;
mod score;
mod space;
mod track;
mod voice;

use dsp_core::units::SampleRate;
use track::Track;

/// Gain of the finished sum: sets the level named in the module documentation.
const LEVEL: f64 = 0.31;

/// The song: left and right, exactly 20 s at `rate`.
pub fn mix(rate: SampleRate) -> Vec<Vec<f32>> {
    let length = voice::frames(rate, score::LENGTH);
    let play = |part: fn(&mut Track)| {
        let mut track = Track::new(rate, length);
        part(&mut track);
        track
    };
    let (drums, lead) = (play(drums::play), play(lead::play));
    let (mut bass, mut pad, mut piano) = (play(bass::play), play(keys::play_pad), play(keys::play_piano));
    bass.scale(&desk::duck(rate, length, 0.45));
    pad.scale(&desk::duck(rate, length, 0.35));
    piano.scale(&desk::duck(rate, length, 0.15));
    let echo = space::echo(&lead);

    let mut send = Track::new(rate, length);
    for (track, gain) in [(&drums, 0.05), (&piano, 0.14), (&pad, 0.1), (&lead, 0.12), (&echo, 0.1)] {
        send.add_track(track, gain);
    }
    let mut sum = space::room(&send);
    for (track, gain) in [(&drums, 1.0), (&bass, 1.0), (&piano, 1.0), (&pad, 1.0), (&lead, 1.0), (&echo, 0.5)] {
        sum.add_track(track, gain);
    }
    desk::tone(&mut sum);
    desk::fade(&mut sum, 18.8, 19.8);
    sum.sides.into_iter().map(|side| side.into_iter().map(|x| (LEVEL * x) as f32).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FNV-1a over the bits, left side first.
    fn fingerprint(song: &[Vec<f32>]) -> u64 {
        let bytes = song.iter().flatten().flat_map(|x| x.to_bits().to_le_bytes());
        bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }

    fn power(x: &[f32]) -> f64 {
        x.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / x.len() as f64
    }

    #[test]
    fn the_bits_are_the_same_everywhere() {
        // The promise is "the same on every machine"; a change of the song on purpose changes these numbers.
        assert_eq!(fingerprint(&mix(SampleRate::VIDEO)), 0xBA7E_19A4_CF68_2915);
        assert_eq!(fingerprint(&mix(SampleRate::CD)), 0x4B5D_950C_8304_60BC);
    }

    #[test]
    fn it_is_an_honest_unmastered_mix() {
        for rate in [SampleRate::CD, SampleRate::VIDEO] {
            let song = mix(rate);
            let (left, right) = (&song[0], &song[1]);
            assert_eq!((song.len(), left.len(), right.len()), (2, 20 * rate.get() as usize, 20 * rate.get() as usize));
            let peak = song.iter().flatten().fold(0.0_f64, |peak, x| peak.max(f64::from(x.abs())));
            let peak = 20.0 * libm::log10(peak);
            assert!((-6.5..-2.5).contains(&peak), "{peak:.2} dBFS");
            for side in &song {
                assert!(side.iter().all(|x| x.is_finite()));
                let offset = side.iter().map(|x| f64::from(*x)).sum::<f64>() / side.len() as f64;
                assert!(offset.abs() < 1e-6, "{offset:e}");
            }
            let product = left.iter().zip(right).map(|(l, r)| f64::from(*l) * f64::from(*r)).sum::<f64>();
            let correlation = product / left.len() as f64 / libm::sqrt(power(left) * power(right));
            assert!((0.4..0.9).contains(&correlation), "{correlation:.2}");
        }
    }

    #[test]
    fn it_grows_and_ends_in_silence() {
        let song = mix(SampleRate::VIDEO);
        for side in &song {
            let bar = |n: usize| 10.0 * libm::log10(power(&side[n * 96_000..(n + 1) * 96_000]));
            assert!(bar(0) + 4.0 < bar(2) && bar(2) + 1.0 < bar(5), "{} {} {}", bar(0), bar(2), bar(5));
            assert!(side[19 * 48_000..].iter().any(|x| x.abs() > 0.01), "the last chord rings");
            assert!(side[950_400..].iter().all(|x| *x == 0.0));
        }
    }

    #[test]
    fn any_rate_will_do() {
        for rate in [8_000, 96_000] {
            let rate = SampleRate::new(rate).unwrap();
            let song = mix(rate);
            assert_eq!(song[0].len(), 20 * rate.get() as usize);
            assert!(song.iter().flatten().all(|x| x.is_finite() && x.abs() < 1.0));
        }
    }
}
