//! State-variable sections in series: the engine of the equaliser.
//!
//! The fast form carries both channels of a pair and two halves of the cascade in four lanes, `[L R | L R]`: lanes 2 and
//! 3 run the second half of the sections on what lanes 0 and 1 gave two frames earlier. Nothing moves across lanes inside
//! the loop, so it vectorises on every target; the first and last two frames of a piece run one half alone, so there is
//! no latency; and every sample meets the same operations in the same order as in the plain form, so results are the same
//! bits. On an in-order core (`target_arch = "arm"`) sections-outside, frames-inside is faster and is used instead, two
//! sections at a time (four sections of stereo on a Cortex-M4F: 114 instructions a frame, 126 one section at a time).
//!
//! Why two frames: one would make each frame wait for the shuffle of the one before; two hide it.

mod kernel;

use crate::block::Block;
use crate::error::Error;
use crate::filter::svf::{Coeffs, Setup};
use crate::process::{Clock, FLUSH_PERIOD, Process, Tail, Tune};
use crate::ramp::{Blend, Ramp};
use crate::sample::{Sample, clean_all};
use crate::storage::Storage;
use crate::units::Frames;
use kernel::moving;

pub(crate) use kernel::steady;

/// Coefficients of up to `N` sections; those from `active` on are not run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sections<S, const N: usize> {
    /// The sections in processing order.
    pub coeffs: [Coeffs<S>; N],
    /// How many of them are run.
    pub active: usize,
}

impl<S: Sample, const N: usize> Sections<S, N> {
    /// Whether a section is not run, or passes everything and remembers nothing.
    fn is_off(&self, section: usize) -> bool {
        section >= self.active || self.coeffs[section].d2 == S::ZERO
    }
}

impl<S, const N: usize> From<[Coeffs<S>; N]> for Sections<S, N> {
    fn from(coeffs: [Coeffs<S>; N]) -> Self {
        Self { coeffs, active: N }
    }
}

impl<S: Sample, const N: usize> Blend for Sections<S, N> {
    type Scalar = S;
    #[inline(always)]
    fn blend(from: &Self, to: &Self, p: S) -> Self {
        // A section that goes or comes is heard until, and from, the first frame of the move.
        let active = if p >= S::ONE { to.active } else { from.active.max(to.active) };
        Self { coeffs: <[Coeffs<S>; N]>::blend(&from.coeffs, &to.coeffs, p), active }
    }
}

/// Up to `N` sections in series; `M` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Cascade<S, const N: usize, M> {
    setup: Setup,
    sections: Ramp<Sections<S, N>>,
    clock: Clock,
    state: M,
}

/// Samples of storage: four per section and pair of channels.
pub fn required_len(setup: &Setup, sections: usize) -> usize {
    4 * sections * setup.channels.div_ceil(2)
}

impl<S: Sample, const N: usize, M: Storage<S>> Cascade<S, N, M> {
    /// Builds the cascade from designed sections; `storage` is cleared.
    pub fn with_coeffs(setup: &Setup, sections: &Sections<S, N>, mut storage: M) -> Result<Self, Error> {
        setup.check()?;
        Error::check("bands", N as f64, 1.0, 1e6, "")?;
        Error::check("active bands", sections.active as f64, 0.0, N as f64, "")?;
        Error::check_len("filter state", required_len(setup, N), storage.as_ref().len())?;
        storage.as_mut().fill(S::ZERO);
        Ok(Self { setup: *setup, sections: Ramp::new(*sections), clock: Clock::default(), state: storage })
    }

    /// What it was built for.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The sections it has or is moving to.
    pub fn sections(&self) -> &Sections<S, N> {
        self.sections.target()
    }

    /// After a move: sections that went are no longer run, as if they had never been.
    fn settle(&mut self) {
        let mut now = *self.sections.target();
        for c in &mut now.coeffs {
            if *c == c.muted() {
                *c = Coeffs::NEUTRAL;
            }
        }
        now.active = now.coeffs[..now.active].iter().rposition(|c| *c != Coeffs::NEUTRAL).map_or(0, |last| last + 1);
        self.sections = Ramp::new(now);
    }

    fn run_pair(sections: &Ramp<Sections<S, N>>, state: &mut [S], left: &mut [S], right: &mut [S]) {
        clean_all(left);
        clean_all(right);
        if sections.moving() {
            moving(sections, state, left, right);
        } else {
            let target = sections.target();
            steady(&target.coeffs[..target.active], state, left, right);
        }
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Tune<S> for Cascade<S, N, M> {
    type Coeffs = Sections<S, N>;
    fn tune(&mut self, coeffs: &Sections<S, N>, over: Frames) {
        let (mut now, mut to) = (self.sections.now(0), *coeffs);
        for section in 0..N {
            let (was_off, goes_off) = (now.is_off(section), to.is_off(section));
            if was_off {
                // Starts from silence and from the neutral response.
                now.coeffs[section] = to.coeffs[section].muted();
                for pair in self.state.as_mut().chunks_exact_mut(4 * N) {
                    pair[4 * section..4 * section + 4].fill(S::ZERO);
                }
            }
            if goes_off && !was_off {
                to.coeffs[section] = now.coeffs[section].muted();
            }
        }
        self.sections = Ramp::new(now);
        self.sections.tune(to, over);
        if !self.sections.moving() {
            self.settle();
        }
    }
}

impl<S: Sample, const N: usize, M: Storage<S>> Process<S> for Cascade<S, N, M> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            // A ramp ends at a piece's end, so that the fast loop takes over at once.
            let until = if self.sections.moving() { self.sections.left() } else { FLUSH_PERIOD };
            let n = self.clock.piece(frames - at, until);
            let mut part = block.part(at, n);
            for (pair, state) in self.state.as_mut().chunks_exact_mut(4 * N).enumerate() {
                // The channel after the last of the set-up is not ours.
                let one = 2 * pair + 1 == self.setup.channels;
                part.with_pair(2 * pair, one, |left, right| Self::run_pair(&self.sections, state, left, right));
            }
            let moved = self.sections.moving();
            self.sections.advance(n);
            if moved && !self.sections.moving() {
                self.settle();
            }
            if self.clock.advance(n) {
                for s in self.state.as_mut() {
                    *s = s.flush();
                }
            }
            at += n;
        }
    }

    fn reset(&mut self) {
        self.state.as_mut().fill(S::ZERO);
        self.sections.finish();
        self.settle();
        self.clock = Clock::default();
    }

    fn latency(&self) -> Frames {
        Frames::ZERO
    }

    fn tail(&self) -> Tail {
        let target = self.sections.target();
        let longest = target.coeffs[..target.active].iter().map(Coeffs::time_constant);
        // Sections ring one after the other, and each may have passed its ring to the next.
        let moving = Tail::Frames(Frames(self.sections.left() as u64));
        longest.fold(moving, |tail, frames| tail.and_then(Tail::of_time_constant::<S>(frames)))
    }
}
