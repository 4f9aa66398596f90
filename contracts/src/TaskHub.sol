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
    /// One storage slot.
    struct Head {
        address submitter;
        uint40 deadline;
        State state; // never Claimed: a claimed task is an open one with a requester
        bool paid; // there is a fee
        uint16 exitStatus;
    }

    /// One storage slot.
    struct Claim {
        address requester;
        uint40 expiry;
        uint32 lapsed; // attempts that ended without a result
    }

    /// Five storage slots: three written at submission, two at the claim, none anew with the result.
    struct StoredTask {
        Head head;
        IdentityId identity;
        bytes32 inputDigest;
        Claim claim;
        bytes32 runnerOrOutput; // who claimed, until there is an output
    }

    bytes32 private constant RESULT_TYPE = keccak256(
        "TaskResult(uint256 taskId,uint32 attempt,uint32 exitStatus,bytes32 inputDigest,bytes32 outputDigest,address runner)"
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
        require(task.head.state == State.None, TaskExists(taskId));

        task.head = Head({
            submitter: msg.sender,
            deadline: uint40(deadline),
            state: State.Open,
            paid: msg.value != 0,
            exitStatus: 0
        });
        task.identity = identity;
        task.inputDigest = inputDigest;
        if (msg.value != 0) _fees[taskId] = msg.value;
        emit TaskSubmitted(taskId, identity, msg.sender, inputDigest, deadline, msg.value);
    }

    /// @inheritdoc ITaskLifecycle
    function claim(uint256 taskId, address requester) external payable {
        require(msg.value == claimBond, BondUnfit(msg.value, claimBond));
        StoredTask storage task = _tasks[taskId];
        Head storage head = task.head;
        Claim storage last = task.claim;
        _requireState(taskId, _stateOf(head, last), State.Open);
        require(block.timestamp < head.deadline, DeadlinePassed(taskId));
        IdentityId identity = task.identity;
        require(
            requester != address(0) && registry.readPermit(requester, identity).expiry > block.timestamp,
            PermitMissing(identity, requester)
        );

        uint256 expiry = block.timestamp + claimWindow;
        if (expiry > head.deadline) expiry = head.deadline;
        uint32 lapsed = last.lapsed;
        task.claim = Claim({requester: requester, expiry: uint40(expiry), lapsed: lapsed});
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
        Head storage head = task.head;
        Claim storage last = task.claim;
        State state = _stateOf(head, last);
        require(state == State.Open || state == State.Claimed, TaskIs(taskId, state));
        bool late = block.timestamp >= head.deadline;
        bool over = block.timestamp >= last.expiry || task.runnerOrOutput == bytes32(uint256(uint160(msg.sender)));
        require(late || (state == State.Claimed && over), NotExpired(taskId));

        if (state == State.Claimed && claimBond != 0) credit[head.submitter] += claimBond;
        if (late) {
            _end(taskId, head, State.Expired, head.submitter);
            emit TaskExpired(taskId);
        } else {
            uint32 lapsed = last.lapsed + 1;
            task.claim = Claim({requester: address(0), expiry: 0, lapsed: lapsed});
            emit TaskReopened(taskId, lapsed + 1);
        }
    }

    /// @inheritdoc ITaskLifecycle
    function cancel(uint256 taskId) external {
        StoredTask storage task = _tasks[taskId];
        Head storage head = task.head;
        _requireState(taskId, _stateOf(head, task.claim), State.Open);
        require(msg.sender == head.submitter, Unauthorized());
        _end(taskId, head, State.Cancelled, head.submitter);
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
        State state = _stateOf(stored.head, stored.claim);
        if (state == State.None) return task;

        task.submitter = stored.head.submitter;
        task.identity = stored.identity;
        task.inputDigest = stored.inputDigest;
        task.deadline = stored.head.deadline;
        task.attempt = stored.claim.lapsed + 1;
        task.state = state;
        task.requester = stored.claim.requester;
        task.claimExpiry = stored.claim.expiry;
        task.fee = _fees[taskId];
        task.exitStatus = stored.head.exitStatus;
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
        Head storage head = task.head;
        Claim storage last = task.claim;
        _requireState(taskId, _stateOf(head, last), State.Claimed);
        require(block.timestamp < head.deadline, DeadlinePassed(taskId));
        require(result.attempt == last.lapsed + 1, AttemptMismatch(taskId, result.attempt));
        require(result.inputDigest == task.inputDigest, InputMismatch(taskId));
        require(result.exitStatus <= 257, ExitStatusUnfit(taskId, result.exitStatus));
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecover(_digest(result), signature);
        require(
            problem == ECDSA.RecoverError.NoError && signer == last.requester, SignatureInvalid(taskId)
        );
        require(result.runner != address(0), RunnerMissing(taskId));
        // Zero is a permit that was taken away or died with its permitter or identity; a lapsed one keeps its expiry.
        require(registry.readPermit(signer, task.identity).expiry != 0, PermitRevoked(taskId));

        if (claimBond != 0) credit[address(uint160(uint256(task.runnerOrOutput)))] += claimBond;
        task.runnerOrOutput = result.outputDigest;
        head.exitStatus = uint16(result.exitStatus);
        _end(taskId, head, State.Accepted, result.runner);
        emit TaskAccepted(
            taskId, result.attempt, signer, result.runner, result.exitStatus, result.outputDigest
        );
    }

    /// Writes the final state, and gives the fee to `payee`.
    function _end(uint256 taskId, Head storage head, State state, address payee) private {
        head.state = state;
        if (head.paid) credit[payee] += _fees[taskId];
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
                    result.outputDigest,
                    result.runner
                )
            )
        );
    }

    function _requireState(uint256 taskId, State state, State wanted) private pure {
        require(state == wanted, TaskIs(taskId, state));
    }

    function _stateOf(Head storage head, Claim storage last) private view returns (State) {
        return head.state == State.Open && last.requester != address(0) ? State.Claimed : head.state;
    }
}
