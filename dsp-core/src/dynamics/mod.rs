//! Level control: compressors and limiters and what they are built from.

pub mod ballistics;
pub mod box_mean;
pub mod compressor;
pub mod curve;
pub mod detector;
pub mod gain_path;
pub mod limiter;
pub mod sliding_max;
