//! What shards are committed to with, and the header that each carries (SPEC.md section 12, Commitment).

use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};
use zgkit_merkle::depth;

use crate::tree::{climb, hash};
use crate::{ErasureCode, Hash, Kind, Layout};

/// Bytes of a descriptor.
pub const DESCRIPTOR_BYTES: usize = 128;

/// Names in a descriptor: zeros follow the text.
const NAME_BYTES: usize = 16;
const FORMAT: &str = "zgkit erasure 1";
const HASH_NAME: &str = "blake2b-512/256";

/// Everything that a commitment fixes, besides the matrix of a custom code, of which it has the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Which parity the code has.
    pub kind: Kind,
    /// Number of data shards.
    pub data: usize,
    /// Number of parity shards.
    pub parity: usize,
    /// How the file is cut.
    pub layout: Layout,
    /// Hash of a custom code's matrix, else zeros.
    pub matrix_hash: Hash,
    /// Root over the shard roots.
    pub shards_root: Hash,
}

impl Descriptor {
    /// The descriptor of shards of `code` with this root.
    pub(crate) fn new(code: &ErasureCode, layout: Layout, shards_root: Hash) -> Self {
        Self {
            kind: code.kind(),
            data: code.data(),
            parity: code.parity(),
            layout,
            matrix_hash: matrix_hash(code.kind(), code.matrix()),
            shards_root,
        }
    }

    /// The 128 bytes that are hashed.
    pub fn to_bytes(&self) -> [u8; DESCRIPTOR_BYTES] {
        let mut bytes = [0; DESCRIPTOR_BYTES];
        let names = bytes.as_chunks_mut::<NAME_BYTES>().0;
        for (place, name) in names.iter_mut().zip([FORMAT, self.kind.name(), HASH_NAME]) {
            place[..name.len()].copy_from_slice(name.as_bytes());
        }
        bytes[48..50].copy_from_slice(&(self.data as u16).to_le_bytes());
        bytes[50..52].copy_from_slice(&(self.parity as u16).to_le_bytes());
        bytes[52..56].copy_from_slice(&(self.layout.chunk() as u32).to_le_bytes());
        bytes[56..64].copy_from_slice(&self.layout.size().to_le_bytes());
        bytes[64..96].copy_from_slice(&self.matrix_hash);
        bytes[96..].copy_from_slice(&self.shards_root);
        bytes
    }

    /// Reads the bytes; `None` unless they are a descriptor's.
    pub fn from_bytes(bytes: &[u8; DESCRIPTOR_BYTES]) -> Option<Self> {
        let number = |start: usize, length: usize| {
            bytes[start..start + length].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
        };
        let (data, parity) = (number(48, 2) as usize, number(50, 2) as usize);
        let name = core::str::from_utf8(&bytes[16..32]).ok()?;
        let kind = Kind::named(name.trim_end_matches('\0'))?;
        let layout = Layout::new(data, number(52, 4) as usize, number(56, 8)).ok()?;
        let [.., matrix_hash, shards_root] = bytes.as_chunks::<HASH_BYTES>().0 else { return None };
        let descriptor =
            Self { kind, data, parity, layout, matrix_hash: *matrix_hash, shards_root: *shards_root };
        let in_range = parity > 0 && descriptor.shards() <= zgkit_core::limits::MAX_SHARDS;
        let has_matrix = kind == Kind::Custom || descriptor.matrix_hash == [0; HASH_BYTES];
        // One form only: what would be written is what was read.
        (in_range && has_matrix && descriptor.to_bytes() == *bytes).then_some(descriptor)
    }

    /// The commitment.
    pub fn commitment(&self) -> Hash {
        hash(&self.to_bytes())
    }

    /// Number of all shards.
    pub const fn shards(&self) -> usize {
        self.data + self.parity
    }

    /// Bytes of the matrix that goes with it.
    pub(crate) const fn matrix_bytes(&self) -> usize {
        if matches!(self.kind, Kind::Custom) { self.data * self.parity } else { 0 }
    }

    /// Siblings of a shard root.
    pub(crate) fn shard_depth(&self, index: usize) -> usize {
        depth(index as u64, self.shards() as u64) as usize
    }

    /// The code, with a matrix of [`matrix_bytes`](Self::matrix_bytes) that must have the hash.
    pub(crate) fn code(&self, matrix: &[u8]) -> Result<ErasureCode> {
        if matrix_hash(self.kind, matrix) != self.matrix_hash {
            return Err(Error::plain(Code::CommitmentMismatch));
        }
        ErasureCode::from_parts(self.kind, self.data, self.parity, matrix)
    }
}

fn matrix_hash(kind: Kind, matrix: &[u8]) -> Hash {
    if kind == Kind::Custom { hash(matrix) } else { [0; HASH_BYTES] }
}

/// What a shard file begins with: enough to know, from the commitment, which shard of what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What was committed to.
    pub descriptor: Descriptor,
    /// The code of the descriptor.
    pub code: ErasureCode,
    /// Index of the shard.
    pub index: usize,
    /// Root over the hashes of its chunks.
    pub root: Hash,
    /// Siblings of that root, one after the other.
    pub siblings: Vec<u8>,
}

impl Header {
    /// The header as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let index = (self.index as u32).to_le_bytes();
        let parts: [&[u8]; 5] =
            [&self.descriptor.to_bytes(), &index, &self.root, &self.siblings, self.code.matrix()];
        parts.concat()
    }

    /// Reads the header at the front of `file` and checks it against a commitment. The rest of the file comes back.
    ///
    /// # Errors
    /// `HEADER_FORMAT`, `COMMITMENT_MISMATCH` or `ROOT_MISMATCH`: the first check of SPEC.md section 12 that fails.
    pub fn read<'a>(commitment: &Hash, file: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let malformed = || Error::plain(Code::HeaderFormat);
        let (bytes, rest) = file.split_first_chunk::<DESCRIPTOR_BYTES>().ok_or_else(malformed)?;
        let (index, rest) = rest.split_first_chunk().ok_or_else(malformed)?;
        let descriptor = Descriptor::from_bytes(bytes).ok_or_else(malformed)?;
        let index = u32::from_le_bytes(*index) as usize;
        if index >= descriptor.shards() {
            return Err(malformed());
        }
        if hash(bytes) != *commitment {
            return Err(Error::plain(Code::CommitmentMismatch));
        }
        let (root, rest) = rest.split_first_chunk().ok_or_else(malformed)?;
        let depth = descriptor.shard_depth(index);
        let (siblings, rest) = rest.split_at_checked(depth * HASH_BYTES).ok_or_else(malformed)?;
        let (matrix, rest) = rest.split_at_checked(descriptor.matrix_bytes()).ok_or_else(malformed)?;
        let code = descriptor.code(matrix)?;
        if climb(*root, index as u64, descriptor.shards() as u64, siblings) != descriptor.shards_root {
            return Err(Error::plain(Code::RootMismatch));
        }
        Ok((Self { descriptor, code, index, root: *root, siblings: siblings.to_vec() }, rest))
    }
}
