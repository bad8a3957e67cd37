//! The recipes as data.

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Document {
    pub(crate) defaults: Defaults,
    pub(crate) case: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Defaults {
    pub(crate) frequency_hz: f64,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) number: usize,
    pub(crate) channels: Vec<String>,
    pub(crate) synthesisable: bool,
    pub(crate) measure: Vec<String>,
    pub(crate) expected: f64,
    pub(crate) expected_step: Option<f64>,
    pub(crate) tolerance_minus: f64,
    pub(crate) tolerance_plus: f64,
    pub(crate) constant_after_s: Option<f64>,
    pub(crate) segments: Option<Vec<Segment>>,
    pub(crate) repeat: Option<usize>,
    pub(crate) channel_levels_dbfs: Option<std::collections::HashMap<String, f64>>,
    pub(crate) series: Option<Series>,
    pub(crate) tone: Option<Tone>,
    pub(crate) burst: Option<Burst>,
    #[serde(rename = "reference_I")]
    pub(crate) reference_i: Option<f64>,
    #[serde(rename = "reference_M")]
    pub(crate) reference_m: Option<f64>,
    #[serde(rename = "reference_S")]
    pub(crate) reference_s: Option<f64>,
    #[serde(rename = "reference_max_M")]
    pub(crate) reference_max_m: Option<f64>,
    #[serde(rename = "reference_max_S")]
    pub(crate) reference_max_s: Option<f64>,
    #[serde(rename = "reference_max_M_offset")]
    pub(crate) reference_max_m_offset: Option<f64>,
    #[serde(rename = "reference_max_S_offset")]
    pub(crate) reference_max_s_offset: Option<f64>,
    pub(crate) reference_true_peak: Option<f64>,
    pub(crate) implementation_value: Option<std::collections::HashMap<String, f64>>,
}

impl Case {
    pub(crate) fn measures(&self, what: &str) -> bool {
        self.measure.iter().any(|m| m == what)
    }

    /// Whether values have to stay constant once the window is full.
    pub(crate) fn constant(&self) -> bool {
        self.measures("M") || self.measures("S")
    }

    /// What another meter reads for the loudness range.
    pub(crate) fn reference_range(&self) -> Option<f64> {
        self.implementation_value.as_ref()?.get("libebur128").copied()
    }
}

#[derive(Deserialize)]
pub(crate) struct Segment {
    pub(crate) duration_s: f64,
    pub(crate) level_dbfs: f64,
}

#[derive(Deserialize)]
pub(crate) struct Series {
    pub(crate) count: usize,
    pub(crate) lead_silence_s: f64,
    pub(crate) lead_silence_step_s: f64,
    pub(crate) tone_s: f64,
    pub(crate) level_dbfs: f64,
    pub(crate) level_step_db: f64,
    pub(crate) tail_silence_s: f64,
    pub(crate) tail_silence_step_s: f64,
    pub(crate) one_file: bool,
}

#[derive(Deserialize)]
pub(crate) struct Tone {
    pub(crate) frequency_over_fs: f64,
    pub(crate) amplitude_ffs: f64,
    pub(crate) phase_deg: f64,
    pub(crate) duration_s: f64,
    pub(crate) fade_s: f64,
}

#[derive(Deserialize)]
pub(crate) struct Burst {
    pub(crate) tone_over_fs: f64,
    pub(crate) tone_amplitude_ffs: f64,
    pub(crate) burst_over_fs: f64,
    pub(crate) burst_amplitude_ffs: f64,
    pub(crate) burst_start_s: f64,
    pub(crate) duration_s: f64,
    pub(crate) fade_s: f64,
    pub(crate) oversampling: usize,
    pub(crate) offset_samples_4fs: usize,
    pub(crate) filter_taps: usize,
    pub(crate) filter_cutoff_over_fs: f64,
}

pub(crate) fn tech_3341() -> Document {
    toml::from_str(include_str!("../data/ebu-3341.toml")).unwrap()
}

pub(crate) fn tech_3342() -> Document {
    toml::from_str(include_str!("../data/ebu-3342.toml")).unwrap()
}
