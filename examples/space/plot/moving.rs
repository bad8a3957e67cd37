//! What moves: what becomes of white noise.

use super::spectrum::power;
use super::{Area, Shades, decibels, draw_cells};
use dsp_core::layout::Layout;
use dsp_core::signal;
use dsp_core::units::{SampleRate, Seconds};
use dsp_std::chain::Chain;
use dsp_std::preset::effect::Effect;
use plotters::prelude::*;
use std::error::Error;

/// How long it is watched.
const LENGTH: Seconds = Seconds(5.0);
/// Time of a point of the level.
const STEP: Seconds = Seconds(0.05);

pub(super) fn draw(
    left: &Area<'_>,
    right: &Area<'_>,
    effect: &Effect,
    rate: SampleRate,
    layout: Layout,
) -> Result<(), Box<dyn Error>> {
    let frames = LENGTH.frames(rate).get() as usize;
    // The same noise on all channels: what an effect does to a mono sound.
    let noise = vec![signal::white::<f32>(7, 0.5).take(frames).collect::<Vec<_>>(); layout.channels()];
    let mut out = noise.clone();
    Chain::<f32>::new(&effect.chain, rate, layout)?.render(&mut out, |_| {});
    draw_levels(left, &effect.name, &noise, &out, STEP.frames(rate).get() as usize)?;
    let mut cells = power(&out[..1], rate.hertz())?;
    for (cells, before) in cells.iter_mut().zip(power(&noise[..1], rate.hertz())?) {
        for (cell, before) in cells.iter_mut().zip(before) {
            *cell = decibels(*cell / before.max(f64::MIN_POSITIVE));
        }
    }
    let shades = Shades { top: 6.0, step: 3.0, count: 10 };
    draw_cells(right, "left side: gain of noise, 3 dB per shade from +6", LENGTH.0, &shades, &cells)
}

fn draw_levels(
    area: &Area<'_>,
    name: &str,
    before: &[Vec<f32>],
    after: &[Vec<f32>],
    step: usize,
) -> Result<(), Box<dyn Error>> {
    let mut chart = ChartBuilder::on(area)
        .caption(format!("{name}: gain of noise"), ("sans-serif", 15))
        .margin(8)
        .x_label_area_size(32)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..LENGTH.0, -24.0..6.0)?;
    chart.configure_mesh().x_desc("s").y_desc("dB").light_line_style(WHITE).draw()?;
    let energy = |x: &[f32]| x.iter().map(|v| f64::from(v * v)).sum::<f64>();
    for (i, label) in ["left", "right"].into_iter().enumerate().take(after.len()) {
        let colour = HSLColor(0.6 * i as f64, 0.8, 0.42);
        let gains = before[i].chunks(step).zip(after[i].chunks(step)).map(|(x, y)| decibels(energy(y) / energy(x)));
        let points = gains.enumerate().map(|(n, db)| ((n as f64 + 0.5) * STEP.0, db.max(-24.0)));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(1)))?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.3)).draw()?;
    Ok(())
}
