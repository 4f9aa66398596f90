// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {IIdentityGovernance} from "../src/interfaces/IIdentityGovernance.sol";
import {IdentityId, IIdentityRegistry, IPermitHistory} from "../src/interfaces/IIdentityRegistry.sol";
import {IScheduled} from "../src/interfaces/IScheduled.sol";
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

    /* WHAT ESCRIN V1 KNOWS */

    function testInterfaceIds() public view {
        ok(type(IIdentityRegistry).interfaceId == 0xaefcad6e, "IIdentityRegistry");
        ok(registry.supportsInterface(0xaefcad6e), "supported");
        ok(registry.supportsInterface(type(IPermitHistory).interfaceId), "history");
        ok(registry.supportsInterface(type(IIdentityGovernance).interfaceId), "governance");
        ok(registry.supportsInterface(0x01ffc9a7), "ERC-165");
        ok(!registry.supportsInterface(0xffffffff), "ERC-165: never");
    }

    function testSelectorsOfV1() public pure {
        ok(IIdentityRegistry.createIdentity.selector == 0xfcae55b3, "createIdentity");
        ok(IIdentityRegistry.destroyIdentity.selector == 0x996d2ff3, "destroyIdentity");
        ok(IIdentityRegistry.setPermitter.selector == 0x55e5bea4, "setPermitter");
        ok(IIdentityRegistry.proposeRegistrationTransfer.selector == 0x73397a57, "proposeRegistrationTransfer");
        ok(IIdentityRegistry.acceptRegistrationTransfer.selector == 0xcf087a44, "acceptRegistrationTransfer");
        ok(IIdentityRegistry.grantIdentity.selector == 0x1c643570, "grantIdentity");
        ok(IIdentityRegistry.revokeIdentity.selector == 0xe7213fc1, "revokeIdentity");
        ok(IIdentityRegistry.getPermitter.selector == 0xb9e47a1c, "getPermitter");
        ok(IIdentityRegistry.readPermit.selector == 0xb8272883, "readPermit");
        ok(IIdentityRegistry.getRegistrant.selector == 0xd86d31b7, "getRegistrant");
        ok(IIdentityRegistry.Unauthorized.selector == 0x82b42900, "Unauthorized");
        ok(IIdentityRegistry.InterfaceUnsupported.selector == 0xbbaa55aa, "InterfaceUnsupported");
    }

    function testEventsOfV1() public pure {
        topic(IIdentityRegistry.RegistrationTransferProposed.selector, "RegistrationTransferProposed(bytes32,address)");
        topic(IIdentityRegistry.PermitterChanged.selector, "PermitterChanged(bytes32)");
        topic(IIdentityRegistry.IdentityCreated.selector, "IdentityCreated(bytes32)");
        topic(IIdentityRegistry.IdentityDestroyed.selector, "IdentityDestroyed(bytes32)");
        topic(IIdentityRegistry.IdentityGranted.selector, "IdentityGranted(bytes32,address)");
        topic(IIdentityRegistry.IdentityRevoked.selector, "IdentityRevoked(bytes32,address)");
    }

    function topic(bytes32 got, string memory signature) private pure {
        eq(got, keccak256(bytes(signature)));
    }

    /* IDENTITIES */

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
        vm.expectEmit();
        emit IIdentityGovernance.RegistrationTransferred(id, ALICE, HOLDER);
        vm.prank(HOLDER);
        registry.acceptRegistrationTransfer(id);
        (address registrant, address proposed) = registry.getRegistrant(id);
        eq(registrant, HOLDER);
        eq(proposed, address(0));
        expectUnauthorized(ALICE);
        registry.destroyIdentity(id);
    }

    function testAnOfferIsTakenBack() public {
        vm.prank(ALICE);
        registry.proposeRegistrationTransfer(id, HOLDER);
        vm.prank(ALICE);
        registry.proposeRegistrationTransfer(id, address(0));
        expectUnauthorized(HOLDER);
        registry.acceptRegistrationTransfer(id);
    }

    /* EVENTS */

    function testEventsTellExpiry() public {
        vm.expectEmit();
        emit IIdentityRegistry.IdentityGranted(id, HOLDER);
        vm.expectEmit();
        emit IIdentityGovernance.PermitGranted(id, HOLDER, 2_000_000, 0, 0);
        grant(2_000_000);
    }

    /* GRANTS ON EVIDENCE */

    function grantOn(uint64 duration, uint64 since) private returns (uint64) {
        vm.prank(permitter);
        return registry.grantOnEvidence(id, HOLDER, duration, since, "evidence", "policy");
    }

    function testFuzzEvidenceGrantsFromNowOn(uint40 duration, uint64 since) public {
        vm.assume(duration > 0);
        vm.expectEmit();
        emit IIdentityGovernance.PermitGranted(
            id, HOLDER, uint64(block.timestamp + duration), "evidence", "policy"
        );
        eq(grantOn(duration, since), block.timestamp + duration);
        eq(expiryOf(HOLDER), block.timestamp + duration);
        eq(registry.permitChangedAt(HOLDER, id), 1000);
    }

    /// No duration is granted, nor one so long that its end would be in the past.
    function testFuzzDurationsEndInTheFuture(uint64 past) public {
        past = uint64(past % (block.timestamp + 1));
        uint64 duration = 0;
        unchecked {
            duration -= past;
        }
        vm.expectRevert(
            abi.encodeWithSelector(IIdentityRegistry.ExpiryInPast.selector, uint64(block.timestamp) - past)
        );
        grantOn(duration, 999);
    }

    function testFuzzOnlyThePermitterGrantsOnEvidence(address other) public {
        vm.assume(other != permitter);
        expectUnauthorized(other);
        registry.grantOnEvidence(id, HOLDER, 60, 999, "", "");
    }

    /// Whatever changes a permit outlives the evidence from before it (CT-03: whatever its bytes are).
    function testFuzzCT03ChangesOutliveEvidence(uint256 change, uint64 since) public {
        vm.roll(2000);
        change %= 5;
        if (change == 0) grant(2_000_000);
        if (change == 1) grantOn(60, 1999);
        if (change > 1) vm.prank(ALICE);
        if (change == 2) registry.revokeIdentity(id, HOLDER);
        if (change == 3) registry.revokeAllPermits(id);
        if (change == 4) registry.setPermitter(id, permitter);
        eq(registry.permitChangedAt(HOLDER, id), 2000);

        vm.roll(2001);
        bool good = since >= 2000;
        vm.prank(permitter);
        if (!good) vm.expectRevert(abi.encodeWithSelector(IPermitHistory.PermitChanged.selector, uint64(2000)));
        registry.grantOnEvidence(id, HOLDER, 60, since, "", "");
    }

    /* REVOKING ALL */

    function testFuzzRevokingAllKillsEveryPermit(address one, address other, uint64 expiry) public {
        vm.assume(expiry > block.timestamp);
        vm.prank(permitter);
        registry.grantIdentity(id, one, expiry);
        vm.prank(permitter);
        registry.grantIdentity(id, other, expiry);
        vm.roll(1001);
        vm.expectEmit();
        emit IIdentityGovernance.AllPermitsRevoked(id);
        vm.prank(ALICE);
        registry.revokeAllPermits(id);
        eq(expiryOf(one), 0);
        eq(expiryOf(other), 0);
        eq(registry.permitChangedAt(one, id), 1001);
        eq(registry.permitChangedAt(address(~uint160(one)), id), 1001);
        grant(expiry); // life goes on
        eq(expiryOf(HOLDER), expiry);
    }

    function testFuzzOnlyTheRegistrantRevokesAll(address other) public {
        vm.assume(other != ALICE);
        expectUnauthorized(other);
        registry.revokeAllPermits(id);
    }

    function testPermitsOfOtherIdentitiesStay() public {
        IdentityId other = registry.createIdentity(permitter, "other");
        vm.prank(permitter);
        registry.grantIdentity(other, HOLDER, 2_000_000);
        vm.prank(ALICE);
        registry.revokeAllPermits(id);
        eq(registry.readPermit(HOLDER, other).expiry, 2_000_000);
        eq(registry.permitChangedAt(HOLDER, other), 1000);
    }

    /* DELAYS */

    function setDelay(uint16 delayHours) private {
        vm.prank(ALICE);
        registry.setDelay(id, delayHours);
    }

    function setPermitter(address next) private {
        vm.prank(ALICE);
        registry.setPermitter(id, next);
    }

    function testFuzzDelaysAreRaisedAtOnceAndLoweredLater(uint16 high, uint16 low) public {
        vm.assume(low < high);
        setDelay(high);
        eq(registry.delayOf(id), uint256(high) * 1 hours);
        setDelay(low);
        eq(registry.delayOf(id), uint256(high) * 1 hours);
        vm.warp(block.timestamp + uint256(high) * 1 hours);
        setDelay(low);
        eq(registry.delayOf(id), uint256(low) * 1 hours);
    }

    function testFuzzOnlyTheRegistrantSetsDelays(address other) public {
        vm.assume(other != ALICE);
        expectUnauthorized(other);
        registry.setDelay(id, 1);
        expectUnauthorized(other);
        registry.cancelChange(id, "");
    }

    /// A delayed permitter takes over after the delay, to the second, and within fourteen days.
    function testFuzzPermittersWaitForTheDelay(uint16 delayHours, uint256 wait) public {
        vm.assume(delayHours > 0);
        setDelay(delayHours);
        uint256 delay = uint256(delayHours) * 1 hours;
        wait %= delay + 30 days;
        address next = address(new AnyPermitter());
        grant(type(uint64).max);
        bytes32 change = keccak256(abi.encodeCall(IIdentityRegistry.setPermitter, (id, next)));
        uint64 readyAt = uint64(block.timestamp + delay);

        vm.expectEmit();
        emit IScheduled.ChangeScheduled(change, readyAt);
        vm.expectEmit();
        emit IIdentityGovernance.PermitterScheduled(id, next, change);
        setPermitter(next);
        eq(address(registry.getPermitter(id)), permitter);
        eq(expiryOf(HOLDER), type(uint64).max);

        vm.warp(block.timestamp + wait);
        (uint64 ready,) = registry.scheduledChange(change);
        eq(ready, wait <= delay + 14 days ? readyAt : 0);
        vm.prank(ALICE);
        if (wait < delay) {
            vm.expectRevert(abi.encodeWithSelector(IScheduled.ChangeNotReady.selector, change, readyAt));
        }
        registry.setPermitter(id, next);
        bool applied = wait >= delay && wait <= delay + 14 days;
        eq(address(registry.getPermitter(id)), applied ? next : permitter);
        eq(expiryOf(HOLDER), applied ? 0 : type(uint64).max);
    }

    /// A change is made once: it must be announced anew.
    function testChangesAreMadeOnce() public {
        setDelay(1);
        address next = address(new AnyPermitter());
        setPermitter(next);
        vm.warp(1_000_000 + 1 hours);
        setPermitter(next);
        setPermitter(permitter);
        setPermitter(next); // announced
        vm.warp(1_000_000 + 2 hours);
        setPermitter(permitter);
        eq(address(registry.getPermitter(id)), permitter);
        setPermitter(next);
        eq(address(registry.getPermitter(id)), next);
        setPermitter(permitter);
        eq(address(registry.getPermitter(id)), next);
    }

    /// What was announced under a short delay waits for a longer one that was set meanwhile.
    function testARaisedDelayHoldsBackWhatWasAnnounced() public {
        address next = address(new AnyPermitter());
        setDelay(1);
        setPermitter(next);
        setDelay(24);
        vm.warp(1_000_000 + 24 hours - 1);
        bytes32 change = keccak256(abi.encodeCall(IIdentityRegistry.setPermitter, (id, next)));
        vm.expectRevert(
            abi.encodeWithSelector(IScheduled.ChangeNotReady.selector, change, uint64(1_000_000 + 24 hours))
        );
        setPermitter(next);
        vm.warp(1_000_000 + 24 hours);
        setPermitter(next);
        eq(address(registry.getPermitter(id)), next);
    }

    /// What was announced does not outlive the delay's end: it is made at once then, and only once.
    function testWithoutADelayChangesAreImmediate() public {
        setDelay(1);
        setDelay(0);
        address next = address(new AnyPermitter());
        setPermitter(next);
        vm.warp(block.timestamp + 1 hours);
        setDelay(0);
        setPermitter(next);
        eq(address(registry.getPermitter(id)), next);
        bytes32 change = keccak256(abi.encodeCall(IIdentityRegistry.setPermitter, (id, next)));
        (uint64 ready, uint64 lapses) = registry.scheduledChange(change);
        eq(ready, 0);
        eq(lapses, 0);
    }

    function testChangesAreCancelled() public {
        setDelay(1);
        address next = address(new AnyPermitter());
        setPermitter(next);
        bytes memory call = abi.encodeCall(IIdentityRegistry.setPermitter, (id, next));
        vm.expectEmit();
        emit IScheduled.ChangeCancelled(keccak256(call));
        vm.prank(ALICE);
        registry.cancelChange(id, call);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IScheduled.ChangeUnknown.selector, keccak256(call)));
        registry.cancelChange(id, call);
        vm.warp(block.timestamp + 1 hours);
        setPermitter(next); // announced anew
        eq(address(registry.getPermitter(id)), permitter);
    }

    /// A registrant cancels changes of its own identities only.
    function testFuzzNobodyCancelsForOthers(bytes calldata call) public {
        IdentityId theirs = registry.createIdentity(permitter, "theirs");
        setDelay(1);
        setPermitter(permitter);
        vm.expectRevert(IIdentityGovernance.CallUnfit.selector);
        registry.cancelChange(theirs, abi.encodeCall(IIdentityRegistry.setPermitter, (id, permitter)));
        vm.assume(call.length < 36 || bytes32(call[4:36]) != IdentityId.unwrap(theirs));
        vm.expectRevert(IIdentityGovernance.CallUnfit.selector);
        registry.cancelChange(theirs, call);
    }

    /// What takes rights away does not wait.
    function testDelaysDoNotHoldBackRevocation() public {
        setDelay(type(uint16).max);
        grant(type(uint64).max);
        vm.prank(ALICE);
        registry.revokeAllPermits(id);
        eq(expiryOf(HOLDER), 0);
        grant(type(uint64).max);
        vm.prank(ALICE);
        registry.destroyIdentity(id);
        eq(expiryOf(HOLDER), 0);
        eq(registry.delayOf(id), 0);
    }
}
