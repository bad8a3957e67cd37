//! What a line takes away: the filter that makes every octave fall by 60 dB in its own time.
//!
//! A line of `m` frames has to lose `60 m / (rate T60(f))` dB. Each gets a gain and up to three shelves of first order whose
//! corners are free, as many as the curve needs; where three do not meet it within 2.5 %, eight bells an octave apart
//! are added (as in a graphic equalizer; R = 2.7, Q = sqrt(R) / (R - 1)). Both are found by least squares of the relative error
//! of T60, on a grid of four points per octave.
//!
//! Why free shelves first: a room curve takes two or three of them, a fifth of the arithmetic of ten fixed sections, and
//! meets it as well (1 to 2 % between 63 Hz and 8 kHz).

use crate::filter::svf;
use crate::reverb::fdn::curve::Curve;
use crate::reverb::fdn::fit::{Cascade, SHELVES, solve};
use crate::reverb::fdn::grid::Grid;
use crate::sample::Sample;
use core::f64::consts::PI;

/// Relative error of T60 at which no further shelf is added, and no bells.
const GOOD: f64 = 0.015;
const FAIR: f64 = 0.028;
/// Most bells: one per octave from 63 Hz to 8 kHz.
pub(super) const BELLS: usize = 8;
/// Quality of bells whose bandwidth is a factor of 2.7: wide enough to leave no gaps between octaves.
const BELL_Q: f64 = 0.966_571_1;

/// One second-order section per line, as products of the state-variable filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bell<S, const N: usize> {
    pub(super) d2: [S; N],
    pub(super) e: [S; N],
    pub(super) d3: [S; N],
    pub(super) a: [S; N],
    pub(super) b1: [S; N],
    pub(super) b2: [S; N],
}

/// The filters of all lines. They have the same number of sections, so that lines can be lanes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bank<S, const N: usize> {
    /// Gain, sign of the line and `1 / sqrt(N)` of the matrix.
    pub(super) gain: [S; N],
    /// Shelf: `y = x + s`, `s = pole s + step x`.
    pub(super) pole: [[S; N]; SHELVES],
    pub(super) step: [[S; N]; SHELVES],
    pub(super) shelves: usize,
    pub(super) bells: [Bell<S, N>; BELLS],
    pub(super) bell_count: usize,
}

impl<S: Sample, const N: usize> Bell<S, N> {
    const NEUTRAL: Self = Self {
        d2: [S::ZERO; N],
        e: [S::ZERO; N],
        d3: [S::ZERO; N],
        a: [S::ONE; N],
        b1: [S::ZERO; N],
        b2: [S::ZERO; N],
    };
}

/// Level in dB of a bell of `gain` dB at `w`, both bilinear frequencies squared.
fn bell_level(square: f64, centre: f64, gain: f64) -> f64 {
    let (q, amp) = (square / centre, libm::exp10(gain / 40.0));
    let middle = (1.0 - q) * (1.0 - q);
    10.0 * libm::log10((middle + q * amp * amp / (BELL_Q * BELL_Q)) / (middle + q / (amp * amp * BELL_Q * BELL_Q)))
}

/// Gains in dB of bells that close the gap between a cascade and what is asked for.
fn bell_gains(grid: &Grid, cascade: &mut Cascade, centres: &[f64]) -> [f64; BELLS] {
    let mut gains = [0.0; BELLS];
    let n = centres.len() + 1;
    // Once for bells of 1 dB, once more with the shapes of the gains found.
    for _ in 0..3 {
        let mut normal = [[0.0; BELLS + 1]; BELLS + 1];
        let mut right = [0.0; BELLS + 1];
        for p in grid.points() {
            let mut row = [1.0; BELLS + 1];
            let mut gap = p.level - cascade.level(p.square);
            for ((row, gain), centre) in row[1..].iter_mut().zip(gains).zip(centres) {
                gap -= bell_level(p.square, *centre, gain);
                let unit = if libm::fabs(gain) < 0.1 { 0.1 } else { gain };
                *row = bell_level(p.square, *centre, unit) / unit;
            }
            for i in 0..n {
                right[i] += p.weight * p.weight * row[i] * gap;
                for j in 0..=i {
                    normal[i][j] += p.weight * p.weight * row[i] * row[j];
                }
            }
        }
        for (i, row) in normal.iter_mut().enumerate() {
            row[i] *= 1.0 + 1e-6;
        }
        let step = solve(normal, right, n);
        cascade.gain += step[0];
        for (gain, by) in gains.iter_mut().zip(&step[1..n]) {
            *gain = (*gain + by).clamp(-40.0, 40.0);
        }
    }
    gains
}

