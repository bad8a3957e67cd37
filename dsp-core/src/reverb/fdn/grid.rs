//! Where the filters of a line are told what they have to reach.

use crate::reverb::fdn::curve::Curve;
use crate::reverb::fdn::fit::{POINTS, Point};
use core::f64::consts::PI;

/// Weight of points outside 63 Hz to 8 kHz: they only keep the filters from running away.
const OUTSIDE: f64 = 0.02;
/// Frequencies at which a line is watched; between them a cascade of few sections has no room for a peak.
const WATCHED: usize = 120;

/// Where levels are asked for.
pub(super) struct Grid {
    pub(super) points: [Point; POINTS],
    /// How many there are.
    len: usize,
    /// How many of them lie within the octaves; these come first.
    pub(super) counts: usize,
    /// T60 at each, and the longest.
    times: [f64; POINTS],
    longest: f64,
    /// Squared bilinear frequencies from 0 to the top, where nothing may be gained.
    watched: [f64; WATCHED],
}

impl Grid {
    pub(super) fn new(rate: f64, curve: &Curve) -> Self {
        let watched = core::array::from_fn(|i| {
            let f = 2.0 * libm::pow(rate * 0.249, (i as f64 - 1.0) / (WATCHED - 2) as f64);
            if i == 0 { 0.0 } else { libm::pow(libm::tan(PI * f / rate), 2.0) }
        });
        let points = [Point::default(); POINTS];
        let mut grid = Self { points, len: 0, counts: 0, times: [0.0; POINTS], longest: 0.0, watched };
        for quarter in 0..29 {
            grid.add(63.0 * libm::exp2(f64::from(quarter) / 4.0), rate, curve);
        }
        grid.counts = grid.len;
        for outside in [16.0, 31.0, 10_000.0, 12_500.0, 16_000.0, 20_000.0] {
            grid.add(outside, rate, curve);
        }
        grid
    }

    fn add(&mut self, frequency: f64, rate: f64, curve: &Curve) {
        if frequency <= 0.45 * rate {
            let w = libm::tan(PI * frequency / rate);
            self.points[self.len].square = w * w;
            let time = curve.at(frequency);
            self.times[self.len] = time;
            self.longest = if time > self.longest { time } else { self.longest };
            self.len += 1;
        }
    }

    /// The levels that a line of `seconds` has to reach; errors are relative.
    pub(super) fn ask(&mut self, seconds: f64) {
        for (i, (p, time)) in self.points.iter_mut().zip(&self.times).take(self.len).enumerate() {
            p.level = -60.0 * seconds / time;
            p.weight = if i < self.counts { -1.0 / p.level } else { -OUTSIDE / p.level };
        }
    }

    /// By how many dB a filter for a line of `seconds` comes nearer to no loss than half as long again as the longest T60.
    pub(super) fn excess(&self, seconds: f64, level: impl Fn(f64) -> f64) -> f64 {
        let limit = -60.0 * seconds / (1.5 * self.longest);
        self.watched.iter().map(|w| level(*w) - limit).fold(0.0, |a, b| if b > a { b } else { a })
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points[..self.len]
    }
}
