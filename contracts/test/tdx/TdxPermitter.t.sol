// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEnclavePolicies} from "../../src/interfaces/IEnclavePolicies.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {IdentityId, IPermitHistory} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPlatformRegistry} from "../../src/interfaces/IPlatformRegistry.sol";
import {Authority, ITdxCertificates, Platform} from "../../src/interfaces/ITdxCertificates.sol";
import {ITdxPermitter} from "../../src/interfaces/ITdxPermitter.sol";
import {TdxCertificates} from "../../src/tdx/TdxCertificates.sol";
import {TdxPermitter} from "../../src/tdx/TdxPermitter.sol";
import {TdxFixture} from "./TdxFixture.sol";

contract TdxPermitterTest is TdxFixture {
    // Words of the context.
    uint256 private constant MEASUREMENT_ROOT = 2;
    uint256 private constant DURATION = 3;
    uint256 private constant BASE_BLOCK = 4;
    uint256 private constant VCPUS = 5;
    uint256 private constant MEMORY = 6;
    uint256 private constant TERMS = 7;
    uint256 private constant VERSION = 8;
    uint256 private constant PROOF = 11;

    function testFirstAndFurther() public {
        ok(!permitter.knowsPlatform(_known()), "nothing is known before");
        eq(acquireFirst(first), block.timestamp + duration);
        eq(registry.readPermit(requester, identity).expiry, block.timestamp + duration);
        ok(permitter.knowsPlatform(_known()), "the platform is known");
        eq(acquireFurther(further), block.timestamp + duration);
        eq(registry.readPermit(another, identity).expiry, block.timestamp + duration);
    }

    function testCertificatesNeedAWholeRoot(uint8 which) public {
        Authority memory root = certificates.root();
        eq(keccak256(abi.encode(root)), keccak256(vm.parseJsonBytes(json, ".root")));
        which %= 5;
        if (which == 0) root.x = 0;
        else if (which == 1) root.y = 0;
        else if (which == 2) root.subject = 0;
        else if (which == 3) root.keyId = 0;
        else root.notAfter = uint64(block.timestamp) - 1;
        vm.expectRevert(ITdxCertificates.RootInvalid.selector);
        new TdxCertificates(root);
    }

    function testCT01NoPermitterWithoutThePrecompile() public {
        IPlatformRegistry rules = permitter.platforms();
        vm.mockCall(address(0x100), "", "");
        vm.expectRevert(ITdxPermitter.PrecompileUnavailable.selector);
        new TdxPermitter(address(registry), certificates, collateral, rules, keccak256("group key"));
    }

    /// The platform's certificate, its CA's, and the root's key: whichever ends first.
    function testAT10PlatformsEndWithTheRoot() public {
        Authority memory root = certificates.root();
        root.notAfter = uint64(block.timestamp);
        TdxCertificates short = new TdxCertificates(root);
        Authority memory authority = abi.decode(part(first, 1, 192), (Authority));
        ok(authority.notAfter > root.notAfter, "the CA lasts longer");
        authority.notAfter = root.notAfter;
        eq(short.addAuthority(vm.parseJsonBytes(json, ".ca")), keccak256(abi.encode(authority)));
        (,,, Platform memory platform) = short.readPlatform(part(first, 1451, first.length - 1451), authority);
        eq(platform.notAfter, root.notAfter);
    }

    function testInterfaces() public view {
        ok(permitter.supportsInterface(type(ITdxPermitter).interfaceId), "of its own");
        ok(permitter.supportsInterface(type(IEnclavePolicies).interfaceId), "policies");
        ok(permitter.supportsInterface(type(IPermitter).interfaceId), "permitter");
        ok(!permitter.supportsInterface(0xffffffff), "never");
    }

    /// The platform says which key issued its certificate: sixth word of what comes back with a further permit.
    function _issuerKey() private view returns (bytes32) {
        return bytes32(part(further, 1145 + 160, 32));
    }

    /// The digest as the interface describes it.
    function _known() private view returns (bytes32) {
        bytes memory key = part(further, 697, 64);
        bytes memory report = part(further, 761, 384);
        return keccak256(bytes.concat(key, keccak256(report), part(further, 1145, 224)));
    }

    /* WHAT THE ENCLAVE BINDS ITSELF TO */

    function testAT02EachFieldOfTheBinding() public {
        for (uint256 i = 0; i < 3; i++) {
            _refuse(_with(i, bytes32(uint256(_word(i)) ^ 1)), ITdxPermitter.BindingMismatch.selector);
        }
        _refuse(_with(DURATION, bytes32(uint256(duration) + 1)), ITdxPermitter.BindingMismatch.selector);
        vm.setBlockhash(1001, keccak256("block 1001"));
        _refuse(_with(BASE_BLOCK, bytes32(uint256(1001))), ITdxPermitter.BindingMismatch.selector);
        vm.setBlockhash(1000, keccak256("another block 1000"));
        _refuse(context, ITdxPermitter.BindingMismatch.selector);
    }

    function testAT02AnotherRequester(address other) public {
        vm.assume(other != requester);
        vm.expectRevert(ITdxPermitter.BindingMismatch.selector);
        permitter.acquireIdentity(identity, other, duration, context, first);
    }

    /// KR-01: a guest that takes keys and states from a network of its host's making gets no permit.
    function testKR01AnotherKeyNetwork(bytes32 other) public {
        bytes32 known = permitter.groupKeyDigest();
        vm.assume(other != known && other != 0);
        eq(known, vm.parseJsonBytes32(json, ".groupKeyDigest"));
        permitter = _permitter(other);
        vm.prank(registrant);
        registry.setPermitter(identity, address(permitter));
        setPolicy(_word(MEASUREMENT_ROOT), 1);
        _refuse(context, ITdxPermitter.BindingMismatch.selector);
        vm.expectRevert(ITdxPermitter.GroupKeyInvalid.selector);
        _permitter(0);
    }

    function testCT04AnotherIdentityOrChain() public {
        vm.chainId(1);
        _refuse(context, ITdxPermitter.BindingMismatch.selector);
        vm.chainId(vm.parseJsonUint(json, ".chainId"));
        vm.prank(registrant);
        identity = registry.createIdentity(address(permitter), "another");
        setPolicy(_word(MEASUREMENT_ROOT), 1);
        _refuse(context, ITdxPermitter.BindingMismatch.selector);
    }

    /// Anyone may bring a quote. Were a shorter duration than the quote's accepted, a stranger could use quotes up, and
    /// shorten the permits that run.
    function testAT02AStrangerCannotShortenAPermit(address stranger, uint64 other) public {
        vm.assume(other != duration);
        vm.prank(stranger);
        vm.expectRevert(ITdxPermitter.BindingMismatch.selector);
        permitter.acquireIdentity(identity, requester, other, context, first);
        eq(acquireFirst(first), block.timestamp + duration);
        vm.expectRevert(ITdxPermitter.BindingMismatch.selector);
        permitter.acquireIdentity(identity, another, other, context, further);
    }

    function testThePolicyShortensAPermit() public {
        vm.prank(registrant);
        permitter.setPolicy(
            identity,
            IEnclavePolicies.Policy(IEnclavePolicies.PolicyKind.Measurements, _word(MEASUREMENT_ROOT), 60, 1, 0, 0),
            ""
        );
        eq(acquireFirst(first), block.timestamp + 60);
    }

    /// attest/SPEC.md §1.4, for enclaves that do sign it: the digest in the quote is that of the binding with the zero.
    function testAT02BindingsToNothing() public {
        bytes[4] memory contexts = [context, _with(0, 0), _with(1, 0), context];
        for (uint256 i = 0; i < contexts.length; i++) {
            IdentityId identity_ = i == 3 ? IdentityId.wrap(0) : identity;
            address requester_ = i == 0 ? address(0) : requester;
            (bool granted, bytes memory answer) = address(permitter).call(
                abi.encodeCall(
                    IPermitter.acquireIdentity,
                    (identity_, requester_, duration, contexts[i], _stating(contexts[i], identity_, requester_))
                )
            );
            ok(!granted, "granted");
            eq(bytes4(answer), ITdxPermitter.BindingMismatch.selector);
        }
    }

    /// Nor a permit for no time.
    function testAT02BindingsForNoTime() public {
        duration = 0;
        context = _with(DURATION, 0);
        first = _stating(context, identity, requester);
        vm.expectRevert(ITdxPermitter.BindingMismatch.selector);
        acquireFirst(first);
    }

    /// The first authorization with the report data of this binding. Every signature counts as right from then on.
    function _stating(bytes memory words, IdentityId identity_, address requester_) private returns (bytes memory) {
        bytes32 digest = keccak256(
            abi.encode(
                keccak256("escrin.binding.v3"),
                block.chainid,
                registry,
                identity_,
                requester_,
                bytes32(part(words, 0, 32)),
                duration,
                bytes32(part(words, 32 * BASE_BLOCK, 32)),
                vm.parseJsonBytes32(json, ".baseBlockHash"),
                bytes32(part(words, 32 * MEASUREMENT_ROOT, 32)),
                bytes32(part(words, 32, 32)),
                permitter.groupKeyDigest()
            )
        );
        vm.mockCall(address(0x100), "", abi.encode(1));
        return altered(first, 1 + 192 + 48 + 520, 32, abi.encode(digest));
    }

    function testAT12TheShapeAndItsProof() public {
        _refuse(_with(VCPUS, bytes32(uint256(_word(VCPUS)) + 1)), ITdxPermitter.MeasurementUnproven.selector);
        _refuse(_with(MEMORY, bytes32(uint256(_word(MEMORY)) + 1)), ITdxPermitter.MeasurementUnproven.selector);
        _refuse(_with(PROOF, bytes32(uint256(_word(PROOF)) ^ 1)), ITdxPermitter.MeasurementUnproven.selector);
        _refuse(part(context, 0, context.length - 32), ITdxPermitter.MeasurementUnproven.selector);
        _refuse(bytes.concat(context, bytes32(0)), ITdxPermitter.MeasurementUnproven.selector);
    }

    function testContextMalformed() public {
        bytes4 malformed = ITdxPermitter.ContextMalformed.selector;
        _refuse("", malformed);
        _refuse(part(context, 0, 351), malformed);
        _refuse(part(context, 0, context.length - 1), malformed);
        _refuse(bytes.concat(context, hex"00"), malformed);
        _refuse(bytes.concat(part(context, 0, 352), new bytes(17 * 32)), malformed);
    }

    function testNumbersInTheContextHaveTheirSize() public {
        for (uint256 i = DURATION; i <= VERSION; i++) {
            if (i != TERMS) _refuse(_with(i, bytes32(uint256(_word(i)) | 1 << 64)), 0);
        }
    }

    /* FRESHNESS */

    function testAT01OldBlocks() public {
        vm.roll(1000 + 129);
        vm.setBlockhash(1000, vm.parseJsonBytes32(json, ".baseBlockHash"));
        _refuse(context, ITdxPermitter.BaseBlockUnfit.selector);
        vm.roll(1000 + 128);
        vm.setBlockhash(1000, vm.parseJsonBytes32(json, ".baseBlockHash"));
        acquireFirst(first);
    }

    function testAT01BlocksThatAreNone() public {
        uint256[4] memory numbers = [uint256(0), 1002, 1003, type(uint64).max];
        for (uint256 i = 0; i < numbers.length; i++) {
            _refuse(_with(BASE_BLOCK, bytes32(numbers[i])), ITdxPermitter.BaseBlockUnfit.selector);
        }
    }

    function testAT01EachQuoteServesOnce() public {
        acquireFirst(first);
        _refuse(context, IPermitHistory.PermitChanged.selector);
        vm.prank(requester);
        permitter.releaseIdentity(identity, requester, "", "");
        _refuse(context, IPermitHistory.PermitChanged.selector);
    }

    function testARevocationOutrunsAQuote() public {
        vm.prank(registrant);
        registry.revokeAllPermits(identity);
        _refuse(context, IPermitHistory.PermitChanged.selector);
    }

    function testOnlyThePossessorReleases() public {
        acquireFirst(first);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.releaseIdentity(identity, requester, "", "");
    }

    /* POLICY */

    function testPolicy() public {
        _refuse(_with(TERMS, bytes32(uint256(1))), IEnclavePolicies.EnclaveMismatch.selector);
        setPolicy(keccak256("another enclave"), 1);
        _refuse(context, IEnclavePolicies.EnclaveMismatch.selector);
        setPolicy(_word(MEASUREMENT_ROOT), uint64(block.timestamp));
        _refuse(context, IEnclavePolicies.PlatformRefused.selector);
        setPolicy(_word(MEASUREMENT_ROOT), 1);
        context = _with(TERMS, bytes32(permitter.termsOf(identity)));
        acquireFirst(first);
    }

    function testReleaseOfAnAuthor() public {
        uint256 key = uint256(keccak256("author"));
        bytes32 author = bytes32(uint256(uint160(vm.addr(key))));
        vm.prank(registrant);
        permitter.setPolicy(
            identity, IEnclavePolicies.Policy(IEnclavePolicies.PolicyKind.Author, author, 1 hours, 1, 0, 7), ""
        );
        _refuse(context, 0); // ECDSA's refusal of a signature of zeros
        _release(key, 6);
        _refuse(context, IEnclavePolicies.VersionTooOld.selector);
        _release(key, 7);
        acquireFirst(first);
    }

    function _release(uint256 key, uint256 version) private {
        bytes32 domain = keccak256(
            abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("escrin enclave"), keccak256("1"))
        );
        bytes32 release = keccak256(
            abi.encode(
                keccak256("EnclaveRelease(bytes32 measurementRoot,uint64 version)"), _word(MEASUREMENT_ROOT), version
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, release)));
        context = _with(VERSION, bytes32(version));
        context = _with(VERSION + 1, r);
        context = _with(VERSION + 2, bytes32(uint256(s) | uint256(v - 27) << 255));
    }

    function testAT18ADeniedPlatform() public {
        acquireFirst(first);
        // TDX, UpToDate, FMSPC, 2026-02-11, number 18.
        platforms.deny(0x010190c06f00000000000000698bc68000000000000000120000000000000000);
        _refuseFurther(ITdxPermitter.PlatformDenied.selector);
    }

    /* COLLATERAL AS TIME GOES BY */

    function testAT05EachPermitIsJudgedByPresentCollateral() public {
        acquireFirst(first);
        uint256 genuine = vm.snapshotState();
        collateral.updatePlatformCrl(vm.parseJsonBytes(json, ".revoked.platformCrl"));
        _refuseFurther(ITdxPermitter.PlatformRevoked.selector);

        vm.revertToState(genuine);
        genuine = vm.snapshotState();
        collateral.updateRootCrl(vm.parseJsonBytes(json, ".distrusted.rootCrl"));
        _refuseFurther(ITdxPermitter.PlatformRevoked.selector);

        vm.revertToState(genuine);
        collateral.updateTcbInfo(
            vm.parseJsonBytes(json, ".recovered.tcbInfo"), vm.parseJsonBytes(json, ".recovered.tcbInfoSignature")
        );
        _refuseFurther(IEnclavePolicies.PlatformRefused.selector);
    }

    function testAT05CollateralOutOfDate() public {
        acquireFirst(first);
        vm.warp(block.timestamp + 31 days);
        _refuseFurther(ITdxPermitter.PlatformRevoked.selector);
    }

    function testAT10CertificatesOutOfDate() public {
        acquireFirst(first);
        vm.warp(block.timestamp + 8 * 365 days);
        _refuseFurther(ITdxPermitter.PlatformExpired.selector);
    }

    /// What was remembered counts up to the last second at which the collateral does, and not beyond.
    function testVerdictsEndWithTheCollateral() public {
        acquireFirst(first);
        uint64 until = collateral.validUntil(0x90c06f000000, _issuerKey());
        vm.warp(until + 1);
        _refuseFurther(ITdxPermitter.TcbUnknown.selector);
        vm.warp(until);
        acquireFurther(further);
    }

    function testCollateralThatIsMissing() public {
        vm.mockCall(address(collateral), abi.encodeWithSelector(collateral.qeStatus.selector), abi.encode(uint8(0)));
        _refuse(context, ITdxPermitter.TcbUnknown.selector);
    }

    /// CT-15: whatever number the collateral calls a status, only those that are known and good pass.
    function testCT15StatusesThatAreUnknown(uint8 status) public {
        vm.assume(status == 0 || status > 4);
        vm.mockCall(address(collateral), abi.encodeWithSelector(collateral.qeStatus.selector), abi.encode(status));
        (bool accepted,) = address(permitter).call(
            abi.encodeCall(IPermitter.acquireIdentity, (identity, requester, duration, context, first))
        );
        ok(!accepted, "an unknown status");
    }

    /* AUTHORIZATIONS */

    function testCT13NothingIsKnownThatWasNotVerified() public {
        vm.expectRevert(ITdxPermitter.PlatformUnknown.selector);
        acquireFurther(further);
        bytes memory unknown = first;
        unknown[1] ^= 0x01; // x of the platform CA's key
        vm.expectRevert(ITdxCertificates.AuthorityUnknown.selector);
        acquireFirst(unknown);
    }

    function testAuthorizationsOfNoKind() public {
        bytes4 malformed = ITdxPermitter.AuthorizationMalformed.selector;
        bytes[5] memory all =
            [bytes(""), hex"00", hex"03", hex"01", part(further, 0, further.length - 1)];
        for (uint256 i = 0; i < all.length; i++) {
            vm.expectRevert(malformed);
            acquireFirst(all[i]);
        }
        vm.expectRevert(malformed);
        acquireFurther(bytes.concat(further, hex"00"));
    }

    function testAT09FlippedBytesOfAFirstPermit(uint256 where, uint8 by) public {
        vm.assume(by != 0);
        bytes memory flipped = first;
        flipped[where % flipped.length] ^= bytes1(by);
        _refuses(requester, flipped);
    }

    function testAT09FlippedBytesOfAFurtherPermit(uint256 where, uint8 by) public {
        vm.assume(by != 0);
        acquireFirst(first);
        bytes memory flipped = further;
        flipped[where % flipped.length] ^= bytes1(by);
        _refuses(another, flipped);
    }

    function testAT09FlippedBytesOfAnAuthority(uint256 where, uint8 by) public {
        vm.assume(by != 0);
        bytes memory flipped = vm.parseJsonBytes(json, ".ca");
        flipped[where % flipped.length] ^= bytes1(by);
        (bool accepted, bytes memory answer) =
            address(certificates).call(abi.encodeCall(ITdxCertificates.addAuthority, (flipped)));
        ok(!accepted && bytes4(answer) != PANIC, "flipped");
    }

    function testAT09CutAnywhere(uint256 size) public {
        _refuses(requester, part(first, 0, size % first.length));
    }

    function testAT09Anything(bytes memory authorization, bytes memory anyContext) public {
        _refuses(requester, authorization);
        _refuses(requester, bytes.concat(part(first, 0, 1451), authorization)); // in the place of the certificate
        (bool accepted, bytes memory answer) = address(permitter).call(
            abi.encodeCall(IPermitter.acquireIdentity, (identity, requester, duration, anyContext, first))
        );
        ok(!accepted && bytes4(answer) != PANIC, "any context");
    }

    bytes4 private constant PANIC = 0x4e487b71;

    /// Refused, and not because of an arithmetic error or such.
    function _refuses(address who, bytes memory authorization) private {
        (bool accepted, bytes memory answer) = address(permitter).call(
            abi.encodeCall(IPermitter.acquireIdentity, (identity, who, duration, context, authorization))
        );
        ok(!accepted && bytes4(answer) != PANIC, "refused");
    }

    function _refuse(bytes memory anyContext, bytes4 selector) private {
        (bool accepted, bytes memory answer) = address(permitter).call(
            abi.encodeCall(IPermitter.acquireIdentity, (identity, requester, duration, anyContext, first))
        );
        ok(!accepted && bytes4(answer) != PANIC, "refused");
        if (selector != 0) eq(bytes4(answer), selector);
    }

    function _refuseFurther(bytes4 selector) private {
        (bool accepted, bytes memory answer) = address(permitter).call(
            abi.encodeCall(IPermitter.acquireIdentity, (identity, another, duration, context, further))
        );
        ok(!accepted, "refused");
        eq(bytes4(answer), selector);
    }

    /// The context with another word.
    function _with(uint256 index, bytes32 value) private view returns (bytes memory) {
        return altered(context, 32 * index, 32, abi.encode(value));
    }

    function _word(uint256 index) private view returns (bytes32) {
        return bytes32(part(context, 32 * index, 32));
    }
}
