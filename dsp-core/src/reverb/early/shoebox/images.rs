//! Mirror images of a source in a room of six walls, and what a pair of microphones hears of them.

use crate::sample::Sample;

/// Highest order of reflection.
pub(super) const ORDERS: usize = 4;
/// Images of order 1 to 4 in a room: 6 + 18 + 38 + 66.
pub(super) const MOST: usize = 128;

/// Metres per second, air at 20 degrees C (ISO 9613-1).
pub(super) const SPEED_OF_SOUND: f64 = 343.2;
/// The ORTF pair: cardioids 17 cm apart, 55 degrees to each side.
const SPACING: f64 = 0.17;
const TURNED: f64 = 55.0 * core::f64::consts::PI / 180.0;

/// One reflection: frames after the direct sound and gain relative to it, left and right.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Echo<S> {
    pub(super) age: [u32; 2],
    pub(super) gain: [S; 2],
}

/// All reflections, those of the same order together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room<S> {
    echoes: [Echo<S>; MOST],
    /// Where each order ends.
    ends: [usize; ORDERS],
}

/// What there is to know of a room, in metres; walls as gains of amplitude.
pub(super) struct Plan {
    pub(super) size: [f64; 3],
    pub(super) source: [f64; 3],
    pub(super) listener: [f64; 3],
    pub(super) walls: [f64; 6],
    pub(super) order: u32,
}

pub(super) fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    libm::sqrt((0..3).map(|k| (a[k] - b[k]) * (a[k] - b[k])).sum())
}

/// Along one axis: where image `index` of a source at `at` is, and the gain of its reflections. Image 1 is that in the
/// far wall, image -1 that in the near one; an image of index `i` has been reflected `|i|` times, in turns.
fn image(index: i32, at: f64, size: f64, [near, far]: [f64; 2]) -> (f64, f64) {
    let times = index.unsigned_abs() as i32;
    let (more, less) = ((times + 1) / 2, times / 2);
    let (n, f) = if index > 0 { (less, more) } else { (more, less) };
    let place = if index % 2 == 0 { f64::from(index) * size + at } else { f64::from(index + 1) * size - at };
    (place, libm::pow(near, f64::from(n)) * libm::pow(far, f64::from(f)))
}

impl Plan {
    /// Delay in seconds after the direct sound, and gain relative to it, of a source at `image` for both microphones.
    fn heard(&self, image: [f64; 3]) -> [(f64, f64); 2] {
        let direct = distance(self.source, self.listener);
        // The pair faces the source; one right above or below is looked for in front.
        let ahead = [0, 1].map(|k| self.source[k] - self.listener[k]);
        let length = libm::hypot(ahead[0], ahead[1]);
        let ahead = if length > 1e-9 { ahead.map(|v| v / length) } else { [0.0, 1.0] };
        let leftwards = [-ahead[1], ahead[0]];
        [1.0, -1.0].map(|side| {
            let place = [
                self.listener[0] + side * SPACING / 2.0 * leftwards[0],
                self.listener[1] + side * SPACING / 2.0 * leftwards[1],
                self.listener[2],
            ];
            let (cos, sin) = (libm::cos(TURNED), side * libm::sin(TURNED));
            let axis = [0, 1].map(|k| cos * ahead[k] + sin * leftwards[k]);
            let far = distance(image, place);
            let along =
                if far > 0.0 { ((image[0] - place[0]) * axis[0] + (image[1] - place[1]) * axis[1]) / far } else { 1.0 };
            // A sound from straight ahead has a gain of 1.
            let cardioid = (1.0 + along) / (1.0 + cos);
            ((far - direct) / SPEED_OF_SOUND, direct / far.max(1e-3) * cardioid)
        })
    }

    /// Calls `each` with order, delay in seconds and gain at both microphones of all images up to the order of the
    /// plan.
    pub(super) fn images(&self, mut each: impl FnMut(u32, [(f64, f64); 2])) {
        let most = self.order as i32;
        for x in -most..=most {
            for y in -(most - x.abs())..=most - x.abs() {
                let left = most - x.abs() - y.abs();
                for z in -left..=left {
                    let order = (x.abs() + y.abs() + z.abs()) as u32;
                    if order == 0 {
                        continue;
                    }
                    let (mut place, mut walls) = ([0.0; 3], 1.0);
                    for (k, index) in [x, y, z].into_iter().enumerate() {
                        let pair = [self.walls[2 * k], self.walls[2 * k + 1]];
                        let (at, gain) = image(index, self.source[k], self.size[k], pair);
                        (place[k], walls) = (at, walls * gain);
                    }
                    each(order, self.heard(place).map(|(delay, gain)| (delay, gain * walls)));
                }
            }
        }
    }
}

impl<S: Sample> Room<S> {
    /// The echoes of `plan` that come within `longest` frames, at `rate`.
    pub(super) fn of(plan: &Plan, rate: f64, longest: usize) -> Self {
        let mut room = Self { echoes: [Echo::default(); MOST], ends: [0; ORDERS] };
        let mut count = 0;
        for wanted in 1..=ORDERS as u32 {
            plan.images(|order, sides| {
                let age = sides.map(|(delay, _)| libm::round((delay * rate).max(0.0)) as u32);
                if order == wanted && age.iter().all(|a| *a as usize <= longest) && count < MOST {
                    room.echoes[count] = Echo { age, gain: sides.map(|(_, gain)| S::from_f64(gain)) };
                    count += 1;
                }
            });
            room.ends[wanted as usize - 1] = count;
        }
        room
    }

    /// Age and gain of the echoes of an order (1 for the first) on a side.
    #[inline(always)]
    pub(super) fn echoes(&self, order: usize, side: usize) -> impl Iterator<Item = (usize, S)> + '_ {
        let start = if order > 1 { self.ends[order - 2] } else { 0 };
        self.echoes[start..self.ends[order - 1]].iter().map(move |e| (e.age[side] as usize, e.gain[side]))
    }

    /// The latest echo.
    pub(super) fn longest(&self) -> u32 {
        self.echoes[..self.ends[ORDERS - 1]].iter().flat_map(|e| e.age).max().unwrap_or(0)
    }
}
