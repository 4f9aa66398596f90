// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../interfaces/ITaskHub.sol";
import {InputManifest} from "./InputManifest.sol";
import {TaskClient} from "./TaskClient.sol";

/// @title One task whose inputs come from many accounts
/// @notice Each account seals one input to the task (`escrin job encrypt --task`, with `taskId()`) and registers its
/// digest here. The contract writes the input manifest, in which an input's name is the address of its account: nobody
/// can leave an input out, add one, or hand one in under another's address, not even who closes the collection.
/// @dev Storage: two slots for each input, one counter. Trust: as TaskClient. Reentrancy: as TaskClient.
/// @dev Warning: a workload must check that an input says inside, too, whose it is. Sealed bytes can be copied, and
/// registered by another account. And one input that cannot be opened, or that nobody can fetch, fails the whole task.
abstract contract SealedInputs is TaskClient {
    struct SealedInput {
        bytes32 digest;
        uint32 size;
    }

    bytes32 private constant SALT = 0;

    /// Measurement root of the enclave that inputs are to be sealed for.
    bytes32 public immutable policy;
    /// From this second on, there is no result any more.
    uint64 public immutable deadline;

    /// How many inputs there are.
    uint256 public inputCount;
    mapping(address account => SealedInput) public inputOf;

    /// @param digest SHA-256 of the sealed input
    /// @param size of the sealed input, in bytes
    event InputRegistered(address indexed account, bytes32 digest, uint32 size);

    /// The account has an input already, the size is none, or there are as many inputs as an enclave takes.
    error InputUnfit();
    /// Not all accounts with an input, each once, in ascending order.
    error AccountsUnfit();

    constructor(ITaskLifecycle hub_, IdentityId identity_, bytes32 policy_, uint64 deadline_)
        TaskClient(hub_, identity_)
    {
        policy = policy_;
        deadline = deadline_;
    }

    /// @notice The task that inputs are to be sealed to.
    function taskId() public view returns (uint256) {
        return hub.taskIdOf(address(this), SALT);
    }

    /// @notice The input manifest: who closes the collection stores these bytes where the runner fetches inputs.
    /// @param accounts all that have an input, ascending
    /// @param resultKey public key that the sealed output is for
    /// @param groupKey the key network's; with another one, the enclave stops
    function manifest(address[] calldata accounts, bytes memory resultKey, bytes memory groupKey)
        public
        view
        returns (bytes memory)
    {
        return InputManifest.encode(identity, policy, _entries(accounts), resultKey, groupKey);
    }

    /// @dev Registers the caller's input.
    function _register(bytes32 digest, uint32 size) internal {
        require(
            inputOf[msg.sender].size == 0 && size != 0 && size <= InputManifest.MAX_INPUT
                && inputCount < InputManifest.MAX_INPUTS,
            InputUnfit()
        );
        inputOf[msg.sender] = SealedInput(digest, size);
        ++inputCount;
        emit InputRegistered(msg.sender, digest, size);
    }

    /// @dev Submits the task, for a fee of the value sent. Once: the hub knows the id then.
    /// @param refundee who may withdraw the fee from the hub if there is no result
    function _close(address[] calldata accounts, bytes memory resultKey, bytes memory groupKey, address refundee)
        internal
    {
        _submit(SALT, sha256(manifest(accounts, resultKey, groupKey)), deadline, msg.value, refundee);
    }

    /// @dev Whether there is no result and will be none.
    function _expired() internal view returns (bool) {
        return block.timestamp >= deadline && deliveryOf[taskId()] != Delivery.Done && !_undelivered(taskId());
    }

    /// @dev What the enclave said.
    /// @param publicOutput of the workload; counts only if `exitStatus` is zero
    function _onResult(uint32 exitStatus, bytes32 publicOutput) internal virtual;

    /// @inheritdoc TaskClient
    function _onTaskResults(uint256, ITaskLifecycle.TaskResult[] calldata results) internal override {
        _onResult(results[0].exitStatus, results[0].publicOutput);
    }

    function _entries(address[] calldata accounts) private view returns (bytes memory entries) {
        require(accounts.length == inputCount, AccountsUnfit());
        address last;
        for (uint256 i = 0; i < accounts.length; ++i) {
            address account = accounts[i];
            SealedInput memory sealed_ = inputOf[account];
            require(account > last && sealed_.size != 0, AccountsUnfit());
            bytes memory entry = InputManifest.entry(InputManifest.nameOf(account), sealed_.digest, sealed_.size);
            entries = i == 0 ? entry : bytes.concat(entries, ",", entry);
            last = account;
        }
    }
}
