//! The first reflections, before the reverberation: they say how large a room is and where one stands in it.

mod fade;
mod history;
pub mod shoebox;
pub mod velvet;
