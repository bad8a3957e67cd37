//! Any mix of up to 24 channels into up to 24 others, moved without a click.
//!
//! `out[o] = sum over i of gain[o][i] * in[i]`, in place: the outputs are the first channels of the block, inputs beyond them
//! fall silent.
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `matrix` | linear gain of every input in every output | -16 to 16 each | every input to the output of its number |
//!
//! Latency 0, no tail. Gains of 0 cost next to nothing: 22.2 to 5.1 takes about 28 ns per frame, 5.1 to stereo 6 (`f32`). Moves are smooth, frame by frame, all gains together.
//!
//! Not for a gain on some channels: that needs no matrix.

use crate::block::Block;
use crate::error::Error;
use crate::layout::MAX_CHANNELS;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Blend, Ramp, mix};
use crate::sample::{Sample, clean_all};
use crate::units::Frames;

/// Largest gain: 24 dB.
const MOST: f64 = 16.0;

/// Gains from every input to every output.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Matrix {
    gains: [[f64; MAX_CHANNELS]; MAX_CHANNELS],
}

impl Matrix {
    /// Nothing goes anywhere.
    pub const SILENT: Self = Self { gains: [[0.0; MAX_CHANNELS]; MAX_CHANNELS] };

    /// Every input goes to the output of its number.
    pub const IDENTITY: Self = {
        let mut out = Self::SILENT;
        let mut i = 0;
        while i < MAX_CHANNELS {
            out.gains[i][i] = 1.0;
            i += 1;
        }
        out
    };

    /// Gain of `input` in `output`; 0 outside the matrix.
    pub fn gain(&self, output: usize, input: usize) -> f64 {
        self.gains.get(output).and_then(|row| row.get(input)).copied().unwrap_or(0.0)
    }

    /// Sets the gain of `input` in `output`; outside the matrix nothing happens.
    pub fn set(&mut self, output: usize, input: usize, gain: f64) {
        if let Some(cell) = self.gains.get_mut(output).and_then(|row| row.get_mut(input)) {
            *cell = gain;
        }
    }

    /// This matrix followed by `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut out = Self::SILENT;
        for (row, through) in out.gains.iter_mut().zip(next.gains) {
            for (gain, from) in through.into_iter().zip(self.gains) {
                for (cell, first) in row.iter_mut().zip(from) {
                    *cell += gain * first;
                }
            }
        }
        out
    }

    /// All gains times `factor`.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        self.gains.as_flattened_mut().iter_mut().for_each(|g| *g *= factor);
        self
    }

    /// The largest output for inputs within full scale: the largest sum of magnitudes over the rows.
    pub fn worst(&self) -> f64 {
        self.gains.iter().map(|row| row.iter().map(|g| libm::fabs(*g)).sum()).fold(0.0, f64::max)
    }
}

impl Default for Matrix {
    fn default() -> Self {
        Self::IDENTITY
    }
}

/// What fixes the channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// Channels that are read, 1 to 24.
    pub inputs: usize,
    /// Channels that are written, 1 to 24.
    pub outputs: usize,
}

/// What a person sets.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Params {
    /// The gains.
    pub matrix: Matrix,
}

/// The numbers the loop runs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coeffs<S> {
    gains: [[S; MAX_CHANNELS]; MAX_CHANNELS],
}

impl<S: Sample> Coeffs<S> {
    /// Designs `params` for `setup`.
    pub fn design(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Error::check("inputs", setup.inputs as f64, 1.0, MAX_CHANNELS as f64, "")?;
        Error::check("outputs", setup.outputs as f64, 1.0, MAX_CHANNELS as f64, "")?;
        let mut gains = [[S::ZERO; MAX_CHANNELS]; MAX_CHANNELS];
        for (row, from) in gains.iter_mut().zip(params.matrix.gains).take(setup.outputs) {
            for (cell, gain) in row.iter_mut().zip(from).take(setup.inputs) {
                Error::check("matrix", gain, -MOST, MOST, "")?;
                *cell = S::from_f64(gain);
            }
        }
        Ok(Self { gains })
    }
}

impl<S: Sample> Blend for Coeffs<S> {
    type Scalar = S;
    fn blend(from: &Self, to: &Self, position: S) -> Self {
        Self { gains: Blend::blend(&from.gains, &to.gains, position) }
    }
}

/// The processor; it has no memory.
#[derive(Debug, Clone)]
pub struct Mixer<S> {
    setup: Setup,
    coeffs: Ramp<Coeffs<S>>,
}

