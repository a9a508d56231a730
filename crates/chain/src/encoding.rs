//! Strict reading of encoded bytes, and words of the contract ABI.

use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result, U256};

/// An account's address.
pub type Address = [u8; 20];

/// Bytes of a word of the ABI.
pub(crate) const WORD: usize = 32;

/// A number as a word.
pub(crate) fn word(number: impl Into<U256>) -> [u8; WORD] {
    number.into().to_be_bytes()
}

/// A count or offset as a word.
pub(crate) fn count_word(count: usize) -> [u8; WORD] {
    word(count as u64)
}

/// An address as a word.
pub(crate) fn address_word(address: &Address) -> [u8; WORD] {
    let mut word = [0; WORD];
    word[WORD - address.len()..].copy_from_slice(address);
    word
}

/// What a thing may be at most.
pub(crate) fn limit(most: usize, got: u64) -> Result<()> {
    if got > most as u64 { Err(Error::mismatch(Code::LimitExceeded, most as u64, got)) } else { Ok(()) }
}

/// Bytes read in order, and nothing twice.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, at: 0 }
    }

    /// Bytes that are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next bytes; `BUFFER_LENGTH` if there are fewer.
    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8]> {
        let Some((bytes, rest)) = self.rest.split_at_checked(length) else {
            return Err(self.short(length as u64));
        };
        (self.rest, self.at) = (rest, self.at + length);
        Ok(bytes)
    }

    /// The error of bytes that are fewer than `wanted` more.
    pub(crate) fn short(&self, wanted: u64) -> Error {
        let end = (self.at + self.left()) as u64;
        Error::mismatch(Code::BufferLength, wanted.saturating_add(self.at as u64), end)
    }

    /// The next bytes, by number of them.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.bytes(N).map(|bytes| bytes.try_into().expect("as many as were asked for"))
    }

    /// The next hash.
    pub(crate) fn hash(&mut self) -> Result<[u8; HASH_BYTES]> {
        self.array()
    }

    /// The next word as a number of at most `most`; `RANGE` above.
    pub(crate) fn word_to(&mut self, most: u64) -> Result<u64> {
        let number = self.word()?;
        match number.to_u64() {
            Some(number) if number <= most => Ok(number),
            _ => Err(Error::mismatch(Code::Range, most, number.to_u64().unwrap_or(u64::MAX))),
        }
    }

    /// The next word as a number below 2^64.
    pub(crate) fn word_u64(&mut self) -> Result<u64> {
        self.word_to(u64::MAX)
    }

    /// The next word.
    pub(crate) fn word(&mut self) -> Result<U256> {
        self.array().map(U256::from_be_bytes)
    }

    /// The next word as a count of at most `most`; `LIMIT_EXCEEDED` above.
    pub(crate) fn count(&mut self, most: usize) -> Result<usize> {
        let count = self.word()?.to_u64().unwrap_or(u64::MAX);
        limit(most, count)?;
        Ok(count as usize)
    }

    /// The next word, which can only be this offset.
    pub(crate) fn offset(&mut self, expected: usize) -> Result<()> {
        let got = self.word()?;
        is_offset(got, expected)
    }

    /// The next word as an address.
    pub(crate) fn address(&mut self) -> Result<Address> {
        self.zeros(WORD - size_of::<Address>())?;
        self.array()
    }

    /// The next bytes, which can only be zero.
    pub(crate) fn zeros(&mut self, length: usize) -> Result<()> {
        match self.bytes(length)?.iter().find(|&&byte| byte != 0) {
            None => Ok(()),
            Some(&byte) => Err(Error::mismatch(Code::DataFormat, 0, byte.into())),
        }
    }

    /// That everything was read.
    pub(crate) fn end(&self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.short(0)) }
    }
}

/// That an offset is the due one.
pub(crate) fn is_offset(got: U256, expected: usize) -> Result<()> {
    if got == U256::from(expected as u64) {
        return Ok(());
    }
    Err(Error::mismatch(Code::DataFormat, expected as u64, got.to_u64().unwrap_or(u64::MAX)))
}
