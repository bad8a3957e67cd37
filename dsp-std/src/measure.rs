//! Every number about a programme, from memory or from a file as it is read.
//!
//! Loudness, range, maxima and peaks: [`dsp_core::meter::loudness`], whose doc says what each is. Range follows Tech
//! 3342 (2023, section 3.1) for files: 1.5 s of silence are appended before it is read, which raises the range of short
//! songs by some tenths of a LU against meters that leave it out. Mono counts as one channel unless asked otherwise.
//! Correlation is that of the first left/right pair of the layout.

use crate::audio::Audio;
use crate::io::reader::Reader;
use crate::io::{self, Report};
use crate::threads::both;
use dsp_core::block::{Block, Planes};
use dsp_core::error::Error;
use dsp_core::layout::Layout;
use dsp_core::meter::correlation::Correlation;
use dsp_core::meter::defects::{Channel, Defects};
use dsp_core::meter::loudness::{Loudness, Setup, required_len};
use dsp_core::meter::true_peak::{self, MAX_TAPS, TruePeak};
use dsp_core::units::{Decibels, Frames, Lufs, SampleRate, Seconds};
use serde::Serialize;
use std::path::Path;

/// Silence that Tech 3342 appends to a file.
const TRAILING: f64 = 1.5;
/// Programme for which the meter makes room when the length is not known.
const LONGEST: Seconds = Seconds(24.0 * 3600.0);

/// What was measured; `None` where a value is not defined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measurement {
    /// Sample rate.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: usize,
    /// Frames.
    pub frames: u64,
    /// Length.
    pub duration_s: f64,
    /// Gated loudness of the whole.
    pub integrated_lufs: Option<f64>,
    /// Loudness range.
    pub loudness_range_lu: Option<f64>,
    /// Loudest 400 ms.
    pub momentary_max_lufs: Option<f64>,
    /// Loudest 3 s.
    pub short_term_max_lufs: Option<f64>,
    /// Highest true peak.
    pub true_peak_dbtp: Option<f64>,
    /// Highest sample.
    pub sample_peak_dbfs: Option<f64>,
    /// Peak to loudness ratio: true peak less integrated loudness.
    pub plr_db: Option<f64>,
    /// Correlation of the first left/right pair.
    pub correlation: Option<f64>,
    /// Mean of the channel that is most off zero.
    pub dc_offset: f64,
    /// Runs of three or more equal samples at full scale.
    pub clipped_runs: u64,
    /// Samples beyond full scale.
    pub overs: u64,
    /// Samples that were not finite and were read as silence.
    pub non_finite: u64,
}

fn finite(level: Decibels) -> Option<f64> {
    level.0.is_finite().then_some(level.0)
}

/// The meters of one programme.
pub struct Analyser {
    rate: SampleRate,
    layout: Layout,
    loudness: Loudness<f32, Vec<f32>>,
    peaks: TruePeak<f32, Vec<f32>>,
    correlation: Option<Correlation<f32>>,
    defects: Defects<Vec<Channel<f32>>>,
}

impl Analyser {
    /// Meters for a programme of about `length` (24 hours when not known); should it turn out longer, loudness and range
    /// are those of its beginning.
    ///
    /// # Errors
    /// What the meters say about their set-up.
    pub fn new(rate: SampleRate, layout: Layout, dual_mono: bool, length: Option<Seconds>) -> Result<Self, Error> {
        let channels = layout.channels();
        let setup = Setup { rate, layout, dual_mono, true_peak: false };
        let length = Seconds(length.unwrap_or(LONGEST).0 + TRAILING + 1.0);
        Ok(Self {
            rate,
            layout,
            loudness: Loudness::new(&setup, vec![0.0; required_len(&setup, length, MAX_TAPS)])?,
            peaks: TruePeak::new(channels, vec![0.0; true_peak::required_len(channels, MAX_TAPS)])?,
            correlation: layout.pairs().next().map(|(l, r)| Correlation::new(l, r)),
            defects: Defects::new(vec![Channel::default(); channels]),
        })
    }

    /// Looks at the next piece; on two threads when `threads` is above 1 (worth it for large pieces).
    pub fn observe(&mut self, block: &Block<'_, f32>, threads: usize) {
        let (loudness, peaks) = (&mut self.loudness, &mut self.peaks);
        // A block cannot be sent to a thread: the planes can.
        if threads < 2 {
            loudness.observe(block);
            peaks.observe(block);
        } else {
            let mut view = View((0..block.channels()).map(|c| block.channel(c)).collect());
            both(threads, || peaks.observe(&Block::new(&mut view)), || loudness.observe(block));
        }
        if let Some(correlation) = &mut self.correlation {
            correlation.observe(block);
        }
        self.defects.observe(block);
    }

    /// Whether there was room for the whole programme.
    fn complete(&self) -> bool {
        self.loudness.reading().complete
    }

