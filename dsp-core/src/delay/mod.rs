//! Delays.

pub mod ring;
