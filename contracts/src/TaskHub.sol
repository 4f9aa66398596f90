// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IdentityId, IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "./interfaces/ITaskAcceptor.sol";
import {ITaskCallback, ITaskHub, ITaskLifecycle} from "./interfaces/ITaskHub.sol";
import {Funds} from "./Funds.sol";
import {TaskEncoding} from "./TaskEncoding.sol";

/// @title The hub of tasks
/// @notice Nobody owns it and nothing in it can be upgraded. In `acceptTaskResults`, `taskIds` are those of one batch, or
/// its first alone; `proof` is abi.encode(Terms, bytes signature), `report` is abi.encode(uint32 attempt, TaskResult[]),
/// byte for byte; and the signature is the requester's, of the EIP-712 type
/// TaskReport(uint256 taskId,bytes32 termsDigest,uint32 attempt,TaskResult[] results)
/// TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput).
/// Whoever brings a report gets nothing for it: the fee and the bond are the runner's, whom the requester's signature of
/// the claim names.
/// @dev Storage: slots 0 and 1 are EIP712's, and empty; slot 2 maps a batch to three slots (head, digest, requester), slot
/// 3 a token and an account to a credit. What a batch costs does not depend on what its inputs and outputs weigh.
/// Trust: the registry, for permits; a fee's token, for that fee and for other fees in the same token. The submitter can
/// cancel while nobody has claimed; the identity's registrant can revoke the requester, which ends the attempt without a
/// fee, but not at the cost of the bond if the runner brings its report while it is revoked. Nobody else can do what a signature does not say.
/// Reentrancy: one transient guard is over all that changes state, and held while a token or a receiver of money is
/// called; views answer meanwhile, and credits are written down before they are paid out. Callbacks are called when all
/// is final and the guard is released, so that an application may submit its next task from one.
contract TaskHub is
    ITaskHub,
    ITaskLifecycle,
    ITaskAcceptor,
    IERC165,
    EIP712("escrin TaskHub", "2"),
    ReentrancyGuardTransient
{
    /// One storage slot. The state is its low byte: once accepted, the rest of the slot is the results' digest, whose last
    /// byte is thereby lost.
    struct Head {
        State state;
        uint32 lapsed; // attempts that ended without a report
        uint40 claimExpiry;
        address runner;
    }

    /// Once accepted, only the first slot is left, which makes accepting results a sixth cheaper.
    struct Batch {
        Head head;
        bytes32 digest; // of the terms
        address requester; // while claimed
    }

    /// The most gas that a callback can be promised.
    uint32 public constant MAX_CALLBACK_GAS = TaskEncoding.MAX_CALLBACK_GAS;
    /// The most tasks of a batch: their ids differ in the low byte.
    uint16 public constant MAX_COUNT = TaskEncoding.MAX_COUNT;
    /// What the callback's caller keeps: enough to log that it failed, and to return.
    uint256 private constant CALLBACK_RESERVE = 20_000;
    uint256 private constant BATCH_MASK = ~uint256(0xff);

    /// The registry whose permits count.
    IIdentityRegistry public immutable registry;
    /// @inheritdoc ITaskLifecycle
    uint64 public immutable claimWindow;
    /// @inheritdoc ITaskLifecycle
    uint256 public immutable claimBond;

    mapping(uint256 taskId => Batch) private _batches;
    /// @inheritdoc ITaskLifecycle
    mapping(address token => mapping(address account => uint256)) public credit;

    /// @param claimWindow_ seconds
    /// @param claimBond_ wei
    constructor(IIdentityRegistry registry_, uint64 claimWindow_, uint256 claimBond_) {
        require(address(registry_).code.length != 0 && claimWindow_ != 0, ConstructionUnfit());
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
    function submit(Terms calldata terms, bytes32 salt) external payable nonReentrant returns (uint256 taskId) {
        require(terms.deadline > block.timestamp && terms.deadline <= type(uint40).max, DeadlineUnfit(terms.deadline));
        require(_fit(terms), TermsUnfit());
        taskId = taskIdOf(msg.sender, salt);
        Batch storage batch = _batches[taskId];
        require(batch.head.state == State.None, TaskExists(taskId));

        batch.head.state = State.Open;
        batch.digest = keccak256(abi.encode(terms)); // of clean words only, so that no others ever match
        emit TaskSubmitted(taskId, terms.identity, msg.sender, terms);
        Funds.take(terms.token, terms.fee);
    }

    /// @inheritdoc ITaskLifecycle
    function claim(uint256 taskId, Terms calldata terms, address requester, bytes calldata signature)
        external
        payable
        nonReentrant
    {
        require(msg.value == claimBond, BondUnfit(msg.value, claimBond));
        (Batch storage batch, Head memory head, bytes32 termsDigest) = _open(taskId, terms);
        _requireState(taskId, head.state, State.Open);
        require(block.timestamp < terms.deadline, DeadlinePassed(taskId));
        require(_expiryOf(requester, terms.identity) > block.timestamp, PermitMissing(terms.identity, requester));
        uint32 attempt = head.lapsed + 1;
        _requireSigned(taskId, requester, TaskEncoding.claimHash(taskId, termsDigest, attempt, msg.sender), signature);

        uint256 expiry = block.timestamp + claimWindow;
        if (expiry > terms.deadline) expiry = terms.deadline;
        batch.head = Head({
            runner: msg.sender,
            claimExpiry: uint40(expiry), // at most the deadline, which fits
            lapsed: head.lapsed,
            state: State.Claimed
        });
        batch.requester = requester;
        emit TaskClaimed(taskId, attempt, requester, msg.sender, uint64(expiry));
    }

    /// @inheritdoc ITaskLifecycle
    function heartbeat(uint256 taskId, Terms calldata terms, uint64 until, bytes calldata signature)
        external
        nonReentrant
    {
        (Batch storage batch, Head memory head,) = _open(taskId, terms);
        _requireState(taskId, head.state, State.Claimed);
        require(
            until > head.claimExpiry && until <= block.timestamp + claimWindow && until <= terms.deadline,
            ExtensionUnfit(until)
        );
        uint32 attempt = head.lapsed + 1;
        address requester = batch.requester;
        _requireSigned(taskId, requester, TaskEncoding.heartbeatHash(taskId, attempt, until), signature);
        // Nothing is at stake for a claim that was revoked, nor can it end in a result: it must not last.
        require(_expiryOf(requester, terms.identity) != 0, PermitRevoked(taskId));

        batch.head.claimExpiry = uint40(until);
        emit ClaimExtended(taskId, attempt, until);
    }

    /// @inheritdoc ITaskAcceptor
    function acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        external
        returns (TaskIdSelector memory selector)
    {
        (Terms calldata terms, bytes calldata signature) = TaskEncoding.parseProof(proof);
        uint256 taskId = _requireBatch(taskIds, terms.count);
        (TaskResult[] calldata results, bool accepted) = _accept(taskId, terms, signature, report);
        if (accepted && terms.callback != address(0)) _callBack(taskId, terms, results);
        selector.quantifier = accepted ? Quantifier.All : Quantifier.None;
    }

    /// @inheritdoc ITaskLifecycle
    function expire(uint256 taskId, Terms calldata terms) external nonReentrant {
        (Batch storage batch, Head memory head,) = _open(taskId, terms);
        require(head.state == State.Open || head.state == State.Claimed, TaskIs(taskId, head.state));
        bool late = block.timestamp >= terms.deadline;
        bool over = block.timestamp >= head.claimExpiry || head.runner == msg.sender;
        require(late || (head.state == State.Claimed && over), NotExpired(taskId));

        if (head.state == State.Claimed) {
            bool revoked = _expiryOf(batch.requester, terms.identity) == 0;
            _lapse(taskId, terms, revoked ? head.runner : terms.refundee, late);
        } else {
            _expire(taskId, terms, head.lapsed);
        }
    }

    /// @inheritdoc ITaskLifecycle
    function cancel(uint256 taskId, Terms calldata terms) external nonReentrant {
        (Batch storage batch, Head memory head,) = _open(taskId, terms);
        _requireState(taskId, head.state, State.Open);
        require(msg.sender == terms.submitter, Unauthorized());

        batch.head.state = State.Cancelled;
        _credit(terms.token, terms.refundee, terms.fee);
        emit TaskCancelled(taskId);
    }

    /// @inheritdoc ITaskLifecycle
    function withdraw(address token) external nonReentrant returns (uint256 amount) {
        amount = credit[token][msg.sender];
        credit[token][msg.sender] = 0;
        emit Withdrawn(token, msg.sender, amount);
        Funds.pay(token, msg.sender, amount);
    }

    /* VIEWS */

    /// @inheritdoc ITaskLifecycle
    function taskIdOf(address submitter, bytes32 salt) public view returns (uint256 taskId) {
        return uint256(keccak256(abi.encode(address(this), block.chainid, submitter, salt))) & BATCH_MASK;
    }

    /// @inheritdoc ITaskLifecycle
    function recordOf(uint256 taskId) external view returns (Record memory record) {
        Batch storage batch = _batches[taskId & BATCH_MASK];
        Head memory head = batch.head;
        record.state = head.state;
        if (head.state == State.None) return record;
        if (head.state == State.Accepted) {
            assembly ("memory-safe") {
                mstore(add(record, 160), and(sload(batch.slot), not(0xff))) // the digest
            }
            return record;
        }
        return Record({
            state: head.state,
            attempt: head.lapsed + 1,
            runner: head.runner,
            claimExpiry: head.claimExpiry,
            requester: batch.requester,
            digest: batch.digest
        });
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ITaskHub).interfaceId || interfaceId == type(ITaskLifecycle).interfaceId
            || interfaceId == type(ITaskAcceptor).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /* INTERNALS */

    function _accept(uint256 taskId, Terms calldata terms, bytes calldata signature, bytes calldata report)
        private
        nonReentrant
        returns (TaskResult[] calldata results, bool accepted)
    {
        uint32 attempt;
        (attempt, results) = TaskEncoding.parseReport(report, terms.count);
        (Batch storage batch, Head memory head, bytes32 termsDigest) = _open(taskId, terms);
        _requireState(taskId, head.state, State.Claimed);
        require(block.timestamp < terms.deadline, DeadlinePassed(taskId));
        require(attempt == head.lapsed + 1, AttemptMismatch(taskId, attempt));
        bytes32 resultsDigest = TaskEncoding.digestOf(taskId, results);
        address requester = batch.requester;
        bytes32 reportHash = TaskEncoding.reportHash(taskId, termsDigest, attempt, resultsDigest);
        _requireSigned(taskId, requester, reportHash, signature);
        // Zero is a permit that was taken away or died with its permitter or identity; a lapsed one keeps its expiry.
        // Settled now, lest the registrant grant it again before the claim is over, and have the bond.
        if (_expiryOf(requester, terms.identity) == 0) {
            emit ReportRefused(taskId, attempt, requester);
            _lapse(taskId, terms, head.runner, false);
            return (results, false);
        }

        _end(batch, resultsDigest);
        if (terms.token == address(0)) {
            _credit(address(0), head.runner, terms.fee + claimBond);
        } else {
            _credit(address(0), head.runner, claimBond);
            _credit(terms.token, head.runner, terms.fee);
        }
        _logAccepted(taskId, requester, head.runner, report);
        return (results, true);
    }

    /// Ends the attempt of a claimed batch, and the batch if it was the last or it is too late for another.
    function _lapse(uint256 taskId, Terms calldata terms, address bondTo, bool late) private {
        Batch storage batch = _batches[taskId];
        uint32 lapsed = batch.head.lapsed + 1;
        _credit(address(0), bondTo, claimBond);
        delete batch.requester;
        if (late || lapsed >= terms.attempts) return _expire(taskId, terms, lapsed);
        batch.head = Head({runner: address(0), claimExpiry: 0, lapsed: lapsed, state: State.Open});
        emit TaskReopened(taskId, lapsed + 1);
    }

    function _expire(uint256 taskId, Terms calldata terms, uint32 lapsed) private {
        _batches[taskId].head = Head({runner: address(0), claimExpiry: 0, lapsed: lapsed, state: State.Expired});
        _credit(terms.token, terms.refundee, terms.fee);
        emit TaskExpired(taskId);
    }

    /// @dev Assembly, because the slot that was a Head becomes state and digest.
    function _end(Batch storage batch, bytes32 resultsDigest) private {
        State accepted = State.Accepted;
        assembly ("memory-safe") {
            sstore(batch.slot, or(and(resultsDigest, not(0xff)), accepted))
        }
        delete batch.digest;
        delete batch.requester;
    }

    /// @dev emit TaskAccepted(taskId, attempt, requester, runner, results). Assembly, because its data are the report, byte
    /// for byte, and encoding up to 256 results anew costs more than all else.
    function _logAccepted(uint256 taskId, address requester, address runner, bytes calldata report) private {
        bytes32 topic = TaskAccepted.selector;
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, report.offset, report.length)
            log4(data, report.length, topic, taskId, requester, runner)
        }
    }

    /// @dev The callee gets its gas in full or the whole call reverts: whoever brings the report cannot starve it (CT-08).
    /// Assembly, because Solidity's call would copy what is returned, however much that is.
    function _callBack(uint256 taskId, Terms calldata terms, TaskResult[] calldata results) private {
        bytes memory data = abi.encodeCall(ITaskCallback.onTaskResults, (taskId, terms, results));
        address callee = terms.callback;
        uint256 stipend = terms.callbackGas;
        // EIP-150: a callee gets at most 63/64 of what is left.
        uint256 left = gasleft();
        require(left - left / 64 > stipend + CALLBACK_RESERVE, GasInsufficient());
        bool ok;
        assembly ("memory-safe") {
            ok := call(stipend, callee, 0, add(data, 32), mload(data), 0, 0)
        }
        if (!ok) emit CallbackFailed(taskId, callee);
    }

    function _credit(address token, address account, uint256 amount) private {
        if (amount != 0) credit[token][account] += amount;
    }

    /// The batch, if these are its terms.
    function _open(uint256 taskId, Terms calldata terms)
        private
        view
        returns (Batch storage batch, Head memory head, bytes32 termsDigest)
    {
        batch = _batches[taskId];
        head = batch.head;
        termsDigest = TaskEncoding.digestOf(terms);
        require(head.state != State.None, TaskIs(taskId, State.None));
        require(head.state == State.Accepted || batch.digest == termsDigest, TermsMismatch(taskId));
    }

    /// When the permit ends; zero if there is none, or it was revoked.
    function _expiryOf(address requester, IdentityId identity) private view returns (uint64 expiry) {
        return registry.readPermit(requester, identity).expiry;
    }

    /// @dev 65 bytes with a low s (CT-03); the domain has the chain's id of now (CT-04).
    function _requireSigned(uint256 taskId, address requester, bytes32 structHash, bytes calldata signature)
        private
        view
    {
        (address signer, ECDSA.RecoverError problem,) =
            ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        require(problem == ECDSA.RecoverError.NoError && signer == requester, SignatureInvalid(taskId));
    }

    function _requireState(uint256 taskId, State state, State wanted) private pure {
        require(state == wanted, TaskIs(taskId, state));
    }

    function _fit(Terms calldata terms) private view returns (bool) {
        return terms.submitter == msg.sender && terms.refundee != address(0) && terms.count != 0
            && terms.count <= MAX_COUNT && terms.attempts != 0 && terms.fee <= type(uint128).max
            && terms.callbackGas <= MAX_CALLBACK_GAS && (terms.callback == address(0)) == (terms.callbackGas == 0);
    }

    /// The batch that the ids name: by its first, or by all of them in order.
    function _requireBatch(uint256[] calldata taskIds, uint256 count) private pure returns (uint256 taskId) {
        require(taskIds.length == 1 || (taskIds.length == count && count != 0), BatchMalformed());
        taskId = taskIds[0];
        for (uint256 i = 1; i < taskIds.length; ++i) {
            require(taskIds[i] == taskId + i, BatchMalformed());
        }
    }
}
