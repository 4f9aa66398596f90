// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../interfaces/ITdxCollateralStore.sol";
import {CollateralTime} from "./CollateralTime.sol";

/// A place in a document that lies in memory: pointers to the next byte, the first one, and the one behind the last.
/// Behind a document are two words of zeros, and whatever is taken from one is not zero, so that no place is ever more
/// than these behind its end.
struct Scanner {
    uint256 place;
    uint256 start;
    uint256 end;
}

/// @title Reads Intel's JSON, of which there is one form
/// @notice Keys in one order, no white space, no escapes, numbers without signs or fractions. Everything else is refused
/// with `DocumentMalformed` and the position, counted from zero.
/// @dev Literals are compared by the word. Bytes are judged a word at a time: the high bit of each byte of a sum says
/// whether that byte is in range.
library CollateralScanner {
    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;
    uint256 private constant HIGH = 0x8080808080808080808080808080808080808080808080808080808080808080;
    uint256 private constant LOW = 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f;

    /// Strings without a meaning here, such as names of components, are at most this long, in bytes.
    uint256 private constant MAX_TEXT = 64;

    /// @notice A copy of `document` in memory, to be read from its beginning.
    function load(bytes calldata document) internal pure returns (Scanner memory s) {
        uint256 start;
        assembly ("memory-safe") {
            start := mload(0x40)
            let end := add(start, document.length)
            calldatacopy(start, document.offset, document.length)
            mstore(end, 0)
            mstore(add(end, 32), 0)
            mstore(0x40, and(add(end, 95), not(31)))
        }
        s = Scanner({place: start, start: start, end: start + document.length});
    }

    /// @notice Refuses the document for what stands at the present place.
    function fail(Scanner memory s) internal pure {
        revert ITdxCollateralStore.DocumentMalformed(s.place - s.start);
    }

    /// @notice The next 32 bytes.
    function peek(Scanner memory s) internal pure returns (uint256 next) {
        assembly ("memory-safe") {
            next := mload(mload(s))
        }
    }

    /// @notice Passes over bytes that were peeked at.
    function skip(Scanner memory s, uint256 length) internal pure {
        assembly ("memory-safe") {
            mstore(s, add(mload(s), length))
        }
    }

    /// @notice Passes over a literal of `length` bytes, at most 32, if it stands here.
    function accept(Scanner memory s, bytes32 literal, uint256 length) internal pure returns (bool found) {
        assembly ("memory-safe") {
            let p := mload(s)
            found := iszero(shr(shl(3, sub(32, length)), xor(mload(p), literal)))
            mstore(s, add(p, mul(found, length)))
        }
    }

    /// @notice Passes over a literal of `length` bytes, at most 32, which must stand here.
    function expect(Scanner memory s, bytes32 literal, uint256 length) internal pure {
        if (!accept(s, literal, length)) fail(s);
    }

    /// @notice The end, which must be here.
    function finish(Scanner memory s) internal pure {
        if (s.place != s.end) fail(s);
    }

    /// @notice A number from zero to `max`, in its only form.
    function number(Scanner memory s, uint256 max) internal pure returns (uint256 value) {
        bool fits;
        assembly ("memory-safe") {
            let p := mload(s)
            let digit := sub(byte(0, mload(p)), 48)
            fits := lt(digit, 10)
            value := digit
            p := add(p, 1)
            digit := sub(byte(0, mload(p)), 48)
            // A leading zero stands alone.
            if value {
                for {} and(lt(digit, 10), fits) {} {
                    value := add(mul(value, 10), digit)
                    fits := iszero(gt(value, max))
                    p := add(p, 1)
                    digit := sub(byte(0, mload(p)), 48)
                }
            }
            fits := and(fits, iszero(or(gt(value, max), lt(digit, 10))))
            if fits { mstore(s, p) }
        }
        if (!fits) fail(s);
    }

    /// @notice A string of `digits` hexadecimal digits of either case, without its quotes: an even number, at most 32.
    function hexadecimal(Scanner memory s, uint256 digits) internal pure returns (uint256 value) {
        bool fits;
        assembly ("memory-safe") {
            let p := mload(s)
            let rest := shl(3, sub(32, digits))
            // What is behind the digits becomes zeros.
            let w := or(shl(rest, shr(rest, mload(p))), sub(shl(rest, 1), 1))
            w := and(w, or(not(sub(shl(rest, 1), 1)), mul(0x30, ONES)))
            let letters := and(shr(6, w), ONES)
            let nibbles := add(and(w, mul(0x0f, ONES)), mul(9, letters))
            // 0x30 to 0x39, or 0x41 to 0x46 but for the case.
            let kind := and(and(w, not(shl(5, letters))), mul(0xf0, ONES))
            fits := eq(kind, add(mul(0x30, ONES), shl(4, letters)))
            fits := and(fits, eq(and(shr(4, add(nibbles, mul(6, ONES))), mul(0x0f, ONES)), letters))
            fits := and(fits, iszero(and(nibbles, mul(0xf0, ONES))))
            value := and(or(shr(4, nibbles), nibbles), div(not(0), 0x101))
            value := and(or(shr(8, value), value), div(not(0), 0x10001))
            value := and(or(shr(16, value), value), div(not(0), 0x100000001))
            value := and(or(shr(32, value), value), div(not(0), 0x10000000000000001))
            value := and(or(shr(64, value), value), sub(shl(128, 1), 1))
            value := shr(shl(2, sub(32, digits)), value)
            mstore(s, add(p, mul(fits, digits)))
        }
        if (!fits) fail(s);
    }

    /// @notice A quoted date, in UTC to the second, as seconds since the epoch.
    function date(Scanner memory s) internal pure returns (uint256 time) {
        expect(s, '"', 1);
        uint256 word;
        uint256 p = s.place;
        assembly ("memory-safe") {
            word := mload(p)
        }
        bool valid;
        (time, valid) = CollateralTime.fromRfc3339(bytes32(word));
        if (!valid) fail(s);
        s.place = p + 20;
        expect(s, '"', 1);
    }

    /// @notice A quoted status; the number that `ITdxCollateral` has for it.
    function status(Scanner memory s) internal pure returns (uint256) {
        if (accept(s, '"UpToDate"', 10)) return 1;
        if (accept(s, '"SWHardeningNeeded"', 19)) return 2;
        if (accept(s, '"ConfigurationNeeded"', 21)) return 3;
        if (accept(s, '"ConfigurationAndSWHardeningNeed', 32)) {
            expect(s, 'ed"', 3);
            return 4;
        }
        if (accept(s, '"OutOfDate"', 11)) return 5;
        if (accept(s, '"OutOfDateConfigurationNeeded"', 30)) return 6;
        expect(s, '"Revoked"', 9);
        return 7;
    }

    /// @notice Passes over a quoted string of printable ASCII without escapes.
    function text(Scanner memory s) internal pure {
        expect(s, '"', 1);
        bool valid;
        assembly ("memory-safe") {
            let place := mload(s)
            let limit := add(place, MAX_TEXT)
            for { let length := 32 } eq(length, 32) { place := add(place, length) } {
                let w := mload(place)
                let low := and(w, LOW)
                // A high bit in each byte that is a quote; the first one ends the string.
                length := shr(3, clz(and(not(or(add(xor(low, mul(0x22, ONES)), LOW), w)), HIGH)))
                // A high bit in each that is no space or above it, that is a backslash, or that is no ASCII.
                let bad := and(add(low, mul(0x60, ONES)), add(xor(low, mul(0x5c, ONES)), LOW))
                bad := and(and(or(not(bad), w), HIGH), not(shr(shl(3, length), not(0))))
                valid := iszero(or(bad, gt(add(place, length), limit)))
                length := mul(length, valid)
            }
            if valid { mstore(s, add(place, 1)) }
        }
        if (!valid) fail(s);
    }

    /// @notice Passes over an array of such strings.
    function texts(Scanner memory s) internal pure {
        expect(s, "[", 1);
        if (accept(s, "]", 1)) return;
        text(s);
        while (accept(s, ",", 1)) text(s);
        expect(s, "]", 1);
    }
}
