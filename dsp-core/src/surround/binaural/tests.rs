use super::hrir::Point;
use super::*;
use crate::laws::{self, Audio};
use crate::signal;
use std::{vec, vec::Vec};

const RATE: SampleRate = SampleRate::VIDEO;
const TAPS: usize = 64;

fn with_sphere<S: Sample>(test: impl FnOnce(HrirSet<'_, S>)) {
    let mut points = vec![Point::default(); sphere::POINTS];
    let mut responses = vec![S::ZERO; sphere::required_len(TAPS)];
    test(sphere::build(RATE, sphere::RADIUS, TAPS, &mut points, &mut responses).unwrap());
}

fn at(azimuth: f64, elevation: f64) -> Params {
    let mut params = Params::default();
    params.places[0] = Place { azimuth, elevation, gain: Decibels(0.0) };
    params
}

fn renderer<'a, S: Sample>(set: HrirSet<'a, S>, params: &Params) -> Renderer<'a, S, Vec<S>> {
    let setup = Setup { rate: set.rate(), set, sources: 1 };
    Renderer::new(&setup, params, vec![S::ZERO; required_len(&setup)]).unwrap()
}

/// Spectrum at a frequency of what is heard `late` frames after the start.
fn spectrum(x: &[f64], late: usize, frequency: f64) -> [f64; 2] {
    let turn = |n: usize| core::f64::consts::TAU * frequency / RATE.hertz() * (n as f64 - late as f64);
    x.iter().enumerate().fold([0.0; 2], |[re, im], (n, v)| [re + v * turn(n).cos(), im - v * turn(n).sin()])
}

/// Frames by which `b` is later than `a`: the difference of phase at 300 Hz, where half a period is 80 frames.
fn later(a: &[f64], b: &[f64]) -> f64 {
    let ([re, im], [x, y]) = (spectrum(a, 0, 300.0), spectrum(b, 0, 300.0));
    let turn = (im * x - re * y).atan2(re * x + im * y);
    turn / (core::f64::consts::TAU * 300.0 / RATE.hertz())
}

fn impulse(frames: usize) -> Audio<f64> {
    vec![signal::impulse(0).take(frames).collect(), vec![0.0; frames]]
}

#[test]
fn at_a_point_of_the_set_its_own_response_is_heard() {
    with_sphere::<f64>(|set| {
        let mut ears = [[0.0; TAPS]; 2];
        for (index, point) in set.points().iter().enumerate() {
            let [left, right] = &mut ears;
            let delays = set.at(point.direction(), left, right);
            // A microsecond is 0.05 frames; the bound of the project is 10.
            for (delay, own) in delays.iter().zip(point.delays()) {
                assert!((delay - own).abs() < 1e-9, "{:?}", point.direction());
            }
            let mut own = [[0.0; TAPS]; 2];
            let [l, r] = &mut own;
            l.copy_from_slice(set.response(index, 0));
            r.copy_from_slice(set.response(index, 1));
            assert_eq!(ears, own, "{index}");
        }
    });
}

#[test]
fn arrival_is_as_the_sphere_says_and_monotone_between_points() {
    with_sphere::<f64>(|set| {
        let mut ears = [[0.0; TAPS]; 2];
        let [left, right] = &mut ears;
        let mut itd = |azimuth, elevation| {
            let [l, r] = set.at(Direction::new(azimuth, elevation), left, right);
            (l - r) / RATE.hertz()
        };
        for elevation in [0.0, 7.0, 20.0, -35.0, 50.0] {
            let mut last = f64::INFINITY;
            for step in 0..=150 {
                let azimuth = f64::from(step) * 0.5;
                let here = itd(azimuth, elevation);
                let exact = sphere::itd(sphere::RADIUS, Direction::new(azimuth, elevation));
                assert!((here - exact).abs() < 12e-6, "{azimuth} {elevation}: {here} for {exact}");
                assert!(here < last, "{azimuth} {elevation}: {here} after {last}");
                assert!((here + itd(-azimuth, elevation)).abs() < 1e-12, "symmetric");
                last = here;
            }
        }
        // At an ear: a ray to one, 70 degrees around the sphere further to the other.
        assert!(itd(0.0, 0.0).abs() < 1e-12 && (itd(100.0, 0.0) + 0.567e-3).abs() < 5e-6, "{}", itd(100.0, 0.0));
    });
}

