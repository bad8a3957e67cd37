use super::*;
use crate::filter::svf::{self, Svf};
use crate::laws;
use crate::signal;
use crate::units::{Decibels, Hertz, Q};
use core::f64::consts::FRAC_1_SQRT_2;
use proptest::prelude::*;
use std::{vec, vec::Vec};

fn params(kind: Kind, frequency: f64, gain: f64, q: f64) -> Params {
    Params { kind, frequency: Hertz(frequency), gain: Decibels(gain), q: Q(q) }
}

fn setup(rate: u32) -> Setup {
    Setup { rate: SampleRate::new(rate).unwrap(), channels: 1 }
}

#[test]
fn all_kinds_are_the_curves_of_the_state_variable_filter() {
    for kind in Kind::ALL {
        for (frequency, gain, q) in [(30.0, 9.0, 0.5), (1_000.0, -15.0, 4.0), (21_000.0, 3.0, 1.0)] {
            let p = params(kind, frequency, gain, q);
            let c = Coeffs::<f64>::design(SampleRate::VIDEO, &p).unwrap();
            let ours = svf::Coeffs::<f64>::from_transfer(c.numerator(), c.denominator()).unwrap();
            let theirs = svf::Coeffs::<f64>::design(SampleRate::VIDEO, &p).unwrap();
            for (a, b) in [(ours.d2, theirs.d2), (ours.e, theirs.e), (ours.d3, theirs.d3)] {
                assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{kind:?} {frequency}: {a} for {b}");
            }
            for (a, b) in [(ours.a, theirs.a), (ours.b1, theirs.b1), (ours.b2, theirs.b2)] {
                assert!((a - b).abs() < 1e-7 * (1.0 + b.abs()), "{kind:?} {frequency}: {a} for {b}");
            }
        }
    }
}

#[cfg(feature = "biquad")]
#[test]
fn the_bits_are_those_of_the_biquad_crate() {
    fn same<S: Sample + num_traits::ConstZero>(kind: Kind) {
        use biquad::Biquad as _;
        let p = params(kind, 440.0, 6.0, 2.0);
        let c = Coeffs::<S>::design(SampleRate::VIDEO, &p).unwrap();
        let mut theirs = biquad::DirectForm2Transposed::<S>::new(c.into());
        let noise: Vec<S> = signal::pink(3, 0.5).take(20_000).collect();
        let want = noise.iter().map(|x| theirs.run(*x)).collect();
        let back = Coeffs::from(biquad::Coefficients::from(c));
        let mut ours = Biquad::with_coeffs(&setup(48_000), &back, [S::default(); 2]).unwrap();
        laws::assert_same(&laws::render(&mut ours, &[noise]), &[want], "biquad crate");
    }
    for kind in Kind::ALL {
        same::<f32>(kind);
        same::<f64>(kind);
    }
}

#[test]
fn f32_is_as_inaccurate_at_20_hz_as_the_docs_say() {
    // The docs of the module quote these figures: both bounds are held, so that they stay true.
    for (rate, low, high) in [(192_000, -48.0, -22.0), (48_000, -67.0, -39.0)] {
        let noise: Vec<f64> = signal::pink(7, 0.5).take(400_000).collect();
        let input = [noise.iter().map(|v| f64::from(*v as f32)).collect::<Vec<_>>()];
        let (mut best, mut worst) = (0.0_f64, f64::NEG_INFINITY);
        for kind in Kind::ALL {
            for (gain, q) in [(6.0, FRAC_1_SQRT_2), (6.0, 1.0), (-9.0, 1.0)] {
                let p = params(kind, 20.0, gain, q);
                let mut wide = Biquad::<f64, _>::new(&setup(rate), &p, [0.0; 2]).unwrap();
                let mut narrow = Biquad::<f32, _>::new(&setup(rate), &p, [0.0; 2]).unwrap();
                let reference = laws::render(&mut wide, &input);
                let out = laws::render(&mut narrow, &laws::convert(&input));
                let error: f64 = reference[0].iter().zip(&out[0]).map(|(a, b)| (a - f64::from(*b)).powi(2)).sum();
                let power = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>();
                let db = 10.0 * (error / power(&input[0]).max(power(&reference[0]))).log10();
                (best, worst) = (best.min(db), worst.max(db));
            }
        }
        assert!(best >= low && worst <= high, "{rate} Hz: {best:.1} to {worst:.1} dB");
    }
}

#[test]
fn random_settings_every_frame_stay_bounded() {
    let base = params(Kind::LowPass, 20.0, 0.0, 20.0);
    for over in [0, 1, 7] {
        let mut filter = Biquad::<f32, _>::new(&setup(48_000), &base, [0.0; 2]).unwrap();
        let mut worst = 0.0_f32;
        for (i, x) in signal::white::<f32>(1, 1.0).take(200_000).enumerate() {
            let octaves = f64::from(signal::hash(i as u32)) / 4_294_967_296.0 * 9.96;
            filter.set(&Params { frequency: Hertz(20.0 * octaves.exp2()), ..base }, Frames(over)).unwrap();
            worst = worst.max(laws::render(&mut filter, &[vec![x]])[0][0].abs());
        }
        assert!(worst < 40.0, "over {over}: {worst}");
    }
}

