//! Keccak-256 of bytes: messages of one length, as many at once as there are lanes.

use zgkit_core::Result;

use super::DIGEST;
use super::permutation::WORDS;
use super::sponge::{PAD_FIRST, RATE, absorb, digest, keccak256_words};
use crate::lanes::{Bytes32, Vector, Work, items, prefetch, run};

/// Keccak-256 of one message (original padding `0x01`).
pub fn keccak256(message: &[u8]) -> [u8; DIGEST] {
    let mut out = [0; DIGEST];
    run(&mut Many { messages: message, length: message.len(), digests: out.as_chunks_mut().0 }, 1);
    out
}

/// Keccak-256 of many messages of `length` bytes each, stored one after the other.
///
/// `out` receives the 32-byte digests in the same order; its length says how many messages there are.
///
/// # Errors
/// `BUFFER_LENGTH` unless `out.len()` is a multiple of 32 and `messages.len() == length * out.len() / 32`.
pub fn keccak256_many(messages: &[u8], length: usize, out: &mut [u8]) -> Result<()> {
    crate::many::check::<DIGEST>(messages, length, out)?;
    let (digests, _) = out.as_chunks_mut();
    let count = digests.len();
    match length {
        32 => run(&mut Words::<4> { messages, digests }, count),
        64 => run(&mut Words::<8> { messages, digests }, count),
        256 => run(&mut Words::<32> { messages, digests }, count),
        _ => run(&mut Many { messages, length, digests }, count),
    }
    Ok(())
}

/// Messages of any length.
struct Many<'a> {
    messages: &'a [u8],
    length: usize,
    digests: &'a mut [Bytes32],
}

impl Work for Many<'_> {
    #[inline(always)]
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
        let messages =
            items::<L>(first, active).map(|item| &self.messages[item * self.length..][..self.length]);
        let mut state = [V::splat(0); WORDS];
        let whole = self.length / RATE;
        for block in 0..whole {
            state = absorb(
                state,
                messages.map(|message| message[block * RATE..].first_chunk().expect("a whole block")),
            );
        }
        let rest = self.length - whole * RATE;
        let mut last = [[0; RATE]; L];
        for (block, message) in last.iter_mut().zip(messages) {
            block[..rest].copy_from_slice(&message[whole * RATE..]);
            block[rest] = PAD_FIRST;
            block[RATE - 1] |= 0x80;
        }
        let state = absorb(state, last.each_ref());
        let digests = V::store(digest(state));
        self.digests[first..][..active].copy_from_slice(&digests[..active]);
    }
}

/// Messages of `W` words, a multiple of four: they go straight into registers.
struct Words<'a, const W: usize> {
    messages: &'a [u8],
    digests: &'a mut [Bytes32],
}

impl<const W: usize> Work for Words<'_, W> {
    #[inline(always)]
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
        let messages =
            items::<L>(first, active).map(|item| self.messages[item * 8 * W..][..8 * W].as_chunks().0);
        let mut words = [V::splat(0); W];
        for (part, four) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            *four = V::load(messages.map(|message| &message[part]));
        }
        let next = self.messages.get((first + L) * 8 * W..).unwrap_or(&[]);
        prefetch(&next[..next.len().min(L * 8 * W)]);
        let digests = V::store(keccak256_words(words));
        self.digests[first..][..active].copy_from_slice(&digests[..active]);
    }
}
