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
mod ducked;
mod downmix;
mod equalizer;
mod flanger;
mod fdn;
mod gated;
mod echo;
mod equalizer;
mod haas;
mod harness;
mod limiter;
mod one_pole;
mod plate;
mod phaser;
mod tremolo;
mod stereo;
mod shoebox;
mod velvet;
mod saturation;
mod panner;
mod width;
