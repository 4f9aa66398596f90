// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {KOfN} from "../../src/permitters/KOfN.sol";
import {Test} from "../Test.sol";
import {Mood, Sub} from "./CombinatorFixture.sol";

/// Sub-permitters that vote and change their mood, a registrant who revokes and changes the rule, and a book of it all.
contract Voters is Test {
    struct Entry {
        uint64 until;
        uint64 number;
        uint64 rule;
    }

    uint256 private constant SUBS = 5;

    IdentityRegistry public immutable registry = new IdentityRegistry();
    KOfN public immutable quorum = new KOfN(address(registry));
    IdentityId public immutable id;
    address[] public subs;

    /// The book. The time and the block are kept here; the compiler would take the chain's for constant.
    uint64 public time = 1_000_000;
    uint64 public number = 1000;
    uint64 public rule;
    uint256 public needed;
    mapping(address sub => uint64) public namedBy;
    mapping(address requester => mapping(address sub => Entry)) public votes;
    mapping(address requester => uint64) public changedAt;
    mapping(address requester => uint64) public expiry;
    uint256 public grants;
    uint256 public surprises;

    constructor() {
        vm.warp(time);
        vm.roll(number);
        id = registry.createIdentity(address(quorum), "");
        for (uint256 i = 0; i < SUBS; ++i) {
            subs.push(address(new Sub(address(quorum))));
        }
        setRule(31, 1);
        pass(0, 1);
    }

    function requesterOf(uint256 seed) public pure returns (address) {
        return address(uint160(0x100 + seed % 2));
    }

    /* WHAT THEY DO */

    function pass(uint16 seconds_, uint8 blocks) public {
        (time, number) = (time + seconds_, number + blocks % 3);
        vm.warp(time);
        vm.roll(number);
    }

    function setRule(uint8 subset, uint8 k) public {
        address[] memory named = new address[](SUBS);
        uint256 count;
        for (uint256 i = 0; i < SUBS; ++i) {
            if (subset >> i & 1 == 1) named[count++] = subs[i];
        }
        if (count == 0) return;
        assembly {
            mstore(named, count)
        }
        for (uint256 i = 1; i < count; ++i) {
            for (uint256 j = i; j > 0 && named[j] < named[j - 1]; --j) {
                (named[j], named[j - 1]) = (named[j - 1], named[j]);
            }
        }
        needed = 1 + k % count;
        ++rule;
        for (uint256 i = 0; i < count; ++i) {
            namedBy[named[i]] = rule;
        }
        quorum.setSubPermitters(id, named, needed);
    }

    function setMood(uint8 which, uint8 mood, uint16 cap) external {
        Sub(subs[which % SUBS]).set(mood % 3 == 0 ? Mood(mood % 9) : Mood.Honest, 60 + uint64(cap));
    }

    function vote(uint8 which, uint8 who, uint16 duration) external {
        (address sub, address requester) = (subs[which % SUBS], requesterOf(who));
        uint64 seconds_ = 60 + uint64(duration);
        Entry memory before = votes[requester][sub];
        votes[requester][sub] = Entry(time + seconds_, number, rule);
        uint64 want = namedBy[sub] == rule ? longest(requester) : 0;
        vm.prank(sub);
        try quorum.acquireIdentity(id, requester, seconds_, "", "") returns (uint64 granted) {
            if (namedBy[sub] != rule) ++surprises;
            expect(requester, granted, want);
        } catch {
            if (namedBy[sub] == rule && (want == 0 || want >= expiry[requester])) ++surprises;
            votes[requester][sub] = before;
        }
    }

    function gather(uint8 who, uint16 duration) external {
        address requester = requesterOf(who);
        uint64 seconds_ = 60 + uint64(duration);
        (uint256 k, address[] memory named) = quorum.subPermittersOf(id);
        if (k != needed) ++surprises;
        Entry[] memory before = new Entry[](named.length);
        for (uint256 i = 0; i < named.length; ++i) {
            before[i] = votes[requester][named[i]];
            Sub sub = Sub(named[i]);
            uint64 granted = seconds_ < sub.cap() ? seconds_ : sub.cap();
            Mood mood = sub.mood();
            if (mood != Mood.Honest && mood != Mood.GathersAgain && mood != Mood.VotesTwice) continue;
            votes[requester][named[i]] = Entry(time + granted, number, rule);
        }
        uint64 want = longest(requester);
        bytes memory empty = abi.encode(new bytes[](named.length));
        try quorum.acquireIdentity{gas: 30_000_000}(id, requester, seconds_, empty, empty) returns (uint64 granted) {
            expect(requester, granted, want);
        } catch {
            if (want != 0 && want >= expiry[requester]) ++surprises;
            for (uint256 i = 0; i < named.length; ++i) {
                votes[requester][named[i]] = before[i];
            }
        }
    }

    function revoke(uint8 who) external {
        address requester = requesterOf(who);
        registry.revokeIdentity(id, requester);
        (changedAt[requester], expiry[requester]) = (number, 0);
    }

    function revokeAll() external {
        registry.revokeAllPermits(id);
        for (uint256 i = 0; i < 2; ++i) {
            (changedAt[requesterOf(i)], expiry[requesterOf(i)]) = (number, 0);
        }
    }

    function release(uint8 who, uint8 other) external {
        address requester = requesterOf(who);
        vm.prank(requesterOf(other));
        try quorum.releaseIdentity(id, requester, "", "") {
            if (requesterOf(other) != requester) ++surprises;
            (changedAt[requester], expiry[requester]) = (number, 0);
        } catch {
            if (requesterOf(other) == requester) ++surprises;
        }
    }

    /* THE BOOK */

    /// Until when as many as are needed agree, by the book; zero if they do not.
    function longest(address requester) private view returns (uint64 until) {
        for (uint256 i = 0; i < SUBS; ++i) {
            uint64 candidate = counted(requester, subs[i]);
            uint256 agreeing;
            for (uint256 j = 0; j < SUBS; ++j) {
                if (counted(requester, subs[j]) >= candidate) ++agreeing;
            }
            if (candidate > until && agreeing >= needed) until = candidate;
        }
    }

    function counted(address requester, address sub) private view returns (uint64) {
        Entry memory entry = votes[requester][sub];
        bool counts = entry.rule == rule && entry.number > changedAt[requester] && entry.until > time;
        return counts ? entry.until : 0;
    }

    function expect(address requester, uint64 granted, uint64 want) private {
        if (granted != want) ++surprises;
        if (want == 0) return;
        if (want < expiry[requester]) ++surprises;
        ++grants;
        (changedAt[requester], expiry[requester]) = (number, want);
        for (uint256 i = 0; i < SUBS; ++i) {
            delete votes[requester][subs[i]];
        }
    }
}

