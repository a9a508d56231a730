//! Vectors that others computed: parity by klauspost/reedsolomon, commitments and evidence from the text of SPEC.md.

mod common;

use common::{commit_to, hash, honest_stripes, views, with_parity};
use serde::Deserialize;
use zgkit_core::Isa;
use zgkit_erasure::{ErasureCode, Kind, decode, encode, unchecked, verify_evidence};
use zgkit_hash::keccak256;
use zgkit_testdata::{Bytes, keccak_pattern, load};

fn code(name: &str, data: usize, parity: usize, matrix: &[u8]) -> ErasureCode {
    match Kind::named(name).unwrap() {
        Kind::Vandermonde => ErasureCode::vandermonde(data, parity),
        Kind::Cauchy => ErasureCode::cauchy(data, parity),
        Kind::Custom => ErasureCode::custom(data, parity, matrix),
    }
    .unwrap()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parity {
    code: String,
    data: usize,
    parity: usize,
    shard_bytes: usize,
    seed: String,
    parity_bytes: Option<Bytes>,
    parity_keccak: Bytes,
}

#[test]
fn parity_is_that_of_the_vectors() {
    let cases: Vec<Parity> = load("erasure/codes.json");
    for case in &cases {
        let code = code(&case.code, case.data, case.parity, &[]);
        let data = keccak_pattern(&case.seed, case.data * case.shard_bytes);
        let shards: Vec<&[u8]> = data.chunks_exact(case.shard_bytes).collect();
        Isa::with_each(|isa| {
            let parity = unchecked::encode(&code, &shards).unwrap().concat();
            assert_eq!(keccak256(&parity)[..], case.parity_keccak.0, "{} {}", case.seed, isa.name());
            assert!(case.parity_bytes.as_ref().is_none_or(|bytes| bytes.0 == parity));
        });
    }
    assert_eq!(cases.len(), 224);
}

#[derive(Deserialize)]
struct Commitments {
    honest: Vec<Honest>,
    lies: Vec<Lie>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Honest {
    code: String,
    data: usize,
    parity: usize,
    matrix: Bytes,
    chunk: usize,
    size: usize,
    descriptor: Bytes,
    commitment: Bytes,
    file_bytes: Vec<usize>,
    file_hashes: Vec<Bytes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lie {
    what: String,
    code: String,
    data: usize,
    parity: usize,
    matrix: Bytes,
    chunk: usize,
    size: usize,
    commitment: Bytes,
    stripe: u64,
    members: Vec<usize>,
    witness: Option<usize>,
    evidence_bytes: usize,
    evidence_hash: Bytes,
    spoiled: String,
}

fn file(size: usize) -> Vec<u8> {
    (0..size).map(|i| (31 * i + 7 + i / 256) as u8).collect()
}

#[test]
fn shard_files_are_those_of_the_vectors() {
    let Commitments { honest, .. } = load("erasure/commitments.json");
    for case in &honest {
        let code = code(&case.code, case.data, case.parity, &case.matrix.0);
        let file = file(case.size);
        let encoded = encode(&code, case.chunk, &file).unwrap();
        assert_eq!(encoded.commitment[..], case.commitment.0);
        assert_eq!(encoded.files[0][..128], case.descriptor.0);
        let lengths: Vec<usize> = encoded.files.iter().map(Vec::len).collect();
        assert_eq!(lengths, case.file_bytes);
        assert!(
            encoded.files.iter().zip(&case.file_hashes).all(|(file, expected)| hash(file)[..] == expected.0)
        );
        let kept = views(&encoded.files[case.parity..]);
        let decoded = decode(&encoded.commitment, &kept).unwrap();
        assert!(decoded.data == file && decoded.faults.is_empty());
    }
    assert_eq!(honest.len(), 9);
}

#[test]
fn lies_give_the_evidence_of_the_vectors() {
    let Commitments { lies, .. } = load("erasure/commitments.json");
    for case in &lies {
        let code = code(&case.code, case.data, case.parity, &case.matrix.0);
        let mut stripes = honest_stripes(&code, case.chunk, &file(case.size));
        let stripe = &mut stripes[case.stripe as usize];
        match case.spoiled.as_str() {
            "parity" => stripe[4][5] ^= 1,
            _ => {
                *stripe[case.data - 1].last_mut().unwrap() = 1;
                *stripe = with_parity(&code, stripe[..case.data].to_vec());
            }
        }
        let (commitment, files) = commit_to(&code, case.chunk, case.size as u64, &stripes);
        assert_eq!(commitment[..], case.commitment.0, "{}", case.what);
        let kept: Vec<&[u8]> =
            case.members.iter().chain(&case.witness).map(|&index| &files[index][..]).collect();
        let refusal = decode(&commitment, &kept).unwrap_err();
        assert_eq!(refusal.error.code.as_str(), "ENCODING_MISMATCH");
        let mut evidence = refusal.evidence.unwrap();
        if case.what != "the wrong parity is a member" {
            assert_eq!(evidence.len(), case.evidence_bytes, "{}", case.what);
            assert_eq!(hash(&evidence)[..], case.evidence_hash.0, "{}", case.what);
        }
        assert_eq!(verify_evidence(&commitment, &evidence), Ok(case.stripe));
        // No bit of it can be changed.
        for place in (0..evidence.len()).step_by(101).chain(0..200) {
            evidence[place] ^= 4;
            assert!(verify_evidence(&commitment, &evidence).is_err(), "{} {place}", case.what);
            evidence[place] ^= 4;
        }
        assert!(verify_evidence(&commitment, &evidence[..evidence.len() - 1]).is_err());
    }
    assert_eq!(lies.len(), 5);
}
