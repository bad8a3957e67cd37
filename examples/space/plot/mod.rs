//! Pictures of an effect.
//!
//! What rings (rooms, echoes) answers a click: how each octave of the answer dies away, and its spectrum over time. What only
//! moves (chorus, tremolo) is played white noise: how loud each side comes out, and what is raised and lowered where.

mod moving;
mod ringing;
mod spectrum;

use dsp_core::layout::Layout;
use dsp_core::units::SampleRate;
use dsp_std::device::Device;
use dsp_std::preset::effect::Effect;
use plotters::coord::Shift;
use plotters::prelude::*;
use spectrum::{RANGE, edge};
use std::error::Error;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Two pictures side by side, as the text of an SVG file.
pub(crate) fn effect(effect: &Effect, rate: SampleRate, layout: Layout) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (900, 420)).into_drawing_area();
        root.fill(&WHITE)?;
        let (left, right) = root.split_horizontally(450);
        if effect.chain.iter().any(rings) {
            ringing::draw(&left, &right, effect, rate, layout)?;
        } else {
            moving::draw(&left, &right, effect, rate, layout)?;
        }
        root.present()?;
    }
    Ok(svg)
}

fn rings(device: &Device) -> bool {
    use Device::{Convolution, Ducked, Echo, Gated, Plate, Reverb, Shoebox, Velvet};
    matches!(
        device,
        Convolution { .. }
            | Ducked { .. }
            | Echo { .. }
            | Gated { .. }
            | Plate { .. }
            | Reverb { .. }
            | Shoebox { .. }
            | Velvet { .. }
    )
}

/// Colours of levels: `shade` bands from `top` downwards, `step` dB each; below the last nothing is drawn.
struct Shades {
    top: f64,
    step: f64,
    count: usize,
}

impl Shades {
    fn of(&self, db: f64) -> usize {
        (((self.top - db) / self.step).max(0.0) as usize).min(self.count)
    }

    fn colour(&self, shade: usize) -> HSLColor {
        let depth = shade as f64 / self.count as f64;
        HSLColor(0.66 * depth, 0.75, 0.35 + 0.55 * depth)
    }
}

/// Cells of [`spectrum::power`], in dB, over `seconds`.
fn draw_cells(
    area: &Area<'_>,
    caption: &str,
    seconds: f64,
    shades: &Shades,
    cells: &[Vec<f64>],
) -> Result<(), Box<dyn Error>> {
    let mut chart = ChartBuilder::on(area)
        .caption(caption, ("sans-serif", 15))
        .margin(8)
        .x_label_area_size(32)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..seconds, (RANGE[0]..RANGE[1]).log_scale())?;
    chart.configure_mesh().disable_mesh().x_desc("s").y_desc("Hz").draw()?;
    for (row, levels) in cells.iter().enumerate() {
        // Neighbours of one shade are one rectangle: the file stays small.
        let mut from = 0;
        for column in 1..=levels.len() {
            let shade = shades.of(levels[from]);
            if column < levels.len() && shades.of(levels[column]) == shade {
                continue;
            }
            if shade < shades.count {
                let at = |c: usize| seconds * c as f64 / levels.len() as f64;
                let corners = [(at(from), edge(row)), (at(column), edge(row + 1))];
                chart.draw_series([Rectangle::new(corners, shades.colour(shade).filled())])?;
            }
            from = column;
        }
    }
    Ok(())
}

fn decibels(power: f64) -> f64 {
    10.0 * power.max(1e-30).log10()
}
