//! A head without a file: a rigid sphere with two ears, after Brown and Duda.
//!
//! The time of arrival is that of a ray around the sphere (Woodworth): with the angle `t` between the source and the ear,
//! `-(a/c) cos t` up to 90 degrees and `(a/c)(t - 90 degrees)` beyond, here later by `a/c` so that it is never negative. The shadow is one pole
//! and one zero, `H(s) = (1 + alpha s/2w)/(1 + s/2w)`, `w = c/a`, `alpha = 1.05 + 0.95 cos(180 t/150)`: +6 dB of treble at the ear,
//! -20 dB in the shadow at 150 degrees. The ears are at +-100 degrees.
//!
//! It gives left and right truthfully and neither up and down nor front and back, which pinnae do: use measured
//! responses where those matter.
//!
//! Source: C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE Transactions on Speech and Audio
//! Processing 6(5), 1998, equations 1 to 5.

use super::hrir::{HrirSet, MAX_TAPS, Point};
use crate::error::Error;
use crate::layout::Direction;
use crate::sample::Sample;
use crate::units::SampleRate;
use core::f64::consts::{FRAC_PI_2, PI};

/// Radius of a head in metres: half of 17.5 cm.
pub const RADIUS: f64 = 0.0875;

/// Speed of sound at 20 degrees in metres per second.
const SPEED: f64 = 343.0;
/// Where the ears are.
const EAR: f64 = 100.0;
/// Least gain of the treble, and the angle in degrees at which it is heard.
const SHADOW: f64 = 0.1;
const DARKEST: f64 = 150.0;

/// Directions on the rings at 0, 15, .. 90 degrees above and below: steps of 15 degrees or a little more.
const RINGS: [usize; 7] = [24, 24, 20, 16, 12, 6, 1];
/// Degrees between rings.
const STEP: f64 = 15.0;

/// Directions of the set.
pub const POINTS: usize = 2 * (24 + 20 + 16 + 12 + 6 + 1) + 24;

/// Samples of all responses.
pub const fn required_len(taps: usize) -> usize {
    POINTS * 2 * taps
}

/// The directions, ring by ring.
fn directions() -> impl Iterator<Item = Direction> {
    RINGS.into_iter().enumerate().flat_map(|(ring, count)| {
        let signs: &[f64] = if ring == 0 { &[0.0] } else { &[1.0, -1.0] };
        signs.iter().flat_map(move |sign| {
            (0..count).map(move |i| {
                let azimuth = 360.0 * i as f64 / count as f64;
                let azimuth = if azimuth > 180.0 { azimuth - 360.0 } else { azimuth };
                Direction::new(azimuth, sign * STEP * ring as f64)
            })
        })
    })
}

/// Time of arrival in seconds at an ear `angle` radians away from the source.
fn arrival(radius: f64, angle: f64) -> f64 {
    let around = if angle < FRAC_PI_2 { -libm::cos(angle) } else { angle - FRAC_PI_2 };
    radius / SPEED * (1.0 + around)
}

/// The difference of arrival in seconds, left minus right, for any direction: what the set is sampled from.
pub fn itd(radius: f64, direction: Direction) -> f64 {
    let [left, right] =
        [EAR, -EAR].map(|ear| arrival(radius, direction.angle_to(Direction::new(ear, 0.0)).to_radians()));
    left - right
}

/// Makes the set: 182 directions of `taps` samples, of which 64 are enough at 48 kHz (the pole has fallen by 90 dB), and in proportion at other
/// rates.
///
/// # Errors
/// A radius outside 0.04 to 0.2 m, taps outside 8 to 1024, too little memory.
pub fn build<'a, S: Sample>(
    rate: SampleRate,
    radius: f64,
    taps: usize,
    points: &'a mut [Point<S>],
    responses: &'a mut [S],
) -> Result<HrirSet<'a, S>, Error> {
    Error::check("radius", radius, 0.04, 0.2, "m")?;
    Error::check("taps", taps as f64, 8.0, MAX_TAPS as f64, "")?;
    Error::check_len("directions", POINTS, points.len())?;
    Error::check_len("responses", required_len(taps), responses.len())?;
    // s = 2 rate (1 - 1/z)/(1 + 1/z).
    let stretch = rate.hertz() * radius / SPEED;
    let pole = (stretch - 1.0) / (stretch + 1.0);
    let ears = responses.chunks_exact_mut(taps);
    let mut ears = ears.take(2 * POINTS);
    for (point, direction) in points.iter_mut().zip(directions()) {
        let angles = [EAR, -EAR].map(|ear| direction.angle_to(Direction::new(ear, 0.0)).to_radians());
        *point = Point::new(direction, angles.map(|angle| arrival(radius, angle) * rate.hertz()));
        // In this order: a zip that ends takes one more from its first.
        for (angle, ear) in angles.into_iter().zip(ears.by_ref()) {
            let turn = angle / DARKEST.to_radians() * PI;
            let treble = 1.0 + SHADOW / 2.0 + (1.0 - SHADOW / 2.0) * libm::cos(turn);
            let first = (1.0 + treble * stretch) / (1.0 + stretch);
            let mut next = (1.0 - treble * stretch) / (1.0 + stretch) + pole * first;
            for (n, h) in ear.iter_mut().enumerate() {
                *h = S::from_f64(if n == 0 { first } else { next });
                if n > 0 {
                    next *= pole;
                }
            }
        }
    }
    let (points, responses): (&'a [Point<S>], &'a [S]) = (points, responses);
    HrirSet::new(rate, taps, &points[..POINTS], &responses[..required_len(taps)])
}
