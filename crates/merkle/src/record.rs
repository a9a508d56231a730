//! The form in which a verdict crosses a binding.

use zgkit_core::{Code, Error, Result, count};

use crate::{Hash, Place, Verdict, verify_inclusion};

/// Bytes of a verdict record: code (u32), flag whether hashes follow (u32), expected and got (u64 each), expected
/// and got hash (32 bytes each), little-endian; all zero for an accepted proof.
pub const VERDICT_BYTES: usize = 88;

/// [`verify_inclusion`] for bindings: `place` is index, leaf count, content bytes and leaf sectors as JavaScript
/// numbers, the verdict is written to `out`.
///
/// # Errors
/// `BUFFER_LENGTH` unless `root` has 32 and `out` [`VERDICT_BYTES`] bytes; `RANGE` for numbers that are no counts
/// or no place.
pub fn verify_inclusion_record(
    root: &[u8],
    content: &[u8],
    lemma: &[u8],
    path: &[u8],
    place: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    let root: &Hash = root.try_into().map_err(|_| buffer(32, root.len()))?;
    let got = out.len();
    let out: &mut [u8; VERDICT_BYTES] = out.try_into().map_err(|_| buffer(VERDICT_BYTES, got))?;
    let [index, leaf_count, content_bytes, leaf_sectors] = place;
    let place = Place::new(count(index)?, count(leaf_count)?, small(content_bytes)?, small(leaf_sectors)?)?;
    *out = encode(verify_inclusion(root, &place, content, lemma, path));
    Ok(())
}

/// A count that is a length in memory. Sizes of a place are far below 2^32; what is not is refused with the rest.
fn small(value: f64) -> Result<usize> {
    let value = count(value)?;
    value.try_into().map_err(|_| Error::mismatch(Code::Range, u32::MAX.into(), value))
}

fn buffer(expected: usize, got: usize) -> Error {
    Error::mismatch(Code::BufferLength, expected as u64, got as u64)
}

fn encode(verdict: Verdict) -> [u8; VERDICT_BYTES] {
    let mut record = [0; VERDICT_BYTES];
    if let Err(rejection) = verdict {
        let error = rejection.error;
        record[..4].copy_from_slice(&(error.code as u32).to_le_bytes());
        record[8..16].copy_from_slice(&error.expected.to_le_bytes());
        record[16..24].copy_from_slice(&error.got.to_le_bytes());
        if let Some([expected, got]) = rejection.hashes {
            record[4] = 1;
            record[24..56].copy_from_slice(&expected);
            record[56..].copy_from_slice(&got);
        }
    }
    record
}
