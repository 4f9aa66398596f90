// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskAcceptor} from "./acceptors/TaskAcceptor.sol";
import {IAgentContract} from "./interfaces/IAgentContract.sol";

/// @title The facade of Escrin's first description, for any acceptor
/// @notice Inherit it beside an acceptor (`contract Mine is AgentContract, TrustedSubmitterTaskAcceptor`) and say in
/// `approveSecret` whom secrets are for.
/// @dev Storage: none. Trust: none of its own; `acceptTasks` is `acceptTaskResults` with the same caller and the
/// arguments in their other order. Reentrancy: as the acceptor's.
abstract contract AgentContract is IAgentContract, TaskAcceptor {
    /// @inheritdoc IAgentContract
    function acceptTasks(uint256[] calldata taskIds, bytes calldata report, bytes calldata proof)
        external
        virtual
        returns (TaskIdSelector memory selector)
    {
        return acceptTaskResults(taskIds, proof, report);
    }

    /// @inheritdoc IAgentContract
    function approveSecret(bytes calldata credentials) external view virtual returns (bool approved);

    /// @inheritdoc TaskAcceptor
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return interfaceId == type(IAgentContract).interfaceId || super.supportsInterface(interfaceId);
    }
}
