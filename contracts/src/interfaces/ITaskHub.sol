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
/// @notice Times are seconds since the epoch; amounts are units of the task's token, or wei. What is stored has the same
/// size whatever a task's inputs and outputs weigh: three slots for a batch of up to 256 tasks.
///
/// Tasks come in batches. A batch has one record, is claimed once, for one attested requester, and gets one report. The
/// id of its first task has a zero low byte and names the batch; task i of it has that id plus i. Most batches are of one.
///
/// The hub keeps the digest of a batch's terms only. Whoever calls brings the terms along; TaskSubmitted has them.
interface ITaskLifecycle {
    enum State {
        None,
        Open,
        Claimed,
        Accepted,
        Expired,
        Cancelled
    }

    /// @notice What a batch of tasks is, for good.
    /// @param submitter who asks for it, and may cancel it while it is open
    /// @param identity the identity as which it must be run
    /// @param inputDigest SHA-256 of the input manifest
    /// @param deadline from this second on, no result is accepted
    /// @param count tasks of the batch: 1 to 256
    /// @param attempts how many claims may lapse before the batch ends: at least 1
    /// @param token ERC-20 token of the fee; zero is the chain's own currency
    /// @param fee of the whole batch: what the runner gets for its report; below 2^128
    /// @param refundee who gets the fee back if there is no report, and the bonds of lapsed claims
    /// @param callback contract to tell of the results (ITaskCallback); zero for none
    /// @param callbackGas gas that it gets: 1 to MAX_CALLBACK_GAS; zero without a callback
    struct Terms {
        address submitter;
        IdentityId identity;
        bytes32 inputDigest;
        uint64 deadline;
        uint16 count;
        uint16 attempts;
        address token;
        uint256 fee;
        address refundee;
        address callback;
        uint32 callbackGas;
    }

    /// @notice What the hub stores of a batch.
    /// @param attempt counts from 1; grows when a claim lapses; zero once accepted
    /// @param runner who claimed and posted the bond (while claimed)
    /// @param claimExpiry from this second on, anyone may reopen the batch
    /// @param requester the attested key that may report this attempt (while claimed)
    /// @param digest keccak256(abi.encode(Terms)); once accepted, EIP-712's hash of the TaskResult[] with its last byte cleared
    struct Record {
        State state;
        uint32 attempt;
        address runner;
        uint64 claimExpiry;
        address requester;
        bytes32 digest;
    }

    /// @notice What an enclave says of one task.
    /// @param exitStatus of the workload: 0 to 255; 256 if its inputs could not be opened, 257 if its output did not fit
    /// @param outputDigest SHA-256 of the sealed output
    /// @param publicOutput a word that the workload shows to everyone, for contracts; zero if it shows none
    struct TaskResult {
        uint32 exitStatus;
        bytes32 outputDigest;
        bytes32 publicOutput;
    }

    event TaskSubmitted(uint256 indexed taskId, IdentityId indexed identity, address indexed submitter, Terms terms);
    event TaskClaimed(
        uint256 indexed taskId, uint32 attempt, address indexed requester, address indexed runner, uint64 claimExpiry
    );
    event ClaimExtended(uint256 indexed taskId, uint32 attempt, uint64 claimExpiry);
    event TaskAccepted(
        uint256 indexed taskId, uint32 attempt, address indexed requester, address indexed runner, TaskResult[] results
    );
    /// A report of a requester whose permit was revoked: nothing of it is accepted, the bond goes back to the runner, and
    /// TaskReopened or TaskExpired follows.
    event ReportRefused(uint256 indexed taskId, uint32 attempt, address indexed requester);
    event CallbackFailed(uint256 indexed taskId, address indexed callback);
    event TaskReopened(uint256 indexed taskId, uint32 attempt);
    event TaskExpired(uint256 indexed taskId);
    event TaskCancelled(uint256 indexed taskId);
    event Withdrawn(address indexed token, address indexed account, uint256 amount);

    /// The caller is not who the call is for.
    error Unauthorized();
    /// The submitter used this salt before.
    error TaskExists(uint256 taskId);
    /// The call needs another state than the batch has.
    error TaskIs(uint256 taskId, State state);
    /// These are not the terms under which the batch was submitted.
    error TermsMismatch(uint256 taskId);
    /// The terms name a submitter other than the caller, no refundee, no tasks or too many, no attempts, a fee of 2^128 or
    /// more, more gas for the callback than there can be, or one of callback and its gas without the other.
    error TermsUnfit();
    /// The deadline must lie in the future (and before the year 36812).
    error DeadlineUnfit(uint64 deadline);
    /// The deadline has passed.
    error DeadlinePassed(uint256 taskId);
    /// The value sent is not the fee, or the token did not deliver it.
    error FeeUnfit(uint256 received, uint256 fee);
    /// The requester holds no live permit of the identity.
    error PermitMissing(IdentityId identity, address requester);
    /// A claim carries exactly the bond.
    error BondUnfit(uint256 sent, uint256 bond);
    /// A claim is extended forwards, by at most the claim window from now, and not beyond the deadline.
    error ExtensionUnfit(uint64 until);
    /// Neither the claim nor the deadline has passed yet.
    error NotExpired(uint256 taskId);
    /// The ids are not those of one whole batch, in order, nor its first alone; there is not one result for each task; or
    /// proof or report are not encoded as they must be.
    error BatchMalformed();
    /// The report is of another attempt than the current one.
    error AttemptMismatch(uint256 taskId, uint32 attempt);
    /// Exit statuses go from 0 to 257.
    error ExitStatusUnfit(uint256 taskId, uint32 exitStatus);
    /// The requester of the attempt did not sign this.
    error SignatureInvalid(uint256 taskId);
    /// The requester's permit was taken away since the claim, or died with its permitter or identity: no heartbeats.
    error PermitRevoked(uint256 taskId);
    /// Less gas is left than the callback was promised.
    error GasInsufficient();
    /// The receiver refused its money.
    error WithdrawalFailed();
    /// The hub needs a registry that exists, and a claim window.
    error ConstructionUnfit();

