use super::*;
use crate::signal::hash;
use std::vec::Vec;

/// The systems of BS.2051 and what else has to work.
fn layouts() -> Vec<Layout> {
    let masks = [(3, 0x7), (4, 0x33), (4, 0x107), (6, 0x3F), (7, 0x70F), (8, 0x63F), (8, 0xFF), (2, 0x600), (5, 0x37)];
    let more = masks.into_iter().map(|(n, mask)| Layout::from_mask(n, mask).unwrap());
    let named = Layout::BS2051.into_iter().map(|(_, layout)| layout);
    named.chain(more).chain([Layout::SURROUND_9_1_6, Layout::SURROUND_5_0, Layout::MONO]).collect()
}

/// Directions evenly over the sphere.
fn direction(seed: u32) -> Direction {
    let part = |n| f64::from(hash(n)) / f64::from(u32::MAX);
    Direction::new(360.0 * part(2 * seed) - 180.0, (2.0 * part(2 * seed + 1) - 1.0).asin().to_degrees())
}

fn norm<S: Sample>(gains: &Gains<S>) -> f64 {
    gains.iter().map(|g| g.to_f64() * g.to_f64()).sum::<f64>().sqrt()
}

fn distance(a: &Gains<f64>, b: &Gains<f64>) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

fn power_is_one<S: Sample>() {
    for layout in layouts() {
        let vbap = Vbap::<S>::new(&layout).unwrap();
        let stereo = layout == Layout::STEREO;
        for seed in 0..2_000 {
            let spread = [0.0, 0.0, 0.1, 1.0][seed as usize % 4];
            let gains = vbap.gains(direction(seed), spread).unwrap();
            let size = norm(&gains);
            let front = if stereo { 0.5_f64.sqrt() - 1e-6 } else { 1.0 - 1e-6 };
            assert!(size >= front && size <= 1.0 + 1e-6, "{layout:?} {:?}: {size}", direction(seed));
            assert!(gains.iter().all(|g| *g >= S::ZERO));
            for (channel, gain) in gains.iter().enumerate() {
                assert!(layout.direction(channel).is_some() || *gain == S::ZERO, "LFE is silent");
            }
        }
    }
}

#[test]
fn power_is_one_everywhere() {
    power_is_one::<f32>();
    power_is_one::<f64>();
}

fn speakers_play_alone<S: Sample>() {
    for layout in layouts().into_iter().filter(|l| *l != Layout::MONO) {
        let vbap = Vbap::<S>::new(&layout).unwrap();
        for channel in 0..layout.channels() {
            let Some(direction) = layout.direction(channel) else { continue };
            let gains = vbap.gains(direction, 0.0).unwrap();
            for (other, gain) in gains.iter().enumerate() {
                assert_eq!(*gain, if other == channel { S::ONE } else { S::ZERO }, "{direction:?} to {other}");
            }
        }
    }
}

#[test]
fn at_a_loudspeaker_only_that_one_plays() {
    speakers_play_alone::<f32>();
    speakers_play_alone::<f64>();
}

#[test]
fn pairs_follow_the_tangent_law() {
    // The conformance table: azimuth, left, right.
    for layout in [Layout::STEREO, Layout::from_mask(4, 0x33).unwrap(), Layout::from_mask(2, 0x3).unwrap()] {
        let vbap = Vbap::<f64>::new(&layout).unwrap();
        for (azimuth, left, right) in [(0.0, FRAC_1_SQRT_2, FRAC_1_SQRT_2), (15.0, 0.93907, 0.34372), (30.0, 1.0, 0.0)]
        {
            let gains = vbap.gains(Direction::new(azimuth, 0.0), 0.0).unwrap();
            assert!((gains[0] - left).abs() < 5e-6 && (gains[1] - right).abs() < 5e-6, "{azimuth}: {gains:?}");
        }
    }
    // Every pair at ear height of 7.1, against the law written out.
    let vbap = Vbap::<f64>::new(&Layout::SURROUND_7_1).unwrap();
    for (first, second, a, b) in [(2, 0, 0.0, 30.0), (0, 4, 30.0, 90.0), (4, 6, 90.0, 135.0), (6, 7, 135.0, 225.0)] {
        for i in 0..=10 {
            let azimuth = a + (b - a) * f64::from(i) / 10.0;
            let (half, off) = (((b - a) / 2.0_f64).to_radians(), (azimuth - (a + b) / 2.0).to_radians());
            let ratio = off.tan() / half.tan();
            let size = ((1.0 - ratio).powi(2) + (1.0 + ratio).powi(2)).sqrt();
            let azimuth = if azimuth > 180.0 { azimuth - 360.0 } else { azimuth };
            for elevation in [0.0, 20.0, -30.0] {
                let g = vbap.gains(Direction::new(azimuth, 0.0), 0.0).unwrap();
                assert!(
                    (g[first] - (1.0 - ratio) / size).abs() < 1e-9 && (g[second] - (1.0 + ratio) / size).abs() < 1e-9
                );
                let raised = vbap.gains(Direction::new(azimuth, elevation), 0.0).unwrap();
                assert!(distance(&g, &raised) < 1e-9, "the same at {elevation}");
            }
        }
    }
}

