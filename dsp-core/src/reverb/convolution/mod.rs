//! Puts the sound into a recorded room, plate, cabinet or anything else that an impulse response was taken of.
//!
//! `out[n] = dry x[n - latency] + wet sum h[m] x[n - latency - m]`, the sum over the whole impulse response `h`, exactly (not
//! shortened, not modulated).
//!
//! | parameter | unit | range | default |
//! |---|---|---|---|
//! | `mix` | share, equal power | 0 to 1 | 1 (the response alone) |
//! | `gain` | dB, of the response | -60 to 24 | 0 |
//! | `routing` (set-up) | | mono, per channel, true stereo | per channel |
//! | `longest` (set-up) | s | 0 (one frame) to 60 | 3 |
//! | `latency` (set-up) | frames | 0, 64 to 1024 | 512 |
//!
//! An impulse response is prepared with [`ir`] (trim, normalise, decay, pre-delay), transformed on the control thread into a
//! [`Kernel`], handed over and, when it is no longer needed, taken back to be dropped elsewhere: [`Convolution::swap`],
//! [`Convolution::take_retired`]. Both share the spectra of what was played, so the new one sounds with its full tail at once.
//!
//! Latency: as set. Tail: the length of the response less one frame, exact zeros after it.
//!
//! Cost of a response of 3 s at 48 kHz in stereo (`cargo bench --bench convolution`, SSE2, blocks of 512, two runs), per
//! stereo frame: 41 to 44 ns with a latency of 512 frames (0.42 to 0.47 of the two-stage `fft-convolver`, which uses AVX, where
//! both were timed undisturbed), 41 to 43 with 1024, 65 to 68 with 64, 73 to 86 without; 81 to 83 in `f64`; 65 in true stereo.
//! The work of the long parts is spread over their whole length: counted in operations, no 512 frames cost more than 1.1 times
//! the mean and no 64 frames more than 1.5 times (a test). By the clock, in blocks of 512 with a latency of 512, the 99th
//! percentile was 1.2 to 1.4 times the median (two-stage: 10 times). A swap costs up to twice as much while it lasts.
//!
//! Error against the definition, pink noise in rooms of 1 to 144 000 frames: -130 dB or better in `f32`.
//!
//! Not for a room that moves (use a computed reverb) and not for a filter of a few dozen taps.
//!
//! Sources: Gardner, "Efficient convolution without input-output delay", JAES 43(3) 1995 (parts of growing size); Garcia,
//! "Optimal filter partition for efficient convolution with short input/output delay", AES 113 (2002) (which sizes).
//!
//! ```
//! use dsp_core::reverb::convolution::{Convolution, Kernel, Params, Response, Setup, ir::Shape, kernel_len, required_len};
//! use dsp_core::{block::Block, process::Process, units::{Frames, SampleRate}};
//! let setup = Setup::new(SampleRate::VIDEO, 2);
//! let (mut left, mut right) = (vec![0.0_f32; 9_000], vec![0.0_f32; 9_000]);
//! (left[40], right[55]) = (1.0, 0.5);
//! let frames = Shape::default().prepare(setup.rate, &mut [&mut left[..], &mut right[..]], 9_000)?;
//! let response = Response { rate: setup.rate, channels: &[&left[..frames], &right[..frames]] };
//! let kernel = Kernel::new(&setup, &response, vec![0.0; kernel_len(&setup, frames)?])?;
//! let mut room = Convolution::new(&setup, &Params::default(), vec![0.0; required_len(&setup)?])?;
//! assert!(room.swap(kernel, Frames::ZERO).is_ok());
//! let mut planes = [[0.25; 1_024]; 2];
//! room.process(&mut Block::new(&mut planes));
//! assert!(planes[0][511] == 0.0 && (planes[0][512] - 0.25).abs() < 1e-6, "after the latency");
//! # Ok::<(), dsp_core::error::Error>(())
//! ```

mod head;
pub mod ir;
mod kernel;
mod level;
mod plan;
mod quiet;
mod setup;
#[cfg(test)]
mod tests;

pub use kernel::{Kernel, Response, required_len as kernel_len};
pub use plan::{Level, Plan};
pub use setup::{Coeffs, LONGEST, Latency, Params, Routing, Setup};

use crate::block::Block;
use crate::error::Error;
use crate::layout::MAX_CHANNELS;
use crate::process::{CHUNK, Process, Tail, Tune};
use crate::ramp::{Progress, Ramp, Shape, mix};
use crate::sample::Sample;
use crate::storage::Storage;
use crate::units::{Frames, SampleRate, Seconds};
use level::{Lengths, Memory, State};
use plan::{MAX_LEVELS, Walk};
use quiet::Quiet;

