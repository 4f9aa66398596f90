// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Platform} from "./ITdxCertificates.sol";

/// @title Permits by TDX quotes, verified on chain as a whole
/// @notice No keyholder takes part: the contract itself checks the quote (version 4), the certificates up to the root,
/// what Intel publishes about the platform (ITdxCollateral), the guest, and what the guest binds itself to: one key network
/// among other things, so that no guest is admitted whose keys and states a host makes up.
/// A platform's certificates (ITdxCertificates) are verified once. What they say is remembered as a digest, which covers
/// the attestation key, and comes back with each further permit; TCB level, TDX module, quoting enclave, revocation and expiry are judged anew.
///
/// In `acquireIdentity`, `duration` is the one that the enclave bound itself to, no shorter one: anyone may bring evidence,
/// and a stranger who does so must not get the requester less than was asked for. The policy's maximum shortens it.
/// `context` is abi.encode(Context) and 0 to 16 words more: the Merkle proof of the enclave's
/// measurement. `authorization` is one of:
/// - 1 ‖ abi.encode(Authority) ‖ quote ‖ certificate: a platform's first permit. The quote as the platform gave it, up to
///   the PEM text of its certificates, which it ends with; in the place of these the PCK certificate in DER;
/// - 2 ‖ header and report (632 bytes) ‖ their signature (64) ‖ attestation key (64) ‖ report of the quoting enclave (384)
///   ‖ abi.encode(Platform): a further permit. PlatformVerified tells the Platform.
///
/// What Intel says of a platform is remembered together with the edition of the collateral, and asked anew as soon as
/// there is another edition or something in it is out of date. So whatever anyone brings, of any platform family, makes the
/// next permit of each platform and TDX module dearer, by some 41,000 gas.
/// @dev Warning: what a policy of the key network can demand of TDX (attest/appraise/SPEC.md) and this contract cannot: one status
/// rather than another (2 to 4 pass; only the floor of the TCB date and the platform registry refuse some), a lowest
/// TCB evaluation data number, what the PCK certificate says of SMT, dynamic platform and cached keys, advisories, lists
/// of MRSEAM, lowest versions of the TDX module and of the quoting enclave, and the age of collateral that is still
/// valid. Quotes of version 5 are refused, and there is no list of allowed platforms by PPID. Where any of this is needed,
/// let the key network judge (ICertificatePermitter).
interface ITdxPermitter {
    /// @param channelKeyHash keccak256 of the HPKE key that receives key shares
    /// @param configDigest digest of the enclave's measured config
    /// @param measurementRoot root of the tree that the enclave's measurement is a leaf of
    /// @param duration seconds that the enclave asks for
    /// @param baseBlock a recent block, the hash of which makes the quote fresh
    /// @param vcpus shape of the guest: number of processors
    /// @param memoryMiB and memory
    /// @param terms of the identity's policy (IEnclavePolicies); zero to have them read, which costs more
    /// @param version of the author's release, with its signature in r and vs (ERC-2098); zeros if there is none
    struct Context {
        bytes32 channelKeyHash;
        bytes32 configDigest;
        bytes32 measurementRoot;
        uint64 duration;
        uint64 baseBlock;
        uint32 vcpus;
        uint32 memoryMiB;
        uint256 terms;
        uint64 version;
        bytes32 r;
        bytes32 vs;
    }

    /// @param attestationKey keccak256(x ‖ y)
    /// @param ppid id of the platform
    event PlatformVerified(bytes32 indexed attestationKey, bytes16 indexed ppid, Platform about);

    /// The chain lacks P256VERIFY (EIP-7951) or SHA-256, or they answer wrongly.
    error PrecompileUnavailable();
    /// The context is not the encoding of a Context with a proof.
    error ContextMalformed();
    /// The authorization is neither of the two kinds.
    error AuthorizationMalformed();
    /// The platform, with this attestation key and this report of the quoting enclave, was not verified here.
    error PlatformUnknown();
    /// The certificates of the platform are no longer valid.
    error PlatformExpired();
    /// The platform's certificate, or its issuer's, is revoked; or a revocation list is missing or out of date.
    error PlatformRevoked();
    /// Intel vouches for the platform, its TDX module or its quoting enclave no more; or the collateral is missing or out
    /// of date.
    error TcbUnknown();
    /// The platform registry denies the platform.
    error PlatformDenied(bytes32 platform);
    /// The PCK certificate's key did not sign the report of the quoting enclave.
    error QESignatureInvalid();
    /// The attestation key did not sign header and report.
    error QuoteSignatureInvalid();
    /// The report data are not those of this chain, registry, identity, requester, duration, block, enclave, config and key
    /// network; or one of these is zero; or the duration asked for is another.
    error BindingMismatch();
    /// There is no key network whose group key has a digest of zero.
    error GroupKeyInvalid();
    /// The proof does not lead from the enclave's measurement to the root.
    error MeasurementUnproven();
    /// The base block is not one of the last 128.
    error BaseBlockUnfit(uint64 baseBlock);

    /// @notice keccak256 of the public key (256 bytes in EIP-2537 form) of the key network that enclaves must live in.
    function groupKeyDigest() external view returns (bytes32);

    /// @notice Whether a platform was verified here.
    /// @param platform keccak256(abi.encode(attestation key x, y, keccak256(report of the quoting enclave), Platform))
    function knowsPlatform(bytes32 platform) external view returns (bool);
}
