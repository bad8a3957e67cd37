//! Any text is a preset or an error; any preset, on any samples, in any cuts, gives finite audio that does not depend on the cuts.
//!
//! Input: two bytes length of the text, the text, one byte of rate, then samples as raw `f32`.

#![no_main]

use dsp_core::block::Block;
use dsp_core::layout::Layout;
use dsp_core::process::Process;
use dsp_core::units::SampleRate;
use dsp_std::chain::Chain;
use dsp_std::preset::Preset;
use libfuzzer_sys::fuzz_target;

const RATES: [u32; 6] = [8_000, 22_050, 44_100, 48_000, 192_000, 768_000];

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

fuzz_target!(|data: &[u8]| {
    let Some((length, rest)) = data.split_first_chunk::<2>() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (text, rest) = rest.split_at(length);
    let Ok(text) = std::str::from_utf8(text) else { return };
    let preset = match Preset::parse(text, "fuzz.toml") {
        Ok(preset) => preset,
        Err(e) => {
            let line = e.to_string();
            assert!(line.starts_with("fuzz.toml: ") && !line.contains('\n'), "{line:?}");
            return;
        }
    };
    let (rate, samples) = rest.split_first().unwrap_or((&0, &[]));
    let rate = SampleRate::new(RATES[usize::from(*rate) % RATES.len()]).expect("a listed rate");
    let samples: Vec<f32> = samples.chunks_exact(4).map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
    // What is given, and a tail that shows what the chain remembers.
    let plane = |side: usize| samples.iter().skip(side).step_by(2).copied().chain([0.0; 600]).take(2_000).collect();
    let mut planes: Vec<Vec<f32>> = vec![plane(0), plane(1)];
    let frames = planes[0].len().min(planes[1].len());
    planes.iter_mut().for_each(|p| p.truncate(frames));
    let mut left_out = Vec::new();
    let devices: Vec<_> = preset.chain.iter().take(6).map(|d| d.fitted(rate, &mut left_out)).collect();
    // Nothing cleans what goes through nothing.
    if devices.is_empty() {
        return;
    }
    let Ok(mut chain) = Chain::<f32>::new(&devices, rate, Layout::STEREO) else { return };
    let whole = render(&mut chain, &planes, &[]);
    chain.reset();
    let pieces = render(&mut chain, &planes, text.as_bytes());
    for (a, b) in whole.iter().flatten().zip(pieces.iter().flatten()) {
        assert!(a.is_finite() && a == b, "{a} and {b}");
    }
});
