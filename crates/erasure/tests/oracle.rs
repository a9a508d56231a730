//! Byte equality with another implementation of the same code.

use reed_solomon_erasure::galois_8::ReedSolomon;
use zgkit_core::Isa;
use zgkit_erasure::ErasureCode;
use zgkit_erasure::unchecked::{encode, reconstruct};

/// Bytes without structure.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn the_vandermonde_code_is_that_of_reed_solomon_erasure() {
    let mut cases = 0;
    for (data, parity) in
        [(1, 1), (2, 1), (3, 2), (4, 2), (10, 4), (17, 3), (32, 32), (60, 4), (128, 128), (223, 33)]
    {
        let code = ErasureCode::vandermonde(data, parity).unwrap();
        let theirs = ReedSolomon::new(data, parity).unwrap();
        for length in [1, 63, 64, 65, 1000] {
            let shards: Vec<Vec<u8>> = (0..data).map(|shard| noise(shard as u64 + 1, length)).collect();
            let mut expected = shards.clone();
            expected.resize(data + parity, vec![0; length]);
            theirs.encode(&mut expected).unwrap();
            for isa in Isa::available() {
                isa.make_current();
                assert_eq!(
                    encode(&code, &shards).unwrap(),
                    expected[data..],
                    "{data}+{parity} {length} {}",
                    isa.name()
                );
            }
            let mut holes: Vec<Option<Vec<u8>>> = expected.iter().cloned().map(Some).collect();
            (0..parity).for_each(|shard| holes[shard * 3 % (data + parity)] = None);
            reconstruct(&code, &mut holes).unwrap();
            assert!(holes.iter().zip(&expected).all(|(ours, theirs)| ours.as_ref() == Some(theirs)));
            cases += 1;
        }
    }
    assert_eq!(cases, 50);
}
