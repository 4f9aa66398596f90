// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CollateralData, Packer} from "../../src/tdx/CollateralData.sol";
import {Test} from "../Test.sol";

contract CollateralDataTest is Test {
    using CollateralData for Packer;

    function pack(uint256 capacity, uint256[] calldata widths) public pure returns (bytes memory) {
        Packer memory packer = CollateralData.pack(capacity);
        for (uint256 i = 0; i < widths.length; i++) {
            packer.put(i + 1, widths[i]);
        }
        return packer.done();
    }

    function keep(bytes memory data, address old) public returns (address) {
        return CollateralData.keep(data, old);
    }

    function load(address kept) public view returns (bytes memory data) {
        (uint256 from, uint256 end) = CollateralData.load(kept);
        data = new bytes(end - from);
        assembly ("memory-safe") {
            mcopy(add(data, 32), from, sub(end, from))
        }
    }

    /// Nothing is written behind the room that there is.
    function testNoMoreThanThereIsRoomFor(uint8[8] calldata sizes, uint16 capacity) public {
        uint256[] memory widths = new uint256[](sizes.length);
        uint256 sum;
        for (uint256 i = 0; i < sizes.length; i++) {
            widths[i] = sizes[i] % 33;
            sum += widths[i];
        }
        capacity %= 256;
        if (sum > capacity) vm.expectRevert(CollateralData.DataNotKept.selector);
        bytes memory data = this.pack(capacity, widths);
        if (sum <= capacity) eq(data.length, 1 + sum);
    }

    function testToTheLastByte() public {
        uint256[] memory widths = new uint256[](2);
        (widths[0], widths[1]) = (32, 3);
        eq(this.pack(35, widths), abi.encodePacked(uint8(0), uint256(1), uint24(2)));
        vm.expectRevert(CollateralData.DataNotKept.selector);
        this.pack(34, widths);
    }

    function testWhatIsKeptIsReadAgain(bytes calldata some) public {
        bytes memory data = bytes.concat(hex"00", some);
        address kept = this.keep(data, address(0));
        eq(kept.code, data);
        eq(this.load(kept), some);
        eq(this.keep(data, kept), kept);
        ok(this.keep(bytes.concat(data, hex"00"), kept) != kept, "other data");
    }

    /// EIP-170 and EIP-3541 say what code may be; PUSH2 says how long.
    function testWhatNoCodeMayBeIsNotKept() public {
        vm.expectRevert(CollateralData.DataNotKept.selector);
        this.keep(new bytes(0x10000), address(0));
        vm.expectRevert(CollateralData.DataNotKept.selector);
        this.keep(hex"ef00", address(0));
    }
}
