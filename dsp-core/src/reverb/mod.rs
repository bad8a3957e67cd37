//! Rooms and plates, computed or recorded.

mod damping;
pub mod early;
mod line;
pub mod plate;
pub mod fdn;
pub mod convolution;
