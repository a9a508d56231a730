//! Against independent implementations, on boundary lengths and random ones.

use blake2::Blake2b512;
use proptest::prelude::*;
use sha3::{Digest, Keccak256};
use tiny_keccak::Hasher;
use zgkit_core::{Code, Isa};
use zgkit_hash::lanes::{Vector, Work, items, run};
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
    Isa::with_each(|_| {
        for length in 0..=4 * 136 + 1 {
            check(&bytes[..length]);
        }
        for length in [1023, 1024, 1025, 4095, 4096, 4097, 4224, 16_384, 262_143, 262_144, 262_145] {
            check(&bytes[..length]);
        }
    });
}

#[test]
fn known_answers() {
    assert_eq!(keccak256(b"")[..8], [0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c]);
    assert_eq!(blake2b512(b"abc")[..8], [0xba, 0x80, 0xa5, 0x3f, 0x98, 0x1c, 0x4d, 0x0d]);
}

/// Every count of messages up to two groups of the widest vector and one more, for every length around words, blocks and
/// the forms that go straight into registers.
#[test]
fn every_instruction_set_equals_the_oracles_for_every_remainder_of_lanes() {
    let lengths =
        (0..=300).chain([511, 512, 513, 543, 544, 545, 1023, 1024, 1025, 4095, 4096, 4097, 4224, 8192]);
    for length in lengths {
        let counts: Vec<usize> = if length <= 300 { (0..=17).collect() } else { vec![1, 2, 3, 7, 8, 9] };
        let messages = painted(length * counts[counts.len() - 1]);
        let each = || {
            messages.chunks_exact(length.max(1)).chain((length == 0).then_some(&[][..]).into_iter().cycle())
        };
        let most = counts[counts.len() - 1];
        let keccak: Vec<u8> = each().take(most).flat_map(Keccak256::digest).collect();
        let blake2b: Vec<u8> = each().take(most).flat_map(Blake2b512::digest).collect();
        Isa::with_each(|isa| {
            for &count in &counts {
                let (mut digests, mut wide) = (vec![0u8; 32 * count], vec![0u8; 64 * count]);
                keccak256_many(&messages[..length * count], length, &mut digests).unwrap();
                blake2b512_many(&messages[..length * count], length, &mut wide).unwrap();
                assert!(
                    digests == keccak[..32 * count],
                    "keccak256, {}: {count} of {length} bytes",
                    isa.name()
                );
                assert!(
                    wide == blake2b[..64 * count],
                    "blake2b512, {}: {count} of {length} bytes",
                    isa.name()
                );
            }
        });
    }
}

/// What vectors do beyond hashing: each operation against the one lane of plain Rust.
#[test]
fn vectors_of_every_instruction_set_equal_words() {
    struct Operations<'a> {
        rows: &'a [[u8; 32]],
        results: Vec<[u8; 32]>,
    }
    impl Work for Operations<'_> {
        #[inline(always)]
        fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
            let rows = items::<L>(first, active).map(|item| &self.rows[item]);
            let masks = items::<L>(first, active).map(|item| &self.rows[self.rows.len() - 1 - item]);
            let [a, b, c, d] = V::load_xor(rows, masks);
            let rotated = [1, 3, 8, 16, 24, 32, 40, 44, 48, 55, 56, 63]
                .into_iter()
                .fold(a, |word, bits| word.rotate_left(bits).add(b.xor_rotate(c, bits)));
            let places = V::from_lanes(rows.map(|row| u64::from(row[5])));
            let lanes = V::from_lanes(d.to_lanes().map(|word| word.swap_bytes()));
            let words = [
                rotated.chi(b, c),
                b.xor3(c, d),
                c.xor_rotated(places),
                lanes.add(V::splat(0x0123_4567_89ab_cdef)),
            ];
            self.results.extend(&V::store(words)[..active]);
        }
    }
    let bytes = keccak_stream(19 * 32);
    let (rows, _) = bytes.as_chunks();
    let mut due = None;
    Isa::with_each(|isa| {
        for count in 0..=rows.len() {
            let mut operations = Operations { rows, results: Vec::new() };
            run(&mut operations, count);
            let due = due.get_or_insert_with(|| {
                let mut all = Operations { rows, results: Vec::new() };
                run(&mut all, rows.len());
                all.results
            });
            assert_eq!(operations.results, due[..count], "{} {count}", isa.name());
        }
    });
}

/// Bytes without a pattern.
fn keccak_stream(length: usize) -> Vec<u8> {
    (0..length.div_ceil(32) as u64).flat_map(|i| keccak256(&i.to_le_bytes())).take(length).collect()
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
