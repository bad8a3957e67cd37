//! Room acoustics of an impulse response.

pub(crate) mod bands;
pub(crate) mod decay;
pub(crate) mod density;
pub(crate) mod late;
mod self_test;

/// Centres of the octave bands, in hertz.
pub(crate) const OCTAVES: [f64; 8] = [63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0];
