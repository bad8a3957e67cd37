//! Sounds in motion: what a low-frequency oscillator moves.

pub mod lfo;
pub mod phaser;
mod sides;
pub mod tremolo;
pub mod wave;
