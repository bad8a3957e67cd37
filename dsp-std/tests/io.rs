//! Audio files: what is written comes back, what is broken is told in one line, what fails leaves nothing behind.

use dsp_core::layout::{Layout, MAX_CHANNELS};
use dsp_core::units::SampleRate;
use dsp_std::audio::Audio;
use dsp_std::io::reader::Reader;
use dsp_std::io::wav::write::{Format, Spec, Writer};
use dsp_std::io::{Error, Limits, Report, read, read_within};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// The same cases in every run, and nothing written beside the sources.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn spec(format: Format, channels: usize) -> Spec {
    Spec { rate: SampleRate::VIDEO, layout: Layout::of_channels(channels).unwrap(), format }
}

fn decode(bytes: &[u8]) -> Result<(Audio, Report), Error> {
    read_within(Reader::from_source("x.wav", Box::new(Cursor::new(bytes.to_vec())))?, Limits::default())
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Writes in two pieces, cut anywhere.
fn write_i32(path: &Path, spec: Spec, planes: &[Vec<i32>], cut: usize) {
    let mut writer = Writer::create(path, spec, true).unwrap();
    let cut = cut.min(planes[0].len());
    writer.write_i32(&planes.iter().map(|p| &p[..cut]).collect::<Vec<_>>()).unwrap();
    writer.write_i32(&planes.iter().map(|p| &p[cut..]).collect::<Vec<_>>()).unwrap();
    assert_eq!(writer.finish().unwrap(), planes[0].len() as u64);
}

#[test]
fn integers_come_back_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    for (format, bits) in [(Format::Pcm16, 16), (Format::Pcm24, 24)] {
        for channels in 1..=MAX_CHANNELS {
            let full = 1i32 << (bits - 1);
            let value = |c: usize, i: usize| (i as i32 * 7919 + c as i32 * 104_729) % full - full * (i as i32 % 2);
            for frames in [0usize, 1, 3, 97] {
                let planes: Vec<Vec<i32>> = (0..channels).map(|c| (0..frames).map(|i| value(c, i)).collect()).collect();
                write_i32(&path, spec(format, channels), &planes, 2);
                let (audio, report) = read(&path).unwrap();
                assert_eq!((audio.frames(), audio.layout()), (frames, Layout::of_channels(channels).unwrap()));
                assert!(report.warnings.is_empty() && report.info.metadata.is_empty(), "{report:?}");
                for (a, b) in audio.planes().iter().zip(&planes) {
                    assert!(a.iter().zip(b).all(|(a, b)| f64::from(*a) * f64::from(full) == f64::from(*b)));
                }
            }
        }
    }
}

#[test]
fn any_finite_samples_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let sample = prop_oneof![any::<f32>().prop_filter("finite", |x| x.is_finite()), -4.0f32..4.0];
    let case = (1..=MAX_CHANNELS, 0usize..100).prop_flat_map(move |(channels, frames)| {
        (prop::collection::vec(prop::collection::vec(sample.clone(), frames), channels), 1usize..300)
    });
    let bits = |p: &[Vec<f32>]| p.iter().map(|c| c.iter().map(|x| x.to_bits()).collect()).collect::<Vec<Vec<_>>>();
    runner(100)
        .run(&case, |(planes, block)| {
            let mut writer = Writer::create(&path, spec(Format::Float32, planes.len()), true).unwrap();
            writer.write_f32(&planes.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
            writer.finish().unwrap();
            let mut reader = Reader::open(&path).unwrap();
            let mut got = vec![Vec::new(); planes.len()];
            while reader.read(&mut got, block).unwrap() > 0 {}
            prop_assert_eq!(reader.warnings(), &[] as &[String]);
            prop_assert_eq!(bits(&got), bits(&planes));
            Ok(())
        })
        .unwrap();
}

fn chunk(id: &[u8], body: &[u8]) -> Vec<u8> {
    let mut c = [id, &(body.len() as u32).to_le_bytes(), body].concat();
    c.extend(std::iter::repeat_n(0, body.len() % 2));
    c
}

