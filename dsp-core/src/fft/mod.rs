//! The discrete Fourier transform of real signals.
