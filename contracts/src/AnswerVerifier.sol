// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import "./Errors.sol";
import {Pora} from "./Pora.sol";
import {RecallRange, RecallRanges} from "./RecallRange.sol";
import {Seal} from "./Seal.sol";
import {MAX_SIBLINGS, SEAL_HEIGHT, SEAL_SECTORS, SEGMENT_SECTORS, climb, depthOf} from "./Tree.sol";

/// @notice An answer as the mine contract takes it.
/// @param contextDigest the context mined in
/// @param nonce 32 bytes of the miner's choice
/// @param minerId whose answer it is
/// @param range which loads were mined
/// @param recallPosition flow sector at which the seal begins
/// @param sealOffset number of the seal in its load
/// @param sealedContextDigest the context that the seal was sealed with
/// @param sealedData the seal as stored: sealed, not mixed
/// @param merkleProof siblings in the flow tree from height 4 up, without the root
struct Answer {
    bytes32 contextDigest;
    bytes32 nonce;
    bytes32 minerId;
    RecallRange range;
    uint256 recallPosition;
    uint256 sealOffset;
    bytes32 sealedContextDigest;
    bytes32[128] sealedData;
    bytes32[] merkleProof;
}

/// @notice What of a mine context an answer is checked against.
/// @param flowRoot root of the flow tree
/// @param flowLength sectors of the flow
/// @param digest the context's digest
struct Context {
    bytes32 flowRoot;
    uint256 flowLength;
    bytes32 digest;
}

/// @notice The sectors that a context's epoch added to the flow: from `start` to below `end`.
struct SealRange {
    bytes32 digest;
    uint256 start;
    uint256 end;
}

/// @notice What an answer is checked against. Trusted: from the chain, at the block that is asked about.
/// @param context the mine context
/// @param poraTarget the target before scaling
/// @param subtaskDigest the miner's subtask
/// @param maxShards most partitions of a recall range
/// @param sealRanges epoch ranges by their contexts' digests; one that is not listed counts as empty
struct Task {
    Context context;
    uint256 poraTarget;
    bytes32 subtaskDigest;
    uint64 maxShards;
    SealRange[] sealRanges;
}

/// @title The complete check of an answer that takes no state of the chain (SPEC.md section 11)
/// @notice Not checked: the miner's registration, the block window, the number of answers so far and whether this one was there before.
library AnswerVerifier {
    using RecallRanges for RecallRange;

    /// @dev The digest of no context: the hash of nothing.
    bytes32 private constant EMPTY_CONTEXT = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470;
    /// @dev Seals of a load.
    uint256 private constant LOAD_SEALS = SEGMENT_SECTORS / SEAL_SECTORS;

    /// @notice Reverts unless the answer stands. The error is that of the first check that fails, in the specification's order.
    /// @param answer from anybody
    /// @param task trusted
    /// @param strict also zgkit's own rules: a proof of exactly the tree's depth, and a seal in the load that was drawn. Without them
    /// the verdict is the mine contract's
    /// @return poraHash what the answer won with
    function verify(Answer calldata answer, Task memory task, bool strict) internal view returns (bytes32 poraHash) {
        RecallRange memory range = answer.range;
        bytes32[128] memory sealedData = Seal.load(answer.sealedData);
        _checkClaims(answer, range, task);
        _checkData(answer, sealedData, task.context, strict);

        (bytes32 lo, bytes32 hi) = Pora.padSeed(answer.minerId, answer.nonce, task.subtaskDigest, range.digest());
        (bytes32[128] memory pad, bytes32 recallSeed) = Pora.scratchPad(lo, hi, answer.sealOffset);
        _checkPosition(answer.recallPosition, answer.sealOffset, range.loadPosition(recallSeed));
        if (strict && answer.sealOffset >= LOAD_SEALS) revert SealOffset();
        poraHash = Pora.hash(answer.sealOffset, lo, hi, pad, sealedData);
        if (uint256(poraHash) > range.threshold(task.context.flowLength, task.poraTarget)) revert TargetMissed();
    }

    /// The limit, then checks 1 to 7: what takes no hashing.
    function _checkClaims(Answer calldata answer, RecallRange memory range, Task memory task) private pure {
        if (answer.merkleProof.length > MAX_SIBLINGS) revert LimitExceeded();
        if (answer.minerId == 0) revert MinerIdZero();
        if (answer.contextDigest != task.context.digest) revert ContextMismatch();
        if (task.context.digest == EMPTY_CONTEXT) revert ContextEmpty();
        range.check(task.context.flowLength);
        (uint256 start, uint256 end) = _sealRange(task.sealRanges, answer.sealedContextDigest);
        // The seal's end, with the position kept below 2^256 - 16.
        if (end < SEAL_SECTORS || end - SEAL_SECTORS < answer.recallPosition) revert SealContext();
        if (start >= answer.recallPosition + SEAL_SECTORS) revert SealContext();
        if (range.partitions() > task.maxShards) revert ShardsExceeded();
        if (answer.sealedContextDigest == EMPTY_CONTEXT) revert SealContext();
    }

    /// The first epoch range that is listed for a context, an empty one if none is.
    function _sealRange(SealRange[] memory ranges, bytes32 digest) private pure returns (uint256 start, uint256 end) {
        for (uint256 i = 0; i < ranges.length; ++i) {
            if (ranges[i].digest == digest) return (ranges[i].start, ranges[i].end);
        }
    }

    /// Checks 8 and 9.
    function _checkData(
        Answer calldata answer,
        bytes32[128] memory sealedData,
        Context memory context,
        bool strict
    ) private pure {
        if (strict && answer.merkleProof.length + SEAL_HEIGHT != depthOf(context.flowLength)) {
            revert FlowRootMismatch();
        }
        uint256 position = answer.recallPosition;
        bytes32 node = Seal.rootOf(Seal.unseal(sealedData, answer.minerId, answer.sealedContextDigest, position));
        if (climb(node, position / SEAL_SECTORS, answer.merkleProof) != context.flowRoot) revert FlowRootMismatch();
    }

    /// The rest of check 10: `position = load + 16 * sealOffset`, without wrapping.
    function _checkPosition(uint256 position, uint256 sealOffset, uint256 load) private pure {
        if (position < load) revert RecallPosition();
        uint256 inside = position - load;
        if (inside % SEAL_SECTORS != 0 || inside / SEAL_SECTORS != sealOffset) revert RecallPosition();
    }
}