#[test]
fn what_is_rendered_arrives_when_it_should() {
    with_sphere::<f64>(|set| {
        for azimuth in [0.0, 15.0, 45.0, -75.0, 22.0, 130.0] {
            let out = laws::render(&mut renderer(set, &at(azimuth, 0.0)), &impulse(300));
            // The shadow of a sphere delays low frequencies too: taken from the responses of the set.
            let mut ears = [[0.0; TAPS]; 2];
            let [left, right] = &mut ears;
            let [l, r] = set.at(Direction::new(azimuth, 0.0), left, right);
            let expected = l - r + later(right, left);
            let found = later(&out[1], &out[0]);
            assert!((found - expected).abs() < 0.05, "{azimuth}: {found} for {expected} frames: a microsecond");
        }
    });
}

#[test]
fn symmetric_places_sound_symmetric_and_the_front_the_same_in_both_ears() {
    with_sphere::<f64>(|set| {
        let input = vec![signal::white(3, 0.5).take(2_000).collect::<Vec<f64>>(), vec![0.0; 2_000]];
        for (azimuth, elevation) in [(0.0, 0.0), (30.0, 0.0), (77.0, 13.0), (-141.0, -52.0), (180.0, 30.0)] {
            let here = laws::render(&mut renderer(set, &at(azimuth, elevation)), &input);
            let there = laws::render(&mut renderer(set, &at(-azimuth, elevation)), &input);
            for n in 0..2_000 {
                assert!((here[0][n] - there[1][n]).abs() < 1e-9 && (here[1][n] - there[0][n]).abs() < 1e-9);
            }
        }
    });
}

#[test]
fn the_near_ear_is_louder_and_bass_is_the_same() {
    with_sphere::<f64>(|set| {
        let out = laws::render(&mut renderer(set, &at(90.0, 0.0)), &impulse(300));
        let sum = |x: &[f64]| x.iter().sum::<f64>();
        let power = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
        assert!((sum(&out[0]) - 1.0).abs() < 1e-3 && (sum(&out[1]) - 1.0).abs() < 1e-3);
        let db = 10.0 * (power(&out[0]) / power(&out[1])).log10();
        assert!((10.0..30.0).contains(&db), "{db} dB");
    });
}

