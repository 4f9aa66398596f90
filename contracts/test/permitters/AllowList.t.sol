// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {AllOf} from "../../src/permitters/AllOf.sol";
import {AllowList} from "../../src/permitters/AllowList.sol";
import {Timelock} from "../../src/permitters/Timelock.sol";
import {CombinatorFixture} from "./CombinatorFixture.sol";

contract AllowListTest is CombinatorFixture {
    AllowList private list;

    function setUp() public {
        list = new AllowList(address(registry));
        create(address(list));
        list.setAllowance(id, REQUESTER, 1000);
    }

    function testFuzzOnlyTheRegistrantLists(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        list.setAllowance(id, other, 1);
    }

    function testFuzzOthersGetNothing(address other, uint64 duration) public {
        vm.assume(other != REQUESTER);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        list.acquireIdentity(id, other, duration, "", "");
    }

    /// Up to the allowance for the requester, and no less than it for whoever else calls: their durations do not count.
    function testFuzzGrantsTheAllowance(uint64 duration, uint32 most, address caller, bool self) public {
        vm.assume(duration > 0 && most > 0);
        list.setAllowance(id, REQUESTER, most);
        eq(list.allowanceOf(id, REQUESTER), most);
        vm.prank(self ? REQUESTER : caller);
        list.acquireIdentity(id, REQUESTER, duration, "", "");
        bool counts = (self || caller == REQUESTER) && duration < most;
        eq(expiry(), START + (counts ? duration : most));
    }

    /// A live permit is not made shorter, not even by its holder, unless it is given up first.
    function testLivePermitsAreNotShortened() public {
        ask(address(list), 1000);
        vm.prank(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(IPermitter.PermitLonger.selector, START + 1000));
        list.acquireIdentity(id, REQUESTER, 999, "", "");
        vm.prank(STRANGER);
        ask(address(list), 1);
        eq(expiry(), START + 1000);
        vm.prank(REQUESTER);
        list.releaseIdentity(id, REQUESTER, "", "");
        vm.prank(REQUESTER);
        list.acquireIdentity(id, REQUESTER, 1, "", "");
        eq(expiry(), START + 1);
    }

    /// A lapsed permit is in nobody's way.
    function testFuzzLapsedPermitsAreReplaced(uint64 duration) public {
        ask(address(list), 1000);
        vm.warp(START + 1000);
        duration = 1 + duration % 1000;
        vm.prank(REQUESTER);
        list.acquireIdentity(id, REQUESTER, duration, "", "");
        eq(expiry(), START + 1000 + duration);
    }

    /// A stranger cannot have a request announced that is shorter than the requester's.
    function testStrangersDoNotShortenRequests() public {
        Timelock timelock = new Timelock(address(registry));
        AllowList other = new AllowList(address(timelock));
        registry.setPermitter(id, address(timelock));
        other.setAllowance(id, REQUESTER, 1000);
        timelock.setTimelock(id, address(other), 1 days);
        nextBlock();
        vm.prank(STRANGER);
        ask(address(other), 1);
        nextBlock();
        vm.warp(START + 1 days);
        vm.prank(REQUESTER);
        other.acquireIdentity(id, REQUESTER, 1000, "", "");
        eq(expiry(), START + 1 days + 1000);
    }

    /// Nor a vote, nor what is gathered.
    function testFuzzStrangersDoNotShortenVotes(uint64 duration, bool gathers) public {
        AllOf all = new AllOf(address(registry));
        AllowList other = new AllowList(address(all));
        registry.setPermitter(id, address(all));
        address[] memory subs = new address[](2);
        (subs[0], subs[1]) = (address(other), address(new AllowList(address(all))));
        other.setAllowance(id, REQUESTER, 1000);
        AllowList(subs[1]).setAllowance(id, REQUESTER, 2000);
        sort(subs);
        all.setSubPermitters(id, subs);
        nextBlock();
        duration = 1 + duration % 2000;
        bytes memory none = abi.encode(new bytes[](2));
        for (uint256 i = 0; i < (gathers ? 1 : 2); ++i) {
            vm.prank(STRANGER);
            IPermitter(gathers ? address(all) : subs[i]).acquireIdentity(id, REQUESTER, duration, none, none);
        }
        eq(expiry(), START + 1000);
    }

    function testNothingIsRefused() public {
        vm.expectRevert(IPermitter.Unauthorized.selector);
        ask(address(list), 0);
    }

    function testListingWaitsAndStrikingOffDoesNot() public {
        registry.setDelay(id, 1);
        list.setAllowance(id, STRANGER, 500);
        eq(list.allowanceOf(id, STRANGER), 0);
        vm.warp(START + 1 hours);
        list.setAllowance(id, STRANGER, 500);
        eq(list.allowanceOf(id, STRANGER), 500);
        ask(address(list), 1000);
        list.setAllowance(id, REQUESTER, 0);
        eq(list.allowanceOf(id, REQUESTER), 0);
        eq(expiry(), 0);
    }

    /// Struck off a list that is not the identity's permitter, one keeps what the permitter granted.
    function testStrikingOffBehindAnother() public {
        AllOf all = new AllOf(address(registry));
        AllowList other = new AllowList(address(all));
        registry.setPermitter(id, address(all));
        address[] memory subs = new address[](1);
        subs[0] = address(other);
        all.setSubPermitters(id, subs);
        other.setAllowance(id, REQUESTER, 1000);
        nextBlock();
        ask(address(other), 1000);
        eq(expiry(), START + 1000);
        other.setAllowance(id, REQUESTER, 0);
        eq(expiry(), START + 1000);
        nextBlock();
        vm.expectRevert(IPermitter.Unauthorized.selector);
        ask(address(other), 1000);
    }

    function testFuzzOnlyThePossessorReleases(address other) public {
        vm.assume(other != REQUESTER);
        ask(address(list), 1000);
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        list.releaseIdentity(id, REQUESTER, "", "");
        vm.prank(REQUESTER);
        list.releaseIdentity(id, REQUESTER, "", "");
        eq(expiry(), 0);
    }
}
