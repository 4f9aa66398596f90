// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SealedInputs} from "@escrin/contracts/src/client/SealedInputs.sol";

import {ExampleTest} from "../../test/ExampleTest.sol";
import {PrivateBallot} from "../contracts/PrivateBallot.sol";

contract PrivateBallotTest is ExampleTest {
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);
    address private constant ORGANIZER = address(0x06a);
    address private constant STRANGER = address(0x57a);

    uint64 private ends = uint64(block.timestamp + 1 hours);
    uint64 private deadline = uint64(block.timestamp + 2 hours);
    PrivateBallot private ballot;

    function setUp() public {
        (bytes32 a, bytes32 b) = (leaf(ALICE), leaf(BOB));
        bytes32 electorate = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        vm.prank(ORGANIZER);
        ballot = new PrivateBallot(hub, identity, policy, electorate, ends, deadline);
    }

    /* REFUSED */

    function testStrangersDoNotVote() public {
        vm.prank(STRANGER);
        vm.expectRevert(PrivateBallot.NotEligible.selector);
        ballot.cast("digest", 500, proofOf(ALICE));
    }

    function testNobodyVotesTwiceOrWithAnEmptyBallotOrLate() public {
        vm.prank(ALICE);
        vm.expectRevert(SealedInputs.InputUnfit.selector);
        ballot.cast("digest", 0, proofOf(ALICE));
        vote(ALICE);
        vm.prank(ALICE);
        vm.expectRevert(SealedInputs.InputUnfit.selector);
        ballot.cast("digest", 500, proofOf(ALICE));
        vm.warp(ends);
        vm.prank(BOB);
        vm.expectRevert(PrivateBallot.BallotNotThere.selector);
        ballot.cast("digest", 500, proofOf(BOB));
    }

    function testOnlyTheOrganizerClosesOnceAndAfterTheVoting() public {
        vote(ALICE);
        vm.expectRevert(PrivateBallot.Unauthorized.selector);
        ballot.close(list(ALICE), resultKey, groupKey);
        vm.prank(ORGANIZER);
        vm.expectRevert(PrivateBallot.BallotNotThere.selector);
        ballot.close(list(ALICE), resultKey, groupKey);
    }

    /* COUNTED */

    function testTheTallyIsThatOfTheEnclave() public {
        // ballot.py's word for two votes for the first choice and one for the second
        enclave.run(closed(), 0, bytes32(hex"000200020001"));
        eq(uint256(ballot.outcome()), uint256(PrivateBallot.Outcome.Decided));
        eq(ballot.votesFor(1), 2);
        eq(ballot.votesFor(2), 1);
        eq(ballot.votesFor(15) + ballot.votesFor(0) + ballot.votesFor(16), 0);
    }

    function testFuzzWithoutAQuorumNothingIsTold(uint240 counts) public {
        enclave.run(closed(), 0, bytes32(uint256(1) << 240 | counts));
        eq(uint256(ballot.outcome()), uint256(PrivateBallot.Outcome.QuorumMissed));
        eq(ballot.tally(), 0);
    }

    function testFuzzWhateverElseTheEnclaveSaysIsAFailure(uint32 exitStatus, bytes32 publicOutput) public {
        exitStatus = exitStatus % 258;
        uint256 quorum = uint256(publicOutput) >> 240;
        vm.assume(exitStatus != 0 || quorum == 0 || quorum > 2);
        enclave.run(closed(), exitStatus, publicOutput);
        eq(uint256(ballot.outcome()), uint256(PrivateBallot.Outcome.Failed));
        eq(ballot.tally(), 0);
    }

    /* STEPS */

    function vote(address voter) private {
        vm.prank(voter);
        ballot.cast(keccak256(abi.encode(voter)), 500, proofOf(voter));
    }

    function closed() private returns (uint256 task) {
        vote(ALICE);
        vote(BOB);
        vm.warp(ends);
        vm.prank(ORGANIZER);
        ballot.close(list(BOB, ALICE), resultKey, groupKey);
        return ballot.taskId();
    }

    function proofOf(address voter) private pure returns (bytes32[] memory proof) {
        proof = new bytes32[](1);
        proof[0] = leaf(voter == ALICE ? BOB : ALICE);
    }

    function leaf(address voter) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(voter))));
    }
}