impl<S: Sample, const N: usize> Bank<S, N> {
    /// Loses nothing, for ever. A little below 1 where `1 / sqrt(N)` is not a number of the type, never above.
    pub(super) fn lossless(signs: &[f64; N]) -> Self {
        let gain = (1.0 - S::EPSILON.to_f64()) / libm::sqrt(N as f64);
        let gain = if N == 16 { 0.25 } else { gain };
        Self {
            gain: signs.map(|s| S::from_f64(s * gain)),
            pole: [[S::ZERO; N]; SHELVES],
            step: [[S::ZERO; N]; SHELVES],
            shelves: 0,
            bells: [Bell::NEUTRAL; BELLS],
            bell_count: 0,
        }
    }

    /// Designs the filters of lines of `lengths` frames.
    pub(super) fn design(rate: f64, lengths: &[usize; N], signs: &[f64; N], curve: &Curve) -> Self {
        let mut grid = Grid::new(rate, curve);
        let (least, most) = (libm::log(libm::tan(PI * 8.0 / rate)), libm::log(libm::tan(PI * 0.495)));
        let longest = lengths.iter().fold(0, |a, b| a.max(*b));
        grid.ask(longest as f64 / rate);
        let log_corner = |f: f64| libm::log(libm::tan(PI * f.min(0.3 * rate) / rate));
        let start = |places: &[f64]| {
            let mut poles = [0.0; SHELVES];
            poles.iter_mut().zip(places).for_each(|(p, f)| *p = log_corner(*f));
            Cascade { count: places.len(), gain: grid.points[0].level, poles, zeros: poles.map(|p| p + 0.1) }
        };
        let mut best = start(&[]);
        best.fit(grid.points(), 4, least, most);
        // More and more shelves; where one start ends in a corner, another may not.
        let places: [&[f64]; 6] = [
            &[700.0],
            &[4_000.0],
            &[200.0, 4_000.0],
            &[100.0, 1_000.0, 6_000.0],
            &[200.0, 3_000.0, 9_000.0],
            &[150.0, 5_000.0, 8_000.0],
        ];
        let mut error = best.worst(&grid.points, grid.counts);
        for places in places {
            if error <= GOOD {
                break;
            }
            let mut next = start(places);
            next.fit(grid.points(), 60, least, most);
            let reached = next.worst(&grid.points, grid.counts);
            if reached < error && grid.excess(longest as f64 / rate, |w| next.level(w)) == 0.0 {
                (best, error) = (next, reached);
            }
        }
        let needs_bells = error > FAIR;
        let mut centres = [0.0; BELLS];
        let mut bells = 0;
        if needs_bells {
            for (centre, f) in centres.iter_mut().zip(super::curve::OCTAVES).filter(|(_, f)| *f <= 0.45 * rate) {
                let w = libm::tan(PI * f / rate);
                *centre = w * w;
                bells += 1;
            }
        }
        let mut bank = Self { shelves: best.count, bell_count: bells, ..Self::lossless(signs) };
        // From the longest line to the shortest: the corners of one are nearly those of the next.
        let mut last = usize::MAX;
        for _ in 0..N {
            let below = (0..N).filter(|i| lengths[*i] < last);
            let Some(line) = below.max_by_key(|i| lengths[*i]) else { break };
            let scale = lengths[line] as f64 / if last == usize::MAX { longest as f64 } else { last as f64 };
            last = lengths[line];
            grid.ask(last as f64 / rate);
            best.gain *= scale;
            for k in 0..best.count {
                let middle = (best.poles[k] + best.zeros[k]) / 2.0;
                let half = (best.zeros[k] - best.poles[k]) / 2.0 * scale;
                (best.poles[k], best.zeros[k]) = (middle - half, middle + half);
            }
            best.fit(grid.points(), 4, least, most);
            let mut own = best;
            let gains = bell_gains(&grid, &mut own, &centres[..bells]);
            let with_bells = |w: f64| {
                own.level(w) + gains.iter().zip(&centres[..bells]).map(|(g, c)| bell_level(w, *c, *g)).sum::<f64>()
            };
            // No more than what lies outside the octaves of an odd curve is ever met by this.
            own.gain -= grid.excess(last as f64 / rate, with_bells);
            bank.write(line, &own, &gains, &centres, signs[line]);
        }
        bank
    }

