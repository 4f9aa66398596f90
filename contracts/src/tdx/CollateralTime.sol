// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Reads dates as they stand in Intel's JSON
/// @notice In UTC to the second, of the years 1970 to 9999. Days that a month does not have are no dates, and neither are
/// leap seconds.
library CollateralTime {
    /// @notice Seconds since the epoch at the date that the first 20 bytes are: 2026-02-18T10:58:51Z.
    function fromRfc3339(bytes32 text) internal pure returns (uint256 time, bool valid) {
        unchecked {
            // Each digit becomes its value, and each other character zero if it is as here.
            uint256 d = uint256(text ^ "0000-00-00T00:00:00Z") >> 96;
            // Digits above 9 and other characters above 0 get a high bit by what is added.
            uint256 over = d | (d + 0x00767676767f76767f76767f76767f76767f76767f);
            valid = over & 0x008080808080808080808080808080808080808080 == 0;
            // The numbers of two digits, each at its second one.
            d += (d >> 8) * 10;
            uint256 year = (d >> 144 & 0xff) * 100 + (d >> 128 & 0xff);
            (uint256 month, uint256 day) = (d >> 104 & 0xff, d >> 80 & 0xff);
            (uint256 hour, uint256 minute, uint256 second) = (d >> 56 & 0xff, d >> 32 & 0xff, d >> 8 & 0xff);
            valid = valid && year >= 1970 && hour < 24 && minute < 60 && second < 60 && _exists(year, month, day);
            if (valid) time = _days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
        }
    }

    function _exists(uint256 year, uint256 month, uint256 day) private pure returns (bool) {
        unchecked {
            if (month - 1 > 11 || day == 0) return false;
            if (month == 2 && day == 29) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            return day <= (month == 2 ? 28 : 30 + ((month + month / 8) & 1));
        }
    }

    /// Days since the epoch, counted in years that begin in March, so that a leap day is the last one.
    function _days(uint256 year, uint256 month, uint256 day) private pure returns (uint256) {
        unchecked {
            uint256 months = month + 9;
            if (month > 2) months -= 12;
            else year--;
            return year * 365 + year / 4 - year / 100 + year / 400 + (153 * months + 2) / 5 + day - 719469;
        }
    }
}
