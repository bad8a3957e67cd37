//! More than two loudspeakers, or two ears.

pub mod binaural;
pub mod downmix;
pub mod matrix;
pub mod panner;
pub mod vbap;
mod vector;
