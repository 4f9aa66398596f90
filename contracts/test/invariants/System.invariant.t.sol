// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "../Test.sol";
import {Everybody} from "./Everybody.sol";

/// The invariants of the system, all in one campaign: each of them holds after every call of it. What is about a call
/// rather than a state, the actions hold themselves. Each has words of its own, and TESTING.md lists them.
contract SystemInvariantTest is Test {
    Everybody private everybody;

    function setUp() public {
        everybody = new Everybody();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(everybody);
    }

    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (Everybody.settle.selector, Everybody.empty.selector);
        excluded = new FuzzSelector[](1);
        excluded[0] = FuzzSelector(address(everybody), selectors);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function invariantSystem() public view {
        everybody.checkMoney();
        everybody.checkTasks();
        everybody.checkPermits();
    }

    /* THE END OF EACH RUN */

    /// All deadlines pass, and everybody withdraws: what the hub holds of honest money is gone.
    function afterInvariant() public {
        everybody.settle();
        everybody.empty();
        ok(address(everybody.hub()).balance == 0, "all money can be had");
        ok(everybody.coin().balanceOf(address(everybody.hub())) == 0, "all money can be had");
        invariantSystem();
    }
}
