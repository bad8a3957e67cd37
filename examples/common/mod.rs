//! What the programs share.

pub(crate) mod interrupt;

use dsp_std::audio::Audio;
use dsp_std::bits::Bits;
use dsp_std::io;
use interrupt::Interrupted;
use std::error::Error;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Prints; a reader that has gone is no reason to complain.
pub(crate) fn print(text: &str) {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => eprintln!("warning: standard output: {e}"),
        _ => {}
    }
}

/// An error with what can be done about it.
pub(crate) fn hint(e: io::Error) -> Box<dyn Error> {
    match e {
        io::Error::Exists { path } => format!("{}: exists already; --force replaces it", path.display()).into(),
        other => other.into(),
    }
}

/// Whether both names lead to the same file, also where there is none yet.
pub(crate) fn same_file(a: &Path, b: &Path) -> bool {
    let place = |p: &Path| {
        p.canonicalize().or_else(|_| {
            let folder = p.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Ok::<_, std::io::Error>(folder.canonicalize()?.join(p.file_name().unwrap_or_default()))
        })
    };
    a == b || matches!((place(a), place(b)), (Ok(a), Ok(b)) if a == b)
}

/// `mix.wav` with `mastered` becomes `mix-mastered.wav`, beside it.
pub(crate) fn beside(input: &Path, what: &str) -> PathBuf {
    let mut name = input.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{what}.wav"));
    input.with_file_name(name)
}

/// Fails now if what would be written later cannot be.
pub(crate) fn check_output(audio: &Audio, bits: Bits, path: &Path, force: bool) -> Result<(), Box<dyn Error>> {
    let most = io::spec(audio, bits).max_frames();
    if audio.frames() as u64 > most {
        return Err(format!("{}: {} frames; a WAV file holds {most} of these", path.display(), audio.frames()).into());
    }
    interrupt::writing(|| io::check_writable(path, force).map_err(hint))
}

/// Writes audio that is on the grid of its word length.
pub(crate) fn write(audio: &Audio, bits: Bits, path: &Path, force: bool) -> Result<(), Box<dyn Error>> {
    interrupt::writing(|| match io::save(audio, bits, path, force, || !interrupt::wanted())? {
        true => Ok(()),
        false => Err(Interrupted.into()),
    })
}
