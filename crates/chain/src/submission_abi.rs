//! Submissions as the flow contract's `submit` and its event have them (SPEC.md section 5).

use zgkit_core::limits::{MAX_NODE_HEIGHT, MAX_TAGS_BYTES};
use zgkit_core::{Code, Error, Result};
use zgkit_merkle::{Hash, Node};

use crate::encoding::{Address, Reader, WORD, address_word, count_word, is_offset, limit, word};

/// First four bytes of Keccak-256 over the signature of the older `submit`.
const OLDER: [u8; 4] = [0xef, 0x3e, 0x12, 0xdc];
/// Likewise of the newer.
const NEWER: [u8; 4] = [0xbc, 0x8c, 0x11, 0xf8];
/// Keccak-256 over the signature of the event.
const EVENT: Hash = [
    0x16, 0x7c, 0xe0, 0x4d, 0x2a, 0xa1, 0x98, 0x19, 0x94, 0xd3, 0xa3, 0x16, 0x95, 0xda, 0x0d, 0x78, 0x53,
    0x73, 0x33, 0x5b, 0x10, 0x78, 0xce, 0xc2, 0x39, 0xa1, 0xa3, 0xa2, 0xc7, 0x67, 0x55, 0x55,
];

/// Bytes of a submission before its tags: its length and two offsets.
const HEAD: usize = 3 * WORD;

/// What a submission says: the contract's `SubmissionData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionData {
    /// Bytes of the file (below 2^64 here; the contract's type admits more).
    pub length: u64,
    /// Whatever the submitter wants to tell.
    pub tags: Vec<u8>,
    /// Nodes, highest first; heights up to 64.
    pub nodes: Vec<Node>,
}

/// A call of `submit`, of either generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitCall {
    /// What is submitted.
    pub data: SubmissionData,
    /// For whom: in the newer generation, and only there.
    pub submitter: Option<Address>,
}

/// The event `Submit`. It is the same in both generations, but for whom `sender` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmitEvent {
    /// The submitter in the newer generation, who called in the older.
    pub sender: Address,
    /// The submission's digest.
    pub identity: Hash,
    /// Its number in the flow.
    pub submission_index: u64,
    /// Its first sector in the flow.
    pub start_pos: u64,
    /// Its sectors.
    pub length: u64,
    /// What was submitted.
    pub submission: SubmissionData,
}

impl SubmissionData {
    /// The inner struct, whose offsets count from its own start.
    fn write(&self, out: &mut Vec<u8>) -> Result<()> {
        limit(MAX_NODE_HEIGHT as usize, self.nodes.len() as u64)?;
        limit(MAX_TAGS_BYTES, self.tags.len() as u64)?;
        let padded = self.tags.len().next_multiple_of(WORD);
        out.extend(word(self.length));
        out.extend(count_word(HEAD));
        out.extend(count_word(HEAD + WORD + padded));
        out.extend(count_word(self.tags.len()));
        out.extend(&self.tags);
        out.resize(out.len() + padded - self.tags.len(), 0);
        out.extend(count_word(self.nodes.len()));
        for node in &self.nodes {
            if node.height > MAX_NODE_HEIGHT {
                return Err(Error::mismatch(Code::Range, MAX_NODE_HEIGHT.into(), node.height.into()));
            }
            out.extend(node.root);
            out.extend(word(u64::from(node.height)));
        }
        Ok(())
    }

    fn read(reader: &mut Reader) -> Result<Self> {
        let length = reader.word_u64()?;
        reader.offset(HEAD)?;
        let nodes_at = reader.word()?;
        let bytes = reader.count(MAX_TAGS_BYTES)?;
        let padded = bytes.next_multiple_of(WORD);
        is_offset(nodes_at, HEAD + WORD + padded)?;
        let tags = reader.bytes(bytes)?.to_vec();
        reader.zeros(padded - bytes)?;
        let nodes = (0..reader.count(MAX_NODE_HEIGHT as usize)?)
            .map(|_| {
                let root = reader.hash()?;
                Ok(Node { root, height: reader.word_to(MAX_NODE_HEIGHT.into())? as u32 })
            })
            .collect::<Result<_>>()?;
        reader.end()?;
        Ok(Self { length, tags, nodes })
    }
}

impl SubmitCall {
    /// The calldata of `submit`: with a submitter in the newer form, otherwise in the older.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` above 64 nodes or 4 MiB of tags, `RANGE` for a height above 64.
    pub fn to_calldata(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        if let Some(submitter) = &self.submitter {
            out.extend(NEWER);
            out.extend(count_word(WORD));
            out.extend(count_word(2 * WORD));
            out.extend(address_word(submitter));
        } else {
            out.extend(OLDER);
            out.extend(count_word(WORD));
        }
        self.data.write(&mut out)?;
        Ok(out)
    }

    /// Reads calldata of either generation. Only the one form that [`Self::to_calldata`] gives is taken.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED`; `DATA_FORMAT` for another selector, an offset that is not the due one and padding that is not zero;
    /// `RANGE` for a length over 64 bits and a height above 64; `BUFFER_LENGTH` for bytes that are missing or left over.
    pub fn from_calldata(calldata: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(calldata);
        let selector: [u8; 4] = reader.array()?;
        if selector != NEWER && selector != OLDER {
            let [expected, got] = [NEWER, selector].map(|selector| u32::from_be_bytes(selector).into());
            return Err(Error::mismatch(Code::DataFormat, expected, got));
        }
        reader.offset(WORD)?;
        let submitter = if selector == NEWER {
            reader.offset(2 * WORD)?;
            Some(reader.address()?)
        } else {
            None
        };
        Ok(Self { data: SubmissionData::read(&mut reader)?, submitter })
    }
}

impl SubmitEvent {
    /// Topics and data of the log.
    ///
    /// # Errors
    /// As [`SubmitCall::to_calldata`].
    pub fn to_log(&self) -> Result<([Hash; 3], Vec<u8>)> {
        let mut data = Vec::new();
        for number in [self.submission_index, self.start_pos, self.length, 4 * WORD as u64] {
            data.extend(word(number));
        }
        self.submission.write(&mut data)?;
        Ok(([EVENT, address_word(&self.sender), self.identity], data))
    }

    /// Reads a log. Whether `identity` and `length` are the submission's is not asked:
    /// [`submission::digest`](zgkit_merkle::submission::digest) and
    /// [`submission::capacity`](zgkit_merkle::submission::capacity) say so.
    ///
    /// # Errors
    /// As [`SubmitCall::from_calldata`]; `DATA_FORMAT` also for topics that are not this event's.
    pub fn from_log(topics: &[Hash], data: &[u8]) -> Result<Self> {
        let &[event, account, identity] = topics else {
            return Err(Error::mismatch(Code::DataFormat, 3, topics.len() as u64));
        };
        if event != EVENT {
            return Err(Error::plain(Code::DataFormat));
        }
        let mut reader = Reader::new(data);
        let [submission_index, start_pos, length] =
            [reader.word_u64()?, reader.word_u64()?, reader.word_u64()?];
        reader.offset(4 * WORD)?;
        Ok(Self {
            sender: Reader::new(&account).address()?,
            identity,
            submission_index,
            start_pos,
            length,
            submission: SubmissionData::read(&mut reader)?,
        })
    }
}
