// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../../src/interfaces/ITdxCollateralStore.sol";
import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {CollateralFixture} from "./CollateralFixture.sol";

/// What the contract keeps and answers is what package collateral does: of what Intel published in June 2025 and February
/// 2026, under Intel's root, and of made-up collateral of the same form.
contract CollateralWorldsTest is CollateralFixture {
    function testGenuineV4() external {
        check("tdx-v4");
    }

    function testGenuineV5() external {
        check("tdx-v5");
    }

    function testMade() external {
        for (uint256 n = 0; n < 8; n++) {
            check(string.concat("made-", vm.toString(n)));
        }
    }

    function check(string memory name) private {
        string memory world = read(name);
        (TdxCollateral store,) = open(world);
        bytes6 fmspc = bytes6(vm.parseJsonBytes(world, ".fmspc"));
        eq(dataOf(store, ITdxCollateralStore.Part.TcbInfo, fmspc), vm.parseJsonBytes(world, ".tcbInfo"));
        eq(dataOf(store, ITdxCollateralStore.Part.QeIdentity, 0), vm.parseJsonBytes(world, ".qeIdentity"));
        bytes memory list = dataOf(store, ITdxCollateralStore.Part.PlatformCrl, vm.parseJsonBytes32(world, ".issuerKey"));
        eq(list, vm.parseJsonBytes(world, ".platformCrl"));
        checkPlatforms(store, world, fmspc);
        checkModules(store, vm.parseJsonBytes(world, ".modules"), fmspc);
        checkEnclaves(store, vm.parseJsonBytes(world, ".enclaves"));
        bytes32 issuerKey = vm.parseJsonBytes32(world, ".issuerKey");
        bytes32 issuerSerial = vm.parseJsonBytes32(world, ".issuerSerial");
        bytes32 serial = vm.parseJsonBytes32(world, ".serial");
        checkSerials(store, vm.parseJsonBytes(world, ".serials"), issuerKey, issuerSerial);
        ok(store.stands(issuerKey, issuerSerial, serial), "does not stand");
        ok(!store.stands(~issuerKey, issuerSerial, serial), "stands with another issuer");
    }

    function dataOf(TdxCollateral store, ITdxCollateralStore.Part part, bytes32 key)
        private
        view
        returns (bytes memory)
    {
        (,,, address data) = store.kept(part, key);
        return data.code;
    }

    function checkPlatforms(TdxCollateral store, string memory world, bytes6 fmspc) private view {
        bytes memory all = vm.parseJsonBytes(world, ".platforms");
        uint256 evaluation = vm.parseJsonUint(world, ".evaluation");
        for (uint256 i = 0; i < all.length; i += 43) {
            (uint8 status, uint64 date, uint32 got) = store.tcbLevel(
                fmspc,
                bytes16(uint128(number(all, i, 16))),
                uint16(number(all, i + 16, 2)),
                bytes16(uint128(number(all, i + 18, 16)))
            );
            eq(status, number(all, i + 34, 1));
            eq(date, number(all, i + 35, 8));
            eq(got, evaluation);
        }
        (uint8 other,,) = store.tcbLevel(~fmspc, ~bytes16(0), type(uint16).max, ~bytes16(0));
        eq(other, 0);
    }

    function checkModules(TdxCollateral store, bytes memory all, bytes6 fmspc) private view {
        for (uint256 i = 0; i < all.length; i += 81) {
            (uint8 status, uint64 date) =
                store.moduleStatus(fmspc, bytes16(uint128(number(all, i, 16))), slice(all, i + 16, 56));
            eq(status, number(all, i + 72, 1));
            eq(date, number(all, i + 73, 8));
        }
    }

    function checkEnclaves(TdxCollateral store, bytes memory all) private view {
        for (uint256 i = 0; i < all.length; i += 393) {
            eq(store.qeStatus(slice(all, i, 384)), number(all, i + 384, 1));
        }
    }

    function checkSerials(TdxCollateral store, bytes memory all, bytes32 issuerKey, bytes32 issuerSerial) private view {
        for (uint256 i = 0; i < all.length; i += 33) {
            eq(store.stands(issuerKey, issuerSerial, bytes32(number(all, i, 32))) ? 0 : 1, number(all, i + 32, 1));
        }
    }
}
