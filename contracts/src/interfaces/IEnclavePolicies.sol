// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Policies: which enclaves may act as an identity
/// @notice What permitters that judge evidence of TEEs have in common.
/// @dev Warning: a new policy does not touch permits that were granted under an older one; the registrant kills them
/// with `revokeAllPermits` of the registry.
/// @dev Warning: revoking a permit does not keep an enclave out that still satisfies the policy: on newer evidence it has a
/// permit again. First set another policy (`None` works at once), then revoke. And a policy that was announced before can
/// still be made, also after `None`, unless `cancelPolicy` takes it back.
interface IEnclavePolicies {
    /// @notice How a policy names enclaves.
    /// `None`: no enclave. `Measurements`: by the Merkle root of its measurements. `Author`: by whoever signs releases of
    /// it, so that an upgrade needs no transaction. `IdBlock`: by the author key that signed SEV-SNP's ID block, with
    /// the guest SVN as its version; SNP only.
    enum PolicyKind {
        None,
        Measurements,
        Author,
        IdBlock
    }

    /// @param kind how the policy names enclaves
    /// @param subject `Measurements`: the measurementRoot; `Author`: the author's address, left-padded; `IdBlock`:
    /// keccak256 of the report's AUTHOR_KEY_DIGEST (48 bytes)
    /// @param maxDuration seconds that a permit lasts at most; 1 to 2^40 - 1
    /// @param tdxFloor the oldest date of the TCB level of a TDX platform, in seconds since the epoch; zero refuses TDX
    /// @param snpFloor the least reported TCB of an SNP platform: eight SPL bytes, each a floor of its own; zero refuses
    /// SNP
    /// @param minVersion the least version (`Author`) or guest SVN (`IdBlock`); zero for `Measurements`
    struct Policy {
        PolicyKind kind;
        bytes32 subject;
        uint64 maxDuration;
        uint64 tdxFloor;
        uint64 snpFloor;
        uint64 minVersion;
    }

    /// @param policyDigest what policyDigestOf returns from now on
    /// @param locator where the enclave can be had
    event PolicyChanged(IdentityId indexed identity, bytes32 indexed policyDigest, Policy policy, string locator);
    /// @param change the announced change, as ChangeScheduled tells it
    event PolicyScheduled(IdentityId indexed identity, bytes32 indexed change, Policy policy, string locator);
    /// An enclave proved what it is, and satisfies the policy; the permitter upstream decides on. Before a registry, its
    /// PermitGranted tells this.
    /// @param granted seconds, of which the permitter upstream may grant less
    event EnclaveAccepted(
        IdentityId indexed identity,
        address indexed requester,
        uint64 granted,
        bytes32 evidenceDigest,
        bytes32 policyDigest
    );

    /// The policy says nothing, or contradicts itself; see Policy for the bounds.
    error PolicyUnfit();
    /// The call is not one about this identity.
    error CallUnfit();
    /// The identity has no policy here.
    error PolicyMissing(IdentityId identity);
    /// The enclave is not one that the policy names; or the terms that the caller stated are not the policy's.
    /// @param subject what names it: measurement root, author's address or author key, as the policy's kind has it
    error EnclaveMismatch(bytes32 subject);
    /// The enclave's version is older than the policy wants.
    error VersionTooOld(uint64 version);
    /// The platform's TEE, status or TCB does not satisfy the policy.
    error PlatformRefused(bytes32 platform);

    /// @notice Names the enclaves that may act as an identity. Registrant of the identity only. The identity's delay
    /// holds: then the same call is made twice (IScheduled). A policy of kind `None` works at once.
    /// @param locator where the enclave can be had, for instance a registry reference with its digest
    function setPolicy(IdentityId identity, Policy calldata policy, string calldata locator) external;

    /// @notice Takes back a policy that was announced. Registrant of the identity only.
    /// @param call the call of `setPolicy` that announced it: selector and arguments
    function cancelPolicy(IdentityId identity, bytes calldata call) external;

    /// @notice The policy of an identity; all zero if it has none.
    function policyOf(IdentityId identity) external view returns (Policy memory policy);

    /// @notice All of an identity's policy but its subject, as contracts/SPEC.md packs it into a word; zero if it has none.
    function termsOf(IdentityId identity) external view returns (uint256 terms);

    /// @notice keccak256(abi.encode(termsOf(identity), policy.subject)); zero if there is no policy.
    function policyDigestOf(IdentityId identity) external view returns (bytes32 policyDigest);
}
