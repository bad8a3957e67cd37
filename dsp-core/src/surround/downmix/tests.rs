use super::*;
use crate::laws;
use crate::signal;
use core::f64::consts::FRAC_1_SQRT_2 as H;
use std::vec::Vec;

fn gains(from: Layout, to: Layout) -> Matrix {
    matrix(&Setup { from, to }, &Params::default()).unwrap()
}

fn assert_rows(matrix: &Matrix, inputs: usize, rows: &[&[f64]]) {
    for (output, row) in rows.iter().enumerate() {
        assert_eq!(row.len(), inputs);
        for (input, expected) in row.iter().enumerate() {
            let gain = matrix.gain(output, input);
            assert!((gain - expected).abs() < 1e-15, "output {output}, input {input}: {gain} for {expected}");
        }
    }
}

#[test]
fn five_to_two_and_one_are_those_of_bs_775() {
    let stereo: [&[f64]; 2] = [&[1.0, 0.0, H, 0.0, H, 0.0], &[0.0, 1.0, H, 0.0, 0.0, H]];
    assert_rows(&gains(Layout::SURROUND_5_1, Layout::STEREO), 6, &stereo);
    assert_rows(&gains(Layout::from_mask(6, 0x3F).unwrap(), Layout::STEREO), 6, &stereo);
    assert_rows(&gains(Layout::SURROUND_5_1, Layout::MONO), 6, &[&[H, H, 1.0, 0.0, 0.5, 0.5]]);
    assert_rows(&gains(Layout::STEREO, Layout::MONO), 2, &[&[H, H]]);
    assert_rows(&gains(Layout::MONO, Layout::STEREO), 1, &[&[H], &[H]]);
    for (surround, expected) in
        [(Decibels(-3.010_299_956_639_812), H), (Decibels(-6.020_599_913_279_624), 0.5), (Decibels::SILENCE, 0.0)]
    {
        let setup = Setup { from: Layout::SURROUND_5_0, to: Layout::STEREO };
        let matrix = matrix(&setup, &Params { surround, ..Params::default() }).unwrap();
        assert!((matrix.gain(0, 3) - expected).abs() < 1e-15 && matrix.gain(1, 3) == 0.0);
    }
}

#[test]
fn twenty_two_to_five() {
    let matrix = gains(Layout::SURROUND_22_2, Layout::SURROUND_5_1);
    // FL FR FC LFE BL BR FLc FRc BC LFE2 SiL SiR | TpFL TpFR TpFC TpC TpBL TpBR TpSiL TpSiR TpBC | BtFC BtFL BtFR
    let o = 0.0;
    assert_rows(
        &matrix,
        24,
        &[
            &[1., o, o, o, o, o, H, o, o, o, H, o, 1., o, o, o, o, o, H, o, o, o, 1., o],
            &[o, 1., o, o, o, o, o, H, o, o, o, H, o, 1., o, o, o, o, o, H, o, o, o, 1.],
            &[o, o, 1., o, o, o, H, H, o, o, o, o, o, o, 1., 0.5, o, o, o, o, o, 1., o, o],
            &[o, o, o, H, o, o, o, o, o, H, o, o, o, o, o, o, o, o, o, o, o, o, o, o],
            &[o, o, o, o, 1., o, o, o, H, o, H, o, o, o, o, 0.5, 1., o, H, o, H, o, o, o],
            &[o, o, o, o, o, 1., o, o, H, o, o, H, o, o, o, 0.5, o, 1., o, H, H, o, o, o],
        ],
    );
}

#[test]
fn seven_to_five_and_heights_to_ear_height() {
    // L R C LFE Ls Rs Lb Rb.
    let rows: [&[f64]; 6] = [
        &[1., 0., 0., 0., 0., 0., 0., 0.],
        &[0., 1., 0., 0., 0., 0., 0., 0.],
        &[0., 0., 1., 0., 0., 0., 0., 0.],
        &[0., 0., 0., 1., 0., 0., 0., 0.],
        &[0., 0., 0., 0., 1., 0., H, 0.],
        &[0., 0., 0., 0., 0., 1., 0., H],
    ];
    for five in [Layout::SURROUND_5_1, Layout::from_mask(6, 0x3F).unwrap()] {
        assert_rows(&gains(Layout::SURROUND_7_1, five), 8, &rows);
    }
    let tops = gains(Layout::SURROUND_7_1_4, Layout::SURROUND_7_1);
    for (top, below) in [(8, 0), (9, 1), (10, 6), (11, 7)] {
        let column: Vec<f64> = (0..8).map(|o| tops.gain(o, top)).collect();
        assert!(column.iter().enumerate().all(|(o, g)| *g == f64::from(u8::from(o == below))), "{top}");
    }
    let quieter = Params { height: Decibels(-6.0), ..Params::default() };
    let setup = Setup { from: Layout::SURROUND_5_1_4, to: Layout::SURROUND_5_1 };
    assert!((matrix(&setup, &quieter).unwrap().gain(4, 8) - 0.501_187_233_627_272_3).abs() < 1e-12);
}

