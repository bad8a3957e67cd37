//! Zero-phase band filters in the frequency domain.
//!
//! An octave band is -3 dB at `centre / sqrt(2)` and `centre * sqrt(2)`; each edge crosses over within half an octave
//! (bands next to each other add up in power), nothing passes beyond 3/4 of an octave from the centre. The shape of the
//! edge has no corners, so that the filter itself decays much faster than 0.3 s even at 63 Hz: see the self-test.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use std::f64::consts::{FRAC_PI_2, SQRT_2};

/// Width of an edge in octaves.
const EDGE: f64 = 0.5;
/// Silence behind a response, in seconds, so that what rings before time 0 does not come round to its end.
const PADDING: f64 = 0.5;

/// The spectrum of a response, ready to be cut into bands.
pub(crate) struct Spectrum {
    bins: Vec<Complex<f64>>,
    /// Length of the response.
    frames: usize,
    /// Length of the transform.
    len: usize,
    rate: f64,
}

/// Power-complementary rise from 0 to 1 around `edge`.
fn rise(frequency: f64, edge: f64) -> f64 {
    let t = ((frequency / edge).log2() / EDGE + 0.5).clamp(0.0, 1.0);
    (FRAC_PI_2 * (FRAC_PI_2 * t).sin().powi(2)).sin()
}

impl Spectrum {
    pub(crate) fn of(response: &[f64], rate: f64) -> Self {
        let len = (response.len() + (PADDING * rate) as usize).next_power_of_two();
        let mut padded = response.to_vec();
        padded.resize(len, 0.0);
        let fft = RealFftPlanner::new().plan_fft_forward(len);
        let mut bins = fft.make_output_vec();
        fft.process(&mut padded, &mut bins).expect("lengths fit");
        Self { bins, frames: response.len(), len, rate }
    }

    fn frequency(&self, bin: usize) -> f64 {
        bin as f64 * self.rate / self.len as f64
    }

    /// The response in the octave around `centre`, as long as it was.
    pub(crate) fn octave(&self, centre: f64) -> Vec<f64> {
        let (low, high) = (centre / SQRT_2, centre * SQRT_2);
        let mut bins = vec![Complex::default(); self.bins.len()];
        for (i, (out, x)) in bins.iter_mut().zip(&self.bins).enumerate().skip(1) {
            let f = self.frequency(i);
            if f > low / 2.0 && f < high * 2.0 {
                *out = x * (rise(f, low) * rise(1.0 / f, 1.0 / high) / self.len as f64);
            }
        }
        let fft = RealFftPlanner::new().plan_fft_inverse(self.len);
        let mut out = fft.make_output_vec();
        fft.process(&mut bins, &mut out).expect("lengths fit");
        out.truncate(self.frames);
        out
    }

    /// Share of the energy below `frequency`, 0 to 1.
    pub(crate) fn share_below(&self, frequency: f64) -> f64 {
        let energy = |bins: &[Complex<f64>]| bins.iter().map(Complex::norm_sqr).sum::<f64>();
        let count = self.bins.len().min((frequency * self.len as f64 / self.rate) as usize + 1);
        energy(&self.bins[..count]) / energy(&self.bins)
    }
}
