//! The laws of `dsp_core::laws` as one call per processor.

use dsp_core::laws::{self, Audio};
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::signal;
use proptest::prelude::*;

/// A random programme: what a law is tried with.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Seed of the signal.
    pub(crate) seed: u32,
    /// Peak level of the noise, linear.
    pub(crate) level: f64,
    /// Frames.
    pub(crate) frames: usize,
    /// Block lengths, repeated.
    pub(crate) cuts: Vec<usize>,
    /// Frame of the bad sample.
    pub(crate) bad: usize,
}

impl Case {
    /// Noise with silent and loud stretches.
    pub(crate) fn input<S: Sample>(&self, channels: usize) -> Audio<S> {
        (0..channels as u32)
            .map(|channel| {
                signal::pink::<S>(self.seed ^ channel, self.level)
                    .enumerate()
                    .map(|(i, v)| if (i / 701) % 4 == 3 { S::ZERO } else { v })
                    .take(self.frames)
                    .collect()
            })
            .collect()
    }
}

/// Random cases of 1 to 3000 frames, cut into blocks of 0 to 700 frames, often of 1.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    let cut = prop_oneof![3 => Just(1_usize), 2 => 2_usize..70, 1 => 70_usize..700, 1 => Just(0_usize)];
    (any::<u32>(), 0.01_f64..4.0, 1_usize..3_000, prop::collection::vec(cut, 1..12), any::<u16>()).prop_map(
        |(seed, level, frames, mut cuts, bad)| {
            cuts.push(5);
            Case { seed, level, frames, cuts, bad: bad as usize % frames }
        },
    )
}

/// How a processor is expected to behave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expect {
    /// Largest magnitude for input of magnitude up to 4.
    pub(crate) bound: f64,
    /// Frames after a bad sample from which on the output is as if it had been zero.
    pub(crate) recover: usize,
    /// Within what.
    pub(crate) tolerance: f64,
    /// Amplitude of the impulse of the latency law; `None` where output is never zero (dither).
    pub(crate) impulse: Option<f64>,
}

/// All laws that hold for any settings.
pub(crate) fn keeps_the_laws<S: Sample, P: Process<S>>(
    make: impl Fn() -> P + Copy,
    channels: usize,
    case: &Case,
    expect: Expect,
) {
    let input = case.input::<S>(channels);
    laws::cut(make, &input, &case.cuts);
    laws::cut(make, &input, &[1]);
    laws::reset_is_new(make, &input);
    laws::finite(make, &input, expect.bound);
    laws::no_poison(make, &input, case.bad, expect.recover, expect.tolerance);
    laws::silent_after_tail(make, &input);
    laws::extra_channels_untouched(make, channels, &input[0]);
    laws::missing_channels_are_silent(make, &input);
    laws::no_subnormals(make, channels, 4_000);
    if let Some(amplitude) = expect.impulse {
        laws::latency_is_true(make, channels, amplitude);
    }
}

/// `#[test]`s in `f32` and `f64` for a generic `fn check<S: Sample>(case: &Case)`.
#[macro_export]
macro_rules! law_tests {
    ($($check:ident: $cases:literal),+ $(,)?) => {
        mod run {
            $(mod $check {
                use $crate::harness::cases;
                use proptest::prelude::*;
                proptest! {
                    #![proptest_config(ProptestConfig { cases: $cases, failure_persistence: None, ..ProptestConfig::default() })]
                    #[test]
                    fn in_f32(case in cases()) {
                        super::super::$check::<f32>(&case);
                    }
                    #[test]
                    fn in_f64(case in cases()) {
                        super::super::$check::<f64>(&case);
                    }
                }
            })+
        }
    };
}
