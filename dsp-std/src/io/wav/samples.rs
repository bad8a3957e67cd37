//! Interleaved bytes of a data chunk to planar `f32`: one monomorphic loop per sample format.

/// How one sample lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    U8,
    I16,
    I16Be,
    I24,
    I24Be,
    I32,
    I32Be,
    F32,
    F32Be,
    F64,
    F64Be,
}

impl Encoding {
    /// Samples in `container` bytes each.
    pub(super) const fn new(float: bool, container: usize, big_endian: bool) -> Option<Self> {
        Some(match (float, container, big_endian) {
            (false, 1, _) => Self::U8,
            (false, 2, false) => Self::I16,
            (false, 2, true) => Self::I16Be,
            (false, 3, false) => Self::I24,
            (false, 3, true) => Self::I24Be,
            (false, 4, false) => Self::I32,
            (false, 4, true) => Self::I32Be,
            (true, 4, false) => Self::F32,
            (true, 4, true) => Self::F32Be,
            (true, 8, false) => Self::F64,
            (true, 8, true) => Self::F64Be,
            _ => return None,
        })
    }

    /// Bytes of one sample.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 | Self::I16Be => 2,
            Self::I24 | Self::I24Be => 3,
            Self::I32 | Self::I32Be | Self::F32 | Self::F32Be => 4,
            Self::F64 | Self::F64Be => 8,
        }
    }
}

