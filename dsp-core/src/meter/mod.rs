//! Meters: they look at blocks (`observe`) and say what they saw (`reading`); audio is not changed.

pub mod loudness;
pub mod true_peak;
