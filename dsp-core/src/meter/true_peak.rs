//! The highest level between the samples: what a converter or a codec will make of them.
//!
//! 16 times oversampled, with as many taps a phase as `T` says (64 unless told otherwise; 16 is enough for a small
//! target): see [`crate::filter::between`]. Reading error of the default for content up to 0.4535 x rate: 0.001 dB of
//! the filter and at most 0.042 dB of the grid. BS.1770-5 Annex 2 asks for 4 times and 12 taps.
//!
//! The peak of frame `n` is seen once `T/2` more frames have come: give a file as many frames of silence at its end.
//!
//! Sources: ITU-R BS.1770-5 (11/2023), Annex 2; EBU Tech 3341 (2023), cases 15 to 23.

use crate::block::Block;
use crate::error::Error;
use crate::filter::between::{Sixteenths, loudest};
use crate::layout::MAX_CHANNELS;
use crate::process::CHUNK;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::Decibels;

/// Most taps a phase can have.
pub const MAX_TAPS: usize = 64;

/// Samples of storage for one channel: history and both peaks.
pub(crate) const fn channel_len(taps: usize) -> usize {
    taps + 1
}

/// Samples of storage.
pub fn required_len(channels: usize, taps: usize) -> usize {
    channels.saturating_mul(channel_len(taps))
}

/// The meter; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct TruePeak<S, M, const T: usize = MAX_TAPS> {
    scanner: Sixteenths<S, T>,
    channels: usize,
    storage: M,
}

impl<S: Sample, M: Storage<S>, const T: usize> TruePeak<S, M, T> {
    /// Builds the meter for 1 to 24 channels, with 8 to 64 taps (an even number); `storage` is cleared.
    pub fn new(channels: usize, mut storage: M) -> Result<Self, Error> {
        check::<T>()?;
        Error::check("channels", channels as f64, 1.0, MAX_CHANNELS as f64, "")?;
        Error::check_len("true peak", required_len(channels, T), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self { scanner: Sixteenths::new(), channels, storage })
    }

    /// Looks at a block. Channels beyond those of the set-up are not looked at.
    pub fn observe(&mut self, block: &Block<'_, S>) {
        let slots = self.storage.as_mut().chunks_exact_mut(channel_len(T));
        for (channel, slot) in slots.enumerate().take(self.channels.min(block.channels())) {
            for piece in block.channel(channel).chunks(CHUNK) {
                let mut x = [S::ZERO; CHUNK];
                for (x, v) in x.iter_mut().zip(piece) {
                    *x = v.clean();
                }
                observe_channel(&self.scanner, slot, &x[..piece.len()]);
            }
        }
    }

    /// Highest true peak of one channel so far; minus infinity for silence and for channels beyond the set-up.
    pub fn true_peak(&self, channel: usize) -> Decibels {
        self.peak(channel, T)
    }

    /// Highest sample of one channel so far; minus infinity for silence and for channels beyond the set-up.
    pub fn sample_peak(&self, channel: usize) -> Decibels {
        self.peak(channel, T - 1)
    }

    fn peak(&self, channel: usize, offset: usize) -> Decibels {
        let slot = (channel < self.channels).then(|| channel * channel_len(T) + offset);
        slot.map_or(Decibels::SILENCE, |at| Decibels::from_amplitude(self.storage.as_ref()[at].to_f64()))
    }

    /// As new.
    pub fn reset(&mut self) {
        self.storage.as_mut().fill(S::ZERO);
    }
}

/// Checks the number of taps.
pub(crate) fn check<const T: usize>() -> Result<(), Error> {
    // An odd number has its middle on a sample, not between two.
    let even = if T.is_multiple_of(2) { T as f64 } else { f64::NAN };
    Error::check("taps (an even number)", even, 8.0, MAX_TAPS as f64, "")
}

/// At most [`CHUNK`] clean samples of one channel. `slot` is history, sample peak, true peak.
#[inline]
pub(crate) fn observe_channel<S: Sample, const T: usize>(scanner: &Sixteenths<S, T>, slot: &mut [S], x: &[S]) {
    let (history, peaks) = slot.split_at_mut(T - 1);
    let mut stretch = [S::ZERO; MAX_TAPS + CHUNK];
    let stretch = &mut stretch[..T - 1 + x.len()];
    stretch[..T - 1].copy_from_slice(history);
    stretch[T - 1..].copy_from_slice(x);
    history.copy_from_slice(&stretch[x.len()..]);
    peaks[0] = peaks[0].larger(loudest(x));
    peaks[1] = scanner.scan(stretch, peaks[1], |_, peak| peak);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal;
    use crate::units::{Hertz, SampleRate};
    use std::vec::Vec;

    fn read(x: &[f64], cut: usize) -> (f64, f64) {
        let mut meter = TruePeak::<f64, _>::new(1, [0.0; 65]).unwrap();
        let mut planes = [x.to_vec()];
        let mut block = Block::new(&mut planes);
        for at in (0..x.len()).step_by(cut) {
            meter.observe(&block.part(at, cut));
        }
        (meter.true_peak(0).0, meter.sample_peak(0).0)
    }

    #[test]
    fn a_tone_between_the_samples_is_read() {
        // A quarter of the rate at 45 degrees: samples reach -3.01 dB of its peak only.
        let tone = signal::sine::<f64>(SampleRate::VIDEO, Hertz(12_000.0), 0.5, 45.0);
        let x: Vec<f64> = tone.take(9_600).enumerate().map(|(n, v)| v * (n as f64 / 480.0).min(1.0)).collect();
        for cut in [9_600, 1, 77] {
            let (peak, sample) = read(&x, cut);
            assert!((peak - -6.0206).abs() < 0.01, "{peak}");
            assert!((sample - -9.0309).abs() < 0.001, "{sample}");
        }
    }

    #[test]
    fn silence_is_minus_infinity() {
        assert_eq!(read(&[0.0; 100], 100), (f64::NEG_INFINITY, f64::NEG_INFINITY));
    }
}
