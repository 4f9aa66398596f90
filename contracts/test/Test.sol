// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// What all tests have.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Different(bytes32 got, bytes32 want);
    error Untrue(string what);

    function eq(uint256 got, uint256 want) internal pure {
        if (got != want) revert Different(bytes32(got), bytes32(want));
    }

    function eq(address got, address want) internal pure {
        if (got != want) revert Different(bytes32(uint256(uint160(got))), bytes32(uint256(uint160(want))));
    }

    function eq(bytes32 got, bytes32 want) internal pure {
        if (got != want) revert Different(got, want);
    }

    function eq(bytes memory got, bytes memory want) internal pure {
        if (keccak256(got) != keccak256(want)) revert Different(keccak256(got), keccak256(want));
    }

    function ok(bool condition, string memory what) internal pure {
        if (!condition) revert Untrue(what);
    }
}
