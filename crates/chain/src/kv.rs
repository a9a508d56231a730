//! KV streams: what a submission does to them, and the tags that say so (SPEC.md section 16).

use std::collections::{BTreeSet, HashSet};

use zgkit_core::limits::{MAX_KEY_BYTES, MAX_STREAM_ENTRIES, MAX_TAGS_BYTES};
use zgkit_core::{Code, Error, Result};
use zgkit_merkle::Hash;

use crate::encoding::{Address, Reader, limit};

/// What begins the tags of KV data: SHA-256 of the text `STREAM`.
pub const STREAM_DOMAIN: Hash = [
    0xdf, 0x2f, 0xf3, 0xbb, 0x0a, 0xf3, 0x6c, 0x63, 0x84, 0xe6, 0x20, 0x65, 0x52, 0xa4, 0xed, 0x80, 0x7f,
    0x6f, 0x6a, 0x26, 0xe7, 0xd0, 0xaa, 0x6b, 0xff, 0x77, 0x2d, 0xdc, 0x9d, 0x43, 0x07, 0xaa,
];

/// A key that the writes depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRead {
    /// The stream.
    pub stream_id: Hash,
    /// 1 to 2^24 - 1 bytes.
    pub key: Vec<u8>,
}

/// A key and its new value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamWrite {
    /// The stream.
    pub stream_id: Hash,
    /// 1 to 2^24 - 1 bytes.
    pub key: Vec<u8>,
    /// May be empty.
    pub data: Vec<u8>,
}

/// A change of who may write what in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamControl {
    /// The stream.
    pub stream_id: Hash,
    /// The change.
    pub access: Access,
}

/// What is changed. Keys are 1 to 2^24 - 1 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Makes an account an admin of the stream.
    GrantAdmin(Address),
    /// The sender is no admin any more.
    RenounceAdmin,
    /// Only who is granted it may write this key from now on.
    SetKeySpecial(Vec<u8>),
    /// Every writer of the stream may write this key again.
    SetKeyNormal(Vec<u8>),
    /// An account may write to the stream.
    GrantWrite(Address),
    /// It may no longer.
    RevokeWrite(Address),
    /// The sender does not want to any longer.
    RenounceWrite,
    /// An account may write a special key.
    GrantSpecialWrite(Vec<u8>, Address),
    /// It may no longer.
    RevokeSpecialWrite(Vec<u8>, Address),
    /// The sender does not want to any longer.
    RenounceSpecialWrite(Vec<u8>),
}

impl Access {
    /// The number of the kind, and the parts that follow the stream's id.
    fn parts(&self) -> (u8, Option<&[u8]>, Option<&Address>) {
        match self {
            Self::GrantAdmin(account) => (0x00, None, Some(account)),
            Self::RenounceAdmin => (0x01, None, None),
            Self::SetKeySpecial(key) => (0x10, Some(key), None),
            Self::SetKeyNormal(key) => (0x11, Some(key), None),
            Self::GrantWrite(account) => (0x20, None, Some(account)),
            Self::RevokeWrite(account) => (0x21, None, Some(account)),
            Self::RenounceWrite => (0x22, None, None),
            Self::GrantSpecialWrite(key, account) => (0x30, Some(key), Some(account)),
            Self::RevokeSpecialWrite(key, account) => (0x31, Some(key), Some(account)),
            Self::RenounceSpecialWrite(key) => (0x32, Some(key), None),
        }
    }

    fn read(kind: u8, reader: &mut Reader) -> Result<Self> {
        Ok(match kind {
            0x00 => Self::GrantAdmin(reader.array()?),
            0x01 => Self::RenounceAdmin,
            0x10 => Self::SetKeySpecial(read_key(reader)?),
            0x11 => Self::SetKeyNormal(read_key(reader)?),
            0x20 => Self::GrantWrite(reader.array()?),
            0x21 => Self::RevokeWrite(reader.array()?),
            0x22 => Self::RenounceWrite,
            0x30 => Self::GrantSpecialWrite(read_key(reader)?, reader.array()?),
            0x31 => Self::RevokeSpecialWrite(read_key(reader)?, reader.array()?),
            0x32 => Self::RenounceSpecialWrite(read_key(reader)?),
            _ => return Err(Error::mismatch(Code::DataFormat, 0, kind.into())),
        })
    }
}

/// What one submission does to KV streams: at most 65,536 entries in each list.
///
/// ```
/// use zgkit_chain::{StreamData, StreamWrite};
///
/// let write = StreamWrite { stream_id: [7; 32], key: b"name".to_vec(), data: b"zgkit".to_vec() };
/// let data = StreamData { version: 1, writes: vec![write], ..StreamData::default() };
/// let encoded = data.encode()?;
/// assert_eq!(StreamData::decode(&encoded)?, data);
/// assert_eq!(zgkit_chain::stream_ids(&data.tags()).unwrap(), [[7; 32]]);
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamData {
    /// What a KV node compares with the versions of the keys that are read and written.
    pub version: u64,
    /// Keys that the writes depend on.
    pub reads: Vec<StreamRead>,
    /// Keys and their new values.
    pub writes: Vec<StreamWrite>,
    /// Changes of access.
    pub controls: Vec<StreamControl>,
}

impl StreamData {
    /// Puts reads and writes in the order of stream id, then key, byte by byte: what the clients' sort option does.
    pub fn sort(&mut self) {
        self.reads.sort_by(|a, b| (&a.stream_id, &a.key).cmp(&(&b.stream_id, &b.key)));
        self.writes.sort_by(|a, b| (&a.stream_id, &a.key).cmp(&(&b.stream_id, &b.key)));
    }

