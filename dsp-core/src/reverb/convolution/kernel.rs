//! An impulse response made ready: the spectra of its parts.
//!
//! Made on the control thread, in storage of its own, and handed over whole. The bins of all parts lie together in groups of
//! 16 (re, then im), in the order the sums of products read them: one stream through memory.

use crate::error::Error;
use crate::fft::passes::GROUP;
use crate::reverb::convolution::plan::{Level, MAX_LEVELS, Plan};
use crate::reverb::convolution::setup::Setup;
use crate::sample::Sample;
use crate::storage::{Storage, take};
use crate::units::SampleRate;

/// Samples of a group of bins.
pub(crate) const ROW: usize = 2 * GROUP;

/// An impulse response: planar, all channels from the same instant on.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a, S> {
    /// Its sample rate.
    pub rate: SampleRate,
    /// Its channels; see [`super::Routing`] for their order. A shorter one ends in silence.
    pub channels: &'a [&'a [S]],
}

impl<S> Response<'_, S> {
    /// Frames of the longest channel.
    pub fn frames(&self) -> usize {
        self.channels.iter().map(|c| c.len()).max().unwrap_or(0)
    }
}

/// What a [`super::Convolution`] multiplies with; `K` is storage of [`required_len`] samples.
#[derive(Debug, Clone)]
pub struct Kernel<S, K> {
    rate: SampleRate,
    plan: Plan,
    responses: usize,
    frames: usize,
    storage: K,
    sample: core::marker::PhantomData<S>,
}

/// Samples of storage for a response of `frames` frames; some of it is workspace for [`Kernel::new`].
///
/// # Errors
/// When the set-up is not valid.
pub fn required_len(setup: &Setup, frames: usize) -> Result<usize, Error> {
    let plan = Plan::new(setup)?;
    let spectra =
        setup.responses() * (plan.head() + plan.levels().iter().map(|l| spectra_len(l, frames)).sum::<usize>());
    let largest = plan.levels().iter().filter(|l| l.used(frames) > 0).map(workspace_len).max();
    Ok(spectra + largest.unwrap_or(0))
}

/// Samples of the spectra of one path in one level.
fn spectra_len(level: &Level, frames: usize) -> usize {
    2 * level.block * level.used(frames)
}

/// Table, transform, a part and the silence that follows it.
fn workspace_len(level: &Level) -> usize {
    level.skew().table_len() + 4 * level.block
}

impl<S: Sample, K: Storage<S>> Kernel<S, K> {
    /// Transforms `response` for a convolution of this `setup`.
    ///
    /// # Errors
    /// A response of another rate, of another number of channels than the routing needs, empty or longer than the set-up
    /// allows; too little storage.
    pub fn new(setup: &Setup, response: &Response<'_, S>, mut storage: K) -> Result<Self, Error> {
        let plan = Plan::new(setup)?;
        if response.rate != setup.rate {
            return Err(Error::Conflict {
                parameter: "rate of the impulse response",
                value: response.rate.hertz(),
                other: "that of the set-up",
                other_value: setup.rate.hertz(),
                rule: "must equal",
                unit: "Hz",
            });
        }
        let (responses, frames) = (setup.responses(), response.frames());
        let count = responses as f64;
        Error::check("channels of the impulse response", response.channels.len() as f64, count, count, "")?;
        let longest = setup.longest_frames() as f64;
        Error::check("length of the impulse response", frames as f64, 1.0, longest, "frames")?;
        Error::check_len("kernel", required_len(setup, frames)?, storage.as_ref().len())?;

        let mut rest = storage.as_mut();
        for taps in response.channels {
            let head = take(&mut rest, plan.head());
            copy(head, taps, 0);
        }
        for level in plan.levels().iter().filter(|l| l.used(frames) > 0) {
            let spectra = take(&mut rest, responses * spectra_len(level, frames));
            transform(level, response, spectra, &mut rest[..workspace_len(level)]);
        }
        Ok(Self { rate: setup.rate, plan, responses, frames, storage, sample: core::marker::PhantomData })
    }

    /// Frames of the response.
    pub fn frames(&self) -> usize {
        self.frames
    }

    pub(crate) fn fits(&self, setup: &Setup, plan: &Plan) -> bool {
        // Half the time at twice the rate has the same plan.
        self.rate == setup.rate && self.plan == *plan && self.responses == setup.responses()
    }

    /// The plain filter of a path.
    pub(crate) fn head(&self, path: usize) -> &[S] {
        &self.storage.as_ref()[path * self.plan.head()..][..self.plan.head()]
    }

    /// Where each level begins.
    pub(crate) fn offsets(&self) -> [usize; MAX_LEVELS] {
        let mut offsets = [0; MAX_LEVELS];
        let mut at = self.responses * self.plan.head();
        for (offset, level) in offsets.iter_mut().zip(self.plan.levels()) {
            *offset = at;
            at += self.responses * spectra_len(level, self.frames);
        }
        offsets
    }

    /// The spectra of a path in a level that begins at `offset`.
    pub(crate) fn spectra(&self, level: &Level, offset: usize, path: usize) -> &[S] {
        let len = spectra_len(level, self.frames);
        &self.storage.as_ref()[offset + path * len..][..len]
    }
}

/// The part of a response that begins at `start`, cleaned, and silence after its end.
fn copy<S: Sample>(to: &mut [S], taps: &[S], start: usize) {
    let taps = taps.get(start..).unwrap_or(&[]);
    to.fill(S::ZERO);
    for (to, tap) in to.iter_mut().zip(taps) {
        *to = tap.clean();
    }
}

fn transform<S: Sample>(level: &Level, response: &Response<'_, S>, spectra: &mut [S], workspace: &mut [S]) {
    let (skew, used) = (level.skew(), level.used(response.frames()));
    let mut rest = workspace;
    let table = take(&mut rest, skew.table_len());
    let z = take(&mut rest, 2 * level.block);
    let (part, silence) = rest.split_at_mut(level.block);
    skew.fill_table(table);
    silence.fill(S::ZERO);
    // What the transform back leaves out.
    let scale = S::from_f64(1.0 / level.block as f64);
    for (taps, spectra) in response.channels.iter().zip(spectra.chunks_exact_mut(2 * level.block * used)) {
        for index in 0..used {
            copy(part, taps, level.start + index * level.block);
            let all = 0..skew.portions(false);
            skew.load(table, part, silence, z, all.clone());
            for step in 1..skew.steps() - 1 {
                skew.forward(step, table, z, all.clone());
            }
            let rows = skew.batch() / GROUP;
            skew.finish(z, 0..skew.portions(true), |batch, re, im| {
                for (i, (re, im)) in re.as_chunks::<GROUP>().0.iter().zip(im.as_chunks::<GROUP>().0).enumerate() {
                    let row = &mut spectra[((batch * rows + i) * used + index) * ROW..][..ROW];
                    for (to, bin) in row.iter_mut().zip(re.iter().chain(im)) {
                        *to = bin.flush() * scale;
                    }
                }
            });
        }
    }
}
