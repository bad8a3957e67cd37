//! Delays.

pub mod interpolation;
pub mod line;
pub mod ring;
pub mod thiran;
