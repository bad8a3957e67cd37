//! Prints what the firmware has to print: same source, same bits.

use std::process::ExitCode;
use strip::Memory;

fn main() -> ExitCode {
    match strip::run(&mut Memory::new(), |_| ()) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
