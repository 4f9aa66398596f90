// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../interfaces/ITdxCollateralStore.sol";
import {CollateralData, Packer} from "./CollateralData.sol";
import {Der} from "./Der.sol";

/// What a revocation list says beside who is on it.
/// @param digest SHA-256 of what is signed
/// @param r first half of the signature
/// @param s second half
/// @param issuer keccak256 of the issuer's encoded name
/// @param issuerKeyId identifier of the issuer's public key
/// @param number of the list
/// @param issued first second at which it is valid
/// @param until last second
struct RevocationList {
    bytes32 digest;
    bytes32 r;
    bytes32 s;
    bytes32 issuer;
    bytes20 issuerKeyId;
    uint256 number;
    uint64 issued;
    uint64 until;
}

/// @title Certificate revocation lists of the shape that Intel's have (RFC 5280, section 5; attest/SPEC.md 4.7)
/// @notice Version 2, ECDSA with SHA-256, a number and the issuer's key identifier, entries without anything but a
/// reason. A list of another kind, such as one of changes only, says so in an extension, and all others are refused.
///
/// What is kept: number (20 bytes) ‖ a mark of each revoked certificate (8). The code of one contract holds 3,069 of them.
/// @dev A mark is the lowest 64 bits of a serial number. What is revoked is always found. That another certificate is
/// taken for a revoked one has a chance of 2^-64 for each entry, as Intel's serial numbers are random or hashes.
library CollateralList {
    using CollateralData for Packer;

    uint256 private constant HEAD = 20;

    // SEQUENCE { OBJECT IDENTIFIER ecdsa-with-SHA256 }
    bytes32 private constant ALGORITHM = bytes32(bytes12(0x300a06082a8648ce3d040302));
    // INTEGER 1: version 2
    bytes32 private constant VERSION = bytes32(bytes3(0x020101));
    // SEQUENCE { SEQUENCE { OBJECT IDENTIFIER id-ce-cRLReasons, OCTET STRING { ENUMERATED reason } } }, less the reason
    uint256 private constant REASON = 0x300c300a0603551d1504030a01;
    // OBJECT IDENTIFIER id-ce-authorityKeyIdentifier, OCTET STRING { SEQUENCE { [0] 20 bytes } }
    bytes32 private constant AUTHORITY_KEY = bytes32(bytes11(0x0603551d23041830168014));
    // OBJECT IDENTIFIER id-ce-cRLNumber
    bytes32 private constant NUMBER = bytes32(bytes5(0x0603551d14));
    uint256 private constant EXTENSIONS = 0xa0;

    // One in each of the four marks of a word; all but the highest bit of each.
    uint256 private constant ONES = 0x0000000000000001000000000000000100000000000000010000000000000001;
    uint256 private constant LOW = 0x7fffffffffffffff7fffffffffffffff7fffffffffffffff7fffffffffffffff;

    /* READING A LIST */

    /// @notice Reads a list. Dates, issuer and signature are for the caller to check.
    function parse(bytes calldata der) internal pure returns (RevocationList memory list, Packer memory packer) {
        (uint256 from, uint256 end) = Der.bounds(der);
        from = Der.readLast(from, end, Der.SEQUENCE);
        (uint256 body, uint256 bodyEnd) = Der.read(from, end, Der.SEQUENCE);
        list.digest = sha256(_slice(from, bodyEnd));
        _readSignature(list, bodyEnd, end);
        body = _readHead(list, body, bodyEnd);
        (uint256 entries, uint256 entriesEnd) = (body, body);
        if (Der.word(body) >> 248 == Der.SEQUENCE) (entries, entriesEnd) = Der.read(body, bodyEnd, Der.SEQUENCE);
        _readExtensions(list, entriesEnd, bodyEnd);
        require(list.number >> 160 == 0, ITdxCollateralStore.ListMalformed());
        packer = CollateralData.pack(HEAD + der.length / 2);
        packer.put(list.number, 20);
        _readEntries(packer, entries, entriesEnd);
    }

    /// AlgorithmIdentifier, BIT STRING { SEQUENCE { r, s } }
    function _readSignature(RevocationList memory list, uint256 from, uint256 end) private pure {
        from = Der.skip(from, end, 12, ALGORITHM);
        from = Der.readLast(from, end, Der.BIT_STRING);
        from = Der.skip(from, end, 1, 0); // no unused bits
        from = Der.readLast(from, end, Der.SEQUENCE);
        (list.r, from) = Der.positive(from, end);
        (list.s, from) = Der.positive(from, end);
        require(from == end, ITdxCollateralStore.ListMalformed());
    }

    /// Version, algorithm, issuer, and the dates of this list and the next.
    function _readHead(RevocationList memory list, uint256 from, uint256 end) private pure returns (uint256 next) {
        from = Der.skip(from, end, 3, VERSION);
        from = Der.skip(from, end, 12, ALGORITHM);
        (, next) = Der.read(from, end, Der.SEQUENCE);
        list.issuer = keccak256(_slice(from, next));
        (list.issued, next) = Der.time(next, end);
        (list.until, next) = Der.time(next, end);
    }

    /// SEQUENCE { serial number, date, perhaps a reason }. When and why a certificate was revoked does not matter.
    /// @dev An entry has 20 bytes at least, of which 8 are kept: the packer has room.
    function _readEntries(Packer memory packer, uint256 from, uint256 end) private pure {
        bool valid = true;
        assembly ("memory-safe") {
            let place := mload(packer)
            for {} and(lt(from, end), valid) {} {
                // Tag and length of the entry, and of the number in it; then the number.
                let head := calldataload(from)
                let next := add(add(from, 2), byte(1, head))
                let size := byte(3, head)
                let date := add(add(from, 4), size)
                let serial := shr(sub(256, shl(3, size)), calldataload(add(from, 4)))
                valid := and(eq(byte(0, head), 0x30), eq(byte(2, head), 0x02))
                valid := and(valid, and(lt(byte(1, head), 0x80), iszero(gt(next, end))))
                // The number is positive, of at most 32 bytes, as few as can be.
                valid := and(valid, and(lt(sub(size, 1), 32), lt(byte(4, head), 0x80)))
                valid := and(valid, or(gt(byte(4, head), 0), and(gt(size, 1), gt(byte(5, head), 0x7f))))
                // 15 or 17 bytes of date, and nothing or the reason.
                let kind := shr(240, calldataload(date))
                let rest := add(add(date, 2), and(kind, 0xff))
                valid := and(valid, or(eq(kind, 0x170d), eq(kind, 0x180f)))
                let reason := and(eq(add(rest, 14), next), eq(shr(152, calldataload(rest)), REASON))
                valid := and(valid, or(eq(rest, next), reason))
                mstore(place, shl(192, serial))
                place := add(place, 8)
                from := next
            }
            mstore(packer, place)
        }
        require(valid, ITdxCollateralStore.ListMalformed());
    }

    /// Number of the list and identifier of the issuer's key, in either order.
    function _readExtensions(RevocationList memory list, uint256 from, uint256 end) private pure {
        from = Der.readLast(from, end, EXTENSIONS);
        from = Der.readLast(from, end, Der.SEQUENCE);
        while (from < end) {
            uint256 start;
            (start, from) = Der.read(from, end, Der.SEQUENCE);
            if (bytes5(bytes32(Der.word(start))) == bytes5(NUMBER)) {
                require(list.number == 0, ITdxCollateralStore.ListMalformed());
                start = Der.readLast(start + 5, from, Der.OCTETS);
                (bytes32 number, uint256 next) = Der.positive(start, from);
                require(next == from, ITdxCollateralStore.ListMalformed());
                list.number = uint256(number);
            } else {
                require(list.issuerKeyId == 0, ITdxCollateralStore.ListMalformed());
                start = Der.skip(start, from, 11, AUTHORITY_KEY);
                require(start + 20 == from, ITdxCollateralStore.ListMalformed());
                list.issuerKeyId = bytes20(bytes32(Der.word(start)));
            }
        }
        require(list.number != 0, ITdxCollateralStore.ListMalformed());
    }

    function _slice(uint256 from, uint256 end) private pure returns (bytes calldata slice) {
        assembly ("memory-safe") {
            slice.offset := from
            slice.length := sub(end, from)
        }
    }

    /* ASKING WHAT WAS KEPT */

    /// @notice Whether a certificate is on the list, four marks at a time.
    /// @param from where the data is in memory; `end` is where it ends
    function contains(uint256 from, uint256 end, uint64 mark) internal pure returns (bool found) {
        assembly ("memory-safe") {
            from := add(from, HEAD)
            mstore(end, mul(shr(192, mload(from)), ONES)) // more of the first one, to fill the last word
            let wanted := mul(mark, ONES)
            for {} and(lt(from, end), iszero(found)) { from := add(from, 32) } {
                // The highest bit of each mark in which nothing differs.
                let x := xor(mload(from), wanted)
                found := iszero(iszero(not(or(or(add(and(x, LOW), LOW), x), LOW))))
            }
        }
    }
}
