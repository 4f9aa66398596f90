// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskAcceptor} from "./ITaskAcceptor.sol";

/// @title The contract of an agent, in the words of Escrin's first description
/// @notice `acceptTasks` and `approveSecret` stood in the description and never in code. They are kept for those who
/// build after it; new contracts use `ITaskAcceptor` and permitters.
interface IAgentContract {
    /// @notice `acceptTaskResults` under its older name.
    /// @dev Warning: the report comes before the proof here, and after it in `acceptTaskResults`.
    /// @param taskIds strictly ascending
    /// @param report the results
    /// @param proof why the report is to be believed
    function acceptTasks(uint256[] calldata taskIds, bytes calldata report, bytes calldata proof)
        external
        returns (ITaskAcceptor.TaskIdSelector memory selector);

    /// @notice Whether the contract wants a secret to be given to whom the credentials show.
    /// @dev Warning: today nothing calls this but who chooses to. Keyholders of this project release keys by permits,
    /// tasks and evidence, and do not ask here; a secret network that does ask must do so in the state of a block that
    /// is final to it, with a bound on gas, and take every failure for a refusal. Credentials are public, and prove
    /// something only if they are signatures or name something on chain.
    /// @param credentials as the contract defines them
    function approveSecret(bytes calldata credentials) external view returns (bool approved);
}
