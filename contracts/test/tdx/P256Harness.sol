// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "../../src/tdx/P256.sol";

/// The wrapper as a contract.
contract P256Harness {
    function verify(bytes32 digest, bytes32 r, bytes32 s, bytes32 x, bytes32 y) external view returns (bool) {
        return P256.verify(digest, r, s, x, y);
    }
}
