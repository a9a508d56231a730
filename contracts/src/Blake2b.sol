// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import {Internal} from "./Errors.sol";

/// @title BLAKE2b with 64 bytes of output and no key, through the precompile 0x09 (EIP-152)
/// @notice A hash in progress is the 213 bytes that the precompile takes: rounds (4), state (64), block (128), bytes so far (16),
/// whether the block is the last (1). Each block is written where `blockOf` says and taken in; the state is written back in place.
library Blake2b {
    /// @dev Offsets within them.
    uint256 private constant STATE = 4;
    uint256 private constant BLOCK = 68;
    uint256 private constant COUNT = 196;
    uint256 private constant LAST = 212;
    uint256 private constant CALL_BYTES = 213;

    /// @notice A hash of no bytes yet.
    function start() internal pure returns (bytes memory hash) {
        hash = new bytes(CALL_BYTES);
        hash[3] = 0x0c;
        assembly ("memory-safe") {
            let state := add(hash, add(0x20, STATE))
            mstore(state, 0x48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5)
            mstore(add(state, 0x20), 0xd182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b)
        }
    }

    /// @notice Where the next 128 bytes of the message go in memory.
    function blockOf(bytes memory hash) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(hash, add(0x20, BLOCK))
        }
    }

    /// @notice Takes in the block that was written.
    /// @param hash the hash in progress
    /// @param count bytes of the message up to its end, below 2^16
    /// @param last whether it is the last
    function compress(bytes memory hash, uint256 count, bool last) internal view {
        bool done;
        assembly ("memory-safe") {
            let at := add(hash, 0x20)
            // Little-endian.
            mstore8(add(at, COUNT), count)
            mstore8(add(at, add(COUNT, 1)), shr(8, count))
            mstore8(add(at, LAST), last)
            done := staticcall(gas(), 9, at, CALL_BYTES, add(at, STATE), 64)
            // Where there is no precompile the call succeeds and gives nothing.
            done := and(done, eq(returndatasize(), 64))
        }
        if (!done) revert Internal();
    }

    /// @notice Writes the first block of a message and takes it in.
    function first(bytes memory hash, bytes32 a, bytes32 b, bytes32 c, bytes32 d, bool last) internal view {
        uint256 to = blockOf(hash);
        assembly ("memory-safe") {
            mstore(to, a)
            mstore(add(to, 0x20), b)
            mstore(add(to, 0x40), c)
            mstore(add(to, 0x60), d)
        }
        compress(hash, 128, last);
    }

    /// @notice The 64 bytes of a hash whose last block was taken in.
    function result(bytes memory hash) internal pure returns (bytes32 lo, bytes32 hi) {
        assembly ("memory-safe") {
            let state := add(hash, add(0x20, STATE))
            lo := mload(state)
            hi := mload(add(state, 0x20))
        }
    }
}
