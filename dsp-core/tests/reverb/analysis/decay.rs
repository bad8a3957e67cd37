//! Decay times after Schroeder: `E(t)` is the energy from `t` to the end, in dB of all of it; a least-squares line over
//! a stretch of it, extended to -60 dB, is the time.

use super::bands::Spectrum;

/// Decay times in seconds, and how straight the decay is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay {
    /// 0 to -10 dB. Of a band it is meaningful where it is longer than a few of the periods the filter rings (16 % long
    /// at 63 Hz and 0.3 s).
    pub(crate) edt: f64,
    /// -5 to -25 dB.
    pub(crate) t20: f64,
    /// -5 to -35 dB.
    pub(crate) t30: f64,
    /// r^2 of the line from -5 to -35 dB.
    pub(crate) straight: f64,
}

/// Backwards integral of the energy of all responses, in dB of the whole.
pub(crate) fn schroeder(responses: &[Vec<f64>]) -> Vec<f64> {
    let frames = responses.iter().map(Vec::len).min().unwrap_or(0);
    let mut curve = vec![0.0; frames];
    let mut sum = 0.0;
    for i in (0..frames).rev() {
        sum += responses.iter().map(|r| r[i] * r[i]).sum::<f64>();
        curve[i] = sum;
    }
    for e in &mut curve {
        *e = 10.0 * (*e / sum).max(1e-30).log10();
    }
    curve
}

/// Time to -60 dB of the line through the part of `curve` between two levels, and its r^2.
fn line(curve: &[f64], rate: f64, from: f64, to: f64) -> (f64, f64) {
    let start = curve.partition_point(|e| *e > from);
    let end = curve.partition_point(|e| *e >= to);
    let (n, middle) = ((end - start) as f64, (start + end - 1) as f64 / 2.0);
    let mean = curve[start..end].iter().sum::<f64>() / n;
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (i, e) in curve[start..end].iter().enumerate() {
        let (x, y) = ((start + i) as f64 - middle, e - mean);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    (-60.0 * xx / (xy * rate), xy * xy / (xx * yy))
}

/// Of responses as they are. Several responses of one system (left and right) are taken together, as their energies
/// decay alike: the narrow bands of one alone are too few numbers to average over. The responses should last until they
/// have decayed by 50 dB or more.
pub(crate) fn decay(responses: &[Vec<f64>], rate: f64) -> Decay {
    let curve = schroeder(responses);
    let (t30, straight) = line(&curve, rate, -5.0, -35.0);
    Decay { edt: line(&curve, rate, 0.0, -10.0).0, t20: line(&curve, rate, -5.0, -25.0).0, t30, straight }
}

/// Of responses in the octaves around `centres`.
pub(crate) fn octaves(responses: &[Vec<f64>], rate: f64, centres: &[f64]) -> Vec<Decay> {
    let spectra: Vec<Spectrum> = responses.iter().map(|r| Spectrum::of(r, rate)).collect();
    let band = |centre: &f64| decay(&spectra.iter().map(|s| s.octave(*centre)).collect::<Vec<_>>(), rate);
    centres.iter().map(band).collect()
}
