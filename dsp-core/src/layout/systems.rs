//! The layouts people name: ITU-R BS.2051-3 systems and their everyday names.

use super::{Layout, Position as P};

impl Layout {
    /// One channel.
    pub const MONO: Self = Self::fixed(&[P::Mono]);
    /// Left, right. System A, 0+2+0.
    pub const STEREO: Self = Self::fixed(&[P::FrontLeft, P::FrontRight]);
    /// Left, right, centre, left surround, right surround: EBU Tech 3341 case 6.
    pub const SURROUND_5_0: Self =
        Self::fixed(&[P::FrontLeft, P::FrontRight, P::FrontCentre, P::SideLeft, P::SideRight]);
    /// Left, right, centre, LFE, left surround, right surround. System B, 0+5+0.
    pub const SURROUND_5_1: Self = Self::SURROUND_5_0.with_lfe();
    /// 5.1 and a top front pair. System C, 2+5+0.
    pub const SURROUND_5_1_2: Self = Self::SURROUND_5_1.and(&[P::TopFrontLeft, P::TopFrontRight]);
    /// 5.1 and top front and back pairs. System D, 4+5+0.
    pub const SURROUND_5_1_4: Self = Self::SURROUND_5_1_2.and(&[P::TopBackLeft, P::TopBackRight]);
    /// 5.1.4 and a loudspeaker below the screen. System E, 4+5+1.
    pub const ITU_4_5_1: Self = Self::SURROUND_5_1_4.and(&[P::BottomFrontCentre]);
    /// Twelve channels with three at the top, two LFE, centre first. System F, 3+7+0.
    pub const ITU_3_7_0: Self = Self::fixed(&[
        P::FrontCentre,
        P::FrontLeft,
        P::FrontRight,
        P::TopFrontLeft,
        P::TopFrontRight,
        P::SideLeft,
        P::SideRight,
        P::BackLeft,
        P::BackRight,
        P::TopBackCentre,
        P::Lfe,
        P::Lfe2,
    ]);
    /// 7.1.4 and a pair within the screen. System G, 4+9+0.
    pub const ITU_4_9_0: Self = Self::SURROUND_7_1_4.and(&[P::FrontLeftOfCentre, P::FrontRightOfCentre]);
    /// The 24 channels of NHK. System H, 9+10+3.
    pub const SURROUND_22_2: Self = Self::fixed(&[
        P::FrontLeft,
        P::FrontRight,
        P::FrontCentre,
        P::Lfe,
        P::BackLeft,
        P::BackRight,
        P::FrontLeftOfCentre,
        P::FrontRightOfCentre,
        P::BackCentre,
        P::Lfe2,
        P::SideLeft,
        P::SideRight,
        P::TopFrontLeft,
        P::TopFrontRight,
        P::TopFrontCentre,
        P::TopCentre,
        P::TopBackLeft,
        P::TopBackRight,
        P::TopSideLeft,
        P::TopSideRight,
        P::TopBackCentre,
        P::BottomFrontCentre,
        P::BottomFrontLeft,
        P::BottomFrontRight,
    ]);
    /// 5.1 with sides and backs, sides first. System I, 0+7+0. The WAVE order has the backs first: `from_mask(8, 0x63F)`.
    pub const SURROUND_7_1: Self = Self::SURROUND_5_1.and(&[P::BackLeft, P::BackRight]);
    /// 7.1 and top front and back pairs, sides first. System J, 4+7+0. In WAVE order: `from_mask(12, 0x2D63F)`.
    pub const SURROUND_7_1_4: Self =
        Self::SURROUND_7_1.and(&[P::TopFrontLeft, P::TopFrontRight, P::TopBackLeft, P::TopBackRight]);
    /// 7.1, front wides, and three top pairs. Not a system of BS.2051.
    pub const SURROUND_9_1_6: Self = Self::SURROUND_7_1.and(&[
        P::FrontWideLeft,
        P::FrontWideRight,
        P::TopFrontLeft,
        P::TopFrontRight,
        P::TopSideLeft,
        P::TopSideRight,
        P::TopBackLeft,
        P::TopBackRight,
    ]);

