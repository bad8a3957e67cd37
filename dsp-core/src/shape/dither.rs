//! The last step to 16 or 24 bits: turns the rounding from distortion into a steady, faint hiss.
//!
//! `y = round(x + d)` on the grid of [`crate::shape::quantise`], with triangular dither `d` of two LSB peak to peak: the
//! difference of two uniform random numbers of 16 bits. The total error then has mean 0 and variance LSB^2 / 4 at any
//! level and for any signal, also in `f32` at 24 bits near full scale (tests): no harmonic of a tone rises above the noise
//! floor. The noise lies at -96.33 dBFS (RMS) for 16 bits, -144.49 for 24.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `bits` | | 8 to 24 | 16 |
//! | `seed` | | any; two seeds give independent noise | 0 |
//! | `dither` | | off: plain rounding, which distorts | on |
//!
//! The random number of a sample is a hash of frame number since `reset`, channel and seed, so the same input gives the
//! same file and no cut of the stream changes a bit. It repeats after 2^32 frames (a day at 48 kHz); channels and seeds
//! read that sequence from different places.
//!
//! Latency 0. Tail: infinite with dither, since digital silence comes out as noise too (there is no blanking of silence
//! yet); none without. Output is limited to `-1 ..= 1 - LSB`; within one LSB of full scale that limit, not the
//! dither, decides. A new setting takes effect at once: between two grids there is nothing to move through, so `tune`
//! has no use for its `over`. Cost: about 2 ns per stereo frame of `f32` on baseline
//! x86-64 (SSE2), 0.7 ns where the compiler may use AVX2, which has a 32-bit product.
//!
//! When not to use it: anywhere but at the end, or twice. Noise shaping is not part of this module.
//!
//! Sources: Lipshitz, Wannamaker, Vanderkooy, "Quantization and dither: a theoretical survey", JAES 40(5) 1992, sections
//! 4 and 5; hash: see [`crate::signal::hash`].
//!
//! ```
//! use dsp_core::{laws, shape::{dither::{Dither, Params, Setup}, quantise::to_integers}};
//! let mut dither = Dither::<f32>::new(&Setup { channels: 1 }, &Params::default())?;
//! let out = laws::render(&mut dither, &[vec![0.25; 100]]);
//! let mut integers = [0; 100];
//! to_integers(&out[0], 16, &mut integers)?;
//! assert!(integers.iter().all(|i| (i - 8192).abs() <= 1));
//! # Ok::<(), dsp_core::error::Error>(())
//! ```

use crate::block::Block;
use crate::error::Error;
use crate::layout::MAX_CHANNELS;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::sample::Sample;
use crate::shape::quantise::Grid;
use crate::signal::hash;
use crate::units::Frames;

/// What fixes the channels that are dithered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Channels, 1 to 24.
    pub channels: usize,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Bits of the grid.
    pub bits: u32,
    /// Which noise.
    pub seed: u32,
    /// Whether noise is added before rounding.
    pub dither: bool,
}

impl Default for Params {
    fn default() -> Self {
        Self { bits: 16, seed: 0, dither: true }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    grid: Grid<S>,
    /// Dither in steps per unit of the difference of two 16-bit numbers: 2^-16, or 0.
    depth: S,
    seed: u32,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params`.
    pub fn design(params: &Params) -> Result<Self, Error> {
        let depth = if params.dither { 1.0 / 65_536.0 } else { 0.0 };
        Ok(Self { grid: Grid::new(params.bits)?, depth: S::from_f64(depth), seed: params.seed })
    }
}

/// The processor; its only memory is the frame number.
#[derive(Debug, Clone)]
pub struct Dither<S> {
    setup: Setup,
    coeffs: Coeffs<S>,
    frame: u32,
}

impl<S: Sample> Dither<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("channels", setup.channels as f64, 1.0, MAX_CHANNELS as f64, "")?;
        Ok(Self { setup: *setup, coeffs: Coeffs::design(params)?, frame: 0 })
    }

    /// Designs and takes `params` at once, whatever `over`; on an error the old setting stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(params)?, over);
        Ok(())
    }
}

/// 2^32 over the golden ratio: spreads neighbouring frames over all bits before the hash does. Hashes of the plain frame
/// number showed lines 14 dB above the mean of a bin in the spectrum of 4 million frames; with it there are none.
const SPREAD: u32 = 0x9E37_79B9;

/// `i * SPREAD`: a load, where baseline x86-64 has no 32-bit vector product.
const SPREADS: [u32; CHUNK] = {
    let mut table = [0; CHUNK];
    let mut i = 0;
    while i < CHUNK {
        table[i] = (i as u32).wrapping_mul(SPREAD);
        i += 1;
    }
    table
};

/// Triangular between -65535 and 65535, from both halves of a hash.
#[inline(always)]
fn triangle(index: u32) -> i32 {
    let bits = hash(index);
    (bits & 0xFFFF) as i32 - (bits >> 16) as i32
}

impl<S: Sample> Tune<S> for Dither<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, _over: Frames) {
        self.coeffs = *coeffs;
    }
}

impl<S: Sample> Process<S> for Dither<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let (frames, channels) = (block.frames(), block.channels().min(self.setup.channels));
        let Coeffs { grid, depth, seed } = self.coeffs;
        for channel in 0..channels {
            let key = hash(hash(seed) ^ channel as u32);
            let mut index = self.frame.wrapping_mul(SPREAD).wrapping_add(key);
            for piece in block.channel_mut(channel).chunks_mut(CHUNK) {
                for (x, spread) in piece.iter_mut().zip(&SPREADS) {
                    let noise = S::from_i32(triangle(index.wrapping_add(*spread))) * depth;
                    *x = grid.quantise(*x, noise);
                }
                index = index.wrapping_add((piece.len() as u32).wrapping_mul(SPREAD));
            }
        }
        self.frame = self.frame.wrapping_add(frames as u32);
    }

    fn reset(&mut self) {
        self.frame = 0;
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        if self.coeffs.depth == S::ZERO { Tail::NONE } else { Tail::Infinite }
    }
}

#[cfg(test)]
mod tests;
