//! The loop over left/right pairs that all stereo tools share.

use crate::block::Block;
use crate::layout::Layout;
use crate::process::{CHUNK, Process};
use crate::ramp::{Blend, Ramp};
use crate::sample::{Sample, clean_all};

/// Most pairs of a layout: nine places have a right partner, and two pairs go through a kernel together.
pub(super) const MAX_PAIRS: usize = 10;

/// One signal per pair, such as its side; an even number, so that two go through one kernel together.
pub(super) type Planes<S> = [[S; CHUNK]; MAX_PAIRS];

/// The pairs of a layout, looked up once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pairs {
    list: [(u8, u8); MAX_PAIRS],
    count: usize,
    channels: usize,
    /// Bit set: channels that are in a pair.
    paired: u32,
}

impl Pairs {
    pub(super) fn of(layout: &Layout) -> Self {
        let mut pairs = Self { list: [(0, 0); MAX_PAIRS], count: 0, channels: layout.channels(), paired: 0 };
        for (slot, (left, right)) in pairs.list.iter_mut().zip(layout.pairs()) {
            *slot = (left as u8, right as u8);
            pairs.count += 1;
            pairs.paired |= 1 << left | 1 << right;
        }
        pairs
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Two pairs go through a kernel together: how many such couples there are, at least one.
    pub(super) fn couples(layout: &Layout) -> usize {
        layout.pairs().count().div_ceil(2).max(1)
    }

    /// Calls `each(number, left, right)` for every pair, cleaned; a channel that the block lacks is silent. Channels of
    /// the layout without a partner are cleaned. At most [`CHUNK`] frames.
    #[inline(always)]
    pub(super) fn each<S: Sample>(&self, part: &mut Block<'_, S>, mut each: impl FnMut(usize, &mut [S], &mut [S])) {
        self.again(part, |number, left, right| {
            clean_all(left);
            clean_all(right);
            each(number, left, right);
        });
        for channel in (0..part.channels().min(self.channels)).filter(|c| self.paired & 1 << c == 0) {
            clean_all(part.channel_mut(channel));
        }
    }

    /// A tool without memory: frame by frame `now` makes numbers of the coefficients, by which `turn` changes a pair.
    #[inline(always)]
    pub(super) fn steer<S: Sample, C: Blend<Scalar = S>, N: Copy>(
        &self,
        coeffs: &mut Ramp<C>,
        block: &mut Block<'_, S>,
        now: impl Fn(&C) -> N,
        turn: impl Fn(N, S, S) -> (S, S),
    ) {
        let frames = block.frames();
        let mut at = 0;
        while at < frames {
            let n = CHUNK.min(frames - at);
            let mut numbers = [now(coeffs.target()); CHUNK];
            if coeffs.moving() {
                for (i, numbers) in numbers[..n].iter_mut().enumerate() {
                    *numbers = now(&coeffs.now(i));
                }
            }
            self.each(&mut block.part(at, n), |_, left, right| {
                for ((l, r), numbers) in left.iter_mut().zip(right.iter_mut()).zip(&numbers) {
                    (*l, *r) = turn(*numbers, *l, *r);
                }
            });
            coeffs.advance(n);
            at += n;
        }
    }

    /// As [`Self::each`], on what has been cleaned before.
    #[inline(always)]
    pub(super) fn again<S: Sample>(&self, part: &mut Block<'_, S>, mut each: impl FnMut(usize, &mut [S], &mut [S])) {
        let (channels, n) = (part.channels(), part.frames());
        for (number, (left, right)) in self.list[..self.count].iter().enumerate() {
            let (left, right) = (usize::from(*left), usize::from(*right));
            if left < channels && right < channels {
                let (l, r) = part.pair_mut(left, right);
                each(number, l, r);
                continue;
            }
            let mut silence = [[S::ZERO; CHUNK]; 2];
            let [l, r] = silence.each_mut().map(|s| &mut s[..n]);
            match (left < channels, right < channels) {
                (true, _) => each(number, part.channel_mut(left), r),
                (_, true) => each(number, l, part.channel_mut(right)),
                _ => each(number, l, r),
            }
        }
    }
}

/// Runs the first `channels` planes through a processor.
pub(super) fn through<S: Sample>(
    processor: &mut impl Process<S>,
    planes: &mut Planes<S>,
    channels: usize,
    frames: usize,
) {
    let mut planes = &mut planes[..channels];
    processor.process(&mut Block::new(&mut planes).part(0, frames));
}

/// `(l - r) / 2`.
#[inline(always)]
pub(super) fn side<S: Sample>(left: &[S], right: &[S], out: &mut [S]) {
    let half = S::from_f64(0.5);
    for ((s, l), r) in out.iter_mut().zip(left).zip(right) {
        *s = (*l - *r) * half;
    }
}

/// `(l + r) / 2`.
#[inline(always)]
pub(super) fn middle<S: Sample>(left: &[S], right: &[S], out: &mut [S]) {
    let half = S::from_f64(0.5);
    for ((m, l), r) in out.iter_mut().zip(left).zip(right) {
        *m = (*l + *r) * half;
    }
}

/// Adds `d` to the left and takes it from the right: what touches the side alone.
#[inline(always)]
pub(super) fn spread<S: Sample>(left: &mut [S], right: &mut [S], d: &[S]) {
    for ((l, r), d) in left.iter_mut().zip(right.iter_mut()).zip(d) {
        (*l, *r) = (*l + *d, *r - *d);
    }
}

/// Adds `d` to both: what touches the middle alone.
#[inline(always)]
pub(super) fn lift<S: Sample>(left: &mut [S], right: &mut [S], d: &[S]) {
    for ((l, r), d) in left.iter_mut().zip(right.iter_mut()).zip(d) {
        (*l, *r) = (*l + *d, *r + *d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Position;
    use std::vec::Vec;

    #[test]
    fn every_layout_has_room_for_its_pairs() {
        for channels in 1..=24 {
            let layout = Layout::from_mask(channels, 0x3FFFF).unwrap();
            let pairs = Pairs::of(&layout);
            let list: Vec<_> = pairs.list[..pairs.count()].iter().map(|(l, r)| (*l as usize, *r as usize)).collect();
            assert_eq!(list, layout.pairs().collect::<Vec<_>>());
        }
    }

    #[test]
    fn layouts_up_to_22_2_are_wide_enough_for_every_tool() {
        use crate::laws::render;
        use crate::signal::white;
        use crate::stereo::{bands, bass_mono, mid_side_equalizer, widener};
        use crate::units::SampleRate;
        for (name, layout) in Layout::BS2051.into_iter().chain([("all pairs", all_pairs())]) {
            let list = Pairs::of(&layout);
            assert_eq!(list.count(), layout.pairs().count(), "{name}");
            let setup = bass_mono::Setup { rate: SampleRate::VIDEO, layout };
            let input: Vec<Vec<f32>> =
                (0..layout.channels() as u32).map(|c| white(c, 0.5).take(300).collect()).collect();
            let memory = |len| std::vec![0.0_f32; len];
            let narrow = bands::Params { widths: [0.0; 4], ..bands::Params::default() };
            let bands = bands::Bands::new(&setup, &narrow, memory(bands::required_len(&setup)));
            let out = render(&mut bands.unwrap(), &input);
            for (l, r) in layout.pairs() {
                assert!(out[l].iter().zip(&out[r]).all(|(a, b)| (a - b).abs() < 1e-6), "{name}: {l} and {r}");
            }
            let len = widener::required_len(&setup);
            let widener = widener::Widener::new(&setup, &widener::Params::default(), memory(len));
            let out = render(&mut widener.unwrap(), &input);
            assert!(layout.pairs().all(|(l, r)| out[l] != input[l] && out[r] != input[r]), "{name}");
            let len = mid_side_equalizer::required_len(&setup);
            let flat = mid_side_equalizer::Params::default();
            let equalizer = mid_side_equalizer::MidSideEqualizer::new(&setup, &flat, [memory(len), memory(len)]);
            assert_eq!(render(&mut equalizer.unwrap(), &input), input, "{name}");
        }
    }

    /// Every left place there is, and its partner.
    fn all_pairs() -> Layout {
        use Position as P;
        let left = [
            (P::FrontLeft, P::FrontRight),
            (P::BackLeft, P::BackRight),
            (P::FrontLeftOfCentre, P::FrontRightOfCentre),
            (P::SideLeft, P::SideRight),
            (P::TopFrontLeft, P::TopFrontRight),
            (P::TopBackLeft, P::TopBackRight),
            (P::TopSideLeft, P::TopSideRight),
            (P::BottomFrontLeft, P::BottomFrontRight),
            (P::FrontWideLeft, P::FrontWideRight),
        ];
        let places: Vec<_> = left.into_iter().flat_map(|(l, r)| [l, r]).collect();
        Layout::new(&places).unwrap()
    }

    #[test]
    fn a_partner_that_is_not_there_is_silent_on_either_side() {
        let back_to_front = Layout::new(&[Position::FrontRight, Position::FrontLeft]).unwrap();
        for (layout, left, right) in [(Layout::STEREO, 3.0, 0.0), (back_to_front, 0.0, 3.0)] {
            let mut planes = [[3.0_f32; 8]];
            Pairs::of(&layout).each(&mut Block::new(&mut planes), |_, l, r| {
                assert!(l == [left; 8] && r == [right; 8]);
                l.fill(1.0);
                r.fill(1.0);
            });
            assert_eq!(planes, [[1.0; 8]]);
            let mut none: [[f32; 8]; 0] = [];
            let mut calls = 0;
            Pairs::of(&layout).each(&mut Block::new(&mut none), |_, _, _| calls += 1);
            assert_eq!(calls, 1, "memory goes on when both are missing");
        }
    }
}
