//! A whole programme in memory: planar `f32` samples with their rate and layout.

use dsp_core::error::Error;
use dsp_core::layout::{Layout, MAX_CHANNELS};
use dsp_core::units::{SampleRate, Seconds};

/// Planar audio, one `Vec` per channel, full scale at +-1.0. Values beyond full scale are legal and kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    rate: SampleRate,
    layout: Layout,
    planes: Vec<Vec<f32>>,
}

impl Audio {
    /// From planes in the channel order of `layout`.
    ///
    /// # Errors
    /// When the number of planes is outside 1 to 24 or not that of the layout, or when the planes differ in length.
    pub fn new(rate: SampleRate, layout: Layout, planes: Vec<Vec<f32>>) -> Result<Self, Error> {
        let count = planes.len() as f64;
        Error::check("channels", count, 1.0, MAX_CHANNELS as f64, "")?;
        let wanted = layout.channels() as f64;
        Error::check("channels", count, wanted, wanted, "")?;
        let frames = planes[0].len() as f64;
        for plane in &planes[1..] {
            Error::check("plane length", plane.len() as f64, frames, frames, "frames")?;
        }
        Ok(Self { rate, layout, planes })
    }

    /// `frames` frames of silence.
    pub fn silence(rate: SampleRate, layout: Layout, frames: usize) -> Self {
        Self { rate, layout, planes: vec![vec![0.0; frames]; layout.channels()] }
    }

    /// Sample rate.
    pub const fn rate(&self) -> SampleRate {
        self.rate
    }

    /// Which channel is heard where.
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Number of channels, 1 to 24.
    pub const fn channels(&self) -> usize {
        self.layout.channels()
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.planes[0].len()
    }

    /// How long it lasts.
    pub fn duration(&self) -> Seconds {
        Seconds(self.frames() as f64 / self.rate.hertz())
    }

    /// All channels.
    pub fn planes(&self) -> &[Vec<f32>] {
        &self.planes
    }

    /// All channels as slices that can be written but not resized: what a `dsp_core::block::Block` borrows.
    pub fn planes_mut(&mut self) -> Vec<&mut [f32]> {
        self.planes.iter_mut().map(Vec::as_mut_slice).collect()
    }

    /// One channel.
    ///
    /// # Panics
    /// When `channel` is not below [`channels`](Self::channels).
    pub fn plane(&self, channel: usize) -> &[f32] {
        &self.planes[channel]
    }

    /// One channel, to write.
    ///
    /// # Panics
    /// When `channel` is not below [`channels`](Self::channels).
    pub fn plane_mut(&mut self, channel: usize) -> &mut [f32] {
        &mut self.planes[channel]
    }

    /// The planes, without copying.
    pub fn into_planes(self) -> Vec<Vec<f32>> {
        self.planes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_must_match_the_layout_and_each_other() {
        let new = |layout, planes| Audio::new(SampleRate::CD, layout, planes);
        let a = new(Layout::STEREO, vec![vec![0.0; 441], vec![0.5; 441]]).unwrap();
        assert_eq!((a.channels(), a.frames(), a.duration()), (2, 441, Seconds(0.01)));
        assert_eq!(a.plane(1)[0], 0.5);
        let e = new(Layout::STEREO, vec![vec![0.0; 4], vec![0.0; 5]]).unwrap_err();
        assert_eq!(e.to_string(), "plane length is 5 frames; allowed are 4 to 4 frames");
        assert!(new(Layout::MONO, vec![vec![], vec![]]).is_err());
        assert!(new(Layout::MONO, vec![]).is_err());
        assert_eq!(new(Layout::MONO, vec![vec![]]).unwrap().frames(), 0);
    }
}
