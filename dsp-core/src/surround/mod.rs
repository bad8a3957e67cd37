//! More than two loudspeakers, or two ears.

pub mod vbap;
mod vector;
