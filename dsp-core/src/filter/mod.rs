//! Filters, each with the same names and verbs.

pub mod between;
pub mod biquad;
pub mod carry;
pub mod cascade;
pub mod dc_block;
pub mod equalizer;
pub mod one_pole;
pub mod svf;
