// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEnclavePolicies} from "../interfaces/IEnclavePolicies.sol";

/// @title The terms of a policy
/// @notice All of a policy but its subject, in one word: kind (1 byte), maxDuration (5), zero (2), tdxFloor (8), snpFloor
/// (8), minVersion (8); big-endian. Zero is no policy.
library PolicyTerms {
    /// @notice The word of a policy, whose maxDuration is below 2^40.
    function pack(IEnclavePolicies.Policy calldata policy) internal pure returns (uint256 terms) {
        return uint256(policy.kind) << 248 | uint256(policy.maxDuration) << 208 | uint256(policy.tdxFloor) << 128
            | uint256(policy.snpFloor) << 64 | policy.minVersion;
    }

    /// @notice A policy without its subject.
    function unpack(uint256 terms) internal pure returns (IEnclavePolicies.Policy memory policy) {
        policy.kind = IEnclavePolicies.PolicyKind(kind(terms));
        policy.maxDuration = maxDuration(terms);
        policy.tdxFloor = tdxFloor(terms);
        policy.snpFloor = snpFloor(terms);
        policy.minVersion = minVersion(terms);
    }

    function kind(uint256 terms) internal pure returns (uint256) {
        return terms >> 248;
    }

    /// @notice Seconds.
    function maxDuration(uint256 terms) internal pure returns (uint64) {
        return uint40(terms >> 208);
    }

    /// @notice Seconds since the epoch.
    function tdxFloor(uint256 terms) internal pure returns (uint64) {
        return uint64(terms >> 128);
    }

    /// @notice Eight SPL bytes.
    function snpFloor(uint256 terms) internal pure returns (uint64) {
        return uint64(terms >> 64);
    }

    function minVersion(uint256 terms) internal pure returns (uint64) {
        return uint64(terms);
    }
}
