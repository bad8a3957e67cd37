//! A value that moves from one number to another over a stated number of frames.
//!
//! Frame `i` of a ramp of `n` frames has the value `from + (to - from) * shape(i / n)` with an integer `i` that counts
//! frames, so the path is the same however the stream is cut. Frame 0 still has the old value; frame `n` and all later ones
//! have exactly `to`.
//!
//! The shape is [`Shape::Linear`] for coefficients of filters and [`Shape::Smooth`] for whatever multiplies the sound:
//! a straight fader move of 20 dB in 20 ms puts -84 dB of clicks around a tone of 997 Hz, a smooth one -111 dB.

use crate::sample::Sample;
use crate::units::Frames;

/// Where a ramp is: shared by all numbers of a `Coeffs` that move together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Progress {
    done: u32,
    total: u32,
}

impl Progress {
    /// Longest ramp: 2^31 - 1 frames (12 hours at 48 kHz); longer ones are shortened to it.
    pub const LONGEST: u32 = i32::MAX as u32;

    /// Starts a ramp over `over` frames.
    pub fn start(over: Frames) -> Self {
        Self { done: 0, total: over.get().min(u64::from(Self::LONGEST)) as u32 }
    }

    /// Whether values are still moving.
    pub const fn moving(&self) -> bool {
        self.done < self.total
    }

    /// Frames left until the target is reached.
    pub const fn left(&self) -> usize {
        (self.total - self.done) as usize
    }

    /// Position at frame `offset` from now, 0 to 1; exactly 1 at and after the end.
    #[inline(always)]
    pub fn at<S: Sample>(&self, offset: usize) -> S {
        // Saturating in i32: the conversion vectorises and a block is never longer than the ramp counter can hold.
        let i = (self.done as i32).saturating_add(offset as i32);
        if i >= self.total as i32 { S::ONE } else { S::from_i32(i) / S::from_i32(self.total as i32) }
    }

    /// Moves on by `frames`.
    pub fn advance(&mut self, frames: usize) {
        self.done = self.total.min(self.done.saturating_add(frames.min(Self::LONGEST as usize) as u32));
    }

    /// Jumps to the end.
    pub fn finish(&mut self) {
        self.done = self.total;
    }
}

/// The way from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Straight.
    #[default]
    Linear,
    /// `3 t^2 - 2 t^3`: starts and ends without a corner.
    Smooth,
}

impl Shape {
    /// The shape at `position` (0 to 1); exactly 0 and 1 at the ends.
    #[inline(always)]
    pub fn at<S: Sample>(self, position: S) -> S {
        match self {
            Self::Linear => position,
            Self::Smooth => position * position * (S::from_i32(3) - (position + position)),
        }
    }
}

/// `from + (to - from) * position`, exactly `to` at 1.
#[inline(always)]
pub fn mix<S: Sample>(from: S, to: S, position: S) -> S {
    if position >= S::ONE { to } else { from + (to - from) * position }
}

/// Something that can be mixed: a sample, a set of coefficients.
pub trait Blend: Copy {
    /// The sample type positions are given in.
    type Scalar: Sample;

    /// The point at `position` (0 to 1) between two ends; exactly `to` at 1.
    fn blend(from: &Self, to: &Self, position: Self::Scalar) -> Self;
}

macro_rules! blend_sample {
    ($t:ty) => {
        impl Blend for $t {
            type Scalar = $t;
            #[inline(always)]
            fn blend(from: &Self, to: &Self, position: $t) -> Self {
                mix(*from, *to, position)
            }
        }
    };
}
blend_sample!(f32);
blend_sample!(f64);

/// `Blend` for a struct of one sample type, field by field: `blend_fields!(Coeffs { gain, step })`.
macro_rules! blend_fields {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl<S: $crate::sample::Sample> $crate::ramp::Blend for $type<S> {
            type Scalar = S;
            #[inline(always)]
            fn blend(from: &Self, to: &Self, position: S) -> Self {
                Self { $($field: $crate::ramp::Blend::blend(&from.$field, &to.$field, position)),+ }
            }
        }
    };
}
pub(crate) use blend_fields;

impl<C: Blend, const N: usize> Blend for [C; N] {
    type Scalar = C::Scalar;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, position: C::Scalar) -> Self {
        let mut out = *to;
        for (o, f) in out.iter_mut().zip(from) {
            *o = C::blend(f, o, position);
        }
        out
    }
}

