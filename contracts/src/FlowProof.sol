// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import "./Errors.sol";
import {
    MAX_SIBLINGS,
    SEAL_HEIGHT,
    SEAL_SECTORS,
    SECTOR_BYTES,
    climb,
    depthOf,
    foldInPlace,
    sectorHashes
} from "./Tree.sol";

/// @title Proofs of sectors and seals of the flow (SPEC.md section 7)
/// @notice Flow root, length and place are the caller's. Sector 0 is the flow's mark, the hash of nothing: neither it nor the seal that
/// begins there can be shown.
library FlowProof {
    /// @notice Reverts unless a sector of the flow has these bytes.
    /// @param root trusted: the flow root
    /// @param length trusted: the flow's length in sectors
    /// @param sector trusted: which sector
    /// @param content its 256 bytes
    /// @param siblings from the leaf up, as many as the tree is deep
    function verifySector(
        bytes32 root,
        uint256 length,
        uint256 sector,
        bytes calldata content,
        bytes32[] calldata siblings
    ) internal pure {
        if (siblings.length > MAX_SIBLINGS) revert LimitExceeded();
        if (sector >= length) revert IndexRange();
        if (content.length != SECTOR_BYTES) revert ContentLength();
        if (siblings.length != depthOf(length)) revert ProofDepth();
        if (sector == 0 || climb(keccak256(content), sector, siblings) != root) revert RootMismatch();
    }

    /// @notice Reverts unless the 16 sectors of a seal have these bytes, unsealed.
    /// @param root trusted: the flow root
    /// @param length trusted: the flow's length in sectors
    /// @param position trusted: the seal's first sector, a multiple of 16; all 16 are in the flow
    /// @param content their 4096 bytes
    /// @param siblings from the seal's root (height 4) up, as many as the tree is deep above it
    function verifySeal(
        bytes32 root,
        uint256 length,
        uint256 position,
        bytes calldata content,
        bytes32[] calldata siblings
    ) internal pure {
        if (position % SEAL_SECTORS != 0) revert Range();
        if (siblings.length > MAX_SIBLINGS) revert LimitExceeded();
        if (position >= length || length - position < SEAL_SECTORS) revert IndexRange();
        if (content.length != SEAL_SECTORS * SECTOR_BYTES) revert ContentLength();
        if (siblings.length + SEAL_HEIGHT != depthOf(length)) revert ProofDepth();
        bytes32 node = foldInPlace(sectorHashes(content, SEAL_SECTORS));
        if (position == 0 || climb(node, position / SEAL_SECTORS, siblings) != root) revert RootMismatch();
    }
}
