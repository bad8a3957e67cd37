//! Filter design: plain functions from numbers to coefficients, in `f64`.

pub mod sinc;
