//! Keccak-256's sponge over vectors.

use super::permutation::{WORDS, permute};
use crate::lanes::Vector;

/// Bytes absorbed per permutation: 1600 bits of state less twice the 256 bits of output.
pub(super) const RATE: usize = 136;

/// Words absorbed per permutation.
pub(super) const RATE_WORDS: usize = RATE / 8;

/// Original Keccak padding: this bit behind the message, and the top bit of the block's last word.
pub(super) const PAD_FIRST: u8 = 0x01;
const PAD_LAST: u64 = 1 << 63;

/// Keccak-256 of a message of `W` words in each lane, in registers: four words of digest.
#[inline(always)]
pub fn keccak256_words<const L: usize, const W: usize, V: Vector<L>>(message: [V; W]) -> [V; 4] {
    let zero = V::splat(0);
    let mut state = [zero; WORDS];
    let mut at = 0;
    while W - at >= RATE_WORDS {
        for (word, &input) in state.iter_mut().zip(&message[at..][..RATE_WORDS]) {
            *word = word.xor(input);
        }
        state = permute(state);
        at += RATE_WORDS;
    }
    let rest = W - at;
    for (word, &input) in state.iter_mut().zip(&message[at..]) {
        *word = word.xor(input);
    }
    state[rest] = state[rest].xor(V::splat(PAD_FIRST.into()));
    state[RATE_WORDS - 1] = state[RATE_WORDS - 1].xor(V::splat(PAD_LAST));
    digest(permute(state))
}

/// Absorbs one block of each lane.
#[inline(always)]
pub(super) fn absorb<const L: usize, V: Vector<L>>(
    mut state: [V; WORDS],
    blocks: [&[u8; RATE]; L],
) -> [V; WORDS] {
    for part in 0..RATE / 32 {
        let rows = blocks.map(|block| block[32 * part..].first_chunk().expect("four parts of 32 bytes fit"));
        for (word, input) in state[4 * part..].iter_mut().zip(V::load(rows)) {
            *word = word.xor(input);
        }
    }
    let last =
        blocks.map(|block| u64::from_le_bytes(*block.last_chunk().expect("a block is longer than a word")));
    state[RATE_WORDS - 1] = state[RATE_WORDS - 1].xor(V::from_lanes(last));
    permute(state)
}

/// The digest in a state.
#[inline(always)]
pub(super) fn digest<V: Copy>(state: [V; WORDS]) -> [V; 4] {
    [state[0], state[1], state[2], state[3]]
}
