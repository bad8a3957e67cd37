//! How an impulse response is cut into parts, and when the work on each is done.
//!
//! The response is cut into levels of equal parts: short parts first, because what comes soon must be ready soon, long ones
//! later, because they are cheaper. A level of parts of `block` frames begins `2 block - latency` frames into the response:
//! one block to collect the input, one more to compute, so that its work can be spread evenly over all the ticks of that
//! second block. Without latency the first 64 frames are a plain filter. Which sizes are used is decided by counting: of
//! all increasing lists of powers of two the one with the fewest operations.
//!
//! Sources: Gardner, "Efficient convolution without input-output delay", JAES 43(3) 1995, sections 3 to 5; Garcia, "Optimal
//! filter partition for efficient convolution with short input/output delay", AES 113 (2002), section 4.

use crate::error::Error;
use crate::fft::skew::Skew;
use crate::process::CHUNK;
use crate::reverb::convolution::setup::{Latency, Setup};
use core::ops::Range;

/// Longest list of sizes.
pub(crate) const MAX_LEVELS: usize = 6;
/// Shortest parts, and the ticks of the setting without latency.
const SHORTEST: usize = 32;
/// Longest parts: 0.7 s at 48 kHz, then one second of response costs 23 products per frame.
const LONGEST: usize = 32_768;
/// An operation of a transform takes a quarter more time than one of the long sums of products (measured).
const TRANSFORM_WEIGHT: f64 = 1.25;
/// Additions and multiplications of a complex product that is added to a sum.
const PRODUCT: usize = 8;

/// Parts of one size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Level {
    /// Frames of a part.
    pub block: usize,
    /// Frame of the response at which the first part begins.
    pub start: usize,
    /// Number of parts.
    pub parts: usize,
}

impl Level {
    pub(crate) const fn skew(&self) -> Skew {
        Skew::new(self.block)
    }

    /// How many parts a response of `frames` frames needs.
    pub(crate) fn used(&self, frames: usize) -> usize {
        frames.saturating_sub(self.start).div_ceil(self.block).min(self.parts)
    }
}

/// The cut and the timetable of a [`Setup`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    latency: usize,
    tick: usize,
    head: usize,
    levels: [Level; MAX_LEVELS],
    count: usize,
    channels: usize,
    /// Paths that end in each output.
    paths: usize,
}

impl Plan {
    /// The cheapest plan.
    ///
    /// # Errors
    /// When the set-up is not valid.
    pub fn new(setup: &Setup) -> Result<Self, Error> {
        setup.check()?;
        let latency = setup.latency.frames();
        let shortest = if setup.latency == Latency::Zero { SHORTEST } else { latency / 2 };
        let mut plan = Self {
            latency,
            tick: shortest.min(CHUNK),
            head: 2 * shortest - latency,
            levels: [Level::default(); MAX_LEVELS],
            count: 0,
            channels: setup.channels,
            paths: setup.routing.paths_per_output(),
        };
        let (mut best, mut least) = (plan, f64::INFINITY);
        let larger = (LONGEST / shortest).trailing_zeros();
        // Bit i of a choice: parts of `shortest << (i + 1)` are used.
        for choice in (0_usize..1 << larger).filter(|c| (c.count_ones() as usize) < MAX_LEVELS) {
            if plan.cut(shortest, choice, setup.longest_frames()) && plan.weight() < least {
                (best, least) = (plan, plan.weight());
            }
        }
        Ok(best)
    }

    /// Cuts a response of `longest` frames by these sizes; false when some would have nothing to do.
    fn cut(&mut self, shortest: usize, choice: usize, longest: usize) -> bool {
        (self.levels, self.count) = ([Level::default(); MAX_LEVELS], 0);
        let sizes = (0..usize::BITS).filter(|i| *i == 0 || choice >> (i - 1) & 1 == 1).map(|i| shortest << i);
        for block in sizes.take(choice.count_ones() as usize + 1) {
            let start = 2 * block - self.latency;
            if start >= longest {
                // The plain filter does it all.
                return choice == 0;
            }
            if let Some(last) = self.levels[..self.count].last_mut() {
                last.parts = (start - last.start) / last.block;
            }
            let parts = (longest - start).div_ceil(block);
            self.levels[self.count] = Level { block, start, parts };
            self.count += 1;
        }
        true
    }

    /// What a frame costs, in operations of the sums of products.
    fn weight(&self) -> f64 {
        let level = |level: &Level| {
            let work = self.work(level, [Some(level.parts), None]);
            let products = self.channels * self.paths * PRODUCT * level.parts;
            TRANSFORM_WEIGHT * (work.total() as f64 / level.block as f64 - products as f64) + products as f64
        };
        self.levels().iter().map(level).sum()
    }

    /// The levels, short parts first.
    pub fn levels(&self) -> &[Level] {
        &self.levels[..self.count]
    }

    /// Frames between two portions of work.
    pub const fn tick(&self) -> usize {
        self.tick
    }

    /// Frames of the response that are a plain filter.
    pub const fn head(&self) -> usize {
        self.head
    }

