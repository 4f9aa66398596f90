// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Scheduled} from "../Scheduled.sol";
import {DelegatedTaskAcceptor} from "./DelegatedTaskAcceptor.sol";

/// @title Accepts what another acceptor passes on, which may be exchanged after a delay
/// @notice A change takes the same call twice: the first announces it, the second, once the delay has passed and within
/// fourteen days, makes it. Whoever relies on the acceptor has the delay to leave.
/// @dev Storage: slot 0 the upstream acceptor, slot 1 announced changes, slot 2 the delay. Trust: as
/// `DelegatedTaskAcceptor`'s, but for the delay. A raised delay, too, is announced for the present one.
abstract contract TimelockedDelegatedTaskAcceptor is DelegatedTaskAcceptor, Scheduled {
    bytes32 private constant UPSTREAM = keccak256("upstream");
    bytes32 private constant DELAY = keccak256("delay");

    uint64 private _delay;

    event UpstreamIncoming(address upstream);
    /// @param delay seconds
    event DelayIncoming(uint64 delay);
    /// @param delay seconds
    event DelayChanged(uint64 delay);

    /// A delay is between a second and a year.
    error DelayUnfit(uint64 delay);

    /// @param delay seconds
    constructor(address upstream, uint64 delay) DelegatedTaskAcceptor(upstream) {
        _changeDelay(delay);
    }

    /// @notice Seconds between the announcement of a change and the change.
    function getTaskAcceptorTimelockDelay() external view returns (uint64 delay) {
        return _delay;
    }

    /// @dev Announces another upstream acceptor, or makes the change.
    /// Warning: the derived contract decides who may call this.
    function _setUpstreamTaskAcceptor(address upstream) internal virtual override {
        require(upstream != address(0), Unauthorized());
        if (_due(keccak256(abi.encode(UPSTREAM, upstream)), _delay)) _changeUpstream(upstream);
        else emit UpstreamIncoming(upstream);
    }

    /// @dev Announces another delay, in seconds, or makes the change.
    /// Warning: the derived contract decides who may call this.
    function _setTaskAcceptorTimelockDelay(uint64 delay) internal virtual {
        if (_due(keccak256(abi.encode(DELAY, delay)), _delay)) _changeDelay(delay);
        else emit DelayIncoming(delay);
    }

    function _changeDelay(uint64 delay) private {
        require(delay > 0 && delay <= 365 days, DelayUnfit(delay));
        _delay = delay;
        emit DelayChanged(delay);
    }
}