/// Shortest fade between two responses that is not heard as a jump.
pub const FADE: Seconds = Seconds(0.02);

/// Frames of [`FADE`].
pub fn fade(rate: SampleRate) -> Frames {
    FADE.frames(rate)
}

/// Samples of storage for input, spectra and output of the processor; kernels bring their own ([`kernel_len`]).
///
/// # Errors
/// When the set-up is not valid.
pub fn required_len(setup: &Setup) -> Result<usize, Error> {
    let plan = Plan::new(setup)?;
    let levels = plan.levels().iter().map(|l| level::lengths(l, setup.channels).iter().sum::<usize>());
    Ok(setup.channels * ring_len(&plan) + levels.sum::<usize>())
}

/// Frames of input kept: two blocks of the largest parts, and two more while these are looked at.
fn ring_len(plan: &Plan) -> usize {
    4 * plan.largest().max(CHUNK)
}

/// A change of kernels, in frames since `reset`.
#[derive(Debug, Clone, Copy)]
struct Swap {
    /// The new kernel is computed from here on,
    from: u64,
    /// heard from here on
    begin: u64,
    /// and alone from here on.
    end: u64,
}

impl Swap {
    /// How much of the new kernel is heard at `frame`, which is not before the beginning.
    #[inline(always)]
    fn position<S: Sample>(&self, frame: u64) -> S {
        let at = S::from_i32((frame - self.begin) as i32) / S::from_i32((self.end - self.begin) as i32);
        Shape::Smooth.at(at)
    }
}

/// The processor; `M` is storage of [`required_len`] samples, `K` that of its kernels. Without a kernel the effect is silent.
#[derive(Debug, Clone)]
pub struct Convolution<S, M, K> {
    setup: Setup,
    plan: Plan,
    coeffs: Ramp<Coeffs<S>>,
    kernels: [Option<Kernel<S, K>>; 2],
    /// Which of the two is heard.
    active: usize,
    swap: Option<Swap>,
    frame: u64,
    levels: [State; MAX_LEVELS],
    lengths: [Lengths; MAX_LEVELS],
    quiet: [Quiet; MAX_CHANNELS],
    operations: u64,
    storage: M,
}

impl<S: Sample, M: Storage<S>, K: Storage<S>> Convolution<S, M, K> {
    /// Builds it; `storage` is cleared.
    ///
    /// # Errors
    /// A set-up or parameter out of range, too little storage.
    pub fn new(setup: &Setup, params: &Params, storage: M) -> Result<Self, Error> {
        let coeffs = Coeffs::design(setup, params)?;
        let plan = Plan::new(setup)?;
        Error::check_len("convolution", required_len(setup)?, storage.as_ref().len())?;
        let mut lengths = [[0; 4]; MAX_LEVELS];
        for (lengths, level) in lengths.iter_mut().zip(plan.levels()) {
            *lengths = level::lengths(level, setup.channels);
        }
        let mut new = Self {
            setup: *setup,
            plan,
            coeffs: Ramp::smooth(coeffs),
            kernels: [None, None],
            active: 0,
            swap: None,
            frame: 0,
            levels: [State::default(); MAX_LEVELS],
            lengths,
            quiet: [Quiet::default(); MAX_CHANNELS],
            operations: 0,
            storage,
        };
        new.clear();
        Ok(new)
    }

    /// Designs and moves to `params` over `over` frames; on an error the old sound stays.
    ///
    /// # Errors
    /// A parameter out of range.
    pub fn set(&mut self, params: &Params, over: Frames) -> Result<(), Error> {
        self.tune(&Coeffs::design(&self.setup, params)?, over);
        Ok(())
    }

    /// Changes to another impulse response without a gap, with a fade of `over` frames (see [`fade()`]). The fade begins one to
    /// two lengths of the largest part later ([`Plan::largest`]), when every level has sound of both. Until it ends, the
    /// sums and the transforms back are done for both. Before the first frame the change is made at once.
    ///
    /// # Errors
    /// Gives the kernel back when it was made for another set-up, when a swap is under way or when the last retired kernel
    /// has not been taken.
    #[allow(clippy::result_large_err, reason = "there is no box to put the kernel in")]
    pub fn swap(&mut self, kernel: Kernel<S, K>, over: Frames) -> Result<(), Kernel<S, K>> {
        self.settle();
        let free = &mut self.kernels[1 - self.active];
        if self.swap.is_some() || free.is_some() || !kernel.fits(&self.setup, &self.plan) {
            return Err(kernel);
        }
        *free = Some(kernel);
        if self.frame == 0 {
            self.active = 1 - self.active;
        } else {
            let period = self.plan.largest() as u64;
            let from = (self.frame / period + 1) * period;
            let begin = from + period;
            self.swap = Some(Swap { from, begin, end: begin + over.get().min(u64::from(Progress::LONGEST)) });
        }
        Ok(())
    }

