//! FNV-1a, 64 bits: small, and every byte changes it.
//!
//! Source: Fowler, Noll, Vo, "FNV hash" (IETF draft-eastlake-fnv).

/// A running checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checksum(pub u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Checksum {
    /// Adds bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_values() {
        let of = |text: &str| {
            let mut sum = Checksum::default();
            sum.add(text.as_bytes());
            sum.0
        };
        assert_eq!(
            (of(""), of("a"), of("foobar")),
            (0xCBF2_9CE4_8422_2325, 0xAF63_DC4C_8601_EC8C, 0x8594_4171_F739_67E8)
        );
    }
}