    /// Frames of the largest part.
    pub fn largest(&self) -> usize {
        self.levels().last().map_or(self.tick, |level| level.block)
    }

    pub(crate) const fn latency(&self) -> usize {
        self.latency
    }

    /// Additions and multiplications done for frames `tick * Plan::tick()` to `(tick + 1) * Plan::tick()` and at their end,
    /// counted since `reset`, with a response of the greatest length; gains and sums of levels (four operations per sample)
    /// are left out.
    pub fn cost(&self, tick: u64) -> u64 {
        let now = tick + 1;
        let level = |level: &Level| {
            let ticks = (level.block / self.tick) as u64;
            if now < ticks {
                return 0;
            }
            let work = self.work(level, [Some(level.parts), None]);
            let spent = |turns: u64| {
                let (mut walk, total) = (Walk::default(), work.total());
                for turn in 0..turns {
                    while walk.next(&work, target(total, turn as usize, ticks as usize)).is_some() {}
                }
                walk.done as u64
            };
            spent(now % ticks + 1) - spent(now % ticks)
        };
        self.levels().iter().map(level).sum::<u64>() + self.head_cost(self.tick)
    }

    /// Operations of the plain filter over `frames` frames.
    pub(crate) const fn head_cost(&self, frames: usize) -> u64 {
        (2 * self.head * self.paths * self.channels * frames) as u64
    }

    /// What a level has to do per block: `used` parts of up to two kernels.
    pub(crate) fn work(&self, level: &Level, used: [Option<usize>; 2]) -> Work {
        let skew = level.skew();
        let cost = |parts: usize| skew.batch() * PRODUCT * parts * self.paths;
        let products = used.map(|used| used.filter(|parts| *parts > 0).map(cost));
        Work { skew, channels: self.channels, products }
    }
}

/// What a level does with one block of input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    skew: Skew,
    channels: usize,
    /// Operations for the sums of one batch of bins, for each kernel that sounds.
    products: [Option<usize>; 2],
}

/// Some portions of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// From the input to its spectrum, or with which kernel to the output.
    pub(crate) kernel: Option<usize>,
    pub(crate) channel: usize,
    pub(crate) step: usize,
    pub(crate) portions: Range<usize>,
    pub(crate) operations: usize,
}

impl Work {
    /// The kernel of a turn: first the input's spectra (`None`), then each kernel that sounds.
    #[inline(always)]
    fn kernel(&self, turn: usize) -> Option<Option<usize>> {
        match (turn, self.products) {
            (0, _) => Some(None),
            (1, [Some(_), _]) => Some(Some(0)),
            (1, [None, Some(_)]) | (2, [Some(_), Some(_)]) => Some(Some(1)),
            _ => None,
        }
    }

    /// Operations of a portion of a step, and the number of portions.
    #[inline(always)]
    fn step(&self, kernel: Option<usize>, step: usize) -> (usize, usize) {
        match kernel {
            None => (self.skew.cost(step), self.skew.portions(step + 1 == self.skew.steps())),
            Some(slot) if step == 0 => {
                (self.skew.back_cost(0) + self.products[slot].unwrap_or(0), self.skew.portions(true))
            }
            Some(_) => (self.skew.back_cost(step), self.skew.portions(false)),
        }
    }

    /// Operations in all; more than `usize` holds (24 channels of a minute at 768 kHz on 32 bits) are as good as that many.
    pub(crate) fn total(&self) -> usize {
        let steps = |kernel| {
            (0..self.skew.steps())
                .map(move |step| self.step(kernel, step))
                .map(|(a, b)| a as u64 * b as u64)
                .sum::<u64>()
        };
        let total = self.channels as u64 * (0..).map_while(|turn| self.kernel(turn)).map(steps).sum::<u64>();
        usize::try_from(total).unwrap_or(usize::MAX)
    }
}

/// Operations of `total` that shall be done after turn `turn` of `turns`.
pub(crate) const fn target(total: usize, turn: usize, turns: usize) -> usize {
    (total as u64 * (turn as u64 + 1) / turns as u64) as usize
}

/// How far a level has come with its block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Walk {
    turn: usize,
    channel: usize,
    step: usize,
    portion: usize,
    done: usize,
}

impl Walk {
    /// The next piece, unless `target` operations are done.
    pub(crate) fn next(&mut self, work: &Work, target: usize) -> Option<Piece> {
        if self.done >= target {
            return None;
        }
        let kernel = work.kernel(self.turn)?;
        let (cost, all) = work.step(kernel, self.step);
        let count = (target - self.done).div_ceil(cost).min(all - self.portion);
        let portions = self.portion..self.portion + count;
        let piece = Piece { kernel, channel: self.channel, step: self.step, portions, operations: count * cost };
        self.done += count * cost;
        self.portion += count;
        if self.portion == all {
            (self.portion, self.step) = (0, self.step + 1);
        }
        if self.step == work.skew.steps() {
            (self.step, self.channel) = (0, self.channel + 1);
        }
        if self.channel == work.channels {
            (self.channel, self.turn) = (0, self.turn + 1);
        }
        Some(piece)
    }
}
