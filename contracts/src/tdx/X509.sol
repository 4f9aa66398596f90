// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Der} from "./Der.sol";
import {P256} from "./P256.sol";

/// Places in Intel's hierarchy; each has its own subject name, key usage and basic constraints.
enum Role {
    Root,
    PlatformCA, // issues PCK certificates
    Pck, // certifies one platform
    TcbSigner // signs TCB info and QE identity
}

/// What a certificate says, and what is needed to check who issued it.
/// @param digest SHA-256 of what is signed
/// @param r first half of the signature
/// @param s second half
/// @param serial serial number, padded on the left
/// @param issuer keccak256 of the issuer's encoded name
/// @param subject keccak256 of the subject's
/// @param notBefore first second at which it is valid
/// @param notAfter last second
/// @param x of the public key
/// @param y of the public key
/// @param keyId identifier of the public key; zero if it says none
/// @param issuerKeyId identifier of the issuer's public key
/// @param sgx offset of Intel's SGX extension in the calldata; zero if there is none
/// @param sgxEnd where that ends
struct Certificate {
    bytes32 digest;
    bytes32 r;
    bytes32 s;
    bytes32 serial;
    bytes32 issuer;
    bytes32 subject;
    uint64 notBefore;
    uint64 notAfter;
    bytes32 x;
    bytes32 y;
    bytes20 keyId;
    bytes20 issuerKeyId;
    uint256 sgx;
    uint256 sgxEnd;
}