#[test]
fn a_move_to_the_same_settings_is_not_heard() {
    let noise: Vec<f64> = signal::pink(5, 0.5).take(20_000).collect();
    for kind in Kind::ALL {
        let p = params(kind, 150.0, 6.0, 1.0);
        let mut still = Biquad::<f64, _>::new(&setup(48_000), &p, [0.0; 2]).unwrap();
        let mut moved = still.clone();
        let want = laws::render(&mut still, core::slice::from_ref(&noise));
        let mut out = Vec::new();
        for (i, part) in noise.chunks(1_000).enumerate() {
            moved.set(&p, Frames(300 * (i as u64 % 3))).unwrap();
            out.extend_from_slice(&laws::render(&mut moved, &[part.to_vec()])[0]);
        }
        let db = laws::error_db(&want, &[out]);
        assert!(db < -200.0, "{kind:?}: {db}");
    }
}

#[test]
fn a_jump_of_the_cut_off_does_not_jump_in_level() {
    // A constant passes every low-pass at its own level; no move may make it dip or burst beyond its own overshoot.
    let p = |f| params(Kind::LowPass, f, 0.0, 0.5);
    let mut filter = Biquad::<f32, _>::new(&setup(48_000), &p(20.0), [0.0; 2]).unwrap();
    laws::render(&mut filter, &[vec![0.5; 48_000]]);
    for (f, over) in [(15_000.0, 0), (30.0, 0), (8_000.0, 64), (20.0, 480)] {
        filter.set(&p(f), Frames(over)).unwrap();
        let out = laws::render(&mut filter, &[vec![0.5; 48_000]]);
        let (low, high) = out[0].iter().fold((9.0_f32, -9.0_f32), |(l, h), v| (l.min(*v), h.max(*v)));
        assert!(low > 0.2 && high < 0.8, "to {f} Hz over {over}: {low} to {high}");
    }
}

#[test]
fn unstable_coefficients_are_refused() {
    let bad = Coeffs { a1: -2.0, a2: 1.1, ..Coeffs::<f32>::NEUTRAL };
    let nan = Coeffs { b2: f32::NAN, ..Coeffs::NEUTRAL };
    for c in [bad, nan] {
        assert!(Biquad::with_coeffs(&setup(48_000), &c, [0.0; 2]).is_err());
        let mut filter = Biquad::with_coeffs(&setup(48_000), &Coeffs::NEUTRAL, [0.0; 2]).unwrap();
        filter.tune(&c, Frames(10));
        assert_eq!(*filter.coeffs(), Coeffs::NEUTRAL);
    }
    let e =
        Coeffs::<f32>::design(SampleRate::new(192_000).unwrap(), &params(Kind::LowPass, 14.0, 0.0, 0.7)).unwrap_err();
    assert!(std::format!("{e}").starts_with("frequency is 14 Hz; allowed are 14.9"), "{e}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_design_allows_is_stable_and_falls_silent_in_f32(
        kind in 0_usize..8, octaves in 0.0_f64..14.5, gain in -40.0_f64..40.0, q_log in -2.99_f64..4.6, rate in 8_000_u32..768_000
    ) {
        let mut p = params(Kind::ALL[kind], libm::exp2(octaves), gain, libm::exp(q_log));
        if let Err(Error::OutOfRange { min, max, .. }) = Coeffs::<f32>::design(SampleRate::new(rate).unwrap(), &p) {
            // The end of the range that the error names.
            p.frequency = Hertz(p.frequency.0.clamp(min, max));
        }
        let setup = setup(rate);
        let make = || Biquad::<f32, _>::new(&setup, &p, [0.0; 2]).unwrap();
        prop_assert!(make().coeffs().is_stable());
        if matches!(make().tail(), Tail::Frames(f) if f.get() < 5_000_000) {
            laws::silent_after_tail(make, &[signal::white(1, 1.0).take(1_000).collect()]);
        }
    }
}

#[test]
fn a_state_variable_band_is_the_same_sound() {
    let p = params(Kind::Bell, 300.0, 9.0, 2.0);
    let noise = [signal::pink::<f64>(2, 0.5).take(10_000).collect::<Vec<_>>()];
    let mut direct = Biquad::<f64, _>::new(&setup(48_000), &p, [0.0; 2]).unwrap();
    let mut svf = Svf::<f64, _>::new(&setup(48_000), &p, [0.0; 4]).unwrap();
    let db = laws::error_db(&laws::render(&mut direct, &noise), &laws::render(&mut svf, &noise));
    assert!(db < -200.0, "{db}");
}
