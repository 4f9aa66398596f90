// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "../src/BLS.sol";
import {KeyNetwork} from "./KeyNetwork.sol";
import {Test} from "./Test.sol";

contract BLSTest is Test {
    bytes private constant DST = KeyNetwork.DST;
    bytes private constant P =
        hex"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

    function pairsOf(bytes memory signature, bytes memory key) private pure returns (bytes memory) {
        return bytes.concat(signature, BLS.negatedG2(), new bytes(128), key);
    }

    /* AGAINST OTHERS */

    function testVectors() public view {
        string memory vectors = vm.readFile("../keyholder/testdata/certificate.json");
        bytes memory key = vm.parseJsonBytes(vectors, ".groupKeyEip2537");
        for (uint256 i = 0; i < 2; ++i) {
            string memory path = string.concat(".certificates[", vm.toString(i), "]");
            bytes32 digest = vm.parseJsonBytes32(vectors, string.concat(path, ".digest"));
            bytes memory signature = vm.parseJsonBytes(vectors, string.concat(path, ".signatureEip2537"));
            eq(BLS.hashToG1(digest, DST), vm.parseJsonBytes(vectors, string.concat(path, ".pointEip2537")));
            ok(BLS.verify(pairsOf(signature, key), digest, DST), "certificate");
        }
    }

    /// hash_to_curve as RFC 9380 writes it, step by step, with SHA-256 and MODEXP of the chain.
    function testFuzzHashesAreThoseOfTheRFC(bytes32 message, bytes calldata tag) public view {
        vm.assume(tag.length < 256);
        bytes memory prime = bytes.concat(tag, bytes1(uint8(tag.length)));
        bytes32 b0 = sha256(bytes.concat(new bytes(64), message, hex"008000", prime));
        bytes32 b1 = sha256(bytes.concat(b0, hex"01", prime));
        bytes32 b2 = sha256(bytes.concat(b0 ^ b1, hex"02", prime));
        bytes32 b3 = sha256(bytes.concat(b0 ^ b2, hex"03", prime));
        bytes32 b4 = sha256(bytes.concat(b0 ^ b3, hex"04", prime));
        bytes memory one = call(0x10, modulo(bytes.concat(b1, b2)));
        bytes memory other = call(0x10, modulo(bytes.concat(b3, b4)));
        eq(BLS.hashToG1(message, tag), call(0x0b, bytes.concat(one, other)));
    }

    /// 64 bytes modulo P, by MODEXP.
    function modulo(bytes memory number) private view returns (bytes memory) {
        bytes memory sizes = abi.encode(uint256(64), uint256(1), uint256(64));
        return call(0x05, bytes.concat(sizes, number, hex"01", new bytes(16), P));
    }

    function call(uint160 precompile, bytes memory input) private view returns (bytes memory) {
        (bool answered, bytes memory output) = address(precompile).staticcall(input);
        ok(answered && output.length > 0, "precompile");
        return output;
    }

    /* SIGNATURES */

    function testFuzzSignaturesAreOfOneMessage(bytes32 message, bytes32 other) public view {
        bytes memory key = KeyNetwork.publicKey();
        bytes memory signature = KeyNetwork.sign(message);
        ok(BLS.verify(pairsOf(signature, key), message, DST), "valid");
        ok(message == other || !BLS.verify(pairsOf(signature, key), other, DST), "another message");
        ok(!BLS.verify(pairsOf(signature, key), message, "another domain"), "another domain");
        ok(!BLS.verify(pairsOf(signature, BLS.negatedG2()), message, DST), "another key");
        ok(!BLS.verify(pairsOf(new bytes(128), key), message, DST), "infinity");
    }

    /// What is not 768 bytes long is not looked at.
    function testFuzzSizesAreExact(bytes memory pairs) public view {
        vm.assume(pairs.length != 768);
        ok(!BLS.verify(pairs, "message", DST), "size");
    }

    /* GO-ETHEREUM'S FAILURES */

    /// Each point that a client refuses pairs with nothing. contracts/test.sh brings the files.
    function testCT01PointsThatClientsRefuse() public view {
        uint256 ofG1 = checkRefused("G1Add", 128, 128) + checkRefused("G1Mul", 128, 160);
        ofG1 += checkRefused("G1MultiExp", 128, 160);
        uint256 ofG2 = checkRefused("G2Add", 256, 256) + checkRefused("G2Mul", 256, 288);
        ofG2 += checkRefused("G2MultiExp", 256, 288);
        ok(ofG1 >= 11 && ofG2 >= 11, "too few points");
    }

    /// In each input of well-formed size there is a point that does not pair. After it, there may be a scalar.
    function checkRefused(string memory name, uint256 size, uint256 stride) private view returns (uint256 count) {
        string memory json = read(name);
        for (uint256 i = 0; exists(json, i); ++i) {
            bytes memory input = inputOf(json, i);
            if (input.length == 0 || input.length % stride != 0) continue;
            bool refused = false;
            for (uint256 start = 0; start < input.length; start += stride) {
                refused = refused || !isPoint(slice(input, start, size));
            }
            ok(refused, name);
            ++count;
        }
    }

    function isPoint(bytes memory point) private view returns (bool) {
        if (point.length == 256) return BLS.pairingIsOne(bytes.concat(new bytes(128), point));
        return BLS.pairingIsOne(bytes.concat(point, new bytes(256)));
    }

    function testCT01PairingsThatClientsRefuse() public view {
        string memory json = read("Pairing");
        uint256 count = 0;
        for (; exists(json, count); ++count) {
            ok(!BLS.pairingIsOne(inputOf(json, count)), "refused by clients");
        }
        ok(count >= 8, "too few");
    }

    function read(string memory name) private view returns (string memory) {
        return vm.readFile(string.concat("out/precompiles/fail-bls", name, ".json"));
    }

    function exists(string memory json, uint256 i) private view returns (bool) {
        return vm.keyExistsJson(json, string.concat("[", vm.toString(i), "].Input"));
    }

    function inputOf(string memory json, uint256 i) private pure returns (bytes memory) {
        string memory digits = vm.parseJsonString(json, string.concat("[", vm.toString(i), "].Input"));
        return vm.parseBytes(string.concat("0x", digits));
    }

    function slice(bytes memory data, uint256 start, uint256 size) private pure returns (bytes memory part) {
        part = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            part[i] = data[start + i];
        }
    }
}
