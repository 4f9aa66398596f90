// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits by certificate of the key network
/// @notice t of n keyholders verify an enclave's evidence off chain and sign one certificate together; this contract
/// checks that one BLS signature, at a cost that does not grow with n, and holds what it says against the identity's
/// policy. In `acquireIdentity`, `authorization` is the signature, a point of G1 in EIP-2537 form, 128 bytes, and `context`
/// is the encoding of a Context, of the policy's terms (`termsOf`; a caller who states them saves their reading), and,
/// where the policy names an author, of a Release: abi.encode(Context, uint256, Release), without the terms if one likes.
/// The keyholders check the proof that the enclave's measurement and shape are a leaf of `measurementRoot`; the
/// certificate states the root alone.
interface ICertificatePermitter {
    /// @param baseBlock a recent block; with its hash, which is in the certificate, what makes evidence fresh
    /// @param measurementRoot the measurements that the enclave's is one of
    /// @param configDigest digest of the enclave's measured config
    /// @param evidenceDigest digest of the evidence that the keyholders verified
    /// @param platform what processor made the evidence; contracts/SPEC.md describes its bytes
    /// @param author keccak256 of the AUTHOR_KEY_DIGEST of an SNP report; zero for TDX and for reports without an author
    struct Context {
        uint64 baseBlock;
        bytes32 measurementRoot;
        bytes32 configDigest;
        bytes32 evidenceDigest;
        bytes32 platform;
        bytes32 author;
    }

    /// @notice An author's word that an enclave is a release of theirs: EIP-712 typed data
    /// `EnclaveRelease(bytes32 measurementRoot,uint64 version)` of the domain ("escrin enclave", "1"), which names neither
    /// chain nor contract.
    /// @param r of the signature
    /// @param vs of the signature, as ERC-2098 has it
    struct Release {
        uint64 version;
        bytes32 r;
        bytes32 vs;
    }

    /// The chain lacks the precompiles of EIP-2537, or they answer wrongly.
    error PrecompileUnavailable();
    /// Not a point of G2's prime-order subgroup other than infinity, 256 bytes in EIP-2537 form.
    error GroupKeyInvalid();
    /// The context is not the encoding of a Context, alone or with terms or a release.
    error ContextMalformed();
    /// The base block is not one of the last 128.
    error BaseBlockUnfit(uint64 baseBlock);
    /// The key network did not sign this; or it signed it for another chain, or for a base block that was orphaned.
    error CertificateInvalid();

    /// @notice The digest that the key network signs. It holds the chain's id and the base block's hash as the chain has
    /// them now; the hash of a block that is not recent is zero.
    function certificateDigest(IdentityId identity, address requester, uint64 duration, Context calldata context)
        external
        view
        returns (bytes32 digest);

    /// @notice The key network's public key: a point of G2, 256 bytes in EIP-2537 form.
    function groupKey() external view returns (bytes memory);
}
