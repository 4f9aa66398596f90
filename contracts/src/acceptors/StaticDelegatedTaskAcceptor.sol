// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskAcceptor} from "./TaskAcceptor.sol";
import {TaskIdSelectorOps} from "./TaskIdSelectorOps.sol";

/// @title Accepts what another acceptor passes on, always the same one
/// @notice The upstream acceptor checks proofs and calls this contract; several contracts can share one.
/// @dev Storage: none. Trust: the upstream acceptor is believed without proof, for good.
abstract contract StaticDelegatedTaskAcceptor is TaskAcceptor {
    address private immutable _upstream;

    constructor(address upstream) {
        require(upstream != address(0), Unauthorized());
        _upstream = upstream;
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
}
