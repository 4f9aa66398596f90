// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {CollateralFixture} from "./CollateralFixture.sol";

/// Every way in which collateral can be wrong is refused for what it is, and its good neighbours are accepted. The cases are
/// contracts/collateraltest's.
contract CollateralCasesTest is CollateralFixture {
    event Wrong(string name, bytes answer);

    function testCT15AT05EveryCase() external {
        string memory world = read("cases");
        TdxCollateral bare = deploy(world);
        (TdxCollateral store,) = open(world);
        string[] memory names = vm.parseJsonStringArray(world, ".names");
        bytes[] memory calls = vm.parseJsonBytesArray(world, ".cases");
        bytes32[] memory terms = vm.parseJsonBytes32Array(world, ".terms");
        uint256 wrong;
        for (uint256 i = 0; i < names.length; i++) {
            uint256 state = vm.snapshotState();
            vm.warp(uint64(bytes8(terms[i])));
            (bool done, bytes memory answer) = address(terms[i][8] == 0 ? store : bare).call(calls[i]);
            bytes4 selector = bytes4(terms[i] << 72);
            vm.revertToState(state);
            if (done == (selector == 0) && (done || bytes4(answer) == selector)) continue;
            emit Wrong(names[i], answer);
            wrong++;
        }
        eq(wrong, 0);
        ok(names.length > 200, "too few cases");
    }
}
