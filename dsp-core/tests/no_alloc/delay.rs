//! Delay lines, echo, Haas, saturation, detector.

use crate::{RATE, quiet, storage};
use assert_no_alloc::assert_no_alloc;
use dsp_core::delay::interpolation::{Hermite, Lagrange, Linear, Sinc32};
use dsp_core::delay::line::{Delay, Line};
use dsp_core::delay::{echo, haas, tempo};
use dsp_core::filter::one_pole;
use dsp_core::layout::Layout;
use dsp_core::sample::Sample;
use dsp_core::shape::saturation;
use dsp_core::units::{Decibels, Frames, Hertz, Mix, Seconds};

pub(crate) fn everything<S: Sample>() {
    let over = Frames(500);
    let setup = echo::Setup { rate: RATE, layout: Layout::STEREO, longest: Seconds(0.5) };
    let note = tempo::Time::Synced { note: tempo::Note::SIXTEENTH, tempo: tempo::Tempo(120.0) };
    let params = echo::Params {
        left: tempo::Time::Seconds(Seconds(0.01)),
        right: tempo::Time::Seconds(Seconds(0.02)),
        low_cut: Some(Hertz(100.0)),
        saturation: saturation::Kind::Soft,
        duck: echo::Duck { amount: Decibels(6.0), ..echo::Duck::default() },
        depth: Seconds(0.001),
        mix: Mix(0.5),
        ..echo::Params::default()
    };
    for change in [echo::Change::default(), echo::Change::Tape(0.5)] {
        let mut p = echo::Echo::<S, _>::new(&setup, &params, storage(echo::required_len(&setup))).unwrap();
        assert_no_alloc(|| p.set(&echo::Params { left: note, change, ..params }, over).unwrap());
        quiet("echo", &mut p);
    }

    let setup = haas::Setup { rate: RATE, layout: Layout::STEREO, longest: Seconds(0.04) };
    let mut p = haas::Haas::<S, _>::new(&setup, &haas::Params::default(), storage(haas::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&haas::Params { delay: Seconds(0.03), ..haas::Params::default() }, over).unwrap());
    quiet("haas", &mut p);

    let setup = one_pole::Setup { rate: RATE, channels: 2 };
    let params = saturation::Params { asymmetry: 0.3, ..saturation::Params::default() };
    let mut p =
        saturation::Saturation::<S, _>::new(&setup, &params, storage(saturation::required_len(&setup))).unwrap();
    assert_no_alloc(|| p.set(&saturation::Params { kind: saturation::Kind::Hard, ..params }, over).unwrap());
    quiet("saturation", &mut p);

    let mut line = Line::new(100, 32);
    let (mut ring, mut out) = (storage::<S>(line.ring_len()), [S::ZERO; 64]);
    let delays: [Delay; 64] = core::array::from_fn(|i| Delay::frames(20.0 + 0.3 * i as f64));
    let long = Sinc32::<S>::new();
    assert_no_alloc(|| {
        line.write(&mut ring, &[S::ONE; 64]);
        line.read_moving(&Linear, &ring, &delays, &mut out);
        line.read_moving(&Hermite, &ring, &delays, &mut out);
        line.read_moving::<S, 8>(&Lagrange, &ring, &delays, &mut out);
        line.read_moving(&long, &ring, &delays, &mut out);
        line.read_still(&long, &ring, delays[7], &mut out);
        line.advance(64);
    });
    assert!(out[63] > S::ZERO);
}
