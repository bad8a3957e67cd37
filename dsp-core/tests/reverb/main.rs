//! How reverberation sounds, in numbers: decay times, echo density, colour, width of impulse responses.
//!
//! `analysis` reads the numbers and is itself checked against ideal exponentially decaying Gaussian noise; one module
//! per reverberator asks for them.

mod analysis;
mod fdn;
mod plate;
