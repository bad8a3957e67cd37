//! The signals, from the recipes.

use crate::Signal;
use crate::recipe::{Burst, Case, Segment, Series, Tone};
use dsp_core::units::SampleRate;
use std::f64::consts::{PI, TAU};

fn amplitude(db: f64) -> f64 {
    10.0_f64.powf(db / 20.0)
}

fn frames(seconds: f64, rate: f64) -> usize {
    (seconds * rate).round() as usize
}

/// The files of a case; for a series in one file also the length of an item.
pub(crate) fn render(case: &Case, rate: SampleRate, frequency: f64) -> (Vec<Signal>, Option<usize>) {
    let rate = rate.hertz();
    let everywhere = |x: Vec<f64>| vec![x; case.channels.len()];
    if let Some(segments) = &case.segments {
        let tone = stepped(segments, case.repeat.unwrap_or(1), rate, frequency);
        let level = |name: &String| case.channel_levels_dbfs.as_ref().map_or(0.0, |l| l[name]);
        let planes = case.channels.iter().map(|c| tone.iter().map(|v| v * amplitude(level(c))).collect());
        return (vec![planes.collect()], None);
    }
    if let Some(s) = &case.series {
        let items: Vec<Vec<f64>> = (0..s.count).map(|i| item(s, i, rate, frequency)).collect();
        if s.one_file {
            let length = items[0].len();
            return (vec![everywhere(items.concat())], Some(length));
        }
        return (items.into_iter().map(everywhere).collect(), None);
    }
    if let Some(tone) = &case.tone {
        return (vec![everywhere(peak_tone(tone, rate))], None);
    }
    (vec![everywhere(peak_burst(case.burst.as_ref().unwrap(), rate))], None)
}

/// A phase-continuous tone whose level steps.
fn stepped(segments: &[Segment], repeat: usize, rate: f64, frequency: f64) -> Vec<f64> {
    let (mut out, mut time) = (Vec::new(), 0.0);
    for segment in (0..repeat).flat_map(|_| segments) {
        time += segment.duration_s;
        let level = amplitude(segment.level_dbfs);
        let from = out.len();
        out.extend((from..frames(time, rate)).map(|n| level * (TAU * frequency * n as f64 / rate).sin()));
    }
    out
}

fn item(s: &Series, i: usize, rate: f64, frequency: f64) -> Vec<f64> {
    let i = i as f64;
    let level = amplitude(s.level_dbfs + i * s.level_step_db);
    let mut x = vec![0.0; frames(s.lead_silence_s + i * s.lead_silence_step_s, rate)];
    x.extend((0..frames(s.tone_s, rate)).map(|n| level * (TAU * frequency * n as f64 / rate).sin()));
    x.resize(x.len() + frames(s.tail_silence_s + i * s.tail_silence_step_s, rate), 0.0);
    x
}

/// Linear fades at both ends.
fn fade(n: usize, length: usize, over: usize) -> f64 {
    (n.min(length - 1 - n) as f64 / over as f64).min(1.0)
}

fn peak_tone(t: &Tone, rate: f64) -> Vec<f64> {
    let (length, over) = (frames(t.duration_s, rate), frames(t.fade_s, rate));
    let phase = t.phase_deg * PI / 180.0;
    let tone = |n: usize| t.amplitude_ffs * (TAU * t.frequency_over_fs * n as f64 + phase).sin();
    (0..length).map(|n| tone(n) * fade(n, length, over)).collect()
}

fn peak_burst(b: &Burst, rate: f64) -> Vec<f64> {
    let (times, fast) = (b.oversampling, rate * b.oversampling as f64);
    let length = frames(b.duration_s, rate) * times + times;
    let period = (times as f64 / b.tone_over_fs).round() as usize;
    let burst = (times as f64 / b.burst_over_fs).round() as usize;
    let start = (b.burst_start_s * fast / period as f64).round() as usize * period;
    let over = frames(b.fade_s, fast);
    let wave = |n: usize| {
        if (start..start + burst).contains(&n) {
            return b.burst_amplitude_ffs * (TAU * (n - start) as f64 / burst as f64).sin();
        }
        let phase = if n < start { n } else { n - burst };
        b.tone_amplitude_ffs * (TAU * (phase % period) as f64 / period as f64).sin() * fade(n, length, over)
    };
    let x: Vec<f64> = (0..length).map(wave).collect();
    let half = (b.filter_taps / 2) as isize;
    let cutoff = b.filter_cutoff_over_fs / times as f64;
    let h: Vec<f64> = (-half..=half)
        .map(|m| {
            let t = m as f64;
            let sinc = if m == 0 { 1.0 } else { (TAU * cutoff * t).sin() / (TAU * cutoff * t) };
            sinc * (0.5 + 0.5 * (PI * t / half as f64).cos())
        })
        .collect();
    let sum: f64 = h.iter().sum();
    let out = (b.offset_samples_4fs..length).step_by(times);
    out.map(|n| {
        let first = n as isize - half;
        let taps =
            h.iter().enumerate().filter_map(|(k, h)| Some(h * x.get(usize::try_from(first + k as isize).ok()?)?));
        taps.sum::<f64>() / sum
    })
    .collect()
}
