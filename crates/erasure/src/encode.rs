use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};

use crate::commitment::{Descriptor, Header};
use crate::tree::{chunk_hashes, root, siblings};
use crate::unchecked::Plan;
use crate::{ErasureCode, Hash, Layout};

/// Encodes a file stripe by stripe, and commits to it at the end.
#[derive(Clone, Debug)]
pub struct StripeEncoder {
    code: ErasureCode,
    plan: Plan,
    layout: Layout,
    next: u64,
    /// The chunk hashes of each shard so far.
    leaves: Vec<Vec<u8>>,
}

/// What an encoder is left with: the trusted value for readers, and what shard files begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// What readers check shards against.
    pub commitment: Hash,
    /// The header of each shard.
    pub headers: Vec<Header>,
    /// The chunk hashes of each shard, one after the other.
    pub leaves: Vec<Vec<u8>>,
}

impl StripeEncoder {
    /// An encoder for a file of `size` bytes, with chunks of `chunk` bytes.
    ///
    /// # Errors
    /// As for [`Layout::new`].
    pub fn new(code: ErasureCode, chunk: usize, size: u64) -> Result<Self> {
        let layout = Layout::new(code.data(), chunk, size)?;
        let leaves = vec![Vec::new(); code.shards()];
        Ok(Self { plan: Plan::encode(&code), code, layout, next: 0, leaves })
    }

    /// How the file is cut.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Encodes the next stripe: its chunks, data then parity, one after the other.
    ///
    /// # Errors
    /// `BUFFER_LENGTH` unless `data` has the bytes of that stripe; past the last there are none.
    pub fn stripe(&mut self, data: &[u8]) -> Result<Vec<u8>> {
        let expected = self.layout.stripe_bytes(self.next);
        if data.len() != expected || expected == 0 {
            return Err(Error::mismatch(Code::BufferLength, expected as u64, data.len() as u64));
        }
        let length = self.layout.chunk_bytes(self.next);
        let mut chunks = vec![0; self.code.shards() * length];
        chunks[..data.len()].copy_from_slice(data);
        let (inputs, outputs) = chunks.split_at_mut(self.code.data() * length);
        let inputs: Vec<&[u8]> = inputs.chunks_exact(length).collect();
        self.plan.run(&inputs, &mut outputs.chunks_exact_mut(length).collect::<Vec<_>>())?;
        let mut hashes = vec![0; self.code.shards() * HASH_BYTES];
        chunk_hashes(&chunks, length, &mut hashes)?;
        for (leaves, hash) in self.leaves.iter_mut().zip(hashes.chunks_exact(HASH_BYTES)) {
            leaves.extend_from_slice(hash);
        }
        self.next += 1;
        Ok(chunks)
    }

    /// Commits to all stripes.
    ///
    /// # Errors
    /// `CONTENT_LENGTH` if some are missing.
    pub fn finish(self) -> Result<Committed> {
        if self.next != self.layout.stripes() {
            return Err(Error::mismatch(Code::ContentLength, self.layout.stripes(), self.next));
        }
        let roots: Vec<Hash> = self.leaves.iter().map(|leaves| root(leaves)).collect();
        let descriptor = Descriptor::new(&self.code, self.layout, root(roots.as_flattened()));
        let header = |(index, &root): (usize, &Hash)| Header {
            descriptor: descriptor.clone(),
            code: self.code.clone(),
            index,
            root,
            siblings: siblings(roots.as_flattened(), index),
        };
        let headers = roots.iter().enumerate().map(header).collect();
        Ok(Committed { commitment: descriptor.commitment(), headers, leaves: self.leaves })
    }
}

/// A file's commitment and its shard files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// What readers check shards against.
    pub commitment: Hash,
    /// Header, chunk hashes and chunks of each shard.
    pub files: Vec<Vec<u8>>,
}

/// Encodes a file that is in memory, with chunks of `chunk` bytes.
///
/// # Errors
/// As for [`Layout::new`].
pub fn encode(code: &ErasureCode, chunk: usize, data: &[u8]) -> Result<Encoded> {
    let mut encoder = StripeEncoder::new(code.clone(), chunk, data.len() as u64)?;
    let mut shards = vec![Vec::new(); code.shards()];
    for stripe in data.chunks(code.data() * chunk) {
        let chunks = encoder.stripe(stripe)?;
        let length = chunks.len() / code.shards();
        for (shard, chunk) in shards.iter_mut().zip(chunks.chunks_exact(length)) {
            shard.extend_from_slice(chunk);
        }
    }
    let Committed { commitment, headers, leaves } = encoder.finish()?;
    let parts = headers.iter().zip(&leaves).zip(&shards);
    let files = parts.map(|((header, leaves), shard)| [&header.to_bytes()[..], leaves, shard].concat());
    Ok(Encoded { commitment, files: files.collect() })
}
