//! Runs the channel strip on a Cortex-M4F, prints what came out and how many instructions each processor took.
//!
//! In QEMU with `-icount shift=10` an instruction lasts 1024 ns and the core's timer ticks every 40 ns, so
//! `instructions = ticks * 40 / 1024`. These are instructions, not cycles.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
use cortex_m::peripheral::{Peripherals, SYST, syst::SystClkSource};
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use strip::{BLOCK, FRAMES, Memory, RATE, Stage};

/// Ticks of 40 ns per 1024 ns.
const TICKS: (u64, u64) = (1024, 40);
/// The timer counts down through 24 bits.
const WRAP: u32 = 0x00FF_FFFF;
const STAGES: [(Stage, &str); 4] = [
    (Stage::Equalizer, "equalizer, 4 bands"),
    (Stage::Compressor, "compressor"),
    (Stage::Limiter, "limiter, true peak"),
    (Stage::Meter, "loudness meter"),
];

/// Ticks of one stage.
#[derive(Clone, Copy, Default)]
struct Cost {
    sum: u64,
    most: u32,
}

impl Cost {
    fn add(&mut self, ticks: u32) {
        self.sum += u64::from(ticks);
        self.most = self.most.max(ticks);
    }

    fn print(&self, name: &str) {
        // In tenths, per frame.
        let instructions = |ticks: u64, frames: u64| 10 * ticks * TICKS.1 / (TICKS.0 * frames);
        let mean = instructions(self.sum, FRAMES);
        let most = instructions(u64::from(self.most), BLOCK as u64);
        hprintln!("{:<20}{:>8}.{}{:>8}.{}", name, mean / 10, mean % 10, most / 10, most % 10);
    }
}

/// Reads the timer between stages.
struct Stopwatch {
    last: u32,
    own: u32,
    block: u32,
    stages: [Cost; 4],
    whole: Cost,
}

impl Stopwatch {
    fn start(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(WRAP);
        timer.clear_current();
        timer.enable_counter();
        let mut watch =
            Self { last: SYST::get_current(), own: 0, block: 0, stages: [Cost::default(); 4], whole: Cost::default() };
        // What reading the timer costs by itself.
        watch.ticks();
        watch.own = watch.ticks();
        watch
    }

    // A function of its own: the same few instructions wherever it is called from.
    #[inline(never)]
    fn ticks(&mut self) -> u32 {
        let now = SYST::get_current();
        let passed = self.last.wrapping_sub(now) & WRAP;
        self.last = SYST::get_current();
        passed.saturating_sub(self.own)
    }

    fn lap(&mut self, stage: Stage) {
        let ticks = self.ticks();
        match STAGES.iter().position(|(s, _)| *s == stage) {
            None => self.block = 0,
            Some(i) => {
                self.stages[i].add(ticks);
                self.block += ticks;
                if i + 1 == STAGES.len() {
                    self.whole.add(self.block);
                }
            }
        }
        self.last = SYST::get_current();
    }
}

#[entry]
fn main() -> ! {
    let memory = cortex_m::singleton!(: Memory = Memory::new()).expect("asked for once");
    let timer = Peripherals::take().expect("asked for once").SYST;
    let mut watch = Stopwatch::start(timer);
    match strip::run(memory, |stage| watch.lap(stage)) {
        Err(error) => {
            hprintln!("{}", error);
            debug::exit(debug::EXIT_FAILURE);
        }
        Ok(report) => {
            hprintln!("{}", report);
            hprintln!("instructions/frame      mean   worst block of {}", BLOCK);
            for (cost, (_, name)) in watch.stages.iter().zip(&STAGES) {
                cost.print(name);
            }
            watch.whole.print("whole strip");
            let rate = u64::from(RATE.get());
            let millions = watch.whole.sum * TICKS.1 * rate / (TICKS.0 * FRAMES) / 1_000_000;
            hprintln!("{} million instructions per second of audio", millions);
            debug::exit(debug::EXIT_SUCCESS);
        }
    }
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}
