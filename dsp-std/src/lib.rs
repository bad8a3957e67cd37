//! Audio files, processing chains and loudness mastering on top of [`dsp_core`].
//!
//! | I want to... | look at |
//! |---|---|
//! | read and write audio files | [`io`] |
//! | measure loudness, peaks, defects | [`measure`] |
//! | describe processors as data | [`device`], [`chain`] |
//! | use or write a mastering preset | [`preset`] |
//! | master a mix to a loudness | [`master`] |
//! | read reverberation times off an impulse response | [`decay`] |
//! | have a mix to try it on | [`demo`] |
//! | print or save what was done | [`report`] |

pub mod audio;
pub mod bits;
pub mod chain;
pub mod decay;
pub mod demo;
pub mod device;
pub mod io;
pub mod master;
pub mod measure;
pub mod preset;
pub mod report;
mod threads;

/// The programs of the project's README, so that they keep working.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
