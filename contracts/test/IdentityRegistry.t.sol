// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {IdentityId, IIdentityRegistry, IPermitHistory} from "../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../src/interfaces/IPermitter.sol";
import {Test} from "./Test.sol";

/// A permitter by its interface alone; the test acts in its name.
contract AnyPermitter {
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IPermitter).interfaceId;
    }
}

contract IdentityRegistryTest is Test {
    IdentityRegistry private registry = new IdentityRegistry();
    address private permitter = address(new AnyPermitter());
    address private constant ALICE = address(0xa11ce);
    address private constant HOLDER = address(0x401de4);
    IdentityId private id;

    function setUp() public {
        vm.warp(1_000_000);
        vm.roll(1000);
        vm.prank(ALICE);
        id = registry.createIdentity(permitter, "one");
    }

    function expiryOf(address holder) private view returns (uint64) {
        return registry.readPermit(holder, id).expiry;
    }

    function grant(uint64 expiry) private {
        vm.prank(permitter);
        registry.grantIdentity(id, HOLDER, expiry);
    }

    function expectUnauthorized(address sender) private {
        vm.prank(sender);
        vm.expectRevert(IIdentityRegistry.Unauthorized.selector);
    }

    function testInterfaceIds() public view {
        ok(type(IIdentityRegistry).interfaceId == 0xaefcad6e, "IIdentityRegistry");
        ok(registry.supportsInterface(0xaefcad6e), "supported");
        ok(registry.supportsInterface(type(IPermitHistory).interfaceId), "history");
        ok(registry.supportsInterface(0x01ffc9a7), "ERC-165");
        ok(!registry.supportsInterface(0xffffffff), "ERC-165: never");
        ok(IIdentityRegistry.createIdentity.selector == 0xfcae55b3, "createIdentity");
        ok(IIdentityRegistry.readPermit.selector == 0xb8272883, "readPermit");
        ok(IIdentityRegistry.Unauthorized.selector == 0x82b42900, "Unauthorized");
    }

    /// CT-11: an id is its registrant's; nobody else can take it.
    function testFuzzCT11IdsCannotBeSquatted(address other, bytes calldata pers) public {
        vm.assume(other != ALICE);
        vm.prank(other);
        IdentityId theirs = registry.createIdentity(permitter, pers);
        ok(IdentityId.unwrap(theirs) != IdentityId.unwrap(id), "other id");
        (address registrant,) = registry.getRegistrant(theirs);
        eq(registrant, other);
    }

    function testIdsAreUsedOnce() public {
        bytes memory refusal = abi.encodeWithSelector(IIdentityRegistry.IdentityExists.selector, id);
        vm.prank(ALICE);
        vm.expectRevert(refusal);
        registry.createIdentity(permitter, "one");
        vm.prank(ALICE);
        registry.destroyIdentity(id);
        vm.prank(ALICE);
        vm.expectRevert(refusal);
        registry.createIdentity(permitter, "one");
    }

    function testPermittersMustSayThatTheyAre() public {
        vm.expectRevert(IIdentityRegistry.InterfaceUnsupported.selector);
        registry.createIdentity(address(registry), "");
        vm.expectRevert(IIdentityRegistry.InterfaceUnsupported.selector);
        registry.createIdentity(ALICE, "");
        vm.prank(ALICE);
        vm.expectRevert(IIdentityRegistry.InterfaceUnsupported.selector);
        registry.setPermitter(id, address(0));
    }

    function testFuzzOnlyThePermitterGrants(address other) public {
        vm.assume(other != permitter);
        expectUnauthorized(other);
        registry.grantIdentity(id, HOLDER, type(uint64).max);
    }

    function testFuzzOnlyPermitterAndRegistrantRevoke(address other) public {
        vm.assume(other != permitter && other != ALICE);
        grant(type(uint64).max);
        expectUnauthorized(other);
        registry.revokeIdentity(id, HOLDER);
        vm.prank(ALICE);
        registry.revokeIdentity(id, HOLDER);
        eq(expiryOf(HOLDER), 0);
        eq(registry.permitChangedAt(HOLDER, id), 1000);
    }

    function testFuzzOnlyTheRegistrantGoverns(address other) public {
        vm.assume(other != ALICE && other != address(0)); // nobody sends from zero
        expectUnauthorized(other);
        registry.destroyIdentity(id);
        expectUnauthorized(other);
        registry.setPermitter(id, permitter);
        expectUnauthorized(other);
        registry.proposeRegistrationTransfer(id, other);
        expectUnauthorized(other);
        registry.acceptRegistrationTransfer(id);
    }

    function testFuzzGrantsAreReadBack(uint64 expiry, uint64 number) public {
        vm.assume(expiry > block.timestamp && number > 0);
        vm.roll(number);
        grant(expiry);
        eq(expiryOf(HOLDER), expiry);
        eq(registry.permitChangedAt(HOLDER, id), number);
        eq(expiryOf(ALICE), 0);
    }

    /// D1: durations are not mistaken for times.
    function testFuzzExpiriesLieInTheFuture(uint64 expiry) public {
        expiry = uint64(expiry % (block.timestamp + 1));
        vm.prank(permitter);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.ExpiryInPast.selector, expiry));
        registry.grantIdentity(id, HOLDER, expiry);
    }

    function testAnotherPermitterMeansNoPermits() public {
        grant(type(uint64).max);
        address next = address(new AnyPermitter());
        vm.prank(ALICE);
        registry.setPermitter(id, next);
        eq(expiryOf(HOLDER), 0);
        expectUnauthorized(permitter);
        registry.grantIdentity(id, HOLDER, type(uint64).max);
        vm.prank(ALICE);
        registry.setPermitter(id, permitter); // and back: the old permits stay dead
        eq(expiryOf(HOLDER), 0);
        grant(2_000_000);
        eq(expiryOf(HOLDER), 2_000_000);
    }

    function testDestroyedMeansNothingIsLeft() public {
        grant(type(uint64).max);
        vm.prank(ALICE);
        registry.destroyIdentity(id);
        eq(expiryOf(HOLDER), 0);
        eq(address(registry.getPermitter(id)), address(0));
        (address registrant, address proposed) = registry.getRegistrant(id);
        eq(registrant, address(0));
        eq(proposed, address(0));
        expectUnauthorized(permitter);
        registry.grantIdentity(id, HOLDER, type(uint64).max);
        expectUnauthorized(ALICE);
        registry.setPermitter(id, permitter);
    }

    /// Nobody is the permitter or registrant of what is not there, not even the zero address.
    function testFuzzNothingGovernsNothing(bytes32 unknown) public {
        vm.assume(unknown != IdentityId.unwrap(id));
        IdentityId none = IdentityId.wrap(unknown);
        expectUnauthorized(permitter);
        registry.grantIdentity(none, HOLDER, type(uint64).max);
        expectUnauthorized(ALICE);
        registry.destroyIdentity(none);
    }

    function testRegistrationIsHandedOver() public {
        vm.prank(ALICE);
        registry.proposeRegistrationTransfer(id, HOLDER);
        expectUnauthorized(address(this));
        registry.acceptRegistrationTransfer(id);
        vm.prank(HOLDER);
        registry.acceptRegistrationTransfer(id);
        (address registrant, address proposed) = registry.getRegistrant(id);
        eq(registrant, HOLDER);
        eq(proposed, address(0));
        expectUnauthorized(ALICE);
        registry.destroyIdentity(id);
    }
}
