// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TdxFixture} from "./TdxFixture.sol";

/// @notice What permits cost, calldata and all, if forge runs each call as a transaction of its own (--isolate). Without,
/// the calldata are added here, and slots that the fixture touched are cheaper than in a chain.
contract TdxGasTest is TdxFixture {
    event log_named_uint(string key, uint256 val);

    function testGasOfFirstAndFurther() public {
        acquireFirst(first);
        uint256 gasOfFirst = vm.lastCallGas().gasTotalUsed;
        acquireFurther(further);
        uint256 gasOfFurther = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint("first", gasOfFirst);
        emit log_named_uint("further", gasOfFurther);
    }
}
