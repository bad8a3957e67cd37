//! Normalised echo density: how far a response has become noise.
//!
//! Source: Abel and Huang, "A Simple, Robust Measure of Reverberation Echo Density", AES 121 (2006): the share of a
//! window outside one standard deviation over that of Gaussian noise, with a Hann window of 20 ms. 0: single echoes; 1:
//! noise.

use std::f64::consts::TAU;

/// Share of Gaussian noise outside one standard deviation: erfc(1 / sqrt(2)).
const GAUSSIAN: f64 = 0.317_310_507_862_914_15;
/// Length of the window in seconds.
const WINDOW: f64 = 0.020;
/// Between two readings, in seconds.
const HOP: f64 = 0.001;
/// Readings over which the profile is averaged to see whether it stays: one of them alone moves by 6 % even in noise.
const STRETCH: usize = 50;

/// Echo density over time; reading `i` is of the window centred at `i` milliseconds.
pub(crate) struct Profile(Vec<f64>);

/// The profile of the first `seconds` of a response.
pub(crate) fn profile(response: &[f64], rate: f64, seconds: f64) -> Profile {
    let half = (WINDOW * rate / 2.0) as usize;
    let window: Vec<f64> = (0..=2 * half).map(|i| 0.5 - 0.5 * (TAU * i as f64 / (2 * half) as f64).cos()).collect();
    let readings = (seconds.min(response.len() as f64 / rate) / HOP) as usize;
    let at = |i: usize| {
        let centre = (i as f64 * HOP * rate).round() as usize;
        let (from, to) = (centre.saturating_sub(half), (centre + half + 1).min(response.len()));
        let (h, w) = (&response[from..to], &window[from + half - centre..]);
        let (mut energy, mut weight, mut outside) = (0.0, 0.0, 0.0);
        for (h, w) in h.iter().zip(w) {
            energy += w * h * h;
            weight += w;
        }
        let sigma = (energy / weight).sqrt();
        for (h, w) in h.iter().zip(w) {
            outside += if h.abs() > sigma { *w } else { 0.0 };
        }
        outside / weight / GAUSSIAN
    };
    Profile((0..readings).map(at).collect())
}

impl Profile {
    /// The first time in seconds at which the density is at least `level`.
    pub(crate) fn first(&self, level: f64) -> Option<f64> {
        self.0.iter().position(|e| *e >= level).map(|i| i as f64 * HOP)
    }

    /// The first time in seconds at which the density is at least `level` and from which on the mean of every 50 ms is.
    pub(crate) fn sustained(&self, level: f64) -> Option<f64> {
        let means: Vec<f64> = self.0.windows(STRETCH).map(|w| w.iter().sum::<f64>() / STRETCH as f64).collect();
        let stays = means.iter().rposition(|m| *m < level).map_or(0, |i| i + 1);
        let reaches = self.0[stays..].iter().position(|e| *e >= level)?;
        (stays < means.len()).then_some((stays + reaches) as f64 * HOP)
    }

    /// Mean between two times in seconds.
    pub(crate) fn mean(&self, from: f64, to: f64) -> f64 {
        let part = &self.0[(from / HOP) as usize..self.0.len().min((to / HOP) as usize)];
        part.iter().sum::<f64>() / part.len() as f64
    }
}
