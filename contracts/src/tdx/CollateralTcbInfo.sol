// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralData, Packer} from "./CollateralData.sol";
import {CollateralLevels} from "./CollateralLevels.sol";
import {DocumentHead} from "./CollateralReader.sol";
import {CollateralScanner, Scanner} from "./CollateralScanner.sol";

/// @title TCB info of TDX (Intel, PCS API version 4, TCB info version 3): read once, kept in few bytes, asked often
/// @notice What is kept: evaluation data number (20 bytes) ‖ mark of its signer (8) ‖ offset of the platform's levels (2)
/// ‖ TDX modules ‖ levels of the platform, each 40 bytes: SGX components (16) ‖ TDX components (16) ‖ PCESVN (2) ‖ verdict
/// (6). A module: major version (1; 0 for `tdxModule`) ‖ attributes (8) ‖ their mask (8) ‖ number of its levels (1) ‖
/// keccak256 of its signer (32) ‖ levels (CollateralLevels).
library CollateralTcbInfo {
    using CollateralScanner for Scanner;
    using CollateralData for Packer;

    uint256 private constant HEAD = 30;
    uint256 private constant MODULE = 50;
    uint256 private constant LEVEL = 40;
    uint256 private constant HIGH = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /* READING THE DOCUMENT */

    /// @notice Reads a document by the signer with this mark.
    function parse(Scanner memory s, uint64 signer)
        internal
        pure
        returns (DocumentHead memory head, Packer memory packer)
    {
        // A level of 40 bytes is at least 590 bytes of JSON, a module of 50 at least 200, a level of it of 8 at least 60.
        packer = CollateralData.pack(HEAD + MODULE + (s.end - s.start) / 3);
        _head(s, head);
        packer.put(head.number, 20);
        packer.put(signer, 8);
        packer.put(0, 2);
        _modules(s, packer);
        _setOffset(packer);
        s.expect('"tcbLevels":[', 13);
        do {
            _level(s, packer);
        } while (s.accept(",", 1));
        s.expect("]}", 2);
        s.finish();
    }

    function _head(Scanner memory s, DocumentHead memory head) private pure {
        s.expect('{"id":"TDX","version":3,"issueDa', 32);
        s.expect('te":', 4);
        head.issued = uint64(s.date());
        s.expect(',"nextUpdate":', 14);
        head.nextUpdate = uint64(s.date());
        if (head.nextUpdate <= head.issued) s.fail();
        s.expect(',"fmspc":"', 10);
        head.fmspc = bytes6(uint48(s.hexadecimal(12)));
        s.expect('","pceId":"0000","tcbType":0,', 29);
        s.expect('"tcbEvaluationDataNumber":', 26);
        head.number = uint32(s.number(type(uint32).max));
        if (head.number == 0) s.fail();
        s.expect(",", 1);
    }

    /// `tdxModule`, and `tdxModuleIdentities` if there are any, each major version once.
    function _modules(Scanner memory s, Packer memory packer) private pure {
        s.expect('"tdxModule":{', 13);
        _module(s, packer, 0);
        packer.put(0, 0);
        s.expect("},", 2);
        if (!s.accept('"tdxModuleIdentities":[', 23)) return;
        uint256 seen = 1; // zero is taken
        do {
            s.expect('{"id":"TDX_', 11);
            uint256 version = s.hexadecimal(2);
            if (seen >> version & 1 == 1) s.fail();
            seen |= 1 << version;
            s.expect('",', 2);
            uint256 from = _module(s, packer, version);
            s.expect(",", 1);
            uint256 count = CollateralLevels.parse(s, packer);
            if (count > 255) s.fail();
            assembly ("memory-safe") {
                mstore8(add(from, 17), count)
            }
            s.expect("}", 1);
        } while (s.accept(",", 1));
        s.expect("],", 2);
    }

    /// Signer and attributes; the number of levels is to be filled in.
    function _module(Scanner memory s, Packer memory packer, uint256 version) private pure returns (uint256 from) {
        from = packer.place;
        s.expect('"mrsigner":"', 12);
        bytes32 signer = keccak256(
            abi.encodePacked(uint128(s.hexadecimal(32)), uint128(s.hexadecimal(32)), uint128(s.hexadecimal(32)))
        );
        packer.put(version, 1);
        s.expect('","attributes":"', 16);
        packer.put(s.hexadecimal(16), 8);
        s.expect('","attributesMask":"', 20);
        packer.put(s.hexadecimal(16), 8);
        s.expect('"', 1);
        packer.put(0, 1);
        packer.put(uint256(signer), 32);
    }

    function _setOffset(Packer memory packer) private pure {
        uint256 offset = packer.size();
        bytes memory data = packer.data;
        assembly ("memory-safe") {
            let from := add(data, 61)
            mstore8(from, shr(8, offset))
            mstore8(add(from, 1), offset)
        }
    }

    function _level(Scanner memory s, Packer memory packer) private pure {
        s.expect('{"tcb":{"sgxtcbcomponents":', 27);
        packer.put(_components(s), 16);
        s.expect(',"pcesvn":', 10);
        uint256 pceSvn = s.number(type(uint16).max);
        s.expect(',"tdxtcbcomponents":', 20);
        packer.put(_components(s), 16);
        packer.put(pceSvn, 2);
        s.expect("},", 2);
        packer.put(CollateralLevels.verdict(s), 6);
        s.expect("}", 1);
    }

    /// 16 security versions, with or without the names of what they are of.
    function _components(Scanner memory s) private pure returns (uint256 svns) {
        bytes8 opening = '[{"svn":';
        for (uint256 i = 0; i < 16; i++) {
            // Most are of one digit and nameless.
            uint256 next = s.peek();
            uint256 digit = (next >> 184 & 0xff) ^ 0x30;
            if (bytes8(bytes32(next)) == opening && digit < 10 && next >> 176 & 0xff == uint8(bytes1("}"))) {
                s.skip(10);
                svns = svns << 8 | digit;
            } else {
                s.expect(opening, 8);
                svns = svns << 8 | s.number(type(uint8).max);
                if (s.accept(',"category":', 12)) s.text();
                if (s.accept(',"type":', 8)) s.text();
                s.expect("}", 1);
            }
            opening = ',{"svn":';
        }
        s.expect("]", 1);
    }

    /* ASKING WHAT WAS KEPT */

    /// @notice The first level that asks for nothing above what the platform has; status 0 if there is none.
    /// @param from where the data is in memory
    /// @param end where it ends
    function level(uint256 from, uint256 end, bytes16 sgxSvns, uint16 pceSvn, bytes16 tdxSvns)
        internal
        pure
        returns (uint8 status, uint64 date)
    {
        uint256 svns = uint256(uint128(sgxSvns)) << 128 | uint128(tdxSvns);
        // From major version 1 on the TDX module's two components are judged by its own identity.
        uint256 counted = tdxSvns[1] == 0 ? type(uint256).max : ~(uint256(0xffff) << 112);
        for (from += CollateralData.read(from + 28, 2); from < end; from += LEVEL) {
            uint256 rest = CollateralData.read(from + 32, 8);
            if (_covers(svns, CollateralData.read(from, 32) & counted) && pceSvn >= rest >> 48) {
                return (uint8(rest >> 40), uint64(uint40(rest)));
            }
        }
    }

    /// @notice What the TDX module is worth: status 0 unless its signer and attributes are those of its identity.
    /// @param seam MRSIGNERSEAM ‖ SEAMATTRIBUTES, 56 bytes
    function module(uint256 from, bytes16 tdxSvns, bytes calldata seam) internal pure returns (uint8, uint64) {
        uint256 end = from + CollateralData.read(from + 28, 2);
        uint256 major = uint8(tdxSvns[1]);
        for (from += HEAD; from < end;) {
            uint256 count = CollateralData.read(from + 17, 1);
            if (CollateralData.read(from, 1) == major) {
                uint256 attributes = uint64(bytes8(seam[48:56])) & CollateralData.read(from + 9, 8);
                bool genuine = attributes == CollateralData.read(from + 1, 8)
                    && keccak256(seam[:48]) == bytes32(CollateralData.read(from + 18, 32));
                if (!genuine) return (0, 0);
                if (major == 0) return (1, type(uint64).max);
                return CollateralLevels.find(from + MODULE, from + MODULE + 8 * count, uint8(tdxSvns[0]));
            }
            from += MODULE + 8 * count;
        }
        return (0, 0);
    }

    /// Whether each byte of `a` is at least that of `b`: the low seven bits are compared by subtraction, which borrows
    /// from no neighbour.
    function _covers(uint256 a, uint256 b) private pure returns (bool) {
        unchecked {
            uint256 low = (a | HIGH) - (b & ~HIGH);
            return ((a & ~b) | (~(a ^ b) & low)) & HIGH == HIGH;
        }
    }
}
