//! Bytes that begin at a cache line. Loads and stores that straddle lines cost an erasure code a third of its speed.

use std::collections::TryReserveError;
use std::ops::{Deref, DerefMut, Range};

const LINE: usize = 64;

/// Bytes at the start of a cache line.
pub struct Aligned {
    memory: Vec<u8>,
    place: Range<usize>,
}

impl Aligned {
    /// Zero bytes.
    pub fn zeroed(length: usize) -> Result<Self, TryReserveError> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(length + LINE)?;
        let place = placed(&memory, length);
        memory.resize(place.end, 0);
        Ok(Self { memory, place })
    }

    /// A copy of `bytes`.
    pub fn copy(bytes: &[u8]) -> Self {
        let mut memory = Vec::with_capacity(bytes.len() + LINE);
        let place = placed(&memory, bytes.len());
        memory.resize(place.start, 0);
        memory.extend_from_slice(bytes);
        Self { memory, place }
    }
}

/// Where `length` bytes begin at a line, in memory with a line to spare.
fn placed(memory: &[u8], length: usize) -> Range<usize> {
    let start = memory.as_ptr().align_offset(LINE).min(LINE);
    start..start + length
}

impl Deref for Aligned {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory[self.place.clone()]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.place.clone()]
    }
}
