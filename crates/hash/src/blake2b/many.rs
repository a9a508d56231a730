//! BLAKE2b-512 of bytes: messages of one length, as many at once as there are lanes.

use zgkit_core::Result;

use super::DIGEST;
use super::compression::{BLOCK_WORDS, Blake2b};
use crate::lanes::{Bytes32, Vector, Work, items, run};

/// Bytes of a message block.
const BLOCK: usize = 8 * BLOCK_WORDS;

/// BLAKE2b-512 of one message (RFC 7693, unkeyed).
pub fn blake2b512(message: &[u8]) -> [u8; DIGEST] {
    let mut out = [0; DIGEST];
    run(&mut Many { messages: message, length: message.len(), digests: out.as_chunks_mut().0 }, 1);
    out
}

/// BLAKE2b-512 of many messages of `length` bytes each, stored one after the other.
///
/// `out` receives the 64-byte digests in the same order; its length says how many messages there are.
///
/// # Errors
/// `BUFFER_LENGTH` unless `out.len()` is a multiple of 64 and `messages.len() == length * out.len() / 64`.
pub fn blake2b512_many(messages: &[u8], length: usize, out: &mut [u8]) -> Result<()> {
    crate::many::check::<DIGEST>(messages, length, out)?;
    let (digests, _) = out.as_chunks_mut();
    let count = digests.len();
    run(&mut Many { messages, length, digests }, count);
    Ok(())
}

struct Many<'a> {
    messages: &'a [u8],
    length: usize,
    digests: &'a mut [[u8; DIGEST]],
}

impl Work for Many<'_> {
    #[inline(always)]
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
        let messages =
            items::<L>(first, active).map(|item| &self.messages[item * self.length..][..self.length]);
        // The last block is compressed with the final flag, also when it is full; an empty message is one zero block.
        let before = self.length.saturating_sub(1) / BLOCK;
        let mut state = Blake2b::<V>::new();
        for block in 0..before {
            state.update(words(
                messages.map(|message| message[block * BLOCK..].first_chunk().expect("a whole block")),
            ));
        }
        let rest = self.length - before * BLOCK;
        let mut last = [[0; BLOCK]; L];
        for (block, message) in last.iter_mut().zip(messages) {
            block[..rest].copy_from_slice(&message[before * BLOCK..]);
        }
        let [d0, d1, d2, d3, d4, d5, d6, d7] = state.finish(words(last.each_ref()), rest as u64);
        let (low, high) = (V::store([d0, d1, d2, d3]), V::store([d4, d5, d6, d7]));
        for (lane, digest) in self.digests[first..][..active].iter_mut().enumerate() {
            let (halves, _): (&mut [Bytes32], _) = digest.as_chunks_mut();
            halves.copy_from_slice(&[low[lane], high[lane]]);
        }
    }
}

/// The words of a block of each lane.
#[inline(always)]
fn words<const L: usize, V: Vector<L>>(blocks: [&[u8; BLOCK]; L]) -> [V; BLOCK_WORDS] {
    let mut words = [V::splat(0); BLOCK_WORDS];
    for (part, four) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        *four = V::load(blocks.map(|block| &block.as_chunks().0[part]));
    }
    words
}
