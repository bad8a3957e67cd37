//! A channel strip as a small device would run it: equaliser, compressor, limiter and loudness meter over blocks of 48
//! frames, in memory that is known before it starts.
//!
//! [`run`] plays a programme of its own through the strip and reports a checksum over every sample that came out and
//! every number the meters gave. A host and a Cortex-M4F must report the same.
#![no_std]
#![forbid(unsafe_code)]

mod checksum;
mod programme;
mod report;

use checksum::Checksum;
use dsp_core::block::Block;
use dsp_core::dynamics::{compressor, limiter};
use dsp_core::error::Error;
use dsp_core::filter::{equalizer, svf};
use dsp_core::layout::Layout;
use dsp_core::meter::loudness;
use dsp_core::process::Process;
use dsp_core::units::{Decibels, Frames, Hertz, Q, SampleRate, Seconds};

pub use report::Report;

/// Sample rate.
pub const RATE: SampleRate = SampleRate::VIDEO;
/// Frames per block: a millisecond.
pub const BLOCK: usize = 48;
/// Length of the programme in frames: 12 seconds.
pub const FRAMES: u64 = 12 * 48_000;

const CHANNELS: usize = 2;
const BANDS: usize = 4;
/// Taps of the true-peak meter: 4 more than BS.1770-5 asks for.
const TAPS: usize = 16;
/// Frame at which the equaliser begins to move, and for how long it does.
const MOVE: (u64, Frames) = (FRAMES / 2, Frames(2_400));

const EQUALIZER: equalizer::Setup = equalizer::Setup { rate: RATE, channels: CHANNELS };
const COMPRESSOR: compressor::Setup =
    compressor::Setup { rate: RATE, layout: Layout::STEREO, look_ahead: Seconds(0.001) };
const LIMITER: limiter::Setup = limiter::Setup::new(RATE, CHANNELS);
const METER: loudness::Setup = loudness::Setup::new(RATE, Layout::STEREO);

/// Everything the strip remembers. On a device this is a static.
#[derive(Debug)]
pub struct Memory {
    equalizer: [f32; 16],
    compressor: [f32; 104],
    limiter: [f32; 1_514],
    meter: [f32; 600],
}

impl Memory {
    /// Silence.
    pub const fn new() -> Self {
        Self { equalizer: [0.0; _], compressor: [0.0; _], limiter: [0.0; _], meter: [0.0; _] }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// What has just been done to a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The programme has been made and the block before has been added to the checksum.
    Source,
    /// Equaliser.
    Equalizer,
    /// Compressor.
    Compressor,
    /// Limiter.
    Limiter,
    /// Loudness meter.
    Meter,
}

/// The strip.
#[derive(Debug)]
struct Strip<'a> {
    equalizer: equalizer::Equalizer<f32, BANDS, &'a mut [f32]>,
    compressor: compressor::Compressor<f32, &'a mut [f32]>,
    limiter: limiter::Limiter<f32, &'a mut [f32]>,
    meter: loudness::Loudness<f32, &'a mut [f32], TAPS>,
}

/// A high-pass, two bells and a shelf; `bright` turns the shelf up.
fn bands(bright: Decibels) -> equalizer::Params<BANDS> {
    let band = |kind, frequency, gain, q| {
        Some(svf::Params { kind, frequency: Hertz(frequency), gain: Decibels(gain), q: Q(q) })
    };
    equalizer::Params {
        bands: [
            band(svf::Kind::HighPass, 40.0, 0.0, 0.707),
            band(svf::Kind::Bell, 250.0, -3.0, 1.2),
            band(svf::Kind::Bell, 3_000.0, 2.5, 0.9),
            band(svf::Kind::HighShelf, 8_000.0, bright.0, 0.707),
        ],
    }
}

