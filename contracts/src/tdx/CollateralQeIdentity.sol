// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralData, Packer} from "./CollateralData.sol";
import {CollateralLevels} from "./CollateralLevels.sol";
import {DocumentHead} from "./CollateralReader.sol";
import {CollateralScanner, Scanner} from "./CollateralScanner.sol";

/// @title Identity of the quoting enclave for TDX (Intel, PCS API version 4, enclave identity version 2)
/// @notice What is kept: evaluation data number (20 bytes) ‖ mark of its signer (8) ‖ MISCSELECT (4) ‖ its mask (4) ‖
/// ATTRIBUTES (16) ‖ their mask (16) ‖ MRSIGNER (32) ‖ ISVPRODID (2) ‖ levels (CollateralLevels).
library CollateralQeIdentity {
    using CollateralScanner for Scanner;
    using CollateralData for Packer;

    uint256 private constant HEAD = 102;

    /// @notice Reads a document by the signer with this mark.
    function parse(Scanner memory s, uint64 signer)
        internal
        pure
        returns (DocumentHead memory head, Packer memory packer)
    {
        packer = CollateralData.pack(HEAD + (s.end - s.start) / 3);
        s.expect('{"id":"TD_QE","version":2,"issue', 32);
        s.expect('Date":', 6);
        head.issued = uint64(s.date());
        s.expect(',"nextUpdate":', 14);
        head.nextUpdate = uint64(s.date());
        if (head.nextUpdate <= head.issued) s.fail();
        s.expect(',"tcbEvaluationDataNumber":', 27);
        head.number = uint32(s.number(type(uint32).max));
        if (head.number == 0) s.fail();
        packer.put(head.number, 20);
        packer.put(signer, 8);
        _identity(s, packer);
        CollateralLevels.parse(s, packer);
        s.expect("}", 1);
        s.finish();
    }

    function _identity(Scanner memory s, Packer memory packer) private pure {
        s.expect(',"miscselect":"', 15);
        packer.put(s.hexadecimal(8), 4);
        s.expect('","miscselectMask":"', 20);
        packer.put(s.hexadecimal(8), 4);
        s.expect('","attributes":"', 16);
        packer.put(s.hexadecimal(32), 16);
        s.expect('","attributesMask":"', 20);
        packer.put(s.hexadecimal(32), 16);
        s.expect('","mrsigner":"', 14);
        packer.put(s.hexadecimal(32), 16);
        packer.put(s.hexadecimal(32), 16);
        s.expect('","isvprodid":', 14);
        packer.put(s.number(type(uint16).max), 2);
        s.expect(",", 1);
    }

    /// @notice What the enclave with this report (384 bytes) is worth; status 0 if it is another one.
    /// @param from where the data is in memory
    /// @param end where it ends
    function level(uint256 from, uint256 end, bytes calldata report) internal pure returns (uint8 status, uint64 date) {
        uint256 miscSelect = uint32(bytes4(report[16:20])) & CollateralData.read(from + 32, 4);
        uint256 attributes = uint128(bytes16(report[48:64])) & CollateralData.read(from + 52, 16);
        uint256 product = _littleEndian(bytes2(report[256:258]));
        if (
            miscSelect != CollateralData.read(from + 28, 4) || attributes != CollateralData.read(from + 36, 16)
                || uint256(bytes32(report[128:160])) != CollateralData.read(from + 68, 32)
                || product != CollateralData.read(from + 100, 2)
        ) return (0, 0);
        return CollateralLevels.find(from + HEAD, end, _littleEndian(bytes2(report[258:260])));
    }

    function _littleEndian(bytes2 value) private pure returns (uint256) {
        return uint256(uint8(value[1])) << 8 | uint8(value[0]);
    }
}
