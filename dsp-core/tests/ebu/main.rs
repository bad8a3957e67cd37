//! EBU Tech 3341 cases 1 to 6 and 9 to 23 and Tech 3342 cases 1 to 4, synthesised from the recipes in `tests/data`, at
//! four rates, in `f32` and `f64`, in blocks of any size.

mod recipe;
mod signals;

use dsp_core::block::Block;
use dsp_core::layout::{Layout, Position};
use dsp_core::meter::loudness::{Loudness, Setup, required_len};
use dsp_core::sample::Sample;
use dsp_core::units::{SampleRate, Seconds};
use recipe::{Case, Document};

/// A file of a case, planar.
type Signal = Vec<Vec<f64>>;

/// What was read from one file.
struct Read {
    integrated: f64,
    range: f64,
    momentary_max: f64,
    short_term_max: f64,
    true_peak: f64,
    /// Every momentary and short-term value on a grid of 10 ms.
    momentary: Vec<f64>,
    short_term: Vec<f64>,
    /// Running maxima at the end of every item of a series.
    steps: Vec<[f64; 2]>,
}

fn layout(channels: &[String]) -> Layout {
    let positions: Vec<Position> = channels
        .iter()
        .map(|name| match name.as_str() {
            "L" => Position::FrontLeft,
            "R" => Position::FrontRight,
            "C" => Position::FrontCentre,
            "Ls" => Position::SideLeft,
            "Rs" => Position::SideRight,
            other => panic!("channel {other}"),
        })
        .collect();
    Layout::new(&positions).unwrap()
}

fn read<S: Sample>(case: &Case, rate: SampleRate, signal: &Signal, seed: usize, item: Option<usize>) -> Read {
    let setup = Setup { true_peak: case.measures("true_peak"), ..Setup::new(rate, layout(&case.channels)) };
    let length = Seconds(signal[0].len() as f64 / rate.hertz());
    let mut meter = Loudness::<S, _>::new(&setup, vec![S::ZERO; required_len(&setup, length, 64)]).unwrap();
    let mut planes: Vec<Vec<S>> = signal.iter().map(|p| p.iter().map(|v| S::from_f64(*v)).collect()).collect();
    let mut planes = &mut planes[..];
    let mut block = Block::new(&mut planes);
    let number = |l: Option<dsp_core::units::Lufs>| l.map_or(f64::NEG_INFINITY, |l| l.0);
    let (mut at, mut next_slot, mut momentary, mut short_term, mut steps) = (0, 0, vec![], vec![], vec![]);
    // Block lengths from 1 to some thousands, other ones for every case.
    let mut size = 1 + seed % 7;
    while at < block.frames() {
        size = (size * 37 + 11) % 4_999 + 1;
        let mut end = (at + size).min(block.frames());
        // Readings on the grid, and at the ends of items, need a block edge there.
        let grid = (next_slot as f64 * rate.hertz() / 100.0 + 0.5) as usize;
        if case.constant() && grid > at {
            end = end.min(grid);
        }
        if let Some(item) = item {
            end = end.min((at / item + 1) * item);
        }
        meter.observe(&block.part(at, end - at));
        at = end;
        if at >= grid {
            momentary.push(number(meter.momentary()));
            short_term.push(number(meter.short_term()));
            next_slot += 1;
        }
        if item.is_some_and(|item| at % item == 0) {
            let r = meter.reading();
            steps.push([number(r.momentary_max), number(r.short_term_max)]);
        }
    }
    let r = meter.reading();
    assert!(r.complete);
    Read {
        integrated: number(r.integrated),
        range: r.range.map_or(f64::NAN, |r| r.0),
        momentary_max: number(r.momentary_max),
        short_term_max: number(r.short_term_max),
        true_peak: r.true_peak.map_or(f64::NAN, |p| p.0),
        momentary,
        short_term,
        steps,
    }
}

/// Checks one reading against tolerance and, where given, our own double-precision reference (48 kHz, `f64`).
fn check(case: &Case, what: &str, value: f64, expected: f64, reference: Option<f64>, exact: bool) {
    let (low, high) = (expected - case.tolerance_minus, expected + case.tolerance_plus);
    assert!(value >= low && value <= high, "{} {what}: {value:.4} is not within {low} to {high}", case.id);
    if let (Some(reference), true) = (reference, exact) {
        let tolerance = match what {
            "true_peak" => 0.05,
            "LRA" => 0.01,
            _ => 0.002,
        };
        assert!((value - reference).abs() <= tolerance, "{} {what}: {value:.4} against {reference}", case.id);
    }
}

fn run<S: Sample>(document: &Document, hz: u32) {
    let rate = SampleRate::new(hz).unwrap();
    let exact = hz == 48_000 && S::EPSILON.to_f64() < 1e-10;
    for case in document.case.iter().filter(|c| c.synthesisable) {
        let (files, item) = signals::render(case, rate, document.defaults.frequency_hz);
        for (number, signal) in files.iter().enumerate() {
            let r = read::<S>(case, rate, signal, case.number + number, item);
            for measure in &case.measure {
                match measure.as_str() {
                    "I" => check(case, "I", r.integrated, case.expected, case.reference_i, exact),
                    "LRA" => check(case, "LRA", r.range, case.expected, case.reference_range(), exact),
                    "true_peak" => {
                        check(case, "true_peak", r.true_peak, case.expected, case.reference_true_peak, exact);
                    }
                    "M" | "S" => {
                        let (values, window, reference) = if measure == "M" {
                            (&r.momentary, 0.4, case.reference_m)
                        } else {
                            (&r.short_term, 3.0, case.reference_s)
                        };
                        let from = (case.constant_after_s.unwrap_or(window) * 100.0).round() as usize;
                        assert!(values.len() > from + 10);
                        for v in &values[from..] {
                            check(case, measure, *v, case.expected, None, exact);
                        }
                        check(case, measure, values[values.len() - 1], case.expected, reference, exact);
                    }
                    "max_M" | "max_S" if item.is_some() => {
                        let (index, offset) = if measure == "max_M" {
                            (0, case.reference_max_m_offset)
                        } else {
                            (1, case.reference_max_s_offset)
                        };
                        assert_eq!(r.steps.len(), 20);
                        for (i, step) in r.steps.iter().enumerate() {
                            let expected = case.expected + i as f64 * case.expected_step.unwrap();
                            let reference = offset.map(|o| expected + o);
                            check(case, measure, step[index], expected, reference, exact);
                        }
                    }
                    "max_M" => check(case, "max_M", r.momentary_max, case.expected, case.reference_max_m, exact),
                    "max_S" => check(case, "max_S", r.short_term_max, case.expected, case.reference_max_s, exact),
                    other => panic!("measure {other}"),
                }
            }
        }
    }
}

macro_rules! at_rates {
    ($($name:ident: $hz:literal),+) => {
        $(mod $name {
            use super::*;
            #[test]
            fn tech_3341_in_f32() {
                run::<f32>(&recipe::tech_3341(), $hz);
            }
            #[test]
            fn tech_3341_in_f64() {
                run::<f64>(&recipe::tech_3341(), $hz);
            }
            #[test]
            fn tech_3342_in_f32() {
                run::<f32>(&recipe::tech_3342(), $hz);
            }
            #[test]
            fn tech_3342_in_f64() {
                run::<f64>(&recipe::tech_3342(), $hz);
            }
        })+
    };
}

at_rates!(at_44_khz: 44_100, at_48_khz: 48_000, at_96_khz: 96_000, at_192_khz: 192_000);
