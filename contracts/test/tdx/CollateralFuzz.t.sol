// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralReader} from "../../src/tdx/CollateralReader.sol";
import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {CollateralFixture} from "./CollateralFixture.sol";

/// Collateral that was altered anywhere is refused, and what is no collateral is never read as some.
contract CollateralFuzzTest is CollateralFixture {
    string private world;
    bytes[] private calls;
    /// Each lacks one part only, and what cannot be brought without it.
    TdxCollateral[6] private stores;
    CollateralReader private reader;

    function setUp() external {
        world = read("tdx-v5");
        calls = vm.parseJsonBytesArray(world, ".calls");
        reader = new CollateralReader();
        for (uint256 part = 0; part < 6; part++) {
            stores[part] = deploy(world);
            for (uint256 i = 0; i < 6; i++) {
                bool without = part == SIGNER && i >= QE || part == PLATFORM_CA && i == PLATFORM_CRL;
                if (i != part && !without) bring(stores[part], calls[i]);
            }
        }
    }

    /// Intel's own, and one bit of what was signed or of the signature is another.
    function testFlippedBit(uint256 part, uint256 place, uint8 bit) external {
        part = part % 6;
        bytes memory call = calls[part];
        (uint256 from, uint256 size) = argument(call, 0);
        if (part >= QE && place % 8 == 0) (from, size) = argument(call, 1);
        call[from + place % size] ^= bytes1(uint8(1 << (bit % 8)));
        (bool done,) = address(stores[part]).call(call);
        ok(!done, "accepted");
    }

    function testCutShort(uint256 part, uint256 length) external {
        part = part % 6;
        (uint256 from, uint256 size) = argument(calls[part], 0);
        bytes memory cut = slice(calls[part], from, length % size);
        bytes4 selector = bytes4(calls[part]);
        bytes memory call = abi.encodeWithSelector(selector, cut);
        if (part >= QE) {
            (uint256 from_, uint256 width) = argument(calls[part], 1);
            call = abi.encodeWithSelector(selector, cut, slice(calls[part], from_, width));
        }
        (bool done,) = address(stores[part]).call(call);
        ok(!done, "accepted");
    }

    /// Whoever signs it: a document that ends early, or goes on, is none.
    function testReaderCutShort(uint256 length, bytes calldata more) external view {
        bytes memory info = document(TCB);
        bytes memory identity = document(QE);
        refused(abi.encodeCall(reader.tcbInfo, (slice(info, 0, length % info.length), 0)));
        refused(abi.encodeCall(reader.qeIdentity, (slice(identity, 0, length % identity.length), 0)));
        if (more.length == 0) return;
        refused(abi.encodeCall(reader.tcbInfo, (bytes.concat(info, more), 0)));
        refused(abi.encodeCall(reader.qeIdentity, (bytes.concat(identity, more), 0)));
    }

    function testReaderOfAnything(bytes calldata any) external view {
        refused(abi.encodeCall(reader.tcbInfo, (any, 0)));
        refused(abi.encodeCall(reader.qeIdentity, (any, 0)));
        refused(abi.encodeCall(reader.revocationList, (any)));
    }

    /// What package collateral makes of a document with one change, the reader makes of it, or refuses it.
    function testReaderLikeTheVerifier() external view {
        string memory mutations = read("mutations");
        string[2] memory kinds = [".tcbInfo", ".qeIdentity"];
        bytes4[2] memory selectors = [reader.tcbInfo.selector, reader.qeIdentity.selector];
        for (uint256 k = 0; k < 2; k++) {
            bytes memory base = vm.parseJsonBytes(mutations, string.concat(kinds[k], ".document"));
            bytes memory changes = vm.parseJsonBytes(mutations, string.concat(kinds[k], ".changes"));
            bytes32[] memory wants = vm.parseJsonBytes32Array(mutations, string.concat(kinds[k], ".kept"));
            uint64 signer = uint64(vm.parseJsonUint(mutations, ".signer"));
            uint256 count;
            for (uint256 i = 0; i < wants.length; i++) {
                bytes memory changed = apply_(base, changes, 4 * i);
                (bool done, bytes memory answer) =
                    address(reader).staticcall(abi.encodeWithSelector(selectors[k], changed, signer));
                if (!done) continue;
                count++;
                eq(keccak256(tail(answer)), wants[i]);
            }
            ok(count * 50 > wants.length, "too few were read");
        }
    }

    /// The bytes behind the four words of a head.
    function tail(bytes memory answer) private pure returns (bytes memory data) {
        uint256 from = number(answer, 128, 32);
        return slice(answer, from + 32, number(answer, from, 32));
    }

    /// A change is kind (0 replace, 1 remove, 2 insert), place (2 bytes), byte.
    function apply_(bytes memory base, bytes memory changes, uint256 from) private pure returns (bytes memory) {
        uint256 place = number(changes, from + 1, 2);
        bytes memory before = slice(base, 0, place);
        uint256 skipped = uint8(changes[from]) == 2 ? 0 : 1;
        bytes memory middle = uint8(changes[from]) == 1 ? bytes("") : slice(changes, from + 3, 1);
        return bytes.concat(before, middle, slice(base, place + skipped, base.length - place - skipped));
    }

    function refused(bytes memory call) private view {
        (bool done,) = address(reader).staticcall(call);
        ok(!done, "read");
    }

    function document(uint256 part) private view returns (bytes memory) {
        (uint256 from, uint256 size) = argument(calls[part], 0);
        return slice(calls[part], from, size);
    }

    /// Where the bytes of an argument are.
    function argument(bytes memory call, uint256 i) private pure returns (uint256 from, uint256 size) {
        from = 4 + number(call, 4 + 32 * i, 32);
        return (from + 32, number(call, from, 32));
    }
}
