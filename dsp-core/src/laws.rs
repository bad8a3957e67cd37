//! The promises every processor keeps, as functions that unit tests, property tests, fuzz targets and third parties call.
//!
//! Each law takes a function that makes the processor and panics with a sentence when the law is broken. Planar input:
//! `input[channel][frame]`.
//!
//! ```
//! use dsp_core::{laws, signal};
//! # use dsp_core::{filter::dc_block, units::{SampleRate, Hertz}};
//! let make = || dc_block::DcBlock::<f32, _>::new(
//!     &dc_block::Setup { rate: SampleRate::VIDEO, channels: 1 },
//!     &dc_block::Params::default(),
//!     [0.0; 2],
//! ).unwrap();
//! let noise: Vec<f32> = signal::white(1, 0.5).take(5_000).collect();
//! laws::cut(make, &[noise.clone()], &[1, 17, 64, 3, 512]);
//! laws::reset_is_new(make, &[noise]);
//! ```

use crate::block::Block;
use crate::process::{FLUSH_PERIOD, Process, Tail};
use crate::sample::Sample;
use alloc::vec;
use alloc::vec::Vec;

/// Planar audio on the heap.
pub type Audio<S> = Vec<Vec<S>>;

/// Runs `input` through a processor in one block.
pub fn render<S: Sample>(processor: &mut impl Process<S>, input: &[Vec<S>]) -> Audio<S> {
    let mut audio = input.to_vec();
    let mut planes = &mut audio[..];
    processor.process(&mut Block::new(&mut planes));
    audio
}

/// Runs `input` through a processor in blocks whose lengths repeat `cuts` (a 0 is an empty block).
pub fn render_cut<S: Sample>(processor: &mut impl Process<S>, input: &[Vec<S>], cuts: &[usize]) -> Audio<S> {
    assert!(cuts.iter().any(|n| *n > 0), "cuts must contain a length above zero");
    let mut audio = input.to_vec();
    let frames = audio.first().map_or(0, Vec::len);
    let mut planes = &mut audio[..];
    let mut block = Block::new(&mut planes);
    let (mut at, mut lengths) = (0, cuts.iter().cycle());
    while at < frames {
        let n = *lengths.next().expect("a cycle does not end");
        processor.process(&mut block.part(at, n));
        at += n;
    }
    audio
}

/// Renders, with a side-chain key, in blocks whose lengths repeat `cuts`.
pub fn render_keyed<S: Sample>(
    processor: &mut impl Process<S>,
    input: &[Vec<S>],
    key: &mut [Vec<S>],
    cuts: &[usize],
) -> Audio<S> {
    let mut audio = input.to_vec();
    let frames = audio.first().map_or(0, Vec::len);
    let mut planes = &mut audio[..];
    let key_planes = &key;
    let mut block = Block::with_key(&mut planes, key_planes);
    let (mut at, mut lengths) = (0, cuts.iter().cycle());
    while at < frames {
        let n = (*lengths.next().expect("a cycle does not end")).max(1);
        processor.process(&mut block.part(at, n));
        at += n;
    }
    audio
}

/// Asserts that two renders are equal bit for bit (both zeros count as equal).
pub fn assert_same<S: Sample>(a: &[Vec<S>], b: &[Vec<S>], law: &str) {
    assert_eq!(a.len(), b.len(), "{law}: channel counts differ");
    for (channel, (x, y)) in a.iter().zip(b).enumerate() {
        for (frame, (p, q)) in x.iter().zip(y).enumerate() {
            assert!(p == q, "{law}: channel {channel}, frame {frame}: {p:?} against {q:?}");
        }
        assert_eq!(x.len(), y.len(), "{law}: lengths differ");
    }
}

/// Cut anywhere changes nothing: blocks of the lengths `cuts` give the bits of one long block.
pub fn cut<S: Sample, P: Process<S>>(make: impl Fn() -> P, input: &[Vec<S>], cuts: &[usize]) {
    let whole = render(&mut make(), input);
    let pieces = render_cut(&mut make(), input, cuts);
    assert_same(&whole, &pieces, "cut law");
}

