// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITdxCollateralStore} from "../../src/interfaces/ITdxCollateralStore.sol";
import {CollateralReader} from "../../src/tdx/CollateralReader.sol";
import {CollateralFixture} from "./CollateralFixture.sol";

contract CollateralTcbInfoTest is CollateralFixture {
    bytes private constant LEVEL =
        '{"tcb":{"isvsvn":3},"tcbDate":"2024-11-13T00:00:00Z","tcbStatus":"UpToDate"}';

    CollateralReader private reader = new CollateralReader();

    /// How many levels a module has is kept in one byte.
    function testNoMoreLevelsOfAModuleThanCanBeCounted() external {
        bytes memory base = vm.parseJsonBytes(read("mutations"), ".tcbInfo.document");
        uint256 place;
        while (keccak256(slice(base, place, LEVEL.length)) != keccak256(LEVEL)) place++;
        bytes memory before = slice(base, 0, place);
        bytes memory behind = slice(base, place, base.length - place);
        bytes memory more;
        for (uint256 i = 0; i < 254; i++) {
            more = bytes.concat(more, LEVEL, ",");
        }
        reader.tcbInfo(bytes.concat(before, more, behind), 0);
        uint256 end = place + more.length + 2 * LEVEL.length + 2; // behind the list of levels
        vm.expectRevert(abi.encodeWithSelector(ITdxCollateralStore.DocumentMalformed.selector, end));
        reader.tcbInfo(bytes.concat(before, more, LEVEL, ",", behind), 0);
    }
}
