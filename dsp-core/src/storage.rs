//! Memory from the caller: `[S; N]` in firmware, `&mut [S]` from a linker section, `Box<[S]>` or `Vec<S>` on a host.
//!
//! Every processor whose memory depends on its set-up has a `required_len` to ask first; too little is an
//! [`Error::Storage`](crate::error::Error::Storage) that carries both numbers, what is handed over belongs to the processor, which clears all of it.

/// Anything that lends a slice of samples.
pub trait Storage<S>: AsRef<[S]> + AsMut<[S]> {}

impl<S, M: AsRef<[S]> + AsMut<[S]>> Storage<S> for M {}

/// Splits `len` elements off the front of a slice that is walked piece by piece.
pub(crate) fn take<'a, S>(rest: &mut &'a mut [S], len: usize) -> &'a mut [S] {
    let (front, back) = core::mem::take(rest).split_at_mut(len);
    *rest = back;
    front
}
