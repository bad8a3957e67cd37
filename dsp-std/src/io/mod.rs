//! Audio files in and out.
//!
//! | task | use |
//! |---|---|
//! | read a whole file | [`read`], [`read_within`] |
//! | read block by block in constant memory | [`reader::Reader`] |
//! | write a whole programme | [`save`] |
//! | write a WAV file block by block; it appears whole or not at all | [`wav::write::Writer`] |
//!
//! What a file is, is decided by its content; a name that says something else is only a warning. WAV (RIFF, RIFX, RF64,
//! BW64) is read by this module, FLAC, MP3, AAC, ALAC, Vorbis and AIFF by the `symphonia` crate.
//!
//! Samples are `f32` with full scale at +-1.0: integers are `value / 2^(bits-1)` (exact up to 24 bits, rounded at 32), floats
//! are taken as they are, so overs of float files and lossy decoders stay. NaN, infinities and `f64` values beyond the
//! range of `f32` become 0.0 and are counted: nothing downstream has to meet them.
//!
//! Damage that leaves audio to be read is a warning; anything else is an [`Error`] of one line. Neither depends on the sizes a
//! header claims: memory grows with the bytes that are there (see [`Limits`]).
//!
//! ```no_run
//! let (audio, report) = dsp_std::io::read("mix.wav")?;
//! println!("{} {} frames of {} channels", report.info.format, audio.frames(), audio.channels());
//! for line in &report.warnings {
//!     eprintln!("warning: {line}");
//! }
//! # Ok::<(), dsp_std::io::Error>(())
//! ```

mod atomic;
mod error;
mod foreign;
mod info;
mod mp4;
mod notes;
pub mod reader;
mod save;
mod sniff;
mod source;
pub mod wav;
mod whole;

pub use atomic::{check_writable, write_text};
pub use error::Error;
pub use info::{Info, Metadata, Report};
pub use save::{save, spec};
pub use source::Source;
pub use whole::{Limits, read, read_within};
