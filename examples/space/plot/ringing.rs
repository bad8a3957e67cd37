//! What rings: the answer to a click.

use super::spectrum::power;
use super::{Area, Shades, decibels, draw_cells};
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
/// Deepest level of the decay, dB.
const FLOOR: f64 = -60.0;
/// Points of a curve: no more than can be seen.
const POINTS: usize = 150;

pub(super) fn draw(
    left: &Area<'_>,
    right: &Area<'_>,
    effect: &Effect,
    rate: SampleRate,
    layout: Layout,
) -> Result<(), Box<dyn Error>> {
    let answer = answer(effect, rate, layout)?;
    draw_decay(left, &effect.name, &decay::octaves(&answer)?)?;
    let mut cells = power(answer.planes(), rate.hertz())?;
    let loudest = cells.iter().flatten().fold(f64::MIN_POSITIVE, |a, v| a.max(*v));
    cells.iter_mut().flatten().for_each(|v| *v = decibels(*v / loudest));
    let shades = Shades { top: 0.0, step: 10.0, count: 8 };
    draw_cells(right, "spectrum over time, 10 dB per shade", answer.duration().0, &shades, &cells)
}

/// What the effect alone answers to a click on all channels.
fn answer(effect: &Effect, rate: SampleRate, layout: Layout) -> Result<Audio, Box<dyn Error>> {
    let mut effect = effect.clone();
    effect.set_mix(Mix::WET);
    let mut chain = Chain::<f32>::new(&effect.chain, rate, layout)?;
    let mut planes = vec![vec![0.5]; layout.channels()];
    chain.ring_out(&mut planes, LONGEST.frames(rate).get() as usize, |_| {});
    Ok(Audio::new(rate, layout, planes)?)
}

fn draw_decay(area: &Area<'_>, name: &str, octaves: &[Octave]) -> Result<(), Box<dyn Error>> {
    let longest = octaves.iter().map(|o| o.curve.len()).max().unwrap_or(1).max(10) as f64 * STEP.0;
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{name}: decay per octave"), ("sans-serif", 15))
        .margin(8)
        .x_label_area_size(32)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..longest, FLOOR..0.0)?;
    chart.configure_mesh().x_desc("s").y_desc("dB").light_line_style(WHITE).draw()?;
    for (i, octave) in octaves.iter().enumerate() {
        let colour = HSLColor(0.75 * i as f64 / 7.0, 0.8, 0.42);
        let label = match octave.t60 {
            Some(t60) => format!("{} Hz: {:.2} s", octave.centre.0, t60.0),
            None => format!("{} Hz", octave.centre.0),
        };
        let thin = (octave.curve.len() / POINTS).max(1);
        let points = octave.curve.iter().enumerate().step_by(thin).map(|(i, db)| (i as f64 * STEP.0, *db));
        chart
            .draw_series(LineSeries::new(points.take_while(|(_, db)| *db >= FLOOR), colour.stroke_width(1)))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.3)).draw()?;
    Ok(())
}
