//! Level control: compressors and limiters and what they are built from.

pub mod ballistics;
pub mod compressor;
pub mod curve;
