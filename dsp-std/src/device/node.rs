//! From data to a live processor.

use super::setup::Lines;
use super::{BANDS, Device, Error, head, impulse, setup};
use dsp_core::block::Block;
use dsp_core::delay::{echo, haas};
use dsp_core::dynamics::{compressor, limiter};
use dsp_core::filter::{biquad, dc_block, equalizer, one_pole};
use dsp_core::gain;
use dsp_core::layout::Layout;
use dsp_core::modulation::{chorus, flanger, phaser, tremolo};
use dsp_core::process::{Process, Tail};
use dsp_core::reverb::early::{shoebox, velvet};
use dsp_core::reverb::{ducked, fdn, gated, plate};
use dsp_core::sample::Sample;
use dsp_core::shape::{dither, saturation};
use dsp_core::stereo::{
    balance, bands, bass_mono, dual_pan, frequency_pan, mid_side_equalizer, mid_side_gain, pan, rotation, widener,
    width,
};
use dsp_core::surround::{binaural, downmix, panner};
use dsp_core::units::{Frames, SampleRate};

/// A live processor.
pub type Node<S> = Box<dyn Process<S> + Send>;

/// A node inside another processor.
struct Inner<S>(Node<S>);

impl<S: Sample> Process<S> for Inner<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        self.0.process(block);
    }
    fn reset(&mut self) {
        self.0.reset();
    }
    fn latency(&self) -> Frames {
        self.0.latency()
    }
    fn tail(&self) -> Tail {
        self.0.tail()
    }
}

/// Cleared storage of `len` samples.
pub(super) fn storage<S: Sample>(len: usize) -> Box<[S]> {
    vec![S::ZERO; len].into_boxed_slice()
}

/// A processor without storage.
macro_rules! plain {
    ($module:ident::$type:ident, $setup:expr, $params:expr) => {
        Box::new($module::$type::new(&$setup, $params)?)
    };
}

/// A processor with storage; designed before anything is allocated by what the data says.
macro_rules! stored {
    ($module:ident::$type:ident, $setup:expr, $params:expr) => {{
        let setup = $setup;
        $module::Coeffs::<S>::design(&setup, $params)?;
        Box::new($module::$type::new(&setup, $params, storage($module::required_len(&setup)))?)
    }};
}

/// A reverb of `N` lines.
fn reverb<S: Sample, const N: usize>(setup: &fdn::Setup, params: &fdn::Params) -> Result<Node<S>, Error> {
    fdn::Coeffs::<S, N>::design(setup, params)?;
    Ok(Box::new(fdn::Fdn::<S, N, _>::new(setup, params, storage(fdn::required_len::<N>(setup)))?))
}