/// Appends whole frames of `bytes` to `planes`; returns how many samples were not finite (and became 0.0).
pub(super) fn decode(encoding: Encoding, bytes: &[u8], planes: &mut [Vec<f32>]) -> u64 {
    // Full scale is 2^(bits-1); the shifts put narrower integers at the top of an i32, whose scale is then the same for all.
    const FULL: f32 = 2_147_483_648.0;
    let top = |v: i32| v as f32 / FULL;
    match encoding {
        Encoding::U8 => integers::<1>(bytes, planes, |b| (f32::from(b[0]) - 128.0) / 128.0),
        Encoding::I16 => integers::<2>(bytes, planes, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
        Encoding::I16Be => integers::<2>(bytes, planes, |b| f32::from(i16::from_be_bytes(b)) / 32_768.0),
        Encoding::I24 => integers::<3>(bytes, planes, |b| top(i32::from_le_bytes([0, b[0], b[1], b[2]]))),
        Encoding::I24Be => integers::<3>(bytes, planes, |b| top(i32::from_be_bytes([b[0], b[1], b[2], 0]))),
        Encoding::I32 => integers::<4>(bytes, planes, |b| top(i32::from_le_bytes(b))),
        Encoding::I32Be => integers::<4>(bytes, planes, |b| top(i32::from_be_bytes(b))),
        Encoding::F32 => floats::<4>(bytes, planes, f32::from_le_bytes),
        Encoding::F32Be => floats::<4>(bytes, planes, f32::from_be_bytes),
        Encoding::F64 => floats::<8>(bytes, planes, |b| f64::from_le_bytes(b) as f32),
        Encoding::F64Be => floats::<8>(bytes, planes, |b| f64::from_be_bytes(b) as f32),
    }
}

fn integers<const W: usize>(bytes: &[u8], planes: &mut [Vec<f32>], sample: impl Fn([u8; W]) -> f32) -> u64 {
    split(bytes, planes, sample);
    0
}

fn floats<const W: usize>(bytes: &[u8], planes: &mut [Vec<f32>], sample: impl Fn([u8; W]) -> f32) -> u64 {
    let from = planes.first().map_or(0, Vec::len);
    split(bytes, planes, sample);
    planes.iter_mut().map(|p| silence_non_finite(&mut p[from..])).sum()
}

/// Replaces NaN and infinities by 0.0 and counts them. A block is looked at before it is touched, because nearly all are clean.
pub(in crate::io) fn silence_non_finite(samples: &mut [f32]) -> u64 {
    let mut count = 0;
    for block in samples.chunks_mut(1024) {
        if block.iter().map(|x| u32::from(!x.is_finite())).sum::<u32>() != 0 {
            for x in block.iter_mut().filter(|x| !x.is_finite()) {
                *x = 0.0;
                count += 1;
            }
        }
    }
    count
}

/// One pass over the bytes for mono and stereo, one pass per channel otherwise (the piece is in cache by then).
fn split<const W: usize>(bytes: &[u8], planes: &mut [Vec<f32>], sample: impl Fn([u8; W]) -> f32) {
    let (samples, _) = bytes.as_chunks::<W>();
    match planes {
        [] => {}
        [mono] => mono.extend(samples.iter().map(|b| sample(*b))),
        [left, right] => {
            let (frames, _) = samples.as_chunks::<2>();
            let from = left.len();
            left.resize(from + frames.len(), 0.0);
            right.resize(from + frames.len(), 0.0);
            for ((l, r), f) in left[from..].iter_mut().zip(&mut right[from..]).zip(frames) {
                *l = sample(f[0]);
                *r = sample(f[1]);
            }
        }
        many => {
            let channels = many.len();
            for (c, plane) in many.iter_mut().enumerate() {
                plane.extend(samples.chunks_exact(channels).map(|f| sample(f[c])));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(encoding: Encoding, bytes: &[u8]) -> (Vec<f32>, u64) {
        let mut planes = [Vec::new()];
        let n = decode(encoding, bytes, &mut planes);
        let [p] = planes;
        (p, n)
    }

    #[test]
    fn integers_are_exact_to_24_bits() {
        assert_eq!(one(Encoding::U8, &[0, 128, 255]).0, [-1.0, 0.0, 127.0 / 128.0]);
        for v in i16::MIN..=i16::MAX {
            let want = [f32::from(v) / 32_768.0];
            assert_eq!(one(Encoding::I16, &v.to_le_bytes()).0, want);
            assert_eq!(one(Encoding::I16Be, &v.to_be_bytes()).0, want);
        }
        for v in [-8_388_608i32, -8_388_607, -1, 0, 1, 2, 8_388_607, 1_234_567] {
            let want = [(f64::from(v) / 8_388_608.0) as f32];
            assert_eq!(f64::from(want[0]) * 8_388_608.0, f64::from(v), "representable");
            assert_eq!(one(Encoding::I24, &v.to_le_bytes()[..3]).0, want);
            assert_eq!(one(Encoding::I24Be, &v.to_be_bytes()[1..]).0, want);
        }
    }

    #[test]
    fn integers_of_32_bits_round() {
        for v in [i32::MIN, i32::MAX, 16_777_217, -3, 0] {
            let want = [(f64::from(v) / 2_147_483_648.0) as f32];
            assert_eq!(one(Encoding::I32, &v.to_le_bytes()).0, want);
            assert_eq!(one(Encoding::I32Be, &v.to_be_bytes()).0, want);
        }
    }

    #[test]
    fn non_finite_becomes_silence_and_is_counted() {
        let f32s = [1.5, f32::NAN, -4.0, f32::INFINITY, f32::NEG_INFINITY, 3e38, f32::from_bits(0x7F80_0001)];
        let bytes: Vec<u8> = f32s.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(one(Encoding::F32, &bytes), (vec![1.5, 0.0, -4.0, 0.0, 0.0, 3e38, 0.0], 4));
        let f64s = [1e308, -1e308, f64::NAN, 0.25, 1e-320];
        let bytes: Vec<u8> = f64s.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(one(Encoding::F64, &bytes), (vec![0.0, 0.0, 0.0, 0.25, 0.0], 3));
    }

    #[test]
    fn channels_come_apart_for_every_count() {
        for channels in 1..=24usize {
            let frames = 7;
            let bytes: Vec<u8> = (0..channels * frames).flat_map(|i| (i as i16).to_le_bytes()).collect();
            let mut planes = vec![vec![9.0]; channels];
            decode(Encoding::I16, &bytes, &mut planes);
            for (c, p) in planes.iter().enumerate() {
                assert_eq!(p[0], 9.0, "appended");
                assert!(p[1..].iter().enumerate().all(|(i, x)| *x == (i * channels + c) as f32 / 32_768.0));
                assert_eq!(p.len(), frames + 1);
            }
        }
    }
}
