// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {AllOf} from "../../src/permitters/AllOf.sol";
import {AllowList} from "../../src/permitters/AllowList.sol";
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

    function testFuzzGrantsUpToTheAllowance(uint64 duration, uint32 most, address caller) public {
        vm.assume(duration > 0 && most > 0);
        list.setAllowance(id, REQUESTER, most);
        eq(list.allowanceOf(id, REQUESTER), most);
        vm.prank(caller);
        list.acquireIdentity(id, REQUESTER, duration, "", "");
        eq(expiry(), START + (duration < most ? duration : most));
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
