// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TdxCollateral} from "../../src/tdx/TdxCollateral.sol";
import {Vm} from "../Vm.sol";
import {CollateralFixture} from "./CollateralFixture.sol";

/// Gas of whole transactions: 21,000, calldata, execution. `forge test --isolate`; without it the bounds hold all the
/// more. What is brought is Intel's, of February 2026: a TCB info of 4,113 bytes with three levels and two TDX modules, a
/// revocation list of 3,355 bytes with 57 entries.
contract CollateralGasTest is CollateralFixture {
    event Gas(string what, uint256 gas);

    uint256[6] private bounds = [uint256(190_000), 200_000, 140_000, 320_000, 160_000, 370_000];
    string[6] private names = ["TCB signer", "platform CA", "root CRL", "platform CRL", "QE identity", "TCB info"];

    function testGasOfGenuineCollateral() external {
        string memory world = read("tdx-v5");
        TdxCollateral store = deploy(world);
        bytes[] memory calls = vm.parseJsonBytesArray(world, ".calls");
        for (uint256 i = 0; i < calls.length; i++) {
            bring(store, calls[i]);
            Vm.Gas memory last = vm.lastCallGas();
            emit Gas(names[i], last.gasTotalUsed);
            ok(last.gasTotalUsed <= bounds[i], names[i]);
        }
    }

    function testGasOfAnswers() external {
        string memory world = read("tdx-v5");
        (TdxCollateral store,) = open(world);
        bytes6 fmspc = bytes6(vm.parseJsonBytes(world, ".fmspc"));
        bytes16 svns = ~bytes16(0);
        store.tcbLevel(fmspc, svns, type(uint16).max, svns);
        emit Gas("tcbLevel", vm.lastCallGas().gasTotalUsed);
        store.moduleStatus(fmspc, bytes16(0x03030300000000000000000000000000), new bytes(56));
        emit Gas("moduleStatus", vm.lastCallGas().gasTotalUsed);
        store.qeStatus(slice(vm.parseJsonBytes(world, ".enclaves"), 0, 384));
        emit Gas("qeStatus", vm.lastCallGas().gasTotalUsed);
        store.stands(vm.parseJsonBytes32(world, ".issuerKey"), 0, 0);
        emit Gas("stands", vm.lastCallGas().gasTotalUsed);
    }
}
