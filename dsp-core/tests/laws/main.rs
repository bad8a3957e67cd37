//! Every processor against every law, in `f32` and `f64`, with random input, cuts and bad samples.
//!
//! One module per processor: it says how to make one and what its neutral settings are; `harness` does the rest.

mod binaural;
mod biquad;
mod chorus;
mod compressor;
mod convolution;
mod dc_block;
mod dither;
mod downmix;
mod ducked;
mod echo;
mod equalizer;
mod extremes;
mod fdn;
mod flanger;
mod gated;
mod haas;
mod harness;
mod limiter;
mod one_pole;
mod panner;
mod phaser;
mod plate;
mod saturation;
mod shoebox;
mod stereo;
mod tremolo;
mod velvet;
mod width;
