// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import {Blake2b} from "./Blake2b.sol";

/// @title The PoRA hash of one seal (SPEC.md section 10)
library Pora {
    /// @notice The 64 bytes that a nonce's scratch pad begins with.
    function padSeed(bytes32 minerId, bytes32 nonce, bytes32 subtaskDigest, bytes32 rangeDigest)
        internal
        view
        returns (bytes32 lo, bytes32 hi)
    {
        bytes memory blake = Blake2b.start();
        Blake2b.first(blake, minerId, nonce, subtaskDigest, rangeDigest, true);
        return Blake2b.result(blake);
    }

    /// @notice The quarter of the scratch pad that a seal is mixed with, and the recall seed. All 256 cells are computed, 64 are kept.
    /// @param lo first half of the pad seed
    /// @param hi second half
    /// @param sealOffset number of the seal in its load; its last two bits are the quarter
    function scratchPad(bytes32 lo, bytes32 hi, uint256 sealOffset)
        internal
        pure
        returns (bytes32[128] memory pad, bytes32 recallSeed)
    {
        // 513 hashes in a chain. The state stays in the scratch space. Four cells a round, since a round costs a third of a cell.
        assembly ("memory-safe") {
            function twoCells() {
                mstore(0x00, keccak256(0x00, 0x40))
                mstore(0x20, keccak256(0x00, 0x40))
                mstore(0x00, keccak256(0x00, 0x40))
                mstore(0x20, keccak256(0x00, 0x40))
            }
            function skipQuarters(count) {
                for { let rounds := shl(4, count) } rounds { rounds := sub(rounds, 1) } {
                    twoCells()
                    twoCells()
                }
            }

            let quarter := and(sealOffset, 3)
            mstore(0x00, lo)
            mstore(0x20, hi)
            skipQuarters(quarter)
            let to := pad
            for { let end := add(to, 4096) } lt(to, end) { to := add(to, 0x40) } {
                let first := keccak256(0x00, 0x40)
                mstore(0x00, first)
                mstore(to, first)
                let second := keccak256(0x00, 0x40)
                mstore(0x20, second)
                mstore(add(to, 0x20), second)
            }
            skipQuarters(sub(3, quarter))
            recallSeed := keccak256(0x00, 0x40)
        }
    }

    /// @notice The PoRA hash: the first 32 bytes of BLAKE2b over 4224.
    /// @param sealOffset number of the seal in its load; all of it is hashed
    /// @param lo first half of the pad seed
    /// @param hi second half
    /// @param pad the seal's quarter of the scratch pad
    /// @param sealedData the seal as stored
    function hash(
        uint256 sealOffset,
        bytes32 lo,
        bytes32 hi,
        bytes32[128] memory pad,
        bytes32[128] memory sealedData
    ) internal view returns (bytes32 poraHash) {
        bytes memory blake = Blake2b.start();
        Blake2b.first(blake, bytes32(sealOffset), lo, hi, 0, false);
        uint256 to = Blake2b.blockOf(blake);
        for (uint256 done = 0; done < 4096; done += 128) {
            // The mixed words go straight into the block. Indexing the arrays would take some 20,000 gas more.
            assembly ("memory-safe") {
                let from := add(sealedData, done)
                let mask := add(pad, done)
                mstore(to, xor(mload(from), mload(mask)))
                mstore(add(to, 0x20), xor(mload(add(from, 0x20)), mload(add(mask, 0x20))))
                mstore(add(to, 0x40), xor(mload(add(from, 0x40)), mload(add(mask, 0x40))))
                mstore(add(to, 0x60), xor(mload(add(from, 0x60)), mload(add(mask, 0x60))))
            }
            Blake2b.compress(blake, 256 + done, done == 3968);
        }
        (poraHash,) = Blake2b.result(blake);
    }
}
