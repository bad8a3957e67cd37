//! A file that appears whole or not at all.

use super::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A temporary file beside its target. Dropped without [`commit`](Self::commit), it disappears and the target stays as it was.
#[derive(Debug)]
pub(super) struct AtomicFile {
    path: PathBuf,
    temp: NamedTempFile,
    overwrite: bool,
}

impl AtomicFile {
    /// Begins a file that will be called `path`. Refuses early what would be refused at the end.
    pub(super) fn create(path: &Path, overwrite: bool) -> Result<Self, Error> {
        let failed = |source| Error::Write { path: path.into(), source };
        match path.symlink_metadata() {
            Ok(_) if !overwrite => return Err(Error::Exists { path: path.into() }),
            Ok(_) if path.is_dir() => return Err(failed(io::ErrorKind::IsADirectory.into())),
            // A rename would put a file in the place of a device or a pipe.
            Ok(there) if !there.is_file() && !there.is_symlink() => {
                return Err(failed(io::Error::other("it is a device or a pipe, not a file")));
            }
            _ => {}
        }
        let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidFilename.into()))?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut prefix = std::ffi::OsString::from(".");
        // A short piece of the name: the whole could exceed what the file system allows.
        prefix.push(name.to_string_lossy().chars().take(16).collect::<String>());
        prefix.push("-");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp");
        // Temporary files are private by default; this one becomes an ordinary file. The umask still applies.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // The kind alone: the text of the error would name the temporary file as well.
        let temp = builder.tempfile_in(folder).map_err(|e| failed(e.kind().into()))?;
        Ok(Self { path: path.into(), temp, overwrite })
    }

    /// The file to write to.
    pub(super) fn file(&mut self) -> &mut File {
        self.temp.as_file_mut()
    }

    /// Its name in the end.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name in one step. Without permission to overwrite, a target that has appeared meanwhile wins.
    pub(super) fn commit(self) -> Result<(), Error> {
        let Self { path, temp, overwrite } = self;
        // On the disk before it has the name, so that a loss of power leaves the old file or the new one.
        temp.as_file().sync_all().map_err(|source| Error::Write { path: path.clone(), source })?;
        let renamed = if overwrite { temp.persist(&path) } else { temp.persist_noclobber(&path) };
        match renamed {
            Ok(_) => Ok(()),
            Err(e) if !overwrite && e.error.kind() == io::ErrorKind::AlreadyExists => Err(Error::Exists { path }),
            Err(e) => Err(Error::Write { path, source: e.error }),
        }
    }
}

/// Checks that a file could be written there, by beginning one and taking it back.
///
/// # Errors
/// What [`write_text`] would say.
pub fn check_writable(path: impl AsRef<Path>, overwrite: bool) -> Result<(), Error> {
    AtomicFile::create(path.as_ref(), overwrite).map(drop)
}

/// Writes a small text file that appears whole or not at all.
///
/// # Errors
/// [`Error::Exists`] when the file exists and `overwrite` is false; [`Error::Write`].
pub fn write_text(path: impl AsRef<Path>, text: &str, overwrite: bool) -> Result<(), Error> {
    let path = path.as_ref();
    let mut file = AtomicFile::create(path, overwrite)?;
    file.file().write_all(text.as_bytes()).map_err(|source| Error::Write { path: path.into(), source })?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn dropped_means_nothing_happened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        fs::write(&path, "old").unwrap();
        let mut f = AtomicFile::create(&path, true).unwrap();
        f.file().write_all(b"new").unwrap();
        drop(f);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_target_that_appears_meanwhile_wins() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let f = AtomicFile::create(&path, false).unwrap();
        fs::write(&path, "other").unwrap();
        assert!(matches!(f.commit(), Err(Error::Exists { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
        assert!(matches!(AtomicFile::create(&path, false), Err(Error::Exists { .. })));
        assert!(AtomicFile::create(dir.path(), true).is_err(), "a directory is no target");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode();
        fs::write(dir.path().join("plain"), "").unwrap();
        AtomicFile::create(&dir.path().join("a.wav"), false).unwrap().commit().unwrap();
        assert_eq!(mode(&dir.path().join("a.wav")), mode(&dir.path().join("plain")));
    }
}
