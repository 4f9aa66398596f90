// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Der} from "../../src/tdx/Der.sol";
import {Test} from "../Test.sol";

contract DerTest is Test {
    function read(bytes calldata der, uint256 tag) public pure returns (uint256 start, uint256 next) {
        (uint256 from, uint256 end) = Der.bounds(der);
        (start, next) = Der.read(from, end, tag);
        (start, next) = (start - from, next - from);
    }

    function positive(bytes calldata der) public pure returns (bytes32 value) {
        (uint256 from, uint256 end) = Der.bounds(der);
        (value,) = Der.positive(from, end);
    }

    function time(bytes calldata der) public pure returns (uint64 value, uint256 size) {
        (uint256 from, uint256 end) = Der.bounds(der);
        uint256 next;
        (value, next) = Der.time(from, end);
        size = next - from;
    }

    function skip(bytes calldata der, uint256 size, bytes32 expected) public pure returns (uint256) {
        (uint256 from, uint256 end) = Der.bounds(der);
        return Der.skip(from, end, size, expected) - from;
    }

    /* LENGTHS */

    function testEachLength(uint24 length) public view {
        length %= 200_000;
        bytes memory der = bytes.concat(hex"30", _length(length), new bytes(length), hex"ff");
        (uint256 start, uint256 next) = this.read(der, Der.SEQUENCE);
        eq(next - start, length);
        eq(next, der.length - 1);
    }

    function testElementsEndWhereTheyShould(uint16 length, uint16 lacking) public {
        bytes memory head = bytes.concat(hex"30", _length(length));
        uint256 present = length == 0 ? 0 : length - 1 - lacking % length;
        bytes memory der = length == 0 ? bytes(hex"30") : bytes.concat(head, new bytes(present));
        vm.expectRevert(Der.DerMalformed.selector);
        this.read(der, Der.SEQUENCE);
    }

    function testAT09LengthsWithAnotherEncoding() public {
        bytes[10] memory all = [
            bytes(hex""),
            hex"30",
            hex"3080", // indefinite
            hex"308100", // one byte too many
            bytes.concat(hex"30817f", new bytes(127)),
            bytes.concat(hex"308200ff", new bytes(255)),
            bytes.concat(hex"3083000100", new bytes(256)),
            bytes.concat(hex"308300ffff", new bytes(65535)),
            bytes.concat(hex"308400010000", new bytes(65536)),
            hex"30ff"
        ];
        for (uint256 i = 0; i < all.length; i++) {
            vm.expectRevert(Der.DerMalformed.selector);
            this.read(bytes.concat(all[i]), Der.SEQUENCE);
        }
        vm.expectRevert(Der.DerMalformed.selector);
        this.read(hex"3100", Der.SEQUENCE);
    }

    function _length(uint256 n) private pure returns (bytes memory) {
        if (n < 0x80) return abi.encodePacked(uint8(n));
        if (n < 0x100) return abi.encodePacked(hex"81", uint8(n));
        if (n < 0x10000) return abi.encodePacked(hex"82", uint16(n));
        return abi.encodePacked(hex"83", uint24(n));
    }

    function testSkip(bytes32 expected, uint8 size, uint8 bit) public {
        uint256 n = 1 + size % 32;
        eq(this.skip(abi.encode(expected), n, expected), n);
        vm.expectRevert(Der.DerMalformed.selector);
        this.skip(abi.encode(expected ^ bytes32(1 << (255 - uint256(bit) % (8 * n)))), n, expected);
        bytes memory short = new bytes(n - 1);
        vm.expectRevert(Der.DerMalformed.selector);
        this.skip(short, n, 0);
    }

    /* NUMBERS */

    function testPositive(uint256 value) public view {
        vm.assume(value != 0);
        uint256 size = 32;
        while (value >> (8 * (size - 1)) == 0) size--;
        bytes memory digits = new bytes(size);
        for (uint256 i = 0; i < size; i++) {
            digits[i] = bytes1(uint8(value >> (8 * (size - 1 - i))));
        }
        if (uint8(digits[0]) >= 0x80) digits = bytes.concat(hex"00", digits);
        eq(this.positive(bytes.concat(hex"02", bytes1(uint8(digits.length)), digits)), bytes32(value));
    }

    function testAT11NumbersThatAreNotPositiveOrPadded() public {
        bytes[8] memory all = [
            bytes(hex"0200"),
            hex"020100", // zero
            hex"020180", // negative
            hex"0202007f", // padded
            hex"02020000",
            bytes.concat(hex"022101", new bytes(32)), // 257 bits
            bytes.concat(hex"02220080", new bytes(32)),
            hex"030101"
        ];
        for (uint256 i = 0; i < all.length; i++) {
            vm.expectRevert(Der.DerMalformed.selector);
            this.positive(bytes.concat(all[i]));
        }
    }

    /* TIMES */

    function testTimesThatAreKnown() public view {
        _isTime("700101000000Z", 0);
        _isTime("991231235959Z", 946684799);
        _isTime("000229000000Z", 951782400);
        _isTime("491231235959Z", 2524607999);
        _isTime("20500101000000Z", 2524608000);
        _isTime("21000301000000Z", 4107542400);
        _isTime("99991231235959Z", 253402300799);
    }

    /// Every second until the year 2400, against the calendar counted year by year and month by month.
    function testEachTime(uint64 value) public view {
        value = value % 13569465600;
        (uint256 year, uint256 left) = (1970, value / 86400);
        while (left >= _daysOf(year)) left -= _daysOf(year++);
        uint256 month = 1;
        while (left >= _daysOf(year, month)) left -= _daysOf(year, month++);
        uint256 second = value % 86400;
        bytes memory text = bytes.concat(
            _two(year % 100), _two(month), _two(left + 1), _two(second / 3600), _two(second / 60 % 60), _two(second % 60), "Z"
        );
        _isTime(string(year < 2050 ? text : bytes.concat(_two(year / 100), text)), value);
    }

    function testAT10TimesOnNoCalendar() public {
        string[22] memory all = [
            "000000000000Z", "001301000000Z", "000100000000Z", "000132000000Z", "000431000000Z", "000631000000Z",
            "000931000000Z", "001131000000Z", "010229000000Z", "000230000000Z", "21000229000000Z", "000101240000Z",
            "000101006000Z", "000101000060Z", "00010100000Z", "0001010000000", "0001010000 0Z", "/00101000000Z",
            "0001010000Z", "000101000000+0000", "19691231235959Z", ""
        ];
        for (uint256 i = 0; i < all.length; i++) {
            vm.expectRevert(Der.DerMalformed.selector);
            this.time(_time(all[i]));
        }
        vm.expectRevert(Der.DerMalformed.selector);
        this.time(bytes.concat(hex"130d", "700101000000Z")); // PrintableString
        // Each form under the other's tag.
        vm.expectRevert(Der.DerMalformed.selector);
        this.time(bytes.concat(hex"180d", "700101000000Z"));
        vm.expectRevert(Der.DerMalformed.selector);
        this.time(bytes.concat(hex"170f", "19700101000000Z"));
    }

    function testAT09AnyTime(bytes calldata text) public view {
        try this.time(bytes.concat(hex"17", bytes1(uint8(text.length % 128)), text)) {}
        catch (bytes memory problem) {
            eq(bytes4(problem), Der.DerMalformed.selector);
        }
    }

    function _isTime(string memory text, uint256 want) private view {
        (uint64 got, uint256 size) = this.time(_time(text));
        eq(got, want);
        eq(size, bytes(text).length + 2);
    }

    function _time(string memory text) private pure returns (bytes memory) {
        uint256 tag = bytes(text).length == 15 ? Der.GENERALIZED_TIME : Der.UTC_TIME;
        return bytes.concat(bytes1(uint8(tag)), bytes1(uint8(bytes(text).length)), bytes(text));
    }

    function _two(uint256 n) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x30 + n / 10), uint8(0x30 + n % 10));
    }

    function _daysOf(uint256 year) private pure returns (uint256) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
    }

    function _daysOf(uint256 year, uint256 month) private pure returns (uint256) {
        uint8[12] memory length = [31, uint8(_daysOf(year) - 337), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        return length[month - 1];
    }
}