impl Device {
    /// The live processor for audio of this rate and layout.
    ///
    /// # Errors
    /// What the core module says about a parameter out of its range; an impulse response that cannot be used.
    pub fn node<S: Sample>(&self, rate: SampleRate, layout: Layout) -> Result<Node<S>, Error> {
        let channels = layout.channels();
        let filter = one_pole::Setup { rate, channels };
        let sides = bass_mono::Setup { rate, layout };
        Ok(match self {
            Self::OnePole { params } => stored!(one_pole::OnePole, filter, params),
            Self::DcBlock { params } => {
                Box::new(dc_block::DcBlock::new(&filter, params, storage(dc_block::required_len(&filter)))?)
            }
            Self::Biquad { params } => {
                Box::new(biquad::Biquad::new(&filter, params, storage(biquad::required_len(&filter)))?)
            }
            Self::Equalizer { params } => {
                Box::new(equalizer::Equalizer::new(&filter, params, storage(equalizer::required_len(&filter, BANDS)))?)
            }
            Self::Gain { params } => plain!(gain::Gain, gain::Setup { channels }, params),
            Self::Compressor { setup, params } => {
                let setup = compressor::Setup { rate, layout, look_ahead: setup.look_ahead };
                stored!(compressor::Compressor, setup, params)
            }
            Self::Limiter { setup, params } => {
                let setup::Limiter { look_ahead, hold, true_peak } = *setup;
                stored!(limiter::Limiter, limiter::Setup { rate, channels, look_ahead, hold, true_peak }, params)
            }
            Self::Saturation { params } => stored!(saturation::Saturation, filter, params),
            Self::Dither { params } => plain!(dither::Dither, dither::Setup { channels }, params),
            Self::Pan { setup, params } => plain!(pan::Pan, pan::Setup { law: setup.law }, params),
            Self::Balance { params } => plain!(balance::Balance, balance::Setup { layout }, params),
            Self::DualPan { setup, params } => {
                plain!(dual_pan::DualPan, dual_pan::Setup { layout, law: setup.law }, params)
            }
            Self::FrequencyPan { setup, params } => {
                plain!(frequency_pan::FrequencyPan, frequency_pan::Setup { rate, law: setup.law }, params)
            }
            Self::Rotation { params } => plain!(rotation::Rotation, rotation::Setup { layout }, params),
            Self::Width { params } => plain!(width::Width, width::Setup { layout }, params),
            Self::Bands { params } => stored!(bands::Bands, sides, params),
            Self::BassMono { params } => stored!(bass_mono::BassMono, sides, params),
            Self::Widener { params } => stored!(widener::Widener, sides, params),
            Self::MidSideGain { params } => {
                plain!(mid_side_gain::MidSideGain, mid_side_gain::Setup { layout }, params)
            }
            Self::MidSideEqualizer { params } => {
                let memory = || storage(mid_side_equalizer::required_len(&sides));
                Box::new(mid_side_equalizer::MidSideEqualizer::new(&sides, params, [memory(), memory()])?)
            }
            Self::Echo { setup, params } => stored!(echo::Echo, setup.core(rate, layout), params),
            Self::Haas { params } => stored!(haas::Haas, haas::Setup { rate, layout, longest: haas::LONGEST }, params),
            Self::Chorus { setup, params } => {
                let setup::Chorus { longest, interpolation, seed } = *setup;
                stored!(chorus::Chorus, chorus::Setup { rate, layout, longest, interpolation, seed }, params)
            }
            Self::Flanger { setup, params } => {
                let setup::Flanger { interpolation, seed } = *setup;
                stored!(flanger::Flanger, flanger::Setup { rate, layout, interpolation, seed }, params)
            }
            Self::Phaser { setup, params } => {
                let setup::Phaser { notches, seed } = *setup;
                stored!(phaser::Phaser, phaser::Setup { rate, layout, notches, seed }, params)
            }
            Self::Tremolo { setup, params } => {
                plain!(tremolo::Tremolo, tremolo::Setup { rate, layout, seed: setup.seed }, params)
            }
            Self::Reverb { setup, params } => {
                let setup::Reverb { lines, size, longest_pre_delay, seed } = *setup;
                let setup = fdn::Setup { rate, layout, size, longest_pre_delay, seed };
                match lines {
                    Lines::Eight => reverb::<S, 8>(&setup, params)?,
                    Lines::Sixteen => reverb::<S, 16>(&setup, params)?,
                }
            }
            Self::Plate { setup, params } => {
                let longest_pre_delay = setup.longest_pre_delay;
                stored!(plate::Plate, plate::Setup { rate, longest_pre_delay }, params)
            }
            Self::Velvet { setup, params } => {
                let setup::Velvet { longest, seed } = *setup;
                stored!(velvet::Velvet, velvet::Setup { rate, longest, seed }, params)
            }
            Self::Shoebox { setup, params } => {
                stored!(shoebox::Shoebox, shoebox::Setup { rate, longest: setup.longest }, params)
            }
            Self::Convolution { setup, params } => impulse::node(setup, params, rate, channels)?,
            Self::Binaural {} => {
                let setup = binaural::Setup { rate, set: head::at::<S>(rate)?, sources: channels };
                let memory = storage(binaural::required_len(&setup));
                Box::new(binaural::Renderer::new(&setup, &binaural::Params::of_layout(&layout), memory)?)
            }
            Self::Gated { setup, params, effect } => {
                let inner = Inner(effect.wet().node(rate, layout)?);
                let setup = gated::Setup { rate, layout, latency: inner.latency(), high_pass: setup.high_pass };
                gated::Coeffs::<S>::design(&setup, params)?;
                Box::new(gated::Gated::new(&setup, params, inner, storage(gated::required_len(&setup)))?)
            }
            Self::Ducked { setup, params, effect } => {
                let inner = Inner(effect.wet().node(rate, layout)?);
                let setup = ducked::Setup { rate, layout, latency: inner.latency(), high_pass: setup.high_pass };
                ducked::Coeffs::<S>::design(&setup, params)?;
                Box::new(ducked::Ducked::new(&setup, params, inner, storage(ducked::required_len(&setup)))?)
            }
            Self::Downmix { setup, params } => {
                plain!(downmix::Downmix, downmix::Setup { from: layout, to: setup.to.layout() }, params)
            }
            Self::Panner { setup, params } => {
                plain!(panner::Panner, panner::Setup { layout, source: setup.source }, params)
            }
        })
    }
}