/// Stereo as the renderer of BS.2127 has it.
#[test]
fn stereo_follows_the_broadcast_rule() {
    let (stereo, five) = (Vbap::<f64>::new(&Layout::STEREO).unwrap(), Vbap::<f64>::new(&Layout::SURROUND_5_0).unwrap());
    for seed in 0..500 {
        let g = five.gains(direction(seed), 0.0).unwrap();
        let centre = g[2] / 3.0_f64.sqrt();
        let (l, r) = (g[0] + centre + g[3] * 0.5_f64.sqrt(), g[1] + centre + g[4] * 0.5_f64.sqrt());
        let (front, back) = (g[0].max(g[1]).max(g[2]), g[3].max(g[4]));
        let level = 0.5_f64.powf(0.5 * back / (front + back)) / l.hypot(r);
        let out = stereo.gains(direction(seed), 0.0).unwrap();
        assert!((out[0] - l * level).abs() < 1e-9 && (out[1] - r * level).abs() < 1e-9);
    }
    let behind = stereo.gains(Direction::new(180.0, 0.0), 0.0).unwrap();
    assert!((behind[0] - 0.5).abs() < 1e-9 && (behind[1] - 0.5).abs() < 1e-9);
}

#[test]
fn gains_move_no_faster_than_stated() {
    for layout in layouts() {
        let vbap = Vbap::<f64>::new(&layout).unwrap();
        let steepest = (0..20_000_u32).map(|seed| {
            let (a, step) = (direction(seed), 0.02);
            let turn = f64::from(hash(seed ^ 0x5555)) * 1e-6;
            let b = Direction::new(
                a.azimuth + step * turn.cos() / a.elevation.to_radians().cos().max(0.01),
                (a.elevation + step * turn.sin()).clamp(-90.0, 90.0),
            );
            distance(&vbap.gains(a, 0.0).unwrap(), &vbap.gains(b, 0.0).unwrap()) / a.angle_to(b).max(1e-3)
        });
        let steepest = steepest.fold(0.0, f64::max);
        let close = layout.positions().contains(&Position::FrontLeftOfCentre) && layout != Layout::SURROUND_22_2;
        assert!(steepest < if close { 0.23 } else { 0.13 }, "{layout:?}: {steepest:.3} per degree");
    }
}

#[test]
fn a_spread_source_moves_smoothly_and_fills_the_room() {
    let vbap = Vbap::<f64>::new(&Layout::SURROUND_7_1_4).unwrap();
    for seed in 0..300 {
        let a = direction(seed);
        if a.elevation < -80.0 {
            continue;
        }
        let b = Direction::new(a.azimuth, (a.elevation + 0.1).min(90.0));
        for spread in [0.05, 0.3, 0.7] {
            let (x, y) = (vbap.gains(a, spread).unwrap(), vbap.gains(b, spread).unwrap());
            assert!(distance(&x, &y) < 0.03, "{a:?}");
            let wider = vbap.gains(a, spread + 0.001).unwrap();
            assert!(distance(&x, &wider) < 0.05, "{a:?}");
        }
        let everywhere = vbap.gains(a, 1.0).unwrap();
        assert!((0..12).filter(|c| *c != 3).all(|c| everywhere[c] > 0.12), "{a:?} {everywhere:?}");
    }
    let [point, narrow] = [0.0, 1e-4].map(|s| vbap.gains(Direction::new(17.0, 9.0), s).unwrap());
    assert!(distance(&point, &narrow) < 1e-3);
}

#[test]
fn symmetric_layouts_have_symmetric_gains() {
    for layout in layouts() {
        let vbap = Vbap::<f64>::new(&layout).unwrap();
        let mut twin: Vec<usize> = (0..MAX_CHANNELS).collect();
        for (l, r) in layout.pairs() {
            twin.swap(l, r);
        }
        for seed in 0..500 {
            let spread = f64::from(seed % 3) / 4.0;
            let here = vbap.gains(direction(seed), spread).unwrap();
            let there = vbap.gains(direction(seed).mirrored(), spread).unwrap();
            let mirrored = core::array::from_fn(|c| there[twin[c]]);
            assert!(distance(&here, &mirrored) < 1e-9, "{layout:?} {:?}", direction(seed));
        }
    }
}

