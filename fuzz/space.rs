//! Any text is an effect or an error; any effect (a built-in one with any mix where the text is its name), on any samples, in any
//! cuts, gives finite audio that does not depend on the cuts.
//!
//! Input: two bytes length of the text, the text, one byte of rate, one of mix, then samples as raw `f32`.

#![no_main]

mod render;

use dsp_core::units::Mix;
use dsp_std::preset::effect::{Effect, built_in};
use libfuzzer_sys::fuzz_target;
use render::{keeps_the_laws, rate, text};

fuzz_target!(|data: &[u8]| {
    let Some((text, rest)) = text(data) else { return };
    let known = built_in().into_iter().find(|e| e.name == text.trim());
    let mut effect = match known.map_or_else(|| Effect::parse(text, "fuzz.toml"), Ok) {
        Ok(effect) => effect,
        Err(e) => {
            let line = e.to_string();
            assert!(line.starts_with("fuzz.toml: ") && !line.contains('\n'), "{line:?}");
            return;
        }
    };
    let (head, samples) = rest.split_first_chunk::<2>().unwrap_or((&[3, 255], &[]));
    effect.set_mix(Mix(f64::from(head[1]) / 255.0));
    effect.chain.truncate(3);
    keeps_the_laws(&effect.chain, rate(head[0]), samples, 6_000, text.as_bytes());
});
