// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {IPermitter} from "../interfaces/IPermitter.sol";
import {ITimelock} from "../interfaces/ITimelock.sol";
import {Combinator} from "./Combinator.sol";

/// @title Grants what its sub-permitter granted some time ago and grants again
/// @dev Storage: slot 1 the rules (one slot each), slot 2 the requests (one slot each). Trust: the sub-permitter; the
/// registrant has the time of the delay to disagree. Reentrancy: a request is gone before its grant.
contract Timelock is ITimelock, Combinator {
    struct Rule {
        address sub;
        uint32 delay;
        uint64 generation;
    }

    struct Request {
        uint64 duration;
        uint64 readyAt;
        uint64 announcedBlock;
        uint64 generation;
    }

    uint64 public constant MAX_DELAY = 365 days;

    mapping(IdentityId => Rule) private _rules;
    mapping(IdentityId => mapping(address requester => Request)) private _requests;

    /// @param upstream_ the registry, or the permitter to pass grants on to
    constructor(address upstream_) Combinator(upstream_) {}

    /// @inheritdoc ITimelock
    function setTimelock(IdentityId identity, address subPermitter, uint64 delay) external onlyRegistrant(identity) {
        require(delay > 0 && delay <= MAX_DELAY, TimelockUnfit());
        require(IPermitter(subPermitter).upstream() == address(this), TimelockUnfit());
        if (!_isDue(identity, abi.encodeCall(ITimelock.setTimelock, (identity, subPermitter, delay)))) return;
        _rules[identity] = Rule(subPermitter, uint32(delay), _rules[identity].generation + 1);
        emit TimelockChanged(identity, subPermitter, delay);
    }

    /// @inheritdoc ITimelock
    function veto(IdentityId identity, address requester) external onlyRegistrant(identity) {
        require(_requests[identity][requester].readyAt != 0, RequestUnknown());
        delete _requests[identity][requester];
        emit RequestVetoed(identity, requester);
    }

    /// @inheritdoc ITimelock
    function timelockOf(IdentityId identity) external view returns (address subPermitter, uint64 delay) {
        return (_rules[identity].sub, _rules[identity].delay);
    }

    /// @inheritdoc ITimelock
    function requestOf(IdentityId identity, address requester) public view returns (uint64 duration, uint64 readyAt) {
        Request memory request = _requests[identity][requester];
        bool counts = request.generation == _rules[identity].generation
            && block.timestamp <= request.readyAt + READY_FOR
            && request.announcedBlock > _changedAt(identity, requester);
        return counts ? (request.duration, request.readyAt) : (0, 0);
    }

    /// @dev The first call announces, the second grants what both asked for.
    function _acquire(IdentityId identity, address requester, uint64 duration, bytes calldata, bytes calldata)
        internal
        override
        returns (uint64 granted)
    {
        Rule memory rule = _rules[identity];
        require(msg.sender == rule.sub && duration > 0, Unauthorized());
        (uint64 announced, uint64 readyAt) = requestOf(identity, requester);
        if (readyAt == 0) {
            readyAt = uint64(block.timestamp) + rule.delay;
            _requests[identity][requester] = Request(duration, readyAt, uint64(block.number), rule.generation);
            emit RequestAnnounced(identity, requester, duration, readyAt);
            return 0;
        }
        require(block.timestamp >= readyAt, RequestNotReady(readyAt));
        delete _requests[identity][requester];
        return duration < announced ? duration : announced;
    }
}
