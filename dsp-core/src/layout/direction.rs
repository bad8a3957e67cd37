//! Where a sound comes from, and where the loudspeakers of a layout stand.

use super::{Layout, Position};

/// A direction seen from the listener: azimuth and elevation in degrees.
///
/// Azimuth 0 is the front, +90 the left, elevation +90 overhead: the convention of ITU-R BS.2051 and BS.2076.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Direction {
    /// Degrees from the front, positive to the left.
    pub azimuth: f64,
    /// Degrees from ear height, positive upwards.
    pub elevation: f64,
}

impl Direction {
    /// Straight ahead.
    pub const FRONT: Self = Self::new(0.0, 0.0);

    /// From azimuth and elevation in degrees.
    pub const fn new(azimuth: f64, elevation: f64) -> Self {
        Self { azimuth, elevation }
    }

    /// The unit vector `[front, left, up]`.
    pub fn vector(self) -> [f64; 3] {
        let (azimuth, elevation) = (self.azimuth.to_radians(), self.elevation.to_radians());
        let level = libm::cos(elevation);
        [level * libm::cos(azimuth), level * libm::sin(azimuth), libm::sin(elevation)]
    }

    /// The direction of a vector `[front, left, up]` of any length; azimuth is -180 to 180. Zero gives the front.
    pub fn of_vector([front, left, up]: [f64; 3]) -> Self {
        let level = libm::hypot(front, left);
        Self { azimuth: libm::atan2(left, front).to_degrees(), elevation: libm::atan2(up, level).to_degrees() }
    }

    /// Angle between two directions in degrees, 0 to 180.
    pub fn angle_to(self, other: Self) -> f64 {
        let (a, b) = (self.vector(), other.vector());
        let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let (sine, cosine) =
            (libm::hypot(libm::hypot(cross[0], cross[1]), cross[2]), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
        libm::atan2(sine, cosine).to_degrees()
    }

    /// The same direction on the other side of the listener's median plane.
    pub const fn mirrored(self) -> Self {
        Self { azimuth: -self.azimuth, elevation: self.elevation }
    }
}

impl Layout {
    /// Where a channel is heard: the nominal directions of ITU-R BS.2051-3. `None` for LFE, unplaced and missing channels.
    ///
    /// A position moves with its neighbours. Surrounds stand at 110 degrees when there is one pair of them, at 90 and 135
    /// when there are two; the top loudspeakers follow (30 and 110 over five at ear height, 45 and 135 over more).
    /// Where front-left-of-centre, sides and back centre meet (22.2), front left is at 60 and left-of-centre at 30.
    pub fn direction(&self, channel: usize) -> Option<Direction> {
        use Position as P;
        let has = |p| self.positions().contains(&p);
        let position = *self.positions().get(channel)?;
        let (sides, backs) = (has(P::SideLeft) || has(P::SideRight), has(P::BackLeft) || has(P::BackRight));
        let two_pairs = sides && (backs || has(P::BackCentre));
        let wide = two_pairs && has(P::FrontLeftOfCentre) && has(P::BackCentre);
        let top_back_pair = has(P::TopBackLeft) || has(P::TopBackRight);
        let when = |condition, yes, no| if condition { yes } else { no };
        // The left one of each pair; the right ones are mirrored.
        let (left, mirror) = match position {
            P::FrontRight => (P::FrontLeft, true),
            P::BackRight => (P::BackLeft, true),
            P::FrontRightOfCentre => (P::FrontLeftOfCentre, true),
            P::SideRight => (P::SideLeft, true),
            P::TopFrontRight => (P::TopFrontLeft, true),
            P::TopBackRight => (P::TopBackLeft, true),
            P::TopSideRight => (P::TopSideLeft, true),
            P::BottomFrontRight => (P::BottomFrontLeft, true),
            P::FrontWideRight => (P::FrontWideLeft, true),
            p => (p, false),
        };
        let (azimuth, elevation) = match left {
            P::Mono | P::FrontCentre => (0.0, 0.0),
            P::FrontLeft => (when(wide, 60.0, 30.0), 0.0),
            P::FrontLeftOfCentre => (when(wide, 30.0, 15.0), 0.0),
            P::FrontWideLeft => (60.0, 0.0),
            P::SideLeft => (when(two_pairs, 90.0, 110.0), 0.0),
            P::BackLeft => (when(sides, 135.0, 110.0), 0.0),
            P::BackCentre => (180.0, 0.0),
            P::TopCentre => (0.0, 90.0),
            P::TopFrontLeft => (when(two_pairs, 45.0, 30.0), 30.0),
            P::TopFrontCentre => (0.0, 30.0),
            P::TopSideLeft => (90.0, 30.0),
            P::TopBackLeft => (when(two_pairs, 135.0, 110.0), 30.0),
            // UH+180 of 3+7+0 stands for all of the top behind.
            P::TopBackCentre => (180.0, when(top_back_pair, 30.0, 45.0)),
            P::BottomFrontLeft => (45.0, -30.0),
            P::BottomFrontCentre => (0.0, -30.0),
            _ => return None,
        };
        let direction = Direction::new(azimuth, elevation);
        Some(if mirror { direction.mirrored() } else { direction })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_is_positive_and_up_is_up() {
        let near = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).all(|(x, y)| (x - y).abs() < 1e-15);
        assert!(near(Direction::new(90.0, 0.0).vector(), [0.0, 1.0, 0.0]));
        assert!(near(Direction::new(17.0, 90.0).vector(), [0.0, 0.0, 1.0]));
        for d in [Direction::new(110.0, 0.0), Direction::new(-30.0, 30.0), Direction::new(-179.0, -80.0)] {
            let back = Direction::of_vector(d.vector());
            assert!((back.azimuth - d.azimuth).abs() < 1e-12 && (back.elevation - d.elevation).abs() < 1e-12);
        }
        assert_eq!(Direction::of_vector([0.0; 3]), Direction::FRONT);
        assert!((Direction::new(170.0, 0.0).angle_to(Direction::new(-170.0, 0.0)) - 20.0).abs() < 1e-12);
    }

    #[test]
    fn surrounds_move_with_the_layout() {
        let at = |l: Layout, p| {
            let channel = l.positions().iter().position(|q| *q == p).unwrap();
            l.direction(channel).unwrap()
        };
        assert_eq!(at(Layout::SURROUND_5_1, Position::SideLeft), Direction::new(110.0, 0.0));
        assert_eq!(at(Layout::SURROUND_7_1, Position::SideLeft), Direction::new(90.0, 0.0));
        assert_eq!(at(Layout::SURROUND_7_1, Position::BackRight), Direction::new(-135.0, 0.0));
        assert_eq!(at(Layout::from_mask(6, 0x3F).unwrap(), Position::BackLeft), Direction::new(110.0, 0.0));
        assert_eq!(Layout::SURROUND_5_1.direction(3), None, "LFE is nowhere");
        assert_eq!(Layout::SURROUND_5_1.direction(6), None);
    }
}