#[test]
fn a_layout_is_the_sum_of_its_loudspeakers() {
    with_sphere::<f64>(|set| {
        let layout = Layout::SURROUND_5_1;
        let setup = Setup { rate: RATE, set, sources: 6 };
        let input: Audio<f64> = (0..6).map(|c| signal::pink(c, 0.3).take(800).collect()).collect();
        let params = Params::of_layout(&layout);
        let mut all = Renderer::new(&setup, &params, vec![0.0; required_len(&setup)]).unwrap();
        let out = laws::render(&mut all, &input);
        let mut sum = [vec![0.0; 800], vec![0.0; 800]];
        for c in (0..6).filter(|c| *c != 3) {
            let d = layout.direction(c).unwrap();
            let alone = vec![input[c].clone(), vec![0.0; 800]];
            let one = laws::render(&mut renderer(set, &at(d.azimuth, d.elevation)), &alone);
            (0..2).for_each(|ear| sum[ear].iter_mut().zip(&one[ear]).for_each(|(s, v)| *s += v));
        }
        for ear in 0..2 {
            assert!(out[ear].iter().zip(&sum[ear]).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert!((2..6).all(|c| out[c].iter().all(|v| *v == 0.0)));
    });
}

#[test]
fn a_moving_source_does_not_click() {
    with_sphere::<f64>(|set| {
        // A tone of 500 Hz on the way around the head: what remains without it and its neighbourhood is small.
        let frames = 24_000;
        let tone: Vec<f64> = signal::sine(RATE, crate::units::Hertz(500.0), 0.5, 0.0).take(frames).collect();
        let input = [tone, vec![0.0; frames]];
        let mut p = renderer(set, &at(-80.0, 0.0));
        p.set(&at(80.0, 20.0), Frames(20_000)).unwrap();
        let mut out = laws::render(&mut p, &[input[0][..7_777].to_vec(), vec![0.0; 7_777]]);
        p.set(&at(20.0, -40.0), Frames(12_000)).unwrap();
        let rest = laws::render(&mut p, &[input[0][7_777..].to_vec(), vec![0.0; frames - 7_777]]);
        out.iter_mut().zip(rest).for_each(|(a, b)| a.extend(b));
        for ear in out {
            // Fourth differences of a slow sine are tiny; what is left is the kink where the second move takes over. A step
            // of -80 dB would be six times its size: 3e-4.
            let mut d = ear[600..].to_vec();
            for _ in 0..4 {
                d = d.windows(2).map(|w| w[1] - w[0]).collect();
            }
            let worst = d.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            assert!(worst < 2e-4, "{worst:e}");
        }
        let still = laws::render(&mut p, &impulse(300));
        let there = laws::render(&mut renderer(set, &at(20.0, -40.0)), &impulse(300));
        // Silence what is still in memory of the tone.
        p.reset();
        assert_eq!(laws::render(&mut p, &impulse(300)), there);
        assert!(still[0].iter().all(|v| v.is_finite()));
    });
}

#[test]
fn another_rate_and_too_little_memory_are_refused() {
    with_sphere::<f32>(|set| {
        let setup = Setup { rate: SampleRate::CD, set, sources: 1 };
        let e = Renderer::new(&setup, &Params::default(), vec![0.0; 100_000]).unwrap_err();
        let said = "sample rate (44100 Hz) must equal that of the responses (48000 Hz)";
        assert_eq!(std::string::ToString::to_string(&e), said);
        let setup = Setup { rate: RATE, set, sources: 1 };
        assert!(Renderer::new(&setup, &Params::default(), vec![0.0; required_len(&setup) - 1]).is_err());
        assert!(Renderer::new(&Setup { sources: 25, ..setup }, &Params::default(), vec![0.0; 100_000]).is_err());
        assert_eq!(required_len(&Setup { sources: usize::MAX, ..setup }), usize::MAX, "refused later, with a name");
        let responses = vec![0.0; 2 * TAPS];
        assert!(HrirSet::new(RATE, TAPS, &[Point::<f32>::default()], &responses).is_err(), "a direction of no length");
        let late = [Point::new(Direction::FRONT, [0.0, hrir::MAX_DELAY + 1.0])];
        assert!(HrirSet::<f32>::new(RATE, TAPS, &late, &responses).is_err());
    });
}

/// A set whose delays say where a sound is: 100 frames and 50 times front for the left ear, left for the right.
fn compass(directions: &[Direction], test: impl FnOnce(HrirSet<'_, f64>)) {
    let delays = |d: Direction| [0, 1].map(|axis| 100.0 + 50.0 * d.vector()[axis]);
    let points: Vec<_> = directions.iter().map(|d| Point::new(*d, delays(*d))).collect();
    let responses: Vec<f64> = (0..2 * directions.len()).map(|n| 0.01 * (1.0 + n as f64)).collect();
    test(HrirSet::new(RATE, 1, &points, &responses).unwrap());
}

/// How far off the delays are, in radians.
fn off(set: &HrirSet<'_, f64>, d: Direction) -> f64 {
    let delays = set.at(d, &mut [0.0], &mut [0.0]);
    let error = |axis: usize| (delays[axis] - 100.0 - 50.0 * d.vector()[axis]).abs() / 50.0;
    error(0).max(error(1))
}

fn all_around(count: u32) -> impl Iterator<Item = Direction> {
    (0..count).map(move |i| {
        let height = 1.0 - (2.0 * f64::from(i) + 1.0) / f64::from(count);
        Direction::new((137.507_76 * f64::from(i)) % 360.0 - 180.0, height.asin().to_degrees())
    })
}

#[test]
fn a_single_ring_is_mixed_along_the_ring() {
    let ring: Vec<_> = (0..24).map(|i| Direction::new(15.0 * f64::from(i) - 180.0, 0.0)).collect();
    compass(&ring, |set| {
        for step in 0..720 {
            let d = Direction::new(0.5 * f64::from(step) - 180.0, 0.0);
            // The chord of 15 degrees is 0.0086 inside the circle.
            assert!(off(&set, d) < 0.009, "{d:?}");
            let raised = Direction { elevation: 30.0, ..d };
            let [here, above] = [d, raised].map(|d| set.at(d, &mut [0.0], &mut [0.0]));
            assert!(
                here.iter().zip(above).all(|(a, b)| (a - b).abs() < 1e-9),
                "what is above sounds as what is below it"
            );
        }
        for (index, d) in ring.iter().enumerate() {
            let mut left = [0.0];
            set.at(*d, &mut left, &mut [0.0]);
            assert_eq!(left[0], set.response(index, 0)[0], "its own, alone");
        }
    });
}

#[test]
fn opposite_to_a_small_set_the_nearest_point_answers() {
    let three = [(0.0, 0.0), (40.0, 0.0), (0.0, 40.0)].map(|(a, e)| Direction::new(a, e));
    compass(&three, |set| {
        let (mut left, mut right) = ([0.0], [0.0]);
        set.at(Direction::new(-170.0, -20.0), &mut left, &mut right);
        let nearest = (0..3).any(|i| left == set.response(i, 0) && right == set.response(i, 1));
        assert!(nearest, "{left:?} {right:?}");
        assert!(
            set.response(3, 0).is_empty() && set.response(usize::MAX, 1).is_empty() && set.response(0, 2).is_empty()
        );
    });
}

#[test]
fn directions_measured_twice_change_nothing() {
    let rings = |poles: u32| {
        let rings = (-6..=6).flat_map(move |ring: i32| {
            let count = if ring.abs() == 6 { poles } else { 24 };
            (0..count).map(move |i| Direction::new(15.0 * f64::from(i), 15.0 * f64::from(ring)))
        });
        rings.collect::<Vec<_>>()
    };
    compass(&rings(1), |once| {
        compass(&[rings(24), rings(1)].concat(), |twice| {
            for d in all_around(1_000) {
                let [a, b] = [&once, &twice].map(|set| set.at(d, &mut [0.0], &mut [0.0]));
                assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6), "{d:?}: {a:?} {b:?}");
            }
        });
    });
}

#[test]
fn circles_far_apart_are_mixed_too() {
    // 25 circles of 50 points around the axis of the ears, 5 to 15 degrees apart (the grid of the CIPIC database).
    let sides = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 55.0, 65.0, 80.0];
    let place = |side: f64, around: f64| {
        let (side, around) = (side.to_radians(), around.to_radians());
        [side.cos() * around.cos(), side.sin(), side.cos() * around.sin()]
    };
    let mut grid = Vec::new();
    for side in sides.into_iter().flat_map(|s| [s, -s]).skip(1) {
        grid.extend((0..50).map(|i| Direction::of_vector(place(side, 5.625 * f64::from(i) - 45.0))));
    }
    compass(&grid, |set| {
        for i in 0..2_000_u32 {
            let side = (f64::from(i) * 0.618_034).fract() * 150.0 - 75.0;
            let d = Direction::of_vector(place(side, f64::from(i) / 2_000.0 * 270.0 - 43.0));
            assert!(off(&set, d) < 0.015, "{d:?}: {}", off(&set, d));
        }
    });
}