    /// The kernel that is no longer heard, to be dropped or used again elsewhere.
    pub fn take_retired(&mut self) -> Option<Kernel<S, K>> {
        self.settle();
        if self.swap.is_some() { None } else { self.kernels[1 - self.active].take() }
    }

    /// How the work is laid out.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Additions and multiplications since `reset`, counted as in [`Plan::cost`].
    pub fn operations(&self) -> u64 {
        self.operations
    }

    /// Clears all memory and writes the tables.
    fn clear(&mut self) {
        let storage = self.storage.as_mut();
        storage.fill(S::ZERO);
        let mut rest = &mut storage[self.setup.channels * ring_len(&self.plan)..];
        for (level, lengths) in self.plan.levels().iter().zip(&self.lengths) {
            Memory::prepare(level, lengths, &mut rest);
        }
    }

    /// Ends a swap whose time has come.
    fn settle(&mut self) {
        if self.swap.is_some_and(|swap| swap.end <= self.frame) {
            self.swap = None;
            self.active = 1 - self.active;
        }
    }

    /// Frames up to the next instant at which something changes.
    fn piece(&self, left: usize) -> usize {
        let tick = self.plan.tick();
        let n = left.min(tick - self.frame as usize % tick);
        let instants = self.swap.map_or([0, 0], |swap| [swap.begin, swap.end]);
        let ahead = instants.into_iter().filter(|instant| *instant > self.frame).map(|instant| instant - self.frame);
        ahead.fold(n, |n, ahead| n.min(usize::try_from(ahead).unwrap_or(n)))
    }

    /// The work at the end of a tick.
    fn tick(&mut self) {
        let (plan, channels, routing) = (&self.plan, self.setup.channels, self.setup.routing);
        let ring_len = ring_len(plan);
        let (ring, mut rest) = self.storage.as_mut().split_at_mut(channels * ring_len);
        let offsets = [0, 1].map(|i| self.kernels[i].as_ref().map(Kernel::offsets).unwrap_or_default());
        for (index, (level, state)) in plan.levels().iter().zip(&mut self.levels).enumerate() {
            let mut memory = Memory::take(&self.lengths[index], &mut rest);
            let block = level.block as u64;
            if self.frame < block {
                continue;
            }
            let (ticks, turn) = (level.block / plan.tick(), (self.frame % block) as usize / plan.tick());
            let started = self.frame - self.frame % block;
            if turn == 0 {
                state.kernels[self.active] = self.swap.is_none_or(|swap| started + block < swap.end);
                state.kernels[1 - self.active] = self.swap.is_some_and(|swap| started >= swap.from);
            }
            let used = |i: usize| self.kernels[i].as_ref().filter(|_| state.kernels[i]).map(|k| level.used(k.frames()));
            let work = plan.work(level, [used(0), used(1)]);
            if turn == 0 {
                state.newest = (state.newest + level.parts - 1) % level.parts;
                state.making = 1 - state.making;
                (state.walk, state.total) = (Walk::default(), work.total());
            }
            let target = plan::target(state.total, turn, ticks);
            // The last two blocks: `2 block` frames up to `started`, which never cross the end of the ring.
            let place = |back: u64| ((started + ring_len as u64 - back * block) % ring_len as u64) as usize;
            while let Some(piece) = state.walk.next(&work, target) {
                let input = &ring[piece.channel * ring_len..][..ring_len];
                let input = (&input[place(2)..][..level.block], &input[place(1)..][..level.block]);
                let kernel = piece.kernel.and_then(|i| self.kernels[i].as_ref().map(|k| (k, offsets[i][index])));
                self.operations += piece.operations as u64;
                memory.run(level, state, piece, input, kernel, (routing, channels));
            }
        }
    }

