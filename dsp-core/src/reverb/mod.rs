//! Rooms and plates, computed or recorded.

mod damping;
pub mod ducked;
pub mod early;
pub mod gated;
mod keyed;
mod line;
pub mod plate;
pub mod fdn;
pub mod convolution;
