// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Where bytes are put one after the other, behind a first byte that is zero.
struct Packer {
    uint256 place;
    bytes data;
}

/// @title Bytes that are kept as the code of a contract
/// @notice A fifth of the price of storage to write, and to read 2,600 gas and 3 for each word. The first byte is the
/// instruction STOP, so that nobody can run them.
library CollateralData {
    /// The chain has no room, or no gas, for the contract.
    error DataNotKept();

    /// Returns the code behind it: PUSH2 size, DUP1, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN.
    uint256 private constant CREATOR = 0x61000080600a3d393df3;

    /// @notice Room for `capacity` bytes.
    function pack(uint256 capacity) internal pure returns (Packer memory packer) {
        packer.data = new bytes(capacity + 33); // STOP before, and a part of the last word behind
        bytes memory data = packer.data;
        assembly ("memory-safe") {
            mstore(packer, add(data, 33))
        }
    }

    /// @notice Puts the `width` lowest bytes of a value, at most 32; more than there is room for reverts.
    function put(Packer memory packer, uint256 value, uint256 width) internal pure {
        bytes memory data = packer.data;
        bool fits;
        assembly ("memory-safe") {
            let from := mload(packer)
            fits := iszero(gt(add(from, width), add(data, mload(data))))
            if fits {
                mstore(from, shl(shl(3, sub(32, width)), value))
                mstore(packer, add(from, width))
            }
        }
        require(fits, DataNotKept());
    }

    /// @notice How many bytes were put.
    function size(Packer memory packer) internal pure returns (uint256 length) {
        bytes memory data = packer.data;
        assembly ("memory-safe") {
            length := sub(mload(packer), add(data, 33))
        }
    }

    /// @notice What was put, with the first byte.
    function done(Packer memory packer) internal pure returns (bytes memory data) {
        data = packer.data;
        assembly ("memory-safe") {
            mstore(data, sub(mload(packer), add(data, 32)))
        }
    }

    /// @notice Keeps `data`, with its first byte, as the code of a contract: of `old`, if that is the same.
    function keep(bytes memory data, address old) internal returns (address kept) {
        if (old.codehash == keccak256(data)) return old;
        assembly ("memory-safe") {
            let length := mload(data)
            mstore(data, or(CREATOR, shl(56, length)))
            kept := mul(create(0, add(data, 22), add(length, 10)), lt(length, 0x10000))
            mstore(data, length)
        }
        require(kept != address(0), DataNotKept());
    }

    /// @notice A copy of what was kept in memory, from `at` to `end`.
    function load(address kept) internal view returns (uint256 from, uint256 end) {
        assembly ("memory-safe") {
            let size_ := extcodesize(kept)
            size_ := sub(size_, iszero(iszero(size_)))
            from := mload(0x40)
            end := add(from, size_)
            extcodecopy(kept, from, 1, add(size_, 32)) // and a word of zeros behind
            mstore(0x40, and(add(end, 63), not(31)))
        }
    }

    /// @notice The number that the `size_` bytes from `at` on are, at most 32.
    function read(uint256 from, uint256 size_) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(shl(3, sub(32, size_)), mload(from))
        }
    }
}
