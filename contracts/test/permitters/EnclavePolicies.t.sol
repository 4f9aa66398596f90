// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEnclavePolicies} from "../../src/interfaces/IEnclavePolicies.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {IScheduled} from "../../src/interfaces/IScheduled.sol";
import {Platforms} from "../../src/permitters/Platforms.sol";
import {CertificateFixture} from "../CertificateFixture.sol";

/// How policies are set; what they accept, CertificatePermitter's tests show.
contract EnclavePoliciesTest is CertificateFixture {
    uint64 private constant START = 1_800_000_000;

    function same(IEnclavePolicies.Policy memory policy) private view {
        eq(abi.encode(permitter.policyOf(identity)), abi.encode(policy));
    }

    /* WHAT IS READ BACK */

    /// contracts/SPEC.md: kind, 5 bytes of duration, 2 of zero, the floors and the version.
    function testFuzzPoliciesAreReadBack(uint8 kind, bytes32 subject, uint64 maxDuration, uint64[3] calldata rest)
        public
    {
        IEnclavePolicies.Policy memory policy;
        policy.kind = IEnclavePolicies.PolicyKind(1 + kind % 3);
        (policy.subject, policy.maxDuration) = (subject, maxDuration);
        (policy.tdxFloor, policy.snpFloor, policy.minVersion) = (rest[0], rest[1], rest[2]);
        makeFit(policy);
        uint256 terms = uint256(policy.kind) << 248 | uint256(policy.maxDuration) << 208
            | uint256(policy.tdxFloor) << 128 | uint256(policy.snpFloor) << 64 | policy.minVersion;
        bytes32 digest = keccak256(abi.encode(terms, policy.subject));
        vm.expectEmit();
        emit IEnclavePolicies.PolicyChanged(identity, digest, policy, "somewhere");
        permitter.setPolicy(identity, policy, "somewhere");
        same(policy);
        eq(permitter.termsOf(identity), terms);
        eq(permitter.policyDigestOf(identity), digest);
    }

    function makeFit(IEnclavePolicies.Policy memory policy) private pure {
        policy.maxDuration = uint64(1 + policy.maxDuration % type(uint40).max);
        if (policy.kind == IEnclavePolicies.PolicyKind.Measurements) policy.minVersion = 0;
        if (policy.kind == IEnclavePolicies.PolicyKind.Author) policy.subject >>= 96;
        if (policy.kind == IEnclavePolicies.PolicyKind.IdBlock) policy.tdxFloor = 0;
        vm.assume(policy.subject != 0 && (policy.tdxFloor != 0 || policy.snpFloor != 0));
    }

    function testNoPolicyIsAllZero() public {
        IEnclavePolicies.Policy memory none;
        permitter.setPolicy(identity, none, "");
        same(none);
        eq(permitter.termsOf(identity), 0);
        eq(permitter.policyDigestOf(identity), 0);
    }

    /* WHAT IS REFUSED */

    function expectUnfit(IEnclavePolicies.Policy memory policy) private {
        vm.expectRevert(IEnclavePolicies.PolicyUnfit.selector);
        permitter.setPolicy(identity, policy, "");
    }

    /// The zero value of every field refuses; what has no meaning for a kind is refused, too.
    function testPoliciesMustSayEnough() public {
        IEnclavePolicies.Policy memory policy = measurementsPolicy();
        policy.subject = 0;
        expectUnfit(policy);
        policy = measurementsPolicy();
        policy.maxDuration = 0;
        expectUnfit(policy);
        policy.maxDuration = 1 << 40;
        expectUnfit(policy);
        policy = measurementsPolicy();
        policy.minVersion = 1;
        expectUnfit(policy);
        policy = measurementsPolicy();
        (policy.tdxFloor, policy.snpFloor) = (0, 0);
        expectUnfit(policy);
        policy = authorPolicy(1);
        policy.subject |= bytes32(uint256(1) << 160);
        expectUnfit(policy);
        policy.subject = 0;
        expectUnfit(policy);
        policy = idBlockPolicy("author", 1);
        policy.tdxFloor = 1;
        expectUnfit(policy);
        (policy.tdxFloor, policy.maxDuration) = (0, 0);
        expectUnfit(policy);
    }

    function testFuzzNoPolicySaysNothing(uint256 field) public {
        IEnclavePolicies.Policy memory policy;
        field %= 5;
        if (field == 0) policy.subject = "something";
        if (field == 1) policy.maxDuration = 1;
        if (field == 2) policy.tdxFloor = 1;
        if (field == 3) policy.snpFloor = 1;
        if (field == 4) policy.minVersion = 1;
        expectUnfit(policy);
    }

    /// CT-15: there are four kinds.
    function testFuzzCT15UnknownKindsAreRefused(uint8 kind) public {
        vm.assume(kind > 3);
        bytes memory call = abi.encodeCall(permitter.setPolicy, (identity, measurementsPolicy(), ""));
        call[4 + 32 + 31] = bytes1(kind);
        (bool set,) = address(permitter).call(call);
        ok(!set, "set");
    }

    function testFuzzOnlyTheRegistrantSetsPolicies(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.setPolicy(identity, measurementsPolicy(), "");
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.cancelPolicy(identity, "");
    }

    /// Nobody is the registrant of what is not there.
    function testFuzzNobodySetsPoliciesOfNothing(IdentityId unknown) public {
        vm.assume(IdentityId.unwrap(unknown) != IdentityId.unwrap(identity));
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.setPolicy(unknown, measurementsPolicy(), "");
    }

    /* DELAYS */

    /// CT-14: under a delay, a policy is announced, in full, and made by the same call.
    function testFuzzCT14PoliciesWaitForTheDelay(uint16 delayHours, uint256 wait) public {
        vm.assume(delayHours > 0);
        registry.setDelay(identity, delayHours);
        uint256 delay = uint256(delayHours) * 1 hours;
        wait %= delay + 30 days;
        IEnclavePolicies.Policy memory policy = authorPolicy(3);
        bytes32 change = keccak256(abi.encodeCall(permitter.setPolicy, (identity, policy, "next")));
        vm.expectEmit();
        emit IScheduled.ChangeScheduled(change, uint64(START + delay));
        vm.expectEmit();
        emit IEnclavePolicies.PolicyScheduled(identity, change, policy, "next");
        permitter.setPolicy(identity, policy, "next");
        same(measurementsPolicy());

        vm.warp(START + wait);
        if (wait < delay) {
            vm.expectRevert(
                abi.encodeWithSelector(IScheduled.ChangeNotReady.selector, change, uint64(START + delay))
            );
        }
        permitter.setPolicy(identity, policy, "next");
        same(wait >= delay && wait <= delay + 14 days ? policy : measurementsPolicy());
    }

    /// A delay that was lowered in the meantime hastens nothing that was announced.
    function testCT14LoweredDelaysHastenNothing() public {
        registry.setDelay(identity, 10);
        registry.setDelay(identity, 1);
        vm.warp(START + 9 hours);
        IEnclavePolicies.Policy memory policy = authorPolicy(3);
        bytes32 change = keccak256(abi.encodeCall(permitter.setPolicy, (identity, policy, "next")));
        permitter.setPolicy(identity, policy, "next");
        vm.warp(START + 10 hours);
        registry.setDelay(identity, 1);
        vm.warp(START + 19 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(IScheduled.ChangeNotReady.selector, change, START + 19 hours));
        permitter.setPolicy(identity, policy, "next");
        vm.warp(START + 19 hours);
        permitter.setPolicy(identity, policy, "next");
        same(policy);
    }

    /// What was announced is what is made, to the last letter of the locator.
    function testOtherPoliciesWaitAnew() public {
        registry.setDelay(identity, 1);
        permitter.setPolicy(identity, authorPolicy(3), "next");
        vm.warp(START + 1 hours);
        permitter.setPolicy(identity, authorPolicy(4), "next");
        permitter.setPolicy(identity, authorPolicy(3), "other");
        same(measurementsPolicy());
    }

    function testNoPolicyDoesNotWait() public {
        registry.setDelay(identity, type(uint16).max);
        IEnclavePolicies.Policy memory none;
        permitter.setPolicy(identity, none, "");
        same(none);
    }

    function testAnnouncedPoliciesAreCancelled() public {
        registry.setDelay(identity, 1);
        bytes memory call = abi.encodeCall(permitter.setPolicy, (identity, authorPolicy(3), "next"));
        permitter.setPolicy(identity, authorPolicy(3), "next");
        permitter.cancelPolicy(identity, call);
        vm.warp(START + 1 hours);
        permitter.setPolicy(identity, authorPolicy(3), "next");
        same(measurementsPolicy());
    }

    function testFuzzNobodyCancelsForOthers(bytes calldata junk) public {
        registry.setDelay(identity, 1);
        permitter.setPolicy(identity, authorPolicy(3), "next");
        IdentityId other = registry.createIdentity(address(permitter), "other");
        vm.expectRevert(IEnclavePolicies.CallUnfit.selector);
        permitter.cancelPolicy(other, abi.encodeCall(permitter.setPolicy, (identity, authorPolicy(3), "next")));
        vm.assume(junk.length < 36 || bytes32(junk[4:36]) != IdentityId.unwrap(other));
        vm.expectRevert(IEnclavePolicies.CallUnfit.selector);
        permitter.cancelPolicy(other, junk);
    }

    /* PLATFORM WORDS */

    function testWordsOfPlatforms() public pure {
        eq(Platforms.tee(TDX_PLATFORM), 1);
        eq(Platforms.tcb(TDX_PLATFORM), TDX_TCB);
        eq(Platforms.guestSVN(TDX_PLATFORM), 0);
        eq(bytes32(Platforms.family(TDX_PLATFORM)), bytes32(bytes7(0x0150806f000000)));
        eq(Platforms.tee(SNP_PLATFORM), 2);
        eq(Platforms.tcb(SNP_PLATFORM), SNP_TCB);
        eq(Platforms.guestSVN(SNP_PLATFORM), 5);
        eq(bytes32(Platforms.family(SNP_PLATFORM)), bytes32(bytes7(0x024d696c616e00)));
    }

    /// CT-15: of a TEE that nobody knows, no TCB is enough.
    function testFuzzCT15UnknownTEEsMeetNothing(uint256 kind, uint64 value) public pure {
        vm.assume(kind != Platforms.TDX && kind != Platforms.SNP);
        ok(!Platforms.meets(kind, value, 0), "meets");
    }

    function testFuzzBytesAreComparedOneByOne(uint64 spl, uint64 floor) public pure {
        bool want = true;
        for (uint256 i = 0; i < 8; ++i) {
            want = want && uint8(bytes8(spl)[i]) >= uint8(bytes8(floor)[i]);
        }
        ok(Platforms.reaches(spl, floor) == want, "reaches");
        ok(Platforms.reaches(spl | floor, floor), "every bit of the floor");
    }
}
