//! Rooms and plates, computed or recorded.
