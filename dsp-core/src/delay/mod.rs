//! Delays.

pub mod echo;
pub mod haas;
pub mod interpolation;
pub mod line;
pub mod ring;
pub mod tempo;
pub mod thiran;
