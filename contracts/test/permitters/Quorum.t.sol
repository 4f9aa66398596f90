// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityRegistry, IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ICombinator} from "../../src/interfaces/ICombinator.sol";
import {IPermitter} from "../../src/interfaces/IPermitter.sol";
import {IQuorum} from "../../src/interfaces/IQuorum.sol";
import {IScheduled} from "../../src/interfaces/IScheduled.sol";
import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {AllOf} from "../../src/permitters/AllOf.sol";
import {AnyOf} from "../../src/permitters/AnyOf.sol";
import {KOfN} from "../../src/permitters/KOfN.sol";
import {CombinatorFixture, Mood, Sub} from "./CombinatorFixture.sol";

contract QuorumTest is CombinatorFixture {
    KOfN private quorum;
    address[] private subs;

    function setUp() public {
        quorum = new KOfN(address(registry));
        create(address(quorum));
        subs = subsOf(address(quorum), 3);
        quorum.setSubPermitters(id, subs, 2);
    }

    /* RULES */

    function testFuzzOnlyTheRegistrantNamesSubPermitters(address other) public {
        vm.assume(other != address(this));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        quorum.setSubPermitters(id, subs, 2);
    }

    function testUnfitRules() public {
        expectUnfit(subs, 0);
        expectUnfit(subs, 4);
        expectUnfit(new address[](0), 0);
        expectUnfit(subsOf(address(quorum), 17), 1);
        expectUnfit(subsOf(address(this), 1), 1);
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (subs[0], subs[0]);
        expectUnfit(twice, 1);
        (twice[0], twice[1]) = (subs[1], subs[0]);
        expectUnfit(twice, 1);
        quorum.setSubPermitters(id, subsOf(address(quorum), 16), 16);
    }

    function testTheRuleCanBeRead() public view {
        (uint256 needed, address[] memory named) = quorum.subPermittersOf(id);
        eq(needed, 2);
        eq(abi.encode(named), abi.encode(subs));
    }

    function testAnIdentityWithoutARuleGrantsNothing() public {
        IdentityId other = registry.createIdentity(address(quorum), "other");
        nextBlock();
        bytes memory none = abi.encode(new bytes[](0));
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        quorum.acquireIdentity(other, REQUESTER, 100, none, none);
        vm.prank(subs[0]);
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        quorum.acquireIdentity(other, REQUESTER, 100, none, none);
    }

    function testChangesWaitAndCanBeTakenBack() public {
        registry.setDelay(id, 1);
        address[] memory others = subsOf(address(quorum), 2);
        bytes memory call = abi.encodeCall(KOfN.setSubPermitters, (id, others, 1));
        vm.expectEmit();
        emit ICombinator.ChangeAnnounced(id, keccak256(call), call);
        quorum.setSubPermitters(id, others, 1);
        (uint256 needed,) = quorum.subPermittersOf(id);
        eq(needed, 2);
        vm.expectRevert();
        quorum.setSubPermitters(id, others, 1);

        vm.prank(STRANGER);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        quorum.cancelChange(id, call);
        vm.expectRevert(ICombinator.CallUnfit.selector);
        quorum.cancelChange(id, abi.encodeCall(KOfN.setSubPermitters, (IdentityId.wrap(0), others, 1)));
        vm.expectRevert(ICombinator.CallUnfit.selector);
        quorum.cancelChange(id, "");
        quorum.cancelChange(id, call);
        vm.expectRevert(abi.encodeWithSelector(IScheduled.ChangeUnknown.selector, keccak256(call)));
        quorum.cancelChange(id, call);

        quorum.setSubPermitters(id, others, 1);
        vm.warp(START + 1 hours);
        (bool made,) = address(quorum).call(bytes.concat(call, "and more"));
        ok(made, "what is behind the arguments does not count");
        (needed,) = quorum.subPermittersOf(id);
        eq(needed, 1);
    }

    /* ONE BY ONE */

    function testVotesAreCountedOneByOne() public {
        eq(ask(subs[0], 1000), 0);
        eq(expiry(), 0);
        eq(quorum.voteOf(id, REQUESTER, subs[0]), START + 1000);
        vm.warp(START + 100);
        nextBlock();
        eq(ask(subs[2], 1000), START + 1000);
        eq(expiry(), START + 1000);
    }

    /// A permit is for the longest time that as many as are needed agree on.
    function testFuzzOneByOne(uint8 needed, uint8 count, uint32[8] calldata durations) public {
        uint256 size = 1 + count % 8;
        uint256 k = 1 + needed % size;
        subs = subsOf(address(quorum), size);
        quorum.setSubPermitters(id, subs, k);
        uint64 shortest = type(uint64).max;
        for (uint256 i = 0; i < k; ++i) {
            eq(expiry(), 0);
            uint64 duration = 60 + uint64(durations[i]);
            if (duration < shortest) shortest = duration;
            eq(ask(subs[i], duration), i + 1 == k ? START + shortest : 0);
        }
        eq(expiry(), START + shortest);
    }

    function testOneSubPermitterHasOneVote() public {
        ask(subs[1], 1000);
        ask(subs[1], 2000);
        nextBlock();
        ask(subs[1], 3000);
        eq(expiry(), 0);
    }

    function testVotesAreForOneRequesterAndOneIdentity() public {
        IdentityId other = registry.createIdentity(address(quorum), "other");
        quorum.setSubPermitters(other, subs, 2);
        nextBlock();
        ask(subs[0], 1000);
        IPermitter(subs[1]).acquireIdentity(other, REQUESTER, 1000, "", "");
        IPermitter(subs[2]).acquireIdentity(id, STRANGER, 1000, "", "");
        eq(expiry(), 0);
        eq(registry.readPermit(REQUESTER, other).expiry, 0);
        eq(registry.readPermit(STRANGER, id).expiry, 0);
    }

    function testFuzzShortVotesAreRefused(uint64 duration) public {
        duration %= 60;
        vm.expectRevert(abi.encodeWithSelector(IQuorum.VoteTooShort.selector, duration));
        ask(subs[0], duration);
    }

    function testHugeVotesAreRefused() public {
        vm.expectRevert();
        ask(subs[0], type(uint64).max);
    }

    /* VOID VOTES */

    function testFuzzVotesEndWithTheirPermit(uint32 duration) public {
        uint64 d = 60 + uint64(duration);
        ask(subs[0], d);
        nextBlock();
        vm.warp(START + d);
        eq(quorum.voteOf(id, REQUESTER, subs[0]), 0);
        eq(ask(subs[1], 1000), 0);
        vm.warp(START + d + 999);
        eq(ask(subs[2], 1000), START + d + 1000);
    }

    function testAGrantUsesVotesUp() public {
        ask(subs[0], 1000);
        ask(subs[1], 1000);
        nextBlock();
        eq(quorum.voteOf(id, REQUESTER, subs[0]), 0);
        eq(ask(subs[2], 5000), 0);
        eq(expiry(), START + 1000);
    }

    /// No permit comes of votes that are older than a revocation, of one or all, or another permitter.
    function testFuzzVotesDoNotOutliveRevocations(uint8 how) public {
        ask(subs[0], 1000);
        nextBlock();
        if (how % 4 == 0) registry.revokeIdentity(id, REQUESTER);
        if (how % 4 == 1) registry.revokeAllPermits(id);
        if (how % 4 == 2) {
            registry.setPermitter(id, address(new AnyOf(address(registry))));
            registry.setPermitter(id, address(quorum));
        }
        if (how % 4 == 3) quorum.setSubPermitters(id, subs, 2);
        eq(quorum.voteOf(id, REQUESTER, subs[0]), 0);
        nextBlock();
        eq(ask(subs[1], 1000), 0);
        eq(expiry(), 0);
        eq(ask(subs[2], 1000), START + 1000);
    }

    function testVotesInTheBlockOfARevocationAreVoid() public {
        registry.revokeIdentity(id, REQUESTER);
        ask(subs[0], 1000);
        eq(ask(subs[1], 1000), 0);
        nextBlock();
        eq(ask(subs[2], 1000), 0);
    }

    function testFormerSubPermittersHaveNoSay() public {
        address[] memory others = subsOf(address(quorum), 3);
        quorum.setSubPermitters(id, others, 1);
        vm.expectRevert();
        ask(subs[0], 1000);
    }

    /* ALL AT ONCE */

    /// The model: the k-th longest vote, but not more than was asked for.
    function testFuzzGathered(uint8 needed, uint8 count, uint8 refusing, uint32[8] calldata caps, uint32 asked) public {
        uint256 size = 1 + count % 8;
        uint256 k = 1 + needed % size;
        uint64 duration = 60 + uint64(asked);
        subs = subsOf(address(quorum), size);
        quorum.setSubPermitters(id, subs, k);
        uint64[] memory votes = new uint64[](size);
        for (uint256 i = 0; i < size; ++i) {
            uint64 cap = 60 + uint64(caps[i]);
            bool refuses = refusing >> i & 1 == 1;
            Sub(subs[i]).set(refuses ? Mood.Refuses : Mood.Honest, cap);
            if (!refuses) votes[i] = cap < duration ? cap : duration;
        }
        uint64 want = kthLargest(votes, k);
        if (want == 0) vm.expectRevert(IQuorum.QuorumNotReached.selector);
        quorum.acquireIdentity(id, REQUESTER, duration, empty(size), empty(size));
        eq(expiry(), want == 0 ? 0 : START + want);
    }

    function testAGatheringIsAllOrNothing() public {
        Sub(subs[0]).set(Mood.Refuses, 0);
        Sub(subs[1]).set(Mood.Refuses, 0);
        bytes memory three = empty(3);
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        quorum.acquireIdentity(id, REQUESTER, 1000, three, three);
        eq(quorum.voteOf(id, REQUESTER, subs[2]), 0);
    }

    /// Votes that came before count as well.
    function testAGatheringCompletesWhatIsThere() public {
        ask(subs[0], 500);
        nextBlock();
        Sub(subs[0]).set(Mood.Refuses, 0);
        Sub(subs[1]).set(Mood.Refuses, 0);
        quorum.acquireIdentity(id, REQUESTER, 1000, empty(3), empty(3));
        eq(expiry(), START + 500);
    }

    function testMalformedGatherings() public {
        (bytes memory two, bytes memory three) = (empty(2), empty(3));
        vm.expectRevert(IQuorum.GatheringMalformed.selector);
        quorum.acquireIdentity(id, REQUESTER, 1000, two, three);
        vm.expectRevert(IQuorum.GatheringMalformed.selector);
        quorum.acquireIdentity(id, REQUESTER, 1000, three, two);
        vm.expectRevert();
        quorum.acquireIdentity(id, REQUESTER, 1000, "", "");
    }

    /* HOSTILE SUB-PERMITTERS */

    /// CT-12: whatever one does, the two others are a quorum.
    function testFuzzCT12OneHostileBlocksNothing(uint8 which, uint8 mood) public {
        Sub(subs[which % 3]).set(Mood(mood % 9), 2000);
        quorum.acquireIdentity{gas: 10_000_000}(id, REQUESTER, 1000, empty(3), empty(3));
        eq(expiry(), START + 1000);
    }

    /// CT-12: whatever two do, one honest vote and they are at most what they voted.
    function testFuzzCT12HostileOnesHaveOneVoteEach(uint8 mood, uint8 otherMood) public {
        quorum.setSubPermitters(id, subs, 3);
        Sub(subs[0]).set(Mood(mood % 9), 2000);
        Sub(subs[1]).set(Mood(otherMood % 9), 2000);
        Sub(subs[2]).set(Mood.Refuses, 0);
        bytes memory three = empty(3);
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        quorum.acquireIdentity{gas: 10_000_000}(id, REQUESTER, 1000, three, three);
        eq(expiry(), 0);
    }

    /// CT-09: who gathers while votes are gathered gets nowhere, and hinders nobody.
    function testCT09GatheringsDoNotNest() public {
        for (uint256 i = 0; i < 3; ++i) {
            Sub(subs[i]).set(Mood.GathersAgain, 2000);
        }
        quorum.acquireIdentity{gas: 20_000_000}(id, REQUESTER, 1000, empty(3), empty(3));
        eq(expiry(), START + 1000);
    }

    /// CT-09: votes that come while votes for another are gathered count at once, as ever.
    function testCT09GatheringsForOthersHinderNobody() public {
        Meddler meddler = new Meddler(quorum);
        IdentityId other = meddler.settle(registry);
        nextBlock();
        meddler.aim(id, REQUESTER, 1000, subs);
        quorum.acquireIdentity(other, STRANGER, 60, empty(1), empty(1));
        eq(expiry(), START + 1000);
        eq(registry.readPermit(STRANGER, other).expiry, START + 60);
    }

    /// One vote that is too short to replace a live permit is refused, and the others' are not used up.
    function testLivePermitsAreNotShortened() public {
        ask(subs[0], 1000);
        ask(subs[1], 1000);
        nextBlock();
        ask(subs[0], 2000);
        vm.expectRevert(abi.encodeWithSelector(IPermitter.PermitLonger.selector, START + 1000));
        ask(subs[1], 60);
        eq(expiry(), START + 1000);
        eq(ask(subs[2], 2000), START + 2000);
    }

    /// However long a vote is for, it is counted for a day.
    function testFuzzVotesCountForADay(uint32 age) public {
        age %= 2 days;
        ask(subs[0], 365 days);
        nextBlock();
        vm.warp(START + age);
        eq(quorum.voteOf(id, REQUESTER, subs[0]), age < 1 days ? START + 365 days : 0);
        eq(ask(subs[1], 365 days), age < 1 days ? START + 365 days : 0);
    }

    /// A hostile one cannot make a permit longer than another one agrees to.
    function testOneVoteMakesNoPermitLonger() public {
        vm.prank(subs[0]);
        quorum.acquireIdentity(id, REQUESTER, 9000, "", "");
        vm.prank(subs[1]);
        vm.expectRevert();
        quorum.acquireIdentity(id, REQUESTER, type(uint64).max, "", "");
        Sub(subs[0]).set(Mood.Asleep, 0);
        quorum.acquireIdentity(id, REQUESTER, 1000, empty(3), empty(3));
        eq(expiry(), START + 1000);
    }

    /// Too little gas is a refusal, never a lesser permit.
    function testFuzzLittleGas(uint24 gas_) public {
        bytes memory three = empty(3);
        bytes memory call = abi.encodeCall(IPermitter.acquireIdentity, (id, REQUESTER, 1000, three, three));
        (bool done,) = address(quorum).call{gas: gas_ % 1_000_000}(call);
        eq(expiry(), done ? START + 1000 : 0);
    }

    /* ALL AND ANY */

    function testAllOfNeedsAll() public {
        AllOf all = new AllOf(address(registry));
        registry.setPermitter(id, address(all));
        subs = subsOf(address(all), 3);
        all.setSubPermitters(id, subs);
        nextBlock();
        ask(subs[0], 1000);
        ask(subs[1], 900);
        eq(expiry(), 0);
        eq(ask(subs[2], 1100), START + 900);
        nextBlock();
        Sub(subs[1]).set(Mood.Refuses, 0);
        bytes memory three = empty(3);
        vm.expectRevert(IQuorum.QuorumNotReached.selector);
        all.acquireIdentity(id, REQUESTER, 1000, three, three);
    }

    function testAnyOfNeedsOne() public {
        AnyOf any = new AnyOf(address(registry));
        registry.setPermitter(id, address(any));
        subs = subsOf(address(any), 3);
        any.setSubPermitters(id, subs);
        nextBlock();
        eq(ask(subs[2], 1000), START + 1000);
        nextBlock();
        Sub(subs[0]).set(Mood.BurnsGas, 0);
        Sub(subs[1]).set(Mood.Honest, 1700);
        Sub(subs[2]).set(Mood.Honest, 1800);
        any.acquireIdentity{gas: 5_000_000}(id, REQUESTER, 2000, empty(3), empty(3));
        eq(expiry(), START + 1800);
    }

    /// Any of (all of (a, b), c): combinators are sub-permitters of each other.
    function testCombinatorsNest() public {
        AnyOf any = new AnyOf(address(registry));
        AllOf all = new AllOf(address(any));
        registry.setPermitter(id, address(any));
        address[] memory inner = subsOf(address(all), 2);
        all.setSubPermitters(id, inner);
        address[] memory outer = subsOf(address(any), 2);
        outer[0] = address(all);
        sort(outer);
        any.setSubPermitters(id, outer);
        nextBlock();
        eq(ask(inner[0], 1000), 0);
        eq(ask(inner[1], 900), START + 900);
        nextBlock();
        for (uint256 i = 0; i < 2; ++i) {
            if (outer[i] != address(all)) Sub(outer[i]).set(Mood.Refuses, 0);
        }
        bytes[] memory contexts = new bytes[](2);
        (contexts[0], contexts[1]) = (empty(2), empty(2));
        any.acquireIdentity(id, REQUESTER, 950, abi.encode(contexts), abi.encode(contexts));
        eq(expiry(), START + 950);
    }

    /* RELEASE */

    function testFuzzOnlyThePossessorReleases(address other) public {
        vm.assume(other != REQUESTER);
        quorum.acquireIdentity(id, REQUESTER, 1000, empty(3), empty(3));
        vm.prank(other);
        vm.expectRevert(IPermitter.Unauthorized.selector);
        quorum.releaseIdentity(id, REQUESTER, "", "");
        vm.expectRevert(IPermitter.Unauthorized.selector);
        Sub(subs[0]).release(id, REQUESTER);
        vm.prank(REQUESTER);
        quorum.releaseIdentity(id, REQUESTER, "", "");
        eq(expiry(), 0);
    }

    function testCombinatorsNeedARegistryWithGovernance() public {
        vm.expectRevert(IPermitter.InterfaceUnsupported.selector);
        new KOfN(address(this));
        address old = address(new OldRegistry());
        vm.expectRevert(IPermitter.InterfaceUnsupported.selector);
        new KOfN(old);
    }

    /* HELPERS */

    function expectUnfit(address[] memory named, uint256 needed) private {
        vm.expectRevert(IQuorum.SubPermittersUnfit.selector);
        quorum.setSubPermitters(id, named, needed);
    }

    function empty(uint256 count) private pure returns (bytes memory) {
        return abi.encode(new bytes[](count));
    }

    function kthLargest(uint64[] memory values, uint256 k) private pure returns (uint64 value) {
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 larger;
            uint256 same;
            for (uint256 j = 0; j < values.length; ++j) {
                if (values[j] > values[i]) ++larger;
                if (values[j] == values[i]) ++same;
            }
            if (larger < k && k <= larger + same) value = values[i];
        }
    }
}

/// A sub-permitter of an identity of its own, which has the votes for another's cast while its own are gathered.
contract Meddler {
    KOfN public immutable upstream;
    IdentityId private own;
    IdentityId private id;
    address private requester;
    uint64 private duration;
    address[] private subs;

    constructor(KOfN upstream_) {
        upstream = upstream_;
    }

    function settle(IdentityRegistry registry) external returns (IdentityId) {
        own = registry.createIdentity(address(upstream), "");
        address[] memory self = new address[](1);
        self[0] = address(this);
        upstream.setSubPermitters(own, self, 1);
        return own;
    }

    function aim(IdentityId id_, address requester_, uint64 duration_, address[] calldata subs_) external {
        (id, requester, duration, subs) = (id_, requester_, duration_, subs_);
    }

    function acquireIdentity(IdentityId, address who, uint64, bytes calldata, bytes calldata) external {
        for (uint256 i = 0; i < subs.length; ++i) {
            IPermitter(subs[i]).acquireIdentity(id, requester, duration, "", "");
        }
        upstream.acquireIdentity(own, who, 60, "", "");
    }
}

/// A registry of v1: no delays, no history.
contract OldRegistry {
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IIdentityRegistry).interfaceId || id == 0x01ffc9a7;
    }
}
