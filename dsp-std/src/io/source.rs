//! Where the bytes of a file come from.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that can be read and sought: a file, a `Cursor` over memory.
pub trait Source: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Source for T {}

/// A source without its first `base` bytes (a leading tag), of known length.
pub(super) struct Tail {
    source: Box<dyn Source>,
    base: u64,
    len: u64,
}

impl Tail {
    /// Everything from `base` on.
    pub(super) fn new(mut source: Box<dyn Source>, base: u64) -> io::Result<Self> {
        let end = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(base))?;
        Ok(Self { source, base, len: end.saturating_sub(base) })
    }

    /// Bytes there are.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// The whole source again.
    pub(super) fn into_inner(self) -> Box<dyn Source> {
        self.source
    }

    /// Reads until `buf` is full or the source ends; returns the number of bytes read.
    pub(super) fn fill(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            match self.source.read(&mut buf[done..]) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }
}

impl Read for Tail {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.read(buf)
    }
}

impl Seek for Tail {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(n) => SeekFrom::Start(n.saturating_add(self.base)),
            other => other,
        };
        self.source.seek(to)?.checked_sub(self.base).ok_or_else(|| io::ErrorKind::InvalidInput.into())
    }
}

impl symphonia::core::io::MediaSource for Tail {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_the_base() {
        let mut t = Tail::new(Box::new(io::Cursor::new(b"tag-body".to_vec())), 4).unwrap();
        let mut buf = [0; 8];
        assert_eq!((t.len(), t.fill(&mut buf).unwrap()), (4, 4));
        assert_eq!(&buf[..4], b"body");
        assert_eq!(t.seek(SeekFrom::Start(2)).unwrap(), 2);
        assert_eq!(t.fill(&mut buf[..1]).unwrap(), 1);
        assert_eq!((buf[0], t.seek(SeekFrom::End(0)).unwrap()), (b'd', 4));
        assert!(t.seek(SeekFrom::Current(-6)).is_err(), "before the base");
    }
}
