// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {CertificatePermitter} from "../src/CertificatePermitter.sol";
import {Permitter} from "../src/Permitter.sol";
import {ICertificatePermitter} from "../src/interfaces/ICertificatePermitter.sol";
import {IEnclavePolicies} from "../src/interfaces/IEnclavePolicies.sol";
import {IIdentityGovernance} from "../src/interfaces/IIdentityGovernance.sol";
import {IdentityId, IIdentityRegistry, IPermitHistory} from "../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../src/interfaces/IPermitter.sol";
import {CertificateFixture} from "./CertificateFixture.sol";
import {KeyNetwork} from "./KeyNetwork.sol";

/// A permitter that grants half of what its one caller asks for.
contract Half is Permitter {
    address private immutable _caller;

    constructor(address registry_, address caller) Permitter(registry_) {
        _caller = caller;
    }

    function _acquire(IdentityId, address, uint64 duration, bytes calldata, bytes calldata)
        internal
        view
        override
        returns (uint64)
    {
        require(msg.sender == _caller, Unauthorized());
        return duration / 2;
    }

    function _release(IdentityId, address, bytes calldata, bytes calldata) internal pure override {}
}

contract CertificatePermitterTest is CertificateFixture {
    function acquire(uint64 duration, ICertificatePermitter.Context memory context, bytes memory signature)
        private
        returns (uint64)
    {
        return permitter.acquireIdentity(identity, REQUESTER, duration, abi.encode(context), signature);
    }

    function signed(uint64 duration, ICertificatePermitter.Context memory context)
        private
        view
        returns (bytes memory)
    {
        return sign(identity, duration, context);
    }

    function permitExpiry() private view returns (uint64) {
        return registry.readPermit(REQUESTER, identity).expiry;
    }

    /* WHAT IS GRANTED */

    function testInterfaceIds() public view {
        ok(permitter.supportsInterface(0x1c331f0a), "IPermitter");
        ok(type(IPermitter).interfaceId == 0x1c331f0a, "id");
        ok(permitter.supportsInterface(type(ICertificatePermitter).interfaceId), "certificates");
        ok(permitter.supportsInterface(0x01ffc9a7) && !permitter.supportsInterface(0xffffffff), "ERC-165");
        ok(IPermitter.acquireIdentity.selector == 0x8320790c, "acquireIdentity");
        ok(IPermitter.releaseIdentity.selector == 0xf58ac325, "releaseIdentity");
        ok(IPermitter.upstream.selector == 0x6a99a523, "upstream");
    }

    /// D1: an expiry is a time, not a duration. The event tells it, with evidence and policy.
    function testFuzzGrantsAtMostTheCap(uint64 duration) public {
        vm.assume(duration > 0);
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(duration, context);
        uint64 want = uint64(block.timestamp + (duration < CAP ? duration : CAP));
        bytes32 policyDigest = permitter.policyDigestOf(identity);
        vm.expectEmit();
        emit IIdentityGovernance.PermitGranted(identity, REQUESTER, want, context.evidenceDigest, policyDigest);
        eq(acquire(duration, context, signature), want);
        eq(permitExpiry(), want);
    }

    function testZeroDurationIsRefused() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(0, context);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.ExpiryInPast.selector, uint64(block.timestamp)));
        acquire(0, context, signature);
    }

    /// A caller who states the policy's terms saves their reading; one who states others gets nothing.
    function testFuzzTermsAreThePolicys(uint256 terms) public {
        uint256 right = permitter.termsOf(identity);
        vm.assume(terms != right && terms != 0);
        vm.assume(terms >> 248 != 2); // of an author: another refusal
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        vm.expectRevert();
        permitter.acquireIdentity(identity, REQUESTER, 60, abi.encode(context, terms), signature);
        permitter.acquireIdentity(identity, REQUESTER, 60, abi.encode(context, right), signature);
        eq(permitExpiry(), block.timestamp + 60);
    }

    /* WHAT IS REFUSED */

    /// CT-13: whatever the chain goes by was signed by the key network.
    function testFuzzCT13EveryFieldIsSigned(uint256 field, uint256 bit) public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        bytes32 change = bytes32(1 << (bit % 256));
        address requester = REQUESTER;
        uint64 duration = 60;
        field %= 9;
        if (field == 0) context.configDigest ^= change;
        if (field == 1) context.evidenceDigest ^= change;
        if (field == 2) requester = address(uint160(requester) ^ uint160(1 << (bit % 160)));
        if (field == 3) duration ^= uint64(1 << (bit % 64));
        if (field == 4) signature[bit % 128] ^= bytes1(uint8(1 << (bit % 8)));
        if (field == 5) context.platform ^= change;
        if (field == 6) context.author ^= change;
        if (field == 7) context.measurementRoot ^= change;
        if (field == 8) context.baseBlock -= uint64(1 + bit % 127);
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        permitter.acquireIdentity(identity, requester, duration, abi.encode(context), signature);
    }

    function testFuzzSignaturesHaveOneForm(bytes calldata signature) public {
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        acquire(60, fresh(), signature);
    }

    function testFuzzBaseBlockMustBeRecent(uint64 baseBlock) public {
        vm.roll(1_000_000);
        uint64 number = uint64(vm.getBlockNumber());
        vm.assume(baseBlock >= number || baseBlock + 128 < number);
        ICertificatePermitter.Context memory context = fresh();
        context.baseBlock = baseBlock;
        bytes memory signature = signed(60, context);
        vm.expectRevert(abi.encodeWithSelector(ICertificatePermitter.BaseBlockUnfit.selector, baseBlock));
        acquire(60, context, signature);
    }

    function testTheOldestBaseBlock() public {
        vm.setBlockhash(872, keccak256("block 872"));
        ICertificatePermitter.Context memory context = fresh();
        context.baseBlock = 872;
        acquire(60, context, signed(60, context));
        eq(permitExpiry(), block.timestamp + 60);
    }

    /// A certificate for a block that was orphaned is worth nothing.
    function testBaseBlockMustBeOfThisChain() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        vm.setBlockhash(999, keccak256("fork"));
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        acquire(60, context, signature);
    }

    /// CT-03: what is remembered is the intent, not the signature's bytes.
    function testCT03CertificatesServeOnce() public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        acquire(60, context, signature);
        expectUsed();
        acquire(60, context, signature);
        bytes memory other = signed(61, context);
        expectUsed();
        acquire(61, context, other);
    }

    function expectUsed() private {
        vm.expectRevert(abi.encodeWithSelector(IPermitHistory.PermitChanged.selector, uint64(1000)));
    }

    /// W3: a revocation, of one or of all, outlives the certificates from before it.
    function testFuzzRevocationOutlivesCertificates(bool all) public {
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        if (all) registry.revokeAllPermits(identity);
        else registry.revokeIdentity(identity, REQUESTER);
        expectUsed();
        acquire(60, context, signature);

        vm.roll(1001);
        vm.setBlockhash(1000, keccak256("block 1000"));
        context = fresh();
        acquire(60, context, signed(60, context));
    }

    /// CT-04: after a fork, nothing signed for the other chain counts. The chain's id is read at the time of the call.
    function testFuzzCT04OtherChain(uint32 chainId) public {
        vm.assume(chainId != block.chainid && chainId != 0);
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        vm.chainId(chainId);
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        acquire(60, context, signature);
    }

    function testCT04OtherPermitter() public {
        vm.roll(1001);
        vm.setBlockhash(1000, keccak256("block 1000"));
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        permitter = new CertificatePermitter(address(registry), KeyNetwork.publicKey());
        registry.setPermitter(identity, address(permitter));
        permitter.setPolicy(identity, measurementsPolicy(), "");
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        acquire(60, context, signature);
    }

    function testCT04OtherIdentity() public {
        IdentityId other = registry.createIdentity(address(permitter), "other");
        permitter.setPolicy(other, measurementsPolicy(), "");
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        vm.expectRevert(ICertificatePermitter.CertificateInvalid.selector);
        permitter.acquireIdentity(other, REQUESTER, 60, abi.encode(context), signature);
    }

    /// A context has 6 words, and 1 of terms, and 3 of a release.
    function testFuzzContextMustHaveItsSize(bytes calldata context) public {
        uint256 size = context.length;
        vm.assume(size != 192 && size != 224 && size != 288 && size != 320);
        vm.expectRevert(ICertificatePermitter.ContextMalformed.selector);
        permitter.acquireIdentity(identity, REQUESTER, 60, context, "");
    }

    function testContextsOfEveryWordCount() public {
        for (uint256 words = 0; words <= 12; ++words) {
            if (words == 6 || words == 7 || words == 9 || words == 10) continue;
            vm.expectRevert(ICertificatePermitter.ContextMalformed.selector);
            permitter.acquireIdentity(identity, REQUESTER, 60, new bytes(32 * words), "");
        }
    }

    function testFuzzOnlyThePossessorReleases(address other) public {
        vm.assume(other != REQUESTER);
        ICertificatePermitter.Context memory context = fresh();
        acquire(60, context, signed(60, context));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.releaseIdentity(identity, REQUESTER, "", "");
        vm.prank(REQUESTER);
        permitter.releaseIdentity(identity, REQUESTER, "", "");
        eq(permitExpiry(), 0);
    }

    /* POLICIES BY MEASUREMENTS */

    function testFuzzMeasurementsMustBeThePolicys(bytes32 root) public {
        vm.assume(root != ROOT);
        ICertificatePermitter.Context memory context = fresh();
        context.measurementRoot = root;
        bytes memory signature = signed(60, context);
        vm.expectRevert(abi.encodeWithSelector(IEnclavePolicies.EnclaveMismatch.selector, root));
        acquire(60, context, signature);
    }

    /// The zero policy accepts nothing, not even evidence without measurements.
    function testNoPolicyAcceptsNothing() public {
        IEnclavePolicies.Policy memory none;
        permitter.setPolicy(identity, none, "");
        ICertificatePermitter.Context memory context = fresh();
        context.measurementRoot = 0;
        bytes memory signature = signed(60, context);
        vm.expectRevert(abi.encodeWithSelector(IEnclavePolicies.PolicyMissing.selector, identity));
        acquire(60, context, signature);
    }

    /* PLATFORMS */

    /// CT-15: unknown, out of date, revoked and not yet invented statuses are refused; unknown TEEs are.
    function testFuzzCT15StatusesAndTEEs(uint8 tee, uint8 status) public {
        ICertificatePermitter.Context memory context = fresh();
        context.platform = bytes32(uint256(tee) << 248 | uint256(status) << 240 | uint240(uint256(TDX_PLATFORM)));
        if (tee == 2) context.platform |= bytes32(uint256(type(uint64).max) << 128);
        bytes memory signature = signed(60, context);
        bool good = (tee == 1 || tee == 2) && status >= 1 && status <= 4;
        if (!good) expectPlatformRefused(context.platform);
        acquire(60, context, signature);
    }

    function testFuzzFloorOfTDX(uint64 tcb) public {
        ICertificatePermitter.Context memory context = fresh();
        context.platform = withTcb(TDX_PLATFORM, tcb);
        bytes memory signature = signed(60, context);
        if (tcb < TDX_TCB) expectPlatformRefused(context.platform);
        acquire(60, context, signature);
    }

    function testFuzzFloorOfSNPIsOfEachByte(uint256 index, uint8 value) public {
        index %= 8;
        ICertificatePermitter.Context memory context = fresh();
        uint64 cleared = SNP_TCB & ~uint64(0xff << (8 * index));
        context.platform = withTcb(SNP_PLATFORM, cleared | uint64(value) << uint64(8 * index));
        bytes memory signature = signed(60, context);
        if (value < uint8(SNP_TCB >> (8 * index))) expectPlatformRefused(context.platform);
        acquire(60, context, signature);
    }

    /// A policy without a floor for a TEE refuses it, whatever its TCB.
    function testFuzzTEEsWithoutAFloorAreRefused(bool snp) public {
        IEnclavePolicies.Policy memory policy = measurementsPolicy();
        if (snp) policy.snpFloor = 0;
        else policy.tdxFloor = 0;
        permitter.setPolicy(identity, policy, "");
        ICertificatePermitter.Context memory context = fresh();
        context.platform = withTcb(snp ? SNP_PLATFORM : TDX_PLATFORM, type(uint64).max);
        bytes memory signature = signed(60, context);
        expectPlatformRefused(context.platform);
        acquire(60, context, signature);
    }

    function withTcb(bytes32 platform, uint64 tcb) private pure returns (bytes32) {
        return platform & ~bytes32(uint256(type(uint64).max) << 128) | bytes32(uint256(tcb) << 128);
    }

    function expectPlatformRefused(bytes32 platform) private {
        vm.expectRevert(abi.encodeWithSelector(IEnclavePolicies.PlatformRefused.selector, platform));
    }

    /* POLICIES BY AUTHOR */

    /// A new release needs no transaction; an old one is refused.
    function testFuzzReleasesFromTheLeastVersionOn(bytes32 root, uint64 version, uint64 least, bool stated) public {
        permitter.setPolicy(identity, authorPolicy(least), "");
        ICertificatePermitter.Context memory context = fresh();
        context.measurementRoot = root;
        ICertificatePermitter.Release memory release = sign(root, version);
        bytes memory encoded = stated
            ? abi.encode(context, permitter.termsOf(identity), release)
            : abi.encode(context, release);
        bytes memory signature = signed(60, context);
        if (version < least) {
            vm.expectRevert(abi.encodeWithSelector(IEnclavePolicies.VersionTooOld.selector, version));
        }
        permitter.acquireIdentity(identity, REQUESTER, 60, encoded, signature);
    }

    function testFuzzReleasesAreTheAuthors(bytes32 otherRoot, uint64 otherVersion) public {
        permitter.setPolicy(identity, authorPolicy(0), "");
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        ICertificatePermitter.Release memory release = sign(ROOT, 7);
        vm.assume(otherRoot != ROOT || otherVersion != 7);
        ICertificatePermitter.Release memory other = sign(otherRoot, otherVersion);
        release.r = other.r;
        release.vs = other.vs;
        vm.expectRevert(); // recovers somebody, or nobody
        permitter.acquireIdentity(identity, REQUESTER, 60, abi.encode(context, release), signature);
    }

    function testReleasesMustBeThere() public {
        permitter.setPolicy(identity, authorPolicy(0), "");
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(60, context);
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        acquire(60, context, signature);
    }

    /* POLICIES BY ID BLOCK */

    function testFuzzIdBlocksFromTheLeastSVNOn(bytes32 author, uint64 svn, uint64 least) public {
        vm.assume(author != 0);
        permitter.setPolicy(identity, idBlockPolicy(author, least), "");
        ICertificatePermitter.Context memory context = fresh();
        context.measurementRoot = keccak256("any");
        context.author = author;
        context.platform = SNP_PLATFORM >> 64 << 64 | bytes32(uint256(svn));
        bytes memory signature = signed(60, context);
        if (svn < least) vm.expectRevert(abi.encodeWithSelector(IEnclavePolicies.VersionTooOld.selector, svn));
        acquire(60, context, signature);
    }

    function testFuzzIdBlocksAreTheAuthors(bytes32 author, bytes32 other) public {
        vm.assume(author != 0 && author != other);
        permitter.setPolicy(identity, idBlockPolicy(author, 0), "");
        ICertificatePermitter.Context memory context = fresh();
        context.platform = SNP_PLATFORM;
        context.author = other;
        bytes memory signature = signed(60, context);
        vm.expectRevert(abi.encodeWithSelector(IEnclavePolicies.EnclaveMismatch.selector, other));
        acquire(60, context, signature);
    }

    /* UPSTREAM */

    /// A permitter upstream gets the duration, and its word counts; evidence serves once all the same.
    function testUpstreamShortens() public {
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        Half half = new Half(address(registry), predicted);
        permitter = new CertificatePermitter(address(half), KeyNetwork.publicKey());
        eq(address(permitter), predicted);
        identity = registry.createIdentity(address(half), "composed");
        permitter.setPolicy(identity, measurementsPolicy(), "");
        ICertificatePermitter.Context memory context = fresh();
        bytes memory signature = signed(1000, context);
        bytes32 policyDigest = permitter.policyDigestOf(identity);
        vm.expectEmit();
        emit IEnclavePolicies.EnclaveAccepted(identity, REQUESTER, 1000, context.evidenceDigest, policyDigest);
        eq(acquire(1000, context, signature), block.timestamp + 500);
        eq(permitExpiry(), block.timestamp + 500);
        expectUsed();
        acquire(1000, context, signature);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        half.acquireIdentity(identity, REQUESTER, 1000, "", "");
        vm.prank(REQUESTER);
        permitter.releaseIdentity(identity, REQUESTER, "", "");
        eq(permitExpiry(), 0);
    }

    function testUpstreamMustBeARegistryOrAPermitter() public {
        bytes memory key = KeyNetwork.publicKey();
        vm.expectRevert(IPermitter.InterfaceUnsupported.selector);
        new CertificatePermitter(address(this), key);
        CertificatePermitter chained = new CertificatePermitter(address(permitter), key);
        eq(address(chained.registry()), address(registry));
        eq(chained.upstream(), address(permitter));
    }

    /// A registry that cannot tell when permits changed, or how long changes wait, is none to grant at.
    function testTheRegistryMustKnowHistoryAndDelays() public {
        bytes memory key = KeyNetwork.publicKey();
        bytes4[2] memory needed = [type(IPermitHistory).interfaceId, type(IIdentityGovernance).interfaceId];
        for (uint256 i = 0; i < needed.length; ++i) {
            bytes memory question = abi.encodeWithSelector(permitter.supportsInterface.selector, needed[i]);
            vm.mockCall(address(registry), question, abi.encode(false));
            vm.expectRevert(IPermitter.InterfaceUnsupported.selector);
            new CertificatePermitter(address(registry), key);
            vm.clearMockedCalls();
            new CertificatePermitter(address(registry), key);
        }
    }
}