contract QuorumInvariantTest is Test {
    Voters private voters;

    function setUp() public {
        voters = new Voters();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(voters);
    }

    /// Grants come when, and only when, enough votes count that are younger than the last change; for the longest time
    /// that as many as are needed agree on, whatever the others do (CT-12).
    function invariantGrantsAreWhatTheBookSays() public view {
        eq(voters.surprises(), 0);
    }

    /// No permit outlives a revocation, nor the votes it is made of.
    function invariantPermitsAreWhatTheBookSays() public view {
        for (uint256 i = 0; i < 2; ++i) {
            address requester = voters.requesterOf(i);
            eq(voters.registry().readPermit(requester, voters.id()).expiry, voters.expiry(requester));
        }
    }

    /// Votes that count for the contract count by the book.
    function invariantVotesAreWhatTheBookSays() public view {
        for (uint256 i = 0; i < 5; ++i) {
            for (uint256 j = 0; j < 2; ++j) {
                (address sub, address requester) = (voters.subs(i), voters.requesterOf(j));
                (uint64 until, uint64 number, uint64 rule) = voters.votes(requester, sub);
                bool counts = rule == voters.rule() && number > voters.changedAt(requester) && until > voters.time();
                eq(voters.quorum().voteOf(voters.id(), requester, sub), counts ? until : 0);
            }
        }
    }
}
