//! Sealing (SPEC.md section 9).

use zgkit_core::limits::MAX_CALL_BYTES;
use zgkit_core::size::{HASH_BYTES, SEAL_BYTES, SEAL_SECTORS};
use zgkit_core::{Code, Error, Result, U256};
use zgkit_hash::lanes::{Vector, Work, items, run};
use zgkit_hash::{keccak256, keccak256_many, keccak256_words};
use zgkit_merkle::Hash;

use crate::share::share;

/// For whom and under which mine context data is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealKey {
    /// The miner's id.
    pub miner_id: Hash,
    /// Digest of the context whose epoch range holds the last sector of the seal.
    pub context_digest: Hash,
}

/// The mask of a seal's first word; the mask of any other is the Keccak-256 of the sealed word before it.
pub fn first_mask(key: &SealKey, start_sector: U256) -> Hash {
    let mut message = [0; 3 * HASH_BYTES];
    message[..HASH_BYTES].copy_from_slice(&key.miner_id);
    message[HASH_BYTES..2 * HASH_BYTES].copy_from_slice(&key.context_digest);
    message[2 * HASH_BYTES..].copy_from_slice(&start_sector.to_be_bytes());
    keccak256(&message)
}

/// Seals pieces of 4096 bytes into `out`. Piece `k` begins at flow sector `start_sector + 16 k`; all have the one key.
///
/// # Errors
/// `EMPTY_INPUT` without bytes; `LIMIT_EXCEEDED` above 1 GiB; `BUFFER_LENGTH` unless `plain` is whole pieces and `out`
/// as long; `RANGE` unless `start_sector` is a multiple of 16, and for sectors past 2^64.
pub fn seal(plain: &[u8], key: &SealKey, start_sector: u64, out: &mut [u8]) -> Result<()> {
    check(plain, start_sector, out)?;
    transform::<true, false>(plain, key, start_sector, out);
    Ok(())
}

/// Undoes [`seal`].
///
/// # Errors
/// As for [`seal`].
pub fn unseal(sealed: &[u8], key: &SealKey, start_sector: u64, out: &mut [u8]) -> Result<()> {
    check(sealed, start_sector, out)?;
    transform::<false, false>(sealed, key, start_sector, out);
    Ok(())
}

/// As [`seal`], with the pieces spread over the threads of the current rayon pool.
///
/// # Errors
/// As for [`seal`].
#[cfg(feature = "parallel")]
pub fn par_seal(plain: &[u8], key: &SealKey, start_sector: u64, out: &mut [u8]) -> Result<()> {
    check(plain, start_sector, out)?;
    transform::<true, true>(plain, key, start_sector, out);
    Ok(())
}

/// As [`unseal`], with the pieces spread over the threads of the current rayon pool.
///
/// # Errors
/// As for [`unseal`].
#[cfg(feature = "parallel")]
pub fn par_unseal(sealed: &[u8], key: &SealKey, start_sector: u64, out: &mut [u8]) -> Result<()> {
    check(sealed, start_sector, out)?;
    transform::<false, true>(sealed, key, start_sector, out);
    Ok(())
}

/// Pieces that one thread takes at a time: full groups of lanes, half a millisecond of work or less.
const SHARE: usize = 32;

/// A piece as the words that are masked one by one.
type Piece = [Hash; SEAL_BYTES / HASH_BYTES];

fn transform<const SEALING: bool, const PARALLEL: bool>(
    input: &[u8],
    key: &SealKey,
    start_sector: u64,
    out: &mut [u8],
) {
    let (input, out) = (input.as_chunks().0.as_chunks().0, out.as_chunks_mut().0.as_chunks_mut().0);
    share::<PARALLEL, Piece>(out, SHARE, |first, out| {
        let pieces = out.len();
        let start_sector = start_sector + (first * SEAL_SECTORS) as u64;
        run(&mut Pieces::<SEALING> { input: &input[first..][..pieces], key, start_sector, out }, pieces);
    });
}

