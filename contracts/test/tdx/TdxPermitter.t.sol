// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TdxFixture} from "./TdxFixture.sol";

contract TdxPermitterTest is TdxFixture {
    function testFirstAndFurther() public {
        eq(acquireFirst(first), block.timestamp + duration);
        eq(registry.readPermit(requester, identity).expiry, block.timestamp + duration);
        eq(acquireFurther(further), block.timestamp + duration);
        eq(registry.readPermit(another, identity).expiry, block.timestamp + duration);
    }
}
