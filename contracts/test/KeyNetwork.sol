// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "../src/BLS.sol";

/// A key network of one, which signs with the precompiles that multiply points.
library KeyNetwork {
    bytes internal constant DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    bytes32 internal constant SECRET = keccak256("a secret that everyone knows");

    /// The order of the groups.
    uint256 private constant R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;

    function publicKey() internal view returns (bytes memory) {
        // minus one times minus the generator is the generator
        return multiplyG2(BLS.negatedG2(), bytes32(R - uint256(SECRET) % R));
    }

    function sign(bytes32 message) internal view returns (bytes memory) {
        return multiplyG1(BLS.hashToG1(message, DST), SECRET);
    }

    function multiplyG1(bytes memory point, bytes32 scalar) internal view returns (bytes memory) {
        return call(address(0x0c), bytes.concat(point, scalar));
    }

    function multiplyG2(bytes memory point, bytes32 scalar) internal view returns (bytes memory) {
        return call(address(0x0e), bytes.concat(point, scalar));
    }

    function call(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool answered, bytes memory output) = precompile.staticcall(input);
        require(answered && output.length > 0, "precompile");
        return output;
    }
}
