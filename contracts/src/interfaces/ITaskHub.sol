// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title A place where contracts announce that they have work
/// @notice ERC-165 id: 0x9a14481c.
interface ITaskHub {
    event TasksAvailable(address indexed generator, bytes32 indexed context);

    /// @notice Announces tasks of the caller.
    function notify() external;

    /// @notice Announces tasks of the caller, with a word that its workers understand.
    function notify(bytes32 context) external;
}

/// @title The life of a task: submitted, claimed for an attested requester, accepted or expired
/// @notice Times are seconds since the epoch, amounts are wei. Nothing here grows with the size of a result.
interface ITaskLifecycle {
    enum State {
        None,
        Open,
        Claimed,
        Accepted,
        Expired,
        Cancelled
    }

    /// @param submitter who asked for the task and gets its fee back if it ends without a result
    /// @param identity the identity as which the task must be run
    /// @param inputDigest SHA-256 of the input manifest
    /// @param deadline from this second on, no result is accepted
    /// @param attempt counts from 1; grows when a claim lapses
    /// @param requester the attested key that may sign the result of this attempt (while claimed, and after)
    /// @param runner who claimed the attempt and posted its bond (while claimed)
    /// @param claimExpiry from this second on, anyone may reopen the task
    /// @param fee what the runner that the result names gets
    /// @param outputDigest SHA-256 of the sealed output (once accepted)
    /// @param exitStatus of the workload: 0 to 255; 256 if its inputs could not be opened, 257 if its output did not fit
    /// (once accepted)
    struct Task {
        address submitter;
        IdentityId identity;
        bytes32 inputDigest;
        uint64 deadline;
        uint32 attempt;
        State state;
        address requester;
        address runner;
        uint64 claimExpiry;
        uint256 fee;
        bytes32 outputDigest;
        uint32 exitStatus;
    }

    /// @notice What an enclave says about one task, signed by its requester as EIP-712 typed data of the domain
    /// ("escrin TaskHub", "1"). Its `runner` gets the fee, whoever claimed: the account that the enclave was told it
    /// runs for.
    struct TaskResult {
        uint256 taskId;
        uint32 attempt;
        uint32 exitStatus;
        bytes32 inputDigest;
        bytes32 outputDigest;
        address runner;
    }

    event TaskSubmitted(
        uint256 indexed taskId,
        IdentityId indexed identity,
        address indexed submitter,
        bytes32 inputDigest,
        uint64 deadline,
        uint256 fee
    );
    event TaskClaimed(
        uint256 indexed taskId, uint32 attempt, address indexed requester, address indexed runner, uint64 claimExpiry
    );
    event TaskAccepted(
        uint256 indexed taskId,
        uint32 attempt,
        address indexed requester,
        address indexed runner,
        uint32 exitStatus,
        bytes32 outputDigest
    );
    event TaskReopened(uint256 indexed taskId, uint32 attempt);
    event TaskExpired(uint256 indexed taskId);
    event TaskCancelled(uint256 indexed taskId);
    event Withdrawn(address indexed account, uint256 amount);

    /// The caller is not the task's submitter.
    error Unauthorized();
    /// The submitter used this salt before.
    error TaskExists(uint256 taskId);
    /// The call needs another state than the task has.
    error TaskIs(uint256 taskId, State state);
    /// The deadline must lie in the future (and before the year 36812).
    error DeadlineUnfit(uint64 deadline);
    /// The task's deadline has passed.
    error DeadlinePassed(uint256 taskId);
    /// The requester holds no live permit of the task's identity.
    error PermitMissing(IdentityId identity, address requester);
    /// A claim carries exactly the bond.
    error BondUnfit(uint256 sent, uint256 bond);
    /// Neither the claim nor the deadline has passed yet.
    error NotExpired(uint256 taskId);
    /// Task ids, signatures and results differ in number or order, or ids are not strictly ascending.
    error BatchMalformed();
    /// The result is for another attempt than the current one.
    error AttemptMismatch(uint256 taskId, uint32 attempt);
    /// The result was computed from another input.
    error InputMismatch(uint256 taskId);
    /// Exit statuses go from 0 to 257.
    error ExitStatusUnfit(uint256 taskId, uint32 exitStatus);
    /// The result is not signed by the requester of the attempt.
    error SignatureInvalid(uint256 taskId);
    /// The result names nobody to pay.
    error RunnerMissing(uint256 taskId);
    /// The requester's permit was taken away since the claim, or died with its permitter or identity.
    error PermitRevoked(uint256 taskId);
    /// The receiver refused its money.
    error WithdrawalFailed();

    /// @notice The id that `submitter`'s task with this salt has or will have; inputs are encrypted to it beforehand.
    function taskIdOf(address submitter, bytes32 salt) external view returns (uint256 taskId);

    /// @notice Submits a task. The value sent is the fee.
    function submit(IdentityId identity, bytes32 inputDigest, bytes32 salt, uint64 deadline)
        external
        payable
        returns (uint256 taskId);

    /// @notice Claims an open task for a requester with a live permit of its identity. The value sent is the bond; it
    /// comes back to the caller with the result, and goes to the submitter if the claim lapses.
    /// @dev A claim can be front-run under another name. That harms nobody: the fee goes to the runner that the
    /// enclave's result names, and the bond that is at stake is the front-runner's own. A registrant who revokes the
    /// requester's permit takes away fee and bond of an attempt under way: runners choose whose identities they serve.
    function claim(uint256 taskId, address requester) external payable;

    /// @notice Reopens a task whose claim has lapsed, with the next attempt; or ends one whose deadline has passed and
    /// gives its fee back. Anyone may call. The runner of a claim may call before it lapses: it gives the claim up, and
    /// the bond with it.
    function expire(uint256 taskId) external;

    /// @notice Ends an open task and gives its fee back. Submitter only.
    function cancel(uint256 taskId) external;

    /// @notice Pays out what the caller has earned or got back.
    function withdraw() external returns (uint256 amount);

    /// @notice What `withdraw` would pay to `account`.
    function credit(address account) external view returns (uint256 amount);

    /// @notice The task; all zero if there is none.
    function getTask(uint256 taskId) external view returns (Task memory task);

    /// @notice Seconds after which an unfinished claim may be reopened.
    function claimWindow() external view returns (uint64);

    /// @notice Wei that a claim carries.
    function claimBond() external view returns (uint256);
}
