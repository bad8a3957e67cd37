//! The late field: its colour and its width, with the decay taken out.

use super::bands::Spectrum;
use super::decay::decay;
use realfft::RealFftPlanner;

/// Length of the transform.
const LEN: usize = 32_768;
/// Bins on each side that are "near": 150 Hz at 48 kHz.
const NEAR: usize = 100;

/// How the spectrum of a late field differs from a smooth one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Colour {
    /// Standard deviation of the levels around their local mean, in dB; 5.57 for Gaussian noise.
    pub(crate) deviation: f64,
    /// The highest level over its local median, in dB; about 11.4 for Gaussian noise.
    pub(crate) worst_mode: f64,
    /// Where that is, in hertz.
    pub(crate) worst_at: f64,
}

/// The response from `from` seconds on, raised by as much as it decays: `t60` in seconds, infinite to leave it.
pub(crate) fn flattened(response: &[f64], rate: f64, from: f64, t60: f64) -> Vec<f64> {
    let per_frame = 1_000_f64.ln() / (t60 * rate);
    let late = &response[response.len().min((from * rate) as usize)..];
    late.iter().enumerate().map(|(i, x)| x * (per_frame * i as f64).exp()).collect()
}

/// Colour between 200 Hz and the lower of 16 kHz and 0.4 times the rate: 32768 frames from `from` seconds on, flattened
/// by `t60`. What the decay does to whole regions is in the local mean.
pub(crate) fn colour(response: &[f64], rate: f64, from: f64, t60: f64) -> Colour {
    let mut late = flattened(response, rate, from, t60);
    late.resize(LEN, 0.0);
    let fft = RealFftPlanner::new().plan_fft_forward(LEN);
    let mut bins = fft.make_output_vec();
    fft.process(&mut late, &mut bins).expect("lengths fit");
    let level: Vec<f64> = bins.iter().map(|b| 10.0 * b.norm_sqr().max(1e-300).log10()).collect();
    let bin = |frequency: f64| (frequency * LEN as f64 / rate) as usize;
    let range = bin(200.0)..bin(16_000_f64.min(0.4 * rate));
    let (mut squares, mut worst) = (0.0, (f64::MIN, 0));
    for i in range.clone() {
        let mut near = level[i.saturating_sub(NEAR)..=i + NEAR].to_vec();
        let mean = near.iter().sum::<f64>() / near.len() as f64;
        squares += (level[i] - mean).powi(2);
        let middle = near.len() / 2;
        let median = *near.select_nth_unstable_by(middle, f64::total_cmp).1;
        if level[i] - median > worst.0 {
            worst = (level[i] - median, i);
        }
    }
    Colour {
        deviation: (squares / range.len() as f64).sqrt(),
        worst_mode: worst.0,
        worst_at: worst.1 as f64 * rate / LEN as f64,
    }
}

/// Correlation of two signals, -1 to 1.
pub(crate) fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}

/// Correlation of left and right over all frequencies, from `from` seconds on until they have decayed by 50 dB, with
/// the decay taken out: otherwise the first few values would be all that counts.
pub(crate) fn late_correlation(left: &[f64], right: &[f64], rate: f64, from: f64) -> f64 {
    let t60 = decay(&[left.to_vec(), right.to_vec()], rate).t30;
    let frames = (t60 * rate * 50.0 / 60.0) as usize;
    let flat = |x: &[f64]| flattened(&x[..x.len().min(frames)], rate, from, t60);
    correlation(&flat(left), &flat(right))
}

/// The same in the octaves around `centres`.
pub(crate) fn octave_correlations(left: &[f64], right: &[f64], rate: f64, from: f64, centres: &[f64]) -> Vec<f64> {
    let (left, right) = (Spectrum::of(left, rate), Spectrum::of(right, rate));
    centres.iter().map(|c| late_correlation(&left.octave(*c), &right.octave(*c), rate, from)).collect()
}