/// A number, or a set of coefficients, that moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ramp<C> {
    from: C,
    to: C,
    progress: Progress,
    shape: Shape,
}

impl<C: Blend> Ramp<C> {
    /// Resting at `value`; moves are straight.
    pub fn new(value: C) -> Self {
        Self { from: value, to: value, progress: Progress::default(), shape: Shape::Linear }
    }

    /// Resting at `value`; moves are smooth: for gains and places.
    pub fn smooth(value: C) -> Self {
        Self { shape: Shape::Smooth, ..Self::new(value) }
    }

    /// Moves from where it is to `value` over `over` frames.
    pub fn tune(&mut self, value: C, over: Frames) {
        self.from = self.now(0);
        self.to = value;
        self.progress = Progress::start(over);
    }

    /// Where the move began.
    pub(crate) fn start(&self) -> &C {
        &self.from
    }

    /// How much of the move is done at `offset` frames from now, 0 to 1.
    #[inline(always)]
    pub(crate) fn position(&self, offset: usize) -> C::Scalar {
        self.shape.at(self.progress.at(offset))
    }

    /// Where it is heading.
    pub fn target(&self) -> &C {
        &self.to
    }

    /// Whether it is still moving.
    pub fn moving(&self) -> bool {
        self.progress.moving()
    }

    /// Frames until it rests.
    pub fn left(&self) -> usize {
        self.progress.left()
    }

    /// Value at `offset` frames from now.
    #[inline(always)]
    pub fn now(&self, offset: usize) -> C {
        if self.progress.moving() { C::blend(&self.from, &self.to, self.position(offset)) } else { self.to }
    }

    /// A part of the value at `offset` frames from now: cheaper than all of it.
    #[inline(always)]
    pub fn map<D: Blend<Scalar = C::Scalar>>(&self, offset: usize, part: impl Fn(&C) -> &D) -> D {
        if self.progress.moving() {
            D::blend(part(&self.from), part(&self.to), self.position(offset))
        } else {
            *part(&self.to)
        }
    }

    /// Writes the values of the next `out.len()` frames without moving on.
    #[inline(always)]
    pub fn fill(&self, out: &mut [C]) {
        if self.progress.moving() {
            for (i, v) in out.iter_mut().enumerate() {
                *v = C::blend(&self.from, &self.to, self.position(i));
            }
        } else {
            out.fill(self.to);
        }
    }

    /// Moves on by `frames`.
    pub fn advance(&mut self, frames: usize) {
        self.progress.advance(frames);
    }

    /// Ends the ramp at its target.
    pub fn finish(&mut self) {
        self.progress.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_is_the_same_line_for_any_cut() {
        let mut whole = Ramp::new(0.25_f32);
        whole.tune(-1.0, Frames(1000));
        let mut reference = [0.0; 1200];
        whole.fill(&mut reference);
        for cut in [1, 3, 64, 999] {
            let mut r = Ramp::new(0.25_f32);
            r.tune(-1.0, Frames(1000));
            let mut out = [0.0; 1200];
            for piece in out.chunks_mut(cut) {
                r.fill(piece);
                r.advance(piece.len());
            }
            assert_eq!(out, reference);
        }
        assert_eq!(reference[0], 0.25);
        assert_eq!(reference[1000..], [-1.0; 200]);
        assert!((reference[500] - -0.375).abs() < 1e-6);
    }

    #[test]
    fn a_smooth_ramp_follows_its_formula() {
        let mut r = Ramp::smooth(1.0_f64);
        r.tune(3.0, Frames(8));
        let mut out = [0.0; 10];
        r.fill(&mut out);
        for (i, v) in out.iter().enumerate() {
            let t = (i as f64 / 8.0).min(1.0);
            assert!((v - (1.0 + 2.0 * (3.0 * t * t - 2.0 * t * t * t))).abs() < 1e-15, "{i}");
            assert_eq!(r.now(i), *v);
        }
        assert_eq!((out[0], out[8]), (1.0, 3.0));
    }

    #[test]
    fn a_new_target_starts_from_where_the_ramp_is() {
        let mut r = Ramp::new(0.0_f64);
        r.tune(1.0, Frames(10));
        r.advance(5);
        r.tune(0.0, Frames(10));
        assert_eq!(r.now(0), 0.5);
        r.finish();
        assert_eq!((r.now(0), r.moving()), (0.0, false));
    }
}
