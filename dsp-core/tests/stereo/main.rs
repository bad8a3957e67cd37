//! What the fader and the stereo tools promise to the ear: no clicks when they move, nothing lost in mono, the gains that
//! were set. Figures in module docs are those measured here.

mod clicks;
mod mono_sum;
mod responses;

use realfft::RealFftPlanner;

/// Power of each bin of the spectrum, 0 Hz to half the rate.
fn powers(x: &[f64]) -> Vec<f64> {
    let mut planner = RealFftPlanner::<f64>::new();
    let transform = planner.plan_fft_forward(x.len());
    let (mut input, mut output) = (x.to_vec(), transform.make_output_vec());
    transform.process(&mut input, &mut output).unwrap();
    output.iter().map(|v| v.norm_sqr()).collect()
}

fn db(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}
