use crate::analysis::{OCTAVES, bands::Spectrum, decay, density, late};
use dsp_core::laws;
use dsp_core::reverb::plate::{Params, Plate, Setup, required_len};
use dsp_core::signal;
use dsp_core::units::{Hertz, Mix, SampleRate, Seconds};

fn response(rate: u32, params: &Params, seconds: f64) -> Vec<Vec<f64>> {
    let setup = Setup::new(SampleRate::new(rate).unwrap());
    let params = Params { mix: Mix::WET, ..*params };
    let mut plate = Plate::<f32, _>::new(&setup, &params, vec![0.0; required_len(&setup)]).unwrap();
    let frames = (seconds * f64::from(rate)) as usize;
    let impulse: Vec<f32> = signal::impulse(0).take(frames).collect();
    laws::convert(&laws::render(&mut plate, &[impulse.clone(), impulse]))
}

/// Nothing taken off at the top, nothing moves.
const BARE: Params = Params {
    time: Seconds(2.0),
    pre_delay: Seconds(0.0),
    bandwidth: Hertz(20_000.0),
    damping: Hertz(20_000.0),
    diffusion: 0.75,
    modulation_depth: Seconds(0.0),
    modulation_rate: Hertz(1.0),
    width: 1.0,
    freeze: false,
    mix: Mix::WET,
};

#[test]
fn it_decays_in_the_time_that_is_set() {
    for (time, within) in [(0.5, 0.22), (0.8, 0.06), (1.2, 0.06), (2.0, 0.06), (4.0, 0.06), (10.0, 0.06)] {
        let read = response(48_000, &Params { time: Seconds(time), ..BARE }, 1.2 * time + 1.0);
        for (d, centre) in decay::octaves(&read, 48_000.0, &OCTAVES[3..6]).iter().zip(&OCTAVES[3..6]) {
            assert!((d.t30 / time - 1.0).abs() <= within, "{time} s, {centre} Hz: {:.3} s", d.t30);
        }
    }
}

#[test]
fn damping_shortens_the_top_and_nothing_else() {
    let read = |damping: f64| {
        let r = response(48_000, &Params { damping: Hertz(damping), ..BARE }, 3.5);
        decay::octaves(&r, 48_000.0, &OCTAVES).iter().map(|d| d.t30).collect::<Vec<_>>()
    };
    let (bare, damped) = (read(20_000.0), read(4_000.0));
    assert!((damped[2] / bare[2] - 1.0).abs() < 0.05 && damped[7] < 0.75 * bare[7], "{bare:?} {damped:?}");
    assert!(damped[3..].is_sorted_by(|a, b| a > b));
}

#[test]
fn late_it_is_noise_of_an_even_colour_in_two_independent_channels() {
    for rate in [44_100, 48_000, 96_000] {
        let sides = response(rate, &Params::default(), 3.5);
        let rate = f64::from(rate);
        let t60 = decay::decay(&sides, rate).t30;
        for side in &sides {
            let density = density::profile(side, rate, 1.5);
            let sustained = density.sustained(0.9).unwrap();
            let colour = late::colour(side, rate, 0.3, t60);
            let low = Spectrum::of(side, rate).share_below(20.0);
            assert!(sustained <= 0.45, "{rate} Hz: noise after {sustained} s");
            assert!(density.mean(0.5, 1.5) >= 0.97, "{rate} Hz: {:.3}", density.mean(0.5, 1.5));
            assert!(colour.deviation <= 6.6 && colour.worst_mode <= 19.0, "{rate} Hz: {colour:?}");
            assert!(low <= 0.003, "{rate} Hz: {low} of the energy below 20 Hz");
        }
        let [left, right] = &sides[..] else { unreachable!("two channels") };
        let whole = late::late_correlation(left, right, rate, 0.1);
        assert!(whole.abs() <= 0.05, "{rate} Hz: {whole:.3}");
        let octaves = late::octave_correlations(left, right, rate, 0.1, &OCTAVES);
        assert!(octaves.iter().all(|r| r.abs() <= 0.2), "{rate} Hz: {octaves:.2?}");
    }
}
