use core::fmt;

/// Declares [`Code`] once: variant, number on the binding boundary, stable name.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal $name:literal,)*) => {
        /// Stable error code. The name never changes; the number is how bindings return it, 0 being success.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $variant = $number,)*
        }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The stable name, as errors and verdicts show it on every tier.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }
        }
    };
}

codes! {
    /// A proof's parts do not fit together: entry sizes, or lemma against path length.
    ProofFormat = 1 "PROOF_FORMAT",
    /// The index is not below the number of leaves.
    IndexRange = 2 "INDEX_RANGE",
    /// The content's length is not the one that its place in the file dictates.
    ContentLength = 3 "CONTENT_LENGTH",
    /// The path's length is not the depth of that index in a tree of that many leaves.
    ProofDepth = 4 "PROOF_DEPTH",
    /// The path leads to another index.
    IndexMismatch = 5 "INDEX_MISMATCH",
    /// The content does not hash to the proof's leaf.
    ContentMismatch = 6 "CONTENT_MISMATCH",
    /// The proof's root or the recomputed root is not the trusted one.
    RootMismatch = 7 "ROOT_MISMATCH",
    /// Bytes past the file's end are not zero.
    PaddingNonzero = 8 "PADDING_NONZERO",
    /// There is nothing to hash: files have at least one byte.
    EmptyInput = 9 "EMPTY_INPUT",
    /// More than a limit of [`crate::limits`] was asked for.
    LimitExceeded = 10 "LIMIT_EXCEEDED",
    /// A number is outside its range, or not an integer.
    Range = 11 "RANGE",
    /// A buffer's length is not the one that its use dictates.
    BufferLength = 12 "BUFFER_LENGTH",
    /// An output buffer overlaps an input.
    BufferOverlap = 13 "BUFFER_OVERLAP",
    /// A fault of zgkit itself. Nothing was changed; please report it.
    Internal = 14 "INTERNAL",
    /// The miner id is zero.
    MinerIdZero = 15 "MINER_ID_ZERO",
    /// The answer is for another mine context.
    ContextMismatch = 16 "CONTEXT_MISMATCH",
    /// The mine context is the digest of nothing: there is none.
    ContextEmpty = 17 "CONTEXT_EMPTY",
    /// A recall range does not start at a multiple of 8 GiB.
    RangeUnaligned = 18 "RANGE_UNALIGNED",
    /// A recall range ends past the flow's last complete load.
    RangeOverflow = 19 "RANGE_OVERFLOW",
    /// A recall range is longer than 8 TiB for each partition.
    RangeTooLong = 20 "RANGE_TOO_LONG",
    /// A recall range is shorter than the flow and its partitions allow.
    RangeTooShort = 21 "RANGE_TOO_SHORT",
    /// A partition's id sets bits that its mask draws.
    ShardIdMasked = 22 "SHARD_ID_MASKED",
    /// The seal's context is not the one whose epoch holds its last sector.
    SealContext = 23 "SEAL_CONTEXT",
    /// There are more partitions than the mine contract allows.
    ShardsExceeded = 24 "SHARDS_EXCEEDED",
    /// Data and siblings do not lead to the flow root.
    FlowRootMismatch = 25 "FLOW_ROOT_MISMATCH",
    /// The seal is not where the nonce's load and the seal's offset put it.
    RecallPosition = 26 "RECALL_POSITION",
    /// The seal lies outside the load that was drawn (strict mode).
    SealOffset = 27 "SEAL_OFFSET",
    /// The PoRA hash is above the threshold.
    TargetMissed = 28 "TARGET_MISSED",
    /// The miner id is not registered. Takes the chain's state, as do the next three: never returned here.
    MinerUnregistered = 29 "MINER_UNREGISTERED",
    /// The subtask has not begun.
    TooEarly = 30 "TOO_EARLY",
    /// The subtask is over.
    Deadline = 31 "DEADLINE",
    /// The answer was submitted before.
    DuplicateAnswer = 32 "DUPLICATE_ANSWER",
    /// The instruction set is unknown, or this processor lacks it.
    IsaUnavailable = 33 "ISA_UNAVAILABLE",
    /// Fewer good shards, or chunks of a stripe, than data shards.
    TooFewShards = 34 "TOO_FEW_SHARDS",
    /// A shard index is given twice.
    DuplicateShard = 35 "DUPLICATE_SHARD",
    /// The rows of a custom matrix that would be needed depend on each other.
    MatrixSingular = 36 "MATRIX_SINGULAR",
    /// A shard header is none, or is cut short.
    HeaderFormat = 37 "HEADER_FORMAT",
    /// The descriptor is not the one that was committed to.
    CommitmentMismatch = 38 "COMMITMENT_MISMATCH",
    /// The committed shards are no code word: the encoder lied.
    EncodingMismatch = 39 "ENCODING_MISMATCH",
    /// Evidence whose parts do not fit together.
    EvidenceFormat = 40 "EVIDENCE_FORMAT",
    /// Evidence whose chunks are those of an honest encoder.
    EvidenceRefuted = 41 "EVIDENCE_REFUTED",
    /// The indices of a multi-proof do not strictly ascend.
    IndexOrder = 42 "INDEX_ORDER",
}

/// A code and the two numbers that explain it: what was expected (or the limit), and what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of failure it is.
    pub code: Code,
    /// The value or bound that was expected.
    pub expected: u64,
    /// The value that was given.
    pub got: u64,
}

/// Result with zgkit's [`Error`].
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// An error that is explained by an expected and a given number.
    pub const fn mismatch(code: Code, expected: u64, got: u64) -> Self {
        Self { code, expected, got }
    }

    /// An error whose code says it all.
    pub const fn plain(code: Code) -> Self {
        Self::mismatch(code, 0, 0)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if (self.expected, self.got) != (0, 0) {
            write!(f, ": expected {}, got {}", self.expected, self.got)?;
        }
        Ok(())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_names_unique() {
        for (place, code) in Code::ALL.iter().enumerate() {
            assert_eq!(*code as usize, place + 1);
            assert_eq!(Code::ALL.iter().filter(|other| other.as_str() == code.as_str()).count(), 1);
        }
    }

    /// `ts/src/errors.ts` is written by hand; this keeps its numbered codes equal to ours.
    #[test]
    fn typescript_lists_the_same_codes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ts/src/errors.ts");
        let text = std::fs::read_to_string(path).expect("ts/src/errors.ts is part of the workspace");
        let (_, list) = text.split_once("KERNEL_CODES = [").expect("list starts");
        let (list, _) = list.split_once("]").expect("list ends");
        let theirs: Vec<&str> = list.split('\'').skip(1).step_by(2).collect();
        let ours: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(theirs, ours);
    }
}
