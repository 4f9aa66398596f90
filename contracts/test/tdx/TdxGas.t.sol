// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TdxFixture} from "./TdxFixture.sol";

/// @notice What permits cost as transactions of their own, calldata and all: exact if forge runs each call as one
/// (--isolate). Without, slots that the fixture has touched are cheaper than on a chain, and the bounds hold all the more.
contract TdxGasTest is TdxFixture {
    event log_named_uint(string key, uint256 val);

    uint256 private constant MOST_FOR_FIRST = 300000;
    uint256 private constant MOST_FOR_FURTHER = 110000;

    function testGasOfFirstAndFurther() public {
        acquireFirst(first);
        _within("first", vm.lastCallGas().gasTotalUsed, MOST_FOR_FIRST);
        acquireFurther(further);
        _within("further", vm.lastCallGas().gasTotalUsed, MOST_FOR_FURTHER);
    }

    function _within(string memory what, uint256 used, uint256 most) private {
        emit log_named_uint(what, used);
        ok(used <= most, what);
    }
}
