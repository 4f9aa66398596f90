// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateral} from "./ITdxCollateral.sol";

/// @title How Intel's collateral comes on chain
/// @notice Anyone brings what Intel signed, each part in one transaction, and nobody can bring anything else: a part must
/// be signed under the root that the contract was made with, have been issued, still be valid, and be newer than the
/// part that it replaces. Bring in this order: TCB signer and platform CAs, the root's list, the platform CAs' lists, QE
/// identity, and the TCB info of each platform family.
/// Times are seconds since the epoch.
interface ITdxCollateralStore is ITdxCollateral {
    /// @notice What is kept. There is one of each, but a TCB info for each platform family, and a platform CA and its list for
    /// each key of a platform CA: the platforms of an old one stand beside those of a new one.
    enum Part {
        None,
        TcbInfo,
        QeIdentity,
        RootCrl,
        PlatformCrl,
        TcbSigner,
        PlatformCA
    }

    /// @notice The authority that is trusted, as its certificate says.
    /// @param x of the public key on P-256
    /// @param y of the public key
    /// @param name keccak256 of the encoded subject
    /// @param keyId subject key identifier
    /// @param notAfter last second at which it is valid; all that is below it ends then, too
    struct Root {
        bytes32 x;
        bytes32 y;
        bytes32 name;
        bytes20 keyId;
        uint64 notAfter;
    }

    /// @notice A part was brought.
    /// @param part which
    /// @param key platform family of a TCB info, padded on the right; keccak256(x ‖ y) of the platform CA's public key for
    /// its certificate and its list; otherwise zero
    /// @param number TCB evaluation data number, number of the list, or zero of a certificate
    /// @param issued when it was issued, or from when on a certificate is valid
    /// @param until last second at which it is valid
    /// @param digest SHA-256 of what Intel signed
    /// @param data the contract whose code is what is kept
    event CollateralUpdated(
        Part indexed part,
        bytes32 indexed key,
        uint256 number,
        uint64 issued,
        uint64 until,
        bytes32 digest,
        address data
    );

    /// The root has no key, name, identifier, or is no longer valid.
    error RootInvalid();
    /// P-256 (EIP-7951) or SHA-256 are missing here.
    error PrecompileUnavailable();
    /// At this byte, counted from zero, stands something else than in Intel's documents.
    error DocumentMalformed(uint256 position);
    /// Not a revocation list of Intel's shape.
    error ListMalformed();
    /// The issuer's name, key identifier or signature is not that of whoever must have signed this.
    error NotIssued();
    /// The certificate that signs such parts was not brought, is no longer valid or is on the root's list.
    error IssuerMissing(Part issuer);
    /// The certificate with this number is on the root's list.
    error CertificateRevoked(bytes32 serial);
    /// Issued later than now.
    error NotIssuedYet(uint64 issued);
    /// The last second at which it was valid has passed.
    error Expired(uint64 until);
    /// There is one with a higher number, or issued later, or the same, and it counts.
    error NotNewer(uint256 number, uint64 issued);

    /// @notice Brings the TCB info (version 3) of a platform family.
    /// @dev Warning: Intel gives a new evaluation data number to early updaters months before it is the standard one. From
    /// the first time that anyone brings it, lower numbers are refused for this family. Who keeps the family up to date
    /// must ask Intel for the number that is kept from then on, not for the standard one.
    /// @param document the JSON object exactly as signed: what `tcbInfo` is in the service's answer
    /// @param signature r ‖ s
    function updateTcbInfo(bytes calldata document, bytes calldata signature) external;

    /// @notice Brings the identity of the quoting enclave for TDX (version 2).
    /// @param document the JSON object exactly as signed: what `enclaveIdentity` is in the service's answer
    /// @param signature r ‖ s
    function updateQeIdentity(bytes calldata document, bytes calldata signature) external;

    /// @notice Brings the root's revocation list, in DER.
    function updateRootCrl(bytes calldata list) external;

    /// @notice Brings the revocation list of a platform CA, in DER, of at most 3,069 certificates; the certificate of the
    /// platform CA comes before.
    function updatePlatformCrl(bytes calldata list) external;

    /// @notice Brings the certificate, in DER, of the key that signs TCB infos and QE identities. What is brought from then on
    /// must be signed by this key; what another has signed before stays until it ends or that signer is revoked.
    function updateTcbSigner(bytes calldata certificate) external;

    /// @notice Brings the certificate, in DER, of an authority that issues PCK certificates.
    function updatePlatformCA(bytes calldata certificate) external;

    /// @notice The root that was given at construction.
    function root() external view returns (Root memory);

    /// @notice What is kept of a part, whether or not it is still valid; all zeros if it was never brought.
    /// @param key as in CollateralUpdated
    function kept(Part part, bytes32 key)
        external
        view
        returns (uint256 number, uint64 issued, uint64 until, address data);
}
