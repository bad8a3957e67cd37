//! What all benches share: a programme, and blocks of it.
//!
//! `cargo bench -p benches` prints time and frames per second (`elem/s`: one element is one stereo frame). Judge by the
//! ratio of two lines of one run; absolute times move by a third from run to run.

use dsp_core::block::Block;
use dsp_core::sample::Sample;
use dsp_core::signal;

/// Frames of the programme: one second at 48 kHz.
pub const FRAMES: usize = 48_000;
/// Frames of a block, as most hosts use them.
pub const BLOCK: usize = 512;

/// Stereo that moves like music: pink noise with a beat and swelling parts, peaks near `level`.
pub fn music<S: Sample>(level: f64) -> Vec<Vec<S>> {
    (0..2)
        .map(|channel| {
            signal::pink::<f64>(channel, level)
                .enumerate()
                .map(|(n, v)| {
                    let beat = 1.0 - 0.8 * (n % 12_000) as f64 / 12_000.0;
                    S::from_f64(v * beat)
                })
                .take(FRAMES)
                .collect()
        })
        .collect()
}

/// Calls `each` for every block of `planes`.
pub fn blocks<S: Sample>(planes: &mut [Vec<S>], mut each: impl FnMut(&mut Block<'_, S>)) {
    let mut planes = planes;
    let mut block = Block::new(&mut planes);
    for at in (0..block.frames()).step_by(BLOCK) {
        each(&mut block.part(at, BLOCK));
    }
}