    /// As a file has it.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` above 65,536 entries in a list and for keys over 2^24 - 1 bytes, `EMPTY_INPUT` for an empty key.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut out = self.version.to_be_bytes().to_vec();
        push_count(&mut out, self.reads.len())?;
        for read in &self.reads {
            push_keyed(&mut out, &read.stream_id, &read.key)?;
        }
        push_count(&mut out, self.writes.len())?;
        for write in &self.writes {
            push_keyed(&mut out, &write.stream_id, &write.key)?;
            out.extend((write.data.len() as u64).to_be_bytes());
        }
        for write in &self.writes {
            out.extend(&write.data);
        }
        push_count(&mut out, self.controls.len())?;
        for control in &self.controls {
            let (kind, key, account) = control.access.parts();
            out.push(kind);
            out.extend(control.stream_id);
            if let Some(key) = key {
                push_key(&mut out, key)?;
            }
            out.extend(account.into_iter().flatten());
        }
        Ok(out)
    }

    /// Reads what [`Self::encode`] gives, and nothing else, whatever the order of its entries.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`, `EMPTY_INPUT` for an empty key, `DATA_FORMAT` for an unknown kind of control, `BUFFER_LENGTH` for bytes
    /// that are missing or left over.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes);
        let version = u64::from_be_bytes(reader.array()?);
        let reads = read_list(&mut reader, |reader| {
            Ok(StreamRead { stream_id: reader.hash()?, key: read_key(reader)? })
        })?;
        let heads = read_list(&mut reader, |reader| {
            let write = StreamWrite { stream_id: reader.hash()?, key: read_key(reader)?, data: Vec::new() };
            Ok((write, u64::from_be_bytes(reader.array()?)))
        })?;
        let due: u128 = heads.iter().map(|(_, length)| u128::from(*length)).sum();
        if due > reader.left() as u128 {
            // A sum first, so that one absurd length is seen before the data of others is copied.
            return Err(reader.short(u64::try_from(due).unwrap_or(u64::MAX)));
        }
        let fill = |(mut write, length): (StreamWrite, u64)| {
            write.data = reader.bytes(length as usize)?.to_vec();
            Ok(write)
        };
        let writes = heads.into_iter().map(fill).collect::<Result<_>>()?;
        let controls = read_list(&mut reader, |reader| {
            let [kind] = reader.array()?;
            Ok(StreamControl { stream_id: reader.hash()?, access: Access::read(kind, reader)? })
        })?;
        reader.end()?;
        Ok(Self { version, reads, writes, controls })
    }

    /// The tags of its submission: [`STREAM_DOMAIN`] and the ids of the streams that it writes or controls, each once, in the
    /// order in which they come.
    pub fn tags(&self) -> Vec<u8> {
        let mut seen = HashSet::new();
        tags_of(self.changed().filter(|id| seen.insert(**id)))
    }

    /// As [`Self::tags`], ids ascending: what the clients' sort option does.
    pub fn sorted_tags(&self) -> Vec<u8> {
        tags_of(self.changed().collect::<BTreeSet<_>>().into_iter())
    }

    /// Streams that are written or controlled.
    fn changed(&self) -> impl Iterator<Item = &Hash> {
        let written = self.writes.iter().map(|write| &write.stream_id);
        written.chain(self.controls.iter().map(|control| &control.stream_id))
    }
}

/// The ids of the streams that tags name, `None` if they are not the tags of KV data.
pub fn stream_ids(tags: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = tags.as_chunks();
    let (domain, ids) = hashes.split_first()?;
    (*domain == STREAM_DOMAIN && rest.is_empty() && tags.len() <= MAX_TAGS_BYTES).then(|| ids.to_vec())
}

fn tags_of<'a>(ids: impl Iterator<Item = &'a Hash>) -> Vec<u8> {
    [&STREAM_DOMAIN].into_iter().chain(ids).flatten().copied().collect()
}

fn push_count(out: &mut Vec<u8>, count: usize) -> Result<()> {
    limit(MAX_STREAM_ENTRIES, count as u64)?;
    out.extend((count as u32).to_be_bytes());
    Ok(())
}

fn push_keyed(out: &mut Vec<u8>, stream_id: &Hash, key: &[u8]) -> Result<()> {
    out.extend(stream_id);
    push_key(out, key)
}

/// A key behind its length.
fn push_key(out: &mut Vec<u8>, key: &[u8]) -> Result<()> {
    check_key(key.len())?;
    out.extend(&(key.len() as u32).to_be_bytes()[1..]);
    out.extend(key);
    Ok(())
}

fn check_key(length: usize) -> Result<()> {
    if length == 0 {
        return Err(Error::plain(Code::EmptyInput));
    }
    limit(MAX_KEY_BYTES, length as u64)
}

fn read_key(reader: &mut Reader) -> Result<Vec<u8>> {
    let [a, b, c] = reader.array()?;
    let length = u32::from_be_bytes([0, a, b, c]) as usize;
    check_key(length)?;
    Ok(reader.bytes(length)?.to_vec())
}

/// Entries one by one: a count that the bytes do not bear out ends where they do.
fn read_list<T>(reader: &mut Reader, mut read: impl FnMut(&mut Reader) -> Result<T>) -> Result<Vec<T>> {
    let count = u32::from_be_bytes(reader.array()?);
    limit(MAX_STREAM_ENTRIES, count.into())?;
    (0..count).map(|_| read(reader)).collect()
}
