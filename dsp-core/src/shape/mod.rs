//! What changes the shape of a sample: saturation, the way to a grid of integers, with dither.

pub mod dither;
pub mod quantise;
pub mod saturation;
