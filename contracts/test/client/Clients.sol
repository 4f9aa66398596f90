// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SealedInputs} from "../../src/client/SealedInputs.sol";
import {TaskClient} from "../../src/client/TaskClient.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";

/// An application that keeps the last word, and can be made to refuse, or to want more gas than there is.
contract Listener is TaskClient {
    enum Mood {
        Content,
        Refusing,
        Hungry
    }

    Mood public mood;
    bytes32 public word;
    uint256 public calls;

    error Refused();

    constructor(ITaskLifecycle hub, IdentityId identity) TaskClient(hub, identity) {}

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    function ask(bytes32 salt, uint64 deadline, address refundee) external payable returns (uint256 taskId) {
        return _submit(salt, keccak256("manifest"), deadline, msg.value, refundee);
    }

    function undelivered(uint256 taskId) external view returns (bool) {
        return _undelivered(taskId);
    }

    function _onTaskResults(uint256, ITaskLifecycle.TaskResult[] calldata results) internal override {
        require(mood != Mood.Refusing, Refused());
        while (mood == Mood.Hungry) {}
        word = results[0].publicOutput;
        ++calls;
    }
}

/// An application whose inputs anyone may hand in, at any time.
contract Collector is SealedInputs {
    uint32 public exitStatus;
    bytes32 public word;
    bool public refusing;

    error Refused();

    constructor(ITaskLifecycle hub, IdentityId identity, bytes32 policy, uint64 deadline)
        SealedInputs(hub, identity, policy, deadline)
    {}

    function setRefusing(bool refusing_) external {
        refusing = refusing_;
    }

    function register(bytes32 digest, uint32 size) external {
        _register(digest, size);
    }

    function close(address[] calldata accounts, bytes calldata resultKey, bytes calldata groupKey) external payable {
        _close(accounts, resultKey, groupKey, msg.sender);
    }

    function expired() external view returns (bool) {
        return _expired();
    }

    function _onResult(uint32 exitStatus_, bytes32 publicOutput) internal override {
        require(!refusing, Refused());
        exitStatus = exitStatus_;
        word = publicOutput;
    }
}
