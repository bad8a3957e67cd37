//! Spectrum over time: energy per cell of a grid of frequencies (in octaves) and times.

use dsp_core::fft::real::{self, Real};
use std::error::Error;

/// Lowest and highest frequency, Hz.
pub(super) const RANGE: [f64; 2] = [40.0, 20_000.0];
/// Rows, from low to high.
pub(super) const ROWS: usize = 32;
/// Columns, from early to late.
pub(super) const COLUMNS: usize = 80;
/// Frames of a window.
const WINDOW: usize = 2048;

/// Lower edge of a row, Hz.
pub(super) fn edge(row: usize) -> f64 {
    RANGE[0] * (RANGE[1] / RANGE[0]).powf(row as f64 / ROWS as f64)
}

/// Power per row and column, summed over channels. Every frame is looked at: between two windows there is no gap.
pub(super) fn power(planes: &[Vec<f32>], rate: f64) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut fft = Real::<f32, _>::new(WINDOW, vec![0.0; real::required_len(WINDOW)])?;
    let (mut re, mut im) = (vec![0.0; fft.bins()], vec![0.0; fft.bins()]);
    let hann = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos();
    let bin = |row: usize| (edge(row) * WINDOW as f64 / rate).round() as usize;
    let frames = planes.iter().map(Vec::len).max().unwrap_or(0);
    let looks = frames.div_ceil(COLUMNS * WINDOW / 2).max(1);
    let mut cells = vec![vec![0.0; COLUMNS]; ROWS];
    for look in 0..COLUMNS * looks {
        let middle = (frames * (2 * look + 1) / (2 * COLUMNS * looks)) as i64;
        for plane in planes {
            let sample = |i: usize| {
                let at = middle + i as i64 - WINDOW as i64 / 2;
                usize::try_from(at).ok().and_then(|at| plane.get(at)).copied().unwrap_or(0.0)
            };
            let piece: Vec<f32> = (0..WINDOW).map(|i| sample(i) * hann(i)).collect();
            fft.forward(&piece, &mut re, &mut im);
            // Nothing is known above half the rate.
            let rows = (0..ROWS).take_while(|row| bin(*row) < re.len());
            for (row, cells) in rows.zip(cells.iter_mut()) {
                // At the bottom a row is narrower than a bin.
                let first = bin(row).clamp(1, re.len() - 1);
                let last = bin(row + 1).clamp(first + 1, re.len());
                let power: f64 = (first..last).map(|k| f64::from(re[k] * re[k] + im[k] * im[k])).sum();
                cells[look / looks] += power / ((last - first) * looks) as f64;
            }
        }
    }
    Ok(cells)
}
