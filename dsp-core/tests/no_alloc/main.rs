//! Nothing allocates once it is built: every processor and meter under an allocator that refuses.
//!
//! One module per group of families; each has a generic `everything` that is run in `f32` and `f64`.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use dsp_core::block::Block;
use dsp_core::process::Process;
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::SampleRate;

mod convolution;
mod delay;
mod mastering;
mod modulation;
mod reverb;
mod space;
mod stereo;
mod surround;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

pub(crate) const RATE: SampleRate = SampleRate::VIDEO;

/// Runs `processor` on two channels under the guard; it must have let something through.
pub(crate) fn quiet<S: Sample>(name: &str, processor: &mut dyn Process<S>) {
    let mut planes: Vec<Vec<S>> = (0..2).map(|c| signal::pink(c, 2.0).take(5_000).collect()).collect();
    let mut planes = &mut planes[..];
    let mut block = Block::new(&mut planes);
    assert_no_alloc(|| {
        for (at, n) in [(0, 1), (1, 700), (701, 0), (701, 4_299)] {
            processor.process(&mut block.part(at, n));
        }
        processor.reset();
        let _ = (processor.latency(), processor.tail());
    });
    assert!(block.channel(0).iter().any(|v| *v != S::ZERO), "{name} has done something");
}

/// Cleared storage.
pub(crate) fn storage<S: Sample>(len: usize) -> Vec<S> {
    vec![S::ZERO; len]
}

/// `#[test]`s in both sample types for the `everything` of each module.
macro_rules! in_both {
    ($($family:ident),+ $(,)?) => {$(
        mod $family {
            #[test]
            fn in_f32() {
                crate::$family::everything::<f32>();
            }
            #[test]
            fn in_f64() {
                crate::$family::everything::<f64>();
            }
        }
    )+};
}

mod run {
    in_both!(convolution, delay, mastering, modulation, reverb, space, stereo, surround);
}
