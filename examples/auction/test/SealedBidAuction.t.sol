// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SealedInputs} from "@escrin/contracts/src/client/SealedInputs.sol";
import {TaskClient} from "@escrin/contracts/src/client/TaskClient.sol";
import {ITaskLifecycle} from "@escrin/contracts/src/interfaces/ITaskHub.sol";

import {ExampleTest} from "../../test/ExampleTest.sol";
import {SealedBidAuction} from "../contracts/SealedBidAuction.sol";

contract SealedBidAuctionTest is ExampleTest {
    uint256 private constant DEPOSIT = 10 ether;
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);
    address private constant SELLER = address(0x5e11e6);

    uint64 private ends = uint64(block.timestamp + 1 hours);
    uint64 private deadline = uint64(block.timestamp + 2 hours);
    SealedBidAuction private auction;

    function setUp() public {
        vm.prank(SELLER);
        auction = new SealedBidAuction(hub, identity, policy, DEPOSIT, ends, deadline);
    }

    /* REFUSED */

    function testOneBidForEachAccountWithTheDepositInTime() public {
        bid(ALICE);
        refuses(ALICE, DEPOSIT, SealedInputs.InputUnfit.selector);
        refuses(BOB, DEPOSIT - 1, SealedBidAuction.DepositUnfit.selector);
        vm.warp(ends);
        refuses(BOB, DEPOSIT, SealedBidAuction.AuctionNotThere.selector);
    }

    function testOnlyTheSellerClosesAndAfterTheBidding() public {
        bid(ALICE);
        address[] memory bidders = list(ALICE);
        vm.expectRevert(SealedBidAuction.Unauthorized.selector);
        auction.close(bidders, resultKey, groupKey);
        vm.prank(SELLER);
        vm.expectRevert(SealedBidAuction.AuctionNotThere.selector);
        auction.close(bidders, resultKey, groupKey);
    }

    function testNoBidIsLeftOutOrCountedTwiceOrInvented() public {
        bid(ALICE);
        bid(BOB);
        vm.warp(ends);
        address[][4] memory wrong = [list(ALICE), list(ALICE, BOB), list(BOB, BOB), list(SELLER, ALICE)];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.prank(SELLER);
            vm.expectRevert(SealedInputs.AccountsUnfit.selector);
            auction.close(wrong[i], resultKey, groupKey);
        }
    }

    function testNobodySettlesTwiceOrWithoutTheHub() public {
        uint256 task = closed();
        ITaskLifecycle.TaskResult[] memory results = resultsOf(word(ALICE, 1 ether));
        ITaskLifecycle.Terms memory terms = enclave.termsOf(task);
        vm.expectRevert(abi.encodeWithSelector(TaskClient.ResultsUnexpected.selector, task));
        auction.onTaskResults(task, terms, results);
        vm.expectRevert(abi.encodeWithSelector(TaskClient.ResultsUnexpected.selector, task));
        auction.deliverResults(task, results);

        enclave.permit(identity);
        enclave.claim(task);
        enclave.report(task, results);
        ok(auction.settled(), "settled");
        vm.expectRevert(abi.encodeWithSelector(TaskClient.ResultsUnexpected.selector, task));
        auction.deliverResults(task, results);
    }

    function testNobodyWithdrawsBeforeTheEndOrTwice() public {
        uint256 task = closed();
        vm.prank(ALICE);
        vm.expectRevert(SealedBidAuction.AuctionNotThere.selector);
        auction.withdraw();
        enclave.run(task, 0, word(ALICE, 1 ether));
        eq(withdrawn(ALICE), 9 ether);
        eq(withdrawn(ALICE), 0);
    }

    /* SETTLED */

    function testFuzzTheWinnerPaysThePriceAndAllElseGoesBack(uint96 price) public {
        uint256 task = closed();
        enclave.run(task, 0, word(BOB, price));
        uint256 paid = price < DEPOSIT ? price : DEPOSIT;
        eq(auction.winner(), BOB);
        eq(withdrawn(ALICE), DEPOSIT);
        eq(withdrawn(BOB), DEPOSIT - paid);
        eq(withdrawn(SELLER), paid);
        eq(address(auction).balance, 0);
    }

    function testFuzzWithoutAWinnerEverythingGoesBack(uint32 exitStatus, bytes32 publicOutput) public {
        exitStatus = exitStatus % 258;
        address named = address(bytes20(publicOutput));
        vm.assume(exitStatus != 0 || (named != ALICE && named != BOB));
        enclave.run(closed(), exitStatus, publicOutput);
        eq(auction.winner(), address(0));
        eq(withdrawn(ALICE) + withdrawn(BOB), 2 * DEPOSIT);
        eq(withdrawn(SELLER), 0);
    }

    function testEverythingGoesBackIfThereIsNoOutcomeInTime() public {
        uint256 task = closed();
        vm.warp(deadline);
        eq(withdrawn(ALICE) + withdrawn(BOB), 2 * DEPOSIT);
        hub.expire(task, enclave.termsOf(task));
        vm.prank(SELLER);
        eq(hub.withdraw(address(0)), 1 ether);
    }

    function testEverythingGoesBackIfTheSellerDisappears() public {
        bid(ALICE);
        vm.warp(deadline);
        eq(withdrawn(ALICE), DEPOSIT);
    }

    function testTheManifestIsTheSpecificationsAndTheTasks() public {
        uint256 task = closed();
        bytes memory manifest = auction.manifest(list(BOB, ALICE), resultKey, groupKey);
        eq(enclave.termsOf(task).inputDigest, sha256(manifest));
        bytes memory head = '{"version":1,"identity":"0x';
        for (uint256 i = 0; i < head.length; ++i) {
            ok(manifest[i] == head[i], "head");
        }
    }

    /* STEPS */

    function bid(address bidder) private {
        vm.deal(bidder, DEPOSIT);
        vm.prank(bidder);
        auction.bid{value: DEPOSIT}(keccak256(abi.encode(bidder)), 500);
    }

    function refuses(address bidder, uint256 value, bytes4 reason) private {
        vm.deal(bidder, value);
        vm.prank(bidder);
        vm.expectRevert(reason);
        auction.bid{value: value}("digest", 500);
    }

    function closed() private returns (uint256 task) {
        bid(ALICE);
        bid(BOB);
        vm.warp(ends);
        vm.deal(SELLER, 1 ether);
        vm.prank(SELLER);
        auction.close{value: 1 ether}(list(BOB, ALICE), resultKey, groupKey);
        vm.deal(SELLER, 0);
        return auction.taskId();
    }

    function withdrawn(address account) private returns (uint256) {
        vm.prank(account);
        return auction.withdraw();
    }

    function word(address winner, uint96 price) private pure returns (bytes32) {
        return bytes32(abi.encodePacked(winner, price));
    }
}