impl<'a> Strip<'a> {
    fn new(memory: &'a mut Memory) -> Result<Self, Error> {
        let squeeze = compressor::Params {
            threshold: Decibels(-20.0),
            ratio: 3.0,
            make_up: Decibels(6.0),
            ..compressor::Params::default()
        };
        Ok(Self {
            equalizer: equalizer::Equalizer::new(&EQUALIZER, &bands(Decibels(1.0)), &mut memory.equalizer[..])?,
            compressor: compressor::Compressor::new(&COMPRESSOR, &squeeze, &mut memory.compressor[..])?,
            limiter: limiter::Limiter::new(&LIMITER, &limiter::Params::default(), &mut memory.limiter[..])?,
            meter: loudness::Loudness::new(&METER, &mut memory.meter[..])?,
        })
    }

    // Functions of their own: `.ci/firmware` sees them being entered and tells by that who calls for `f64` arithmetic.

    #[inline(never)]
    fn equalize(&mut self, block: &mut Block<'_, f32>) {
        self.equalizer.process(block);
    }

    #[inline(never)]
    fn compress(&mut self, block: &mut Block<'_, f32>) {
        self.compressor.process(block);
    }

    #[inline(never)]
    fn limit(&mut self, block: &mut Block<'_, f32>) {
        self.limiter.process(block);
    }

    #[inline(never)]
    fn measure(&mut self, block: &Block<'_, f32>) {
        self.meter.observe(block);
    }
}

#[inline(never)]
fn record(checksum: &mut Checksum, planes: &[[f32; BLOCK]; CHANNELS]) {
    for x in planes.as_flattened() {
        checksum.add(&x.to_bits().to_le_bytes());
    }
}

/// Plays the programme. `lap` is called after every stage of every block.
pub fn run(memory: &mut Memory, mut lap: impl FnMut(Stage)) -> Result<Report, Error> {
    let mut strip = Strip::new(memory)?;
    let mut planes = [[0.0_f32; BLOCK]; CHANNELS];
    let mut checksum = Checksum::default();
    let (mut compressed, mut limited) = (Decibels(0.0), Decibels(0.0));
    let mut at = 0;
    while at < FRAMES {
        if at == MOVE.0 {
            strip.equalizer.set(&bands(Decibels(4.0)), MOVE.1)?;
        }
        programme::fill(at, &mut planes);
        let mut block = Block::new(&mut planes);
        lap(Stage::Source);
        strip.equalize(&mut block);
        lap(Stage::Equalizer);
        strip.compress(&mut block);
        lap(Stage::Compressor);
        strip.limit(&mut block);
        lap(Stage::Limiter);
        strip.measure(&block);
        lap(Stage::Meter);
        record(&mut checksum, &planes);
        at += BLOCK as u64;
        if at.is_multiple_of(u64::from(RATE.get())) {
            let larger = |a: Decibels, b: Decibels| if a > b { a } else { b };
            compressed = larger(compressed, strip.compressor.gain_reduction());
            limited = larger(limited, strip.limiter.take_gain_reduction());
        }
    }
    Ok(Report::new(checksum, &strip.meter.reading(), compressed, limited))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_is_asked_for() {
        let memory = Memory::new();
        assert_eq!(memory.equalizer.len(), equalizer::required_len(&EQUALIZER, BANDS));
        assert_eq!(memory.compressor.len(), compressor::required_len(&COMPRESSOR));
        assert_eq!(memory.limiter.len(), limiter::required_len(&LIMITER));
        let programme = Frames(FRAMES).seconds(RATE);
        assert_eq!(memory.meter.len(), loudness::required_len(&METER, programme, TAPS));
    }

    #[test]
    fn the_programme_makes_every_stage_work() {
        let mut stages = [0; 5];
        let report = run(&mut Memory::new(), |stage| stages[stage as usize] += 1).unwrap();
        assert_eq!(stages, [FRAMES as usize / BLOCK; 5]);
        assert!(report.compressor.0 > 3.0 && report.limiter.0 > 1.0, "{report}");
        assert!(report.integrated.is_some() && report.range.is_some_and(|r| r.0 > 1.0), "{report}");
        assert!(report.true_peak.is_some_and(|p| p.0 < -0.5 && p.0 > -1.5), "{report}");
    }
}
