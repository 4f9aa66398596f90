// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {Test} from "./Test.sol";

/// A registry in which everyone has a permit.
contract AllPermitted {
    function readPermit(address, IdentityId) external pure returns (IIdentityRegistry.Permit memory) {
        return IIdentityRegistry.Permit(type(uint64).max);
    }
}

/// Does what anyone could do, in any order, and only when it is allowed.
contract Everyone is Test {
    uint256 private constant KEY = 0xe5c;
    uint256 private constant BOND = 1 gwei;

    TaskHub public immutable hub = new TaskHub(IIdentityRegistry(address(new AllPermitted())), 60, BOND);
    uint256[] public tasks;

    function count() external view returns (uint256) {
        return tasks.length;
    }

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0x1000 + seed % 4));
    }

    function pick(uint256 seed) private view returns (uint256 taskId, ITaskLifecycle.Task memory task) {
        if (tasks.length == 0) return (0, task);
        taskId = tasks[seed % tasks.length];
        task = hub.getTask(taskId);
    }

    function submit(uint256 seed, uint64 fee, uint16 seconds_) external {
        address submitter = actor(seed);
        vm.deal(submitter, fee);
        vm.prank(submitter);
        uint64 deadline = uint64(block.timestamp + 1 + seconds_);
        tasks.push(hub.submit{value: fee}(IdentityId.wrap(0), "", bytes32(tasks.length), deadline));
    }

    function claim(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Task memory task) = pick(seed);
        if (task.state != ITaskLifecycle.State.Open || block.timestamp >= task.deadline) return;
        address runner = actor(seed >> 8);
        vm.deal(runner, BOND);
        vm.prank(runner);
        hub.claim{value: BOND}(taskId, vm.addr(KEY));
    }

    function accept(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Task memory task) = pick(seed);
        if (task.state != ITaskLifecycle.State.Claimed || block.timestamp >= task.deadline) return;
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](1);
        results[0] = ITaskLifecycle.TaskResult(taskId, task.attempt, 0, "", keccak256("output"), actor(seed >> 16));
        uint256[] memory ids = new uint256[](1);
        ids[0] = taskId;
        bytes[] memory signatures = new bytes[](1);
        signatures[0] = sign(results[0]);
        hub.acceptTaskResults(ids, abi.encode(signatures), abi.encode(results));
    }

    function sign(ITaskLifecycle.TaskResult memory result) private view returns (bytes memory) {
        (, string memory name, string memory version,, address at_,,) = hub.eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                block.chainid,
                at_
            )
        );
        bytes32 kind = keccak256(
            "TaskResult(uint256 taskId,uint32 attempt,uint32 exitStatus,bytes32 inputDigest,bytes32 outputDigest,address runner)"
        );
        bytes32 digest = keccak256(bytes.concat(hex"1901", domain, keccak256(abi.encode(kind, result))));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }

    function expire(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Task memory task) = pick(seed);
        bool lapsed = task.state == ITaskLifecycle.State.Claimed && block.timestamp >= task.claimExpiry;
        bool late = task.state == ITaskLifecycle.State.Open && block.timestamp >= task.deadline;
        if (lapsed || late) hub.expire(taskId);
    }

    function cancel(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Task memory task) = pick(seed);
        if (task.state != ITaskLifecycle.State.Open) return;
        vm.prank(task.submitter);
        hub.cancel(taskId);
    }

    function withdraw(uint256 seed) external {
        vm.prank(actor(seed));
        hub.withdraw();
    }

    function wait(uint8 seconds_) external {
        vm.warp(block.timestamp + seconds_);
    }
}

contract TaskHubInvariantTest is Test {
    Everyone private everyone;

    function setUp() public {
        everyone = new Everyone();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(everyone);
    }

    /// CT-10: what the hub has is what it owes: fees and bonds of tasks that go on, and credits. To the wei.
    function invariantCT10BalanceIsWhatIsOwed() public view {
        TaskHub hub = everyone.hub();
        uint256 owed = 0;
        for (uint256 i = 0; i < 4; ++i) {
            owed += hub.credit(everyone.actor(i));
        }
        for (uint256 i = 0; i < everyone.count(); ++i) {
            ITaskLifecycle.Task memory task = hub.getTask(everyone.tasks(i));
            bool claimed = task.state == ITaskLifecycle.State.Claimed;
            if (claimed || task.state == ITaskLifecycle.State.Open) owed += task.fee;
            if (claimed) owed += hub.claimBond();
        }
        eq(address(hub).balance, owed);
    }

    /// A task has an output exactly if it was accepted, and a runner exactly while it is claimed.
    function invariantFieldsFitTheState() public view {
        TaskHub hub = everyone.hub();
        for (uint256 i = 0; i < everyone.count(); ++i) {
            ITaskLifecycle.Task memory task = hub.getTask(everyone.tasks(i));
            ok((task.outputDigest != 0) == (task.state == ITaskLifecycle.State.Accepted), "output");
            ok((task.runner != address(0)) == (task.state == ITaskLifecycle.State.Claimed), "runner");
            ok(task.state != ITaskLifecycle.State.Open || task.requester == address(0), "requester");
            ok(task.attempt > 0, "attempt");
        }
    }
}
