//! WAVE files: RIFF, RIFX, RF64 and BW64 in, RIFF out.
//!
//! Sources: Microsoft/IBM Multimedia Programming Interface 1.0 (RIFF), Microsoft WAVEFORMATEXTENSIBLE, EBU Tech 3306 (RF64),
//! ITU-R BS.2088 (BW64), EBU Tech 3285 (bext).

mod chunks;
mod format;
mod metadata;
pub(super) mod read;
pub(super) mod samples;
pub mod write;
