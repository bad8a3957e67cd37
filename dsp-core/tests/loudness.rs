//! The loudness meter beyond the EBU cases: exact levels, weights, undefined values, cuts, bad input, full storage.

use dsp_core::block::Block;
use dsp_core::laws::{Audio, convert};
use dsp_core::layout::{Layout, Position};
use dsp_core::meter::loudness::{Loudness, Reading, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::signal;
use dsp_core::units::{Decibels, Hertz, Lufs, SampleRate, Seconds};
use proptest::prelude::*;

fn meter<S: Sample>(setup: &Setup, seconds: f64) -> Loudness<S, Vec<S>> {
    Loudness::new(setup, vec![S::ZERO; required_len(setup, Seconds(seconds), 64)]).unwrap()
}

fn feed<S: Sample>(meter: &mut Loudness<S, Vec<S>>, audio: &Audio<S>, cuts: &[usize]) -> Reading {
    let mut copy = audio.clone();
    let mut planes = &mut copy[..];
    let mut block = Block::new(&mut planes);
    let (mut at, mut lengths) = (0, cuts.iter().cycle());
    while at < block.frames() {
        let n = *lengths.next().unwrap();
        meter.observe(&block.part(at, n));
        at += n;
    }
    meter.reading()
}

fn tone(rate: SampleRate, db: f64, seconds: f64) -> Vec<f64> {
    let frames = (seconds * rate.hertz()) as usize;
    signal::sine(rate, Hertz(997.0), Decibels(db).amplitude(), 0.0).take(frames).collect()
}

fn integrated(rate: SampleRate, layout: Layout, levels: &[f64]) -> f64 {
    let setup = Setup::new(rate, layout);
    let audio = levels.iter().map(|db| tone(rate, *db, 4.0)).collect();
    feed(&mut meter(&setup, 4.0), &audio, &[4_800]).integrated.unwrap().0
}

#[test]
fn a_full_scale_tone_reads_minus_3_01() {
    // BS.1770-5: 997 Hz at 0 dBFS in one of L, R, C.
    for hz in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
        let l = integrated(SampleRate::new(hz).unwrap(), Layout::MONO, &[0.0]);
        assert!((l - -3.0103).abs() < 0.0005, "{hz}: {l}");
    }
    assert!((integrated(SampleRate::VIDEO, Layout::STEREO, &[-23.0; 2]) - -23.0).abs() < 0.001);
}

#[test]
fn surrounds_weigh_more_and_lfe_nothing() {
    let silent = f64::NEG_INFINITY;
    let ls = integrated(SampleRate::VIDEO, Layout::SURROUND_5_1, &[silent, silent, silent, silent, 0.0, silent]);
    assert!((ls - -1.518).abs() < 0.001, "{ls}");
    let lfe = integrated(SampleRate::VIDEO, Layout::SURROUND_5_1, &[-26.0, -26.0, silent, 0.0, silent, silent]);
    assert!((lfe - -26.0).abs() < 0.001, "{lfe}");
    let moved = Layout::new(&[Position::SideLeft, Position::Lfe, Position::FrontLeft]).unwrap();
    let l = integrated(SampleRate::VIDEO, moved, &[silent, 0.0, 0.0]);
    assert!((l - -3.0103).abs() < 0.001, "the layout counts, not the channel number: {l}");
}

#[test]
fn mono_counts_once_or_twice() {
    let setup = Setup { dual_mono: true, ..Setup::new(SampleRate::VIDEO, Layout::MONO) };
    let audio = vec![tone(SampleRate::VIDEO, -20.0, 4.0)];
    let l = feed(&mut meter(&setup, 4.0), &audio, &[1_000]).integrated.unwrap();
    assert!((l.0 - -20.0).abs() < 0.001, "{l:?}");
}