    /// The result; `non_finite` is what the reader counted.
    pub fn finish(mut self, non_finite: u64) -> Measurement {
        let reading = self.loudness.reading();
        let frames = reading.frames.get();
        let mut silence = vec![[0.0; 512]; self.layout.channels()];
        let mut silence = &mut silence[..];
        let block = Block::new(&mut silence);
        self.peaks.observe(&block);
        for _ in 0..=(TRAILING * self.rate.hertz() / 512.0) as usize {
            self.loudness.observe(&block);
        }
        let range = self.loudness.reading().range;
        let channels = 0..self.layout.channels();
        let loudest =
            |peaks: &mut dyn Iterator<Item = Decibels>| peaks.fold(Decibels::SILENCE, |a, b| if b > a { b } else { a });
        let true_peak = finite(loudest(&mut channels.clone().map(|c| self.peaks.true_peak(c))));
        let sample_peak = finite(loudest(&mut channels.map(|c| self.peaks.sample_peak(c))));
        let number = |l: Option<Lufs>| l.map(Lufs::get);
        let integrated = number(reading.integrated);
        let defects = self.defects.reading::<f32>();
        Measurement {
            sample_rate_hz: self.rate.get(),
            channels: self.layout.channels(),
            frames,
            duration_s: frames as f64 / self.rate.hertz(),
            integrated_lufs: integrated,
            loudness_range_lu: range.map(Decibels::get),
            momentary_max_lufs: number(reading.momentary_max),
            short_term_max_lufs: number(reading.short_term_max),
            true_peak_dbtp: true_peak,
            sample_peak_dbfs: sample_peak,
            plr_db: true_peak.zip(integrated).map(|(p, i)| p - i),
            correlation: self.correlation.as_ref().and_then(Correlation::reading),
            dc_offset: defects.dc_offset,
            clipped_runs: defects.clipped_runs,
            overs: defects.overs,
            non_finite,
        }
    }
}

/// Planes that are only read.
pub(crate) struct View<'a>(Vec<&'a [f32]>);

impl<'a> View<'a> {
    /// All of `audio`.
    pub(crate) fn new(audio: &'a Audio) -> Self {
        Self(audio.planes().iter().map(Vec::as_slice).collect())
    }
}

impl Planes<f32> for View<'_> {
    fn channels(&self) -> usize {
        self.0.len()
    }
    fn frames(&self) -> usize {
        self.0.first().map_or(0, |p| p.len())
    }
    fn plane(&self, channel: usize) -> &[f32] {
        self.0[channel]
    }
    fn plane_mut(&mut self, _: usize) -> &mut [f32] {
        &mut []
    }
    fn pair_mut(&mut self, _: usize, _: usize) -> (&mut [f32], &mut [f32]) {
        (&mut [], &mut [])
    }
}

/// Measures audio in memory.
///
/// # Errors
/// What the meters say about their set-up.
pub fn measure(audio: &Audio, dual_mono: bool, non_finite: u64, threads: usize) -> Result<Measurement, Error> {
    let mut analyser = Analyser::new(audio.rate(), audio.layout(), dual_mono, Some(audio.duration()))?;
    analyser.observe(&Block::new(&mut View::new(audio)), threads);
    Ok(analyser.finish(non_finite))
}

/// Frames read from a file at a time.
const PIECE: usize = 1 << 16;

/// Measures a file as it is read, in constant memory (the meter keeps 16 bytes for every 100 ms).
///
/// Returns the measurement and what the reader had to say.
///
/// # Errors
/// When the file cannot be read.
pub fn file(path: &Path, dual_mono: bool, threads: usize) -> Result<(Measurement, Report), io::Error> {
    let mut reader = Reader::open(path)?;
    let info = reader.info().clone();
    // What a compressed file claims is no measure of how long it is.
    let length = reader.certain_frames().map(|n| Frames(n).seconds(info.rate));
    let mut analyser = Analyser::new(info.rate, info.layout, dual_mono, length)
        .expect("a layout of 1 to 24 channels and a rate that was checked");
    let mut planes = vec![Vec::with_capacity(PIECE); info.layout.channels()];
    loop {
        planes.iter_mut().for_each(Vec::clear);
        if reader.read(&mut planes, PIECE)? == 0 {
            break;
        }
        let mut view = View(planes.iter().map(Vec::as_slice).collect());
        analyser.observe(&Block::new(&mut view), threads);
    }
    let complete = analyser.complete();
    let measurement = analyser.finish(reader.non_finite());
    let mut report = reader.into_report(measurement.frames);
    if !complete {
        report.warnings.push("longer than 24 hours: loudness and range are those of the beginning".to_owned());
    }
    Ok((measurement, report))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp_core::signal;
    use dsp_core::units::Hertz;

    #[test]
    fn a_tone_measures_as_computed() {
        let tone: Vec<f32> = signal::sine(SampleRate::VIDEO, Hertz(997.0), 0.1, 0.0).take(480_000).collect();
        let audio = Audio::new(SampleRate::VIDEO, Layout::STEREO, vec![tone.clone(), tone]).unwrap();
        let one = measure(&audio, false, 3, 1).unwrap();
        assert_eq!(one, measure(&audio, false, 3, 2).unwrap());
        let close = |a: Option<f64>, b: f64| assert!((a.unwrap() - b).abs() < 0.01, "{a:?} for {b}");
        close(one.integrated_lufs, -20.0);
        close(one.true_peak_dbtp, -20.0);
        close(one.plr_db, 0.0);
        close(one.correlation, 1.0);
        close(Some(one.duration_s), 10.0);
        assert_eq!((one.frames, one.channels, one.non_finite, one.clipped_runs), (480_000, 2, 3, 0));
    }

    #[test]
    fn nothing_is_not_a_number() {
        let audio = Audio::silence(SampleRate::CD, Layout::MONO, 100);
        let m = measure(&audio, true, 0, 2).unwrap();
        assert_eq!((m.integrated_lufs, m.true_peak_dbtp, m.plr_db, m.correlation), (None, None, None, None));
        let text = serde_json::to_string(&m).unwrap();
        assert!(text.contains("\"integrated_lufs\":null") && !text.contains("inf"), "{text}");
    }
}