#[test]
fn the_largest_head_at_the_highest_rate_is_a_set() {
    let rate = SampleRate::new(SampleRate::MAX).unwrap();
    let mut points = vec![Point::<f32>::default(); sphere::POINTS];
    let mut responses = vec![0.0; sphere::required_len(16)];
    assert!(sphere::build(rate, 0.2, 16, &mut points, &mut responses).is_ok());
}

/// Responses as measured: the sphere, late by 40 frames and a fraction, on a longer time axis.
fn measured(set: &HrirSet<'_, f64>, raw_taps: usize) -> (Vec<Direction>, Vec<f64>, Vec<[f64; 2]>) {
    let (mut directions, mut raw, mut arrivals) = (Vec::new(), Vec::new(), Vec::new());
    for point in set.points() {
        let mut ears = [[0.0; TAPS]; 2];
        let [left, right] = &mut ears;
        let delays = set.at(point.direction(), left, right);
        for (h, delay) in ears.iter().zip(delays) {
            let at = 40.0 + delay;
            raw.extend((0..raw_taps).map(|n| {
                let term = |(k, h): (usize, &f64)| {
                    let x = n as f64 - at - k as f64;
                    let window =
                        if x.abs() < 24.0 { 0.5 + 0.5 * (core::f64::consts::PI * x / 24.0).cos() } else { 0.0 };
                    let sinc = if x.abs() < 1e-9 {
                        1.0
                    } else {
                        (core::f64::consts::PI * x).sin() / (core::f64::consts::PI * x)
                    };
                    h * sinc * window
                };
                h.iter().enumerate().map(term).sum::<f64>()
            }));
        }
        directions.push(point.direction());
        arrivals.push(delays);
    }
    (directions, raw, arrivals)
}

