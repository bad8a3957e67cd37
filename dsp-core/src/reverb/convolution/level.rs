//! One level at work: spectra of the input, sums of products, and back.

use crate::fft::passes::GROUP;
use crate::reverb::convolution::kernel::{Kernel, ROW};
use crate::reverb::convolution::plan::{Level, Piece, Walk};
use crate::reverb::convolution::setup::Routing;
use crate::sample::Sample;
use crate::storage::{Storage, take};

/// Where a level stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) walk: Walk,
    /// Operations for the block at hand.
    pub(crate) total: usize,
    /// Place of the newest spectrum.
    pub(crate) newest: usize,
    /// Which of the two outputs is being made; the other one is heard.
    pub(crate) making: usize,
    /// Which kernels sound.
    pub(crate) kernels: [bool; 2],
}

/// The memory of a level.
pub(crate) struct Memory<'a, S> {
    table: &'a [S],
    z: &'a mut [S],
    /// Channel, row of bins, part.
    spectra: &'a mut [S],
    /// Kernel, which of the two, channel.
    outputs: &'a mut [S],
}

/// Samples of table, transform, spectra and outputs.
pub(crate) type Lengths = [usize; 4];

/// Samples of the memory of a level.
pub(crate) fn lengths(level: &Level, channels: usize) -> Lengths {
    let b = level.block;
    [level.skew().table_len(), 2 * b, 2 * b * channels * level.parts, 4 * b * channels]
}

impl<'a, S: Sample> Memory<'a, S> {
    /// Cuts the memory of `level` off the front of `rest`.
    #[inline(always)]
    pub(crate) fn take(lengths: &Lengths, rest: &mut &'a mut [S]) -> Self {
        let [table, z, spectra, outputs] = *lengths;
        Self { table: take(rest, table), z: take(rest, z), spectra: take(rest, spectra), outputs: take(rest, outputs) }
    }

    /// Writes the table.
    pub(crate) fn prepare(level: &Level, lengths: &Lengths, rest: &mut &mut [S]) {
        level.skew().fill_table(take(rest, lengths[0]));
        take(rest, lengths[1..].iter().sum());
    }

    /// Does a piece; `input` holds the last two blocks of its channel.
    pub(crate) fn run<K: Storage<S>>(
        &mut self,
        level: &Level,
        state: &State,
        piece: Piece,
        input: (&[S], &[S]),
        kernel: Option<(&Kernel<S, K>, usize)>,
        (routing, channels): (Routing, usize),
    ) {
        let skew = level.skew();
        let Piece { channel, step, portions, .. } = piece;
        let (first, last) = (step == 0, step + 1 == skew.steps());
        let per_channel = 2 * level.block * level.parts;
        let rows = skew.batch() / GROUP;
        match (piece.kernel, kernel) {
            (None, _) if first => skew.load(self.table, input.0, input.1, self.z, portions),
            (None, _) if last => {
                let spectra = &mut self.spectra[channel * per_channel..][..per_channel];
                skew.finish(self.z, portions, |batch, re, im| {
                    re.iter_mut().for_each(|x| *x = x.flush());
                    im.iter_mut().for_each(|x| *x = x.flush());
                    for (i, (re, im)) in re.as_chunks::<GROUP>().0.iter().zip(im.as_chunks::<GROUP>().0).enumerate() {
                        let at = (batch * rows + i) * level.parts + state.newest;
                        if let Some(row) = spectra[at * ROW..].first_chunk_mut::<ROW>() {
                            row[..GROUP].copy_from_slice(re);
                            row[GROUP..].copy_from_slice(im);
                        }
                    }
                });
            }
            (None, _) => skew.forward(step, self.table, self.z, portions),
            (Some(_), Some((kernel, offset))) if first => {
                let used = level.used(kernel.frames());
                let spectra = &*self.spectra;
                skew.begin(self.z, portions, |batch, re, im| {
                    let bins = re.as_chunks_mut::<GROUP>().0.iter_mut().zip(im.as_chunks_mut::<GROUP>().0);
                    for (row, (re, im)) in (batch * rows..).zip(bins) {
                        let mut sum = ([S::ZERO; GROUP], [S::ZERO; GROUP]);
                        for path in 0..routing.paths_per_output() {
                            let (from, response) = routing.path(channel, path);
                            let x = &spectra[from * per_channel + row * level.parts * ROW..][..level.parts * ROW];
                            let h = &kernel.spectra(level, offset, response)[row * used * ROW..][..used * ROW];
                            let (later, sooner) = x.split_at(state.newest * ROW);
                            let (h_sooner, h_later) = h.split_at(h.len().min(sooner.len()));
                            sum = products(sum, sooner, h_sooner);
                            sum = products(sum, later, h_later);
                        }
                        (*re, *im) = sum;
                    }
                });
            }
            (Some(slot), _) if last => {
                let at = ((2 * slot + state.making) * channels + channel) * level.block;
                skew.store(self.table, self.z, &mut self.outputs[at..][..level.block], portions);
            }
            _ => skew.back(step, self.table, self.z, portions),
        }
    }
}

/// What `kernel` gives to `channel` now: of the outputs of a level, the one that is not being made.
#[inline(always)]
pub(crate) fn heard<'a, S>(
    memory: &'a [S],
    (level, state, lengths): (&Level, &State, &Lengths),
    (kernel, channel, channels): (usize, usize, usize),
) -> &'a [S] {
    let outputs = &memory[lengths[0] + lengths[1] + lengths[2]..];
    &outputs[((2 * kernel + 1 - state.making) * channels + channel) * level.block..][..level.block]
}

/// Adds the products of rows of `x` and `h` to `sum`.
#[inline(always)]
fn products<S: Sample>(sum: ([S; GROUP], [S; GROUP]), x: &[S], h: &[S]) -> ([S; GROUP], [S; GROUP]) {
    let (mut re, mut im) = sum;
    for (x, h) in x.as_chunks::<ROW>().0.iter().zip(h.as_chunks::<ROW>().0) {
        for i in 0..GROUP {
            re[i] += x[i] * h[i] - x[GROUP + i] * h[GROUP + i];
            im[i] += x[i] * h[GROUP + i] + x[GROUP + i] * h[i];
        }
    }
    (re, im)
}
