// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits by certificate of the key network
/// @notice t of n keyholders verify an enclave's evidence off chain and sign one certificate together; this contract
/// checks that one BLS signature, at a cost that does not grow with n.
/// In `acquireIdentity`, `context` is abi.encode(Context) and `authorization` the signature: a point of G1 in EIP-2537
/// form, 128 bytes.
interface ICertificatePermitter {
    /// @param baseBlock a recent block; with its hash, what makes evidence fresh
    /// @param measurementRoot the measurements that the enclave's is one of
    /// @param configDigest digest of the enclave's measured config
    /// @param evidenceDigest digest of the evidence that the keyholders verified
    struct Context {
        uint64 baseBlock;
        bytes32 baseBlockHash;
        bytes32 measurementRoot;
        bytes32 configDigest;
        bytes32 evidenceDigest;
    }

    event PolicyChanged(IdentityId indexed identity, bytes32 measurementRoot, uint64 maxDuration, string locator);
    event CertificateAccepted(
        IdentityId indexed identity,
        address indexed requester,
        bytes32 evidenceDigest,
        bytes32 measurementRoot,
        uint64 expiry
    );

    /// The chain lacks the precompiles of EIP-2537, or they answer wrongly.
    error PrecompileUnavailable();
    /// Not a point of G2's prime-order subgroup other than infinity, 256 bytes in EIP-2537 form.
    error GroupKeyInvalid();
    /// The context is not the encoding of a Context.
    error ContextMalformed();
    /// The identity has no policy here, or the enclave's measurements are not those it names.
    error MeasurementMismatch(bytes32 measurementRoot);
    /// The base block is not one of the last 128, or its hash is another.
    error BaseBlockUnfit(uint64 baseBlock);
    /// The requester's permit changed since the base block: the certificate was used, or a revocation outran it.
    error CertificateUsed();
    /// The key network did not sign this.
    error CertificateInvalid();

    /// @notice Names the enclave that may act as an identity. Registrant of the identity only.
    /// @param measurementRoot Merkle root of the acceptable measurements; zero accepts nothing
    /// @param maxDuration seconds that a permit lasts at most; zero accepts nothing
    /// @param locator where the enclave can be had, for instance a registry reference with its digest
    function setPolicy(IdentityId identity, bytes32 measurementRoot, uint64 maxDuration, string calldata locator)
        external;

    /// @notice The policy of an identity; zero if it has none.
    function policyOf(IdentityId identity) external view returns (bytes32 measurementRoot, uint64 maxDuration);

    /// @notice The key network's public key: a point of G2, 256 bytes in EIP-2537 form.
    function groupKey() external view returns (bytes memory);
}
