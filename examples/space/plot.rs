//! Pictures of an effect: how each octave of its answer to a click dies away, and the spectrum of that answer over time.

use dsp_core::fft::real::{self, Real};
use dsp_core::layout::Layout;
use dsp_core::units::{Mix, SampleRate, Seconds};
use dsp_std::audio::Audio;
use dsp_std::chain::Chain;
use dsp_std::decay::{self, Octave, STEP};
use dsp_std::preset::effect::Effect;
use plotters::prelude::*;
use std::error::Error;

/// Longest answer that is drawn.
const LONGEST: Seconds = Seconds(6.0);
/// Deepest level that is drawn, dB.
const FLOOR: f64 = -80.0;
/// Width of a colour, dB.
const BAND: f64 = 10.0;
/// Lowest and highest frequency, Hz.
const RANGE: [f64; 2] = [40.0, 20_000.0];
/// Rows of the spectrum.
const ROWS: usize = 32;
/// Columns of the spectrum.
const COLUMNS: usize = 80;
/// Frames of a spectrum.
const WINDOW: usize = 2048;

/// Both pictures, as the text of an SVG file.
pub(crate) fn effect(effect: &Effect, rate: SampleRate, layout: Layout) -> Result<String, Box<dyn Error>> {
    let answer = answer(effect, rate, layout)?;
    let octaves = decay::octaves(&answer)?;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (900, 420)).into_drawing_area();
        root.fill(&WHITE)?;
        let (left, right) = root.split_horizontally(450);
        draw_decay(&left, &effect.name, &octaves)?;
        draw_spectrum(&right, &answer)?;
        root.present()?;
    }
    Ok(svg)
}

/// What the effect alone answers to a click on all channels.
fn answer(effect: &Effect, rate: SampleRate, layout: Layout) -> Result<Audio, Box<dyn Error>> {
    let mut effect = effect.clone();
    effect.set_mix(Mix::WET);
    let mut chain = Chain::<f32>::new(&effect.chain, rate, layout)?;
    let mut planes = vec![vec![0.0; 1]; layout.channels()];
    planes.iter_mut().for_each(|p| p[0] = 0.5);
    chain.ring_out(&mut planes, LONGEST.frames(rate).get() as usize, |_| {});
    Ok(Audio::new(rate, layout, planes)?)
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw_decay(area: &Area<'_>, name: &str, octaves: &[Octave]) -> Result<(), Box<dyn Error>> {
    let longest = octaves.iter().map(|o| o.curve.len()).max().unwrap_or(1).max(10) as f64 * STEP.0;
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{name}: decay per octave"), ("sans-serif", 15))
        .margin(8)
        .x_label_area_size(32)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..longest, -60.0..0.0)?;
    chart.configure_mesh().x_desc("s").y_desc("dB").light_line_style(WHITE).draw()?;
    for (i, octave) in octaves.iter().enumerate() {
        let colour = HSLColor(0.75 * i as f64 / 7.0, 0.8, 0.42);
        let label = match octave.t60 {
            Some(t60) => format!("{} Hz: {:.2} s", octave.centre.0, t60.0),
            None => format!("{} Hz", octave.centre.0),
        };
        // No more points than can be seen.
        let thin = (octave.curve.len() / 150).max(1);
        let points = octave.curve.iter().enumerate().step_by(thin).map(|(i, db)| (i as f64 * STEP.0, *db));
        let points = points.take_while(|(_, db)| *db >= -60.0);
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(1)))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.3)).draw()?;
    Ok(())
}

fn draw_spectrum(area: &Area<'_>, answer: &Audio) -> Result<(), Box<dyn Error>> {
    let cells = spectrum(answer)?;
    let seconds = answer.frames() as f64 / answer.rate().hertz();
    let mut chart = ChartBuilder::on(area)
        .caption("spectrum over time, 10 dB per shade", ("sans-serif", 15))
        .margin(8)
        .x_label_area_size(32)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..seconds, (RANGE[0]..RANGE[1]).log_scale())?;
    chart.configure_mesh().disable_mesh().x_desc("s").y_desc("Hz").draw()?;
    let edge = |row: usize| RANGE[0] * (RANGE[1] / RANGE[0]).powf(row as f64 / ROWS as f64);
    let shade = |db: f64| ((db / BAND).floor() * BAND).clamp(FLOOR, 0.0);
    for (row, levels) in cells.iter().enumerate() {
        // Neighbours of one shade are one rectangle: the file stays small.
        let mut from = 0;
        for column in 1..=levels.len() {
            if column < levels.len() && shade(levels[column]) == shade(levels[from]) {
                continue;
            }
            let depth = shade(levels[from]) / FLOOR;
            if depth < 1.0 {
                let at = |c: usize| seconds * c as f64 / levels.len() as f64;
                let colour = HSLColor(0.66 * depth, 0.75, 0.35 + 0.55 * depth);
                let corners = [(at(from), edge(row)), (at(column), edge(row + 1))];
                chart.draw_series([Rectangle::new(corners, colour.filled())])?;
            }
            from = column;
        }
    }
    Ok(())
}

/// Levels in dB below the loudest, row by row (lowest frequency first), column by column.
fn spectrum(answer: &Audio) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let rate = answer.rate().hertz();
    let mut fft = Real::<f32, _>::new(WINDOW, vec![0.0; real::required_len(WINDOW)])?;
    let (mut re, mut im) = (vec![0.0; fft.bins()], vec![0.0; fft.bins()]);
    let hann = |i: usize| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / WINDOW as f32).cos();
    let edge = |row: usize| RANGE[0] * (RANGE[1] / RANGE[0]).powf(row as f64 / ROWS as f64) * WINDOW as f64 / rate;
    let mut cells = vec![vec![0.0; COLUMNS]; ROWS];
    for column in 0..COLUMNS {
        let middle = (answer.frames() * (2 * column + 1) / (2 * COLUMNS)) as i64;
        for plane in answer.planes() {
            let sample = |i: usize| {
                let at = middle + i as i64 - WINDOW as i64 / 2;
                usize::try_from(at).ok().and_then(|at| plane.get(at)).copied().unwrap_or(0.0)
            };
            let piece: Vec<f32> = (0..WINDOW).map(|i| sample(i) * hann(i)).collect();
            fft.forward(&piece, &mut re, &mut im);
            for (row, cells) in cells.iter_mut().enumerate() {
                // At the bottom a row is narrower than a bin.
                let first = (edge(row).round() as usize).clamp(1, re.len() - 1);
                let last = (edge(row + 1).round() as usize).clamp(first + 1, re.len());
                let power: f64 = (first..last).map(|k| f64::from(re[k] * re[k] + im[k] * im[k])).sum();
                cells[column] += power / (last - first) as f64;
            }
        }
    }
    let loudest = cells.iter().flatten().fold(f64::MIN_POSITIVE, |a, v| a.max(*v));
    for cell in cells.iter_mut().flatten() {
        *cell = 10.0 * (*cell / loudest).max(1e-30).log10();
    }
    Ok(cells)
}
