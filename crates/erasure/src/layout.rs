use zgkit_core::limits::MAX_COUNT;
use zgkit_core::size::{MAX_CHUNK_BYTES, MIN_CHUNK_BYTES};
use zgkit_core::{Code, Error, Result};

/// How a file is cut into stripes of chunks: all lengths that follow from its size.
///
/// ```
/// use zgkit_erasure::Layout;
///
/// let layout = Layout::new(10, 65_536, 1_000_000)?;
/// assert_eq!((layout.stripes(), layout.chunk_bytes(0), layout.chunk_bytes(1)), (2, 65_536, 34_464));
/// assert_eq!(layout.shard_bytes(), 100_000);
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    data: usize,
    chunk: usize,
    size: u64,
}

impl Layout {
    /// The layout of `size` bytes for `data` data shards, with chunks of `chunk` bytes.
    ///
    /// # Errors
    /// `EMPTY_INPUT` for a size of 0; `RANGE` above 2^53 - 1, without data shards and for a chunk that is no power of two
    /// from 4 KiB to 1 MiB.
    pub fn new(data: usize, chunk: usize, size: u64) -> Result<Self> {
        if data == 0 {
            return Err(Error::mismatch(Code::Range, 1, 0));
        }
        if !chunk.is_power_of_two() || !(MIN_CHUNK_BYTES..=MAX_CHUNK_BYTES).contains(&chunk) {
            return Err(Error::mismatch(Code::Range, MAX_CHUNK_BYTES as u64, chunk as u64));
        }
        if size == 0 {
            return Err(Error::plain(Code::EmptyInput));
        }
        if size > MAX_COUNT {
            return Err(Error::mismatch(Code::Range, MAX_COUNT, size));
        }
        Ok(Self { data, chunk, size })
    }

    /// Bytes of the file.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of a chunk, except in the last stripe.
    pub const fn chunk(&self) -> usize {
        self.chunk
    }

    /// Number of stripes.
    pub const fn stripes(&self) -> u64 {
        self.size.div_ceil(self.stride())
    }

    /// Bytes of the file in stripe `stripe`, 0 past the end.
    pub fn stripe_bytes(&self, stripe: u64) -> usize {
        let rest = stripe.checked_mul(self.stride()).and_then(|start| self.size.checked_sub(start));
        rest.unwrap_or(0).min(self.stride()) as usize
    }

    /// Bytes of each chunk of stripe `stripe`, 0 past the end.
    pub fn chunk_bytes(&self, stripe: u64) -> usize {
        self.stripe_bytes(stripe).div_ceil(self.data)
    }

    /// Bytes of a shard.
    pub fn shard_bytes(&self) -> u64 {
        let last = self.stripes() - 1;
        last * self.chunk as u64 + self.chunk_bytes(last) as u64
    }

    /// Bytes of the file in a full stripe.
    const fn stride(&self) -> u64 {
        (self.data * self.chunk) as u64
    }
}
