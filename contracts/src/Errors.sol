// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

// One error for each code of zgkit that a contract can give: `FlowRootMismatch` is `FLOW_ROOT_MISMATCH`. What they mean, and which
// comes before which, says SPEC.md in the sections named here.

// Trusted values and limits, sections 1 and 4.
error EmptyInput();
error Range();
error LimitExceeded();

// Proofs of files and of the flow, sections 4 and 7.
error ProofFormat();
error IndexRange();
error ContentLength();
error ProofDepth();
error IndexMismatch();
error ContentMismatch();
error RootMismatch();
error PaddingNonzero();

// Recall ranges, section 8.
error RangeUnaligned();
error RangeOverflow();
error RangeTooLong();
error RangeTooShort();
error ShardIdMasked();

// Answers, section 11.
error MinerIdZero();
error ContextMismatch();
error ContextEmpty();
error SealContext();
error ShardsExceeded();
error FlowRootMismatch();
error RecallPosition();
error SealOffset();
error TargetMissed();

/// The chain has no BLAKE2F precompile, or too little gas was left for it.
error Internal();
