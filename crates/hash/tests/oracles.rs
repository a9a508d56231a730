//! Against independent implementations, on boundary lengths and random ones.

use blake2::Blake2b512;
use proptest::prelude::*;
use sha3::{Digest, Keccak256};
use tiny_keccak::Hasher;
use zgkit_core::Code;
use zgkit_hash::{blake2b512, blake2b512_many, keccak256, keccak256_many};

/// Bytes with period 251: no power-of-two block looks like another.
fn painted(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}

fn check(message: &[u8]) {
    let sha3: [u8; 32] = Keccak256::digest(message).into();
    let mut tiny = [0u8; 32];
    let mut hasher = tiny_keccak::Keccak::v256();
    hasher.update(message);
    hasher.finalize(&mut tiny);
    assert_eq!(keccak256(message), sha3, "keccak256, {} bytes", message.len());
    assert_eq!(keccak256(message), tiny, "keccak256, {} bytes", message.len());

    let blake2: [u8; 64] = Blake2b512::digest(message).into();
    assert_eq!(blake2b512(message), blake2, "blake2b512, {} bytes", message.len());
}

#[test]
fn every_length_up_to_four_blocks_and_around_the_sizes_in_use() {
    let bytes = painted(262_145);
    for length in 0..=4 * 136 + 1 {
        check(&bytes[..length]);
    }
    for length in [1023, 1024, 1025, 4095, 4096, 4097, 4224, 16_384, 262_143, 262_144, 262_145] {
        check(&bytes[..length]);
    }
}

#[test]
fn known_answers() {
    assert_eq!(keccak256(b"")[..8], [0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c]);
    assert_eq!(blake2b512(b"abc")[..8], [0xba, 0x80, 0xa5, 0x3f, 0x98, 0x1c, 0x4d, 0x0d]);
}

#[test]
fn many_equals_one_by_one() {
    for length in [0, 1, 31, 32, 64, 127, 128, 129, 135, 136, 137, 256, 272] {
        for count in 0..=17 {
            let messages = painted(length * count);
            let mut keccak = vec![0u8; 32 * count];
            let mut blake2b = vec![0u8; 64 * count];
            keccak256_many(&messages, length, &mut keccak).unwrap();
            blake2b512_many(&messages, length, &mut blake2b).unwrap();
            for i in 0..count {
                let message = &messages[i * length..][..length];
                assert_eq!(keccak[32 * i..][..32], keccak256(message));
                assert_eq!(blake2b[64 * i..][..64], blake2b512(message));
            }
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    let mut out = [0u8; 65];
    for (messages, length, digests) in [
        (64, 64, 33), // ragged output
        (63, 64, 32), // message too short
        (65, 64, 32), // message too long
        (64, 64, 0),  // no output
        (0, usize::MAX, 64),
    ] {
        let error = keccak256_many(&painted(messages), length, &mut out[..digests]).unwrap_err();
        assert_eq!(error.code, Code::BufferLength, "{messages} {length} {digests}");
    }
    assert_eq!(blake2b512_many(&painted(64), 64, &mut out).unwrap_err().code, Code::BufferLength);
    assert_eq!(blake2b512_many(&painted(63), 64, &mut out[..64]).unwrap_err().code, Code::BufferLength);
}

proptest! {
    #[test]
    fn random_messages(message in proptest::collection::vec(any::<u8>(), 0..2048)) {
        check(&message);
    }
}
