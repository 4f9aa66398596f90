// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../src/CertificatePermitter.sol";
import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {ICertificatePermitter} from "../src/interfaces/ICertificatePermitter.sol";
import {IEnclavePolicies} from "../src/interfaces/IEnclavePolicies.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {CertificateFixture} from "./CertificateFixture.sol";
import {KeyNetwork} from "./KeyNetwork.sol";

/// Group keys, missing and lying precompiles, and certificates that another implementation made.
contract CertificateKeyTest is CertificateFixture {
    function testGroupKeyMustBeOne() public {
        bytes memory key = KeyNetwork.publicKey();
        eq(permitter.groupKey(), key);
        expectKeyInvalid(new bytes(256)); // infinity
        expectKeyInvalid(bytes.concat(key, hex"00"));
        expectKeyInvalid("");
        key[255] ^= 0x01;
        expectKeyInvalid(key); // not on the curve
    }

    function expectKeyInvalid(bytes memory key) private {
        vm.expectRevert(ICertificatePermitter.GroupKeyInvalid.selector);
        new CertificatePermitter(address(registry), key);
    }

    /* PRECOMPILES */

    /// What a chain without EIP-2537 answers: nothing, as from any account without code.
    function removePrecompiles() private {
        for (uint160 precompile = 0x0b; precompile <= 0x11; ++precompile) {
            vm.mockCall(address(precompile), "", "");
        }
    }

    /// CT-01 for EIP-2537: without it, there is no permitter.
    function testCT01WithoutPrecompilesThereIsNoPermitter() public {
        bytes memory key = KeyNetwork.publicKey();
        removePrecompiles();
        vm.expectRevert(ICertificatePermitter.PrecompileUnavailable.selector);
        new CertificatePermitter(address(registry), key);
        vm.clearMockedCalls();
        new CertificatePermitter(address(registry), key);
    }

    /// CT-01: precompiles that vanish after construction let nobody in.
    function testCT01WithoutPrecompilesNothingIsSigned() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(identity, 60, context);
        removePrecompiles();
        expectRefused(context, signature);
        vm.clearMockedCalls();
        permitter.acquireIdentity(identity, REQUESTER, 60, abi.encode(context), signature);
    }

    uint8[4] private precompiles = [0x02, 0x0b, 0x0f, 0x10];

    /// Wrong answers: none, too short, too long, of the right size for each, zero, one and two.
    function answers() private pure returns (bytes[] memory list) {
        list = new bytes[](8);
        list[1] = new bytes(31);
        list[2] = new bytes(33);
        list[3] = new bytes(127);
        list[4] = new bytes(128);
        list[5] = abi.encode(uint256(0));
        list[6] = abi.encode(uint256(1));
        list[7] = abi.encode(uint256(2));
    }

    /// CT-01: a precompile that lies is noticed before there is a permitter.
    function testCT01LyingPrecompilesAreNoticed() public {
        bytes memory key = KeyNetwork.publicKey();
        bytes[] memory wrong = answers();
        for (uint256 i = 0; i < precompiles.length; ++i) {
            address precompile = address(uint160(precompiles[i]));
            for (uint256 j = 0; j < wrong.length; ++j) {
                vm.mockCall(precompile, "", wrong[j]);
                expectNoPermitter(key);
            }
            vm.mockCallRevert(precompile, "", "");
            expectNoPermitter(key);
        }
        new CertificatePermitter(address(registry), key);
    }

    function expectNoPermitter(bytes memory key) private {
        vm.expectRevert();
        new CertificatePermitter(address(registry), key);
        vm.clearMockedCalls();
    }

    /// CT-01: later, a wrong answer is never taken for a valid signature, unless the pairing itself says yes.
    function testCT01LyingPrecompilesSignNothing() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(identity, 60, context);
        bytes[] memory wrong = answers();
        for (uint256 i = 0; i < precompiles.length; ++i) {
            address precompile = address(uint160(precompiles[i]));
            for (uint256 j = 0; j < wrong.length; ++j) {
                if (precompiles[i] == 0x0f && j == 6) continue;
                vm.mockCall(precompile, "", wrong[j]);
                expectRefused(context, signature);
                vm.clearMockedCalls();
            }
            vm.mockCallRevert(precompile, "", "");
            expectRefused(context, signature);
            vm.clearMockedCalls();
        }
        permitter.acquireIdentity(identity, REQUESTER, 60, abi.encode(context), signature);
    }

    function expectRefused(ICertificatePermitter.Context memory context, bytes memory signature) private {
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        permitter.acquireIdentity(identity, REQUESTER, 60, abi.encode(context), signature);
    }

    /* ANOTHER IMPLEMENTATION'S CERTIFICATES */

    /// The certificates that the keyholders' tests made, presented to a contract at the address that they name.
    function testVectors() public {
        string memory json = vm.readFile("../keyholder/testdata/certificate.json");
        bytes memory key = vm.parseJsonBytes(json, ".groupKeyEip2537");
        uint256 count = 0;
        for (; vm.keyExistsJson(json, entry(count, "digest")); ++count) {
            presentVector(json, count, key);
        }
        ok(count > 1, "there are vectors");
    }

    /// contracts/SPEC.md, 4.8, word by word.
    function testFuzzDigestsAreOfFourteenWords(
        IdentityId id,
        address requester,
        uint64 duration,
        ICertificatePermitter.Context calldata context
    ) public view {
        bytes memory head = abi.encode(
            keccak256("escrin.certificate.v2"), block.chainid, permitter, registry, id, requester, duration
        );
        bytes memory rest = abi.encode(
            context.baseBlock,
            blockhash(context.baseBlock),
            context.measurementRoot,
            context.configDigest,
            context.evidenceDigest,
            context.platform,
            context.author
        );
        eq(permitter.certificateDigest(id, requester, duration, context), keccak256(bytes.concat(head, rest)));
    }

    function presentVector(string memory json, uint256 i, bytes memory key) private {
        IdentityRegistry grants = IdentityRegistry(vm.parseJsonAddress(json, entry(i, "registry")));
        vm.etch(address(grants), address(registry).code);
        address code = address(new CertificatePermitter(address(grants), key));
        CertificatePermitter target = CertificatePermitter(vm.parseJsonAddress(json, entry(i, "permitter")));
        vm.etch(address(target), code.code);

        ICertificatePermitter.Context memory context = readContext(json, i);
        IdentityId id = IdentityId.wrap(vm.parseJsonBytes32(json, entry(i, "identityId")));
        address requester = vm.parseJsonAddress(json, entry(i, "requester"));
        uint64 duration = uint64(vm.parseJsonUint(json, entry(i, "duration")));
        vm.chainId(vm.parseJsonUint(json, entry(i, "chainId")));
        vm.roll(context.baseBlock + 1);
        vm.setBlockhash(context.baseBlock, vm.parseJsonBytes32(json, entry(i, "baseBlockHash")));
        eq(target.certificateDigest(id, requester, duration, context), vm.parseJsonBytes32(json, entry(i, "digest")));

        setPolicy(grants, target, id, context, duration);
        bytes memory signature = vm.parseJsonBytes(json, entry(i, "signatureEip2537"));
        target.acquireIdentity(id, requester, duration, abi.encode(context), signature);
    }

    function readContext(string memory json, uint256 i)
        private
        pure
        returns (ICertificatePermitter.Context memory context)
    {
        context.baseBlock = uint64(vm.parseJsonUint(json, entry(i, "baseBlock")));
        context.measurementRoot = vm.parseJsonBytes32(json, entry(i, "measurementRoot"));
        context.configDigest = vm.parseJsonBytes32(json, entry(i, "configDigest"));
        context.evidenceDigest = vm.parseJsonBytes32(json, entry(i, "evidenceDigest"));
        context.platform = vm.parseJsonBytes32(json, entry(i, "platform"));
        context.author = vm.parseJsonBytes32(json, entry(i, "author"));
    }

    /// Of an identity that nobody created: this test is its registrant, and the registry grants it whatever is asked.
    function setPolicy(
        IdentityRegistry grants,
        CertificatePermitter target,
        IdentityId id,
        ICertificatePermitter.Context memory context,
        uint64 duration
    ) private {
        bytes memory registrant = abi.encode(address(this), address(0));
        vm.mockCall(address(grants), abi.encodeCall(IIdentityRegistry.getRegistrant, (id)), registrant);
        vm.mockCall(address(grants), abi.encodeWithSelector(grants.grantOnEvidence.selector, id), abi.encode(uint64(1)));
        IEnclavePolicies.Policy memory policy = measurementsPolicy();
        policy.subject = context.measurementRoot;
        policy.maxDuration = duration;
        policy.tdxFloor = 1;
        policy.snpFloor = 1 << 56;
        target.setPolicy(id, policy, "");
    }

    function entry(uint256 i, string memory field) private pure returns (string memory) {
        return string.concat(".certificates[", vm.toString(i), "].", field);
    }
}