    /// @notice The id of the batch that `submitter`'s terms with this salt have or will have; inputs are encrypted to it
    /// beforehand. It is keccak256(abi.encode(hub, chain id, submitter, salt)) with the low byte cleared.
    function taskIdOf(address submitter, bytes32 salt) external view returns (uint256 taskId);

    /// @notice Submits a batch. The fee is the value sent, or is taken from the caller's allowance of the token.
    /// @dev Warning: a token that takes a share of transfers, or moves balances by itself, is not served (FeeUnfit), or
    /// makes what this hub holds of it less than what it owes. Other tokens' money is not touched by that.
    /// @dev Warning: whoever runs tasks should look at the token, the deadline and the callback's gas, which the bringer of
    /// the report pays for, before it claims.
    function submit(Terms calldata terms, bytes32 salt) external payable returns (uint256 taskId);

    /// @notice Claims an open batch for a requester with a live permit of its identity; the caller becomes its runner. The
    /// value sent is the bond. It comes back with the report, and goes to the refundee if the claim lapses, unless the
    /// requester's permit is revoked by then, or when its report comes (ReportRefused): then it comes back, since the
    /// registrant may be the submitter's friend.
    /// @dev Warning: a permit that its holder gave up looks like one that was taken away. A requester that its runner can
    /// make release its permit, which no attested enclave should be, can let attempts lapse at no cost to the runner.
    /// @param signature the requester's, of the EIP-712 type
    /// Claim(uint256 taskId,bytes32 termsDigest,uint32 attempt,address runner): a claim copied by another runner is void
    function claim(uint256 taskId, Terms calldata terms, address requester, bytes calldata signature) external payable;

    /// @notice Extends the current claim, unless its requester's permit was revoked; anyone may bring what the requester
    /// signed.
    /// @param until the new expiry: later than the present one, at most `claimWindow` from now, at most the deadline
    /// @param signature the requester's, of the EIP-712 type Heartbeat(uint256 taskId,uint32 attempt,uint64 until)
    function heartbeat(uint256 taskId, Terms calldata terms, uint64 until, bytes calldata signature) external;

    /// @notice Reopens a batch whose claim has lapsed, with the next attempt; or ends one whose deadline has passed or
    /// whose attempts are used up, and gives its fee back. Anyone may call. The runner of a claim may call before it
    /// lapses: it gives the claim up, and the bond with it.
    function expire(uint256 taskId, Terms calldata terms) external;

    /// @notice Ends an open batch and gives its fee back. Submitter only.
    function cancel(uint256 taskId, Terms calldata terms) external;

    /// @notice Pays out what the caller has earned or got back in a token; zero is the chain's own currency.
    function withdraw(address token) external returns (uint256 amount);

    /// @notice What `withdraw` would pay to `account`.
    function credit(address token, address account) external view returns (uint256 amount);

    /// @notice What is stored of the batch that the task belongs to; all zero if there is none.
    /// @dev Warning: how many tasks a batch has is in its terms alone. This answers for all 256 ids alike.
    function recordOf(uint256 taskId) external view returns (Record memory record);

    /// @notice Seconds after which an unfinished claim may be reopened.
    function claimWindow() external view returns (uint64);

    /// @notice Wei that a claim carries.
    function claimBond() external view returns (uint256);
}

/// @title A contract that wants to know the results of tasks
/// @notice Called once for each batch whose terms name it, after the hub's state is final. It gets the gas that the terms
/// say and no more; what it returns is not looked at, and if it reverts, the results stand all the same.
/// @dev Warning: anyone can submit a batch whose terms name your contract. Check that the caller is the hub, and that
/// `terms.identity`, `terms.submitter` and `terms.inputDigest` are those that you mean.
interface ITaskCallback {
    /// @param taskId of the batch's first task; `results[i]` is of task `taskId + i`
    function onTaskResults(
        uint256 taskId,
        ITaskLifecycle.Terms calldata terms,
        ITaskLifecycle.TaskResult[] calldata results
    ) external;
}
