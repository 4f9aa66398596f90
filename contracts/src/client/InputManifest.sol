// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";

/// @title The input manifest of a task, written by a contract
/// @notice The SHA-256 of these bytes is a task's `inputDigest`. A contract that writes the manifest itself decides alone
/// which sealed inputs the enclave gets, and under which names (guestagent/task/SPEC.md 1–4).
/// @dev The bytes are canonical JSON: there is one spelling only. Everything that a caller could choose is encoded as
/// hexadecimal, base64 or decimal digits, so that nothing can be smuggled in; names are for the contract to choose.
library InputManifest {
    /// The most inputs that an enclave takes.
    uint256 internal constant MAX_INPUTS = 64;
    /// The largest sealed input, in bytes.
    uint256 internal constant MAX_INPUT = 32 << 20;
    uint256 private constant RESULT_KEY_SIZE = 1216;
    uint256 private constant GROUP_KEY_SIZE = 96;

    /// The keys have other sizes than the enclave wants.
    error KeyMalformed();

    /// @notice The manifest.
    /// @param policy measurement root of the enclave that inputs were sealed for
    /// @param entries what `entry` made, in ascending order of their names, with commas between them
    /// @param resultKey HPKE public key that outputs get sealed to (ML-KEM-768 with X25519): 1216 bytes
    /// @param groupKey the key network's public key, compressed: 96 bytes
    function encode(
        IdentityId identity,
        bytes32 policy,
        bytes memory entries,
        bytes memory resultKey,
        bytes memory groupKey
    ) internal pure returns (bytes memory manifest) {
        require(resultKey.length == RESULT_KEY_SIZE && groupKey.length == GROUP_KEY_SIZE, KeyMalformed());
        return bytes.concat(
            '{"version":1,"identity":"0x',
            digits(IdentityId.unwrap(identity)),
            '","policy":"0x',
            digits(policy),
            '","inputs":[',
            entries,
            '],"resultKey":"',
            bytes(Base64.encode(resultKey)),
            '","groupKey":"',
            bytes(Base64.encode(groupKey)),
            '"}'
        );
    }

    /// @notice One input of the manifest.
    /// @param name as which the workload finds it in /input: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit
    /// @param digest SHA-256 of the sealed bytes
    /// @param size of the sealed bytes: 1 to MAX_INPUT
    function entry(bytes memory name, bytes32 digest, uint256 size) internal pure returns (bytes memory) {
        return bytes.concat(
            '{"name":"',
            name,
            '","digest":"sha256:',
            digits(digest),
            '","size":',
            bytes(Strings.toString(size)),
            "}"
        );
    }

    /// @notice The name of an account's input: its address in lower case, and `.json`. Names sort as addresses do.
    function nameOf(address account) internal pure returns (bytes memory) {
        return bytes.concat(bytes(Strings.toHexString(account)), ".json");
    }

    /// 64 lower-case hexadecimal digits.
    function digits(bytes32 word) private pure returns (bytes memory out) {
        out = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            out[i] = bytes16("0123456789abcdef")[uint256(word) >> (252 - 4 * i) & 0xf];
        }
    }
}