#[test]
fn measured_responses_come_back_with_their_arrival() {
    with_sphere::<f64>(|sphere| {
        let raw_taps = 200;
        let (directions, raw, arrivals) = measured(&sphere, raw_taps);
        let mut points = vec![Point::default(); directions.len()];
        let mut responses = vec![0.0; directions.len() * 2 * 96];
        let set = prepare::prepare(RATE, &directions, (&raw, raw_taps), 96, &mut points, &mut responses).unwrap();
        let mut onset_error = 0.0_f64;
        for (i, (point, arrival)) in set.points().iter().zip(arrivals).enumerate() {
            let [l, r] = point.delays();
            onset_error = onset_error.max(((l - r) - (arrival[0] - arrival[1])).abs());
            if i % 13 == 0 {
                let d = point.direction();
                let out = laws::render(&mut renderer(set, &at(d.azimuth, d.elevation)), &impulse(raw_taps + 60));
                let late = prepare::LEAD + AHEAD;
                // Up to 4 kHz the delay that reads between samples is exact; above it is what the module says.
                for (ear, heard) in out.iter().enumerate().take(2) {
                    let own = &raw[(2 * i + ear) * raw_taps..][..raw_taps];
                    for (frequency, bound) in [(300.0, -75.0), (1_000.0, -75.0), (4_000.0, -75.0), (12_000.0, -26.0)] {
                        let (a, b) = (spectrum(own, 0, frequency), spectrum(heard, late, frequency));
                        let error = (a[0] - b[0]).hypot(a[1] - b[1]) / a[0].hypot(a[1]);
                        let db = 20.0 * error.log10();
                        assert!(db < bound, "{d:?}, {frequency} Hz: {db} dB");
                    }
                    let whole = later(own, heard) - late as f64;
                    assert!(whole.abs() < 0.02, "{d:?}: {whole} frames");
                }
            }
        }
        let microseconds = onset_error / RATE.hertz() * 1e6;
        assert!(microseconds < 10.0, "{microseconds} us");
    });
}
