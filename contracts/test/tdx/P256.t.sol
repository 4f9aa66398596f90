// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCertificates} from "../../src/interfaces/ITdxCertificates.sol";
import {Authority} from "../../src/interfaces/ITdxCertificates.sol";
import {P256} from "../../src/tdx/P256.sol";
import {TdxCertificates} from "../../src/tdx/TdxCertificates.sol";
import {Test} from "../Test.sol";

/// The vectors of EIP-7951's precompile and of Wycheproof go through the wrapper in contracts/tdxtest.
contract P256Test is Test {
    address private constant PRECOMPILE = address(0x100);

    // RFC 6979, A.2.5: P-256 with SHA-256, message "sample".
    bytes32 private constant DIGEST = 0xaf2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf;
    bytes32 private constant R = 0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716;
    bytes32 private constant S = 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8;
    bytes32 private constant X = 0x60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6;
    bytes32 private constant Y = 0x7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299;
    uint256 private constant N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;
    uint256 private constant FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff;

    function testVerify() public view {
        ok(P256.verify(DIGEST, R, S, X, Y), "the signature of RFC 6979");
        ok(P256.isAvailable(), "the precompiles");
    }

    function testCT02RangesAndPoints() public view {
        ok(!P256.verify(DIGEST, 0, S, X, Y), "r = 0");
        ok(!P256.verify(DIGEST, R, 0, X, Y), "s = 0");
        ok(!P256.verify(DIGEST, bytes32(N), S, X, Y), "r = n");
        ok(!P256.verify(DIGEST, R, bytes32(N), X, Y), "s = n");
        ok(!P256.verify(DIGEST, bytes32(type(uint256).max), S, X, Y), "r of ones");
        ok(!P256.verify(DIGEST, R, bytes32(type(uint256).max), X, Y), "s of ones");
        ok(!P256.verify(DIGEST, R, S, 0, 0), "key at infinity");
        ok(!P256.verify(DIGEST, R, S, X, bytes32(uint256(Y) ^ 1)), "key off the curve");
        ok(!P256.verify(DIGEST, R, S, bytes32(FIELD), Y), "x = p");
        ok(!P256.verify(DIGEST, R, S, X, bytes32(FIELD)), "y = p");
        ok(!P256.verify(DIGEST, R, S, X, bytes32(FIELD - uint256(Y))), "the negated key");
        ok(!P256.verify(DIGEST, S, R, X, Y), "swapped");
    }

    /// CT-03: nothing may be identified by a signature.
    function testCT03TheOtherSignatureIsRight() public view {
        ok(P256.verify(DIGEST, R, bytes32(N - uint256(S)), X, Y), "n - s");
    }

    function testCT02EveryOtherBit(uint8 bit, uint8 which) public view {
        bytes32[5] memory input = [DIGEST, R, S, X, Y];
        input[which % 5] ^= bytes32(1 << uint256(bit));
        ok(!P256.verify(input[0], input[1], input[2], input[3], input[4]), "another by one bit");
    }

    /* WORLDS WITHOUT THE PRECOMPILE */

    function testCT01AnswersThatAreNoYes() public {
        bytes[9] memory answers = [
            bytes(""),
            hex"01",
            abi.encode(0),
            abi.encode(2),
            abi.encode(1 << 255),
            abi.encodePacked(uint248(1)),
            abi.encodePacked(uint256(1), uint8(0)),
            abi.encodePacked(uint256(1), uint256(1)),
            abi.encodePacked(uint256(0), uint256(1))
        ];
        for (uint256 i = 0; i < answers.length; i++) {
            vm.mockCall(PRECOMPILE, "", answers[i]);
            _refuses();
        }
        vm.mockCallRevert(PRECOMPILE, "", abi.encode(1));
        _refuses();
    }

    function testCT01AnswersYesAlways() public {
        vm.mockCall(PRECOMPILE, "", abi.encode(1));
        vm.expectRevert(ITdxCertificates.PrecompileUnavailable.selector);
        new TdxCertificates(_root());
    }

    function testCT01AnotherSha256() public {
        vm.mockCall(address(2), "", abi.encode(keccak256("")));
        vm.expectRevert(ITdxCertificates.PrecompileUnavailable.selector);
        new TdxCertificates(_root());
    }

    /// Nothing is right, and nothing can be built.
    function _refuses() private {
        ok(!P256.verify(DIGEST, R, S, X, Y), "no answer was a yes");
        vm.expectRevert(ITdxCertificates.PrecompileUnavailable.selector);
        new TdxCertificates(_root());
    }

    function _root() private pure returns (Authority memory root) {
        (root.x, root.y) = (X, Y);
    }
}
