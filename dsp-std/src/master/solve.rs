//! Finds the gain at which something reaches a loudness: a secant search over a curve that only rises.
//!
//! The more a limiter has to take away, the less loudness a dB of gain brings; where it brings less than 0.15 dB twice in
//! a row there is nothing to be had, and the best that was reached is the answer.

/// Smallest slope that is still worth following, LU per dB.
const LEAST_SLOPE: f64 = 0.15;
/// Renders before the search gives up.
const MOST_STEPS: usize = 10;
/// How close is close enough, LU.
pub(super) const TOLERANCE: f64 = 0.02;

/// What the search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Solution {
    /// The gain, dB.
    pub(super) gain: f64,
    /// The loudness it gives, LUFS.
    pub(super) loudness: f64,
    /// Whether that is the target.
    pub(super) reached: bool,
    /// Slope at the solution, LU per dB: for small corrections.
    pub(super) slope: f64,
}

/// Searches from `start` (dB) for `target` (LUFS); `loudness(gain)` renders and measures.
pub(super) fn solve(target: f64, start: f64, mut loudness: impl FnMut(f64) -> f64) -> Solution {
    let mut tried: Vec<(f64, f64)> = Vec::new();
    let (mut gain, mut slope, mut flat) = (start, 1.0_f64, 0);
    for _ in 0..MOST_STEPS {
        let value = loudness(gain);
        if (value - target).abs() <= TOLERANCE {
            return Solution { gain, loudness: value, reached: true, slope };
        }
        // The nearest point already known decides the slope.
        let nearest = tried.iter().min_by(|a, b| (a.0 - gain).abs().total_cmp(&(b.0 - gain).abs()));
        if let Some((g, v)) = nearest {
            let raw = (value - v) / (gain - g);
            flat = if raw < LEAST_SLOPE && value < target { flat + 1 } else { 0 };
            slope = raw.clamp(LEAST_SLOPE, 1.0);
        }
        tried.push((gain, value));
        if flat == 2 {
            break;
        }
        gain += (target - value) / slope;
    }
    // Of gains that give almost the same loudness the lowest: pushing harder only distorts.
    let best = tried.iter().map(|t| t.1).filter(|v| *v <= target + TOLERANCE).fold(f64::MIN, f64::max);
    let lowest = tried.iter().filter(|t| t.1 >= best - 0.1 && t.1 <= target + TOLERANCE);
    let (gain, loudness) =
        lowest.min_by(|a, b| a.0.total_cmp(&b.0)).or(tried.first()).copied().expect("at least one was tried");
    Solution { gain, loudness, reached: false, slope }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A curve like that of a limiter: slope 1 at first, then a soft approach to `top`.
    fn curve(gain: f64, knee: f64, top: f64) -> f64 {
        if gain < knee { gain } else { knee + (top - knee) * (1.0 - (-(gain - knee) / (top - knee)).exp()) }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn reachable_targets_are_reached(knee in -30.0_f64..-10.0, room in 1.0_f64..12.0, part in 0.02_f64..0.8) {
            let (top, target) = (knee + room, knee + room * part);
            let mut renders = 0;
            let s = solve(target, target, |g| { renders += 1; curve(g, knee, top) });
            prop_assert!(s.reached && (s.loudness - target).abs() <= TOLERANCE, "{s:?} in {renders}");
            prop_assert!(renders <= 9, "{renders}");
        }

        #[test]
        fn unreachable_ones_are_said(knee in -30.0_f64..-10.0, room in 1.0_f64..12.0, beyond in 0.1_f64..10.0) {
            let top = knee + room;
            let s = solve(top + beyond, top + beyond, |g| curve(g, knee, top));
            prop_assert!(!s.reached && s.loudness <= top && s.loudness > knee, "{s:?}");
        }
    }

    #[test]
    fn down_is_as_good_as_up() {
        let s = solve(-23.0, -14.0, |g| g);
        assert!(s.reached && (s.gain - -23.0).abs() < 1e-9);
    }
}
