//! Impulse responses from files, into convolutions.

use super::node::{Node, storage};
use super::{Error, setup};
use crate::io;
use dsp_core::reverb::convolution::{
    Coeffs, Convolution, Kernel, LONGEST, Latency, Params, Response, Routing, Setup, kernel_len, required_len,
};
use dsp_core::sample::Sample;
use dsp_core::units::{SampleRate, Seconds};

/// Checks what can be checked without the file.
pub(super) fn check(
    setup: &setup::Convolution,
    params: &Params,
    rate: SampleRate,
    channels: usize,
) -> Result<(), dsp_core::error::Error> {
    Coeffs::<f32>::design(&Setup::new(rate, channels), params)?;
    latency(setup)?;
    // A click has nothing that could be refused; the room is for the pre-delay.
    let room = Seconds(1.0).frames(rate).get() as usize + 1;
    let mut click = vec![0.0_f32; room];
    click[0] = 1.0;
    setup.shape.prepare(rate, &mut [click], 1).map(|_| ())
}

/// The latency of that many frames, or the nearest longer one.
fn latency(setup: &setup::Convolution) -> Result<Latency, dsp_core::error::Error> {
    use Latency::{F64, F128, F256, F512, F1024, Zero};
    let found = [Zero, F64, F128, F256, F512, F1024].into_iter().find(|l| l.frames() as u64 >= setup.latency);
    found.ok_or(dsp_core::error::Error::OutOfRange {
        parameter: "latency",
        value: setup.latency as f64,
        min: 0.0,
        max: F1024.frames() as f64,
        unit: "frames",
    })
}

/// Reads the response, makes it ready and builds the processor.
pub(super) fn node<S: Sample>(
    setup: &setup::Convolution,
    params: &Params,
    rate: SampleRate,
    channels: usize,
) -> Result<Node<S>, Error> {
    check(setup, params, rate, channels)?;
    let refuse = |what: String| Error::Response { path: setup.impulse.clone(), what };
    if setup.impulse.as_os_str().is_empty() {
        return Err(refuse("no file is named: setup = { impulse = 'file.wav' }".to_owned()));
    }
    let (audio, _) = io::read(&setup.impulse)?;
    if audio.rate() != rate {
        return Err(refuse(format!(
            "sample rate is {} Hz, that of the sound {} Hz; both have to be the same, so far",
            audio.rate().get(),
            rate.get()
        )));
    }
    if audio.frames() == 0 {
        return Err(refuse("there is no sound in it".to_owned()));
    }
    let routing = match (audio.channels(), channels) {
        (1, _) => Routing::Mono,
        (4, 2) => Routing::TrueStereo,
        (n, m) if n == m => Routing::PerChannel,
        (n, m) => {
            let more = match m {
                1 => String::new(),
                2 => ", the 2 of the sound, or four for true stereo".to_owned(),
                m => format!(", or the {m} of the sound"),
            };
            return Err(refuse(format!("it has {n} channels; allowed is one{more}")));
        }
    };
    let frames = audio.frames();
    let room = frames + setup.shape.pre_delay.frames(rate).get() as usize;
    let widen = |plane: Vec<f32>| -> Vec<S> {
        let mut plane: Vec<S> = plane.into_iter().map(|v| S::from_f64(f64::from(v))).collect();
        plane.resize(room, S::ZERO);
        plane
    };
    let mut response: Vec<Vec<S>> = audio.into_planes().into_iter().map(widen).collect();
    let frames = setup.shape.prepare(rate, &mut response, frames)?;
    let longest = Seconds(frames as f64 / rate.hertz());
    if longest > LONGEST {
        return Err(refuse(format!("it lasts {:.1} s; allowed are {} s", longest.0, LONGEST.0)));
    }
    let core = Setup { rate, channels, routing, longest, latency: latency(setup)? };
    let mut convolution = Convolution::new(&core, params, storage(required_len(&core)?))?;
    let planes: Vec<&[S]> = response.iter().map(|p| &p[..frames]).collect();
    let response = Response { rate, channels: &planes };
    let kernel = Kernel::new(&core, &response, storage(kernel_len(&core, frames)?))?;
    convolution.swap(kernel, dsp_core::units::Frames::ZERO).unwrap_or_else(|_| unreachable!("made for this set-up"));
    Ok(Box::new(convolution))
}
