//! What construction and `set` answer when a value is not allowed.

use core::fmt;

/// Why a processor could not be built or a setting was refused. The old sound stays.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A parameter is outside its range (or not a number).
    OutOfRange {
        /// Name of the parameter as the module docs spell it.
        parameter: &'static str,
        /// The value that was given, in `unit`.
        value: f64,
        /// Smallest allowed value.
        min: f64,
        /// Largest allowed value.
        max: f64,
        /// Unit of the three numbers (`"Hz"`, `"dB"`, `"s"`, `""`).
        unit: &'static str,
    },
    /// Two parameters exclude each other, such as a release that is not longer than the attack.
    Conflict {
        /// The first parameter.
        parameter: &'static str,
        /// Its value, in `unit`.
        value: f64,
        /// The parameter it has to respect.
        other: &'static str,
        /// That parameter's value, in `unit`.
        other_value: f64,
        /// What has to hold, as a sentence fragment: `"must be longer than"`.
        rule: &'static str,
        /// Unit of both values.
        unit: &'static str,
    },
    /// The storage handed in is too short.
    Storage {
        /// Which storage.
        what: &'static str,
        /// Elements needed: what `required_len` says.
        needed: usize,
        /// Elements given.
        given: usize,
    },
}

impl Error {
    /// Checks `min <= value <= max`; NaN fails.
    pub fn check(parameter: &'static str, value: f64, min: f64, max: f64, unit: &'static str) -> Result<(), Self> {
        if value >= min && value <= max { Ok(()) } else { Err(Self::OutOfRange { parameter, value, min, max, unit }) }
    }

    /// Checks that storage holds at least `needed` elements.
    pub fn check_len(what: &'static str, needed: usize, given: usize) -> Result<(), Self> {
        if given >= needed { Ok(()) } else { Err(Self::Storage { what, needed, given }) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gap = |unit: &str| if unit.is_empty() { "" } else { " " };
        match *self {
            Self::OutOfRange { parameter, value, min, max, unit } => {
                let g = gap(unit);
                write!(f, "{parameter} is {value}{g}{unit}; allowed are {min} to {max}{g}{unit}")
            }
            Self::Conflict { parameter, value, other, other_value, rule, unit } => {
                let g = gap(unit);
                write!(f, "{parameter} ({value}{g}{unit}) {rule} {other} ({other_value}{g}{unit})")
            }
            Self::Storage { what, needed, given } => {
                write!(f, "storage for {what} holds {given} elements; {needed} are needed")
            }
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn messages_name_parameter_value_and_range() {
        let e = Error::check("frequency", 30_000.0, 10.0, 20_000.0, "Hz").unwrap_err();
        assert_eq!(e.to_string(), "frequency is 30000 Hz; allowed are 10 to 20000 Hz");
        assert!(Error::check("q", f64::NAN, 0.1, 40.0, "").is_err());
        assert_eq!(
            Error::check_len("delay", 12, 3).unwrap_err().to_string(),
            "storage for delay holds 3 elements; 12 are needed"
        );
    }
}
