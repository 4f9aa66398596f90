// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../interfaces/IPermitter.sol";
import {IQuorum} from "../interfaces/IQuorum.sol";
import {Combinator} from "./Combinator.sol";

/// @title Base of AllOf, AnyOf and KOfN
/// @dev Storage: slot 1 the rules (one slot, and up to 16 of an array), slot 2 the votes (one slot each). Trust: as many
/// sub-permitters as are needed, together; a hostile one (CT-12) can waste its share of the gas and has one vote.
/// Reentrancy: while votes for a requester are gathered, a transient flag of that identity and requester lets
/// sub-permitters vote for it and nothing else; nothing they return is read. For all others nothing changes meanwhile.
abstract contract Quorum is IQuorum, Combinator {
    using TransientSlot for bytes32;
    using TransientSlot for TransientSlot.BooleanSlot;

    struct Rule {
        uint64 generation;
        uint8 needed;
        address[] subs;
    }

    struct Vote {
        uint64 until;
        uint64 castBlock;
        uint64 castAt;
        uint64 generation;
    }

    uint256 public constant MAX_SUBS = 16;
    /// Seconds that a vote is for at least.
    uint64 public constant MIN_VOTE = 60;
    /// Seconds for which a vote can be counted.
    uint64 public constant VOTE_LIFE = 1 days;

    mapping(IdentityId => Rule) private _rules;
    mapping(IdentityId => mapping(address requester => mapping(address sub => Vote))) private _votes;

    /// @inheritdoc IQuorum
    function subPermittersOf(IdentityId identity) external view returns (uint256, address[] memory) {
        return (_rules[identity].needed, _rules[identity].subs);
    }

    /// @inheritdoc IQuorum
    function voteOf(IdentityId identity, address requester, address sub) public view returns (uint64 until) {
        Vote memory vote = _votes[identity][requester][sub];
        bool counts = vote.generation == _rules[identity].generation && vote.until > block.timestamp
            && block.timestamp < vote.castAt + VOTE_LIFE && vote.castBlock > _changedAt(identity, requester);
        return counts ? vote.until : 0;
    }

    /// @dev Sets the rule, or announces it. For the registrant.
    /// @param call the call that asks for it
    function _setSubPermitters(IdentityId identity, address[] calldata subs, uint256 needed, bytes memory call)
        internal
        onlyRegistrant(identity)
    {
        require(needed > 0 && needed <= subs.length && subs.length <= MAX_SUBS, SubPermittersUnfit());
        for (uint256 i = 0; i < subs.length; ++i) {
            require(i == 0 || subs[i] > subs[i - 1], SubPermittersUnfit());
            require(IPermitter(subs[i]).upstream() == address(this), SubPermittersUnfit());
        }
        if (!_isDue(identity, call)) return;
        _rules[identity] = Rule(_rules[identity].generation + 1, uint8(needed), subs);
        emit SubPermittersChanged(identity, needed, subs);
    }

    /// @dev A sub-permitter votes; anybody else gathers votes.
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal override returns (uint64 granted) {
        address[] memory subs = _rules[identity].subs;
        for (uint256 i = 0; i < subs.length; ++i) {
            if (subs[i] == msg.sender) return _vote(identity, requester, duration, subs);
        }
        _gather(
            abi.decode(context, (bytes[])), abi.decode(authorization, (bytes[])), identity, requester, duration, subs
        );
        granted = _count(identity, requester, subs);
        require(granted != 0, QuorumNotReached());
    }

    /// While votes for the requester are gathered, they are counted at the end.
    function _vote(IdentityId identity, address requester, uint64 duration, address[] memory subs)
        private
        returns (uint64 granted)
    {
        require(duration >= MIN_VOTE, VoteTooShort(duration));
        uint64 until = uint64(block.timestamp) + duration;
        _votes[identity][requester][msg.sender] =
            Vote(until, uint64(block.number), uint64(block.timestamp), _rules[identity].generation);
        emit VoteCast(identity, requester, msg.sender, until);
        return _gathering(identity, requester).tload() ? 0 : _count(identity, requester, subs);
    }

    /// Calls each with an equal share of the gas that is left, so that none can use up another's; whatever it answers.
    function _gather(
        bytes[] memory contexts,
        bytes[] memory authorizations,
        IdentityId identity,
        address requester,
        uint64 duration,
        address[] memory subs
    ) private {
        TransientSlot.BooleanSlot gathering = _gathering(identity, requester);
        require(!gathering.tload(), GatheringAlready());
        gathering.tstore(true);
        require(contexts.length == subs.length && authorizations.length == subs.length, GatheringMalformed());
        for (uint256 i = 0; i < subs.length; ++i) {
            bytes memory request = abi.encodeCall(
                IPermitter.acquireIdentity, (identity, requester, duration, contexts[i], authorizations[i])
            );
            uint256 share = gasleft() / (subs.length - i + 1);
            address target = subs[i];
            assembly ("memory-safe") {
                pop(call(share, target, 0, add(request, 32), mload(request), 0, 0))
            }
        }
        gathering.tstore(false);
    }

    /// Whether votes for a requester are being gathered.
    function _gathering(IdentityId identity, address requester) private pure returns (TransientSlot.BooleanSlot) {
        return keccak256(abi.encode(identity, requester)).asBoolean();
    }

    /// The seconds that as many as are needed agree on, which uses up all votes; zero if they are too few.
    function _count(IdentityId identity, address requester, address[] memory subs) private returns (uint64 granted) {
        uint256 needed = _rules[identity].needed;
        uint256[] memory votes = new uint256[](subs.length);
        for (uint256 i = 0; i < subs.length; ++i) {
            votes[i] = voteOf(identity, requester, subs[i]);
        }
        uint256 until = needed == 0 ? 0 : Arrays.sort(votes)[subs.length - needed];
        if (until == 0) return 0;
        for (uint256 i = 0; i < subs.length; ++i) {
            delete _votes[identity][requester][subs[i]];
        }
        return uint64(until - block.timestamp);
    }
}
