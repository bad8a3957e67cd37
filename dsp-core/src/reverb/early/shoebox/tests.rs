//! The room against mirrors that are applied one after the other, and against the echoes written out.

use super::images::{MOST, SPEED_OF_SOUND};
use super::*;
use crate::laws;
use crate::signal;
use std::{vec, vec::Vec};

const RATE: f64 = 48_000.0;

fn shoebox(params: &Params) -> Shoebox<f64, Vec<f64>> {
    let setup = Setup { longest: Seconds(1.0), ..Setup::new(SampleRate::VIDEO) };
    Shoebox::new(&setup, params, vec![0.0; required_len(&setup)]).unwrap()
}

/// Images by reflecting the source in one wall after the other; of those at the same place the one of lowest order
/// counts.
fn mirrored(params: &Params) -> Vec<(u32, [f64; 3], f64)> {
    let mut images: Vec<(u32, [f64; 3], f64)> = vec![(0, params.source, 1.0)];
    for order in 1..=params.order {
        for (_, at, gain) in images.clone().into_iter().filter(|i| i.0 == order - 1) {
            for wall in 0..6 {
                let (axis, far) = (wall / 2, wall % 2 == 1);
                let mut image = at;
                image[axis] = if far { 2.0 * params.size[axis] - at[axis] } else { -at[axis] };
                if images.iter().all(|(_, other, _)| distance(*other, image) > 1e-6) {
                    images.push((order, image, gain * (1.0 - params.absorption[wall]).sqrt()));
                }
            }
        }
    }
    images.remove(0);
    images
}

/// What one of two microphones hears of an image: seconds after the direct sound, gain relative to it.
fn heard(params: &Params, image: [f64; 3], left: bool) -> (f64, f64) {
    let sub = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let to_source = sub(params.source, params.listener);
    let azimuth = to_source[1].atan2(to_source[0]);
    let turn = |degrees: f64| azimuth + if left { degrees } else { -degrees }.to_radians();
    let (side, axis) = (turn(90.0), turn(55.0));
    let place = [params.listener[0] + 0.085 * side.cos(), params.listener[1] + 0.085 * side.sin(), params.listener[2]];
    let (path, direct) = (distance(image, place), distance(params.source, params.listener));
    let to_image = sub(image, place).map(|v| v / path);
    let cardioid = |cos: f64| 0.5 + 0.5 * cos;
    let response = cardioid(to_image[0] * axis.cos() + to_image[1] * axis.sin()) / cardioid(55_f64.to_radians().cos());
    ((path - direct) / SPEED_OF_SOUND, direct / path * response)
}

fn rooms() -> [Params; 3] {
    let plain = Params { order: 4, ..Params::default() };
    [
        Params { absorption: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], ..plain },
        Params { size: [30.0, 42.0, 14.0], source: [14.0, 5.0, 2.0], listener: [16.5, 30.0, 3.0], ..plain },
        Params { size: [2.0, 3.1, 2.4], source: [0.5, 0.3, 1.1], listener: [1.4, 2.2, 1.3], order: 2, ..plain },
    ]
}

#[test]
fn images_are_those_of_mirrors_applied_one_by_one() {
    for (params, count) in rooms().iter().zip([MOST, MOST, 24]) {
        let reference = mirrored(params);
        let room = Room::<f64>::of(&params.plan().unwrap(), RATE, 1_000_000);
        let mut echoes: Vec<_> = (1..=ORDERS)
            .flat_map(|order| room.echoes(order, 0).zip(room.echoes(order, 1)).map(move |pair| (order as u32, pair)))
            .collect();
        assert_eq!((reference.len(), echoes.len()), (count, count));
        assert_eq!(echoes.last().unwrap().0, params.order);
        for (order, image, walls) in reference {
            let [left, right] = [true, false].map(|side| {
                let (delay, gain) = heard(params, image, side);
                ((delay * RATE).max(0.0).round() as usize, gain * walls)
            });
            let same = |a: (usize, f64), b: (usize, f64)| a.0.abs_diff(b.0) <= 1 && (a.1 - b.1).abs() < 1e-9;
            let found = echoes.iter().position(|e| e.0 == order && same(e.1.0, left) && same(e.1.1, right));
            echoes.swap_remove(found.unwrap_or_else(|| panic!("no echo of {image:?}")));
        }
    }
}

#[test]
fn the_response_is_the_echoes_through_a_low_pass_for_each_wall() {
    for params in rooms() {
        let params = Params { mix: Mix::WET, cutoff: Hertz(6_000.0), ..params };
        let impulse: Vec<f64> = signal::impulse(0).take(40_000).collect();
        let out = laws::render(&mut shoebox(&params), &[impulse.clone(), impulse]);
        let coeffs = Coeffs::<f64>::design(&shoebox(&params).setup, &params).unwrap();
        for (side, out) in out.iter().enumerate() {
            let mut expected = vec![0.0; out.len()];
            for order in 1..=ORDERS {
                let mut part = vec![0.0; out.len()];
                coeffs.room.echoes(order, side).for_each(|(age, gain)| part[age] += gain);
                for _ in 0..order {
                    let mut y = 0.0;
                    for x in &mut part {
                        y += coeffs.numbers.low * (*x - y);
                        *x = y;
                    }
                }
                expected.iter_mut().zip(part).for_each(|(e, p)| *e += p);
            }
            let worst = out.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-12, "{worst:e}");
        }
    }
}

#[test]
fn walls_that_take_everything_leave_nothing_and_late_echoes_are_left_out() {
    let params = Params { mix: Mix::WET, absorption: [1.0; 6], ..Params::default() };
    let noise: Vec<Vec<f64>> = (0..2).map(|c| signal::white(c, 0.5).take(9_000).collect()).collect();
    assert!(laws::render(&mut shoebox(&params), &noise).iter().flatten().all(|v| *v == 0.0));
    let room = Room::<f64>::of(&rooms()[1].plan().unwrap(), RATE, 4_000);
    assert!(room.longest() <= 4_000 && (1..=ORDERS).map(|order| room.echoes(order, 0).count()).sum::<usize>() > 20);
}

#[test]
fn places_outside_the_room_are_refused() {
    let setup = Setup::new(SampleRate::VIDEO);
    let outside = Params { source: [8.5, 1.0, 1.0], ..Params::default() };
    let e = Coeffs::<f32>::design(&setup, &outside).unwrap_err();
    assert_eq!(std::string::ToString::to_string(&e), "source is 8.5 m; allowed are 0 to 8 m");
    let there = Params { source: [4.5, 3.0, 1.5], ..Params::default() };
    assert!(Coeffs::<f32>::design(&setup, &there).is_err());
}
