// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {Permitter} from "../Permitter.sol";
import {Scheduled} from "../Scheduled.sol";
import {IEnclavePolicies} from "../interfaces/IEnclavePolicies.sol";
import {IIdentityGovernance} from "../interfaces/IIdentityGovernance.sol";
import {IdentityId} from "../interfaces/IIdentityRegistry.sol";
import {Platforms} from "./Platforms.sol";

/// @title Base of permitters that judge enclaves
/// @notice What inherits this verifies evidence (`_verify`) and so learns facts about an enclave. Here, they are held
/// against the policy of the identity.
/// @dev Storage: two slots for each policy. Trust: the registrant of an identity sets its policy, under the delay that
/// the registry has for the identity; nobody else can do anything. Reentrancy: calls the registry (views) and upstream,
/// both immutable; no state is written on the path of `acquireIdentity`.
abstract contract EnclavePolicies is IEnclavePolicies, Permitter, Scheduled {
    /// @notice What evidence proves of an enclave.
    /// @param measurementRoot the root of which its measurement is a leaf
    /// @param evidenceDigest digest of the evidence
    /// @param platform the word of contracts/SPEC.md
    /// @param author keccak256 of the AUTHOR_KEY_DIGEST in an SNP report whose ID block the author key signed; or zero
    /// @param version of the author's release, with its signature in the form of ERC-2098; zero if there is none
    struct Enclave {
        bytes32 measurementRoot;
        bytes32 evidenceDigest;
        bytes32 platform;
        bytes32 author;
        uint64 version;
        bytes32 r;
        bytes32 vs;
    }

    /// Two slots: the subject, and all the rest.
    struct StoredPolicy {
        bytes32 subject;
        PolicyKind kind;
        uint40 maxDuration;
        uint64 tdxFloor;
        uint64 snpFloor;
        uint64 minVersion;
    }

    bytes32 private constant RELEASE = keccak256("EnclaveRelease(bytes32 measurementRoot,uint64 version)");
    /// Without chain and contract: a release is one for all chains.
    bytes32 private constant RELEASE_DOMAIN = keccak256(
        abi.encode(
            keccak256("EIP712Domain(string name,string version)"), keccak256("escrin enclave"), keccak256("1")
        )
    );

    mapping(IdentityId => StoredPolicy) private _policies;

    constructor() {
        require(
            ERC165Checker.supportsInterface(address(registry), type(IIdentityGovernance).interfaceId),
            InterfaceUnsupported()
        );
    }

    /* POLICIES */

    /// @inheritdoc IEnclavePolicies
    function setPolicy(IdentityId identity, Policy calldata policy, string calldata locator)
        external
        onlyRegistrant(identity)
    {
        _requireFit(policy);
        bytes32 change = keccak256(msg.data);
        uint256 delay = IIdentityGovernance(address(registry)).delayOf(identity);
        if (policy.kind != PolicyKind.None && !_due(change, delay)) {
            emit PolicyScheduled(identity, change, policy, locator);
            return;
        }
        _policies[identity] = StoredPolicy({
            subject: policy.subject,
            kind: policy.kind,
            maxDuration: uint40(policy.maxDuration),
            tdxFloor: policy.tdxFloor,
            snpFloor: policy.snpFloor,
            minVersion: policy.minVersion
        });
        emit PolicyChanged(identity, _digestOf(policy), policy, locator);
    }

    /// @inheritdoc IEnclavePolicies
    function cancelPolicy(IdentityId identity, bytes calldata call) external onlyRegistrant(identity) {
        require(call.length >= 36 && bytes32(call[4:36]) == IdentityId.unwrap(identity), CallUnfit());
        _cancel(keccak256(call));
    }

    /// @inheritdoc IEnclavePolicies
    function policyOf(IdentityId identity) public view returns (Policy memory policy) {
        StoredPolicy memory stored = _policies[identity];
        return Policy({
            kind: stored.kind,
            subject: stored.subject,
            maxDuration: stored.maxDuration,
            tdxFloor: stored.tdxFloor,
            snpFloor: stored.snpFloor,
            minVersion: stored.minVersion
        });
    }

    /// @inheritdoc IEnclavePolicies
    function policyDigestOf(IdentityId identity) external view returns (bytes32 policyDigest) {
        return _digestOf(policyOf(identity));
    }

    /// @inheritdoc Permitter
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return interfaceId == type(IEnclavePolicies).interfaceId || super.supportsInterface(interfaceId);
    }

    /* DECISIONS */

    /// @dev Verifies evidence; reverts unless all that it returns is proven of the enclave whose key `requester` is, for
    /// this identity, duration, chain and registry, and recent, and never used before.
    function _verify(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal virtual returns (Enclave memory enclave);

    /// @inheritdoc Permitter
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal override returns (uint64 granted) {
        Enclave memory enclave = _verify(identity, requester, duration, context, authorization);
        Policy memory policy = policyOf(identity);
        require(policy.kind != PolicyKind.None, PolicyMissing(identity));
        _requireNamed(policy, enclave);
        require(Platforms.satisfies(enclave.platform, policy.tdxFloor, policy.snpFloor), PlatformRefused(enclave.platform));

        granted = duration < policy.maxDuration ? duration : policy.maxDuration;
        emit EnclaveAccepted(
            identity, requester, enclave.evidenceDigest, _digestOf(policy), uint64(block.timestamp) + granted
        );
    }

    /// @dev Only the possessor gives a permit up.
    function _release(IdentityId, address possessor, bytes calldata, bytes calldata) internal view override {
        require(msg.sender == possessor, Unauthorized());
    }

    /// The enclave is one that the policy names, and not older than it wants.
    function _requireNamed(Policy memory policy, Enclave memory enclave) private pure {
        bytes32 subject = enclave.measurementRoot;
        uint64 version = 0;
        if (policy.kind == PolicyKind.Author) {
            version = enclave.version;
            subject = bytes32(uint256(uint160(_authorOf(enclave))));
        } else if (policy.kind == PolicyKind.IdBlock) {
            version = Platforms.guestSVN(enclave.platform);
            subject = enclave.author;
        }
        require(subject == policy.subject, EnclaveMismatch(subject));
        require(version >= policy.minVersion, VersionTooOld(version));
    }

    /// Who signed the release.
    function _authorOf(Enclave memory enclave) private pure returns (address author) {
        bytes32 release = keccak256(abi.encode(RELEASE, enclave.measurementRoot, enclave.version));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", RELEASE_DOMAIN, release));
        return ECDSA.recover(digest, enclave.r, enclave.vs);
    }

    function _digestOf(Policy memory policy) private pure returns (bytes32) {
        return policy.kind == PolicyKind.None ? bytes32(0) : keccak256(abi.encode(policy));
    }

    /// Nothing, or all that is needed and nothing that has no meaning.
    function _requireFit(Policy calldata policy) private pure {
        PolicyKind kind = policy.kind;
        bool fit;
        if (kind == PolicyKind.None) {
            fit = policy.subject == 0 && policy.maxDuration == 0 && policy.tdxFloor == 0 && policy.snpFloor == 0
                && policy.minVersion == 0;
        } else {
            fit = policy.subject != 0 && policy.maxDuration != 0 && policy.maxDuration <= type(uint40).max;
            if (kind == PolicyKind.Measurements) fit = fit && policy.minVersion == 0;
            if (kind == PolicyKind.Author) fit = fit && uint256(policy.subject) <= type(uint160).max;
            if (kind == PolicyKind.IdBlock) fit = fit && policy.tdxFloor == 0;
            fit = fit && (policy.tdxFloor != 0 || policy.snpFloor != 0);
        }
        require(fit, PolicyUnfit());
    }
}
