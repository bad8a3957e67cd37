//! Any bytes that begin like a WAVE file give an error or audio, never a panic, and never more audio than there are bytes.

#![no_main]

use dsp_std::io::reader::Reader;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|data: &[u8]| {
    // The other formats belong to symphonia.
    if !["RIFF", "RIFX", "RF64", "BW64"].iter().any(|magic| data.starts_with(magic.as_bytes())) {
        return;
    }
    let mut reader = match Reader::from_source("fuzz.wav", Box::new(Cursor::new(data.to_vec()))) {
        Ok(reader) => reader,
        Err(e) => {
            let line = e.to_string();
            assert!(line.starts_with("fuzz.wav: ") && !line.contains('\n'), "{line:?}");
            return;
        }
    };
    let channels = reader.info().channels();
    // No format has less than one byte per sample.
    let most = data.len() / channels;
    let promised = reader.info().frames.expect("WAV knows its length") as usize;
    assert!(promised <= most, "{promised} frames promised by {} bytes", data.len());
    let mut planes = vec![Vec::new(); channels];
    let mut frames = 0;
    loop {
        planes.iter_mut().for_each(Vec::clear);
        // An odd block size: pieces must not depend on it.
        let got = reader.read(&mut planes, 1009).expect("memory can be read");
        if got == 0 {
            break;
        }
        assert!(planes.iter().all(|p| p.len() == got && p.iter().all(|x| x.is_finite())));
        frames += got;
    }
    assert_eq!(frames, promised);
    assert!(reader.warnings().iter().all(|line| !line.contains('\n')));
});
