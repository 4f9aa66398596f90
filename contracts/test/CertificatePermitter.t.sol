// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../src/CertificatePermitter.sol";
import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {ICertificatePermitter} from "../src/interfaces/ICertificatePermitter.sol";
import {IdentityId, IIdentityRegistry, IPermitHistory} from "../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../src/interfaces/IPermitter.sol";
import {KeyNetwork} from "./KeyNetwork.sol";
import {Test} from "./Test.sol";

contract CertificatePermitterTest is Test {
    IdentityRegistry private registry = new IdentityRegistry();
    CertificatePermitter private permitter = new CertificatePermitter(address(registry), KeyNetwork.publicKey());
    IdentityId private identity;

    address private constant REQUESTER = address(0x1057);
    bytes32 private constant ROOT = keccak256("measurements");
    uint64 private constant CAP = 3600;

    function setUp() public {
        vm.roll(1000);
        vm.warp(1_000_000);
        vm.setBlockhash(999, keccak256("block 999"));
        identity = registry.createIdentity(address(permitter), "test");
        permitter.setPolicy(identity, ROOT, CAP, "localhost:5000/test");
    }

    function fresh() private view returns (ICertificatePermitter.Context memory) {
        uint64 baseBlock = uint64(vm.getBlockNumber() - 1);
        return ICertificatePermitter.Context({
            baseBlock: baseBlock,
            baseBlockHash: blockhash(baseBlock),
            measurementRoot: ROOT,
            configDigest: keccak256("config"),
            evidenceDigest: keccak256("evidence")
        });
    }

    function sign(uint64 duration, ICertificatePermitter.Context memory context) private view returns (bytes memory) {
        return KeyNetwork.sign(permitter.certificateDigest(identity, REQUESTER, duration, context));
    }

    function acquire(uint64 duration, ICertificatePermitter.Context memory context, bytes memory signature)
        private
        returns (uint64)
    {
        return permitter.acquireIdentity(identity, REQUESTER, duration, abi.encode(context), signature);
    }

    function permitExpiry() private view returns (uint64) {
        return registry.readPermit(REQUESTER, identity).expiry;
    }

    /* WHAT IS GRANTED */

    function testInterfaceId() public view {
        ok(permitter.supportsInterface(0x1c331f0a), "IPermitter");
        ok(type(IPermitter).interfaceId == 0x1c331f0a, "id");
    }

    /// D1: an expiry is a time, not a duration.
    function testFuzzGrantsAtMostTheCap(uint64 duration) public {
        vm.assume(duration > 0);
        ICertificatePermitter.Context memory context = fresh();
        uint64 expiry = acquire(duration, context, sign(duration, context));
        eq(expiry, block.timestamp + (duration < CAP ? duration : CAP));
        eq(permitExpiry(), expiry);
    }

    function testZeroDurationIsRefused() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(0, context);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.ExpiryInPast.selector, uint64(block.timestamp)));
        acquire(0, context, signature);
    }

    /* WHAT IS REFUSED */

    function testFuzzCT13EveryFieldIsSigned(uint256 field, uint256 bit) public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(60, context);
        bytes32 change = bytes32(1 << (bit % 256));
        address requester = REQUESTER;
        uint64 duration = 60;
        field %= 5;
        if (field == 0) context.configDigest ^= change;
        if (field == 1) context.evidenceDigest ^= change;
        if (field == 2) requester = address(uint160(requester) ^ uint160(1 << (bit % 160)));
        if (field == 3) duration ^= uint64(1 << (bit % 64));
        if (field == 4) signature[bit % 128] ^= bytes1(uint8(1 << (bit % 8)));
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        permitter.acquireIdentity(identity, requester, duration, abi.encode(context), signature);
    }

    function testMeasurementsMustBeThePolicys() public {
        ICertificatePermitter.Context memory context = fresh();
        context.measurementRoot = keccak256("others");
        bytes memory signature = sign(60, context);
        bytes memory refusal =
            abi.encodeWithSelector(ICertificatePermitter.MeasurementMismatch.selector, context.measurementRoot);
        vm.expectRevert(refusal);
        acquire(60, context, signature);
    }

    /// The zero policy accepts nothing, not even evidence without measurements.
    function testNoPolicyAcceptsNothing() public {
        permitter.setPolicy(identity, 0, CAP, "");
        ICertificatePermitter.Context memory context = fresh();
        context.measurementRoot = 0;
        bytes memory signature = sign(60, context);
        vm.expectRevert(abi.encodeWithSelector(ICertificatePermitter.MeasurementMismatch.selector, bytes32(0)));
        acquire(60, context, signature);
    }

    function testFuzzBaseBlockMustBeRecent(uint64 baseBlock) public {
        vm.roll(1_000_000);
        uint64 number = uint64(vm.getBlockNumber());
        vm.assume(baseBlock >= number || baseBlock + 128 < number);
        ICertificatePermitter.Context memory context = fresh();
        context.baseBlock = baseBlock;
        context.baseBlockHash = blockhash(baseBlock);
        bytes memory signature = sign(60, context);
        vm.expectRevert(abi.encodeWithSelector(ICertificatePermitter.BaseBlockUnfit.selector, baseBlock));
        acquire(60, context, signature);
    }

    function testBaseBlockMustBeOfThisChain() public {
        ICertificatePermitter.Context memory context = fresh();
        context.baseBlockHash = keccak256("fork");
        bytes memory signature = sign(60, context);
        vm.expectRevert(abi.encodeWithSelector(ICertificatePermitter.BaseBlockUnfit.selector, uint64(999)));
        acquire(60, context, signature);
    }

    /// CT-03: what is remembered is the intent, not the signature's bytes.
    function testCT03CertificatesServeOnce() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(60, context);
        acquire(60, context, signature);
        vm.expectRevert(ICertificatePermitter.CertificateUsed.selector);
        acquire(60, context, signature);
    }

    /// W3: a revocation outlives the certificates from before it.
    function testRevocationOutlivesCertificates() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory first = sign(60, context);
        bytes memory second = sign(61, context);
        acquire(60, context, first);
        registry.revokeIdentity(identity, REQUESTER);
        eq(permitExpiry(), 0);
        vm.expectRevert(ICertificatePermitter.CertificateUsed.selector);
        acquire(61, context, second);

        vm.roll(1001);
        vm.setBlockhash(1000, keccak256("block 1000"));
        context = fresh();
        acquire(60, context, sign(60, context));
    }

    /// CT-04: after a fork, nothing signed for the other chain counts.
    function testCT04OtherChain() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(60, context);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        acquire(60, context, signature);
    }

    function testCT04OtherPermitter() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = sign(60, context);
        permitter = new CertificatePermitter(address(registry), KeyNetwork.publicKey());
        registry.setPermitter(identity, address(permitter));
        permitter.setPolicy(identity, ROOT, CAP, "");
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        acquire(60, context, signature);
    }

    function testFuzzContextMustHaveItsSize(bytes calldata context) public {
        vm.assume(context.length != 160);
        vm.expectRevert(ICertificatePermitter.ContextMalformed.selector);
        permitter.acquireIdentity(identity, REQUESTER, 60, context, "");
    }

    function testFuzzOnlyTheRegistrantSetsPolicies(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.setPolicy(identity, ROOT, CAP, "");
    }

    function testFuzzOnlyThePossessorReleases(address other) public {
        vm.assume(other != REQUESTER);
        ICertificatePermitter.Context memory context = fresh();
        acquire(60, context, sign(60, context));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.releaseIdentity(identity, REQUESTER, "", "");
        vm.prank(REQUESTER);
        permitter.releaseIdentity(identity, REQUESTER, "", "");
        eq(permitExpiry(), 0);
    }

    /* CONSTRUCTION */

    function testGroupKeyMustBeOne() public {
        bytes memory key = KeyNetwork.publicKey();
        vm.expectRevert(ICertificatePermitter.GroupKeyInvalid.selector);
        new CertificatePermitter(address(registry), new bytes(256)); // infinity
        vm.expectRevert(ICertificatePermitter.GroupKeyInvalid.selector);
        new CertificatePermitter(address(registry), bytes.concat(key, hex"00"));
        key[255] ^= 0x01;
        vm.expectRevert(ICertificatePermitter.GroupKeyInvalid.selector);
        new CertificatePermitter(address(registry), key); // not on the curve
    }

    /// CT-01 for EIP-2537: a precompile that is missing or lies is noticed before there is a permitter.
    function testCT01PrecompilesMustWork() public {
        bytes memory key = KeyNetwork.publicKey();
        uint8[4] memory precompiles = [0x05, 0x0b, 0x0f, 0x10];
        bytes[3] memory answers = [bytes(""), abi.encode(uint256(1)), abi.encode(uint256(2))];
        for (uint256 i = 0; i < precompiles.length; ++i) {
            for (uint256 j = 0; j < answers.length; ++j) {
                vm.mockCall(address(uint160(precompiles[i])), "", answers[j]);
                vm.expectRevert();
                new CertificatePermitter(address(registry), key);
                vm.clearMockedCalls();
            }
        }
        new CertificatePermitter(address(registry), key);
    }

    function testUpstreamMustBeARegistryOrAPermitter() public {
        bytes memory key = KeyNetwork.publicKey();
        vm.expectRevert(IPermitter.InterfaceUnsupported.selector);
        new CertificatePermitter(address(this), key);
        CertificatePermitter chained = new CertificatePermitter(address(permitter), key);
        eq(address(chained.registry()), address(registry));
        eq(chained.upstream(), address(permitter));
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

    function presentVector(string memory json, uint256 i, bytes memory key) private {
        address vectorRegistry = vm.parseJsonAddress(json, entry(i, "registry"));
        vm.etch(vectorRegistry, address(registry).code);
        address code = address(new CertificatePermitter(vectorRegistry, key));
        CertificatePermitter target = CertificatePermitter(vm.parseJsonAddress(json, entry(i, "permitter")));
        vm.etch(address(target), code.code);

        ICertificatePermitter.Context memory context = ICertificatePermitter.Context({
            baseBlock: uint64(vm.parseJsonUint(json, entry(i, "baseBlock"))),
            baseBlockHash: vm.parseJsonBytes32(json, entry(i, "baseBlockHash")),
            measurementRoot: vm.parseJsonBytes32(json, entry(i, "measurementRoot")),
            configDigest: vm.parseJsonBytes32(json, entry(i, "configDigest")),
            evidenceDigest: vm.parseJsonBytes32(json, entry(i, "evidenceDigest"))
        });
        IdentityId id = IdentityId.wrap(vm.parseJsonBytes32(json, entry(i, "identityId")));
        address requester = vm.parseJsonAddress(json, entry(i, "requester"));
        uint64 duration = uint64(vm.parseJsonUint(json, entry(i, "duration")));
        vm.chainId(vm.parseJsonUint(json, entry(i, "chainId")));
        eq(target.certificateDigest(id, requester, duration, context), vm.parseJsonBytes32(json, entry(i, "digest")));

        vm.roll(context.baseBlock + 1);
        vm.setBlockhash(context.baseBlock, context.baseBlockHash);
        bytes memory registrant = abi.encode(address(this), address(0));
        vm.mockCall(vectorRegistry, abi.encodeWithSelector(IIdentityRegistry.getRegistrant.selector, id), registrant);
        vm.mockCall(vectorRegistry, abi.encodeWithSelector(IIdentityRegistry.grantIdentity.selector, id), "");
        target.setPolicy(id, context.measurementRoot, duration, "");
        bytes memory signature = vm.parseJsonBytes(json, entry(i, "signatureEip2537"));
        target.acquireIdentity(id, requester, duration, abi.encode(context), signature);
    }

    function entry(uint256 i, string memory field) private pure returns (string memory) {
        return string.concat(".certificates[", vm.toString(i), "].", field);
    }
}
