//! What fixes memory and latency of a device, as far as it does not follow from the audio: the `setup` of its data.
//!
//! Ranges and defaults are those of the core modules.

use dsp_core::delay::echo;
use dsp_core::dynamics::limiter;
use dsp_core::layout::Layout;
use dsp_core::modulation::{chorus, flanger, phaser};
use dsp_core::reverb::convolution::ir;
use dsp_core::reverb::{early, fdn, plate};
use dsp_core::stereo::pan;
use dsp_core::surround::panner;
use dsp_core::units::{Hertz, SampleRate, Seconds};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A rate to ask the core for its defaults.
const ANY: SampleRate = SampleRate::VIDEO;

macro_rules! setup {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type),+
        }
        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
    };
}

setup!(
    /// Of a compressor.
    Compressor {
        /// By how much the gain runs ahead of the sound, 0 to 0.1 s.
        look_ahead: Seconds = Seconds(0.0),
    }
);
setup!(
    /// Of a limiter.
    Limiter {
        /// Time over which gain comes down before a peak.
        look_ahead: Seconds = limiter::Setup::new(ANY, 1).look_ahead,
        /// Time for which gain stays down after a peak.
        hold: Seconds = limiter::Setup::new(ANY, 1).hold,
        /// Whether peaks between samples count.
        true_peak: bool = true,
    }
);
setup!(
    /// Of whatever pans.
    Pan {
        /// How gains depend on the place.
        law: pan::Law = pan::Law::default(),
    }
);
setup!(
    /// Of an echo.
    Echo {
        /// Longest time plus modulation depth that can be set.
        longest: Seconds = Seconds(4.0),
    }
);
setup!(
    /// Of a chorus.
    Chorus {
        /// Longest delay.
        longest: Seconds = chorus::Setup::new(ANY, Layout::STEREO).longest,
        /// How the moving delay is read.
        interpolation: chorus::Interpolation = chorus::Setup::new(ANY, Layout::STEREO).interpolation,
        /// Which random sequence.
        seed: u32 = 0,
    }
);
setup!(
    /// Of a flanger.
    Flanger {
        /// How the moving delay is read.
        interpolation: flanger::Interpolation = flanger::Setup::new(ANY, Layout::STEREO).interpolation,
        /// Which random sequence.
        seed: u32 = 0,
    }
);
setup!(
    /// Of a phaser.
    Phaser {
        /// Notches, 1 to 6.
        notches: usize = phaser::Setup::new(ANY, Layout::STEREO).notches,
        /// Which random sequence.
        seed: u32 = 0,
    }
);
setup!(
    /// Of a tremolo.
    Tremolo {
        /// Which random sequence.
        seed: u32 = 0,
    }
);

/// How many lines a reverb has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Lines {
    /// Eight: half the work; fewer modes.
    #[serde(rename = "8")]
    Eight,
    /// Sixteen.
    #[default]
    #[serde(rename = "16")]
    Sixteen,
}

setup!(
    /// Of a reverb.
    Reverb {
        /// Lines of the network.
        lines: Lines = Lines::Sixteen,
        /// Size of the room.
        size: f64 = fdn::Setup::new(ANY, Layout::STEREO).size,
        /// Longest pre-delay that can be set.
        longest_pre_delay: Seconds = fdn::Setup::new(ANY, Layout::STEREO).longest_pre_delay,
        /// Which of many rooms of this size.
        seed: u32 = 0,
    }
);
setup!(
    /// Of a plate.
    Plate {
        /// Longest pre-delay that can be set.
        longest_pre_delay: Seconds = plate::Setup::new(ANY).longest_pre_delay,
    }
);
setup!(
    /// Of early reflections of velvet noise.
    Velvet {
        /// Longest duration that can be set.
        longest: Seconds = early::velvet::Setup::new(ANY).longest,
        /// Which noise.
        seed: u32 = 0,
    }
);
setup!(
    /// Of the echoes of a shoebox.
    Shoebox {
        /// Later echoes are left out.
        longest: Seconds = early::shoebox::Setup::new(ANY).longest,
    }
);
setup!(
    /// Of a gated or ducked effect.
    Keyed {
        /// High-pass of what is listened to.
        high_pass: Option<Hertz> = None,
    }
);
setup!(
    /// Of a convolution.
    Convolution {
        /// File with the impulse response. One channel is used for every channel of the sound, as many as the sound has
        /// channel by channel, four for true stereo (left to left, left to right, right to left, right to right).
        impulse: PathBuf = PathBuf::new(),
        /// What is done to the impulse response before it is used.
        shape: ir::Shape = ir::Shape::default(),
        /// Delay from input to output in frames: 0, 64, 128, 256, 512 or 1024 (the next of these).
        latency: u64 = 0,
    }
);

/// A layout by the name people give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Speakers {
    /// One.
    Mono,
    /// Two.
    #[default]
    Stereo,
    /// Five.
    #[serde(rename = "5.0")]
    FiveZero,
    /// Five and LFE.
    #[serde(rename = "5.1")]
    FiveOne,
    /// Seven and LFE.
    #[serde(rename = "7.1")]
    SevenOne,
}

impl Speakers {
    /// The layout of that name.
    pub const fn layout(self) -> Layout {
        match self {
            Self::Mono => Layout::MONO,
            Self::Stereo => Layout::STEREO,
            Self::FiveZero => Layout::SURROUND_5_0,
            Self::FiveOne => Layout::SURROUND_5_1,
            Self::SevenOne => Layout::SURROUND_7_1,
        }
    }
}

setup!(
    /// Of a downmix.
    Downmix {
        /// What is left: the first channels; the others fall silent.
        to: Speakers = Speakers::Stereo,
    }
);
setup!(
    /// Of a source in a layout.
    Panner {
        /// Which channels are the source.
        source: panner::Source = panner::Source::Mono,
    }
);

impl Echo {
    pub(super) fn core(&self, rate: SampleRate, layout: Layout) -> echo::Setup {
        echo::Setup { rate, layout, longest: self.longest }
    }
}
