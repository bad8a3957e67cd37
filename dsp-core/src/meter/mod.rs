//! Meters: they look at blocks (`observe`) and say what they saw (`reading`); audio is not changed.

pub mod correlation;
pub mod defects;
pub mod loudness;
mod sums;
pub mod true_peak;
