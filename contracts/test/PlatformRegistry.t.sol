// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {PlatformRegistry} from "../src/PlatformRegistry.sol";
import {IPlatformRegistry} from "../src/interfaces/IPlatformRegistry.sol";
import {Test} from "./Test.sol";

contract PlatformRegistryTest is Test {
    PlatformRegistry private platforms = new PlatformRegistry(address(this));
    address private constant GUARDIAN = address(0x94a4d);

    bytes7 private constant TDX = bytes7(uint56(1) << 48);
    bytes7 private constant SNP = bytes7(uint56(2) << 48);
    bytes7 private constant FAMILY = 0x0150806f000000;

    function setUp() public {
        platforms.setGuardian(GUARDIAN, true);
        set(TDX, IPlatformRegistry.Access.Allowed, 0);
        set(SNP, IPlatformRegistry.Access.Allowed, 0);
    }

    function set(bytes7 family, IPlatformRegistry.Access access, uint64 floor) private {
        platforms.setRule(family, IPlatformRegistry.Rule({access: access, floor: floor}));
    }

    function word(bytes7 family, uint8 status, uint64 tcb) private pure returns (bytes32) {
        bytes32 tee = bytes32(bytes1(family));
        bytes32 six = bytes32(family << 8) >> 16;
        return tee | bytes32(uint256(status) << 240) | six | bytes32(uint256(tcb) << 128);
    }

    function good(bytes7 family) private pure returns (bytes32) {
        return word(family, 1, 1000);
    }

    /* WHAT IS TRUSTED */

    function testFuzzWithoutRulesNothingIsTrusted(bytes32 platform) public {
        ok(!new PlatformRegistry(address(this)).allows(platform), "trusted");
    }

    function testFuzzCT15UnknownTEEsAreNotTrusted(bytes32 platform) public {
        vm.assume(uint8(platform[0]) != 1 && uint8(platform[0]) != 2);
        ok(!platforms.allows(platform), "trusted");
        bytes7 family = bytes7(bytes1(platform));
        vm.expectRevert(abi.encodeWithSelector(IPlatformRegistry.FamilyUnknown.selector, family));
        set(family, IPlatformRegistry.Access.Allowed, 0);
    }

    /// CT-15: unknown, out of date, revoked and not yet invented statuses are none to trust.
    function testFuzzCT15OnlyGoodStatusesAreTrusted(uint8 status) public view {
        ok(platforms.allows(word(FAMILY, status, 1000)) == (status >= 1 && status <= 4), "status");
    }

    function testListedTEEsTrustOnlyAllowedFamilies() public {
        set(TDX, IPlatformRegistry.Access.Listed, 0);
        ok(!platforms.allows(good(FAMILY)), "unlisted");
        set(FAMILY, IPlatformRegistry.Access.Listed, 0);
        ok(!platforms.allows(good(FAMILY)), "leaves it to its TEE");
        set(FAMILY, IPlatformRegistry.Access.Allowed, 0);
        ok(platforms.allows(good(FAMILY)), "allowed");
        set(TDX, IPlatformRegistry.Access.Unlisted, 0);
        ok(!platforms.allows(good(FAMILY)), "its TEE is not trusted");
    }

    /// What has no family is judged as the TEE as a whole.
    function testFamilyOfZeros() public {
        ok(platforms.allows(good(TDX)), "allowed");
        set(TDX, IPlatformRegistry.Access.Listed, 0);
        ok(!platforms.allows(good(TDX)), "not listed");
    }

    function testFuzzFloorsOfTDX(uint64 tcb, uint64 ofTEE, uint64 ofFamily) public {
        set(TDX, IPlatformRegistry.Access.Allowed, ofTEE);
        set(FAMILY, IPlatformRegistry.Access.Unlisted, ofFamily);
        ok(platforms.allows(word(FAMILY, 1, tcb)) == (tcb >= ofTEE && tcb >= ofFamily), "floors");
    }

    function testFuzzFloorsOfSNPAreOfEachByte(uint64 tcb, uint64 floor) public {
        set(SNP, IPlatformRegistry.Access.Allowed, floor);
        bool want = true;
        for (uint256 i = 0; i < 8; ++i) {
            want = want && uint8(bytes8(tcb)[i]) >= uint8(bytes8(floor)[i]);
        }
        ok(platforms.allows(word(SNP, 1, tcb)) == want, "floor");
    }

    /* WHO MAY */

    /// AT-18: one transaction of one guardian.
    function testAT18OneTransactionDeniesAFamily() public {
        bytes32 platform = good(FAMILY);
        ok(platforms.allows(platform), "before");
        uint64 epoch = platforms.epoch();
        vm.prank(GUARDIAN);
        platforms.deny(FAMILY);
        ok(!platforms.allows(platform), "after");
        ok(platforms.allows(good(0x01000000000001)), "others stay");
        eq(platforms.epoch(), epoch + 1);
    }

    /// AT-18: a vendor's keys leaked.
    function testFuzzAT18OneTransactionDeniesATEE(bytes6 family, uint64 tcb) public {
        vm.prank(GUARDIAN);
        platforms.deny(SNP);
        bytes7 whole = SNP | bytes7(family) >> 8;
        set(whole, IPlatformRegistry.Access.Allowed, 0);
        if (family != 0) ok(!platforms.allows(word(whole, 1, tcb)), "denied");
        ok(platforms.allows(good(FAMILY)), "TDX stays");
    }

    function testFuzzGuardiansOnlyRaise(uint64 present, uint64 next) public {
        set(FAMILY, IPlatformRegistry.Access.Allowed, present);
        vm.prank(GUARDIAN);
        if (next < present) vm.expectRevert(abi.encodeWithSelector(IPlatformRegistry.FloorLowered.selector, FAMILY, present));
        platforms.raiseFloor(FAMILY, next);
        eq(platforms.ruleOf(FAMILY).floor, next < present ? present : next);
        ok(platforms.ruleOf(FAMILY).access == IPlatformRegistry.Access.Allowed, "access stays");
    }

    function testGuardiansLowerNoByteOfSNP() public {
        uint64 present = 0x0400000000000002;
        set(SNP, IPlatformRegistry.Access.Allowed, present);
        bytes memory refusal = abi.encodeWithSelector(IPlatformRegistry.FloorLowered.selector, SNP, present);
        vm.prank(GUARDIAN);
        vm.expectRevert(refusal);
        platforms.raiseFloor(SNP, 0x0500000000000001); // a greater number with a lesser byte
        vm.prank(GUARDIAN);
        platforms.raiseFloor(SNP, 0x0500000000000002);
    }

    function testFuzzFloorsOfUnknownTEEs(uint8 tee, uint64 floor) public {
        vm.assume(tee == 0 || tee > 2);
        bytes7 family = bytes7(bytes1(tee));
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(IPlatformRegistry.FamilyUnknown.selector, family));
        platforms.raiseFloor(family, floor);
    }

    function testFuzzStrangersDoNothing(address stranger, bytes7 family) public {
        vm.assume(stranger != address(this) && stranger != GUARDIAN);
        vm.prank(stranger);
        vm.expectRevert(IPlatformRegistry.Unauthorized.selector);
        platforms.deny(family);
        vm.prank(stranger);
        vm.expectRevert(IPlatformRegistry.Unauthorized.selector);
        platforms.raiseFloor(family, 1);
        expectNotOwner(stranger);
        platforms.setGuardian(stranger, true);
        expectNotOwner(stranger);
        set(family, IPlatformRegistry.Access.Allowed, 0);
    }

    function testGuardiansDoNotLoosen() public {
        expectNotOwner(GUARDIAN);
        set(FAMILY, IPlatformRegistry.Access.Allowed, 0);
        expectNotOwner(GUARDIAN);
        platforms.setGuardian(GUARDIAN, false);
        platforms.setGuardian(GUARDIAN, false);
        vm.prank(GUARDIAN);
        vm.expectRevert(IPlatformRegistry.Unauthorized.selector);
        platforms.deny(FAMILY);
    }

    /// CT-14: ownership goes over only to who takes it, and who renounces it leaves what can only be tightened.
    function testCT14Ownership() public {
        platforms.transferOwnership(GUARDIAN);
        eq(platforms.owner(), address(this));
        vm.prank(GUARDIAN);
        platforms.acceptOwnership();
        eq(platforms.owner(), GUARDIAN);
        vm.prank(GUARDIAN);
        platforms.renounceOwnership();
        expectNotOwner(GUARDIAN);
        set(FAMILY, IPlatformRegistry.Access.Allowed, 0);
        vm.prank(GUARDIAN);
        platforms.deny(FAMILY);
        ok(!platforms.allows(good(FAMILY)), "still tightened");
    }

    function expectNotOwner(address sender) private {
        vm.prank(sender);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, sender));
    }
}
