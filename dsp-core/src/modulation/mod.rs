//! Sounds in motion: what a low-frequency oscillator moves.

pub mod lfo;
pub mod wave;