/// Pieces side by side. In a piece the mask of a word is the hash of the sealed word before: sealing waits for it, unsealing
/// has it.
struct Pieces<'a, const SEALING: bool> {
    input: &'a [Piece],
    key: &'a SealKey,
    start_sector: u64,
    out: &'a mut [Piece],
}

impl<const SEALING: bool> Work for Pieces<'_, SEALING> {
    #[inline(always)]
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
        let items = items::<L>(first, active);
        let input = items.map(|item| &self.input[item]);
        let out = &mut self.out[first..][..active];

        let miner_id = V::load([&self.key.miner_id; L]);
        let context = V::load([&self.key.context_digest; L]);
        // The sector is a number of 32 bytes, the lowest last.
        let sector = items.map(|item| (self.start_sector + (item * SEAL_SECTORS) as u64).swap_bytes());
        let mut message = [V::splat(0); 12];
        message[..4].copy_from_slice(&miner_id);
        message[4..8].copy_from_slice(&context);
        message[11] = V::from_lanes(sector);
        let mut mask = keccak256_words(message);
        for index in 0..SEAL_BYTES / HASH_BYTES {
            let word = V::load(input.map(|piece| &piece[index]));
            let masked =
                [word[0].xor(mask[0]), word[1].xor(mask[1]), word[2].xor(mask[2]), word[3].xor(mask[3])];
            for (piece, bytes) in out.iter_mut().zip(V::store(masked)) {
                piece[index] = bytes;
            }
            mask = keccak256_words(if SEALING { masked } else { word });
        }
    }
}

/// Unseals words of 32 bytes of one seal, from any word on. `mask` is that of the first of them: [`first_mask`] for the
/// seal's first word, else the Keccak-256 of the sealed word before.
///
/// # Errors
/// `BUFFER_LENGTH` unless `sealed` is whole words, at most 128, and `out` as long.
pub fn unseal_words(mask: &Hash, sealed: &[u8], out: &mut [u8]) -> Result<()> {
    if sealed.len() > SEAL_BYTES || !sealed.len().is_multiple_of(HASH_BYTES) {
        let whole = sealed.len().min(SEAL_BYTES) / HASH_BYTES * HASH_BYTES;
        return Err(Error::mismatch(Code::BufferLength, whole as u64, sealed.len() as u64));
    }
    check_out(sealed, out)?;
    let Some((first, rest)) = out.split_at_mut_checked(HASH_BYTES) else {
        return Ok(());
    };
    first.copy_from_slice(mask);
    // Every other mask comes from sealed bytes: these can be hashed side by side.
    keccak256_many(&sealed[..rest.len()], HASH_BYTES, rest)?;
    xor(out, sealed);
    Ok(())
}

fn check(input: &[u8], start_sector: u64, out: &[u8]) -> Result<()> {
    if input.is_empty() {
        return Err(Error::mismatch(Code::EmptyInput, SEAL_BYTES as u64, 0));
    }
    if input.len() > MAX_CALL_BYTES {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, input.len() as u64));
    }
    if !input.len().is_multiple_of(SEAL_BYTES) {
        return Err(Error::mismatch(Code::BufferLength, SEAL_BYTES as u64, input.len() as u64));
    }
    check_out(input, out)?;
    let sectors = (input.len() / SEAL_BYTES * SEAL_SECTORS) as u64;
    if !start_sector.is_multiple_of(SEAL_SECTORS as u64) || start_sector.checked_add(sectors).is_none() {
        return Err(Error::mismatch(Code::Range, SEAL_SECTORS as u64, start_sector));
    }
    Ok(())
}

fn check_out(input: &[u8], out: &[u8]) -> Result<()> {
    if out.len() == input.len() {
        Ok(())
    } else {
        Err(Error::mismatch(Code::BufferLength, input.len() as u64, out.len() as u64))
    }
}

/// XORs `other` into `bytes`, which is as long.
pub(crate) fn xor(bytes: &mut [u8], other: &[u8]) {
    for (byte, other) in bytes.iter_mut().zip(other) {
        *byte ^= other;
    }
}