/// After `reset` a processor is as new.
pub fn reset_is_new<S: Sample, P: Process<S>>(make: impl Fn() -> P, input: &[Vec<S>]) {
    let mut used = make();
    let first = render(&mut used, input);
    used.reset();
    let second = render(&mut used, input);
    assert_same(&first, &second, "reset law");
}

/// Finite in gives finite out, below `bound` in magnitude.
pub fn finite<S: Sample, P: Process<S>>(make: impl Fn() -> P, input: &[Vec<S>], bound: f64) {
    for (channel, plane) in render(&mut make(), input).iter().enumerate() {
        for (frame, v) in plane.iter().enumerate() {
            // A NaN fails this comparison too.
            assert!(v.to_f64().abs() <= bound, "finite law: channel {channel}, frame {frame}: {v:?} exceeds {bound}");
        }
    }
}

/// A non-finite sample does not poison what comes later: output is finite throughout, and from `recover` frames after the
/// bad sample on it equals the clean render within `tolerance`. The input is repeated until that can be seen.
pub fn no_poison<S: Sample, P: Process<S>>(
    make: impl Fn() -> P,
    input: &[Vec<S>],
    at: usize,
    recover: usize,
    tolerance: f64,
) {
    let frames = at + recover + 500;
    let input: Audio<S> = input.iter().map(|p| p.iter().cycle().take(frames).copied().collect()).collect();
    let clean = render(&mut make(), &input);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e30] {
        let mut hurt = input.to_vec();
        for plane in &mut hurt {
            plane[at] = S::from_f64(bad);
        }
        let out = render(&mut make(), &hurt);
        for (channel, (x, y)) in clean.iter().zip(&out).enumerate() {
            for (frame, (p, q)) in x.iter().zip(y).enumerate() {
                let (p, q) = (p.to_f64(), q.to_f64());
                assert!(q.is_finite(), "poison law: {bad} gives {q} in channel {channel}, frame {frame}");
                if frame >= at + recover {
                    assert!((p - q).abs() <= tolerance, "poison law: {bad}: {q} for {p} at frame {frame}");
                }
            }
        }
    }
}

/// After the input has ended, output is exactly zero once latency and tail have passed.
pub fn silent_after_tail<S: Sample, P: Process<S>>(make: impl Fn() -> P, input: &[Vec<S>]) {
    let mut processor = make();
    let Tail::Frames(tail) = processor.tail() else { return };
    let quiet = usize::try_from(processor.latency().get() + tail.get()).expect("tail fits memory");
    let frames = input.first().map_or(0, Vec::len);
    let mut longer = input.to_vec();
    for plane in &mut longer {
        plane.resize(frames + quiet + 1_000, S::ZERO);
    }
    for (channel, plane) in render(&mut processor, &longer).iter().enumerate() {
        for (i, v) in plane[frames + quiet..].iter().enumerate() {
            assert!(*v == S::ZERO, "tail law: channel {channel}: {v:?} {i} frames after the tail of {quiet}");
        }
    }
}

/// An impulse emerges at `latency()`: every channel is exactly zero before and is not at that frame.
pub fn latency_is_true<S: Sample, P: Process<S>>(make: impl Fn() -> P, channels: usize, amplitude: f64) {
    let mut processor = make();
    let latency = usize::try_from(processor.latency().get()).expect("latency fits memory");
    let mut plane = vec![S::ZERO; latency + 2_000];
    plane[100] = S::from_f64(amplitude);
    for (channel, plane) in render(&mut processor, &vec![plane; channels]).iter().enumerate() {
        let first = plane.iter().position(|v| *v != S::ZERO);
        assert_eq!(first, Some(100 + latency), "latency law: channel {channel}");
    }
}

/// With these (neutral) settings the output is the input, delayed by the latency, bit for bit.
pub fn identity<S: Sample, P: Process<S>>(make: impl Fn() -> P, input: &[Vec<S>]) {
    let mut processor = make();
    let latency = usize::try_from(processor.latency().get()).expect("latency fits memory");
    let frames = input.first().map_or(0, Vec::len);
    let mut padded = input.to_vec();
    for plane in &mut padded {
        plane.resize(frames + latency, S::ZERO);
    }
    let out = render(&mut processor, &padded);
    let aligned: Audio<S> = out.iter().map(|p| p[latency..].to_vec()).collect();
    assert_same(&aligned, input, "identity law");
}

