//! Which blocks count: the gates of integrated loudness and of loudness range.

use super::windows::Listed;
use crate::sample::Sample;
use crate::units::Decibels;

/// -70 LUFS as a mean square: `10^((-70 + 0.691) / 10)`.
const ABSOLUTE: f64 = 1.172_465_304_7e-7;

/// Mean of those values that `keep`.
fn mean(values: impl Iterator<Item = f64>, keep: impl Fn(f64) -> bool) -> Option<f64> {
    let (sum, count) = values.filter(|v| keep(*v)).fold((0.0, 0_u64), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// Mean square of the blocks that pass both gates (strictly above each), BS.1770-5 equations 5 to 7.
pub(super) fn integrated<S: Sample>(listed: &Listed<'_, S>) -> Option<f64> {
    let loud = mean(listed.momentary(), |v| v > ABSOLUTE)?;
    // -10 LU.
    let relative = loud * 0.1;
    mean(listed.momentary(), |v| v > ABSOLUTE && v > relative)
}

/// 95th less 10th percentile of the short-term values that pass both gates (at or above each), Tech 3342 section 3.1;
/// percentiles by nearest rank.
pub(super) fn range<S: Sample>(listed: &Listed<'_, S>) -> Option<Decibels> {
    let loud = mean(listed.short_term(), |v| v >= ABSOLUTE)?;
    // -20 LU.
    let gate = if loud * 0.01 > ABSOLUTE { loud * 0.01 } else { ABSOLUTE };
    let kept = || listed.short_term().filter(|v| *v >= gate);
    let last = kept().count().checked_sub(1)?;
    let rank = |percent: f64| (last as f64 * percent / 100.0 + 0.5) as usize;
    let (low, high) = (smallest(kept, rank(10.0)), smallest(kept, rank(95.0)));
    Some(Decibels::from_power(high / low))
}

/// The value of rank `rank` (0 is the smallest) of positive values, without storage or sorting: bisection on the bits,
/// whose order is that of the numbers.
fn smallest<I: Iterator<Item = f64>>(values: impl Fn() -> I, rank: usize) -> f64 {
    let bits = || values().map(f64::to_bits);
    let (mut low, mut high) = bits().fold((u64::MAX, 0), |(low, high), b| (low.min(b), high.max(b)));
    while low < high {
        let middle = low + (high - low) / 2;
        if bits().filter(|b| *b <= middle).count() > rank { high = middle } else { low = middle + 1 }
    }
    f64::from_bits(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_gate_is_minus_70_lufs() {
        assert!((10.0 * ABSOLUTE.log10() - 0.691 - -70.0).abs() < 1e-9);
    }

    #[test]
    fn ranks_are_those_of_sorting() {
        let values: Vec<f64> = (0..501_u32).map(|i| f64::from(crate::signal::hash(i) % 97 + 1) * 1e-5).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for rank in [0, 1, 50, 250, 476, 500] {
            assert_eq!(smallest(|| values.iter().copied(), rank), sorted[rank]);
        }
    }
}