impl<S: Sample> Mixer<S> {
    /// Builds it.
    pub fn new(setup: &Setup, params: &Params) -> Result<Self, Error> {
        Ok(Self { setup: *setup, coeffs: Ramp::smooth(Coeffs::design(setup, params)?) })
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// At most [`CHUNK`] frames.
    fn chunk(&self, block: &mut Block<'_, S>) {
        let (frames, Setup { inputs, outputs }) = (block.frames(), self.setup);
        let mut input = [[S::ZERO; CHUNK]; MAX_CHANNELS];
        let inputs = inputs.min(block.channels());
        for (channel, x) in input.iter_mut().enumerate().take(inputs) {
            x[..frames].copy_from_slice(block.channel(channel));
            clean_all(&mut x[..frames]);
        }
        let moving = self.coeffs.moving();
        let mut position = [S::ZERO; CHUNK];
        if moving {
            for (i, p) in position[..frames].iter_mut().enumerate() {
                *p = self.coeffs.position(i);
            }
        }
        for channel in 0..outputs.min(block.channels()) {
            let mut sum = [S::ZERO; CHUNK];
            let rows = self.coeffs.start().gains[channel].iter().zip(&self.coeffs.target().gains[channel]);
            for ((from, to), x) in rows.zip(&input).take(inputs) {
                if moving && (*from != S::ZERO || *to != S::ZERO) {
                    for ((sum, x), p) in sum.iter_mut().zip(x).zip(position) {
                        *sum += mix(*from, *to, p) * *x;
                    }
                } else if !moving && *to != S::ZERO {
                    for (sum, x) in sum.iter_mut().zip(x) {
                        *sum += *to * *x;
                    }
                }
            }
            block.channel_mut(channel).copy_from_slice(&sum[..frames]);
        }
        for channel in outputs..inputs {
            block.channel_mut(channel).fill(S::ZERO);
        }
    }
}

impl<S: Sample> Tune<S> for Mixer<S> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample> Process<S> for Mixer<S> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            let most = if self.coeffs.moving() { self.coeffs.left().min(CHUNK) } else { CHUNK };
            let n = (block.frames() - at).min(most);
            self.chunk(&mut block.part(at, n));
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
    use crate::laws::{self, Audio};
    use crate::signal;

    fn noise<S: Sample>(channels: u32) -> Audio<S> {
        (0..channels).map(|c| signal::white(c, 0.7).take(1_000).collect()).collect()
    }

    #[test]
    fn out_is_the_matrix_times_in_at_rest_and_on_the_way() {
        let setup = Setup { inputs: 3, outputs: 2 };
        let mut matrix = Matrix::SILENT;
        for (o, i, g) in [(0, 0, 0.5), (0, 2, -2.0), (1, 1, 1.0), (1, 2, 0.25), (5, 0, 9.0), (99, 0, 1.0)] {
            matrix.set(o, i, g);
        }
        let input = noise::<f64>(4);
        let mut mixer = Mixer::new(&setup, &Params { matrix }).unwrap();
        mixer.set(&Params::default(), Frames(300)).unwrap();
        let out = laws::render(&mut mixer, &input);
        for n in 0..1_000 {
            let t = (n as f64 / 300.0).min(1.0);
            let p = 3.0 * t * t - 2.0 * t * t * t;
            for (o, plane) in out.iter().enumerate().take(2) {
                let gain = |i| matrix.gain(o, i) * (1.0 - p) + p * f64::from(u8::from(o == i));
                let sum: f64 = (0..3).map(|i| gain(i) * input[i][n]).sum();
                assert!((sum - plane[n]).abs() < 1e-14);
            }
            assert_eq!((out[2][n], out[3][n]), (0.0, input[3][n]), "an input falls silent, what is beyond stays");
        }
    }

    #[test]
    fn one_after_the_other_is_the_product() {
        let mut a = Matrix::SILENT;
        let mut b = Matrix::SILENT;
        for i in 0..9 {
            a.set(i / 3, i % 3, i as f64 - 4.0);
            b.set(i / 3, i % 3, 0.5 * i as f64);
        }
        for o in 0..3 {
            for i in 0..3 {
                let sum: f64 = (0..3).map(|k| b.gain(o, k) * a.gain(k, i)).sum();
                assert_eq!(a.then(&b).gain(o, i), sum);
            }
        }
        assert_eq!(a.then(&Matrix::IDENTITY), a);
        assert_eq!((a.worst(), a.scaled(-0.5).worst()), (9.0, 4.5));
    }

    #[test]
    fn wrong_gains_and_counts_are_refused() {
        let setup = Setup { inputs: 2, outputs: 2 };
        for bad in [16.1, f64::NAN] {
            let mut matrix = Matrix::IDENTITY;
            matrix.set(0, 1, bad);
            assert!(Mixer::<f32>::new(&setup, &Params { matrix }).is_err());
        }
        for setup in [Setup { inputs: 0, outputs: 2 }, Setup { inputs: 2, outputs: 25 }] {
            assert!(Mixer::<f32>::new(&setup, &Params::default()).is_err());
        }
    }
}