#[test]
fn going_down_in_steps_is_going_down_at_once() {
    let chains: [&[Layout]; 6] = [
        &[Layout::SURROUND_22_2, Layout::SURROUND_5_1, Layout::STEREO, Layout::MONO],
        &[Layout::SURROUND_7_1_4, Layout::SURROUND_7_1, Layout::SURROUND_5_1, Layout::STEREO],
        &[Layout::SURROUND_5_1_4, Layout::SURROUND_5_1, Layout::STEREO, Layout::MONO],
        &[Layout::SURROUND_9_1_6, Layout::SURROUND_7_1, Layout::SURROUND_5_1, Layout::STEREO],
        &[Layout::ITU_4_9_0, Layout::SURROUND_7_1_4, Layout::SURROUND_5_1, Layout::STEREO],
        &[Layout::ITU_3_7_0, Layout::SURROUND_7_1, Layout::SURROUND_5_1, Layout::MONO],
    ];
    let params = Params { lfe: Decibels(-6.0), height: Decibels(-3.0), ..Params::default() };
    for chain in chains {
        let between = |from: usize, to: usize| matrix(&Setup { from: chain[from], to: chain[to] }, &params).unwrap();
        let mut steps = between(0, 1);
        for last in 1..chain.len() {
            if last > 1 {
                steps = steps.then(&between(last - 1, last));
            }
            let direct = between(0, last);
            for o in 0..24 {
                for i in 0..24 {
                    let (a, b) = (steps.gain(o, i), direct.gain(o, i));
                    assert!((a - b).abs() < 1e-12, "{:?}\n-> {:?}: {o} {i}: {a} {b}", chain[0], chain[last]);
                }
            }
        }
    }
}

#[test]
fn nothing_is_lost_and_sides_stay_apart() {
    let targets = [Layout::SURROUND_7_1, Layout::SURROUND_5_1, Layout::from_mask(4, 0x33).unwrap(), Layout::STEREO];
    for (name, from) in Layout::BS2051 {
        for to in targets.into_iter().chain([Layout::MONO]) {
            let matrix = gains(from, to);
            for (i, p) in from.positions().iter().enumerate() {
                let power: f64 = (0..to.channels()).map(|o| matrix.gain(o, i).powi(2)).sum();
                let lfe = p.is_lfe();
                // Backs of 7.1 in mono: three times -3 dB; the screen pair of 4+9+0 in stereo adds up from left and centre.
                assert!(lfe || (0.12..1.8).contains(&power), "{name}: {p:?}: {power}");
            }
            for (l, r) in from.pairs() {
                for (ol, or) in to.pairs() {
                    assert_eq!(matrix.gain(ol, l), matrix.gain(or, r), "{name} {l} {r}");
                    assert_eq!(matrix.gain(or, l), matrix.gain(ol, r), "{name} {l} {r}");
                }
            }
        }
        assert_eq!(gains(from, from).then(&Matrix::IDENTITY).worst(), 1.0, "{name}: to itself");
    }
}

#[test]
fn lfe_is_dropped_unless_asked_for() {
    let setup = Setup { from: Layout::SURROUND_5_1, to: Layout::STEREO };
    assert_eq!(gains(setup.from, setup.to).gain(0, 3), 0.0);
    let matrix = matrix(&setup, &Params { lfe: Decibels(10.0), ..Params::default() }).unwrap();
    assert!((matrix.gain(0, 3) - 10.0_f64.sqrt()).abs() < 1e-12 && matrix.gain(0, 3) == matrix.gain(1, 3));
}

#[test]
fn normalised_it_cannot_overload() {
    let setup = Setup { from: Layout::SURROUND_5_1, to: Layout::STEREO };
    let normal = matrix(&setup, &Params { normalise: true, ..Params::default() }).unwrap();
    let lowered = Decibels::from_amplitude(normal.gain(0, 0));
    assert!((lowered.0 + 7.66).abs() < 0.005, "{lowered:?}");
    assert!((normal.worst() - 1.0).abs() < 1e-15);
}

#[test]
fn outputs_come_first_and_the_rest_falls_silent() {
    let setup = Setup { from: Layout::SURROUND_5_1, to: Layout::STEREO };
    let input: Vec<Vec<f64>> = (0..7).map(|c| signal::white(c, 0.5).take(200).collect()).collect();
    let mut downmix = Downmix::new(&setup, &Params::default()).unwrap();
    let out = laws::render(&mut downmix, &input);
    for n in 0..200 {
        let left = input[0][n] + H * input[2][n] + H * input[4][n];
        assert!((out[0][n] - left).abs() < 1e-15);
        assert!((2..6).all(|c| out[c][n] == 0.0) && out[6][n] == input[6][n]);
    }
    let tracks = Layout::of_channels(11).unwrap();
    let e = Downmix::<f32>::new(&Setup { from: tracks, to: Layout::STEREO }, &Params::default()).unwrap_err();
    assert!(std::format!("{e}").contains("channels without a place is 11"));
}
