//! An N-band parametric equaliser for mastering and for channels: cuts, bells, shelves, all in one pass.
//!
//! Bands are state-variable filters in series ([`crate::filter::svf`], where the equations, ranges and the reason for
//! the accuracy in `f32` stand), run two channels and two halves of the bands at a time
//! ([`crate::filter::cascade`]). A band that is `None` costs nothing.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `bands` | | up to `N` of [`svf::Params`] or `None` | all `None`: the identity |
//!
//! Latency 0; tail: the ring of the bands. Eight bands of stereo `f32` cost a third of as many plain biquads
//! (see the benches). Moves of any kind (`set` or `tune` over some frames) are free of clicks and cannot become
//! unstable; a band that is switched on or off fades.
//!
//! Not for linear phase or for gain that follows the signal.

use crate::error::Error;
use crate::filter::cascade::{self, Cascade, Sections};
use crate::filter::svf;
use crate::process::Tune;
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, SampleRate};

pub use crate::filter::one_pole::Setup;

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Params<const N: usize> {
    /// The bands in processing order; `None` is off.
    pub bands: [Option<svf::Params>; N],
}

impl<const N: usize> Default for Params<N> {
    fn default() -> Self {
        Self { bands: [None; N] }
    }
}

impl<const N: usize> Params<N> {
    /// From a list of bands; more than `N` is an error.
    pub fn from_bands(list: &[svf::Params]) -> Result<Self, Error> {
        Error::check("bands", list.len() as f64, 0.0, N as f64, "")?;
        let mut params = Self::default();
        for (slot, band) in params.bands.iter_mut().zip(list) {
            *slot = Some(*band);
        }
        Ok(params)
    }
}

/// The numbers the loop runs on.
pub type Coeffs<S, const N: usize> = Sections<S, N>;

impl<S: Sample, const N: usize> Sections<S, N> {
    /// Designs all bands.
    pub fn design(rate: SampleRate, params: &Params<N>) -> Result<Self, Error> {
        let mut sections = Self { coeffs: [svf::Coeffs::NEUTRAL; N], active: 0 };
        for (i, band) in params.bands.iter().enumerate() {
            if let Some(band) = band {
                sections.coeffs[i] = svf::Coeffs::design(rate, band)?;
                sections.active = i + 1;
            }
        }
        Ok(sections)
    }
}

/// Samples of storage for `bands` bands.
pub fn required_len(setup: &Setup, bands: usize) -> usize {
    cascade::required_len(setup, bands)
}

/// The processor; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Equalizer<S, const N: usize, M> {
    cascade: Cascade<S, N, M>,
}

impl<S: Sample, const N: usize, M: Storage<S>> Equalizer<S, N, M> {
    /// Builds the equaliser; `storage` is cleared.
    pub fn new(setup: &Setup, params: &Params<N>, storage: M) -> Result<Self, Error> {
        let sections = Sections::design(setup.rate, params)?;
        Ok(Self { cascade: Cascade::with_coeffs(setup, &sections, storage)? })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params<N>, over: Frames) -> Result<(), Error> {
        self.tune(&Sections::design(self.cascade.setup().rate, params)?, over);
        Ok(())
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Tune<S> for Equalizer<S, N, M> {
    type Coeffs = Sections<S, N>;
    fn tune(&mut self, coeffs: &Sections<S, N>, over: Frames) {
        self.cascade.tune(coeffs, over);
    }
}

crate::process::delegate!([const N: usize,] Equalizer<S, N, M>, cascade);

#[cfg(feature = "serde")]
mod as_list {
    //! `Params` as a list of bands, since arrays of any length are not derivable. Bands that are off are not written (some
    //! formats have no word for them, and they are not heard); where there is one, `null` reads as off.
    use super::{Params, svf};
    use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
    use serde::ser::{Serialize, Serializer};

    impl<const N: usize> Serialize for Params<N> {
        fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
            serializer.collect_seq(self.bands.iter().flatten())
        }
    }

    impl<'de, const N: usize> Deserialize<'de> for Params<N> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct List<const N: usize>;
            impl<'de, const N: usize> Visitor<'de> for List<N> {
                type Value = Params<N>;
                fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    write!(f, "a list of at most {N} bands")
                }
                fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Params<N>, A::Error> {
                    let mut params = Params::default();
                    let mut count = 0;
                    while let Some(band) = list.next_element::<Option<svf::Params>>()? {
                        let slot =
                            params.bands.get_mut(count).ok_or_else(|| A::Error::invalid_length(count + 1, &self))?;
                        *slot = band;
                        count += 1;
                    }
                    Ok(params)
                }
            }
            deserializer.deserialize_seq(List)
        }
    }
}
