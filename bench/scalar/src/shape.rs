//! How many shards an erasure code has, and how long they are.

/// Bytes of the chunks whose hashes go into a commitment; shorter shards are one chunk.
const CHUNK: usize = 65_536;

/// Data and parity shards, all of one length.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Number of data shards.
    pub data: usize,
    /// Number of parity shards.
    pub parity: usize,
    /// Bytes of each shard.
    pub length: usize,
}

impl Shape {
    /// From its text, `10+4`, and the bytes of all data shards.
    ///
    /// # Errors
    /// Unless these are two numbers above 0, and that many shards of one length.
    pub fn of(text: &str, bytes: usize) -> Result<Self, String> {
        let number = |text: &str| text.parse().ok().filter(|&count: &usize| count > 0);
        let counts = text.split_once('+').and_then(|(data, parity)| Some((number(data)?, number(parity)?)));
        let (data, parity) = counts.ok_or("a shape is DATA+PARITY")?;
        if bytes == 0 || !bytes.is_multiple_of(data) {
            return Err("shards are equally long, and not empty".into());
        }
        Ok(Self { data, parity, length: bytes / data })
    }

    /// Bytes of all parity shards.
    pub const fn parity_bytes(&self) -> usize {
        self.parity * self.length
    }

    /// Bytes of a chunk.
    pub fn chunk(&self) -> usize {
        self.length.min(CHUNK)
    }

    /// Bytes of the hashes of all chunks, 32 each.
    pub fn hash_bytes(&self) -> usize {
        (self.data + self.parity) * self.length / self.chunk() * 32
    }
}
