// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "../Test.sol";

/// Writes DER, so that tests can say what is wrong with it and leave the rest right.
abstract contract DerWriter is Test {
    // SEQUENCE { OBJECT IDENTIFIER ecdsa-with-SHA256 }
    bytes internal constant ALGORITHM = hex"300a06082a8648ce3d040302";

    /// An element, with the shortest length that there is.
    function element(uint8 tag, bytes memory contents) internal pure returns (bytes memory) {
        uint256 size = contents.length;
        if (size < 0x80) return abi.encodePacked(tag, uint8(size), contents);
        if (size < 0x100) return abi.encodePacked(tag, hex"81", uint8(size), contents);
        return abi.encodePacked(tag, hex"82", uint16(size), contents);
    }

    function sequence(bytes memory contents) internal pure returns (bytes memory) {
        return element(0x30, contents);
    }

    function octets(bytes memory contents) internal pure returns (bytes memory) {
        return element(0x04, contents);
    }

    /// A number that is not negative.
    function integer(uint256 value) internal pure returns (bytes memory) {
        bytes memory digits;
        for (; value != 0; value >>= 8) {
            digits = bytes.concat(bytes1(uint8(value)), digits);
        }
        if (digits.length == 0 || uint8(digits[0]) >= 0x80) digits = bytes.concat(hex"00", digits);
        return element(0x02, digits);
    }

    /// What is signed, with a signature of these contents behind it.
    function signed(bytes memory body, bytes memory numbers) internal pure returns (bytes memory) {
        return sequence(bytes.concat(body, ALGORITHM, element(0x03, bytes.concat(hex"00", sequence(numbers)))));
    }

    /// A name of one part, the common name.
    function name(uint8 tag, bytes memory text) internal pure returns (bytes memory) {
        return element(0x31, sequence(bytes.concat(hex"0603550403", element(tag, text))));
    }
}
