//! Places a stereo track: its left and its right channel are two sources, each with a place of its own.
//!
//! On every pair of the layout, with the gains `gL`, `gR` of the law ([`super::pan`]): `l' = gL(left) l + gL(right) r`,
//! `r' = gR(left) l + gR(right) r`. Nothing is lost: a track leaned to one side keeps what was on the other. With left
//! at the left and right at the right the output is the input, bit for bit; the other way round the channels are
//! swapped.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `left` | -1 left, 0 centre, 1 right | -1 to 1 | -1 |
//! | `right` | -1 left, 0 centre, 1 right | -1 to 1 | 1 |
//! | `law` (set-up) | | see [`Law`] | |
//!
//! [`Params::placed`] makes the two from one place and a width. Channels without a partner pass. Latency 0, no tail;
//! 0.8 ns per stereo frame at rest (`f32`), 8 ns on the way. Moves are smooth in the places.
//!
//! Two channels that carry the same sound add up where they meet, by up to 3 dB with the laws of equal power: to make a
//! programme narrower without that, use [`super::width`].
//!
//! Source: the dual panner of consoles; the laws are those of [`super::pan`].

use super::pairs::Pairs;
use super::pan::Law;
use crate::block::Block;
use crate::error::Error;
use crate::layout::Layout;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Ramp, blend_fields};
use crate::sample::Sample;
use crate::units::{Frames, Pan};

/// What fixes the pairs and the sound of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Positions of the channels.
    pub layout: Layout,
    /// How the gains depend on the place.
    pub law: Law,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// Where the left channel is heard.
    pub left: Pan,
    /// Where the right channel is heard.
    pub right: Pan,
}

impl Default for Params {
    fn default() -> Self {
        Self { left: Pan::LEFT, right: Pan::RIGHT }
    }
}

impl Params {
    /// Both channels around `position`, `width` to either side of it (0 to 1; negative swaps them), as far as there is
    /// room.
    pub fn placed(position: Pan, width: f64) -> Self {
        let place = |p: f64| Pan(p.clamp(-1.0, 1.0));
        Self { left: place(position.0 - width), right: place(position.0 + width) }
    }
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    left: S,
    right: S,
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let place = |name, position| Ok(S::from_f64(setup.law.place(name, position)?));
        Ok(Self { left: place("left", params.left)?, right: place("right", params.right)? })
    }
}

blend_fields!(Coeffs { left, right });

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct DualPan<S> {
    setup: Setup,
    pairs: Pairs,
    coeffs: Ramp<Coeffs<S>>,
}

impl<S: Sample> DualPan<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        let coeffs = Ramp::smooth(Coeffs::design(setup, params)?);
        Ok(Self { setup: *setup, pairs: Pairs::of(&setup.layout), coeffs })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }
}

impl<S: Sample> Tune<S> for DualPan<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for DualPan<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            let n = CHUNK.min(frames - at);
            // Gains: of the left channel to left and right, then of the right channel.
            let mut gains = [[S::ZERO; CHUNK]; 4];
            let [a, b, c, d] = gains.each_mut().map(|g| &mut g[..n]);
            let moving = self.coeffs.moving();
            if moving {
                for (i, (left, right)) in a.iter_mut().zip(c.iter_mut()).enumerate() {
                    Coeffs { left: *left, right: *right } = self.coeffs.now(i);
                }
            }
            let target = self.coeffs.target();
            self.setup.law.fill((!moving).then_some(target.left), a, b);
            self.setup.law.fill((!moving).then_some(target.right), c, d);
            self.pairs.each(&mut block.part(at, n), |_, left, right| {
                let gains = a.iter().zip(b.iter()).zip(c.iter()).zip(d.iter());
                for ((l, r), (((a, b), c), d)) in left.iter_mut().zip(right.iter_mut()).zip(gains) {
                    (*l, *r) = (*a * *l + *c * *r, *b * *l + *d * *r);
                }
            });
            self.coeffs.advance(n);
            at += n;
        }
    }

    fn reset(&mut self) {
        self.coeffs.finish();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        Tail::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws;
    use crate::signal;

    #[test]
    fn channels_can_be_swapped_and_gathered() {
        let input: laws::Audio<f64> = (0..2).map(|c| signal::white(c, 0.5).take(300).collect()).collect();
        for law in Law::ALL {
            let at = |params| {
                let mut p = DualPan::<f64>::new(&Setup { layout: Layout::STEREO, law }, &params).unwrap();
                laws::render(&mut p, &input)
            };
            let swapped = at(Params::placed(Pan::CENTRE, -1.0));
            assert!(swapped[0] == input[1] && swapped[1] == input[0], "{law:?}");
            let gathered = at(Params::placed(Pan::LEFT, 0.0));
            assert!(gathered[1].iter().all(|v| *v == 0.0), "{law:?}");
            let sum = input[0].iter().zip(&input[1]).map(|(l, r)| l + r);
            assert!(gathered[0].iter().zip(sum).all(|(a, b)| *a == b), "{law:?}: nothing is lost");
        }
        assert_eq!(Params::placed(Pan(0.5), 0.75), Params { left: Pan(-0.25), right: Pan::RIGHT });
    }
}
