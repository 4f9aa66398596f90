// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "../src/BLS.sol";
import {Test} from "./Test.sol";

/// The library's functions, to be called from outside.
contract Harness {
    function verify(bytes calldata signature, bytes32 message, bytes memory dst, bytes memory key)
        external
        view
        returns (bool, uint256 gas)
    {
        gas = gasleft();
        bool valid = BLS.verify(signature, message, dst, key);
        return (valid, gas - gasleft());
    }

    function hashToG1(bytes32 message, bytes memory dst) external view returns (bytes memory) {
        return BLS.hashToG1(message, dst);
    }
}

contract BLSTest is Test {
    Harness private immutable harness = new Harness();
    string private vectors;

    bytes private constant DST = "ESCRIN-V1-CERTIFICATE-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    event Gas(uint256);

    function setUp() public {
        vectors = vm.readFile("../keyholder/testdata/certificate.json");
    }

    function testVectors() public {
        bytes memory key = vm.parseJsonBytes(vectors, ".groupKeyEip2537");
        for (uint256 i = 0; i < 2; ++i) {
            string memory path = string.concat(".certificates[", vm.toString(i), "]");
            bytes32 digest = vm.parseJsonBytes32(vectors, string.concat(path, ".digest"));
            bytes memory signature = vm.parseJsonBytes(vectors, string.concat(path, ".signatureEip2537"));
            eq(harness.hashToG1(digest, DST), vm.parseJsonBytes(vectors, string.concat(path, ".pointEip2537")));
            (bool valid, uint256 gas) = harness.verify(signature, digest, DST, key);
            emit Gas(gas);
            ok(valid, "certificate");
        }
    }
}
