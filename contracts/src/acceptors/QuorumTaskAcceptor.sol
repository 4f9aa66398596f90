// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IdentityId, IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {TaskAcceptor} from "./TaskAcceptor.sol";
import {TaskIdSelectorOps} from "./TaskIdSelectorOps.sol";

/// @title Accepts what m of n enclaves agree on
/// @notice Each enclave acts as an identity of its own, so that the identities' policies can demand different TEEs: a
/// forged result needs several broken ones. The enclaves sign the same outcomes as EIP-712 typed data of the domain
/// ("escrin QuorumTaskAcceptor", "1"):
/// `TaskStatement(bytes32 identity,uint256[] taskIds,TaskOutcome[] outcomes)TaskOutcome(uint32 exitStatus,bytes32 output)`.
/// report = abi.encode(TaskOutcome[]), one for each task; proof = abi.encode(Endorsement[]), by ascending identity.
/// (Enclaves that run tasks of a TaskHub agree by `TaskQuorum`.)
/// @dev Warning: with a quorum of half the identities or fewer, two different outcomes can have one; the first counts.
/// @dev Storage: slots 0 and 1 the fallbacks of EIP-712's name and version (unused), slot 2 the identities (bounded,
/// fixed at construction), slot 3 the outcomes. Trust: m of the identities' registrants and permitters together. A
/// statement serves once, as each task has one outcome, here and on this chain alone (CT-04). Reentrancy: outcomes are
/// final before the after-hook runs; only the registry is called, and only to read.
abstract contract QuorumTaskAcceptor is TaskAcceptor, EIP712 {
    /// What all must agree on, of one task.
    /// @param exitStatus of the workload
    /// @param output 32 bytes that all enclaves compute alike: the public output, or a digest of the plain output.
    /// Never the digest of a sealed output: sealing is random, so that two enclaves never agree on it.
    struct TaskOutcome {
        uint32 exitStatus;
        bytes32 output;
    }

    /// @param identity index of the identity that the signer holds a permit of
    /// @param r and
    /// @param vs the signature (ERC-2098)
    struct Endorsement {
        uint256 identity;
        bytes32 r;
        bytes32 vs;
    }

    /// The most identities that there can be.
    uint256 public constant MAX_IDENTITIES = 16;

    bytes32 private constant OUTCOME = keccak256("TaskOutcome(uint32 exitStatus,bytes32 output)");
    bytes32 private constant STATEMENT = keccak256(
        "TaskStatement(bytes32 identity,uint256[] taskIds,TaskOutcome[] outcomes)TaskOutcome(uint32 exitStatus,bytes32 output)"
    );

    /// Where the permits are kept.
    IIdentityRegistry public immutable registry;
    /// How many identities must agree.
    uint256 public immutable quorum;

    IdentityId[] private _identities;
    mapping(uint256 taskId => bytes32 digest) private _outcomes;

    event TaskOutcomeAccepted(uint256 indexed taskId, uint32 exitStatus, bytes32 output);

    /// The quorum must be between one and the number of identities, which are different.
    error QuorumUnfit();
    /// There must be one outcome for each task.
    error OutcomesMalformed();
    /// The task has its outcome.
    error TaskOutcomeKnown(uint256 taskId);

    constructor(IIdentityRegistry registry_, IdentityId[] memory identities, uint256 quorum_)
        EIP712("escrin QuorumTaskAcceptor", "1")
    {
        require(quorum_ > 0 && quorum_ <= identities.length && identities.length <= MAX_IDENTITIES, QuorumUnfit());
        for (uint256 i = 0; i < identities.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                require(IdentityId.unwrap(identities[i]) != IdentityId.unwrap(identities[j]), QuorumUnfit());
            }
        }
        registry = registry_;
        quorum = quorum_;
        _identities = identities;
    }

    /// @notice The identities whose enclaves may agree.
    function getTrustedIdentities() external view returns (IdentityId[] memory identities) {
        return _identities;
    }

    /// @notice EIP-712 struct hash of a task's accepted outcome; zero while there is none.
    function outcomeDigest(uint256 taskId) external view returns (bytes32 digest) {
        return _outcomes[taskId];
    }

    /// @notice What the enclave of an identity signs.
    function statementDigest(IdentityId identity, uint256[] calldata taskIds, TaskOutcome[] calldata outcomes)
        external
        view
        returns (bytes32 digest)
    {
        return _statementDigest(identity, keccak256(abi.encodePacked(taskIds)), _hashes(outcomes));
    }

    /// @inheritdoc TaskAcceptor
    function _acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        internal
        virtual
        override
        returns (TaskIdSelector memory selector)
    {
        TaskOutcome[] memory outcomes = abi.decode(report, (TaskOutcome[]));
        require(outcomes.length == taskIds.length, OutcomesMalformed());
        bytes32[] memory hashes = _hashes(outcomes);
        _checkEndorsements(abi.decode(proof, (Endorsement[])), keccak256(abi.encodePacked(taskIds)), hashes);

        for (uint256 i = 0; i < taskIds.length; ++i) {
            require(_outcomes[taskIds[i]] == 0, TaskOutcomeKnown(taskIds[i]));
            _outcomes[taskIds[i]] = hashes[i];
            emit TaskOutcomeAccepted(taskIds[i], outcomes[i].exitStatus, outcomes[i].output);
        }
        return TaskIdSelectorOps.all();
    }

    /// Enough of them, each by another identity and another key, each with a live permit. Ascending indexes are
    /// different, and never more than there are identities.
    function _checkEndorsements(Endorsement[] memory endorsements, bytes32 taskIds, bytes32[] memory outcomes)
        private
        view
    {
        require(endorsements.length >= quorum && endorsements.length <= _identities.length, Unauthorized());
        address[] memory signers = new address[](endorsements.length);
        for (uint256 i = 0; i < endorsements.length; ++i) {
            Endorsement memory endorsement = endorsements[i];
            require(endorsement.identity < _identities.length, Unauthorized());
            require(i == 0 || endorsement.identity > endorsements[i - 1].identity, Unauthorized());

            IdentityId identity = _identities[endorsement.identity];
            bytes32 digest = _statementDigest(identity, taskIds, outcomes);
            (address signer, ECDSA.RecoverError flaw,) = ECDSA.tryRecover(digest, endorsement.r, endorsement.vs);
            require(flaw == ECDSA.RecoverError.NoError, Unauthorized());
            require(block.timestamp < registry.readPermit(signer, identity).expiry, Unauthorized());

            for (uint256 j = 0; j < i; ++j) {
                require(signers[j] != signer, Unauthorized());
            }
            signers[i] = signer;
        }
    }

    function _statementDigest(IdentityId identity, bytes32 taskIds, bytes32[] memory outcomes)
        private
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(abi.encode(STATEMENT, identity, taskIds, keccak256(abi.encodePacked(outcomes))))
        );
    }

    function _hashes(TaskOutcome[] memory outcomes) private pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](outcomes.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(OUTCOME, outcomes[i].exitStatus, outcomes[i].output));
        }
    }
}
