// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.37;

import {Answer, AnswerVerifier, Task} from "./AnswerVerifier.sol";
import {Range} from "./Errors.sol";
import {FileProof, Proof} from "./FileProof.sol";
import {FlowProof} from "./FlowProof.sol";
import {Pora} from "./Pora.sol";
import {RecallRange, RecallRanges} from "./RecallRange.sol";
import {Seal} from "./Seal.sol";
import {SEAL_SECTORS} from "./Tree.sol";

/// @title Everything that the libraries verify, for calls from outside
/// @notice No state, no owner, nothing to pay. A check that fails reverts with the error of its code; what is not ABI-encoded as the
/// types say reverts without data.
contract ZgkitVerifier {
    /// @notice See `FileProof.verifySegment`.
    function verifySegment(bytes32 root, uint256 size, uint256 index, bytes calldata content, Proof calldata proof)
        external
        pure
    {
        FileProof.verifySegment(root, size, index, content, proof);
    }

    /// @notice See `FileProof.verifySector`.
    function verifySector(bytes32 root, uint256 size, uint256 index, bytes calldata content, Proof calldata proof)
        external
        pure
    {
        FileProof.verifySector(root, size, index, content, proof);
    }

    /// @notice See `FlowProof.verifySector`.
    function verifyFlowSector(
        bytes32 root,
        uint256 length,
        uint256 sector,
        bytes calldata content,
        bytes32[] calldata siblings
    ) external pure {
        FlowProof.verifySector(root, length, sector, content, siblings);
    }

    /// @notice See `FlowProof.verifySeal`.
    function verifyFlowSeal(
        bytes32 root,
        uint256 length,
        uint256 position,
        bytes calldata content,
        bytes32[] calldata siblings
    ) external pure {
        FlowProof.verifySeal(root, length, position, content, siblings);
    }

    /// @notice See `AnswerVerifier.verify`.
    /// @return hash the PoRA hash
    function verifyAnswer(Answer calldata answer, Task calldata task, bool strict)
        external
        view
        returns (bytes32 hash)
    {
        return AnswerVerifier.verify(answer, task, strict);
    }

    /// @notice The data of a seal; see `Seal.unseal`. Reverts for a position that is no multiple of 16.
    function unseal(bytes32[128] calldata sealedData, bytes32 minerId, bytes32 contextDigest, uint256 position)
        external
        pure
        returns (bytes32[128] memory plain)
    {
        if (position % SEAL_SECTORS != 0) revert Range();
        return Seal.unseal(Seal.load(sealedData), minerId, contextDigest, position);
    }

    /// @notice What a nonce draws, and the PoRA hash of a seal with it; nothing is checked. See `Pora`.
    function poraHash(
        bytes32 minerId,
        bytes32 nonce,
        bytes32 subtaskDigest,
        RecallRange calldata range,
        uint256 sealOffset,
        bytes32[128] calldata sealedData
    ) external view returns (bytes32 recallSeed, bytes32 hash) {
        (bytes32 lo, bytes32 hi) = Pora.padSeed(minerId, nonce, subtaskDigest, RecallRanges.digest(range));
        bytes32[128] memory pad;
        (pad, recallSeed) = Pora.scratchPad(lo, hi, sealOffset);
        hash = Pora.hash(sealOffset, lo, hi, pad, Seal.load(sealedData));
    }
}
