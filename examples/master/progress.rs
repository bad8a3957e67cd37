//! A bar on stderr when that is a terminal.

use dsp_std::master::Stage;
use indicatif::{ProgressBar, ProgressStyle};
use std::error::Error;
use std::io::IsTerminal;

/// Steps of the bar.
const STEPS: f64 = 1000.0;

pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Result<Self, Box<dyn Error>> {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| ProgressBar::new(STEPS as u64));
        if let Some(bar) = &bar {
            bar.set_style(ProgressStyle::with_template("{msg:<10} {wide_bar} {percent:>3} %")?);
        }
        Ok(Self { bar })
    }

    pub(crate) fn show(&self, stage: Stage, part: f64) {
        if let Some(bar) = &self.bar {
            let (name, from, to) = match stage {
                Stage::Measure => ("measure", 0.0, 0.15),
                Stage::Chain => ("chain", 0.15, 0.3),
                Stage::Limit => ("limit", 0.3, 0.85),
                Stage::Finish => ("finish", 0.85, 1.0),
            };
            bar.set_message(name);
            bar.set_position((STEPS * (from + (to - from) * part)) as u64);
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
