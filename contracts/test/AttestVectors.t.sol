// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Test} from "./Test.sol";

/// attest/SPEC.md §§1 and 2 as a contract would compute them, held against the vectors that Go and JavaScript read.
contract AttestVectorsTest is Test {
    uint256 private constant SNP = 2;

    function testBindings() public view {
        string memory vectors = vm.readFile("../attest/testdata/binding.json");
        eq(vm.parseJsonBytes32(vectors, ".tag"), keccak256("escrin.binding.v3"));
        uint256 count = 0;
        for (string memory path = item(".cases", 0); exists(vectors, path); path = item(".cases", ++count)) {
            bytes memory encoded = encodeBinding(vectors, path);
            eq(encoded, vm.parseJsonBytes(vectors, string.concat(path, ".encoded")));
            eq(keccak256(encoded), vm.parseJsonBytes32(vectors, string.concat(path, ".digest")));
            eq(abi.encode(keccak256(encoded), bytes32(0)), vm.parseJsonBytes(vectors, string.concat(path, ".reportData")));
        }
        ok(count >= 14, "too few cases");
    }

    function testMeasurements() public view {
        string memory vectors = vm.readFile("../attest/testdata/measurement.json");
        uint256 leaves = 0;
        uint256 ofSNP = 0;
        uint256 trees = 0;
        for (string memory path = item(".trees", 0); exists(vectors, path); path = item(".trees", ++trees)) {
            bytes32 root = vm.parseJsonBytes32(vectors, string.concat(path, ".root"));
            string memory list = string.concat(path, ".measurements");
            uint256 i = 0;
            for (string memory leafPath = item(list, 0); exists(vectors, leafPath); leafPath = item(list, ++i)) {
                checkLeaf(vectors, leafPath, root);
                if (number(vectors, leafPath, ".tee") == SNP) ++ofSNP;
                ++leaves;
            }
        }
        ok(trees >= 5 && leaves >= 20 && ofSNP > 0, "too few cases");
    }

    function checkLeaf(string memory vectors, string memory path, bytes32 root) private pure {
        bytes32 registers = registersWord(vectors, path);
        eq(registers, word(vectors, path, ".registers"));
        bytes32 leaf = keccak256(
            bytes.concat(
                keccak256(
                    abi.encode(
                        uint8(number(vectors, path, ".tee")),
                        uint32(number(vectors, path, ".vcpus")),
                        uint32(number(vectors, path, ".memoryMiB")),
                        registers
                    )
                )
            )
        );
        eq(leaf, word(vectors, path, ".leaf"));
        bytes32[] memory proof = vm.parseJsonBytes32Array(vectors, string.concat(path, ".proof"));
        ok(MerkleProof.verify(proof, root, leaf), "proof");
        ok(!MerkleProof.verify(proof, root, ~leaf), "proof of something else");
    }

    function registersWord(string memory vectors, string memory path) private pure returns (bytes32) {
        if (number(vectors, path, ".tee") == SNP) return keccak256(data(vectors, path, ".launchDigest"));
        return keccak256(
            bytes.concat(
                data(vectors, path, ".mrtd"),
                data(vectors, path, ".rtmr0"),
                data(vectors, path, ".rtmr1"),
                data(vectors, path, ".rtmr2")
            )
        );
    }

    function encodeBinding(string memory vectors, string memory path) private pure returns (bytes memory) {
        bytes memory head = abi.encode(
            keccak256("escrin.binding.v3"),
            uint64(number(vectors, path, ".chainId")),
            vm.parseJsonAddress(vectors, string.concat(path, ".registry")),
            word(vectors, path, ".identityId"),
            vm.parseJsonAddress(vectors, string.concat(path, ".requester")),
            word(vectors, path, ".channelKeyHash")
        );
        bytes memory tail = abi.encode(
            uint64(number(vectors, path, ".duration")),
            uint64(number(vectors, path, ".baseBlock")),
            word(vectors, path, ".baseBlockHash"),
            word(vectors, path, ".measurementRoot"),
            word(vectors, path, ".configDigest"),
            word(vectors, path, ".groupKeyDigest")
        );
        return bytes.concat(head, tail);
    }

    function item(string memory list, uint256 i) private pure returns (string memory) {
        return string.concat(list, "[", vm.toString(i), "]");
    }

    function exists(string memory vectors, string memory path) private view returns (bool) {
        return vm.keyExistsJson(vectors, path);
    }

    function number(string memory vectors, string memory path, string memory field) private pure returns (uint256) {
        return vm.parseJsonUint(vectors, string.concat(path, field));
    }

    function word(string memory vectors, string memory path, string memory field) private pure returns (bytes32) {
        return vm.parseJsonBytes32(vectors, string.concat(path, field));
    }

    function data(string memory vectors, string memory path, string memory field) private pure returns (bytes memory) {
        return vm.parseJsonBytes(vectors, string.concat(path, field));
    }
}
