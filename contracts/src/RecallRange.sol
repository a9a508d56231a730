// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import "./Errors.sol";
import {SEGMENT_SECTORS} from "./Tree.sol";

/// @notice Which loads a miner mines.
/// @param startPosition first sector of the window, a multiple of 2^25
/// @param mineLength sectors of the window, of all partitions together
/// @param shardId the bits of a load's number that are fixed
/// @param shardMask one bits: bits of a load's number that are drawn; zero bits: those that `shardId` fixes
struct RecallRange {
    uint256 startPosition;
    uint256 mineLength;
    uint64 shardId;
    uint64 shardMask;
}

/// @title The arithmetic of recall ranges and targets (SPEC.md section 8)
library RecallRanges {
    /// @dev Windows begin at multiples of this many sectors.
    uint256 private constant START_SECTORS = 2 ** 25;
    /// @dev Sectors of a window, for each partition.
    uint256 private constant WINDOW_SECTORS = 2 ** 35;

    /// @notice What the pad seed takes in.
    function digest(RecallRange memory range) internal pure returns (bytes32) {
        return keccak256(abi.encode(range));
    }

    /// @notice 2 to the number of zero bits of the mask, from 1 to 2^64.
    function partitions(RecallRange memory range) internal pure returns (uint256 count) {
        count = 1;
        for (uint256 free = ~range.shardMask; free != 0; free &= free - 1) count <<= 1;
    }

    /// @notice Reverts unless a flow of `flowLength` sectors allows the range.
    function check(RecallRange memory range, uint256 flowLength) internal pure {
        (uint256 start, uint256 length) = (range.startPosition, range.mineLength);
        uint256 end = flowLength - flowLength % SEGMENT_SECTORS;
        uint256 most = WINDOW_SECTORS * partitions(range);
        if (start % START_SECTORS != 0) revert RangeUnaligned();
        if (length > end || start > end - length) revert RangeOverflow();
        if (length > most) revert RangeTooLong();
        if (length < (end < most ? end : most)) revert RangeTooShort();
        if (range.shardId & range.shardMask != 0) revert ShardIdMasked();
    }

    /// @notice The first sector of the load that a recall seed draws, in a range that was checked. One right behind the range's end
    /// passes; reverts past that, and for a range without a load.
    function loadPosition(RecallRange memory range, bytes32 recallSeed) internal pure returns (uint256) {
        uint256 loads = range.mineLength / SEGMENT_SECTORS;
        if (loads == 0) revert RecallPosition();
        uint64 drawn = uint64(uint256(recallSeed) % loads);
        uint256 offset = SEGMENT_SECTORS * uint256((drawn & range.shardMask) | range.shardId);
        if (offset > range.mineLength) revert RecallPosition();
        return range.startPosition + offset;
    }

    /// @notice The highest PoRA hash that wins. Reverts where none does: a flow of fewer sectors than there are partitions.
    function threshold(RecallRange memory range, uint256 flowLength, uint256 target) internal pure returns (uint256) {
        uint256 share = _min(flowLength / partitions(range), WINDOW_SECTORS);
        if (share == 0) revert TargetMissed();
        uint256 scaleX64 = (_min(flowLength, WINDOW_SECTORS) << 64) / share;
        return (target / scaleX64) << 64;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
