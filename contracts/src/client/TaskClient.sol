// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {ITaskCallback, ITaskLifecycle} from "../interfaces/ITaskHub.sol";

/// @title Base of contracts that give tasks to enclaves
/// @notice Submits tasks of one identity in the contract's own name, and hands their results to `_onTaskResults`: those of
/// its own tasks only, each once, after a report that the hub accepted.
/// @dev Storage: one slot for each task. Trust: the hub, and whoever governs the identity. Reentrancy: the hub calls last,
/// under its own guard; `_deliver` marks the task before it calls the hook.
/// @dev Warning: the hook must not revert for whatever an enclave may say, or the results are stuck; and it must fit
/// CALLBACK_GAS, or somebody has to bring them with `deliverResults`.
abstract contract TaskClient is ITaskCallback {
    enum Delivery {
        None,
        Pending,
        Done
    }

    bytes32 private constant RESULT_TYPE =
        keccak256("TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)");
    /// Gas that the hub promises to the hook.
    uint32 internal constant CALLBACK_GAS = 250_000;
    /// Claims of a task that may lapse before it ends.
    uint16 internal constant ATTEMPTS = 3;

    /// The hub that tasks go to.
    ITaskLifecycle public immutable hub;
    /// The identity as which they are run.
    IdentityId public immutable identity;

    /// What became of the results of a batch.
    mapping(uint256 taskId => Delivery) public deliveryOf;

    /// These are not results of a task that this contract waits for.
    error ResultsUnexpected(uint256 taskId);

    constructor(ITaskLifecycle hub_, IdentityId identity_) {
        hub = hub_;
        identity = identity_;
    }

    /// @inheritdoc ITaskCallback
    function onTaskResults(
        uint256 taskId,
        ITaskLifecycle.Terms calldata,
        ITaskLifecycle.TaskResult[] calldata results
    ) external {
        // Nobody else can submit a task with this id: it is a hash of this contract's address.
        require(msg.sender == address(hub), ResultsUnexpected(taskId));
        _deliver(taskId, results);
    }

    /// @notice Brings results that the hub accepted, but could not deliver (CallbackFailed). Anyone may call.
    function deliverResults(uint256 taskId, ITaskLifecycle.TaskResult[] calldata results) external {
        ITaskLifecycle.Record memory record = hub.recordOf(taskId);
        bytes32[] memory hashes = new bytes32[](results.length);
        for (uint256 i = 0; i < results.length; ++i) {
            hashes[i] = keccak256(abi.encode(RESULT_TYPE, results[i]));
        }
        bytes32 recorded = keccak256(abi.encodePacked(hashes)) & ~bytes32(uint256(0xff));
        bool accepted = record.state == ITaskLifecycle.State.Accepted;
        require(accepted && record.digest == recorded, ResultsUnexpected(taskId));
        _deliver(taskId, results);
    }

    /// @dev Submits one task, for a fee out of this contract's balance.
    /// @param fee wei for whoever runs it
    /// @param refundee who may withdraw the fee from the hub if there is no result, and the bonds of lapsed claims
    function _submit(bytes32 salt, bytes32 inputDigest, uint64 deadline, uint256 fee, address refundee)
        internal
        returns (uint256 taskId)
    {
        taskId = hub.taskIdOf(address(this), salt);
        deliveryOf[taskId] = Delivery.Pending;
        hub.submit{value: fee}(
            ITaskLifecycle.Terms({
                submitter: address(this),
                identity: identity,
                inputDigest: inputDigest,
                deadline: deadline,
                count: 1,
                attempts: ATTEMPTS,
                token: address(0),
                fee: fee,
                refundee: refundee,
                callback: address(this),
                callbackGas: CALLBACK_GAS
            }),
            salt
        );
    }

    /// @dev Whether the results of a task are out but were not delivered: nothing irrevocable should happen before.
    function _undelivered(uint256 taskId) internal view returns (bool) {
        return deliveryOf[taskId] == Delivery.Pending && hub.recordOf(taskId).state == ITaskLifecycle.State.Accepted;
    }

    /// @dev What the application does with results. Called once for each task.
    function _onTaskResults(uint256 taskId, ITaskLifecycle.TaskResult[] calldata results) internal virtual;

    function _deliver(uint256 taskId, ITaskLifecycle.TaskResult[] calldata results) private {
        require(deliveryOf[taskId] == Delivery.Pending, ResultsUnexpected(taskId));
        deliveryOf[taskId] = Delivery.Done;
        _onTaskResults(taskId, results);
    }
}
