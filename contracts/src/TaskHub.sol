// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IdentityId, IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "./interfaces/ITaskAcceptor.sol";
import {ITaskHub, ITaskLifecycle} from "./interfaces/ITaskHub.sol";

/// @title The hub of tasks
/// @notice Nobody owns it and nothing in it can be upgraded. In `acceptTaskResults`, `report` is
/// abi.encode(TaskResult[]) and `proof` abi.encode(bytes[]): one signature per result, 65 bytes r, s, v.
contract TaskHub is ITaskHub, ITaskLifecycle, ITaskAcceptor, IERC165, EIP712("escrin TaskHub", "1") {
    /// What is written at submission, in five slots or fewer: a claimed task is an open one with a requester, and the
    /// slot of the runner becomes the output's digest.
    struct StoredTask {
        address submitter;
        uint40 deadline;
        State state; // never Claimed
        bool paid; // there is a fee
        uint16 exitStatus;
        // slot 1, 2
        IdentityId identity;
        bytes32 inputDigest;
        // slot 3
        address requester;
        uint40 claimExpiry;
        uint32 lapsed; // attempts that ended without a result
        // slot 4
        bytes32 runnerOrOutput;
    }

    bytes32 private constant RESULT_TYPE = keccak256(
        "TaskResult(uint256 taskId,uint32 attempt,uint32 exitStatus,bytes32 inputDigest,bytes32 outputDigest)"
    );

    /// The registry whose permits count.
    IIdentityRegistry public immutable registry;
    /// @inheritdoc ITaskLifecycle
    uint64 public immutable claimWindow;
    /// @inheritdoc ITaskLifecycle
    uint256 public immutable claimBond;

    mapping(uint256 taskId => StoredTask) private _tasks;
    mapping(uint256 taskId => uint256) private _fees;
    /// @inheritdoc ITaskLifecycle
    mapping(address account => uint256) public credit;

    /// @param claimWindow_ seconds
    /// @param claimBond_ wei
    constructor(IIdentityRegistry registry_, uint64 claimWindow_, uint256 claimBond_) {
        registry = registry_;
        claimWindow = claimWindow_;
        claimBond = claimBond_;
    }

    /* ANNOUNCEMENTS */

    /// @inheritdoc ITaskHub
    function notify() external {
        emit TasksAvailable(msg.sender, 0);
    }

    /// @inheritdoc ITaskHub
    function notify(bytes32 context) external {
        emit TasksAvailable(msg.sender, context);
    }

    /* LIFE */

    /// @inheritdoc ITaskLifecycle
    function submit(IdentityId identity, bytes32 inputDigest, bytes32 salt, uint64 deadline)
        external
        payable
        returns (uint256 taskId)
    {
        require(deadline > block.timestamp && deadline <= type(uint40).max, DeadlineUnfit(deadline));
        taskId = taskIdOf(msg.sender, salt);
        StoredTask storage task = _tasks[taskId];
        require(task.state == State.None, TaskExists(taskId));

        task.submitter = msg.sender;
        task.deadline = uint40(deadline);
        task.state = State.Open;
        task.paid = msg.value != 0;
        task.identity = identity;
        task.inputDigest = inputDigest;
        if (msg.value != 0) _fees[taskId] = msg.value;
        emit TaskSubmitted(taskId, identity, msg.sender, inputDigest, deadline, msg.value);
    }

    /// @inheritdoc ITaskLifecycle
    function claim(uint256 taskId, address requester) external payable {
        require(msg.value == claimBond, BondUnfit(msg.value, claimBond));
        StoredTask storage task = _tasks[taskId];
        uint256 deadline = task.deadline;
        _requireState(taskId, task, State.Open);
        require(block.timestamp < deadline, DeadlinePassed(taskId));
        IdentityId identity = task.identity;
        require(
            requester != address(0) && registry.readPermit(requester, identity).expiry > block.timestamp,
            PermitMissing(identity, requester)
        );

        uint256 expiry = block.timestamp + claimWindow;
        if (expiry > deadline) expiry = deadline;
        uint32 lapsed = task.lapsed;
        task.requester = requester;
        task.claimExpiry = uint40(expiry);
        task.runnerOrOutput = bytes32(uint256(uint160(msg.sender)));
        emit TaskClaimed(taskId, lapsed + 1, requester, msg.sender, uint64(expiry));
    }

    /// @inheritdoc ITaskAcceptor
    function acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        external
        returns (TaskIdSelector memory selector)
    {
        TaskResult[] memory results = abi.decode(report, (TaskResult[]));
        bytes[] memory signatures = abi.decode(proof, (bytes[]));
        require(results.length == taskIds.length && signatures.length == taskIds.length, BatchMalformed());
        for (uint256 i = 0; i < taskIds.length; ++i) {
            require(results[i].taskId == taskIds[i] && (i == 0 || taskIds[i - 1] < taskIds[i]), BatchMalformed());
            _accept(results[i], signatures[i]);
        }
        selector.quantifier = Quantifier.All;
    }

    /// @inheritdoc ITaskLifecycle
    function expire(uint256 taskId) external {
        StoredTask storage task = _tasks[taskId];
        State state = _stateOf(task);
        require(state == State.Open || state == State.Claimed, TaskIs(taskId, state));
        bool late = block.timestamp >= task.deadline;
        require(late || (state == State.Claimed && block.timestamp >= task.claimExpiry), NotExpired(taskId));

        if (state == State.Claimed) credit[task.submitter] += claimBond;
        if (late) {
            _end(taskId, task, State.Expired);
            emit TaskExpired(taskId);
        } else {
            task.requester = address(0);
            task.claimExpiry = 0;
            task.lapsed += 1;
            emit TaskReopened(taskId, task.lapsed + 1);
        }
    }

    /// @inheritdoc ITaskLifecycle
    function cancel(uint256 taskId) external {
        StoredTask storage task = _tasks[taskId];
        _requireState(taskId, task, State.Open);
        require(msg.sender == task.submitter, Unauthorized());
        _end(taskId, task, State.Cancelled);
        emit TaskCancelled(taskId);
    }

    /// @inheritdoc ITaskLifecycle
    function withdraw() external returns (uint256 amount) {
        amount = credit[msg.sender];
        credit[msg.sender] = 0;
        emit Withdrawn(msg.sender, amount);
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, WithdrawalFailed());
    }

    /* VIEWS */

    /// @inheritdoc ITaskLifecycle
    function taskIdOf(address submitter, bytes32 salt) public view returns (uint256 taskId) {
        return uint256(keccak256(abi.encode(address(this), block.chainid, submitter, salt)));
    }

    /// @inheritdoc ITaskLifecycle
    function getTask(uint256 taskId) external view returns (Task memory task) {
        StoredTask storage stored = _tasks[taskId];
        State state = _stateOf(stored);
        if (state == State.None) return task;

        task.submitter = stored.submitter;
        task.identity = stored.identity;
        task.inputDigest = stored.inputDigest;
        task.deadline = stored.deadline;
        task.attempt = stored.lapsed + 1;
        task.state = state;
        task.requester = stored.requester;
        task.claimExpiry = stored.claimExpiry;
        task.fee = _fees[taskId];
        task.exitStatus = stored.exitStatus;
        if (state == State.Claimed) task.runner = address(uint160(uint256(stored.runnerOrOutput)));
        if (state == State.Accepted) task.outputDigest = stored.runnerOrOutput;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ITaskHub).interfaceId || interfaceId == type(ITaskLifecycle).interfaceId
            || interfaceId == type(ITaskAcceptor).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /* INTERNALS */

    function _accept(TaskResult memory result, bytes memory signature) private {
        uint256 taskId = result.taskId;
        StoredTask storage task = _tasks[taskId];
        _requireState(taskId, task, State.Claimed);
        require(block.timestamp < task.deadline, DeadlinePassed(taskId));
        require(result.attempt == task.lapsed + 1, AttemptMismatch(taskId, result.attempt));
        require(result.inputDigest == task.inputDigest, InputMismatch(taskId));
        require(result.exitStatus <= 256, ExitStatusUnfit(taskId, result.exitStatus));
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(_digest(result), signature);
        require(
            problem == ECDSA.RecoverError.NoError && signer == task.requester, SignatureInvalid(taskId)
        );

        _pay(task, taskId, address(uint160(uint256(task.runnerOrOutput))), claimBond);
        task.state = State.Accepted;
        task.exitStatus = uint16(result.exitStatus);
        task.runnerOrOutput = result.outputDigest;
        emit TaskAccepted(taskId, result.attempt, signer, result.exitStatus, result.outputDigest);
    }

    function _end(uint256 taskId, StoredTask storage task, State state) private {
        task.state = state;
        _pay(task, taskId, task.submitter, 0);
    }

    function _pay(StoredTask storage task, uint256 taskId, address payee, uint256 bond) private {
        uint256 amount = task.paid ? _fees[taskId] + bond : bond;
        if (amount != 0) credit[payee] += amount;
    }

    function _digest(TaskResult memory result) private view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    RESULT_TYPE,
                    result.taskId,
                    result.attempt,
                    result.exitStatus,
                    result.inputDigest,
                    result.outputDigest
                )
            )
        );
    }

    function _requireState(uint256 taskId, StoredTask storage task, State wanted) private view {
        State state = _stateOf(task);
        require(state == wanted, TaskIs(taskId, state));
    }

    function _stateOf(StoredTask storage task) private view returns (State) {
        State state = task.state;
        return state == State.Open && task.requester != address(0) ? State.Claimed : state;
    }
}