fn fmt(tag: u16, channels: u16, rate: u32, align: u16, bits: u16) -> Vec<u8> {
    let byte_rate = rate.wrapping_mul(u32::from(align));
    let head = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
    let tail = [align.to_le_bytes(), bits.to_le_bytes()].concat();
    chunk(b"fmt ", &[&head[..], &rate.to_le_bytes(), &byte_rate.to_le_bytes(), &tail].concat())
}

fn riff(id: &[u8], size: Option<u32>, chunks: &[&[u8]]) -> Vec<u8> {
    let body = chunks.concat();
    [id, &size.unwrap_or(4 + body.len() as u32).to_le_bytes(), b"WAVE", &body].concat()
}

const ID3: &[u8] = b"ID3\x04\0\0\0\0\0\x0A\0\0\0\0\0\0\0\0\0\0";

/// Small files that between them take every path of the reader.
fn samples() -> Vec<Vec<u8>> {
    let (cd, audio) = (fmt(1, 2, 44_100, 4, 16), [1u8; 40]);
    let ds64 = chunk(b"ds64", &[&[0; 8][..], &40u64.to_le_bytes(), &[0; 12]].concat());
    let open_end = [b"data", &u32::MAX.to_le_bytes()[..], &audio].concat();
    let bext = chunk(b"bext", &[b'x'; 603]);
    let info = chunk(b"LIST", b"INFOINAM\x04\0\0\0abcd");
    vec![
        riff(b"RIFF", None, &[&cd, &chunk(b"data", &audio)]),
        riff(b"RIFF", None, &[&bext, &info, &cd, &chunk(b"data", &audio[..37]), &chunk(b"cue ", &[0; 28])]),
        riff(b"RIFF", Some(0), &[&fmt(3, 1, 48_000, 4, 32), &chunk(b"fact", &[10, 0, 0, 0]), &open_end]),
        riff(b"RF64", Some(u32::MAX), &[&ds64, &cd, &open_end]),
        [ID3, &riff(b"RIFF", None, &[&cd, &chunk(b"data", &audio)])].concat(),
    ]
}

#[test]
fn cut_anywhere_is_an_answer() {
    for file in samples() {
        for end in 0..=file.len() {
            match decode(&file[..end]) {
                Ok((audio, _)) => assert!(audio.frames() * audio.channels() <= end),
                Err(e) => assert!(e.to_string().starts_with("x.wav: ") && !e.to_string().contains('\n'), "{e}"),
            }
        }
    }
}

