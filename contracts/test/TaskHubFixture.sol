// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../src/interfaces/ITaskAcceptor.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {Test} from "./Test.sol";

/// Permits that the test deals out.
contract Permits {
    mapping(address => uint64) public expiry;

    function set(address holder, uint64 to) external {
        expiry[holder] = to;
    }

    function readPermit(address holder, IdentityId) external view returns (IIdentityRegistry.Permit memory) {
        return IIdentityRegistry.Permit(expiry[holder]);
    }
}

/// A hub, and the steps of a task's life.
abstract contract TaskHubFixture is Test {
    uint64 internal constant WINDOW = 600;
    uint256 internal constant BOND = 0.1 ether;
    uint256 internal constant KEY = uint256(keccak256("requester"));
    address internal constant SUBMITTER = address(0x5b);
    address internal constant RUNNER = address(0x4a);
    address internal constant PAYEE = address(0x9a); // whom results name
    IdentityId internal constant IDENTITY = IdentityId.wrap(keccak256("identity"));
    bytes32 internal constant INPUT = keccak256("input");

    Permits internal permits = new Permits();
    TaskHub internal hub = new TaskHub(IIdentityRegistry(address(permits)), WINDOW, BOND);
    address internal requester = vm.addr(KEY);
    uint64 internal deadline;

    function setUp() public {
        vm.warp(1_000_000);
        deadline = uint64(block.timestamp + 3600);
        vm.deal(SUBMITTER, 100 ether);
        vm.deal(RUNNER, 100 ether);
        permits.set(requester, type(uint64).max);
    }

    /* STEPS */

    function submit(bytes32 salt, uint256 fee) internal returns (uint256 taskId) {
        vm.prank(SUBMITTER);
        return hub.submit{value: fee}(IDENTITY, INPUT, salt, deadline);
    }

    function claim(uint256 taskId) internal {
        vm.prank(RUNNER);
        hub.claim{value: BOND}(taskId, requester);
    }

    function resultOf(uint256 taskId) internal pure returns (ITaskLifecycle.TaskResult memory) {
        return ITaskLifecycle.TaskResult({
            taskId: taskId,
            attempt: 1,
            exitStatus: 0,
            inputDigest: INPUT,
            outputDigest: keccak256("output"),
            runner: PAYEE
        });
    }

    /// EIP-712 by hand, so that the contract is not its own witness.
    function digestOf(ITaskLifecycle.TaskResult memory result) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("escrin TaskHub"),
                keccak256("1"),
                block.chainid,
                address(hub)
            )
        );
        bytes32 kind = keccak256(
            "TaskResult(uint256 taskId,uint32 attempt,uint32 exitStatus,bytes32 inputDigest,bytes32 outputDigest,address runner)"
        );
        return keccak256(bytes.concat(hex"1901", domain, keccak256(abi.encode(kind, result))));
    }

    function sign(ITaskLifecycle.TaskResult memory result) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(result));
        return abi.encodePacked(r, s, v);
    }

    function accept(ITaskLifecycle.TaskResult memory result, bytes memory signature)
        internal
        returns (ITaskAcceptor.TaskIdSelector memory)
    {
        uint256[] memory ids = new uint256[](1);
        ids[0] = result.taskId;
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](1);
        results[0] = result;
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = signature;
        return hub.acceptTaskResults(ids, abi.encode(signatures), abi.encode(results));
    }

    function stateIs(uint256 taskId, ITaskLifecycle.State want) internal view {
        eq(uint256(hub.getTask(taskId).state), uint256(want));
    }

    function claimed(uint256 fee) internal returns (uint256 taskId) {
        taskId = submit("salt", fee);
        claim(taskId);
    }
}
