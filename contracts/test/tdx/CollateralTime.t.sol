// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralTime} from "../../src/tdx/CollateralTime.sol";
import {Der} from "../../src/tdx/Der.sol";
import {Test} from "../Test.sol";

/// Two readers of times, written apart from each other, agree on which there are and when they are.
contract CollateralTimeTest is Test {
    function der(bytes calldata text) public pure returns (uint64 time) {
        (uint256 from, uint256 end) = Der.bounds(text);
        (time,) = Der.time(from, end);
    }

    function testLeapDays() public view {
        agree(2024, 2, 29, true);
        agree(2000, 2, 29, true);
        agree(2400, 2, 29, true);
        agree(2023, 2, 29, false);
        agree(2100, 2, 29, false);
        agree(1900, 2, 29, false);
        agree(2024, 2, 30, false);
        agree(2023, 2, 28, true);
        (uint256 time,) = CollateralTime.fromRfc3339("2024-02-29T00:00:00Z");
        eq(time, 1709164800);
    }

    function testEveryDayOfSomeYears() public view {
        uint16[4] memory some = [1970, 2000, 2026, 2100];
        for (uint256 i = 0; i < some.length; i++) {
            uint256 days_;
            for (uint256 month = 0; month <= 13; month++) {
                for (uint256 day = 0; day <= 32; day++) {
                    if (agree(some[i], month, day)) days_++;
                }
            }
            eq(days_, some[i] == 2000 ? 366 : 365);
        }
    }

    function testEachSecond(uint16 year, uint8 month, uint8 day, uint8 hour, uint8 minute, uint8 second) public view {
        agree(year % 10_000, month % 14, day % 34, hour % 26, minute % 62, second % 62);
    }

    function agree(uint256 year, uint256 month, uint256 day, bool exists) private view {
        ok(agree(year, month, day) == exists, "exists");
    }

    function agree(uint256 year, uint256 month, uint256 day) private view returns (bool) {
        return agree(year, month, day, 23, 59, 58);
    }

    function agree(uint256 year, uint256 month, uint256 day, uint256 hour, uint256 minute, uint256 second)
        private
        view
        returns (bool valid)
    {
        bytes memory date = bytes.concat(two(year / 100), two(year % 100), "-", two(month), "-", two(day));
        uint256 time;
        (time, valid) =
            CollateralTime.fromRfc3339(bytes32(bytes.concat(date, "T", two(hour), ":", two(minute), ":", two(second), "Z")));
        bytes memory digits = bytes.concat(two(year / 100), two(year % 100), two(month), two(day));
        try this.der(bytes.concat(hex"180f", digits, two(hour), two(minute), two(second), "Z")) returns (uint64 other) {
            ok(valid, "one of them takes it for a time");
            eq(time, other);
        } catch (bytes memory problem) {
            ok(!valid && bytes4(problem) == Der.DerMalformed.selector, "one of them takes it for none");
        }
    }

    function two(uint256 n) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(0x30 + n / 10), uint8(0x30 + n % 10));
    }
}
