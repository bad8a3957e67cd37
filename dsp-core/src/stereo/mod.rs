//! What makes a programme wide, narrow or centred.

pub mod width;