    /// At most a tick with nothing changing inside.
    fn part(&mut self, block: &mut Block<'_, S>) {
        let (channels, frames, routing) = (self.setup.channels, block.frames(), self.setup.routing);
        let len = ring_len(&self.plan);
        let at = (self.frame % len as u64) as usize;
        let (ring, memory) = self.storage.as_mut().split_at_mut(channels * len);
        for (channel, ring) in ring.chunks_exact_mut(len).enumerate() {
            block.with_channel(channel, |x| {
                for (to, x) in ring[at..].iter_mut().zip(x) {
                    *to = x.clean();
                }
            });
        }

        let inputs = |channel: usize| &ring[channel * len..][..len];
        let delayed = |channel: usize| &inputs(channel)[(at + len - self.plan.latency()) % len..][..frames];
        let fade = self.swap.filter(|swap| swap.begin <= self.frame);
        let heard = |slot: usize| self.kernels[slot].as_ref().filter(|_| slot == self.active || fade.is_some());
        let shortest = [0, 1].into_iter().filter_map(heard).map(Kernel::frames).min().unwrap_or(usize::MAX);
        let mut gains = [Coeffs { dry: S::ZERO, wet: S::ZERO }; CHUNK];
        self.coeffs.fill(&mut gains[..frames]);
        for output in 0..channels {
            let mut sounds = [[S::ZERO; CHUNK]; 2];
            let paths = routing.path(output, 0).0..routing.path(output, routing.paths_per_output() - 1).0 + 1;
            let quiet = self.quiet[output].look([paths.start, paths.end - 1].map(delayed), shortest);
            for (slot, sound) in sounds.iter_mut().enumerate() {
                let Some(kernel) = heard(slot) else { continue };
                let sound = &mut sound[..frames];
                let mut rest = &*memory;
                for ((level, state), lengths) in self.plan.levels().iter().zip(&self.levels).zip(&self.lengths) {
                    if level.used(kernel.frames()) > 0 {
                        let made = level::heard(rest, (level, state, lengths), (slot, output, channels));
                        let from = (self.frame % level.block as u64) as usize;
                        for (sum, x) in sound.iter_mut().zip(&made[from..]) {
                            *sum += *x;
                        }
                    }
                    rest = &rest[lengths.iter().sum()..];
                }
                if self.plan.head() > 0 {
                    for path in 0..routing.paths_per_output() {
                        let (from, response) = routing.path(output, path);
                        head::run(kernel.head(response), inputs(from), at, sound);
                    }
                }
                if let Some(quiet) = &quiet {
                    quiet.mute(sound, kernel.frames());
                }
            }
            let [mut wet, other] = if self.active == 0 { sounds } else { [sounds[1], sounds[0]] };
            if let Some(fade) = fade {
                for (i, (wet, other)) in wet[..frames].iter_mut().zip(&other).enumerate() {
                    *wet = mix(*wet, *other, fade.position(self.frame + i as u64));
                }
            }
            let dry = delayed(output);
            block.with_channel(output, |x| {
                for (((x, dry), wet), gain) in x.iter_mut().zip(dry).zip(&wet).zip(&gains) {
                    *x = *dry * gain.dry + *wet * gain.wet;
                }
            });
        }
        self.operations += self.plan.head_cost(frames);
    }
}

impl<S: Sample, M: Storage<S>, K: Storage<S>> Tune<S> for Convolution<S, M, K> {
    type Coeffs = Coeffs<S>;
    fn tune(&mut self, coeffs: &Coeffs<S>, over: Frames) {
        self.coeffs.tune(*coeffs, over);
    }
}

impl<S: Sample, M: Storage<S>, K: Storage<S>> Process<S> for Convolution<S, M, K> {
    fn process(&mut self, block: &mut Block<'_, S>) {
        let mut at = 0;
        while at < block.frames() {
            self.settle();
            let n = self.piece(block.frames() - at);
            self.part(&mut block.part(at, n));
            self.coeffs.advance(n);
            self.frame += n as u64;
            at += n;
            if self.frame.is_multiple_of(self.plan.tick() as u64) {
                self.tick();
            }
        }
    }

    fn reset(&mut self) {
        self.coeffs.finish();
        if self.swap.take().is_some() {
            self.active = 1 - self.active;
        }
        (self.frame, self.operations) = (0, 0);
        self.levels = [State::default(); MAX_LEVELS];
        self.quiet = [Quiet::default(); MAX_CHANNELS];
        self.clear();
    }

    fn latency(&self) -> Frames {
        Frames(self.plan.latency() as u64)
    }

    fn tail(&self) -> Tail {
        let heard = |slot: &usize| *slot == self.active || self.swap.is_some();
        let frames =
            [0, 1].into_iter().filter(heard).filter_map(|i| self.kernels[i].as_ref()).map(Kernel::frames).max();
        Tail::Frames(Frames(frames.map_or(0, |frames| frames as u64 - 1)))
    }
}
