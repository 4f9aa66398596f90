// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {ITokenVote} from "../../src/interfaces/ITokenVote.sol";
import {AllOf} from "../../src/permitters/AllOf.sol";
import {TokenVote} from "../../src/permitters/TokenVote.sol";
import {CombinatorFixture} from "./CombinatorFixture.sol";

/// A token with a memory. Anyone can have as much of it as they like: a lender of unbounded means.
contract VoteToken {
    struct Checkpoint {
        uint256 since;
        uint256 votes;
    }

    mapping(address account => Checkpoint[]) private _history;

    function clock() public view returns (uint48) {
        return uint48(block.number);
    }

    function getPastVotes(address account, uint256 timepoint) external view returns (uint256 votes) {
        require(timepoint < clock(), "future lookup");
        Checkpoint[] storage history = _history[account];
        for (uint256 i = 0; i < history.length && history[i].since <= timepoint; ++i) {
            votes = history[i].votes;
        }
    }

    function getVotes(address account) public view returns (uint256) {
        uint256 length = _history[account].length;
        return length == 0 ? 0 : _history[account][length - 1].votes;
    }

    function mint(address to, uint256 amount) public {
        _history[to].push(Checkpoint(block.number, getVotes(to) + amount));
    }

    function burn(address from, uint256 amount) public {
        _history[from].push(Checkpoint(block.number, getVotes(from) - amount));
    }

    function transfer(address to, uint256 amount) external {
        burn(msg.sender, amount);
        mint(to, amount);
    }
}

