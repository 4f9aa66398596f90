// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../../src/interfaces/ITdxCollateralStore.sol";
import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {Test} from "../Test.sol";

/// Collateral on chain at the time of one of the vectors that contracts/collateraltest makes.
abstract contract CollateralFixture is Test {
    error Refused(bytes reason);

    // Where each call is among a world's.
    uint256 internal constant SIGNER = 0;
    uint256 internal constant PLATFORM_CA = 1;
    uint256 internal constant ROOT_CRL = 2;
    uint256 internal constant PLATFORM_CRL = 3;
    uint256 internal constant QE = 4;
    uint256 internal constant TCB = 5;

    function read(string memory name) internal view returns (string memory) {
        return vm.readFile(string.concat("testdata/collateral/", name, ".json"));
    }

    /// A contract that knows only its root, at the time of the world.
    function deploy(string memory world) internal returns (TdxCollateral) {
        vm.warp(vm.parseJsonUint(world, ".time"));
        return new TdxCollateral(abi.decode(vm.parseJsonBytes(world, ".root"), (ITdxCollateralStore.Root)));
    }

    /// The same with everything brought.
    function open(string memory world) internal returns (TdxCollateral store, bytes[] memory calls) {
        store = deploy(world);
        calls = vm.parseJsonBytesArray(world, ".calls");
        for (uint256 i = 0; i < calls.length; i++) {
            bring(store, calls[i]);
        }
    }

    function bring(TdxCollateral store, bytes memory call) internal {
        (bool done, bytes memory answer) = address(store).call(call);
        if (!done) revert Refused(answer);
    }

    /// Fails unless the call is refused with this error.
    function refuse(TdxCollateral store, bytes memory call, bytes4 selector) internal {
        (bool done, bytes memory answer) = address(store).call(call);
        ok(!done, "accepted");
        eq(bytes32(bytes4(answer)), bytes32(selector));
    }

    /// `size` bytes of `all` from `from` on.
    function slice(bytes memory all, uint256 from, uint256 size) internal pure returns (bytes memory part) {
        part = new bytes(size);
        for (uint256 i = 0; i < size; i++) {
            part[i] = all[from + i];
        }
    }

    function number(bytes memory all, uint256 from, uint256 size) internal pure returns (uint256 value) {
        for (uint256 i = 0; i < size; i++) {
            value = value << 8 | uint8(all[from + i]);
        }
    }
}
