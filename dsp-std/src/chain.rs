//! Devices in a row, as one processor.
//!
//! Latency and tail are the sums of those of the devices. [`Chain::render`] is the offline use: output aligned with input
//! to the sample, as many frames out as in.

use crate::device::{Device, Error, Node};
use dsp_core::block::Block;
use dsp_core::layout::Layout;
use dsp_core::process::{Process, Tail};
use dsp_core::ramp::Shape;
use dsp_core::sample::Sample;
use dsp_core::units::{Frames, SampleRate};

/// Frames that go through all devices before the next ones: what fits the nearest cache.
const BLOCK: usize = 256;

/// Amplitude below which nothing is heard any more: -120 dBFS.
pub const SILENCE: f64 = 1e-6;
/// Frames in which a tail that is cut is faded out.
pub const FADE: usize = 2048;

/// How a chain rang out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Frames that were added behind the programme.
    pub frames: usize,
    /// Whether it would have gone on.
    pub cut: bool,
}

/// Live devices in a row.
pub struct Chain<S> {
    nodes: Vec<Node<S>>,
}

impl<S: Sample> Chain<S> {
    /// Builds every device.
    ///
    /// # Errors
    /// The first device that refuses its parameters.
    pub fn new(devices: &[Device], rate: SampleRate, layout: Layout) -> Result<Self, Error> {
        let nodes = devices.iter().map(|d| d.node(rate, layout)).collect::<Result<_, _>>()?;
        Ok(Self { nodes })
    }

    /// Processes whole planes in place; the latency is taken out. `progress` hears how many frames are done.
    pub fn render(&mut self, planes: &mut [Vec<S>], progress: impl FnMut(usize)) {
        self.render_longer(planes, 0, progress);
    }

    /// Like [`render`](Self::render), and lets the chain ring on behind the programme, as long as its tail lasts but at most
    /// `longest` frames. What is then left below [`SILENCE`] is cut off; a sound that goes on is
    /// faded out within the last [`FADE`] frames.
    pub fn ring_out(&mut self, planes: &mut [Vec<S>], longest: usize, progress: impl FnMut(usize)) -> Rung {
        let frames = planes.iter().map(Vec::len).min().unwrap_or(0);
        let tail = match self.tail() {
            Tail::Frames(Frames(n)) => usize::try_from(n).unwrap_or(usize::MAX),
            Tail::Infinite => usize::MAX,
        };
        self.render_longer(planes, tail.min(longest), progress);
        let floor = S::from_f64(SILENCE);
        let heard = |plane: &Vec<S>| plane.iter().rposition(|v| v.abs() >= floor).map_or(0, |last| last + 1);
        let end = planes.iter().map(heard).max().unwrap_or(0).max(frames);
        // Between two echoes it may be silent: whether it goes on shows in the last quarter.
        let cut = tail > longest && end > frames + longest * 3 / 4;
        let end = if cut { frames + longest } else { end };
        for plane in planes.iter_mut() {
            plane.truncate(end);
            let fade = if cut { FADE.min(longest) } else { 0 };
            for (i, v) in plane.iter_mut().skip(end - fade).enumerate() {
                *v *= Shape::Smooth.at(S::from_f64((fade - i) as f64 / fade as f64));
            }
        }
        Rung { frames: end - frames, cut }
    }

    fn render_longer(&mut self, planes: &mut [Vec<S>], tail: usize, mut progress: impl FnMut(usize)) {
        self.reset();
        if self.nodes.is_empty() {
            return;
        }
        let latency = usize::try_from(self.latency().get()).expect("latency fits memory");
        for plane in planes.iter_mut() {
            plane.reserve_exact(latency + tail);
            plane.resize(plane.len() + latency + tail, S::ZERO);
        }
        {
            let mut view = &mut planes[..];
            let mut block = Block::new(&mut view);
            let frames = block.frames();
            for at in (0..frames).step_by(BLOCK) {
                self.process(&mut block.part(at, BLOCK));
                if at % (256 * BLOCK) == 0 {
                    progress(at);
                }
            }
        }
        for plane in planes.iter_mut() {
            plane.drain(..latency);
        }
    }
}

