// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Reads dates as they stand in Intel's JSON
/// @notice In UTC to the second, of the years 1970 to 9999. Days that a month does not have are no dates, and
/// neither are leap seconds.
library CollateralTime {
    uint256 private constant HIGH = 0x008080808080808080808080808080808080808080;

    /// @notice Seconds since the epoch at the date that the first 20 bytes are: 2026-02-18T10:58:51Z.
    function fromRfc3339(bytes32 text) internal pure returns (uint256 time, bool valid) {
        // Each digit becomes its value, and each other character zero if it is as here.
        uint256 d = uint256(text ^ "0000-00-00T00:00:00Z") >> 96;
        // Digits above 9 and other characters above 0 get a high bit by what is added.
        uint256 over = d + 0x00767676767f76767f76767f76767f76767f76767f;
        valid = (d | over) & HIGH == 0;
        uint256 year = _two(d, 18) * 100 + _two(d, 16);
        (time, valid) = _seconds(year, _two(d, 13), _two(d, 10), _two(d, 7), _two(d, 4), _two(d, 1), valid);
    }

    /// The number of the two digits of which the last is byte i from the right.
    function _two(uint256 digits, uint256 i) private pure returns (uint256) {
        return (digits >> (8 * i + 8) & 0xff) * 10 + (digits >> (8 * i) & 0xff);
    }

    /// Counts the days as the Gregorian calendar does from a March on, in years of which the last day is a leap day.
    function _seconds(
        uint256 year,
        uint256 month,
        uint256 day,
        uint256 hour,
        uint256 minute,
        uint256 second,
        bool digits
    ) private pure returns (uint256 time, bool valid) {
        if (!digits || year < 1970 || month == 0 || month > 12 || hour > 23 || minute > 59 || second > 59) {
            return (0, false);
        }
        if (day == 0 || day > _daysOf(year, month)) return (0, false);
        unchecked {
            uint256 y = month > 2 ? year : year - 1;
            uint256 months = month > 2 ? month - 3 : month + 9;
            uint256 daysBefore = y * 365 + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1;
            return ((daysBefore - 719468) * 86400 + hour * 3600 + minute * 60 + second, true);
        }
    }

    function _daysOf(uint256 year, uint256 month) private pure returns (uint256) {
        if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }
}
