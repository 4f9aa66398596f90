// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

import {Permitter} from "../Permitter.sol";
import {Scheduled} from "../Scheduled.sol";
import {IEnclavePolicies} from "../interfaces/IEnclavePolicies.sol";
import {IIdentityGovernance} from "../interfaces/IIdentityGovernance.sol";
import {IdentityId, IPermitHistory} from "../interfaces/IIdentityRegistry.sol";
import {Platforms} from "./Platforms.sol";
import {PolicyTerms} from "./PolicyTerms.sol";

/// @title Base of permitters that judge enclaves
/// @notice What inherits this verifies evidence (`_verify`) and so learns facts about an enclave. Here, they are held
/// against the policy of the identity.
/// @dev Storage: three slots for each policy: its digest, by which it is recognised, and what it says. Trust: the
/// registrant of an identity sets its policy, under the delay that the registry has for the identity; nobody else can do
/// anything. Reentrancy: calls the registry and upstream, both immutable, last; nothing is written here on the path of
/// `acquireIdentity`.
abstract contract EnclavePolicies is IEnclavePolicies, Permitter, Scheduled {
    /// @notice What evidence proves of an enclave.
    /// @param baseBlock the block that makes the evidence fresh
    /// @param terms the policy's terms, as the caller states them; zero to have them read, which costs more
    /// @param measurementRoot the root of which its measurement is a leaf
    /// @param evidenceDigest digest of the evidence
    /// @param platform the word of contracts/SPEC.md
    /// @param author keccak256 of the AUTHOR_KEY_DIGEST in an SNP report whose ID block the author key signed; or zero
    /// @param version of the author's release, with its signature in the form of ERC-2098; zero if there is none
    struct Enclave {
        uint64 baseBlock;
        uint256 terms;
        bytes32 measurementRoot;
        bytes32 evidenceDigest;
        bytes32 platform;
        bytes32 author;
        uint64 version;
        bytes32 r;
        bytes32 vs;
    }

    /// @param digest of terms and subject
    /// @param terms see PolicyTerms
    struct StoredPolicy {
        bytes32 digest;
        bytes32 subject;
        uint256 terms;
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
        bool hasGovernance = ERC165Checker.supportsInterface(address(registry), type(IIdentityGovernance).interfaceId);
        bool hasHistory = ERC165Checker.supportsInterface(address(registry), type(IPermitHistory).interfaceId);
        require(hasGovernance && hasHistory, InterfaceUnsupported());
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
        uint256 terms = PolicyTerms.pack(policy);
        bytes32 digest = terms == 0 ? bytes32(0) : Hashes.efficientKeccak256(bytes32(terms), policy.subject);
        _policies[identity] = StoredPolicy({digest: digest, subject: policy.subject, terms: terms});
        emit PolicyChanged(identity, digest, policy, locator);
    }

    /// @inheritdoc IEnclavePolicies
    function cancelPolicy(IdentityId identity, bytes calldata call) external onlyRegistrant(identity) {
        require(call.length >= 36 && bytes32(call[4:36]) == IdentityId.unwrap(identity), CallUnfit());
        _cancel(keccak256(call));
    }

    /// @inheritdoc IEnclavePolicies
    function policyOf(IdentityId identity) external view returns (Policy memory policy) {
        StoredPolicy storage stored = _policies[identity];
        policy = PolicyTerms.unpack(stored.terms);
        policy.subject = stored.subject;
    }

    /// @inheritdoc IEnclavePolicies
    function termsOf(IdentityId identity) external view returns (uint256 terms) {
        return _policies[identity].terms;
    }

    /// @inheritdoc IEnclavePolicies
    function policyDigestOf(IdentityId identity) external view returns (bytes32 policyDigest) {
        return _policies[identity].digest;
    }

    /// @inheritdoc Permitter
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return super.supportsInterface(interfaceId) || interfaceId == type(IEnclavePolicies).interfaceId;
    }

    /* DECISIONS */

    /// @inheritdoc Permitter
    function acquireIdentity(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) external override returns (uint64 expiry) {
        if (!_last) {
            uint64 granted = _acquire(identity, requester, duration, context, authorization);
            return _grant(identity, requester, granted, context, authorization);
        }
        Enclave memory enclave = _verify(identity, requester, duration, context, authorization);
        (uint64 entitled, bytes32 policyDigest) = _judge(identity, duration, enclave);
        return IPermitHistory(address(registry)).grantOnEvidence(
            identity, requester, entitled, enclave.baseBlock, enclave.evidenceDigest, policyDigest
        );
    }

    /// @dev Verifies evidence; reverts unless all that it returns is proven of the enclave whose key `requester` is, for
    /// this identity, duration, chain and registry, and `baseBlock` is recent and earlier than the present one.
    function _verify(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal virtual returns (Enclave memory enclave);

    /// @dev What precedes a permitter upstream. Nothing is granted here, so that evidence is used up by the registry at the
    /// end only.
    /// @inheritdoc Permitter
    function _acquire(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) internal override returns (uint64 granted) {
        Enclave memory enclave = _verify(identity, requester, duration, context, authorization);
        uint64 changedAt = IPermitHistory(address(registry)).permitChangedAt(requester, identity);
        require(changedAt <= enclave.baseBlock, IPermitHistory.PermitChanged(changedAt));
        bytes32 policyDigest;
        (granted, policyDigest) = _judge(identity, duration, enclave);
        emit EnclaveAccepted(identity, requester, granted, enclave.evidenceDigest, policyDigest);
    }

    /// Holds an enclave against the policy; for how many seconds it is entitled.
    function _judge(IdentityId identity, uint64 duration, Enclave memory enclave)
        private
        view
        returns (uint64 entitled, bytes32 policyDigest)
    {
        StoredPolicy storage policy = _policies[identity];
        policyDigest = policy.digest;
        uint256 terms = enclave.terms == 0 ? policy.terms : enclave.terms;
        _requireNamed(identity, policyDigest, terms, enclave);
        require(
            Platforms.satisfies(enclave.platform, PolicyTerms.tdxFloor(terms), PolicyTerms.snpFloor(terms)),
            PlatformRefused(enclave.platform)
        );
        entitled = PolicyTerms.maxDuration(terms);
        if (duration < entitled) entitled = duration;
    }

    /// @dev Only the possessor gives a permit up.
    function _release(IdentityId, address possessor, bytes calldata, bytes calldata) internal view override {
        require(msg.sender == possessor, Unauthorized());
    }

    /// The enclave is one that the policy names, and not older than it wants. The terms are the policy's if they and what
    /// names the enclave have its digest.
    function _requireNamed(IdentityId identity, bytes32 policyDigest, uint256 terms, Enclave memory enclave)
        private
        pure
    {
        bytes32 subject = enclave.measurementRoot;
        uint256 version = 0;
        uint256 kind = PolicyTerms.kind(terms);
        if (kind == uint256(PolicyKind.Author)) {
            version = enclave.version;
            subject = bytes32(uint256(uint160(_authorOf(enclave))));
        } else if (kind == uint256(PolicyKind.IdBlock)) {
            version = Platforms.guestSVN(enclave.platform);
            subject = enclave.author;
        }
        if (Hashes.efficientKeccak256(bytes32(terms), subject) != policyDigest) {
            require(policyDigest != 0, PolicyMissing(identity));
            revert EnclaveMismatch(subject);
        }
        require(version >= PolicyTerms.minVersion(terms), VersionTooOld(uint64(version)));
    }

    /// Who signed the release.
    function _authorOf(Enclave memory enclave) private pure returns (address author) {
        bytes32 release = keccak256(abi.encode(RELEASE, enclave.measurementRoot, enclave.version));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", RELEASE_DOMAIN, release));
        return ECDSA.recover(digest, enclave.r, enclave.vs);
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
