//! The loudspeakers of a layout and the virtual ones that close the sphere around the listener.

use crate::error::Error;
use crate::layout::{Direction, Layout, MAX_CHANNELS};
use crate::surround::vector::dot;
use core::f64::consts::FRAC_PI_2;

/// Most loudspeakers, real and virtual: 12 positions at ear height, at most two virtual ones in gaps, as many copies above and
/// below, two poles: 44.
pub(super) const MAX_POINTS: usize = 48;

/// Widest gap at ear height that two loudspeakers pan across, in degrees: 0+5+0 has one of 140.
const WIDEST: f64 = 160.0;
/// Up to this elevation a loudspeaker belongs to ear height, and up to the second to the layer above or below.
const EAR_HEIGHT: f64 = 10.0;
const LAYER: f64 = 70.0;
/// Elevation of a layer without loudspeakers.
const NOMINAL: f64 = 30.0;
/// Room between the last loudspeaker of a layer and the first one that is copied into it, in degrees.
const BESIDE: f64 = 40.0;

/// Directions, and what the gain of each does to the real channels.
#[derive(Debug, Clone)]
pub(super) struct Points {
    pub(super) vectors: [[f64; 3]; MAX_POINTS],
    pub(super) rows: [[f64; MAX_CHANNELS]; MAX_POINTS],
    pub(super) count: usize,
    /// The virtual poles, whose rows are those of their neighbours.
    pub(super) poles: [Option<usize>; 2],
}

impl Points {
    pub(super) fn add(&mut self, vector: [f64; 3], row: [f64; MAX_CHANNELS]) -> usize {
        // The bound of MAX_POINTS is derived; should it ever be wrong, the last one is replaced and nothing panics.
        let at = self.count.min(MAX_POINTS - 1);
        self.vectors[at] = vector;
        self.rows[at] = row;
        self.count = at + 1;
        at
    }

    /// All loudspeakers of `layout`; channels at the same place as another one stay silent.
    pub(super) fn new(layout: &Layout) -> Result<Self, Error> {
        let mut points = Self {
            vectors: [[0.0; 3]; MAX_POINTS],
            rows: [[0.0; MAX_CHANNELS]; MAX_POINTS],
            count: 0,
            poles: [None; 2],
        };
        let mut level = Level { azimuths: [0.0; MAX_CHANNELS], points: [0; MAX_CHANNELS], count: 0 };
        let mut layers = [Layer::default(); 2];
        let mut closed = [false; 2];
        for channel in 0..layout.channels() {
            let Some(direction) = layout.direction(channel) else { continue };
            let vector = direction.vector();
            if points.vectors[..points.count].iter().any(|v| dot(*v, vector) > 1.0 - 1e-9) {
                continue;
            }
            let mut row = [0.0; MAX_CHANNELS];
            row[channel] = 1.0;
            let point = points.add(vector, row);
            let height = libm::fabs(direction.elevation);
            let side = usize::from(direction.elevation < 0.0);
            if height <= EAR_HEIGHT {
                level.insert(direction.azimuth, point);
            } else if height <= LAYER {
                layers[side].insert(direction);
            }
            // Overhead, or the one loudspeaker of 3+7+0 that stands for it.
            closed[side] |= height > LAYER || (height >= 45.0 && libm::fabs(direction.azimuth) == 180.0);
        }
        Error::check("loudspeakers at ear height", level.count as f64, 2.0, MAX_CHANNELS as f64, "")?;
        points.close_gaps(&mut level);
        for (sign, layer) in [1.0, -1.0].into_iter().zip(layers) {
            let elevation = if layer.count > 0 { layer.sum / f64::from(layer.count) } else { sign * NOMINAL };
            let from = if layer.count > 0 { layer.widest + BESIDE } else { 0.0 };
            for (azimuth, point) in level.azimuths.iter().zip(level.points).take(level.count) {
                if libm::fabs(*azimuth) >= from {
                    points.add(Direction::new(*azimuth, elevation).vector(), points.rows[point]);
                }
            }
        }
        for (side, up) in [1.0, -1.0].into_iter().enumerate() {
            if !closed[side] {
                points.poles[side] = Some(points.add([0.0, 0.0, up], [0.0; MAX_CHANNELS]));
            }
        }
        Ok(points)
    }

    /// Virtual loudspeakers at ear height where the next one is too far; the two at the edges share their sound with
    /// equal power.
    fn close_gaps(&mut self, level: &mut Level) {
        let real = *level;
        for i in 0..real.count {
            let next = (i + 1) % real.count;
            let (from, first, last) = (real.azimuths[i], real.points[i], real.points[next]);
            let mut gap = real.azimuths[next] - from;
            if next == 0 {
                gap += 360.0;
            }
            let pieces = libm::ceil(gap / WIDEST) as usize;
            for piece in 1..pieces {
                let part = piece as f64 / pieces as f64;
                let (far, near) = libm::sincos(part * FRAC_PI_2);
                let mut row = [0.0; MAX_CHANNELS];
                for ((row, a), b) in row.iter_mut().zip(self.rows[first]).zip(self.rows[last]) {
                    *row = near * a + far * b;
                }
                let azimuth = from + part * gap;
                let azimuth = if azimuth > 180.0 { azimuth - 360.0 } else { azimuth };
                let point = self.add(Direction::new(azimuth, 0.0).vector(), row);
                level.insert(azimuth, point);
            }
        }
    }
}

/// Loudspeakers at ear height, sorted by azimuth.
#[derive(Debug, Clone, Copy)]
struct Level {
    azimuths: [f64; MAX_CHANNELS],
    points: [usize; MAX_CHANNELS],
    count: usize,
}

impl Level {
    fn insert(&mut self, azimuth: f64, point: usize) {
        let mut at = self.count.min(MAX_CHANNELS - 1);
        self.count = at + 1;
        while at > 0 && self.azimuths[at - 1] > azimuth {
            self.azimuths[at] = self.azimuths[at - 1];
            self.points[at] = self.points[at - 1];
            at -= 1;
        }
        self.azimuths[at] = azimuth;
        self.points[at] = point;
    }
}

/// What is known of the loudspeakers above or below ear height.
#[derive(Debug, Clone, Copy, Default)]
struct Layer {
    count: i32,
    sum: f64,
    widest: f64,
}

impl Layer {
    fn insert(&mut self, direction: Direction) {
        self.count += 1;
        self.sum += direction.elevation;
        self.widest = self.widest.max(libm::fabs(direction.azimuth));
    }
}
