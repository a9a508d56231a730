// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import {SEAL_SECTORS, foldInPlace} from "./Tree.sol";

/// @title Seals: 4096 bytes as a miner keeps them (SPEC.md section 9)
library Seal {
    /// @notice Sealed words in memory, where they are hashed.
    function load(bytes32[128] calldata words) internal pure returns (bytes32[128] memory sealedData) {
        // The compiler copies word by word, which takes 10,000 gas.
        assembly ("memory-safe") {
            calldatacopy(sealedData, words, 4096)
        }
    }

    /// @notice The data of a seal.
    /// @param sealedData 128 sealed words; they stay as they are
    /// @param minerId whose seal it is
    /// @param contextDigest the context that it was sealed with
    /// @param position the flow sector at which it begins
    function unseal(bytes32[128] memory sealedData, bytes32 minerId, bytes32 contextDigest, uint256 position)
        internal
        pure
        returns (bytes32[128] memory plain)
    {
        plain[0] = sealedData[0] ^ keccak256(abi.encode(minerId, contextDigest, position));
        // Every other mask is the hash of the sealed word before. The compiler's bounds checks would cost more than the hashes.
        assembly ("memory-safe") {
            let from := sealedData
            let to := plain
            for { let end := add(from, 4064) } lt(from, end) {} {
                let mask := keccak256(from, 0x20)
                from := add(from, 0x20)
                to := add(to, 0x20)
                mstore(to, xor(mload(from), mask))
            }
        }
    }

    /// @notice The root of the tree over the 16 sectors of unsealed data: a node of the flow tree at height 4.
    function rootOf(bytes32[128] memory plain) internal pure returns (bytes32) {
        bytes32[] memory leaves = new bytes32[](SEAL_SECTORS);
        assembly ("memory-safe") {
            let from := plain
            let to := add(leaves, 0x20)
            for { let end := add(from, 4096) } lt(from, end) { from := add(from, 256) } {
                mstore(to, keccak256(from, 256))
                to := add(to, 0x20)
            }
        }
        return foldInPlace(leaves);
    }
}
