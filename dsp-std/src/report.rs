//! What was done to a mix, as text for a person and as JSON for a program.

use crate::bits::Bits;
use crate::master::{Mastered, Outcome, Reduction};
use crate::measure::Measurement;
use serde::Serialize;
use std::fmt::Write as _;

/// A measurement with the file it is of: one line of JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Measured<'a> {
    /// The file.
    pub path: &'a str,
    /// The numbers.
    #[serde(flatten)]
    pub measurement: Measurement,
}

/// Everything about one mastering job.
#[derive(Debug, Clone, Serialize)]
pub struct Job<'a> {
    /// The mix.
    pub input: &'a str,
    /// The master; `None` when nothing was written.
    pub output: Option<&'a str>,
    /// Name of the preset.
    pub preset: &'a str,
    /// Loudness that was asked for, LUFS.
    pub target_lufs: f64,
    /// Ceiling that was asked for, dBTP.
    pub ceiling_dbtp: f64,
    /// Word length.
    pub bits: Bits,
    /// Whether the target was met.
    pub outcome: Outcome,
    /// The mix, measured.
    pub before: Measurement,
    /// The master, measured.
    pub after: Measurement,
    /// What the limiter did.
    pub limiter: Reduction,
    /// Gain from the mix to the chain.
    pub input_gain_db: f64,
    /// Gain from the chain to the limiter.
    pub drive_db: f64,
    /// What the mix carried and the master does not.
    pub not_carried_over: &'a [String],
    /// What was wrong with the mix or could not be done.
    pub warnings: &'a [String],
}

impl Job<'_> {
    /// The result of a job as JSON.
    ///
    /// # Panics
    /// Never: all fields are plain data.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain data serialises") + "\n"
    }
}

/// One line of JSON.
///
/// # Panics
/// Never: all fields are plain data.
pub fn line(path: &str, measurement: &Measurement) -> String {
    serde_json::to_string(&Measured { path, measurement: *measurement }).expect("plain data serialises")
}

fn number(value: Option<f64>, decimals: usize) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let text = format!("{value:.decimals$}");
    // Nothing is minus zero.
    if text.trim_start_matches('-').parse() == Ok(0.0) { text.trim_start_matches('-').to_owned() } else { text }
}

/// The numbers of both sides, one in a row.
type Row = (&'static str, &'static str, usize, fn(&Measurement) -> Option<f64>);

const ROWS: [Row; 8] = [
    ("integrated loudness", "LUFS", 2, |m| m.integrated_lufs),
    ("loudness range", "LU", 2, |m| m.loudness_range_lu),
    ("loudest 3 s", "LUFS", 2, |m| m.short_term_max_lufs),
    ("loudest 400 ms", "LUFS", 2, |m| m.momentary_max_lufs),
    ("true peak", "dBTP", 2, |m| m.true_peak_dbtp),
    ("sample peak", "dBFS", 2, |m| m.sample_peak_dbfs),
    ("peak to loudness", "dB", 2, |m| m.plr_db),
    ("correlation", "", 3, |m| m.correlation),
];

/// Before and after, and what the limiter did.
pub fn table(mastered: &Mastered) -> String {
    let mut out = format!("{:<22}{:>10}{:>10}\n", "", "mix", "master");
    for (name, unit, decimals, value) in ROWS {
        let (before, after) = (number(value(&mastered.before), decimals), number(value(&mastered.after), decimals));
        writeln!(out, "{name:<22}{before:>10}{after:>10} {unit}").expect("a string takes all");
    }
    let Reduction { mean_db, p95_db, max_db } = mastered.limiter;
    writeln!(out, "{:<22}{mean_db:.1} dB mean, {p95_db:.1} dB 95 %, {max_db:.1} dB max", "gain reduction")
        .expect("a string takes all");
    out
}

/// The numbers of one file.
pub fn text(path: &str, m: &Measurement) -> String {
    let mut out = format!(
        "{path}: {} Hz, {} channel{}, {} frames, {:.3} s\n",
        m.sample_rate_hz,
        m.channels,
        if m.channels == 1 { "" } else { "s" },
        m.frames,
        m.duration_s
    );
    for (name, unit, decimals, value) in ROWS {
        writeln!(out, "  {name:<22}{:>10} {unit}", number(value(m), decimals)).expect("a string takes all");
    }
    let dc = Some(m.dc_offset);
    writeln!(out, "  {:<22}{:>10}", "DC offset", number(dc, 6)).expect("a string takes all");
    for (name, count) in [("clipped runs", m.clipped_runs), ("overs", m.overs), ("not finite", m.non_finite)] {
        writeln!(out, "  {name:<22}{count:>10}").expect("a string takes all");
    }
    out
}

/// What became of the target, in a sentence.
pub fn verdict(outcome: &Outcome, ceiling: f64) -> String {
    match outcome {
        Outcome::Reached => "target loudness and ceiling hold".to_owned(),
        Outcome::Unreachable { target_lufs, best_lufs } => {
            format!("{target_lufs:.1} LUFS is unreachable under {ceiling:.1} dBTP; best is {best_lufs:.1} LUFS")
        }
        Outcome::Undefined => "the mix has no defined loudness (silent, or shorter than 0.4 s): \
            processed at unity gain, only the ceiling is held"
            .to_owned(),
        Outcome::CheckFailed { true_peak_dbtp } => {
            format!("check failed: true peak is {true_peak_dbtp:.3} dBTP, above the ceiling of {ceiling:.1}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain() {
        assert_eq!(number(Some(-0.000_01), 3), "0.000");
        assert_eq!(number(Some(-14.004), 2), "-14.00");
        assert_eq!(number(None, 2), "-");
    }

    #[test]
    fn verdicts_name_the_numbers() {
        let text = verdict(&Outcome::Unreachable { target_lufs: -6.0, best_lufs: -7.31 }, -1.0);
        assert_eq!(text, "-6.0 LUFS is unreachable under -1.0 dBTP; best is -7.3 LUFS");
    }
}
