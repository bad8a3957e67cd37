//! Rooms and plates, computed or recorded.

pub mod convolution;
mod damping;
pub mod ducked;
pub mod early;
pub mod fdn;
pub mod gated;
mod keyed;
mod line;
pub mod plate;