#[test]
fn what_is_not_defined_is_none() {
    let setup = Setup::new(SampleRate::VIDEO, Layout::STEREO);
    let short = feed(&mut meter(&setup, 1.0), &vec![tone(SampleRate::VIDEO, -23.0, 0.39); 2], &[100]);
    assert_eq!((short.momentary, short.integrated, short.range), (None, None, None));
    assert!((short.sample_peak.0 - -23.0).abs() < 0.01);
    let silence = feed(&mut meter(&setup, 5.0), &vec![vec![0.0; 240_000]; 2], &[512]);
    assert_eq!((silence.integrated, silence.range, silence.short_term_max), (None, None, None));
    assert_eq!((silence.sample_peak, silence.true_peak), (Decibels::SILENCE, Some(Decibels::SILENCE)));
    let nothing = meter::<f32>(&setup, 0.0).reading();
    assert_eq!((nothing.frames.get(), nothing.complete), (0, true));
}

#[test]
fn a_full_list_is_said_and_all_else_goes_on() {
    let setup = Setup::new(SampleRate::VIDEO, Layout::STEREO);
    let audio: Audio<f64> =
        vec![[tone(SampleRate::VIDEO, -30.0, 4.0), tone(SampleRate::VIDEO, -10.0, 4.0)].concat(); 2];
    let r = feed(&mut meter(&setup, 3.9), &audio, &[777]);
    assert!(!r.complete);
    assert!((r.integrated.unwrap().0 - -30.0).abs() < 0.1, "{:?}", r.integrated);
    assert!((r.short_term_max.unwrap().0 - -10.0).abs() < 0.01);
    let r = feed(&mut meter(&setup, 8.0), &audio, &[777]);
    assert!(r.complete && (r.integrated.unwrap().0 - -10.0).abs() < 0.2);
    let too_little = vec![0.0; required_len(&setup, Seconds(0.0), 64) - 1];
    assert!(Loudness::<f64, _>::new(&setup, too_little).is_err());
}

#[test]
fn f32_reads_what_f64_reads() {
    for hz in [44_100, 192_000] {
        let rate = SampleRate::new(hz).unwrap();
        let audio: Audio<f32> = (0..2).map(|c| signal::pink(c, 0.5).take(hz as usize * 6).collect()).collect();
        let setup = Setup::new(rate, Layout::STEREO);
        let narrow = feed(&mut meter(&setup, 6.0), &audio, &[480]);
        let wide = feed(&mut meter(&setup, 6.0), &convert::<f32, f64>(&audio), &[480]);
        let close = |a: Option<Lufs>, b: Option<Lufs>| (a.unwrap().0 - b.unwrap().0).abs() < 1e-4;
        assert!(close(narrow.integrated, wide.integrated), "{:?} {:?}", narrow.integrated, wide.integrated);
        assert!(close(narrow.short_term_max, wide.short_term_max));
        assert!((narrow.true_peak.unwrap().0 - wide.true_peak.unwrap().0).abs() < 1e-4);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn cuts_reset_and_bad_samples(
        seed: u32,
        hz in prop::sample::select(vec![8_000_u32, 11_025, 44_100, 48_000]),
        channels in 1_usize..7,
        cuts in prop::collection::vec(1_usize..900, 1..9),
    ) {
        let rate = SampleRate::new(hz).unwrap();
        let setup = Setup { true_peak: !seed.is_multiple_of(4), ..Setup::new(rate, Layout::of_channels(channels).unwrap()) };
        let mut audio: Audio<f32> = (0..channels as u32)
            .map(|c| signal::pink(seed ^ c, 0.7).take(hz as usize * 4).collect())
            .collect();
        let mut m = meter(&setup, 4.0);
        let whole = feed(&mut m, &audio, &[usize::MAX]);
        m.reset();
        prop_assert_eq!(feed(&mut m, &audio, &cuts), whole);
        prop_assert_eq!(feed(&mut meter(&setup, 4.0), &audio, &[1]), whole);
        let clean = whole.integrated.unwrap().0;
        for (i, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30].into_iter().enumerate() {
            audio[0][1_000 + 3_000 * i] = bad;
        }
        let hurt = feed(&mut meter(&setup, 4.0), &audio, &cuts);
        prop_assert!((hurt.integrated.unwrap().0 - clean).abs() < 0.05);
        prop_assert!(hurt.sample_peak.0 < 10.0);
    }
}