    fn write(&mut self, line: usize, cascade: &Cascade, bells: &[f64; BELLS], centres: &[f64; BELLS], sign: f64) {
        let mut gain = libm::exp10(cascade.gain / 20.0);
        for k in 0..cascade.count {
            let (p, z) = (libm::exp(cascade.poles[k]), libm::exp(cascade.zeros[k]));
            let (pole, zero) = ((1.0 - p) / (1.0 + p), (1.0 - z) / (1.0 + z));
            gain *= (1.0 + 1.0 / z) / (1.0 + 1.0 / p);
            self.pole[k][line] = S::from_f64(pole);
            self.step[k][line] = S::from_f64(pole - zero);
        }
        for ((bell, db), centre) in self.bells.iter_mut().zip(bells).zip(centres).take(self.bell_count) {
            let amp = libm::exp10(db / 40.0);
            let k = 1.0 / (BELL_Q * amp);
            let c = svf::Coeffs::<f64>::from_prototype(libm::sqrt(*centre), k, [1.0, k * (amp * amp - 1.0), 0.0]);
            for (to, from) in [
                (&mut bell.d2, c.d2),
                (&mut bell.e, c.e),
                (&mut bell.d3, c.d3),
                (&mut bell.a, c.a),
                (&mut bell.b1, c.b1),
                (&mut bell.b2, c.b2),
            ] {
                to[line] = S::from_f64(from);
            }
        }
        self.gain[line] = S::from_f64(sign * gain / libm::sqrt(N as f64));
    }
}

impl<S: Sample, const N: usize> Bank<S, N> {
    /// Level in dB of one line's filter, from the numbers the loop runs on.
    pub(super) fn level(&self, line: usize, rate: f64, frequency: f64) -> f64 {
        let angle = 2.0 * PI * frequency / rate;
        let turn = |x: f64| {
            // |1 - x e^(-j angle)|^2, without cancellation where x is near 1.
            let s = libm::sin(angle / 2.0);
            (1.0 - x) * (1.0 - x) + 4.0 * x * s * s
        };
        let gain = libm::fabs(self.gain[line].to_f64()) * libm::sqrt(N as f64);
        let mut level = 20.0 * libm::log10(gain);
        for k in 0..self.shelves {
            let pole = self.pole[k][line].to_f64();
            level += 10.0 * libm::log10(turn(pole - self.step[k][line].to_f64()) / turn(pole));
        }
        let w = libm::tan((angle / 2.0).min(1.57));
        for bell in &self.bells[..self.bell_count] {
            let [d2, e, d3] = [bell.d2, bell.e, bell.d3].map(|x| x[line].to_f64() / 2.0);
            let [a, b1, b2] = [bell.a, bell.b1, bell.b2].map(|x| x[line].to_f64());
            // Back to the prototype: d2 = g d1, d3 = g d2, e = g (g + k) d1.
            let (g, d1) = (d3 / d2, d2 * d2 / d3);
            let k = e / d2 - g;
            // b1 = m1 (1 - e) + m2 d2, b2 = m2 (1 - d3) - m1 d2, with m2 = 0 and m0 = 1 for a bell.
            let m1 = (b1 * (1.0 - e) - b2 * d2) / ((1.0 - e) * (1.0 - e) + d2 * d2);
            let at_once = (a - m1 * d2) - 1.0;
            debug_assert!(libm::fabs(at_once) < 1e-4 && d1 > 0.0);
            let q = w / g;
            let middle = (1.0 - q * q) * (1.0 - q * q);
            level += 10.0 * libm::log10((middle + q * q * (k + m1) * (k + m1)) / (middle + q * q * k * k));
        }
        level
    }