#[test]
fn changed_anywhere_is_an_answer() {
    let files = samples();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8);
    runner(5_000)
        .run(&(0..files.len(), edits), |(which, edits)| {
            let mut file = files[which].clone();
            for (at, value) in edits {
                let at = at.index(file.len());
                file[at] = value;
            }
            match decode(&file) {
                Ok((audio, _)) => {
                    prop_assert!(audio.frames() * audio.channels() <= file.len());
                    prop_assert!(audio.planes().iter().flatten().all(|x| x.is_finite()));
                }
                Err(e) => prop_assert!(!e.to_string().contains('\n')),
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn damage_that_leaves_audio_is_a_warning() {
    let (cd, audio) = (fmt(1, 2, 44_100, 4, 16), [3u8; 40]);
    let data = chunk(b"data", &audio);
    let claims = |size: u32| [b"data", &size.to_le_bytes()[..], &audio].concat();
    let unpadded = [&b"LIST\x05\0\0\0INFO\0"[..], &data].concat();
    let ds64 = |size: u64| chunk(b"ds64", &[&size.to_le_bytes()[..], &size.to_le_bytes(), &[0; 12]].concat());
    let whole = |chunks: &[&[u8]]| riff(b"RIFF", None, chunks);
    let wide = |id: &[u8], size: u64| riff(id, Some(u32::MAX), &[&ds64(size), &cd, &claims(u32::MAX)]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("truncated: the data chunk claims 2147483646 bytes; 40 are there", whole(&[&cd, &claims(0x7FFF_FFFE)])),
        ("does not state its size; 40 bytes", riff(b"RIFF", Some(0), &[&cd, &claims(0)])),
        ("does not state its size; 40 bytes", riff(b"RIFF", Some(u32::MAX), &[&cd, &claims(u32::MAX)])),
        ("the RIFF chunk claims 9999 bytes", riff(b"RIFF", Some(9999), &[&cd, &data])),
        ("the RIFF chunk ends at byte 28", riff(b"RIFF", Some(20), &[&cd, &data])),
        ("1 bytes of 4 are dropped", whole(&[&cd, &claims(41), &[9]])),
        ("4097 bytes after the end", [whole(&[&cd, &data]), vec![7; 4097]].concat()),
        ("84 bytes after the end", whole(&[&cd, &data]).repeat(2)),
        ("precedes the fmt chunk", whole(&[&data, &cd])),
        ("a second fmt chunk", whole(&[&cd, &fmt(1, 1, 8000, 2, 16), &data])),
        ("a second data chunk", whole(&[&cd, &data, &data])),
        ("has no pad byte", whole(&[&cd, &unpadded])),
        ("an ID3v2 tag of 20 bytes", [ID3, &whole(&[&cd, &data])].concat()),
        ("truncated: the data chunk claims 18446744073709551615", wide(b"RF64", u64::MAX)),
        ("does not state its size", wide(b"BW64", 0)),
        ("block align is 0", whole(&[&fmt(1, 2, 44_100, 0, 16), &data])),
        ("cue chunk states 4294967295 entries", whole(&[&cd, &chunk(b"cue ", &[255; 28]), &data])),
        ("bext chunk of 100 bytes", whole(&[&chunk(b"bext", &[0; 100]), &cd, &data])),
    ];
    for (said, file) in cases {
        let (audio, report) = decode(&file).unwrap_or_else(|e| panic!("{said}: {e}"));
        assert_eq!(audio.frames(), 10, "{said}");
        assert!(audio.planes().iter().flatten().all(|x| *x == 771.0 / 32_768.0), "{said}");
        assert!(report.warnings.iter().any(|w| w.contains(said)), "{said}: {:?}", report.warnings);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let (cd, data) = (fmt(1, 2, 44_100, 4, 16), chunk(b"data", &[0; 40]));
    let whole = |chunks: &[&[u8]]| riff(b"RIFF", None, chunks);
    let overlong = [b"JUNK", &0xFFFF_FFF8u32.to_le_bytes()[..]].concat();
    let with = |f: Vec<u8>| whole(&[&f, &data]);
    let flac = |rate: &[u8; 3]| [&b"fLaC\x80\0\0\x22"[..], &[0; 10], rate, &[0; 90]].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("not an audio file (the file is empty)", vec![]),
        ("not an audio file (zero bytes)", vec![0; 65_536]),
        ("not an audio file (it begins with \"riff", riff(b"riff", None, &[&cd, &data])),
        ("a RIFF file of the form \"AVI \"", [&b"RIFF\x04\0\0\0AVI "[..], &cd].concat()),
        ("the RIFF header ends after 4 bytes", b"RIFF".to_vec()),
        ("no fmt chunk", whole(&[&data])),
        ("no data chunk", whole(&[&cd])),
        ("chunk \"JUNK\" at byte 36 claims 4294967288 bytes; 48 are left", whole(&[&cd, &overlong, &data])),
        ("sample rate is 1 Hz; allowed are 8000 to 768000 Hz", with(fmt(1, 2, 1, 4, 16))),
        ("sample rate is 4294967295 Hz", with(fmt(1, 2, u32::MAX, 4, 16))),
        ("0 channels; allowed are 1 to 24", with(fmt(1, 0, 44_100, 4, 16))),
        ("65535 channels; allowed are 1 to 24", with(fmt(1, 65_535, 44_100, 65_534, 16))),
        ("33-bit PCM samples", with(fmt(1, 2, 44_100, 10, 33))),
        ("A-law", with(fmt(6, 1, 8000, 1, 8))),
        ("Wave64 is not supported", b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb".to_vec()),
        ("FLAC: ", flac(&[0x0A, 0xC4, 0x42])),
        ("sample rate is 0 Hz", flac(&[0; 3])),
    ];
    for (said, file) in cases {
        let line = decode(&file).map(|_| ()).unwrap_err().to_string();
        assert!(line.starts_with("x.wav: ") && line.contains(said) && !line.contains('\n'), "{said}: {line}");
    }
    assert!(matches!(read("/nowhere/a.wav"), Err(Error::Open { .. })));
}

/// AIFF-C in big-endian 32-bit float, mono, 48 kHz.
fn aifc(samples: &[f32]) -> Vec<u8> {
    let be = |id: &[u8], body: &[u8]| [id, &(body.len() as u32).to_be_bytes(), body].concat();
    let frames = (samples.len() as u32).to_be_bytes();
    let rate = [0x40, 0x0E, 0xBB, 0x80, 0, 0, 0, 0, 0, 0];
    let comm = be(b"COMM", &[&[0, 1][..], &frames, &[0, 32], &rate, b"fl32", &[0, 0]].concat());
    let audio: Vec<u8> = samples.iter().flat_map(|x| x.to_be_bytes()).collect();
    let ssnd = be(b"SSND", &[&[0; 8][..], &audio].concat());
    be(b"FORM", &[b"AIFC", &comm[..], &ssnd].concat())
}

#[test]
fn other_formats_keep_overs_and_count_what_is_not_finite() {
    let file = aifc(&[0.5, -3.0, f32::NAN, 1e30, f32::NEG_INFINITY, -0.25]);
    let (audio, report) = decode(&file).unwrap();
    assert_eq!(audio.plane(0), [0.5, -3.0, 0.0, 1e30, 0.0, -0.25]);
    assert_eq!((report.non_finite, report.info.format.as_str()), (2, "AIFF 32-bit float"));
    assert!(report.warnings.contains(&"named .wav but the content is AIFF".to_string()), "{:?}", report.warnings);
    for end in 0..file.len() {
        if let Err(e) = decode(&file[..end]) {
            assert!(!e.to_string().contains('\n'), "{e}");
        }
    }
}

#[test]
fn positions_survive() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let sides = Layout::from_mask(2, 0x600).unwrap();
    for layout in [Layout::MONO, Layout::STEREO, Layout::SURROUND_5_0, Layout::SURROUND_5_1, sides] {
        let spec = Spec { rate: SampleRate::CD, layout, format: Format::Pcm24 };
        write_i32(&path, spec, &vec![vec![1, 2, 3]; layout.channels()], 1);
        assert_eq!(read(&path).unwrap().0.layout(), layout);
    }
}

#[test]
fn a_job_that_fails_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let stereo = spec(Format::Float32, 2);
    let mut writer = Writer::create(&path, stereo, false).unwrap();
    writer.write_f32(&[&[0.5; 100_000], &[0.5; 100_000]]).unwrap();
    assert!(writer.write_f32(&[&[0.5], &[f32::NAN]]).is_err());
    assert!(!path.exists(), "nothing appears before the end");
    drop(writer);
    assert_eq!(names(dir.path()), [] as [&str; 0]);

    fs::write(&path, "precious").unwrap();
    assert!(matches!(Writer::create(&path, stereo, false), Err(Error::Exists { .. })));
    drop(Writer::create(&path, stereo, true).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    Writer::create(&path, stereo, true).unwrap().finish().unwrap();
    assert_eq!(read(&path).unwrap().0.frames(), 0);
    assert_eq!(names(dir.path()), ["a.wav"]);
    assert!(matches!(Writer::create(dir.path().join("no/such/a.wav"), stereo, true), Err(Error::Write { .. })));
}

#[test]
fn replacing_a_file_does_not_disturb_who_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.wav");
    let long = vec![(0..50_000).map(|i| i % 30_000).collect::<Vec<i32>>()];
    write_i32(&path, spec(Format::Pcm16, 1), &long, 7);
    let mut reader = Reader::open(&path).unwrap();
    let mut got = vec![Vec::new()];
    reader.read(&mut got, 100).unwrap();
    write_i32(&path, spec(Format::Pcm16, 1), &[vec![0; 3]], 0);
    while reader.read(&mut got, 100).unwrap() > 0 {}
    assert_eq!((got[0].len(), reader.warnings().len()), (50_000, 0));
    assert_eq!(read(&path).unwrap().0.frames(), 3);
}
