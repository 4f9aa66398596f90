// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// A platform CA, as its certificate says.
/// @param x of its public key
/// @param y of its public key
/// @param subject keccak256 of its encoded name
/// @param keyId identifier of its public key
/// @param serial serial number of the certificate, padded on the left
/// @param notAfter last second at which it and the root are valid
struct Authority {
    bytes32 x;
    bytes32 y;
    bytes32 subject;
    bytes20 keyId;
    bytes32 serial;
    uint64 notAfter;
}

/// A platform, as its PCK certificate says.
/// @param fmspc family, model, stepping, platform type and custom SKU
/// @param pceSvn security version of the provisioning certification enclave
/// @param cpuSvn security versions of the 16 components
/// @param notAfter last second at which its certificate and those above it are valid
/// @param serial serial number of the certificate, padded on the left
/// @param issuerKey keccak256(x ‖ y) of the platform CA's public key
/// @param issuerSerial serial number of the platform CA's certificate, padded on the left
struct Platform {
    bytes6 fmspc;
    uint16 pceSvn;
    bytes16 cpuSvn;
    uint64 notAfter;
    bytes32 serial;
    bytes32 issuerKey;
    bytes32 issuerSerial;
}

/// @title Certificates of TDX platforms, under one root
/// @notice Reads and verifies the two certificates between Intel's root and a platform's quoting enclave (attest/SPEC.md
/// 4.7): that of the platform CA once, those of platforms at each call.
interface ITdxCertificates {
    /// @param authority keccak256(abi.encode(about))
    event AuthorityVerified(bytes32 indexed authority, Authority about);
    /// The chain lacks P256VERIFY (EIP-7951) or SHA-256, or they answer wrongly.
    error PrecompileUnavailable();
    /// The root has no key, name, identifier, or is no longer valid.
    error RootInvalid();
    /// The platform CA was not verified here.
    error AuthorityUnknown();
    /// The platform has another PCE than the collateral is for.
    error PCEUnknown(bytes2 pceId);

    /// @notice The root that was given at construction. Its serial number is not asked for.
    function root() external view returns (Authority memory);

    /// @notice Verifies the certificate of a platform CA under the root, once for all platforms below it. Anyone.
    /// @param certificate in DER
    /// @return authority digest under which it is remembered
    function addAuthority(bytes calldata certificate) external returns (bytes32 authority);

    /// @notice Whether a platform CA was verified here.
    /// @param authority keccak256(abi.encode(Authority))
    function knowsAuthority(bytes32 authority) external view returns (bool);

    /// @notice Reads a PCK certificate. Reverts unless it is of Intel's shape, issued by this platform CA, and valid now.
    /// Revocation is for the caller to ask about (ITdxCollateral).
    /// @param certificate in DER
    /// @param authority a platform CA that was verified here
    /// @return x of the certified key
    /// @return y of the certified key
    /// @return ppid id of the platform
    /// @return about what else the certificate says
    function readPlatform(bytes calldata certificate, Authority calldata authority)
        external
        view
        returns (bytes32 x, bytes32 y, bytes16 ppid, Platform memory about);
}
