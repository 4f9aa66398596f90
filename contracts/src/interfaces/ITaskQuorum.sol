// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";
import {ITaskCallback, ITaskLifecycle} from "./ITaskHub.sol";

/// @title One question to several enclaves, and an answer when enough of them agree
/// @notice A question is a task for each of its members: identities whose enclaves are built on different TEEs, say, one
/// on TDX and one on SEV-SNP, so that breaking one does not decide. Once `needed` of their tasks ended with status 0 and
/// the same public output, the application is told: once. Other results, and a public output of zero, count for nothing.
/// @dev Warning: with `needed` of half the members or fewer, the first answer to get there wins.
interface ITaskQuorum is ITaskCallback {
    /// @param identity as which the task is run
    /// @param inputDigest SHA-256 of its input manifest: inputs are encrypted to each task, so the manifests differ
    struct Member {
        IdentityId identity;
        bytes32 inputDigest;
    }

    /// @param needed how many must agree: 1 to the number of members
    /// @param application contract to tell of the answer (IQuorumCallback)
    /// @param applicationGas gas that it gets: 1 to MAX_APPLICATION_GAS
    /// @param fee of each task; deadline, attempts, token, refundee as in its terms
    struct Question {
        uint8 needed;
        address application;
        uint32 applicationGas;
        uint64 deadline;
        uint16 attempts;
        address token;
        uint256 fee;
        address refundee;
    }

    event QuestionAsked(bytes32 indexed questionId, address indexed application, uint8 needed, Member[] members);
    event VoteCounted(bytes32 indexed questionId, IdentityId indexed identity, bytes32 publicOutput, uint256 votes);
    event QuestionAnswered(bytes32 indexed questionId, bytes32 answer);
    event ApplicationFailed(bytes32 indexed questionId, address indexed application);

    /// The caller is not who the call is for, or the task is none of a question, or was counted.
    error Unauthorized();
    /// No members or more than MAX_MEMBERS, identities that do not ascend strictly, fewer members than are needed, no
    /// application, or too much gas for it or none.
    error QuestionUnfit();
    /// The callback would be cut short.
    error GasInsufficient();

    /// @notice Asks: submits a task for each member and pays their fees, as value or from the caller's allowance.
    /// @param members in strictly ascending order of their identities: each has one vote
    function ask(Question calldata question, Member[] calldata members, bytes32 salt)
        external
        payable
        returns (bytes32 questionId);

    /// @notice Cancels a task of the caller's question that nobody has claimed, after the answer for instance.
    /// @param terms those of the task; the hub's event has them
    function cancel(bytes32 salt, uint256 member, ITaskLifecycle.Terms calldata terms) external;

    /// @notice The id that `asker`'s question with this salt has or will have.
    function questionIdOf(address asker, bytes32 salt) external view returns (bytes32 questionId);

    /// @notice The id that the task of a member has or will have; its inputs are encrypted to it.
    function taskIdOf(bytes32 questionId, uint256 member) external view returns (uint256 taskId);

    /// @notice What enough members agreed on; zero while there is no answer.
    function answerOf(bytes32 questionId) external view returns (bytes32 answer);
}

/// @title An application that wants to know what enclaves agree on
/// @dev Warning: anyone can ask questions whose application is your contract. Check that the caller is the quorum, and
/// that the id is of a question that you mean.
interface IQuorumCallback {
    function onAnswer(bytes32 questionId, bytes32 answer) external;
}
