//! How a room, or a reverb, dies away: decay curves and reverberation times per octave, from an impulse response.
//!
//! The response is split into octaves, squared, and summed from the end (Schroeder): `E(t)` is all energy that comes after
//! `t`, in dB below the whole. A straight line through -5 to -35 dB, made longer to -60 dB, gives T60 (ISO 3382-1: T30).
//!
//! The octaves are cut by fourth-order Linkwitz-Riley edges that run backwards in time, so that their own ringing falls on
//! the side where nothing is read. What is left is chance: at 63 Hz there are few waves to average, and one second of ideal
//! noise reads some per cent wrong.
//!
//! Not for recordings with a noise floor closer than 45 dB: their line bends before it is read.
//!
//! Source: Schroeder, "New method of measuring reverberation time" (JASA 37, 1965); backward filtering: Jacobsen and Rindel,
//! "Time reversed decay measurements" (J. Sound Vib. 117, 1987).

use crate::audio::Audio;
use dsp_core::block::Block;
use dsp_core::error::Error;
use dsp_core::filter::{equalizer, svf};
use dsp_core::process::Process;
use dsp_core::reverb::fdn::OCTAVES;
use dsp_core::units::{Hertz, Seconds};

/// Time between two points of a curve.
pub const STEP: Seconds = Seconds(0.01);

/// Where the line is laid, dB.
const LINE: std::ops::RangeInclusive<f64> = -35.0..=-5.0;

/// One octave.
#[derive(Debug, Clone, PartialEq)]
pub struct Octave {
    /// Its centre.
    pub centre: Hertz,
    /// Energy still to come, dB below the whole, every [`STEP`]; ends with the response.
    pub curve: Vec<f64>,
    /// Time of a decay by 60 dB; `None` where the response ends before the line does.
    pub t60: Option<Seconds>,
}

/// The octaves of an impulse response that its rate can hold, lowest first; channels are summed as energies.
///
/// # Errors
/// More channels than 24 (never, for an [`Audio`]).
pub fn octaves(response: &Audio) -> Result<Vec<Octave>, Error> {
    let top = 0.49 * response.rate().hertz();
    let held = OCTAVES.into_iter().filter(|centre| centre * std::f64::consts::SQRT_2 <= top);
    held.map(|centre| octave(response, Hertz(centre))).collect()
}

fn octave(response: &Audio, centre: Hertz) -> Result<Octave, Error> {
    let (rate, step) = (response.rate(), STEP.frames(response.rate()).get() as usize);
    let edge = |kind, ratio: f64| svf::Params { kind, frequency: Hertz(centre.0 * ratio), ..svf::Params::default() };
    let half = std::f64::consts::SQRT_2;
    let (low, high) = (edge(svf::Kind::HighPass, 1.0 / half), edge(svf::Kind::LowPass, half));
    let bands = equalizer::Params::<4>::from_bands(&[low, low, high, high])?;
    let setup = equalizer::Setup { rate, channels: 1 };
    let mut sums = vec![0.0; response.frames().div_ceil(step)];
    for plane in response.planes() {
        let mut band: Vec<f64> = plane.iter().rev().map(|v| f64::from(*v)).collect();
        let storage = vec![0.0; equalizer::required_len(&setup, 4)];
        equalizer::Equalizer::<f64, 4, _>::new(&setup, &bands, storage)?.process(&mut Block::new(&mut [&mut band[..]]));
        band.reverse();
        for (sum, piece) in sums.iter_mut().zip(band.chunks(step)) {
            *sum += piece.iter().map(|v| v * v).sum::<f64>();
        }
    }
    let mut rest = 0.0;
    for sum in sums.iter_mut().rev() {
        rest += *sum;
        *sum = rest;
    }
    let whole = rest;
    let curve: Vec<f64> = sums.iter().map(|e| 10.0 * libm::log10(e / whole)).take_while(|db| db.is_finite()).collect();
    let t60 = slope(&curve).map(|per_step| Seconds(-60.0 / per_step * STEP.0));
    Ok(Octave { centre, curve, t60 })
}

/// dB per step of the least-squares line; `None` when the curve does not go that deep.
fn slope(curve: &[f64]) -> Option<f64> {
    // The curve of a response that was cut off falls away at its very end, however little it had decayed.
    let inside = &curve[..curve.len() * 9 / 10];
    if inside.last().is_none_or(|last| last > LINE.start()) {
        return None;
    }
    let points = inside.iter().enumerate().filter(|(_, db)| LINE.contains(db)).map(|(i, db)| (i as f64, *db));
    let (n, x, y, xx, xy) = points.fold((0.0, 0.0, 0.0, 0.0, 0.0), |(n, x, y, xx, xy), (i, db)| {
        (n + 1.0, x + i, y + db, xx + i * i, xy + i * db)
    });
    let slope = (n * xy - x * y) / (n * xx - x * x);
    (n >= 2.0 && slope < 0.0).then_some(slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp_core::layout::Layout;
    use dsp_core::signal;
    use dsp_core::units::SampleRate;

    fn noise(t60: f64, seconds: f64) -> Audio {
        let plane = |seed| {
            let fall = libm::exp(-6.907_755 / (t60 * 48_000.0));
            let envelope = std::iter::successors(Some(1.0), |v| Some(v * fall));
            let noise = signal::white::<f64>(seed, 0.5).zip(envelope).map(|(v, e)| (v * e) as f32);
            noise.take((seconds * 48_000.0) as usize).collect()
        };
        Audio::new(SampleRate::VIDEO, Layout::STEREO, vec![plane(1), plane(2)]).unwrap()
    }

    #[test]
    fn noise_that_decays_reads_its_time() {
        for t60 in [0.4, 1.5] {
            for octave in octaves(&noise(t60, 1.5 * t60)).unwrap() {
                let read = octave.t60.unwrap().0;
                let within = if octave.centre.0 < 400.0 { 0.12 } else { 0.05 };
                assert!((read / t60 - 1.0).abs() < within, "{:?}: {read} for {t60}", octave.centre);
                assert!(octave.curve[0] == 0.0 && octave.curve.is_sorted_by(|a, b| a >= b));
            }
        }
    }

    #[test]
    fn what_ends_too_early_has_no_time() {
        assert!(octaves(&noise(2.0, 0.9)).unwrap().iter().all(|o| o.t60.is_none()));
        let silence = Audio::silence(SampleRate::new(8_000).unwrap(), Layout::MONO, 800);
        let bands = octaves(&silence).unwrap();
        assert_eq!(bands.len(), 6, "8 kHz holds 63 Hz to 2 kHz");
        assert!(bands.iter().all(|o| o.t60.is_none() && o.curve.is_empty()));
        assert!(octaves(&Audio::silence(SampleRate::CD, Layout::MONO, 0)).unwrap()[0].t60.is_none());
    }
}
