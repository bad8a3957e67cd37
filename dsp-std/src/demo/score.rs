//! The song: ten bars of A minor at 120 beats per minute, as tables. A step is a sixteenth note.
//!
//! Intro (two bars), verse (two), chorus (four), a ii-V turn (one), the last chord (one): quiet to loud, so that the
//! loudness range is that of a song and not of a loop.

/// Seconds in a sixteenth at 120 beats per minute.
pub(super) const STEP: f64 = 0.125;
/// Steps in a bar.
pub(super) const BAR: usize = 16;
/// Seconds of music, 10 bars.
pub(super) const LENGTH: f64 = 20.0;

/// What the rhythm section plays in one bar: one character per step, a digit is a velocity (9 is hardest), a dot is
/// nothing. `bass` has letters instead: root, octave, fifth; a dash holds the note.
pub(super) struct Bar {
    /// Bass drum.
    pub(super) kick: &'static str,
    /// Snare.
    pub(super) snare: &'static str,
    /// Closed hi-hat.
    pub(super) closed: &'static str,
    /// Open hi-hat; the next closed stroke chokes it.
    pub(super) open: &'static str,
    /// Crash cymbal.
    pub(super) crash: &'static str,
    /// Toms: velocity 9 to 7 is the high, 6 to 4 the middle, 3 to 1 the low one.
    pub(super) toms: &'static str,
    /// Bass guitar, relative to the root of the chord.
    pub(super) bass: &'static str,
    /// Electric piano: when the chord is struck.
    pub(super) keys: &'static str,
    /// How far the band leans in, 0 to 1: level and brightness of keys, pad, bass and lead.
    pub(super) energy: f64,
}

const REST: &str = "................";

/// The arrangement.
#[rustfmt::skip] // columns
pub(super) const BARS: [Bar; 10] = [
    Bar { kick: REST, snare: REST, closed: REST, open: REST, crash: REST, toms: REST,
          bass: REST, keys: "6.....4...5.....", energy: 0.15 },
    Bar { kick: REST, snare: "..............35", closed: "4.2.5.2.4.2.5.33", open: REST, crash: REST, toms: REST,
          bass: "............5-8-", keys: "6.....4...5...4.", energy: 0.3 },
    Bar { kick: "9.......7.8.....", snare: "....8..1.2..8...", closed: "6.3.6.3.6.3.6.34", open: REST, crash: REST, toms: REST,
          bass: "r--.r-r---r-5-r.", keys: "6.....5...5.....", energy: 0.5 },
    Bar { kick: "9.......7.8.....", snare: "....8..1.2..5678", closed: "6.3.6.3.6.3.....", open: REST, crash: REST, toms: "..........8.5...",
          bass: "r--.r-r---r-8-5-", keys: "6.....5...5...6.", energy: 0.6 },
    Bar { kick: "9..5..8.9.5.....", snare: "....9..1.2..9...", closed: "..4.7.4.7.4.7.4.", open: "..............6.", crash: "9...............", toms: REST,
          bass: "r-r.8-r-r-r-8-5-", keys: "8..6..7.8..6..6.", energy: 1.0 },
    Bar { kick: "9..5..8.9.5.....", snare: "....9..1.2..9...", closed: "7.4.7.4.7.4.7.4.", open: "..............6.", crash: REST, toms: REST,
          bass: "r-r.8-r-r-r-5-8-", keys: "8..6..7.8..6..6.", energy: 1.0 },
    Bar { kick: "9..5..8.9.5.....", snare: "....9..1.2..9...", closed: "7.4.7.4.7.4.7.4.", open: "..............6.", crash: REST, toms: REST,
          bass: "r-r.8-r-r-r-8-5-", keys: "8..6..7.8..6..6.", energy: 1.0 },
    Bar { kick: "9..5..8.9.5...7.", snare: "....9..1.2..9..6", closed: "7.4.7.4.7.4.7...", open: "..............7.", crash: REST, toms: REST,
          bass: "r-r.8-r-r-r-5-8-", keys: "8..6..7.8..6..6.", energy: 1.0 },
    Bar { kick: "9.....8.9...9...", snare: "....9...9.......", closed: "7.4.7.4.........", open: REST, crash: "6...............", toms: ".........99.66.3",
          bass: "r---8-r-r---r-8-", keys: "8.....7.8.....8.", energy: 0.9 },
    Bar { kick: "9...............", snare: REST, closed: REST, open: REST, crash: "8...............", toms: REST,
          bass: "r---------......", keys: "8...............", energy: 0.8 },
];

/// A chord: where it starts, how long it lasts (steps) and its notes as MIDI numbers (69 is A at 440 Hz).
pub(super) struct Chord {
    /// First step, counted from the beginning.
    pub(super) start: usize,
    /// Steps it lasts.
    pub(super) length: usize,
    /// What the bass plays.
    pub(super) root: u8,
    /// Upper voices, lowest first; each stays or moves by a minor third at most.
    pub(super) voices: [u8; 4],
}

