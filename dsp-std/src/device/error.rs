//! Why a device could not be built.

use crate::io;
use std::path::PathBuf;

/// Why a device could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What the core module says about a setting.
    #[error(transparent)]
    Setting(#[from] dsp_core::error::Error),
    /// The impulse response of a convolution cannot be read.
    #[error("impulse response: {0}")]
    Impulse(#[from] io::Error),
    /// The impulse response does not fit.
    #[error("impulse response {}: {what}", path.display())]
    Response {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what is allowed.
        what: String,
    },
}
