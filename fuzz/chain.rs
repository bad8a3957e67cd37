//! Any text is a preset or an error; any preset, on any samples, in any cuts, gives finite audio that does not depend on the cuts.
//!
//! Input: two bytes length of the text, the text, one byte of rate, then samples as raw `f32`.

#![no_main]

mod render;

use dsp_std::preset::Preset;
use libfuzzer_sys::fuzz_target;
use render::{keeps_the_laws, rate, text};

fuzz_target!(|data: &[u8]| {
    let Some((text, rest)) = text(data) else { return };
    let preset = match Preset::parse(text, "fuzz.toml") {
        Ok(preset) => preset,
        Err(e) => {
            let line = e.to_string();
            assert!(line.starts_with("fuzz.toml: ") && !line.contains('\n'), "{line:?}");
            return;
        }
    };
    let (byte, samples) = rest.split_first().unwrap_or((&0, &[]));
    let rate = rate(*byte);
    let mut left_out = Vec::new();
    let devices: Vec<_> = preset.chain.iter().take(6).map(|d| d.fitted(rate, &mut left_out)).collect();
    keeps_the_laws(&devices, rate, samples, 2_000, text.as_bytes());
});