const fn chord(bar: usize, step: usize, length: usize, root: u8, voices: [u8; 4]) -> Chord {
    Chord { start: bar * BAR + step, length, root, voices }
}

/// i-VI-III-VII twice, then ii-V-i (of A minor, with the G sharp that leads home).
pub(super) const CHORDS: [Chord; 11] = [
    chord(0, 0, 16, 33, [60, 64, 67, 71]), // Am9
    chord(1, 0, 16, 29, [60, 64, 67, 69]), // Fmaj9
    chord(2, 0, 16, 36, [60, 64, 67, 71]), // Cmaj7
    chord(3, 0, 16, 31, [59, 62, 67, 69]), // G(add9)
    chord(4, 0, 16, 33, [60, 64, 69, 71]), // Am(add9)
    chord(5, 0, 16, 29, [60, 64, 69, 72]), // Fmaj7
    chord(6, 0, 16, 36, [60, 64, 67, 74]), // C(add9)
    chord(7, 0, 16, 31, [59, 62, 67, 74]), // G
    chord(8, 0, 8, 38, [60, 65, 69, 72]),  // Dm7
    chord(8, 8, 8, 28, [59, 62, 68, 71]),  // E7
    chord(9, 0, 8, 33, [60, 64, 69, 71]),  // Am(add9)
];

/// The chord that sounds at a step.
pub(super) fn chord_at(step: usize) -> &'static Chord {
    CHORDS.iter().rev().find(|chord| chord.start <= step).unwrap_or(&CHORDS[0])
}

/// One note of the melody.
pub(super) struct Note {
    /// First step, counted from the beginning.
    pub(super) start: usize,
    /// Steps it lasts.
    pub(super) length: usize,
    /// MIDI number.
    pub(super) key: u8,
}

const fn note(bar: usize, step: usize, length: usize, key: u8) -> Note {
    Note { start: bar * BAR + step, length, key }
}

/// The melody: a sigh of a sixth in the verse, answered a third higher in the chorus, which peaks on its third bar.
#[rustfmt::skip] // one bar per line
pub(super) const MELODY: [Note; 36] = [
    note(1, 12, 2, 67), note(1, 14, 2, 69),
    note(2, 0, 6, 72), note(2, 6, 2, 71), note(2, 8, 4, 67), note(2, 12, 2, 64), note(2, 14, 2, 67),
    note(3, 0, 6, 69), note(3, 6, 2, 71), note(3, 8, 5, 74), note(3, 14, 2, 74),
    note(4, 0, 6, 76), note(4, 6, 2, 74), note(4, 8, 3, 72), note(4, 11, 1, 71), note(4, 12, 4, 69),
    note(5, 0, 3, 72), note(5, 3, 3, 69), note(5, 6, 2, 72), note(5, 8, 6, 76), note(5, 14, 2, 77),
    note(6, 0, 6, 79), note(6, 6, 2, 76), note(6, 8, 4, 74), note(6, 12, 2, 72), note(6, 14, 2, 76),
    note(7, 0, 6, 74), note(7, 6, 2, 72), note(7, 8, 4, 71), note(7, 12, 2, 74), note(7, 14, 2, 76),
    note(8, 0, 4, 77), note(8, 4, 4, 74), note(8, 8, 4, 76), note(8, 12, 4, 71),
    note(9, 0, 9, 69),
];

/// How far the band leans in at a step.
pub(super) fn energy(step: usize) -> f64 {
    BARS[(step / BAR).min(BARS.len() - 1)].energy
}

/// The strokes of one row of the arrangement: step counted from the beginning, velocity 0 to 1.
pub(super) fn strokes(row: impl Fn(&Bar) -> &'static str) -> impl Iterator<Item = (usize, f64)> {
    BARS.iter().enumerate().flat_map(move |(bar, line)| {
        let marks = row(line).bytes().enumerate().filter(|(_, mark)| mark.is_ascii_digit());
        marks.map(move |(step, mark)| (bar * BAR + step, f64::from(mark - b'0') / 9.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_is_full() {
        for bar in &BARS {
            for row in [bar.kick, bar.snare, bar.closed, bar.open, bar.crash, bar.toms, bar.bass, bar.keys] {
                assert_eq!(row.len(), BAR, "{row}");
            }
        }
        assert_eq!(BARS.len() as f64 * BAR as f64 * STEP, LENGTH);
    }

    #[test]
    fn chords_and_melody_are_contiguous_and_in_range() {
        for pair in CHORDS.windows(2) {
            assert_eq!(pair[0].start + pair[0].length, pair[1].start);
            let moves = pair[0].voices.iter().zip(pair[1].voices).map(|(a, b)| a.abs_diff(b));
            assert!(moves.max() <= Some(3), "a voice leaps before step {}", pair[1].start);
        }
        for pair in MELODY.windows(2) {
            assert!(pair[0].start + pair[0].length <= pair[1].start);
        }
    }
}
