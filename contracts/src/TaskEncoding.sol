// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskLifecycle} from "./interfaces/ITaskHub.sol";

/// @title How terms and reports of tasks are encoded, hashed and signed
/// @notice SPEC.md §1; held against vectors/tasks.json.
library TaskEncoding {
    bytes32 private constant CLAIM_TYPE =
        keccak256("Claim(uint256 taskId,bytes32 termsDigest,uint32 attempt,address runner)");
    bytes32 private constant HEARTBEAT_TYPE = keccak256("Heartbeat(uint256 taskId,uint32 attempt,uint64 until)");
    bytes32 private constant REPORT_TYPE = keccak256(
        "TaskReport(uint256 taskId,bytes32 termsDigest,uint32 attempt,TaskResult[] results)TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)"
    );
    bytes32 private constant RESULT_TYPE =
        keccak256("TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)");

    /// The most tasks of a batch: their ids differ in the low byte.
    uint16 internal constant MAX_COUNT = 256;
    /// The most gas that a callback can be promised.
    uint32 internal constant MAX_CALLBACK_GAS = 1_000_000;

    uint256 private constant TERMS_SIZE = 11 * 32;
    /// The terms, then offset, length and three words of the signature.
    uint256 private constant PROOF_SIZE = 16 * 32;
    uint256 private constant SIGNATURE_SIZE = 65;
    /// Attempt, offset and length, before the results.
    uint256 private constant REPORT_HEAD = 3 * 32;
    uint256 private constant RESULT_SIZE = 3 * 32;
    /// 256: inputs could not be opened; 257: the output did not fit.
    uint256 private constant MAX_EXIT_STATUS = 257;

    /* DIGESTS */

    /// @notice keccak256(abi.encode(terms)).
    /// @dev Assembly, because Solidity would clean each word first. Words that are not clean hash to what is never stored.
    function digestOf(ITaskLifecycle.Terms calldata terms) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, terms, TERMS_SIZE)
            digest := keccak256(data, TERMS_SIZE)
        }
    }

    /// @notice EIP-712's hash of the array: of the joined hashes of its structs. Exit statuses end at 257.
    /// @dev Assembly, because there are up to 256 of them, and each can be hashed as it stands in the report, with its type
    /// before it.
    function digestOf(uint256 taskId, ITaskLifecycle.TaskResult[] calldata results)
        internal
        pure
        returns (bytes32 digest)
    {
        bytes32 kind = RESULT_TYPE;
        uint256 count = results.length;
        uint256 unfit = count; // the index of a result whose exit status is none
        assembly ("memory-safe") {
            let hashes := mload(0x40)
            let item := add(hashes, mul(count, 32)) // the struct, behind the hashes
            mstore(item, kind)
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                calldatacopy(add(item, 32), add(results.offset, mul(i, RESULT_SIZE)), RESULT_SIZE)
                if gt(mload(add(item, 32)), MAX_EXIT_STATUS) { unfit := i }
                mstore(add(hashes, mul(i, 32)), keccak256(item, add(32, RESULT_SIZE)))
            }
            digest := keccak256(hashes, mul(count, 32))
        }
        if (unfit == count) return digest;
        uint256 status; // of any size, hence not read as the uint32 that it should be
        assembly ("memory-safe") {
            status := calldataload(add(results.offset, mul(unfit, RESULT_SIZE)))
        }
        if (status > type(uint32).max) status = type(uint32).max;
        revert ITaskLifecycle.ExitStatusUnfit(taskId + unfit, uint32(status));
    }

    /* EIP-712 STRUCTS */

    function claimHash(uint256 taskId, bytes32 termsDigest, uint32 attempt, address runner)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(CLAIM_TYPE, taskId, termsDigest, attempt, runner));
    }

    function heartbeatHash(uint256 taskId, uint32 attempt, uint64 until) internal pure returns (bytes32) {
        return keccak256(abi.encode(HEARTBEAT_TYPE, taskId, attempt, until));
    }

    function reportHash(uint256 taskId, bytes32 termsDigest, uint32 attempt, bytes32 resultsDigest)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(REPORT_TYPE, taskId, termsDigest, attempt, resultsDigest));
    }

    /* CALLDATA */

    /// @notice The parts of abi.encode(Terms, bytes), where the bytes are a signature; of nothing else.
    /// @dev Assembly points at the terms where they are. What their words hold is checked where they are read, and by
    /// their digest.
    function parseProof(bytes calldata proof)
        internal
        pure
        returns (ITaskLifecycle.Terms calldata terms, bytes calldata signature)
    {
        require(
            proof.length == PROOF_SIZE && _word(proof, 11) == 12 * 32 && _word(proof, 12) == SIGNATURE_SIZE
                && _word(proof, 15) << 8 == 0,
            ITaskLifecycle.BatchMalformed()
        );
        signature = proof[13 * 32:13 * 32 + SIGNATURE_SIZE];
        assembly ("memory-safe") {
            terms := proof.offset
        }
    }

    /// @notice The parts of abi.encode(uint32, TaskResult[]) with `count` results; of nothing else.
    /// @dev Assembly points at the results where they are.
    function parseReport(bytes calldata report, uint256 count)
        internal
        pure
        returns (uint32 attempt, ITaskLifecycle.TaskResult[] calldata results)
    {
        require(
            report.length == REPORT_HEAD + count * RESULT_SIZE && _word(report, 0) <= type(uint32).max
                && _word(report, 1) == 2 * 32 && _word(report, 2) == count,
            ITaskLifecycle.BatchMalformed()
        );
        attempt = uint32(_word(report, 0)); // it fits
        assembly ("memory-safe") {
            results.offset := add(report.offset, REPORT_HEAD)
            results.length := count
        }
    }

    /// @dev Assembly, because lengths are checked before. (Behind the calldata there would be zeros.)
    function _word(bytes calldata data, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, mul(index, 32)))
        }
    }
}
