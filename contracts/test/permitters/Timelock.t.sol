// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {ITimelock} from "../../src/interfaces/ITimelock.sol";
import {AnyOf} from "../../src/permitters/AnyOf.sol";
import {Timelock} from "../../src/permitters/Timelock.sol";
import {CombinatorFixture, Sub} from "./CombinatorFixture.sol";

contract TimelockTest is CombinatorFixture {
    uint64 private constant DELAY = 1 days;

    Timelock private timelock;
    address private sub;

    function setUp() public {
        timelock = new Timelock(address(registry));
        create(address(timelock));
        sub = address(new Sub(address(timelock)));
        timelock.setTimelock(id, sub, DELAY);
    }

    /* RULES */

    function testFuzzOnlyTheRegistrantNamesIt(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        timelock.setTimelock(id, sub, 1);
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        timelock.veto(id, REQUESTER);
    }

    function testUnfitRules() public {
        address foreign = address(new Sub(address(this)));
        vm.expectRevert(ITimelock.TimelockUnfit.selector);
        timelock.setTimelock(id, sub, 0);
        vm.expectRevert(ITimelock.TimelockUnfit.selector);
        timelock.setTimelock(id, sub, 365 days + 1);
        vm.expectRevert(ITimelock.TimelockUnfit.selector);
        timelock.setTimelock(id, foreign, 1);
        (address named, uint64 delay) = timelock.timelockOf(id);
        eq(named, sub);
        eq(delay, DELAY);
    }

    function testChangesWait() public {
        registry.setDelay(id, 2);
        address other = address(new Sub(address(timelock)));
        timelock.setTimelock(id, other, 1);
        (address named,) = timelock.timelockOf(id);
        eq(named, sub);
        vm.warp(START + 2 hours);
        timelock.setTimelock(id, other, 1);
        (named,) = timelock.timelockOf(id);
        eq(named, other);
    }

    /* REQUESTS */

    function testFuzzStrangersAnnounceNothing(address other) public {
        vm.assume(other != sub);
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        timelock.acquireIdentity(id, REQUESTER, 100, "", "");
    }

    function testNothingIsNoRequest() public {
        vm.expectRevert(IPermitter.Unauthorized.selector);
        ask(sub, 0);
    }

    /// Neither before its time nor after its fortnight; and for no longer than both calls say.
    function testFuzzTwoCalls(uint32 first, uint32 second, uint32 later) public {
        vm.assume(first > 0 && second > 0);
        eq(ask(sub, first), 0);
        eq(expiry(), 0);
        (uint64 duration, uint64 readyAt) = timelock.requestOf(id, REQUESTER);
        eq(duration, first);
        eq(readyAt, START + DELAY);

        uint64 time = START + later % 20 days;
        vm.warp(time);
        nextBlock();
        bool lapsed = time > START + DELAY + 14 days;
        if (time < START + DELAY) {
            vm.expectRevert(abi.encodeWithSelector(ITimelock.RequestNotReady.selector, START + DELAY));
            ask(sub, second);
        } else {
            uint64 want = first < second ? first : second;
            eq(ask(sub, second), lapsed ? 0 : time + want);
            eq(expiry(), lapsed ? 0 : time + want);
        }
    }

    function testARequestServesOnce() public {
        ask(sub, 100);
        vm.warp(START + DELAY);
        nextBlock();
        eq(ask(sub, 100), START + DELAY + 100);
        nextBlock();
        eq(ask(sub, 100), 0);
        eq(expiry(), START + DELAY + 100);
    }

    function testTheRegistrantVetoes() public {
        vm.expectRevert(ITimelock.RequestUnknown.selector);
        timelock.veto(id, REQUESTER);
        ask(sub, 100);
        vm.warp(START + DELAY);
        nextBlock();
        timelock.veto(id, REQUESTER);
        eq(ask(sub, 100), 0);
        eq(expiry(), 0);
    }

    function testFuzzRequestsDoNotOutliveChanges(uint8 how) public {
        ask(sub, 100);
        nextBlock();
        if (how % 4 == 0) registry.revokeIdentity(id, REQUESTER);
        if (how % 4 == 1) registry.revokeAllPermits(id);
        if (how % 4 == 2) timelock.setTimelock(id, sub, DELAY);
        if (how % 4 == 3) {
            registry.setPermitter(id, address(new Timelock(address(registry))));
            registry.setPermitter(id, address(timelock));
        }
        vm.warp(START + DELAY);
        nextBlock();
        eq(ask(sub, 100), 0);
        eq(expiry(), 0);
    }

    /// Any of (a, b), later: what an upstream did not grant yet is not granted, and used the votes up.
    function testBehindAQuorum() public {
        AnyOf any = new AnyOf(address(timelock));
        address[] memory subs = subsOf(address(any), 2);
        any.setSubPermitters(id, subs);
        timelock.setTimelock(id, address(any), DELAY);
        nextBlock();
        eq(ask(subs[0], 100), 0);
        vm.expectRevert(abi.encodeWithSelector(ITimelock.RequestNotReady.selector, START + DELAY));
        ask(subs[1], 100);
        vm.warp(START + DELAY);
        nextBlock();
        eq(any.voteOf(id, REQUESTER, subs[0]), 0);
        eq(ask(subs[1], 100), START + DELAY + 100);
    }

    function testFuzzOnlyThePossessorReleases(address other) public {
        vm.assume(other != REQUESTER);
        ask(sub, 100);
        vm.warp(START + DELAY);
        nextBlock();
        ask(sub, 100);
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        timelock.releaseIdentity(id, REQUESTER, "", "");
        vm.prank(REQUESTER);
        timelock.releaseIdentity(id, REQUESTER, "", "");
        eq(expiry(), 0);
    }
}
