// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authority, ITdxCertificates, Platform} from "../interfaces/ITdxCertificates.sol";
import {ITdxPermitter} from "../interfaces/ITdxPermitter.sol";
import {P256} from "./P256.sol";
import {TdxQuote} from "./TdxQuote.sol";

/// @title Platforms that may sign TDX quotes
/// @notice Who signed a quote: certificates, the quoting enclave that they certify, the attestation key that it vouches
/// for. What they say is true, not that it is acceptable.
/// @dev Storage: one slot for each platform that was ever verified, under the digest of what was verified; nothing is
/// overwritten, so that nobody can put something else in the place of what another needs. Trust: the certificates' reader
/// is fixed at construction; anyone may have platforms verified. Reentrancy: that reader is asked by a static call.
/// @dev Warning: a platform remains known after Intel has given it a newer certificate. It is judged by what the old one
/// says, until that expires or is revoked.
abstract contract TdxPlatforms is ITdxPermitter {
    uint256 private constant AUTHORITY_SIZE = 192;

    // Kinds of authorizations. Behind the second: header and report, signature and key, report of the quoting enclave,
    // platform.
    bytes1 private constant FIRST = 0x01;
    bytes1 private constant FURTHER = 0x02;
    uint256 private constant SIGNATURE = 1 + TdxQuote.SIGNED_SIZE;
    uint256 private constant QE_REPORT = SIGNATURE + 128;
    uint256 private constant PLATFORM = QE_REPORT + TdxQuote.QE_REPORT_SIZE;
    uint256 private constant FURTHER_SIZE = PLATFORM + 224;

    /// What reads the certificates of platforms, under the root that it was given.
    ITdxCertificates public immutable certificates;

    /// @inheritdoc ITdxPermitter
    mapping(bytes32 platform => bool) public override knowsPlatform;

    constructor(ITdxCertificates certificates_) {
        require(P256.isAvailable(), PrecompileUnavailable());
        certificates = certificates_;
    }

    /// @notice Opens an authorization; reverts unless an attestation key signed what it returns.
    /// @return signed header and report on the guest
    /// @return qeReport of the quoting enclave that vouches for that key, and
    /// @return platform that certifies the quoting enclave: if they are known under
    /// @return digest
    function _open(bytes calldata authorization)
        internal
        returns (bytes calldata signed, bytes calldata qeReport, Platform memory platform, bytes32 digest)
    {
        require(authorization.length != 0, AuthorizationMalformed());
        if (authorization[0] == FURTHER) return _openFurther(authorization);
        require(authorization[0] == FIRST, AuthorizationMalformed());
        return _openFirst(authorization[1:]);
    }

    function _openFurther(bytes calldata authorization)
        private
        view
        returns (bytes calldata signed, bytes calldata qeReport, Platform memory platform, bytes32 digest)
    {
        require(authorization.length == FURTHER_SIZE, AuthorizationMalformed());
        signed = authorization[1:SIGNATURE];
        qeReport = authorization[QE_REPORT:PLATFORM];
        platform = abi.decode(authorization[PLATFORM:], (Platform));
        bytes calldata signature = authorization[SIGNATURE:QE_REPORT];
        digest = _digestOf(signature[64:], qeReport, platform);
        _checkQuoteSignature(signed, signature);
    }

    function _openFirst(bytes calldata authorization)
        private
        returns (bytes calldata signed, bytes calldata qeReport, Platform memory platform, bytes32 digest)
    {
        require(authorization.length >= AUTHORITY_SIZE, AuthorizationMalformed());
        bytes calldata quote = authorization[AUTHORITY_SIZE:];
        bytes calldata signature;
        bytes calldata authData;
        bytes calldata certificate;
        (signed, signature, qeReport, authData, certificate) = TdxQuote.split(quote);
        bytes16 ppid;
        {
            Authority memory authority = abi.decode(authorization[:AUTHORITY_SIZE], (Authority));
            bytes32 x;
            bytes32 y;
            (x, y, ppid, platform) = certificates.readPlatform(certificate, authority);
            _checkQE(qeReport, TdxQuote.qeSignature(quote), x, y);
        }
        TdxQuote.checkQEReport(qeReport, sha256(bytes.concat(signature[64:], authData)));
        _checkQuoteSignature(signed, signature);

        digest = _digestOf(signature[64:], qeReport, platform);
        knowsPlatform[digest] = true;
        emit PlatformVerified(keccak256(signature[64:]), ppid, platform);
    }

    /// The platform's certified key signed the report of the quoting enclave.
    function _checkQE(bytes calldata qeReport, bytes calldata signature, bytes32 x, bytes32 y) private view {
        (bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
        require(P256.verify(sha256(qeReport), r, s, x, y), QESignatureInvalid());
    }

    /// @param signature r, s, and the attestation key x, y
    function _checkQuoteSignature(bytes calldata signed, bytes calldata signature) private view {
        (bytes32 r, bytes32 s, bytes32 x, bytes32 y) = abi.decode(signature, (bytes32, bytes32, bytes32, bytes32));
        require(P256.verify(sha256(signed), r, s, x, y), QuoteSignatureInvalid());
    }

    function _digestOf(bytes calldata attestationKey, bytes calldata qeReport, Platform memory platform)
        private
        pure
        returns (bytes32)
    {
        return keccak256(bytes.concat(attestationKey, abi.encode(keccak256(qeReport), platform)));
    }
}