    /// Longest T60 at any frequency, in seconds.
    pub(super) fn longest(&self, rate: f64, lengths: &[usize; N]) -> f64 {
        let mut longest = 0.0;
        for line in [0, N / 2, N - 1] {
            for i in 0..48 {
                // From 8 Hz on to the top; the shelves are level beyond.
                let frequency = 8.0 * libm::pow(rate / 16.0, f64::from(i) / 47.0);
                let time = -60.0 * lengths[line] as f64 / rate / self.level(line, rate, frequency);
                longest = if time > longest || time < 0.0 { libm::fabs(time) } else { longest };
            }
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reverb::fdn::lengths::{Dice, lines};
    use crate::reverb::fdn::params::Params;
    use crate::units::Seconds;

    /// Any times in the octaves, smooth or not.
    fn random(dice: &mut Dice) -> Params {
        let mut time = 0.3 * libm::pow(30.0, dice.unit());
        let jump = [0.3, 1.0, 2.5][dice.bits() as usize % 3];
        let bands = [(); 8].map(|()| {
            time = (time * libm::exp2(jump * (2.0 * dice.unit() - 1.0))).clamp(0.05, 60.0);
            Seconds(time)
        });
        Params { bands: Some(bands), ..Params::default() }
    }

    #[test]
    fn no_line_gains_anything_at_any_frequency_whatever_is_asked() {
        let mut dice = Dice::new(1, 2);
        for rate in [8_000.0, 48_000.0, 192_000.0] {
            for _ in 0..40 {
                let lengths = lines::<8>(rate, 0.5 + 1.5 * dice.unit(), dice.bits());
                let curve = Curve::of(&random(&mut dice));
                let bank = Bank::<f32, 8>::design(rate, &lengths, &[1.0; 8], &curve);
                for line in 0..8 {
                    for i in 0..300 {
                        let f = 1.0 * libm::pow(rate * 0.499, f64::from(i) / 299.0);
                        let level = bank.level(line, rate, f);
                        assert!(level < 0.0, "{rate} Hz, line {line}: {level:.4} dB at {f:.0} Hz, {curve:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn levels_are_those_of_the_loop() {
        let hall = [2.6, 2.5, 2.35, 2.2, 2.0, 1.6, 1.2, 0.9];
        for (bands, bells) in [([1.0, 3.0, 1.0, 3.0, 1.0, 3.0, 1.0, 3.0], 8), (hall, 0)] {
            levels(&Params { bands: Some(bands.map(Seconds)), ..Params::default() }, bells);
        }
    }

    fn levels(params: &Params, bells: usize) {
        use crate::reverb::fdn::filters::{State, absorb};
        let lengths = lines::<8>(48_000.0, 1.0, 0);
        let bank = Bank::<f64, 8>::design(48_000.0, &lengths, &[1.0; 8], &Curve::of(params));
        assert!(bank.bell_count == bells && (bells > 0 || bank.shelves > 0), "{} {}", bank.shelves, bank.bell_count);
        let mut state = State::SILENT;
        let mut response = std::vec::Vec::new();
        for chunk in 0..1_500 {
            let mut groups = [[[if chunk == 0 { 1.0 } else { 0.0 }; 4]; 64]; 2];
            groups.iter_mut().for_each(|g| g[1..].fill([0.0; 4]));
            absorb(&bank, &mut state, &mut groups, 64);
            response.extend(groups[1].map(|x| x[2]));
        }
        for f in [40.0, 125.0, 700.0, 4_000.0, 15_000.0] {
            let (mut re, mut im) = (0.0, 0.0);
            for (n, h) in response.iter().enumerate() {
                let angle = 2.0 * PI * f * n as f64 / 48_000.0;
                re += h * libm::cos(angle);
                im -= h * libm::sin(angle);
            }
            let level = 10.0 * libm::log10((re * re + im * im) * 8.0);
            let said = bank.level(6, 48_000.0, f);
            assert!((level - said).abs() < 1e-6, "{f} Hz: {level} and {said}");
        }
    }
}
