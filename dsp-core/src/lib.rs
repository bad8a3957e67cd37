//! Audio processing that runs the same on a Cortex-M and in a mastering chain: filters, dynamics, delays, reverbs,
//! convolution, modulation, stereo and surround tools, dither and loudness metering, without `std`, without an
//! allocator, without `unsafe`.
//!
//! # How it fits together
//!
//! A processor is made from four things, always in this direction and always with these names:
//!
//! | name | what it is |
//! |---|---|
//! | `Setup` | what fixes memory and latency: sample rate, channels, look-ahead. A new `Setup` is a new processor. |
//! | `Params` | what a person sets, in typed units ([`units`]). |
//! | `Coeffs` | plain numbers computed from the two, `Copy`, without history. Designed in `f64`. |
//! | state | memory, held in storage the caller owns ([`storage`]); zero is silence. |
//!
//! The verbs are the same everywhere: `new`, `set`, `tune`, `process`, `reset`, `latency`, `tail`.
//! `new` and `set` validate and return a [`error::Error`] that names the parameter, its value and the allowed range;
//! `process` and `tune` never fail, allocate, lock or log.
//!
//! # The law that replaces an event system
//!
//! A processor's output does not depend on where the stream is cut into blocks, bit for bit. Sample-accurate
//! automation is therefore nothing but calling `process` on shorter blocks, which [`timed`] does. The promises are
//! written down as functions in `laws` (feature `laws`) and tested for every processor here.
//!
//! # Shapes
//!
//! Audio is planar: channels x frames ([`block::Block`]). Samples are `f32` or `f64` ([`sample::Sample`]); full scale
//! is 1.0. The channel count is a run-time value from 1 to 24.
//!
//! # Features
//!
//! `serde`: (de)serialisable `Params`. `biquad`: conversions to and from the `biquad` crate. `laws`: the laws as
//! functions (needs an allocator). None is on by default.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "laws")]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod block;
pub mod delay;
pub mod design;
pub mod dynamics;
pub mod error;
pub mod fft;
pub mod filter;
pub mod gain;
pub mod lanes;
#[cfg(feature = "laws")]
pub mod laws;
pub mod layout;
pub mod math;
pub mod meter;
pub mod modulation;
pub mod process;
pub mod ramp;
pub mod reverb;
pub mod sample;
pub mod shape;
pub mod signal;
pub mod stereo;
pub mod storage;
pub mod surround;
pub mod timed;
pub mod units;
