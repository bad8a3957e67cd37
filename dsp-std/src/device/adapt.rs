//! Devices made to fit: a rate that cannot hold them, a folder, another mix.

use super::Device;
use dsp_core::filter::svf;
use dsp_core::units::{Hertz, Mix, SampleRate};
use std::path::Path;

impl Device {
    /// The device as far as `rate` allows: what lies above what the rate can hold is left out, and named in `left_out`. Files
    /// of 8 kHz can so be treated with presets made for music.
    #[must_use]
    pub fn fitted(&self, rate: SampleRate, left_out: &mut Vec<String>) -> Self {
        let mut device = self.clone();
        let mut note = |what: &str, at: Hertz| {
            left_out.push(format!("{what} at {} Hz: above what {} Hz sample rate can hold", at.0, rate.get()));
        };
        match &mut device {
            Self::Equalizer { params } => {
                let top = Hertz(0.49 * rate.hertz());
                for slot in &mut params.bands {
                    let Some(svf::Params { kind, frequency, .. }) = *slot else { continue };
                    if frequency > top && kind != svf::Kind::HighPass && kind != svf::Kind::BandPass {
                        note("equaliser band", frequency);
                        *slot = None;
                    }
                }
            }
            Self::Echo { params, .. } => {
                if let Some(cut) = params.high_cut.filter(|cut| cut.0 > 0.45 * rate.hertz()) {
                    note("high cut of the echo", cut);
                    params.high_cut = None;
                }
            }
            Self::Bands { params } => {
                // The bands above share what is left below the top; one just below it makes room.
                let top = 0.45 * rate.hertz();
                let mut most = top;
                for crossover in params.crossovers.iter_mut().rev() {
                    if crossover.0 > top {
                        note("crossover", *crossover);
                    } else if most == top || crossover.0 < most {
                        break;
                    }
                    most *= 0.99;
                    *crossover = Hertz(most);
                }
            }
            Self::Gated { effect, .. } | Self::Ducked { effect, .. } => **effect = effect.fitted(rate, left_out),
            _ => {}
        }
        device
    }

    /// Relative paths in this device are meant from the folder of `file`.
    pub(crate) fn beside(&mut self, file: &Path) {
        match self {
            Self::Convolution { setup, .. } => {
                setup.impulse = file.parent().unwrap_or(Path::new("")).join(&setup.impulse);
            }
            Self::Gated { effect, .. } | Self::Ducked { effect, .. } => effect.beside(file),
            _ => {}
        }
    }

    /// How much of the effect is heard, where a device has such a thing.
    pub fn mix_mut(&mut self) -> Option<&mut Mix> {
        Some(match self {
            Self::Saturation { params } => &mut params.mix,
            Self::Echo { params, .. } => &mut params.mix,
            Self::Chorus { params, .. } => &mut params.mix,
            Self::Flanger { params, .. } => &mut params.mix,
            Self::Phaser { params, .. } => &mut params.mix,
            Self::Reverb { params, .. } => &mut params.mix,
            Self::Plate { params, .. } => &mut params.mix,
            Self::Velvet { params, .. } => &mut params.mix,
            Self::Shoebox { params, .. } => &mut params.mix,
            Self::Convolution { params, .. } => &mut params.mix,
            Self::Gated { params, .. } => &mut params.mix,
            Self::Ducked { params, .. } => &mut params.mix,
            _ => return None,
        })
    }

    /// The effect alone.
    pub(super) fn wet(&self) -> Self {
        let mut device = self.clone();
        if let Some(mix) = device.mix_mut() {
            *mix = Mix::WET;
        }
        device
    }
}
