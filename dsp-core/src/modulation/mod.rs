//! Sounds in motion: what a low-frequency oscillator moves.
