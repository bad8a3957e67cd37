//! Filter design: pure mathematics in `f64`, without history and without samples.

pub mod k_weighting;
mod magnitude;
pub mod rbj;
pub mod response;
pub mod section;
pub mod sinc;
