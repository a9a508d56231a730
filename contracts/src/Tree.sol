// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

// Hashing in trees (SPEC.md sections 1, 3 and 7). Leaves are hashes of 256 bytes, nodes of 64, without a prefix.

uint256 constant SECTOR_BYTES = 256;
// Sectors of a segment of a file, and of a load of the flow.
uint256 constant SEGMENT_SECTORS = 1024;
// Sectors of a seal.
uint256 constant SEAL_SECTORS = 16;
// Height of a seal's root above its sectors.
uint256 constant SEAL_HEIGHT = 4;
// Most directions of a file proof, and most siblings of a flow proof and of an answer.
uint256 constant MAX_SIBLINGS = 64;
// The hash of 256 zero bytes.
bytes32 constant ZERO_SECTOR = 0xd397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5;

/// @notice The node above two others.
function hashPair(bytes32 left, bytes32 right) pure returns (bytes32 node) {
    // Both fit the scratch space, so nothing is allocated.
    assembly ("memory-safe") {
        mstore(0x00, left)
        mstore(0x20, right)
        node := keccak256(0x00, 0x40)
    }
}

/// @notice The root over hashes, at least one: neighbours are paired, and an unpaired last one goes up unchanged.
/// @param level the hashes; they are overwritten
function foldInPlace(bytes32[] memory level) pure returns (bytes32 root) {
    // Pairs are hashed where they lie: a level is written over the first half of the one below.
    assembly ("memory-safe") {
        let start := add(level, 0x20)
        for { let count := mload(level) } gt(count, 1) { count := shr(1, add(count, 1)) } {
            let to := start
            let from := start
            for { let end := add(start, shl(6, shr(1, count))) } lt(from, end) { from := add(from, 0x40) } {
                mstore(to, keccak256(from, 0x40))
                to := add(to, 0x20)
            }
            if and(count, 1) { mstore(to, mload(from)) }
        }
        root := mload(start)
    }
}

/// @notice The leaves of sectors, and zero sectors behind them.
/// @param content whole sectors, at most `leaves` of them
/// @param leaves how many hashes are wanted
function sectorHashes(bytes calldata content, uint256 leaves) pure returns (bytes32[] memory hashes) {
    hashes = new bytes32[](leaves);
    uint256 sectors = content.length / SECTOR_BYTES;
    // One sector at a time is copied behind the free memory, which stays free: the whole content would cost more than its hashes.
    assembly ("memory-safe") {
        let sector := mload(0x40)
        let to := add(hashes, 0x20)
        let from := content.offset
        for { let end := add(to, shl(5, sectors)) } lt(to, end) { to := add(to, 0x20) } {
            calldatacopy(sector, from, SECTOR_BYTES)
            mstore(to, keccak256(sector, SECTOR_BYTES))
            from := add(from, SECTOR_BYTES)
        }
    }
    for (uint256 i = sectors; i < leaves; ++i) hashes[i] = ZERO_SECTOR;
}

/// @notice The root that siblings lead to, in a tree in which no node is alone.
/// @param node the hash at the bottom
/// @param index its place among those of its height
/// @param siblings from there up
function climb(bytes32 node, uint256 index, bytes32[] calldata siblings) pure returns (bytes32) {
    for (uint256 k = 0; k < siblings.length; ++k) {
        node = index & 1 == 0 ? hashPair(node, siblings[k]) : hashPair(siblings[k], node);
        index >>= 1;
    }
    return node;
}

/// @notice The smallest `depth` with `2 ** depth >= leaves`; 0 for none and for one.
function depthOf(uint256 leaves) pure returns (uint256 depth) {
    if (leaves <= 1) return 0;
    uint256 last = leaves - 1;
    depth = 1;
    for (uint256 bits = 128; bits > 0; bits >>= 1) {
        if (last >> bits != 0) {
            last >>= bits;
            depth += bits;
        }
    }
}
