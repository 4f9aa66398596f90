// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Funds} from "../Funds.sol";
import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {ITaskCallback, ITaskLifecycle} from "../interfaces/ITaskHub.sol";
import {IQuorumCallback, ITaskQuorum} from "../interfaces/ITaskQuorum.sol";

/// @title Agreement of m of n enclaves
/// @notice Nobody owns it and nothing in it can be upgraded.
/// @dev Storage: for a question two slots, a slot for each answer that was given to it, and one for each task that is out.
/// Trust: the hub, for who ran a task. It submits all tasks itself, so that it knows them by their ids: nobody else's
/// results count. Reentrancy: state is written before hub, token or application are called; `ask` is guarded.
contract TaskQuorum is ITaskQuorum, ReentrancyGuardTransient {
    struct Stored {
        address application;
        uint32 applicationGas;
        uint8 needed;
        bytes32 answer;
    }

    /// The most members of a question.
    uint256 public constant MAX_MEMBERS = 16;
    /// The most gas that an application can be promised.
    uint32 public constant MAX_APPLICATION_GAS = 800_000;
    /// What counting takes at most, with a 63rd of the application's gas (EIP-150): about 85,000.
    uint32 private constant COUNTING_GAS = 120_000;
    /// What the application's caller keeps: enough to log that it failed.
    uint256 private constant RESERVE = 10_000;

    /// The hub to which tasks go.
    ITaskLifecycle public immutable hub;

    mapping(bytes32 questionId => Stored) private _questions;
    mapping(uint256 taskId => bytes32 questionId) private _questionOf;
    mapping(bytes32 questionId => mapping(bytes32 output => uint256)) private _votes;

    constructor(ITaskLifecycle hub_) {
        require(address(hub_).code.length != 0, ITaskLifecycle.ConstructionUnfit());
        hub = hub_;
    }

    /// @inheritdoc ITaskQuorum
    function ask(Question calldata question, Member[] calldata members, bytes32 salt)
        external
        payable
        nonReentrant
        returns (bytes32 questionId)
    {
        require(
            members.length <= MAX_MEMBERS && question.needed != 0 && question.needed <= members.length
                && question.application != address(0) && question.applicationGas != 0
                && question.applicationGas <= MAX_APPLICATION_GAS,
            QuestionUnfit()
        );
        questionId = questionIdOf(msg.sender, salt); // asked before? the hub knows the tasks
        _questions[questionId] = Stored(question.application, question.applicationGas, question.needed, 0);
        emit QuestionAsked(questionId, question.application, question.needed, members);
        Funds.take(question.token, question.fee * members.length);
        Funds.allow(question.token, address(hub), question.fee * members.length);
        for (uint256 i = 0; i < members.length; ++i) {
            bytes32 before = i == 0 ? bytes32(0) : IdentityId.unwrap(members[i - 1].identity);
            require(IdentityId.unwrap(members[i].identity) > before, QuestionUnfit());
            _questionOf[taskIdOf(questionId, i)] = questionId;
            hub.submit{value: question.token == address(0) ? question.fee : 0}(
                _termsOf(question, members[i]), _saltOf(questionId, i)
            );
        }
    }

    /// @inheritdoc ITaskCallback
    function onTaskResults(
        uint256 taskId,
        ITaskLifecycle.Terms calldata terms,
        ITaskLifecycle.TaskResult[] calldata results
    ) external {
        bytes32 questionId = _questionOf[taskId];
        require(msg.sender == address(hub) && questionId != 0, Unauthorized());
        delete _questionOf[taskId];
        bytes32 output = results[0].publicOutput;
        if (results[0].exitStatus != 0 || output == 0) return;

        uint256 votes = ++_votes[questionId][output];
        emit VoteCounted(questionId, terms.identity, output, votes);
        Stored memory question = _questions[questionId];
        if (votes < question.needed || question.answer != 0) return;
        _questions[questionId].answer = output;
        emit QuestionAnswered(questionId, output);
        _tell(questionId, question, output);
    }

    /// @inheritdoc ITaskQuorum
    function cancel(bytes32 salt, uint256 member, ITaskLifecycle.Terms calldata terms) external {
        hub.cancel(taskIdOf(questionIdOf(msg.sender, salt), member), terms);
    }

    /// @inheritdoc ITaskQuorum
    function questionIdOf(address asker, bytes32 salt) public view returns (bytes32 questionId) {
        return keccak256(abi.encode(address(this), block.chainid, asker, salt));
    }

    /// @inheritdoc ITaskQuorum
    function taskIdOf(bytes32 questionId, uint256 member) public view returns (uint256 taskId) {
        return hub.taskIdOf(address(this), _saltOf(questionId, member));
    }

    /// @inheritdoc ITaskQuorum
    function answerOf(bytes32 questionId) external view returns (bytes32 answer) {
        return _questions[questionId].answer;
    }

    /// @dev As in the hub: the gas in full, and nothing that is returned is copied.
    function _tell(bytes32 questionId, Stored memory question, bytes32 answer) private {
        bytes memory data = abi.encodeCall(IQuorumCallback.onAnswer, (questionId, answer));
        (address callee, uint256 stipend) = (question.application, question.applicationGas);
        uint256 left = gasleft();
        require(left - left / 64 > stipend + RESERVE, GasInsufficient());
        bool ok;
        assembly ("memory-safe") {
            ok := call(stipend, callee, 0, add(data, 32), mload(data), 0, 0)
        }
        if (!ok) emit ApplicationFailed(questionId, callee);
    }

    function _termsOf(Question calldata question, Member calldata member)
        private
        view
        returns (ITaskLifecycle.Terms memory)
    {
        return ITaskLifecycle.Terms({
            submitter: address(this),
            identity: member.identity,
            inputDigest: member.inputDigest,
            deadline: question.deadline,
            count: 1,
            attempts: question.attempts,
            token: question.token,
            fee: question.fee,
            refundee: question.refundee,
            callback: address(this),
            callbackGas: COUNTING_GAS + question.applicationGas
        });
    }

    function _saltOf(bytes32 questionId, uint256 member) private pure returns (bytes32) {
        return keccak256(abi.encode(questionId, member));
    }
}
