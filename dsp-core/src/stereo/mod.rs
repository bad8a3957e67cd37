//! What makes a programme wide, narrow, centred or placed.
//!
//! | for | take |
//! |---|---|
//! | placing a mono track | [`pan`] |
//! | placing a stereo track, swapping its channels | [`dual_pan`] |
//! | the balance of a finished stereo programme | [`balance`], or [`rotation`] to keep all of its energy |
//! | a wider or narrower mix | [`width`], per band [`bands`], below a frequency [`bass_mono`] |
//! | width where there is none | [`widener`] |
//! | middle and side by themselves | [`mid_side`], [`mid_side_gain`], [`mid_side_equalizer`] |
//! | bass in the centre, treble to one side | [`frequency_pan`] |
//!
//! [`width`], [`bands`], [`bass_mono`], [`widener`] and an equaliser of the side add to the left what they take from
//! the right: a mono listener hears no difference (null of the mono sum at or below -140 dB in `f32`, a test).

pub mod balance;
pub mod bands;
pub mod bass_mono;
pub mod dual_pan;
pub mod frequency_pan;
pub mod mid_side;
pub mod mid_side_equalizer;
pub mod mid_side_gain;
mod pairs;
pub mod pan;
pub mod rotation;
mod side_shelves;
mod turn;
pub mod widener;
pub mod width;