    /// The ten systems of BS.2051-3 by name (top + ear height + bottom), A to J. LFE channels are where the table there has them.
    pub const BS2051: [(&'static str, Self); 10] = [
        ("0+2+0", Self::STEREO),
        ("0+5+0", Self::SURROUND_5_1),
        ("2+5+0", Self::SURROUND_5_1_2),
        ("4+5+0", Self::SURROUND_5_1_4),
        ("4+5+1", Self::ITU_4_5_1),
        ("3+7+0", Self::ITU_3_7_0),
        ("4+9+0", Self::ITU_4_9_0),
        ("9+10+3", Self::SURROUND_22_2),
        ("0+7+0", Self::SURROUND_7_1),
        ("4+7+0", Self::SURROUND_7_1_4),
    ];

    /// These positions and more.
    const fn and(self, more: &[P]) -> Self {
        let mut out = self;
        let mut i = 0;
        while i < more.len() {
            out.positions[out.channels as usize] = more[i];
            out.channels += 1;
            i += 1;
        }
        out
    }

    /// LFE as the fourth channel.
    const fn with_lfe(self) -> Self {
        let mut out = self;
        let mut i = self.channels as usize;
        while i > 3 {
            out.positions[i] = out.positions[i - 1];
            i -= 1;
        }
        out.positions[3] = P::Lfe;
        out.channels += 1;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::{format, vec::Vec};

    /// The main channels of each system as BS.1770-5 annex 3 lists them.
    const TABLE: [(&str, &str); 10] = [
        ("0+2+0", "M+030 M-030"),
        ("0+5+0", "M+030 M-030 M+000 M+110 M-110"),
        ("2+5+0", "M+030 M-030 M+000 M+110 M-110 U+030 U-030"),
        ("4+5+0", "M+030 M-030 M+000 M+110 M-110 U+030 U-030 U+110 U-110"),
        ("4+5+1", "M+030 M-030 M+000 M+110 M-110 U+030 U-030 U+110 U-110 B+000"),
        ("3+7+0", "M+000 M+030 M-030 U+045 U-045 M+090 M-090 M+135 M-135 U+180"),
        ("4+9+0", "M+030 M-030 M+000 M+090 M-090 M+135 M-135 U+045 U-045 U+135 U-135 M+015 M-015"),
        (
            "9+10+3",
            "M+060 M-060 M+000 M+135 M-135 M+030 M-030 M+180 M+090 M-090 U+045 U-045 U+000 T+000 U+135 U-135 U+090 \
             U-090 U+180 B+000 B+045 B-045",
        ),
        ("0+7+0", "M+030 M-030 M+000 M+090 M-090 M+135 M-135"),
        ("4+7+0", "M+030 M-030 M+000 M+090 M-090 M+135 M-135 U+045 U-045 U+135 U-135"),
    ];

    fn labels(layout: &Layout) -> Vec<String> {
        let directions = (0..layout.channels()).filter_map(|c| layout.direction(c));
        directions
            .map(|d| {
                let layer = match d.elevation {
                    e if e > 80.0 => 'T',
                    e if e > 0.0 => 'U',
                    e if e < 0.0 => 'B',
                    _ => 'M',
                };
                let sign = if d.azimuth < 0.0 { '-' } else { '+' };
                format!("{layer}{sign}{:03.0}", d.azimuth.abs())
            })
            .collect()
    }

    #[test]
    fn systems_stand_where_the_recommendation_puts_them() {
        for ((name, layout), (expected_name, expected)) in Layout::BS2051.iter().zip(TABLE) {
            assert_eq!(*name, expected_name);
            assert_eq!(labels(layout), expected.split_whitespace().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn weights_follow_the_table_of_labels() {
        for (name, layout) in Layout::BS2051 {
            for c in 0..layout.channels() {
                let weight = layout.loudness_weight(c);
                let Some(d) = layout.direction(c) else {
                    assert_eq!(weight, 0.0, "{name}: LFE");
                    continue;
                };
                let side = d.elevation == 0.0 && [60.0, 90.0, 110.0].contains(&d.azimuth.abs());
                assert_eq!(weight, if side { 1.41 } else { 1.0 }, "{name}: {d:?}");
            }
        }
    }

    #[test]
    fn every_left_has_its_right() {
        let counts = [1, 2, 3, 4, 4, 4, 6, 8, 3, 5];
        for ((name, layout), expected) in Layout::BS2051.iter().zip(counts) {
            assert_eq!(layout.pairs().count(), expected, "{name}");
            for (l, r) in layout.pairs() {
                assert_eq!(layout.direction(l).unwrap().mirrored(), layout.direction(r).unwrap());
            }
        }
        assert_eq!(Layout::SURROUND_9_1_6.channels(), 16);
        assert_eq!(Layout::SURROUND_22_2.channels(), 24);
        assert_eq!(Layout::SURROUND_22_2.mask(), 0, "not a WAVE layout");
        assert_eq!(Layout::SURROUND_5_1_4.mask(), 0x2D60F);
    }
}
