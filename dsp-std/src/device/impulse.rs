//! Impulse responses from files.
