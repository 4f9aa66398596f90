// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../src/interfaces/ITaskAcceptor.sol";
import {ITaskHub, ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

contract TaskHubTest is TaskHubFixture {
    /* LIFE */

    function testInterfaceIds() public view {
        ok(type(ITaskHub).interfaceId == 0x9a14481c, "ITaskHub");
        ok(type(ITaskAcceptor).interfaceId == 0x9c45b66e, "ITaskAcceptor");
        ok(hub.supportsInterface(0x9a14481c) && hub.supportsInterface(0x9c45b66e), "supported");
        ok(!hub.supportsInterface(0xffffffff), "ERC-165: never");
    }

    function testFuzzTaskFromSubmissionToPayment(uint96 fee, bytes32 salt, uint16 exitStatus) public {
        vm.deal(SUBMITTER, fee);
        uint256 taskId = hub.taskIdOf(SUBMITTER, salt);
        eq(submit(salt, fee), taskId);
        stateIs(taskId, ITaskLifecycle.State.Open);
        claim(taskId);
        stateIs(taskId, ITaskLifecycle.State.Claimed);
        eq(hub.getTask(taskId).runner, RUNNER);

        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        result.exitStatus = exitStatus % 258;
        ITaskAcceptor.TaskIdSelector memory selector = accept(result, sign(result));
        eq(uint256(selector.quantifier), uint256(ITaskAcceptor.Quantifier.All));
        eq(selector.taskIds.length, 0);

        ITaskLifecycle.Task memory task = hub.getTask(taskId);
        stateIs(taskId, ITaskLifecycle.State.Accepted);
        eq(task.outputDigest, result.outputDigest);
        eq(task.exitStatus, result.exitStatus);
        eq(task.requester, requester);
        eq(task.fee, fee);
        uint256 before = RUNNER.balance;
        vm.prank(RUNNER);
        hub.withdraw();
        eq(RUNNER.balance, before + BOND);
        vm.prank(PAYEE);
        hub.withdraw();
        eq(PAYEE.balance, fee);
        eq(address(hub).balance, 0);
    }

    function testFuzzIdsAreTheSubmitters(address other, bytes32 salt) public view {
        vm.assume(other != SUBMITTER);
        ok(hub.taskIdOf(other, salt) != hub.taskIdOf(SUBMITTER, salt), "other id");
        eq(hub.taskIdOf(other, salt), uint256(keccak256(abi.encode(address(hub), block.chainid, other, salt))));
    }

    function testSaltsServeOnce() public {
        uint256 taskId = submit("salt", 0);
        vm.prank(SUBMITTER);
        hub.cancel(taskId);
        vm.prank(SUBMITTER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.TaskExists.selector, taskId));
        hub.submit(IDENTITY, INPUT, "salt", deadline);
    }

    function testFuzzDeadlinesLieInTheFuture(uint64 when) public {
        vm.assume(when <= block.timestamp || when > type(uint40).max);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.DeadlineUnfit.selector, when));
        hub.submit(IDENTITY, INPUT, "salt", when);
    }

    /* CLAIMS */

    function testFuzzClaimsNeedALivePermit(uint64 expiry) public {
        expiry = uint64(expiry % (block.timestamp + 1));
        permits.set(requester, expiry);
        uint256 taskId = submit("salt", 0);
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.PermitMissing.selector, IDENTITY, requester));
        hub.claim{value: BOND}(taskId, requester);
    }

    /// A task without a requester would look open: nobody may claim for the zero address, whatever a registry says.
    function testNobodyClaimsForNobody() public {
        permits.set(address(0), type(uint64).max);
        uint256 taskId = submit("salt", 0);
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.PermitMissing.selector, IDENTITY, address(0)));
        hub.claim{value: BOND}(taskId, address(0));
    }

    function testFuzzClaimsCarryTheBond(uint96 value) public {
        vm.assume(value != BOND);
        vm.deal(RUNNER, value);
        uint256 taskId = submit("salt", 0);
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.BondUnfit.selector, uint256(value), BOND));
        hub.claim{value: value}(taskId, requester);
    }

    function testClaimedTasksAreNotClaimed() public {
        uint256 taskId = claimed(0);
        vm.prank(RUNNER);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskLifecycle.TaskIs.selector, taskId, ITaskLifecycle.State.Claimed)
        );
        hub.claim{value: BOND}(taskId, requester);
    }

    /// CT-10: a claim lasts for its window, or to the deadline.
    function testFuzzCT10ClaimEndsWithTheDeadline(uint64 left) public {
        left = 1 + left % (2 * WINDOW);
        uint256 taskId = submit("salt", 0);
        vm.warp(deadline - left);
        claim(taskId);
        eq(hub.getTask(taskId).claimExpiry, block.timestamp + (left < WINDOW ? left : WINDOW));
    }

    function testNoClaimAfterTheDeadline() public {
        uint256 taskId = submit("salt", 0);
        vm.warp(deadline);
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.DeadlinePassed.selector, taskId));
        hub.claim{value: BOND}(taskId, requester);
    }

    /* RESULTS */

    /// CT-13: every field of a result is signed.
    function testFuzzCT13EveryFieldIsSigned(uint256 field, uint256 bit) public {
        uint256 taskId = claimed(0);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        bytes memory signature = sign(result);
        field %= 4;
        if (field == 0) result.outputDigest ^= bytes32(1 << (bit % 256));
        if (field == 1) result.exitStatus ^= uint32(1 << (bit % 8));
        if (field == 2) result.runner = address(uint160(result.runner) ^ uint160(1 << (bit % 160)));
        if (field == 3) signature[bit % 65] ^= bytes1(uint8(1 << (bit % 8)));
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.SignatureInvalid.selector, taskId));
        accept(result, signature);
    }

    function testResultsOfOtherAttemptsAndInputs() public {
        uint256 taskId = claimed(0);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        result.attempt = 2;
        bytes memory signature = sign(result);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.AttemptMismatch.selector, taskId, uint32(2)));
        accept(result, signature);

        result = resultOf(taskId);
        result.inputDigest = keccak256("other");
        signature = sign(result);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.InputMismatch.selector, taskId));
        accept(result, signature);

        result = resultOf(taskId);
        result.exitStatus = 258;
        signature = sign(result);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.ExitStatusUnfit.selector, taskId, uint32(258)));
        accept(result, signature);
    }

    /// CT-06: who claims first gets its own bond back, and the fee goes to whom the enclave names.
    function testFuzzCT06FrontRunClaimsEarnNothing(address thief) public {
        vm.assume(thief != PAYEE);
        uint256 taskId = submit("salt", 1 ether);
        vm.deal(thief, BOND);
        vm.prank(thief);
        hub.claim{value: BOND}(taskId, requester);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        accept(result, sign(result));
        eq(hub.credit(thief), BOND);
        eq(hub.credit(PAYEE), 1 ether);
    }

    function testResultsNameWhomToPay() public {
        uint256 taskId = claimed(1 ether);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        result.runner = address(0);
        bytes memory signature = sign(result);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.RunnerMissing.selector, taskId));
        accept(result, signature);
    }

    /// A permit that was taken away since the claim takes the result with it; one that merely lapsed does not.
    function testFuzzRevokedRequestersHaveNoResult(uint64 expiry) public {
        uint256 taskId = claimed(1 ether);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        bytes memory signature = sign(result);
        permits.set(requester, 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.PermitRevoked.selector, taskId));
        accept(result, signature);
        stateIs(taskId, ITaskLifecycle.State.Claimed);
        permits.set(requester, uint64(1 + expiry % block.timestamp));
        accept(result, signature);
        stateIs(taskId, ITaskLifecycle.State.Accepted);
    }

    /// The real registry says so whether the permit, the permitter or the identity went, and not when it lapsed.
    function testRevocationsOfTheRealRegistry() public {
        for (uint256 way = 0; way < 4; ++way) {
            IdentityRegistry registry = new IdentityRegistry();
            hub = new TaskHub(registry, WINDOW, BOND);
            IdentityId id = registry.createIdentity(address(this), "");
            registry.grantIdentity(id, requester, deadline - 1);
            vm.prank(SUBMITTER);
            uint256 taskId = hub.submit(id, INPUT, "salt", deadline);
            claim(taskId);
            ITaskLifecycle.TaskResult memory result = resultOf(taskId);
            bytes memory signature = sign(result);
            if (way == 0) registry.revokeIdentity(id, requester);
            if (way == 1) registry.setPermitter(id, address(this));
            if (way == 2) registry.destroyIdentity(id);
            if (way == 3) vm.warp(deadline - 1);
            else vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.PermitRevoked.selector, taskId));
            accept(result, signature);
        }
    }

    /// This contract stands in for a permitter.
    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    /// CT-04: neither another chain's nor another hub's results count.
    function testCT04OtherChainAndHub() public {
        uint256 taskId = claimed(0);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        bytes memory signature = sign(result);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.SignatureInvalid.selector, taskId));
        accept(result, signature);
    }

    /// CT-03: the high-s twin of a signature is none.
    function testCT03MalleableSignature() public {
        uint256 taskId = claimed(0);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digestOf(result));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory twin = abi.encodePacked(r, bytes32(order - uint256(s)), v ^ 7);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.SignatureInvalid.selector, taskId));
        accept(result, twin);
    }

    /// D6: ids ascend strictly, and agree with the results.
    function testBatchesAreSortedSets() public {
        uint256 taskId = claimed(0);
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (taskId, taskId);
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](2);
        (results[0], results[1]) = (resultOf(taskId), resultOf(taskId));
        bytes[] memory signatures = new bytes[](2);
        (signatures[0], signatures[1]) = (sign(results[0]), sign(results[0]));
        vm.expectRevert(ITaskLifecycle.BatchMalformed.selector);
        hub.acceptTaskResults(ids, abi.encode(signatures), abi.encode(results));
        ids = new uint256[](1);
        ids[0] = taskId;
        vm.expectRevert(ITaskLifecycle.BatchMalformed.selector);
        hub.acceptTaskResults(ids, abi.encode(signatures), abi.encode(results));
    }

    function testFuzzBatchOfMany(uint8 size) public {
        uint256 count = 1 + size % 16;
        vm.deal(RUNNER, count * BOND);
        uint256[] memory ids = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            ids[i] = submit(bytes32(i), 0);
            claim(ids[i]);
        }
        sort(ids);
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](count);
        bytes[] memory signatures = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            results[i] = resultOf(ids[i]);
            signatures[i] = sign(results[i]);
        }
        hub.acceptTaskResults(ids, abi.encode(signatures), abi.encode(results));
        for (uint256 i = 0; i < count; ++i) {
            stateIs(ids[i], ITaskLifecycle.State.Accepted);
        }
        eq(hub.credit(RUNNER), count * BOND);
    }

    function sort(uint256[] memory ids) private pure {
        for (uint256 i = 1; i < ids.length; ++i) {
            for (uint256 j = i; j > 0 && ids[j - 1] > ids[j]; --j) {
                (ids[j - 1], ids[j]) = (ids[j], ids[j - 1]);
            }
        }
    }

    /// A late result is still one, until somebody reopens the task.
    function testLateResult() public {
        uint256 taskId = claimed(0);
        vm.warp(block.timestamp + WINDOW);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        accept(result, sign(result));
        stateIs(taskId, ITaskLifecycle.State.Accepted);
    }

    function testNoResultAfterTheDeadline() public {
        uint256 taskId = claimed(0);
        vm.warp(deadline);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId);
        bytes memory signature = sign(result);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.DeadlinePassed.selector, taskId));
        accept(result, signature);
    }

    /* ENDS */

    function testLapsedClaimsReopen() public {
        uint256 taskId = claimed(1 ether);
        vm.warp(block.timestamp + WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.NotExpired.selector, taskId));
        hub.expire(taskId);
        vm.warp(block.timestamp + 1);
        hub.expire(taskId);
        stateIs(taskId, ITaskLifecycle.State.Open);
        eq(hub.getTask(taskId).attempt, 2);
        eq(hub.credit(SUBMITTER), BOND);

        claim(taskId);
        ITaskLifecycle.TaskResult memory result = resultOf(taskId); // of the first attempt
        bytes memory signature = sign(result);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.AttemptMismatch.selector, taskId, uint32(1)));
        accept(result, signature);
        result.attempt = 2;
        accept(result, sign(result));
        eq(hub.credit(PAYEE), 1 ether);
        eq(hub.credit(RUNNER), BOND);
    }

    /// A runner whose guest is gone need not make everybody wait; nobody else may end its claim.
    function testFuzzOnlyTheRunnerGivesAClaimUp(address other) public {
        vm.assume(other != RUNNER);
        uint256 taskId = claimed(1 ether);
        vm.prank(other);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.NotExpired.selector, taskId));
        hub.expire(taskId);
        vm.prank(RUNNER);
        hub.expire(taskId);
        stateIs(taskId, ITaskLifecycle.State.Open);
        eq(hub.getTask(taskId).attempt, 2);
        eq(hub.credit(SUBMITTER), BOND);
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.NotExpired.selector, taskId));
        hub.expire(taskId);
    }

    function testExpiryAtTheDeadline() public {
        uint256 taskId = claimed(1 ether);
        vm.warp(deadline);
        hub.expire(taskId);
        stateIs(taskId, ITaskLifecycle.State.Expired);
        eq(hub.credit(SUBMITTER), 1 ether + BOND);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskLifecycle.TaskIs.selector, taskId, ITaskLifecycle.State.Expired)
        );
        hub.expire(taskId);
    }

    function testFuzzOnlyTheSubmitterCancels(address other) public {
        vm.assume(other != SUBMITTER);
        uint256 taskId = submit("salt", 1 ether);
        vm.prank(other);
        vm.expectRevert(ITaskLifecycle.Unauthorized.selector);
        hub.cancel(taskId);
        vm.prank(SUBMITTER);
        hub.cancel(taskId);
        stateIs(taskId, ITaskLifecycle.State.Cancelled);
        eq(hub.credit(SUBMITTER), 1 ether);
    }

    function testClaimedTasksAreNotCancelled() public {
        uint256 taskId = claimed(0);
        vm.prank(SUBMITTER);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskLifecycle.TaskIs.selector, taskId, ITaskLifecycle.State.Claimed)
        );
        hub.cancel(taskId);
    }

    /// CT-08, CT-09: a receiver that reverts or calls again harms only itself.
    function testCT09WithdrawalReenters() public {
        Thief thief = new Thief(hub);
        vm.deal(address(thief), 1 ether);
        uint256 taskId = thief.submit(IDENTITY, INPUT, deadline);
        submit("another's", 5 ether);
        vm.prank(address(thief));
        hub.cancel(taskId);
        vm.expectRevert(ITaskLifecycle.WithdrawalFailed.selector);
        thief.steal();
        eq(hub.credit(address(thief)), 1 ether);
        eq(address(hub).balance, 6 ether);
    }
}

/// Withdraws again while it is paid.
contract Thief {
    TaskHub private immutable hub;

    constructor(TaskHub hub_) {
        hub = hub_;
    }

    function submit(IdentityId identity, bytes32 input, uint64 deadline) external returns (uint256) {
        return hub.submit{value: 1 ether}(identity, input, "thief", deadline);
    }

    function steal() external {
        hub.withdraw();
    }

    receive() external payable {
        require(hub.withdraw() > 0, "nothing more");
    }
}