/// Loudspeakers by position in the list of placed ones, and their gains, as the EBU renderer (ear 2.1.0) gives them.
type Reference = (Layout, f64, f64, &'static [(usize, f64)]);
const EBU: [Reference; 11] = [
    (Layout::SURROUND_5_1_4, 75.0, 15.0, &[(0, 0.530_417), (3, 0.653_900), (5, 0.339_874), (7, 0.418_998)]),
    (Layout::SURROUND_5_1_4, 170.0, 25.0, &[(3, 0.684_758), (4, 0.602_166), (7, 0.308_254), (8, 0.271_074)]),
    (Layout::SURROUND_5_1_4, -150.0, 20.0, &[(3, 0.510_459), (4, 0.782_068), (7, 0.195_398), (8, 0.299_367)]),
    (Layout::SURROUND_5_1_4, 20.0, 60.0, &[(5, 0.817_895), (6, 0.407_509), (7, 0.287_214), (8, 0.287_214)]),
    (Layout::SURROUND_22_2, 100.0, 10.0, &[(3, 0.262_301), (8, 0.866_407), (14, 0.123_118), (16, 0.406_669)]),
    (Layout::SURROUND_22_2, -20.0, -20.0, &[(6, 0.602_979), (19, 0.735_441), (21, 0.309_100)]),
    (Layout::SURROUND_22_2, 170.0, 25.0, &[(3, 0.074_763), (7, 0.246_951), (14, 0.279_947), (18, 0.924_692)]),
    (
        Layout::SURROUND_22_2,
        -150.0,
        -45.0,
        &[
            (3, 0.116_920),
            (4, 0.826_687),
            (7, 0.484_322),
            (8, 0.116_920),
            (9, 0.116_920),
            (19, 0.116_920),
            (20, 0.116_920),
            (21, 0.116_920),
        ],
    ),
    (Layout::SURROUND_7_1, 75.0, 15.0, &[(0, 0.343_724), (3, 0.939_071)]),
    (
        Layout::SURROUND_7_1,
        -160.0,
        60.0,
        &[
            (0, 0.198_251),
            (1, 0.198_251),
            (2, 0.198_251),
            (3, 0.198_251),
            (4, 0.198_251),
            (5, 0.463_557),
            (6, 0.767_201),
        ],
    ),
    (Layout::ITU_3_7_0, 150.0, 40.0, &[(5, 0.370_152), (7, 0.029_794), (9, 0.928_493)]),
];

#[test]
fn gains_are_those_of_the_broadcast_renderer() {
    for (layout, azimuth, elevation, expected) in EBU {
        let gains = Vbap::<f64>::new(&layout).unwrap().gains(Direction::new(azimuth, elevation), 0.0).unwrap();
        let placed = (0..layout.channels()).filter(|c| layout.direction(*c).is_some());
        for (i, channel) in placed.enumerate() {
            let gain = expected.iter().find(|(at, _)| *at == i).map_or(0.0, |(_, gain)| *gain);
            assert!((gains[channel] - gain).abs() < 1e-6, "{azimuth} {elevation}: {i}: {} for {gain}", gains[channel]);
        }
    }
}

#[test]
fn the_sound_comes_from_where_it_should() {
    // The direction of the gain-weighted sum, between loudspeakers at ear height and above.
    for layout in [Layout::SURROUND_22_2, Layout::SURROUND_7_1_4] {
        let vbap = Vbap::<f64>::new(&layout).unwrap();
        for d in (0..3_000).map(direction).filter(|d| d.elevation > 0.0 && d.elevation < 30.0) {
            let gains = vbap.gains(d, 0.0).unwrap();
            let mut sum = [0.0; 3];
            for (c, gain) in gains.iter().enumerate().filter(|(_, g)| **g > 0.0) {
                let v = layout.direction(c).unwrap().vector();
                (0..3).for_each(|i| sum[i] += gain * v[i]);
            }
            assert!(Direction::of_vector(sum).angle_to(d) < 1e-9, "{d:?}");
        }
    }
}

#[test]
fn what_cannot_be_panned_is_refused() {
    let above = Layout::new(&[Position::TopFrontLeft, Position::TopFrontRight]).unwrap();
    let e = Vbap::<f32>::new(&above).unwrap_err();
    assert_eq!(std::string::ToString::to_string(&e), "loudspeakers at ear height is 0; allowed are 2 to 24");
    let vbap = Vbap::<f32>::new(&Layout::SURROUND_5_1).unwrap();
    assert!(vbap.gains(Direction::FRONT, 1.1).is_err() && vbap.gains(Direction::new(f64::NAN, 0.0), 0.0).is_err());
}

#[test]
fn memory_is_what_the_docs_say() {
    assert!(size_of::<Vbap<f32>>() <= 11 * 1024 && size_of::<Vbap<f64>>() <= 21 * 1024);
}
