//! The discrete Fourier transform of real signals, without an allocator.
//!
//! [`real`] is the transform as textbooks have it. Convolution uses a cheaper relative of its own; both run on the same
//! passes.

mod butterfly;
pub(crate) mod passes;
pub mod real;
pub(crate) mod skew;
