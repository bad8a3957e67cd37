//! Warnings collected while a file is read: bounded, one line each.

/// Warnings kept word by word; later ones are only counted, so a hostile file cannot fill the memory with them.
const MAX_LINES: usize = 50;

/// The warnings of one file.
#[derive(Debug, Default)]
pub(super) struct Notes {
    lines: Vec<String>,
    dropped: bool,
}

impl Notes {
    /// Adds a line.
    pub(super) fn warn(&mut self, line: impl Into<String>) {
        if self.lines.len() < MAX_LINES {
            self.lines.push(line.into());
        } else if !self.dropped {
            self.dropped = true;
            self.lines.push("further warnings left out".into());
        }
    }

    /// The lines so far.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded() {
        let mut notes = Notes::default();
        (0..1000).for_each(|i| notes.warn(i.to_string()));
        assert_eq!(notes.lines().len(), MAX_LINES + 1);
        assert_eq!(notes.lines()[MAX_LINES], "further warnings left out");
    }
}
