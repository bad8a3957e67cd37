//! Filter design: plain functions from numbers to coefficients, in `f64`.

pub mod k_weighting;
pub mod sinc;
