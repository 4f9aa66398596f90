// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../../src/CertificatePermitter.sol";
import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {ICertificatePermitter} from "../../src/interfaces/ICertificatePermitter.sol";
import {P256} from "../../src/tdx/P256.sol";
import {KeyNetwork} from "../KeyNetwork.sol";
import {Test} from "../Test.sol";

/// Run twice (test.sh): on an EVM that has the precompiles, and on one that really has not. Nothing is mocked.
contract WorldsTest is Test {
    address private registry = address(new IdentityRegistry());

    /// Of G1, infinity and infinity are infinity: 128 zeros, where there is EIP-2537.
    function hasBLS() private view returns (bool) {
        (, bytes memory sum) = address(0x0b).staticcall(new bytes(256));
        return sum.length == 128;
    }

    /// SHA-256 of nothing, under a key and with a signature from elsewhere (P256.sol): one word, where there is EIP-7951.
    function hasP256() private view returns (bool) {
        (, bytes memory answer) = address(0x100)
            .staticcall(
                hex"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                hex"a4487f1ee59160cafddbbeb61979d9cfce93a7e4dc4ca9988f5e14e302fb0500"
                hex"38aa8abb86193e205cf686b321656265eedae776b499baa35e510ee2b125da21"
                hex"8948415a44b7acc9d7a69a3d459d281902e35df8787eccc917bc05166bfe8bd0"
                hex"533eac33f2cc429b7ae726a23e5d8518a9d6ca89f0d8bd39ba4cf4d18a4b72e1"
            );
        return answer.length == 32;
    }

    /// CT-01: without EIP-2537, no permitter comes into being.
    function testCT01PermitterOfCertificates() public {
        if (hasBLS()) {
            bytes memory key = KeyNetwork.publicKey();
            eq(new CertificatePermitter(registry, key).groupKey(), key);
        } else {
            vm.expectRevert(ICertificatePermitter.PrecompileUnavailable.selector);
            new CertificatePermitter(registry, hex"01");
        }
    }

    /// CT-01: without EIP-7951, what the constructors of all that verifies quotes ask for is not there.
    function testCT01P256() public view {
        ok(P256.isAvailable() == hasP256(), "known answers");
    }

    function testWorldsAreOneOfTwo() public view {
        ok(hasBLS() == hasP256(), "osaka has both, cancun neither");
    }
}
