// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {ITokenVote} from "../interfaces/ITokenVote.sol";
import {Combinator} from "./Combinator.sol";

/// @title Grants what the holders of a token voted for
/// @dev Storage: slot 1 the rules (2 slots each), slot 2 the ballots (3 slots each), slot 3 who voted. Trust: the token,
/// and whoever holds most of it. Reentrancy: the token is only read; a ballot is void once there is a grant.
contract TokenVote is ITokenVote, Combinator {
    struct Rule {
        IERC5805 token;
        uint32 period;
        uint64 generation;
        uint256 quorum;
    }

    uint64 public constant MAX_PERIOD = 365 days;

    mapping(IdentityId => Rule) private _rules;
    mapping(bytes32 key => Ballot) private _ballots;
    mapping(bytes32 key => mapping(uint64 number => mapping(address voter => bool))) private _voted;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    constructor(address upstream_) Combinator(upstream_) {}

    /// @inheritdoc ITokenVote
    function setVoteRule(IdentityId identity, IERC5805 token, uint64 period, uint256 quorum)
        external
        onlyRegistrant(identity)
    {
        require(address(token) != address(0) && period > 0 && period <= MAX_PERIOD && quorum > 0, VoteRuleUnfit());
        if (!_isDue(identity, abi.encodeCall(ITokenVote.setVoteRule, (identity, token, period, quorum)))) return;
        _rules[identity] = Rule(token, uint32(period), _rules[identity].generation + 1, quorum);
        emit VoteRuleChanged(identity, token, period, quorum);
    }

    /// @inheritdoc ITokenVote
    function open(IdentityId identity, address requester, uint64 duration) external {
        Rule memory rule = _rules[identity];
        require(rule.quorum > 0 && duration > 0, VoteRuleUnfit());
        Ballot storage ballot = _ballots[_key(identity, requester, duration)];
        bool pending = block.timestamp < ballot.endsAt || _passed(ballot, rule);
        require(!pending || _isVoid(ballot, identity, requester), BallotPending());

        ++ballot.number;
        (ballot.snapshot, ballot.endsAt) = (uint64(rule.token.clock() - 1), uint64(block.timestamp) + rule.period);
        (ballot.openedBlock, ballot.yes, ballot.no) = (uint64(block.number), 0, 0);
        emit BallotOpened(identity, requester, duration, ballot.snapshot, ballot.endsAt);
    }

    /// @inheritdoc ITokenVote
    function vote(IdentityId identity, address requester, uint64 duration, bool yes) external {
        bytes32 key = _key(identity, requester, duration);
        Ballot storage ballot = _ballots[key];
        mapping(address voter => bool) storage voted = _voted[key][ballot.number];
        require(block.timestamp < ballot.endsAt && !_isVoid(ballot, identity, requester), BallotClosed());
        require(!voted[msg.sender], VotedAlready(msg.sender));
        uint256 weight = _rules[identity].token.getPastVotes(msg.sender, ballot.snapshot);
        require(weight > 0, VotesMissing(msg.sender));

        voted[msg.sender] = true;
        if (yes) ballot.yes += weight;
        else ballot.no += weight;
        emit BallotCast(identity, requester, duration, msg.sender, yes, weight);
    }

    /// @inheritdoc ITokenVote
    function voteRuleOf(IdentityId identity) external view returns (IERC5805 token, uint64 period, uint256 quorum) {
        Rule memory rule = _rules[identity];
        return (rule.token, rule.period, rule.quorum);
    }

    /// @inheritdoc ITokenVote
    function ballotOf(IdentityId identity, address requester, uint64 duration) external view returns (Ballot memory) {
        return _ballots[_key(identity, requester, duration)];
    }

    /// @dev Whoever calls: what counts is the ballot on exactly this. It is used up by the grant, at the registry's end, so
    /// that who brings it in vain spoils nothing.
    function _acquire(IdentityId identity, address requester, uint64 duration, bytes calldata, bytes calldata)
        internal
        view
        override
        returns (uint64 granted)
    {
        Ballot storage ballot = _ballots[_key(identity, requester, duration)];
        bool passed = _passed(ballot, _rules[identity]);
        require(passed && !_isVoid(ballot, identity, requester), Unauthorized());
        return duration;
    }

    function _isVoid(Ballot storage ballot, IdentityId identity, address requester) private view returns (bool) {
        return ballot.openedBlock <= _changedAt(identity, requester);
    }

    /// Voting has ended, not too long ago, and enough were in favour.
    function _passed(Ballot storage ballot, Rule memory rule) private view returns (bool) {
        bool ended = block.timestamp >= ballot.endsAt && block.timestamp <= ballot.endsAt + READY_FOR;
        return ended && ballot.yes >= rule.quorum && ballot.yes > ballot.no;
    }

    /// Another rule, another ballot: votes under the old one do not count.
    function _key(IdentityId identity, address requester, uint64 duration) private view returns (bytes32) {
        return keccak256(abi.encode(identity, requester, duration, _rules[identity].generation));
    }
}
