// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Reader of DER in calldata
/// @notice An element is where its tag stands; `end` is where the element around it ends. Both are offsets in all of
/// the calldata. Every function reverts unless what it reads is in DER and ends by `end`.
/// @dev Beyond the calldata's end there are zeros to read, which no `end` includes. Nothing that is read before its end
/// was compared with `end` leaves this library.
library Der {
    /// Not DER, or another element than there must be.
    error DerMalformed();

    // Tags.
    uint256 internal constant BOOLEAN = 0x01;
    uint256 internal constant INTEGER = 0x02;
    uint256 internal constant BIT_STRING = 0x03;
    uint256 internal constant OCTETS = 0x04;
    uint256 internal constant UTF8 = 0x0c;
    uint256 internal constant PRINTABLE = 0x13;
    uint256 internal constant UTC_TIME = 0x17;
    uint256 internal constant GENERALIZED_TIME = 0x18;
    uint256 internal constant SEQUENCE = 0x30;
    uint256 internal constant SET = 0x31;

    /// @notice Where a string of bytes begins and ends.
    function bounds(bytes calldata der) internal pure returns (uint256 pos, uint256 end) {
        assembly ("memory-safe") {
            pos := der.offset
            end := add(der.offset, der.length)
        }
    }

    /// @notice The contents of the element at `pos`, which must have this tag: from `start` to `next`, where the next
    /// element is. Lengths have at most three bytes, as few as can be.
    function read(uint256 pos, uint256 end, uint256 tag) internal pure returns (uint256 start, uint256 next) {
        uint256 head = word(pos);
        require(head >> 248 == tag, DerMalformed());
        uint256 length = (head >> 240) & 0xff;
        start = pos + 2;
        if (length >= 0x80) {
            uint256 size = length - 0x80; // of a long length, which follows
            require(size >= 1 && size <= 3, DerMalformed());
            length = (head << 16) >> (256 - 8 * size);
            require(length >= 0x80 && length >> (8 * (size - 1)) != 0, DerMalformed());
            start += size;
        }
        next = start + length;
        require(next <= end, DerMalformed());
    }

    /// @notice The contents of an element that is the last: it must end at `end`.
    function readLast(uint256 pos, uint256 end, uint256 tag) internal pure returns (uint256 start) {
        uint256 next;
        (start, next) = read(pos, end, tag);
        require(next == end, DerMalformed());
    }

    /// @notice Steps over `size` bytes, at most 32, which must be these.
    function skip(uint256 pos, uint256 end, uint256 size, bytes32 expected) internal pure returns (uint256 next) {
        next = pos + size;
        require(next <= end && bytes32(word(pos)) ^ expected < bytes32(1 << (256 - 8 * size)), DerMalformed());
    }

    /// @notice A positive INTEGER of at most 32 bytes; zero is not positive.
    function positive(uint256 pos, uint256 end) internal pure returns (bytes32 value, uint256 next) {
        uint256 start;
        (start, next) = read(pos, end, INTEGER);
        uint256 size = next - start;
        uint256 first = size == 0 ? 0x80 : uint8(bytes1(bytes32(word(start))));
        require(first < 0x80, DerMalformed()); // not negative
        if (first == 0) {
            // A leading zero stands there for the sake of the sign only.
            require(size > 1 && uint8(bytes1(bytes32(word(start + 1)))) >= 0x80, DerMalformed());
            (start, size) = (start + 1, size - 1);
        }
        require(size <= 32, DerMalformed());
        value = bytes32(word(start) >> (256 - 8 * size));
    }

    /// @notice A time in UTC to the second, as seconds since the epoch: YYMMDDhhmmssZ or YYYYMMDDhhmmssZ.
    function time(uint256 pos, uint256 end) internal pure returns (uint64 seconds_, uint256 next) {
        uint256 start;
        uint256 year;
        if (bytes1(bytes32(word(pos))) == bytes1(uint8(UTC_TIME))) {
            (start, next) = read(pos, end, UTC_TIME);
            require(next - start == 13, DerMalformed());
            year = digits(start);
            year += year < 50 ? 2000 : 1900;
        } else {
            (start, next) = read(pos, end, GENERALIZED_TIME);
            require(next - start == 15, DerMalformed());
            year = digits(start) * 100 + digits(start + 2);
            start += 2;
        }
        require(bytes1(bytes32(word(start + 12))) == "Z" && year >= 1970, DerMalformed());
        uint256 clock = digits(start + 6) * 3600 + digits(start + 8) * 60 + digits(start + 10);
        require(digits(start + 6) < 24 && digits(start + 8) < 60 && digits(start + 10) < 60, DerMalformed());
        seconds_ = uint64(_days(year, digits(start + 2), digits(start + 4)) * 86400 + clock);
    }

    /// @notice The number that two decimal digits make.
    function digits(uint256 pos) internal pure returns (uint256) {
        uint256 two = word(pos) >> 240;
        uint256 tens = (two >> 8) ^ 0x30;
        uint256 ones = (two & 0xff) ^ 0x30;
        require(tens < 10 && ones < 10, DerMalformed());
        return tens * 10 + ones;
    }

    /// @notice 32 bytes of calldata.
    function word(uint256 pos) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := calldataload(pos)
        }
    }

    /// Days since the epoch of a date of the Gregorian calendar, which must have it; from 1970 on.
    function _days(uint256 year, uint256 month, uint256 day) private pure returns (uint256) {
        require(month >= 1 && month <= 12 && day >= 1, DerMalformed());
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        // One byte per month: days of the year before it, less 28 for each.
        uint256 before = uint8(bytes12(0x0003030608_0b0d1013_15181a)[month - 1]) + (month - 1) * 28;
        uint256 length = month == 2 ? (leap ? 29 : 28) : 30 + ((month + month / 8) & 1);
        require(day <= length, DerMalformed());
        if (month > 2 && leap) before++;
        uint256 past = year - 1;
        return past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before + day - 1;
    }
}
