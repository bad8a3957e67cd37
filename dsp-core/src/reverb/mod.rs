//! Rooms and plates, computed or recorded.

mod line;
pub mod plate;
