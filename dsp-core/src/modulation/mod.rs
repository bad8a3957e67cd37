//! Sounds in motion: what a low-frequency oscillator moves.

pub mod chorus;
pub mod flanger;
pub mod lfo;
pub mod phaser;
mod sides;
pub mod tremolo;
mod voices;
pub mod wave;
