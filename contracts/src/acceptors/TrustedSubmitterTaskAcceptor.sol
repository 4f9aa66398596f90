// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskAcceptor} from "./TaskAcceptor.sol";
import {TaskIdSelectorOps} from "./TaskIdSelectorOps.sol";

/// @title Accepts what one account submits
/// @dev Storage: none. Trust: the submitter is believed without proof, for good.
abstract contract TrustedSubmitterTaskAcceptor is TaskAcceptor {
    address private immutable _trustedSubmitter;

    constructor(address trustedSubmitter) {
        require(trustedSubmitter != address(0), Unauthorized());
        _trustedSubmitter = trustedSubmitter;
    }

    /// @notice The account that is believed.
    function getTrustedSubmitter() external view returns (address) {
        return _trustedSubmitter;
    }

    /// @inheritdoc TaskAcceptor
    function _acceptTaskResults(uint256[] calldata, bytes calldata, bytes calldata)
        internal
        virtual
        override
        returns (TaskIdSelector memory selector)
    {
        require(msg.sender == _trustedSubmitter, Unauthorized());
        return TaskIdSelectorOps.all();
    }
}
