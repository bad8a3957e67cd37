use super::*;
use dsp_core::filter::svf;

fn device(text: &str) -> Result<Device, toml::de::Error> {
    toml::from_str(text)
}

#[test]
fn every_device_has_defaults_and_becomes_a_processor() {
    let names = "one_pole dc_block biquad equalizer gain compressor limiter saturation dither pan balance dual_pan \
        frequency_pan rotation width bands bass_mono widener mid_side_gain mid_side_equalizer echo haas chorus flanger \
        phaser tremolo reverb plate velvet shoebox downmix panner binaural gated ducked";
    for name in names.split_whitespace() {
        let effect = if ["gated", "ducked"].contains(&name) { "effect = { device = 'reverb' }" } else { "" };
        let d = device(&format!("device = '{name}'\n{effect}")).unwrap();
        d.check(SampleRate::VIDEO, Layout::STEREO).unwrap();
        for layout in [Layout::MONO, Layout::STEREO, Layout::SURROUND_5_1] {
            d.node::<f32>(SampleRate::CD, layout).unwrap();
            d.node::<f64>(SampleRate::VIDEO, layout).unwrap();
        }
        let text = toml::to_string(&d).unwrap();
        assert_eq!(device(&text).unwrap(), d, "{text}");
        let json = serde_json::to_string(&d).unwrap();
        assert_eq!(serde_json::from_str::<Device>(&json).unwrap(), d, "{json}");
    }
}

#[test]
fn infinite_ratios_and_bands_that_are_off_survive_both_formats() {
    let off = equalizer::Params { bands: std::array::from_fn(|i| (i == 2).then(svf::Params::default)) };
    let brick = compressor::Params { ratio: f64::INFINITY, ..compressor::Params::default() };
    for device in [
        Device::Equalizer { params: Box::new(off) },
        Device::Compressor { setup: setup::Compressor::default(), params: brick },
    ] {
        let from_toml: Device = toml::from_str(&toml::to_string(&device).unwrap()).unwrap();
        let from_json: Device = serde_json::from_str(&serde_json::to_string(&device).unwrap()).unwrap();
        assert_eq!(from_toml, from_json);
        match (device, from_toml) {
            (Device::Equalizer { .. }, Device::Equalizer { params }) => {
                assert_eq!(params.bands[0], Some(svf::Params::default()), "as it sounds");
            }
            (before, after) => assert_eq!(before, after),
        }
    }
}

#[test]
fn wrong_names_and_values_are_named() {
    let e = device("device = 'compresor'").unwrap_err().to_string();
    assert!(e.contains("compresor") && e.contains("compressor"), "{e}");
    let e = device("device = 'compressor'\nparams = { treshold = -3.0 }").unwrap_err().to_string();
    assert!(e.contains("treshold") && e.contains("threshold"), "{e}");
    let e = device("device = 'width'\nsetup = {}").unwrap_err().to_string();
    assert!(e.contains("setup"), "{e}");
    let d = device("device = 'width'\nparams = { width = 7.0 }").unwrap();
    let e = d.node::<f32>(SampleRate::CD, Layout::STEREO).err().unwrap();
    assert_eq!(e.to_string(), "width is 7; allowed are 0 to 2");
    for name in ["compressor", "limiter"] {
        let d = device(&format!("device = '{name}'\nsetup = {{ look_ahead = 1e10 }}")).unwrap();
        let e = d.node::<f32>(SampleRate::CD, Layout::STEREO).err().unwrap();
        assert!(e.to_string().starts_with("look-ahead is 10000000000 s"), "{e}");
    }
}

#[test]
fn bands_above_the_rate_are_left_out_and_named() {
    let d =
        device("device = 'equalizer'\nparams = [{ frequency = 12000.0, gain = 1.0 }, { frequency = 100.0 }]").unwrap();
    let mut left_out = Vec::new();
    let fitted = d.fitted(SampleRate::new(16_000).unwrap(), &mut left_out);
    assert!(fitted.node::<f32>(SampleRate::new(16_000).unwrap(), Layout::MONO).is_ok());
    assert_eq!(left_out.len(), 1);
    assert_eq!(d.fitted(SampleRate::CD, &mut left_out), d);
}

#[test]
fn crossovers_above_the_rate_leave_the_others_in_order() {
    let rate = SampleRate::new(8_000).unwrap();
    for (crossovers, above) in [
        ("120.0, 1000.0, 6000.0", 1),
        ("3590.0, 6000.0, 7000.0", 2),
        ("3000.0, 3590.0, 9000.0", 1),
        ("120.0, 3500.0, 3600.0", 0),
    ] {
        let d = device(&format!("device = 'bands'\nparams = {{ crossovers = [{crossovers}] }}")).unwrap();
        let mut left_out = Vec::new();
        d.fitted(rate, &mut left_out).check(rate, Layout::STEREO).unwrap();
        assert_eq!(left_out.len(), above, "{left_out:?}");
        assert_eq!(d.fitted(SampleRate::VIDEO, &mut Vec::new()), d);
    }
}

#[test]
fn a_gate_around_a_convolution_is_checked_as_well() {
    let text = "device = 'gated'\nparams = { threshold = 1e9 }\neffect = { device = 'convolution' }";
    let e = device(text).unwrap().check(SampleRate::VIDEO, Layout::STEREO).unwrap_err().to_string();
    assert!(e.starts_with("threshold is 1000000000"), "{e}");
}
