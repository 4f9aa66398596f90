// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "@escrin/contracts/src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "@escrin/contracts/src/interfaces/ITaskHub.sol";
import {TestEnclave} from "@escrin/contracts/test-kit/TestEnclave.sol";

/// The cheat codes that the examples' tests use; with forge-std they would be in its Test.
interface Vm {
    function assume(bool condition) external pure;
    function deployCode(string calldata artifact, bytes calldata arguments) external returns (address);
    function deal(address account, uint256 balance) external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata data) external;
    function prank(address sender) external;
    function warp(uint256 time) external;
}

/// What the tests of both examples have: an enclave's stand-in, an identity, and keys for the manifest.
abstract contract ExampleTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    // As `new TestEnclave(600, 0.1 ether)`, but the compiler need not repeat its code in each test.
    TestEnclave internal enclave =
        TestEnclave(payable(vm.deployCode("TestEnclave.sol:TestEnclave", abi.encode(600, 0.1 ether))));
    ITaskLifecycle internal hub = enclave.hub();
    bytes32 internal policy = enclave.MEASUREMENT_ROOT();
    IdentityId internal identity = enclave.createIdentity("example");
    bytes internal resultKey = new bytes(1216);
    bytes internal groupKey = new bytes(96);

    error Different(bytes32 got, bytes32 want);
    error Untrue(string what);

    function eq(uint256 got, uint256 want) internal pure {
        eq(bytes32(got), bytes32(want));
    }

    function eq(address got, address want) internal pure {
        eq(uint160(got), uint160(want));
    }

    function eq(bytes32 got, bytes32 want) internal pure {
        if (got != want) revert Different(got, want);
    }

    function ok(bool condition, string memory what) internal pure {
        if (!condition) revert Untrue(what);
    }

    function list(address a) internal pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = a;
    }

    function list(address a, address b) internal pure returns (address[] memory accounts) {
        accounts = new address[](2);
        (accounts[0], accounts[1]) = (a, b);
    }

    function resultsOf(bytes32 publicOutput) internal pure returns (ITaskLifecycle.TaskResult[] memory results) {
        results = new ITaskLifecycle.TaskResult[](1);
        results[0] = ITaskLifecycle.TaskResult(0, keccak256("output"), publicOutput);
    }
}
