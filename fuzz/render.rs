//! What the targets that process audio share.

use dsp_core::block::Block;
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::units::SampleRate;
use dsp_std::chain::Chain;
use dsp_std::device::Device;

const RATES: [u32; 6] = [8_000, 22_050, 44_100, 48_000, 192_000, 768_000];

/// The rate a byte stands for.
pub fn rate(byte: u8) -> SampleRate {
    SampleRate::new(RATES[usize::from(byte) % RATES.len()]).expect("a listed rate")
}

/// Text in front, with its length in two bytes, and the rest.
pub fn text(data: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = data.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (text, rest) = rest.split_at(length);
    Some((std::str::from_utf8(text).ok()?, rest))
}

/// Stereo from raw `f32` of both sides in turn, and a tail that shows what a chain remembers; at most `most` frames.
fn planes(samples: &[u8], most: usize) -> Vec<Vec<f32>> {
    let samples: Vec<f32> = samples.chunks_exact(4).map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
    let plane = |side: usize| samples.iter().skip(side).step_by(2).copied().chain([0.0; 600]).take(most).collect();
    let mut planes: Vec<Vec<f32>> = vec![plane(0), plane(1)];
    let frames = planes[0].len().min(planes[1].len());
    planes.iter_mut().for_each(|p| p.truncate(frames));
    planes
}

fn render(chain: &mut Chain<f32>, planes: &[Vec<f32>], cuts: &[u8]) -> Vec<Vec<f32>> {
    let mut audio = planes.to_vec();
    let mut view = &mut audio[..];
    let mut block = Block::new(&mut view);
    let (mut at, mut cuts) = (0, cuts.iter().cycle());
    while at < block.frames() {
        let n = cuts.next().map_or(block.frames(), |c| usize::from(*c) + 1);
        chain.process(&mut block.part(at, n));
        at += n;
    }
    audio
}

/// Whatever the samples: finite audio that does not depend on where it is cut.
pub fn keeps_the_laws(devices: &[Device], rate: SampleRate, samples: &[u8], most: usize, cuts: &[u8]) {
    // Nothing cleans what goes through nothing.
    if devices.is_empty() {
        return;
    }
    let Ok(mut chain) = Chain::<f32>::new(devices, rate, Layout::STEREO) else { return };
    let planes = planes(samples, most);
    let whole = render(&mut chain, &planes, &[]);
    chain.reset();
    let pieces = render(&mut chain, &planes, cuts);
    for (a, b) in whole.iter().flatten().zip(pieces.iter().flatten()) {
        assert!(a.is_finite() && a == b, "{a} and {b}");
    }
}
