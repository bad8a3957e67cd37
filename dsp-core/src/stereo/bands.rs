//! Width per band: a narrow bass, a wide top, and nothing a mono listener would notice.
//!
//! On every pair of the layout the side signal `s = (l - r) / 2` gets a gain for each of four bands; `d = H(s) - s`,
//! `l' = l + d`, `r' = r - d`. `H` is made of two equal sections per crossover `f`,
//! `(p^2 + sqrt(g) k p + g) / (p^2 + k p + 1)` with `k = sqrt(2)`, `g^2 = low / high` and the complex frequency `p` in units
//! of `f`. Its magnitude at one crossover, `(low + high w^4) / (1 + w^4)`, is that of bands cut by a fourth-order
//! Linkwitz-Riley crossover (24 dB per octave).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `crossovers` | Hz, ascending | 20 to 0.45 x rate | 120, 1000, 6000 |
//! | `widths` | gain of the side, lowest band first | 0 (mono) to 2 (side +6 dB) | 1, 1, 1, 1 |
//!
//! For fewer bands give neighbours the same width: the crossover between them is then not there. All widths at 1 are
//! the identity, bit for bit. In the middle of a band three octaves wide the side has the gain that was set within 0.5
//! dB while neighbours differ by at most a factor of 3 (a test). Bands above the lowest stay at or above -40 dB of the
//! widest one; the lowest can be silenced, and so can all together. The mono sum stays within -140 dB in `f32` (a
//! test).
//!
//! Why not the crossover itself: its bands add up to an all-pass, which turns the side by 180 degrees at the crossover
//! while the middle stays: left and right would change places there. These sections turn the phase only as far as the
//! widths differ.
//!
//! Channels without a partner pass. Latency 0; tail: the ring of the sections. 10 ns per stereo frame (`f32`), 35 ns on
//! the way. Moves are smooth, frame by frame.
//! Widths above 1 need room in level: see [`super::width`].
//!
//! Sources: Linkwitz, "Active crossover networks for noncoincident drivers", JAES 24(1) 1976, for the magnitudes;
//! sections: [`crate::filter::svf`].

use super::side_shelves::{self, BANDS, SideShelves};
use crate::error::Error;
use crate::process::Tune;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, Hertz};

pub use super::bass_mono::Setup;

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Where the bands meet, ascending.
    pub crossovers: [Hertz; BANDS - 1],
    /// Gain of the side in each band, lowest first.
    pub widths: [f64; BANDS],
}

impl Default for Params {
    fn default() -> Self {
        Self { crossovers: [Hertz(120.0), Hertz(1000.0), Hertz(6000.0)], widths: [1.0; BANDS] }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S>(side_shelves::Coeffs<S, { BANDS - 1 }>);

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        for frequency in params.crossovers {
            Error::check("crossover", frequency.0, 20.0, 0.45 * setup.rate.hertz(), "Hz")?;
        }
        for two in params.crossovers.windows(2) {
            if let [below, above] = two
                && below >= above
            {
                return Err(Error::Conflict {
                    parameter: "crossover",
                    value: below.0,
                    other: "the next crossover",
                    other_value: above.0,
                    rule: "must be below",
                    unit: "Hz",
                });
            }
        }
        for width in params.widths {
            Error::check("width", width, 0.0, 2.0, "")?;
        }
        Ok(Self(side_shelves::Coeffs::design(setup.rate, &params.crossovers, params.widths)?))
    }
}

/// Samples of storage: 24 for every two pairs.
pub fn required_len(setup: &Setup) -> usize {
    side_shelves::required_len(&setup.layout, BANDS - 1)
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Bands<S, M> {
    setup: Setup,
    shelves: SideShelves<S, { BANDS - 1 }, M>,
}

impl<S: Sample, M: Storage<S>> Bands<S, M> {
    /// Builds it; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        let shelves = SideShelves::new(&setup.layout, &Coeffs::design(setup, params)?.0, storage)?;
        Ok(Self { setup: *setup, shelves })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample, M: Storage<S>> Tune<S> for Bands<S, M> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.shelves.tune(&coeffs.0, over);
    }
}

crate::process::delegate!([] Bands<S, M>, shelves);