/// @title X.509 certificates of the one shape that Intel gives its TDX endorsements
/// @notice P-256 and SHA-256 throughout; every extension is a known one (attest/SPEC.md 4.7). Stricter than X.509
/// wherever Intel's certificates need no freedom.
library X509 {
    /// Not a certificate of this shape.
    error CertificateMalformed();
    /// A certificate for another place: subject, basic constraints or key usage are not those of the role.
    error CertificateMisplaced();
    /// The issuer's name, key identifier or signature is not that of the certificate that it must be issued by.
    error CertificateUnissued();
    /// Not valid yet, or no longer.
    error CertificateNotValidNow();

    /// As in Intel's certificates and in attest/internal/pki.
    uint256 private constant MAX_SIZE = 4096;

    // SEQUENCE { OBJECT IDENTIFIER ecdsa-with-SHA256 }
    bytes32 private constant ALGORITHM = bytes32(bytes12(0x300a06082a8648ce3d040302));
    // [0] { INTEGER 2 }: version 3
    bytes32 private constant VERSION = bytes32(bytes5(0xa003020102));
    // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 0, 4 ‖ x ‖ y } }
    bytes32 private constant KEY = bytes32(bytes27(0x3059301306072a8648ce3d020106082a8648ce3d03010703420004));
    uint256 private constant EXTENSIONS = 0xa3;
    // OBJECT IDENTIFIER id-at-commonName
    bytes32 private constant COMMON_NAME = bytes32(bytes5(0x0603550403));
    // OBJECT IDENTIFIER id-ce, less its last byte
    uint256 private constant STANDARD = 0x0603551d;
    // OBJECT IDENTIFIER 1.2.840.113741.1.13.1
    uint256 private constant SGX = 0x06092a864886f84d010d01;

    // Last bytes of the identifiers of the standard extensions; bits of the set of those seen.
    uint256 private constant SUBJECT_KEY = 14;
    uint256 private constant KEY_USAGE = 15;
    uint256 private constant CONSTRAINTS = 19;
    uint256 private constant LISTS = 31;
    uint256 private constant AUTHORITY_KEY = 35;
    uint256 private constant SGX_SEEN = 255;

    /// @notice Reads the certificate of this role. Dates and issuer are for the caller to check.
    function parse(bytes calldata der, Role role) internal pure returns (Certificate memory c) {
        require(der.length <= MAX_SIZE, CertificateMalformed());
        (uint256 pos, uint256 end) = Der.bounds(der);
        pos = Der.readLast(pos, end, Der.SEQUENCE);
        (uint256 body, uint256 bodyEnd) = Der.read(pos, end, Der.SEQUENCE);
        c.digest = sha256(_slice(pos, bodyEnd));
        _readSignature(c, bodyEnd, end);
        _readBody(c, body, bodyEnd, role);
    }

    /// @notice Reverts unless `c` was issued by the one with this name, key identifier and key.
    function checkIssuer(Certificate memory c, bytes32 name, bytes20 keyId, bytes32 x, bytes32 y) internal view {
        require(c.issuer == name && c.issuerKeyId == keyId, CertificateUnissued());
        require(P256.verify(c.digest, c.r, c.s, x, y), CertificateUnissued());
    }

    /// @notice Reverts unless `c` is valid now, both ends included.
    function checkDates(Certificate memory c) internal view {
        require(c.notBefore <= block.timestamp && block.timestamp <= c.notAfter, CertificateNotValidNow());
    }

    /* PARTS OF A CERTIFICATE */

    /// AlgorithmIdentifier, BIT STRING { SEQUENCE { r, s } }
    function _readSignature(Certificate memory c, uint256 pos, uint256 end) private pure {
        pos = Der.skip(pos, end, 12, ALGORITHM);
        pos = Der.readLast(pos, end, Der.BIT_STRING);
        pos = Der.skip(pos, end, 1, 0); // no unused bits
        pos = Der.readLast(pos, end, Der.SEQUENCE);
        (c.r, pos) = Der.positive(pos, end);
        (c.s, pos) = Der.positive(pos, end);
        require(pos == end, CertificateMalformed());
    }

    /// Version, serial, algorithm, issuer, validity, subject, key, extensions.
    function _readBody(Certificate memory c, uint256 pos, uint256 end, Role role) private pure {
        pos = Der.skip(pos, end, 5, VERSION);
        (c.serial, pos) = Der.positive(pos, end);
        pos = Der.skip(pos, end, 12, ALGORITHM);
        (, uint256 next) = Der.read(pos, end, Der.SEQUENCE);
        c.issuer = keccak256(_slice(pos, next));
        pos = _readValidity(c, next, end);
        uint256 start;
        (start, next) = Der.read(pos, end, Der.SEQUENCE);
        c.subject = keccak256(_slice(pos, next));
        _checkName(start, next, _nameOf(role));
        pos = Der.skip(next, end, 27, KEY);
        require(pos + 64 <= end, CertificateMalformed());
        (c.x, c.y) = (bytes32(Der.word(pos)), bytes32(Der.word(pos + 32)));
        pos = Der.readLast(pos + 64, end, EXTENSIONS);
        pos = Der.readLast(pos, end, Der.SEQUENCE);
        _readExtensions(c, pos, end, role);
    }

    function _readValidity(Certificate memory c, uint256 pos, uint256 end) private pure returns (uint256 next) {
        (pos, next) = Der.read(pos, end, Der.SEQUENCE);
        (c.notBefore, pos) = Der.time(pos, next);
        (c.notAfter, pos) = Der.time(pos, next);
        require(pos == next, CertificateMalformed());
    }

    /// SEQUENCE OF SET { SEQUENCE { OBJECT IDENTIFIER, text } }: one of them the common name, which must be this.
    function _checkName(uint256 pos, uint256 end, bytes32 expected) private pure {
        bool found;
        while (pos < end) {
            uint256 part;
            (part, pos) = Der.read(pos, end, Der.SET);
            part = Der.readLast(part, pos, Der.SEQUENCE);
            if (bytes5(bytes32(Der.word(part))) != bytes5(COMMON_NAME)) continue;
            uint256 tag = uint8(bytes1(bytes32(Der.word(part + 5))));
            require(tag == Der.UTF8 || tag == Der.PRINTABLE, CertificateMalformed());
            part = Der.readLast(part + 5, pos, tag);
            require(!found && pos - part <= 32, CertificateMisplaced());
            uint256 text = Der.word(part) & ~(type(uint256).max >> (8 * (pos - part)));
            require(bytes32(text) == expected, CertificateMisplaced());
            found = true;
        }
        require(found, CertificateMisplaced());
    }

    function _nameOf(Role role) private pure returns (bytes32) {
        if (role == Role.Root) return "Intel SGX Root CA";
        if (role == Role.PlatformCA) return "Intel SGX PCK Platform CA";
        if (role == Role.Pck) return "Intel SGX PCK Certificate";
        return "Intel SGX TCB Signing";
    }

    /* EXTENSIONS */

    /// Each extension at most once, none unknown, and those that the role needs.
    function _readExtensions(Certificate memory c, uint256 pos, uint256 end, Role role) private pure {
        bool ca = role == Role.Root || role == Role.PlatformCA;
        uint256 seen;
        while (pos < end) {
            uint256 start;
            (start, pos) = Der.read(pos, end, Der.SEQUENCE);
            uint256 kind;
            (kind, start) = _readExtension(start, pos);
            require(seen & (1 << kind) == 0, CertificateMalformed());
            seen |= 1 << kind;
            if (kind == KEY_USAGE) _checkUsage(start, pos, ca);
            else if (kind == CONSTRAINTS) _checkConstraints(start, pos, role);
            else if (kind == SUBJECT_KEY) c.keyId = _readKeyId(start, pos, 0x0414);
            else if (kind == AUTHORITY_KEY) c.issuerKeyId = _readKeyId(Der.skip(start, pos, 2, bytes2(0x3016)), pos, 0x8014);
            else if (kind == SGX_SEEN) (c.sgx, c.sgxEnd) = (start, pos);
        }
        uint256 needed = 1 << KEY_USAGE | 1 << CONSTRAINTS | 1 << AUTHORITY_KEY;
        if (ca) needed |= 1 << SUBJECT_KEY;
        if (role == Role.Pck) needed |= 1 << SGX_SEEN;
        require(seen & needed == needed, CertificateMalformed());
        require(role == Role.Pck || seen & (1 << SGX_SEEN) == 0, CertificateMisplaced());
    }

    /// OBJECT IDENTIFIER, BOOLEAN TRUE if it is critical, OCTET STRING.
    function _readExtension(uint256 pos, uint256 end) private pure returns (uint256 kind, uint256 start) {
        uint256 head = Der.word(pos);
        if (head >> 168 == SGX) {
            (kind, pos) = (SGX_SEEN, pos + 11);
        } else {
            kind = (head >> 216) & 0xff;
            bool known = kind == SUBJECT_KEY || kind == KEY_USAGE || kind == CONSTRAINTS || kind == LISTS
                || kind == AUTHORITY_KEY;
            require(head >> 224 == STANDARD && known, CertificateMalformed());
            pos += 5;
        }
        if (Der.word(pos) >> 248 == Der.BOOLEAN) {
            require(kind == KEY_USAGE || kind == CONSTRAINTS, CertificateMalformed());
            pos = Der.skip(pos, end, 3, bytes3(0x0101ff));
        }
        start = Der.readLast(pos, end, Der.OCTETS);
    }

    /// BIT STRING of one byte: authorities sign certificates and lists; others sign, and no certificates.
    function _checkUsage(uint256 pos, uint256 end, bool ca) private pure {
        uint256 usage = Der.word(pos) >> 224;
        require(end - pos == 4 && usage >> 16 == 0x0302 && (usage >> 8) & 0xff < 8, CertificateMalformed());
        require(ca ? usage & 0x06 == 0x06 : usage & 0x84 == 0x80, CertificateMisplaced());
    }

    /// SEQUENCE { BOOLEAN TRUE, INTEGER path length } of an authority, and nothing in it of others.
    function _checkConstraints(uint256 pos, uint256 end, Role role) private pure {
        bytes32 value = bytes32(Der.word(pos) & ~(type(uint256).max >> (8 * (end - pos))));
        bytes8 expected = 0x3000000000000000;
        if (role == Role.Root) expected = 0x30060101ff020101;
        if (role == Role.PlatformCA) expected = 0x30060101ff020100;
        uint256 size = expected == 0x3000000000000000 ? 2 : 8;
        require(end - pos == size && value == bytes32(expected), CertificateMisplaced());
    }

    /// Tag and length, then 20 bytes.
    function _readKeyId(uint256 pos, uint256 end, bytes2 head) private pure returns (bytes20) {
        pos = Der.skip(pos, end, 2, head);
        require(end - pos == 20, CertificateMalformed());
        return bytes20(bytes32(Der.word(pos)));
    }

    function _slice(uint256 pos, uint256 end) private pure returns (bytes calldata slice) {
        assembly ("memory-safe") {
            slice.offset := pos
            slice.length := sub(end, pos)
        }
    }
}