/// A block that lacks channels is as if they were silent: what is heard then and later is the same. All channels sound
/// first, so that there is something to remember; then some are missing; then all are there again.
pub fn missing_channels_are_silent<S: Sample, P: Process<S>>(make: impl Fn() -> P, input: &[Vec<S>]) {
    let third = input.first().map_or(0, Vec::len) / 3;
    let part = |audio: &[Vec<S>], from: usize, to: usize| -> Audio<S> {
        audio.iter().map(|plane| plane[from * third..to * third].to_vec()).collect()
    };
    for present in 1..input.len() {
        let mut silenced = part(input, 0, 3);
        silenced[present..].iter_mut().for_each(|plane| plane[third..2 * third].fill(S::ZERO));
        let whole = render(&mut make(), &silenced);
        let mut processor = make();
        render(&mut processor, &part(input, 0, 1));
        let middle = render(&mut processor, &part(&input[..present], 1, 2));
        let end = render(&mut processor, &part(input, 2, 3));
        assert_same(&part(&whole[..present], 1, 2), &middle, "channel law, while channels are missing");
        assert_same(&part(&whole, 2, 3), &end, "channel law, after channels were missing");
    }
}

/// Channels beyond the set-up are left alone, missing ones are no error.
pub fn extra_channels_untouched<S: Sample, P: Process<S>>(make: impl Fn() -> P, channels: usize, input: &[S]) {
    for count in [0, channels.saturating_sub(1), channels + 2] {
        let audio = vec![input.to_vec(); count];
        let out = render(&mut make(), &audio);
        for (channel, plane) in out.iter().enumerate().skip(channels) {
            assert!(plane[..] == *input, "channel law: channel {channel} of {channels} was changed");
        }
    }
}

/// After a burst no subnormals go round, whatever tiny rest the input carries: a recursion is flushed at the latest one
/// [`FLUSH_PERIOD`] after it has become inaudible, so there are fewer than two periods of them. Timing is left to benches.
pub fn no_subnormals<S: Sample, P: Process<S>>(make: impl Fn() -> P, channels: usize, frames: usize) {
    let plane: Vec<S> = crate::signal::white::<S>(9, 0.5)
        .take(1_000)
        .chain(core::iter::repeat_n(S::from_f64(S::TINY.to_f64() * 1e-10), frames))
        .collect();
    let mut processor = make();
    let latency = usize::try_from(processor.latency().get()).expect("latency fits memory");
    // The smallest normal number.
    let smallest = if S::EPSILON.to_f64() > 1e-10 { f64::from(f32::MIN_POSITIVE) } else { f64::MIN_POSITIVE };
    for plane in render(&mut processor, &vec![plane; channels]) {
        let after = plane.iter().skip(1_000 + latency).map(|v| v.to_f64().abs());
        let count = after.filter(|size| *size != 0.0 && *size < smallest).count();
        assert!(count < 2 * FLUSH_PERIOD, "subnormal law: {count} in a row of {frames}");
    }
}

/// Error of `test` against `reference` in dB relative to the power of `reference`.
pub fn error_db<S: Sample, R: Sample>(reference: &[Vec<R>], test: &[Vec<S>]) -> f64 {
    let (mut power, mut error) = (0.0, 0.0);
    for (x, y) in reference.iter().zip(test) {
        for (p, q) in x.iter().zip(y) {
            power += p.to_f64() * p.to_f64();
            error += (p.to_f64() - q.to_f64()) * (p.to_f64() - q.to_f64());
        }
    }
    10.0 * libm::log10((error / power).max(1e-40))
}

/// The same audio in another sample type.
pub fn convert<S: Sample, R: Sample>(audio: &[Vec<S>]) -> Audio<R> {
    audio.iter().map(|p| p.iter().map(|v| R::from_f64(v.to_f64())).collect()).collect()
}
