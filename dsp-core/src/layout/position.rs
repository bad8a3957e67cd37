//! Names of places where loudspeakers stand.

/// A loudspeaker position. The first 18 are those of the WAVE channel mask (KSMEDIA order), the others have no mask bit. Azimuth
/// is positive to the left; the exact angle depends on what else is in the layout ([`super::Layout::direction`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Position {
    /// Front left, +30 degrees.
    FrontLeft,
    /// Front right, -30 degrees.
    FrontRight,
    /// Front centre.
    FrontCentre,
    /// Low-frequency effects: not counted in loudness.
    Lfe,
    /// Back left, +135 degrees (+110 in a 5.x layout without sides).
    BackLeft,
    /// Back right.
    BackRight,
    /// Between front left and centre: the screen loudspeakers of 4+9+0; the +30 degrees of 22.2, whose front left is at +60.
    FrontLeftOfCentre,
    /// Between front right and centre.
    FrontRightOfCentre,
    /// Back centre, 180 degrees.
    BackCentre,
    /// Side left, +90 degrees (+110 in a 5.x layout).
    SideLeft,
    /// Side right.
    SideRight,
    /// Overhead.
    TopCentre,
    /// Top front left.
    TopFrontLeft,
    /// Top front centre.
    TopFrontCentre,
    /// Top front right.
    TopFrontRight,
    /// Top back left.
    TopBackLeft,
    /// Top back centre.
    TopBackCentre,
    /// Top back right.
    TopBackRight,
    /// The second low-frequency effects channel.
    Lfe2,
    /// Top side left, +90 degrees.
    TopSideLeft,
    /// Top side right.
    TopSideRight,
    /// Bottom front left, +45 degrees and below.
    BottomFrontLeft,
    /// Bottom front centre.
    BottomFrontCentre,
    /// Bottom front right.
    BottomFrontRight,
    /// Front wide left, +60 degrees, where front left is at +30.
    FrontWideLeft,
    /// Front wide right.
    FrontWideRight,
    /// The one channel of a mono programme.
    Mono,
    /// No known place (an ambisonic component, a discrete track): weight 1, in no pair.
    Unplaced,
}

/// Positions in the order of the WAVE channel mask, bit 0 first.
pub(super) const MASK_ORDER: [Position; 18] = [
    Position::FrontLeft,
    Position::FrontRight,
    Position::FrontCentre,
    Position::Lfe,
    Position::BackLeft,
    Position::BackRight,
    Position::FrontLeftOfCentre,
    Position::FrontRightOfCentre,
    Position::BackCentre,
    Position::SideLeft,
    Position::SideRight,
    Position::TopCentre,
    Position::TopFrontLeft,
    Position::TopFrontCentre,
    Position::TopFrontRight,
    Position::TopBackLeft,
    Position::TopBackCentre,
    Position::TopBackRight,
];

impl Position {
    /// The position mirrored at the median plane, if it is a left one.
    pub(super) const fn right_partner(self) -> Option<Self> {
        Some(match self {
            Self::FrontLeft => Self::FrontRight,
            Self::BackLeft => Self::BackRight,
            Self::FrontLeftOfCentre => Self::FrontRightOfCentre,
            Self::SideLeft => Self::SideRight,
            Self::TopFrontLeft => Self::TopFrontRight,
            Self::TopBackLeft => Self::TopBackRight,
            Self::TopSideLeft => Self::TopSideRight,
            Self::BottomFrontLeft => Self::BottomFrontRight,
            Self::FrontWideLeft => Self::FrontWideRight,
            _ => return None,
        })
    }

    /// Whether this is a low-frequency effects channel.
    pub const fn is_lfe(self) -> bool {
        matches!(self, Self::Lfe | Self::Lfe2)
    }

    /// Short name as channel lists print it (`L`, `C`, `LFE`, ...).
    pub const fn label(self) -> &'static str {
        match self {
            Self::FrontLeft => "L",
            Self::FrontRight => "R",
            Self::FrontCentre => "C",
            Self::Lfe => "LFE",
            Self::BackLeft => "Lb",
            Self::BackRight => "Rb",
            Self::FrontLeftOfCentre => "Lc",
            Self::FrontRightOfCentre => "Rc",
            Self::BackCentre => "Cb",
            Self::SideLeft => "Ls",
            Self::SideRight => "Rs",
            Self::TopCentre => "Tc",
            Self::TopFrontLeft => "Ltf",
            Self::TopFrontCentre => "Ctf",
            Self::TopFrontRight => "Rtf",
            Self::TopBackLeft => "Ltb",
            Self::TopBackCentre => "Ctb",
            Self::TopBackRight => "Rtb",
            Self::Lfe2 => "LFE2",
            Self::TopSideLeft => "Lts",
            Self::TopSideRight => "Rts",
            Self::BottomFrontLeft => "Lbf",
            Self::BottomFrontCentre => "Cbf",
            Self::BottomFrontRight => "Rbf",
            Self::FrontWideLeft => "Lw",
            Self::FrontWideRight => "Rw",
            Self::Mono => "mono",
            Self::Unplaced => "-",
        }
    }
}
