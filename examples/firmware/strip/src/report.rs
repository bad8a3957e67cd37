//! What came out of a run, in a form that can be compared line by line.

use crate::FRAMES;
use crate::checksum::Checksum;
use core::fmt::{self, Display, Formatter};
use dsp_core::meter::loudness::Reading;
use dsp_core::units::{Decibels, Lufs};

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// Over the bits of every output sample and of all numbers below.
    pub checksum: Checksum,
    /// Gated loudness.
    pub integrated: Option<Lufs>,
    /// Loudness range.
    pub range: Option<Decibels>,
    /// Highest momentary loudness.
    pub momentary_max: Option<Lufs>,
    /// Highest true peak.
    pub true_peak: Option<Decibels>,
    /// Highest sample.
    pub sample_peak: Decibels,
    /// Most gain reduction the compressor showed at the end of a second.
    pub compressor: Decibels,
    /// Most gain reduction of the limiter.
    pub limiter: Decibels,
}

impl Report {
    pub(crate) fn new(samples: Checksum, reading: &Reading, compressor: Decibels, limiter: Decibels) -> Self {
        let mut report = Self {
            checksum: samples,
            integrated: reading.integrated,
            range: reading.range,
            momentary_max: reading.momentary_max,
            true_peak: reading.true_peak,
            sample_peak: reading.sample_peak,
            compressor,
            limiter,
        };
        for (_, value, _) in report.numbers() {
            // What is not defined counts as the bits of an infinity.
            report.checksum.add(&value.unwrap_or(f64::INFINITY).to_bits().to_le_bytes());
        }
        report
    }

    fn numbers(&self) -> [(&'static str, Option<f64>, &'static str); 7] {
        [
            ("integrated", self.integrated.map(|v| v.0), "LUFS"),
            ("range", self.range.map(|v| v.0), "LU"),
            ("momentary, most", self.momentary_max.map(|v| v.0), "LUFS"),
            ("true peak", self.true_peak.map(|v| v.0), "dBTP"),
            ("sample peak", Some(self.sample_peak.0), "dBFS"),
            ("compressor, most", Some(self.compressor.0), "dB"),
            ("limiter, most", Some(self.limiter.0), "dB"),
        ]
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "checksum {:016x} over {FRAMES} frames", self.checksum.0)?;
        for (name, value, unit) in self.numbers() {
            match value {
                Some(value) => write!(f, "\n{name:<20}{value:>8.2} {unit:<6}{:016x}", value.to_bits())?,
                None => write!(f, "\n{name:<20}{:>8} {unit}", "-")?,
            }
        }
        Ok(())
    }
}
