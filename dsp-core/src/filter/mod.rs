//! Filters, each with the same names and verbs.

pub mod carry;
pub mod dc_block;
pub mod one_pole;
