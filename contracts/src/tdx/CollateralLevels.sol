// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralData, Packer} from "./CollateralData.sol";
import {CollateralScanner, Scanner} from "./CollateralScanner.sol";

/// @title What the versions of an enclave or TDX module are worth
/// @notice Kept in the document's order, 8 bytes each: ISVSVN (2) ‖ verdict (6). A verdict is status (1) ‖ date of the
/// level (5, seconds since the epoch).
library CollateralLevels {
    using CollateralScanner for Scanner;
    using CollateralData for Packer;

    /// @notice Reads the levels, of which there is at least one, and returns how many there are.
    function parse(Scanner memory s, Packer memory packer) internal pure returns (uint256 count) {
        s.expect('"tcbLevels":[', 13);
        do {
            s.expect('{"tcb":{"isvsvn":', 17);
            packer.put(s.number(type(uint16).max), 2);
            s.expect("},", 2);
            packer.put(verdict(s), 6);
            s.expect("}", 1);
            count++;
        } while (s.accept(",", 1));
        s.expect("]", 1);
    }

    /// @notice Reads date and status. Advisories are passed over: what they come to is the status.
    function verdict(Scanner memory s) internal pure returns (uint256) {
        s.expect('"tcbDate":', 10);
        uint256 date = s.date();
        s.expect(',"tcbStatus":', 13);
        uint256 status = s.status();
        if (s.accept(',"advisoryIDs":', 15)) s.texts();
        return status << 40 | date;
    }

    /// @notice The first level that asks for no more than `svn`; status 0 if there is none.
    /// @param from where the levels are in memory
    /// @param end where they end
    function find(uint256 from, uint256 end, uint256 svn) internal pure returns (uint8 status, uint64 date) {
        for (; from < end; from += 8) {
            uint256 level = CollateralData.read(from, 8);
            if (svn >= level >> 48) return (uint8(level >> 40), uint64(uint40(level)));
        }
    }
}
