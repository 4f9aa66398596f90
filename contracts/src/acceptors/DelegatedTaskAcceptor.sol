// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskAcceptor} from "./TaskAcceptor.sol";
import {TaskIdSelectorOps} from "./TaskIdSelectorOps.sol";

/// @title Accepts what another acceptor passes on, which may be exchanged
/// @dev Storage: slot 0 the upstream acceptor. Trust: the upstream acceptor is believed without proof, and so is
/// whoever the derived contract lets call `_setUpstreamTaskAcceptor`; it takes effect at once.
abstract contract DelegatedTaskAcceptor is TaskAcceptor {
    address private _upstream;

    event UpstreamChanged(address upstream);

    constructor(address upstream) {
        _changeUpstream(upstream);
    }

    /// @notice The acceptor that is believed.
    function getUpstreamTaskAcceptor() external view returns (address) {
        return _upstream;
    }

    /// @inheritdoc TaskAcceptor
    function _acceptTaskResults(uint256[] calldata, bytes calldata, bytes calldata)
        internal
        virtual
        override
        returns (TaskIdSelector memory selector)
    {
        require(msg.sender == _upstream, Unauthorized());
        return TaskIdSelectorOps.all();
    }

    /// @dev Warning: the derived contract decides who may call this.
    function _setUpstreamTaskAcceptor(address upstream) internal virtual {
        _changeUpstream(upstream);
    }

    function _changeUpstream(address upstream) internal {
        require(upstream != address(0), Unauthorized());
        _upstream = upstream;
        emit UpstreamChanged(upstream);
    }
}