impl<S: Sample> Process<S> for Chain<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let mut part = block.part(at, BLOCK);
            for node in &mut self.nodes {
                node.process(&mut part);
            }
            at += part.frames();
        }
    }

    fn reset(&mut self) {
        for node in &mut self.nodes {
            node.reset();
        }
    }

    fn latency(&self) -> Frames {
        self.nodes.iter().map(|n| n.latency()).fold(Frames::ZERO, |a, b| a + b)
    }

    fn tail(&self) -> Tail {
        self.nodes.iter().map(|n| n.tail()).fold(Tail::NONE, Tail::and_then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsp_core::signal;

    fn devices() -> Vec<Device> {
        let text = "
            [[chain]]
            device = 'equalizer'
            params = [{ kind = 'high_pass', frequency = 30.0 }, { kind = 'high_shelf', frequency = 9000.0, gain = 2.0 }]
            [[chain]]
            device = 'compressor'
            setup = { look_ahead = 0.001 }
            params = { threshold = -24.0, ratio = 3.0 }
            [[chain]]
            device = 'width'
            params = { width = 1.2 }
            [[chain]]
            device = 'limiter'
            params = { ceiling = -6.0, gain = 3.0 }
        ";
        #[derive(serde::Deserialize)]
        struct Holder {
            chain: Vec<Device>,
        }
        toml::from_str::<Holder>(text).unwrap().chain
    }

    #[test]
    fn rendering_keeps_length_and_alignment() {
        let mut chain = Chain::<f32>::new(&devices(), SampleRate::VIDEO, Layout::STEREO).unwrap();
        assert_eq!(chain.latency(), Frames(48 + 252));
        let mut planes = vec![vec![0.0; 1_000]; 2];
        planes[0][321] = 0.01;
        planes[1][321] = 0.01;
        chain.render(&mut planes, |_| {});
        assert_eq!(planes[0].len(), 1_000);
        let peak = (0..1_000).max_by(|a, b| planes[0][*a].abs().total_cmp(&planes[0][*b].abs()));
        assert_eq!(peak, Some(321));
        assert!(planes[0][..321].iter().all(|v| *v == 0.0));
    }

    #[test]
    fn a_chain_rings_out_and_no_longer_than_it_may() {
        let echo = "device = 'echo'\nparams = { left = { seconds = 0.1 }, feedback = 0.5, mix = 1.0 }";
        let mut chain = Chain::<f32>::new(&[toml::from_str(echo).unwrap()], SampleRate::VIDEO, Layout::MONO).unwrap();
        let click = || vec![[&[1.0_f32][..], &[0.0; 99]].concat()];
        // -120 dB is passed after 20 rounds of -6 dB.
        let mut planes = click();
        assert_eq!(chain.ring_out(&mut planes, 480_000, |_| {}), Rung { frames: 20 * 4_800 - 99, cut: false });
        assert_eq!((planes[0][4_800], planes[0][9_600]), (1.0, 0.5));
        let mut planes = click();
        assert_eq!(chain.ring_out(&mut planes, 10_000, |_| {}), Rung { frames: 10_000, cut: true });
        assert_eq!((planes[0].len(), planes[0][4_800]), (10_100, 1.0));
        assert!(planes[0][9_600] > 0.05 && planes[0][9_600] < 0.3, "within the fade");
        // Planes of unequal length are cut to what is common to them, and what was there before stays.
        let mut planes = vec![vec![0.5_f32; 10], vec![0.5; 30]];
        Chain::new(&[], SampleRate::VIDEO, Layout::STEREO).unwrap().ring_out(&mut planes, 1_000, |_| {});
        assert_eq!((planes[0].len(), planes[1].len()), (10, 30));
    }

    #[test]
    fn f32_is_within_minus_120_db_of_f64() {
        let (rate, layout) = (SampleRate::VIDEO, Layout::STEREO);
        let mut narrow: Vec<Vec<f32>> = (0..2).map(|c| signal::pink(c, 1.0).take(480_000).collect()).collect();
        let mut wide: Vec<Vec<f64>> = narrow.iter().map(|p| p.iter().map(|v| f64::from(*v)).collect()).collect();
        Chain::new(&devices(), rate, layout).unwrap().render(&mut narrow, |_| {});
        Chain::new(&devices(), rate, layout).unwrap().render(&mut wide, |_| {});
        let (mut error, mut power) = (0.0, 0.0);
        for (a, b) in narrow.iter().flatten().zip(wide.iter().flatten()) {
            error += (f64::from(*a) - b).powi(2);
            power += b * b;
        }
        let db = 10.0 * (error / power).log10();
        assert!(db <= -120.0, "{db:.1} dB");
    }

    #[test]
    fn cuts_and_dynamic_dispatch_change_nothing() {
        let input: Vec<Vec<f32>> = (0..2).map(|c| signal::pink(c, 1.0).take(5_000).collect()).collect();
        let make = || Chain::<f32>::new(&devices(), SampleRate::VIDEO, Layout::STEREO).unwrap();
        dsp_core::laws::cut(make, &input, &[1, 255, 256, 257, 3]);
        dsp_core::laws::reset_is_new(make, &input);
    }
}
