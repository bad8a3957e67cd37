//! Word lengths: how many bits a finished programme has, and how it comes to fit them.

use dsp_core::block::Block;
use dsp_core::error::Error;
use dsp_core::process::Process;
use dsp_core::shape::dither;
use serde::Serialize;

/// Frames that are dithered at a time.
const STEP: usize = 4096;

/// Word length of a finished programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Bits {
    /// 16-bit integers, dithered.
    #[serde(rename = "16")]
    Sixteen,
    /// 24-bit integers, dithered.
    #[serde(rename = "24")]
    TwentyFour,
    /// 32-bit float, as it is.
    #[serde(rename = "32f")]
    Float,
}

impl Bits {
    /// Bits of the integer grid; `None` for float.
    pub const fn grid(self) -> Option<u32> {
        match self {
            Self::Sixteen => Some(16),
            Self::TwentyFour => Some(24),
            Self::Float => None,
        }
    }

    /// Brings planes onto the integer grid with triangular dither; float stays as it is.
    ///
    /// # Errors
    /// More than 24 planes.
    pub fn round(self, planes: &mut [Vec<f32>]) -> Result<(), Error> {
        let Some(bits) = self.grid() else { return Ok(()) };
        let params = dither::Params { bits, ..dither::Params::default() };
        let mut dither = dither::Dither::<f32>::new(&dither::Setup { channels: planes.len() }, &params)?;
        let mut view = planes;
        let mut block = Block::new(&mut view);
        for at in (0..block.frames()).step_by(STEP) {
            dither.process(&mut block.part(at, STEP));
        }
        Ok(())
    }
}

impl std::str::FromStr for Bits {
    type Err = &'static str;

    /// As command lines spell it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "16" => Ok(Self::Sixteen),
            "24" => Ok(Self::TwentyFour),
            "32f" => Ok(Self::Float),
            _ => Err("allowed are 16, 24 and 32f"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_ends_on_the_grid_and_float_stays() {
        let noise: Vec<f32> = dsp_core::signal::pink(1, 0.3).take(5_000).collect();
        for bits in [Bits::Sixteen, Bits::TwentyFour, Bits::Float] {
            let mut planes = vec![noise.clone(); 2];
            bits.round(&mut planes).unwrap();
            match bits.grid() {
                None => assert_eq!(planes[0], noise),
                Some(grid) => {
                    let steps = (1_u32 << (grid - 1)) as f32;
                    assert!(planes.iter().flatten().all(|v| (v * steps).fract() == 0.0));
                    assert_ne!(planes[0], planes[1], "channels have dither of their own");
                }
            }
        }
        assert!("20".parse::<Bits>().is_err() && "32f".parse() == Ok(Bits::Float));
    }
}