contract TokenVoteTest is CombinatorFixture {
    uint64 private constant PERIOD = 3 days;
    uint64 private constant DURATION = 1000;
    uint256 private constant QUORUM = 100;
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);

    VoteToken private token = new VoteToken();
    TokenVote private permitter;

    function setUp() public {
        permitter = new TokenVote(address(registry));
        create(address(permitter));
        permitter.setVoteRule(id, IERC5805(address(token)), PERIOD, QUORUM);
        token.mint(ALICE, 100);
        token.mint(BOB, 99);
        vm.roll(1010);
    }

    /* RULES */

    function testFuzzOnlyTheRegistrantSetsTheRule(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.setVoteRule(id, IERC5805(address(token)), 1, 1);
    }

    function testUnfitRules() public {
        IERC5805 votes = IERC5805(address(token));
        vm.expectRevert(ITokenVote.VoteRuleUnfit.selector);
        permitter.setVoteRule(id, IERC5805(address(0)), 1, 1);
        vm.expectRevert(ITokenVote.VoteRuleUnfit.selector);
        permitter.setVoteRule(id, votes, 0, 1);
        vm.expectRevert(ITokenVote.VoteRuleUnfit.selector);
        permitter.setVoteRule(id, votes, 365 days + 1, 1);
        vm.expectRevert(ITokenVote.VoteRuleUnfit.selector);
        permitter.setVoteRule(id, votes, 1, 0);
        (IERC5805 named, uint64 period, uint256 quorum) = permitter.voteRuleOf(id);
        ok(address(named) == address(token) && period == PERIOD && quorum == QUORUM, "rule");
    }

    function testChangesWaitAndVoidBallots() public {
        registry.setDelay(id, 1);
        permitter.setVoteRule(id, IERC5805(address(token)), 1, 1);
        (, uint64 period,) = permitter.voteRuleOf(id);
        eq(period, PERIOD);
        open();
        cast(ALICE, true);
        vm.warp(START + 1 hours);
        permitter.setVoteRule(id, IERC5805(address(token)), 1, 1);
        vm.warp(START + PERIOD);
        expectRefused();
        eq(permitter.ballotOf(id, REQUESTER, DURATION).yes, 0);
    }

    /* BALLOTS */

    function testAMajorityGrants() public {
        open();
        cast(ALICE, true);
        cast(BOB, false);
        expectRefused();
        vm.warp(START + PERIOD);
        nextBlock();
        eq(ask(address(permitter), DURATION), START + PERIOD + DURATION);
        eq(expiry(), START + PERIOD + DURATION);
        nextBlock();
        expectRefused();
    }

    /// The model: at least the quorum in favour, and more than against; after the period, for a fortnight.
    function testFuzzPassesAsTheModelSays(uint128 yes, uint128 no, uint64 later) public {
        (address carol, address dave) = (address(0xca401), address(0xda7e));
        token.mint(carol, yes);
        token.mint(dave, no);
        vm.roll(1020);
        open();
        if (yes > 0) cast(carol, true);
        if (no > 0) cast(dave, false);
        uint64 time = START + later % 30 days;
        vm.warp(time);
        nextBlock();
        bool passes = yes >= QUORUM && yes > no && time >= START + PERIOD && time <= START + PERIOD + 14 days;
        if (passes) eq(ask(address(permitter), DURATION), time + DURATION);
        else expectRefused();
    }

    function testBallotsAreOnJustOnePermit() public {
        open();
        cast(ALICE, true);
        vm.warp(START + PERIOD);
        nextBlock();
        vm.expectRevert(IPermitter.Unauthorized.selector);
        ask(address(permitter), DURATION + 1);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.acquireIdentity(id, STRANGER, DURATION, "", "");
    }

    function testNobodyVotesTwice() public {
        open();
        cast(ALICE, true);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ITokenVote.VotedAlready.selector, ALICE));
        permitter.vote(id, REQUESTER, DURATION, true);
    }

    /// Votes that moved on after the snapshot stay with whom they were.
    function testTokensDoNotVoteTwice() public {
        open();
        cast(ALICE, true);
        vm.prank(ALICE);
        token.transfer(STRANGER, 100);
        nextBlock();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ITokenVote.VotesMissing.selector, STRANGER));
        permitter.vote(id, REQUESTER, DURATION, true);
    }

    /// Borrowed in a block, whether the ballot is opened in it or before, votes weigh nothing.
    function testFuzzLoansWeighNothing(uint96 amount, bool openedBefore) public {
        vm.assume(amount > 0);
        if (openedBefore) {
            open();
            nextBlock();
        }
        token.mint(STRANGER, amount);
        if (!openedBefore) open();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ITokenVote.VotesMissing.selector, STRANGER));
        permitter.vote(id, REQUESTER, DURATION, true);
        token.burn(STRANGER, amount);
        nextBlock();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ITokenVote.VotesMissing.selector, STRANGER));
        permitter.vote(id, REQUESTER, DURATION, true);
    }

    function testVotingEnds() public {
        vm.prank(ALICE);
        vm.expectRevert(ITokenVote.BallotClosed.selector);
        permitter.vote(id, REQUESTER, DURATION, true);
        open();
        vm.warp(START + PERIOD);
        vm.prank(ALICE);
        vm.expectRevert(ITokenVote.BallotClosed.selector);
        permitter.vote(id, REQUESTER, DURATION, true);
    }

    /// Nobody can open a ballot anew to be rid of its votes.
    function testBallotsAreOpenedAnewOnlyWhenDone() public {
        open();
        expectPending();
        cast(ALICE, true);
        vm.warp(START + PERIOD);
        nextBlock();
        expectPending();
        vm.warp(START + PERIOD + 14 days);
        expectPending();
        vm.warp(START + PERIOD + 14 days + 1);
        open();
        eq(permitter.ballotOf(id, REQUESTER, DURATION).yes, 0);
        cast(ALICE, true);
    }

    function testLostBallotsCanBeOpenedAnew() public {
        open();
        cast(BOB, true);
        vm.warp(START + PERIOD);
        nextBlock();
        expectRefused();
        open();
        cast(ALICE, true);
        vm.warp(START + 2 * PERIOD);
        nextBlock();
        ask(address(permitter), DURATION);
    }

    function testFuzzBallotsDoNotOutliveRevocations(uint8 how) public {
        open();
        cast(ALICE, true);
        vm.warp(START + PERIOD);
        nextBlock();
        if (how % 2 == 0) registry.revokeIdentity(id, REQUESTER);
        else registry.revokeAllPermits(id);
        expectRefused();
        nextBlock();
        expectRefused();
        open();
        eq(permitter.ballotOf(id, REQUESTER, DURATION).yes, 0);
    }

    /// A stranger who brings a ballot where it does not suffice spends nothing.
    function testBallotsStayUntilThereIsAPermit() public {
        AllOf all = new AllOf(address(registry));
        permitter = new TokenVote(address(all));
        registry.setPermitter(id, address(all));
        address[] memory subs = subsOf(address(all), 2);
        subs[0] = address(permitter);
        sort(subs);
        all.setSubPermitters(id, subs);
        permitter.setVoteRule(id, IERC5805(address(token)), PERIOD, QUORUM);
        nextBlock();
        open();
        cast(ALICE, true);
        vm.warp(START + PERIOD);
        nextBlock();
        vm.prank(STRANGER);
        eq(ask(address(permitter), DURATION), 0);
        vm.warp(START + PERIOD + 10 days); // its vote has lapsed
        nextBlock();
        eq(ask(address(permitter), DURATION), 0);
        eq(ask(subs[0] == address(permitter) ? subs[1] : subs[0], DURATION), START + PERIOD + 10 days + DURATION);
        expectRefused();
        nextBlock();
        expectRefused();
    }

    /// Nobody is made to vote for nothing.
    function testVoidBallotsTakeNoVotes() public {
        open();
        nextBlock();
        registry.revokeIdentity(id, REQUESTER);
        vm.prank(ALICE);
        vm.expectRevert(ITokenVote.BallotClosed.selector);
        permitter.vote(id, REQUESTER, DURATION, true);
    }

    /// Opened anew with the same snapshot, a ballot is another.
    function testBallotsAreCounted() public {
        permitter.setVoteRule(id, IERC5805(address(token)), 1, QUORUM);
        open();
        cast(ALICE, false);
        vm.warp(START + 1);
        open();
        eq(permitter.ballotOf(id, REQUESTER, DURATION).number, 2);
        cast(ALICE, true);
        eq(permitter.ballotOf(id, REQUESTER, DURATION).yes, 100);
    }

    function testWithoutARuleThereIsNoBallot() public {
        IdentityId other = registry.createIdentity(address(permitter), "other");
        vm.expectRevert(ITokenVote.VoteRuleUnfit.selector);
        permitter.open(other, REQUESTER, DURATION);
        vm.expectRevert(ITokenVote.VoteRuleUnfit.selector);
        permitter.open(id, REQUESTER, 0);
    }

    function testFuzzOnlyThePossessorReleases(address other) public {
        vm.assume(other != REQUESTER);
        testAMajorityGrants();
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        permitter.releaseIdentity(id, REQUESTER, "", "");
        vm.prank(REQUESTER);
        permitter.releaseIdentity(id, REQUESTER, "", "");
        eq(expiry(), 0);
    }

    /* HELPERS */

    function open() private {
        permitter.open(id, REQUESTER, DURATION);
    }

    function cast(address voter, bool yes) private {
        vm.prank(voter);
        permitter.vote(id, REQUESTER, DURATION, yes);
    }

    function expectPending() private {
        vm.expectRevert(ITokenVote.BallotPending.selector);
        permitter.open(id, REQUESTER, DURATION);
    }

    function expectRefused() private {
        vm.expectRevert(IPermitter.Unauthorized.selector);
        ask(address(permitter), DURATION);
    }
}
