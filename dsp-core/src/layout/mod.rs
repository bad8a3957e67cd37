//! Where channels are heard: links, mid/side pairs and loudness weights ask the layout, never the bare channel count.

mod direction;
mod position;
mod systems;

pub use direction::Direction;
pub use position::Position;

use crate::error::Error;
use position::MASK_ORDER;

/// Most channels any processor accepts.
pub const MAX_CHANNELS: usize = 24;

/// The positions of 1 to 24 channels, in the order they lie in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    positions: [Position; MAX_CHANNELS],
    channels: u8,
}

impl Layout {
    pub(super) const fn fixed(list: &[Position]) -> Self {
        let mut positions = [Position::Unplaced; MAX_CHANNELS];
        let mut i = 0;
        while i < list.len() {
            positions[i] = list[i];
            i += 1;
        }
        Self { positions, channels: list.len() as u8 }
    }

    /// Any list of 1 to 24 positions.
    pub fn new(positions: &[Position]) -> Result<Self, Error> {
        Error::check("channels", positions.len() as f64, 1.0, MAX_CHANNELS as f64, "")?;
        Ok(Self::fixed(positions))
    }

    /// What a bare channel count usually means: mono, stereo, 3.0, quad, 5.0, 5.1, 6.1, 7.1; others are unplaced, because 10
    /// channels are 5.1.4 or 7.1.2, 12 come in two orders, and 16 or 24 are more often tracks than a layout.
    pub fn of_channels(channels: usize) -> Result<Self, Error> {
        Error::check("channels", channels as f64, 1.0, MAX_CHANNELS as f64, "")?;
        Ok(match channels {
            1 => Self::MONO,
            2 => Self::STEREO,
            3 => Self::from_mask(3, 0x7)?,
            4 => Self::from_mask(4, 0x33)?,
            5 => Self::SURROUND_5_0,
            6 => Self::SURROUND_5_1,
            7 => Self::from_mask(7, 0x70F)?,
            8 => Self::from_mask(8, 0x63F)?,
            n => Self { positions: [Position::Unplaced; MAX_CHANNELS], channels: n as u8 },
        })
    }

    /// From a WAVE channel mask: set bits name channels in ascending order, channels beyond them are unplaced.
    pub fn from_mask(channels: usize, mask: u32) -> Result<Self, Error> {
        Error::check("channels", channels as f64, 1.0, MAX_CHANNELS as f64, "")?;
        if channels == 1 {
            return Ok(Self::MONO);
        }
        let mut positions = [Position::Unplaced; MAX_CHANNELS];
        let named = MASK_ORDER.iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
        for (slot, (_, p)) in positions[..channels].iter_mut().zip(named) {
            *slot = *p;
        }
        Ok(Self { positions, channels: channels as u8 })
    }

    /// The WAVE channel mask of this layout; 0 where the order or a position has no mask.
    pub fn mask(&self) -> u32 {
        if self.positions() == [Position::Mono] {
            return 0x4;
        }
        let (mut mask, mut next) = (0, 0);
        for p in self.positions() {
            match MASK_ORDER.iter().position(|q| q == p) {
                Some(bit) if bit >= next => {
                    mask |= 1 << bit;
                    next = bit + 1;
                }
                _ => return 0,
            }
        }
        mask
    }

    /// Number of channels, 1 to 24.
    pub const fn channels(&self) -> usize {
        self.channels as usize
    }

    /// The positions in channel order.
    pub fn positions(&self) -> &[Position] {
        &self.positions[..self.channels()]
    }

    /// Left/right pairs as channel indices: what width, mid/side and correlation work on.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let place = |p| self.positions().iter().position(|q| *q == p);
        self.positions().iter().enumerate().filter_map(move |(left, p)| {
            let partner = place(p.right_partner()?)?;
            // Of several channels at one place the first is the one that has a partner.
            (place(*p) == Some(left)).then_some((left, partner))
        })
    }

    /// Power weight of a channel in loudness, ITU-R BS.1770-5 annex 3, tables 4 and 5: 0 for LFE, 1.41 for loudspeakers less
    /// than 30 degrees above or below ear height at 60 to 120 degrees of azimuth, otherwise 1. Where they are is asked of
    /// [`Self::direction`]: back channels count as surrounds (110 degrees) in layouts that have no side channels, and as 135
    /// degrees (weight 1) where both exist. Channels beyond the layout weigh 0.
    pub fn loudness_weight(&self, channel: usize) -> f64 {
        let Some(position) = self.positions().get(channel) else { return 0.0 };
        let at_the_side =
            |d: Direction| libm::fabs(d.elevation) < 30.0 && (60.0..=120.0).contains(&libm::fabs(d.azimuth));
        match self.direction(channel) {
            _ if position.is_lfe() => 0.0,
            Some(direction) if at_the_side(direction) => 1.41,
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn masks_round_trip() {
        for (n, mask) in [(1, 0x4), (2, 0x3), (4, 0x33), (5, 0x607), (6, 0x3F), (6, 0x60F), (8, 0x63F), (12, 0x2D63F)] {
            assert_eq!(Layout::from_mask(n, mask).unwrap().mask(), mask, "{mask:x}");
        }
        assert_eq!(Layout::from_mask(3, 0x3).unwrap().mask(), 0, "an unplaced channel has no mask");
        assert!(Layout::from_mask(25, 0).is_err() && Layout::from_mask(0, 0).is_err());
    }

    #[test]
    fn surrounds_weigh_1_41_and_lfe_nothing() {
        let w = |l: &Layout| (0..l.channels()).map(|c| l.loudness_weight(c)).collect::<Vec<_>>();
        assert_eq!(w(&Layout::SURROUND_5_1), [1.0, 1.0, 1.0, 0.0, 1.41, 1.41]);
        assert_eq!(w(&Layout::from_mask(6, 0x3F).unwrap()), [1.0, 1.0, 1.0, 0.0, 1.41, 1.41]);
        assert_eq!(w(&Layout::of_channels(8).unwrap()), [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41]);
    }

    #[test]
    fn pairs_follow_positions_not_indices() {
        assert_eq!(Layout::STEREO.pairs().collect::<Vec<_>>(), [(0, 1)]);
        assert_eq!(Layout::SURROUND_5_1.pairs().collect::<Vec<_>>(), [(0, 1), (4, 5)]);
        assert_eq!(Layout::MONO.pairs().count(), 0);
        let swapped = Layout::new(&[Position::FrontRight, Position::FrontLeft]).unwrap();
        assert_eq!(swapped.pairs().collect::<Vec<_>>(), [(1, 0)]);
        assert_eq!(swapped.mask(), 0);
        let twice = Layout::new(&[Position::FrontLeft, Position::FrontLeft, Position::FrontRight]).unwrap();
        assert_eq!(twice.pairs().collect::<Vec<_>>(), [(0, 2)], "no channel is in two pairs");
    }
}
