//! Shard files and evidence of any bytes, under the commitment that the first one asks for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_erasure::{Descriptor, ErasureCode, decode, encode, verify_evidence};

fuzz_target!(|input: (Vec<Vec<u8>>, u8, Vec<(u8, u16, u8)>)| {
    let (files, size, changes) = input;
    let descriptor = files.first().and_then(|file| Descriptor::from_bytes(file.first_chunk()?));
    let commitment = descriptor.map_or([0; 32], |descriptor| descriptor.commitment());
    let views: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    if let Err(refusal) = decode(&commitment, &views)
        && let Some(evidence) = refusal.evidence
    {
        verify_evidence(&commitment, &evidence).expect("evidence convinces");
    }
    for file in &files {
        let _ = verify_evidence(&commitment, file);
    }

    // Honest files with changes decode to the file or not at all.
    let file = vec![size; usize::from(size) + 1];
    let code = ErasureCode::cauchy(3, 2).expect("valid");
    let mut encoded = encode(&code, 4096, &file).expect("valid");
    for (shard, place, change) in changes {
        let shard = &mut encoded.files[usize::from(shard) % 5];
        let place = usize::from(place) % shard.len();
        shard[place] ^= change;
    }
    let views: Vec<&[u8]> = encoded.files.iter().map(Vec::as_slice).collect();
    match decode(&encoded.commitment, &views) {
        Ok(decoded) => assert_eq!(decoded.data, file),
        Err(refusal) => assert_eq!(refusal.error.code.as_str(), "TOO_FEW_SHARDS"),
    }
});
