// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import "./Errors.sol";
import {MAX_SIBLINGS, SECTOR_BYTES, SEGMENT_SECTORS, depthOf, foldInPlace, hashPair, sectorHashes} from "./Tree.sol";

/// @notice A proof of a file, as `proofToJson` has it.
/// @param lemma the leaf, the siblings from bottom to top, the root; the root alone in a tree of one leaf
/// @param path one direction for each sibling: true where the running node is the left child
struct Proof {
    bytes32[] lemma;
    bool[] path;
}

/// @title Proofs of segments and sectors of files (SPEC.md section 4)
/// @notice Root, size and index are the caller's; depth and directions follow from them. The checks are those of the
/// specification, all of them, in its order; the first that fails is the error.
library FileProof {
    /// @dev Sizes are below this.
    uint256 private constant SIZE_END = 2 ** 53;

    /// @notice Reverts unless segment `index` of the file with this root and size has these bytes.
    /// @param root trusted: the file root
    /// @param size trusted: the file's length in bytes, from 1 to 2^53 - 1
    /// @param index trusted: which segment
    /// @param content the segment's sectors with file bytes: 262,144 bytes except at the file's end, none for a padding segment
    /// @param proof over the segments' roots
    function verifySegment(bytes32 root, uint256 size, uint256 index, bytes calldata content, Proof calldata proof)
        internal
        pure
    {
        (uint256 sectors, uint256 padded) = sectorsOf(size);
        _checkForm(proof);
        uint256 segments = (padded + SEGMENT_SECTORS - 1) / SEGMENT_SECTORS;
        if (index >= segments) revert IndexRange();
        uint256 first = index * SEGMENT_SECTORS;
        if (content.length != _within(sectors, first) * SECTOR_BYTES) revert ContentLength();
        _checkPlace(index, segments, proof.path);
        _checkHashes(root, foldInPlace(sectorHashes(content, _within(padded, first))), proof);
        _checkPadding(size, first * SECTOR_BYTES, content);
    }

    /// @notice Reverts unless sector `index` of the padded file with this root and size has these bytes.
    /// @param root trusted: the file root
    /// @param size trusted: the file's length in bytes, from 1 to 2^53 - 1
    /// @param index trusted: which sector
    /// @param content the sector's 256 bytes
    /// @param proof over the sectors' hashes
    function verifySector(bytes32 root, uint256 size, uint256 index, bytes calldata content, Proof calldata proof)
        internal
        pure
    {
        (, uint256 padded) = sectorsOf(size);
        _checkForm(proof);
        if (index >= padded) revert IndexRange();
        if (content.length != SECTOR_BYTES) revert ContentLength();
        _checkPlace(index, padded, proof.path);
        _checkHashes(root, keccak256(content), proof);
        _checkPadding(size, index * SECTOR_BYTES, content);
    }

    /// @notice Sectors of a file of `size` bytes, and sectors after padding (SPEC.md section 2).
    function sectorsOf(uint256 size) internal pure returns (uint256 sectors, uint256 padded) {
        if (size == 0) revert EmptyInput();
        if (size >= SIZE_END) revert Range();
        sectors = (size + SECTOR_BYTES - 1) / SECTOR_BYTES;
        uint256 depth = depthOf(sectors);
        uint256 unit = depth < 4 ? 1 : 1 << (depth - 4);
        padded = (sectors + unit - 1) / unit * unit;
    }

    /// Checks 1 and 2.
    function _checkForm(Proof calldata proof) private pure {
        (uint256 entries, uint256 steps) = (proof.lemma.length, proof.path.length);
        if (steps > MAX_SIBLINGS || entries > MAX_SIBLINGS + 2) revert LimitExceeded();
        if (entries != (steps == 0 ? 1 : steps + 2)) revert ProofFormat();
    }

    /// Checks 5 and 6, for an index below `leaves`.
    function _checkPlace(uint256 index, uint256 leaves, bool[] calldata path) private pure {
        (uint256 depth, uint256 lefts) = _placeOf(index, leaves);
        if (path.length != depth) revert ProofDepth();
        for (uint256 k = 0; k < depth; ++k) {
            if (path[k] != ((lefts >> k) & 1 == 1)) revert IndexMismatch();
        }
    }

    /// How many siblings a leaf has, and in bit `k` whether sibling `k` stands to its right.
    function _placeOf(uint256 index, uint256 leaves) private pure returns (uint256 depth, uint256 lefts) {
        // A node has no sibling where it is the last of its level and its index is even.
        for (uint256 last = leaves - 1; last > 0; last >>= 1) {
            if (index & 1 == 1) {
                ++depth;
            } else if (index < last) {
                lefts |= 1 << depth++;
            }
            index >>= 1;
        }
    }

    /// Checks 7 and 8.
    function _checkHashes(bytes32 root, bytes32 node, Proof calldata proof) private pure {
        (bytes32[] calldata lemma, bool[] calldata path) = (proof.lemma, proof.path);
        if (lemma[0] != node) revert ContentMismatch();
        if (lemma[lemma.length - 1] != root) revert RootMismatch();
        for (uint256 k = 0; k < path.length; ++k) {
            node = path[k] ? hashPair(node, lemma[k + 1]) : hashPair(lemma[k + 1], node);
        }
        if (node != root) revert RootMismatch();
    }

    /// Check 9: whole sectors that begin at byte `start` of the file are zero from byte `size` on.
    function _checkPadding(uint256 size, uint256 start, bytes calldata content) private pure {
        uint256 offset = size > start ? size - start : 0;
        while (offset < content.length) {
            uint256 inWord = offset % 32;
            bytes32 word = bytes32(content[offset - inWord:]);
            if (word << (8 * inWord) != 0) revert PaddingNonzero();
            offset += 32 - inWord;
        }
    }

    /// How many of `total` sectors lie in the segment that begins at sector `first`.
    function _within(uint256 total, uint256 first) private pure returns (uint256) {
        if (total <= first) return 0;
        return total - first < SEGMENT_SECTORS ? total - first : SEGMENT_SECTORS;
    }
}
