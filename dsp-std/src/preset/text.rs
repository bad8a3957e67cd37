//! Presets as text: finding, reading and parsing, with errors that name the place.

use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Why a preset cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither a built-in name nor a file.
    #[error("preset '{name}' is unknown: built in are {}; or give the path of a .toml file", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is not a preset.
    #[error("{place}: {message}")]
    Text {
        /// File or name.
        place: String,
        /// What is wrong, with the line.
        message: String,
    },
    /// A value is out of its range.
    #[error("{place}: {source}")]
    Value {
        /// File or name.
        place: String,
        /// Which, and what is allowed.
        source: dsp_core::error::Error,
    },
}

/// The path that `name` can only be: it ends in something, or is there.
pub(super) fn path(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    (path.extension().is_some() || path.exists()).then_some(path)
}

pub(super) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// What the text describes; `place` is what errors call it.
pub(super) fn parse<T: DeserializeOwned>(text: &str, place: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        Error::Text { place: place.to_owned(), message: format!("line {line}: {}", e.message().replace('\n', " ")) }
    })
}
