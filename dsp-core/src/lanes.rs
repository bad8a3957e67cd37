//! Several samples through one kernel: element-wise arithmetic over `[S; N]` that the compiler turns into SIMD.
//!
//! Each lane goes through exactly the operations, in exactly the order, of the scalar form, so a result does not depend
//! on how many lanes carried it. Nothing here shifts data across lanes: that is what makes it vectorise.

use crate::sample::Sample;
use core::ops::{Add, Mul, Sub};

/// `N` samples that are processed together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct Lanes<S, const N: usize>(pub [S; N]);

impl<S: Sample, const N: usize> Lanes<S, N> {
    /// All lanes zero.
    pub const ZERO: Self = Self([S::ZERO; N]);

    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(value: S) -> Self {
        Self([value; N])
    }

    /// Applies `f` to every lane.
    #[inline(always)]
    pub fn map(mut self, f: impl Fn(S) -> S) -> Self {
        for lane in &mut self.0 {
            *lane = f(*lane);
        }
        self
    }

    /// Combines two vectors lane by lane.
    #[inline(always)]
    pub fn zip(mut self, other: Self, f: impl Fn(S, S) -> S) -> Self {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a = f(*a, b);
        }
        self
    }
}

macro_rules! operator {
    ($trait:ident, $name:ident, $op:tt) => {
        impl<S: Sample, const N: usize> $trait for Lanes<S, N> {
            type Output = Self;
            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                self.zip(other, |a, b| a $op b)
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);

impl<S: Sample, const N: usize> Default for Lanes<S, N> {
    fn default() -> Self {
        Self::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_compute_what_scalars_compute() {
        let (a, b) = ([0.1_f32, -2.5, 3e-7, 9.0], [7.0_f32, 0.3, -1.1, 1e4]);
        let r = Lanes(a) * Lanes(b) + Lanes(a) - Lanes::splat(0.25);
        for i in 0..4 {
            assert_eq!(r.0[i].to_bits(), (a[i] * b[i] + a[i] - 0.25).to_bits());
        }
    }
}
