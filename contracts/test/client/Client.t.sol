// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {InputManifest} from "../../src/client/InputManifest.sol";
import {SealedInputs} from "../../src/client/SealedInputs.sol";
import {TaskClient} from "../../src/client/TaskClient.sol";
import {TaskHub} from "../../src/TaskHub.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {TestEnclave} from "../../test-kit/TestEnclave.sol";
import {Test} from "../Test.sol";
import {Collector, Listener} from "./Clients.sol";

abstract contract ClientFixture is Test {
    TestEnclave internal enclave =
        TestEnclave(payable(vm.deployCode("TestEnclave.sol:TestEnclave", abi.encode(600, 0.1 ether))));
    TaskHub internal hub = enclave.hub();
    bytes32 internal policy = enclave.MEASUREMENT_ROOT();
    IdentityId internal identity = enclave.createIdentity("client");
    uint64 internal deadline = uint64(block.timestamp + 1 hours);

    function resultsOf(bytes32 word) internal pure returns (ITaskLifecycle.TaskResult[] memory results) {
        results = new ITaskLifecycle.TaskResult[](1);
        results[0] = ITaskLifecycle.TaskResult(0, keccak256("output"), word);
    }

    function claimed(uint256 taskId) internal returns (uint256) {
        enclave.permit(identity);
        enclave.claim(taskId);
        return taskId;
    }

    function unexpected(uint256 taskId) internal {
        vm.expectRevert(abi.encodeWithSelector(TaskClient.ResultsUnexpected.selector, taskId));
    }
}

contract TaskClientTest is ClientFixture {
    Listener private listener = new Listener(hub, identity);

    /* REFUSED */

    function testFuzzResultsComeFromTheHubAlone(address caller, bytes32 word) public {
        vm.assume(caller != address(hub));
        uint256 task = listener.ask("salt", deadline, address(this));
        ITaskLifecycle.Terms memory terms = enclave.termsOf(task);
        vm.prank(caller);
        unexpected(task);
        listener.onTaskResults(task, terms, resultsOf(word));
    }

    function testResultsAreOfOwnTasksAlone() public {
        ITaskLifecycle.Terms memory terms = enclave.termsOf(listener.ask("salt", deadline, address(this)));
        terms.submitter = address(this);
        uint256 task = claimed(hub.submit(terms, "mine"));
        enclave.report(task, resultsOf("word"));
        eq(listener.calls(), 0);
        unexpected(task);
        listener.deliverResults(task, resultsOf("word"));
    }

    function testFuzzWhatIsBroughtIsWhatTheHubAccepted(bytes32 word) public {
        vm.assume(word != "word");
        uint256 task = claimed(listener.ask("salt", deadline, address(this)));
        listener.setMood(Listener.Mood.Refusing);
        unexpected(task);
        listener.deliverResults(task, resultsOf("word"));
        enclave.report(task, resultsOf("word"));
        unexpected(task);
        listener.deliverResults(task, resultsOf(word));
        unexpected(task);
        listener.deliverResults(task, new ITaskLifecycle.TaskResult[](0));
    }

    /* DELIVERED */

    function testResultsAreDeliveredOnce() public {
        uint256 task = claimed(listener.ask("salt", deadline, address(this)));
        ok(!listener.undelivered(task), "there is nothing to deliver");
        enclave.report(task, resultsOf("word"));
        eq(listener.word(), "word");
        ok(!listener.undelivered(task), "delivered");
        unexpected(task);
        listener.deliverResults(task, resultsOf("word"));
        eq(listener.calls(), 1);
    }

    function testWhatTheCallbackCouldNotTakeIsBroughtLater() public {
        for (uint256 mood = 1; mood <= 2; ++mood) {
            uint256 task = claimed(listener.ask(bytes32(mood), deadline, address(this)));
            listener.setMood(Listener.Mood(mood));
            enclave.report(task, resultsOf(bytes32(mood)));
            ok(listener.undelivered(task), "not delivered");
            listener.setMood(Listener.Mood.Content);
            listener.deliverResults(task, resultsOf(bytes32(mood)));
            eq(listener.word(), bytes32(mood));
            eq(listener.calls(), mood);
        }
    }

    function testTheFeeComesOutOfTheValueAndGoesToTheRunnerOrTheRefundee() public {
        claimed(listener.ask{value: 1 ether}("paid", deadline, address(this)));
        uint256 task = listener.ask{value: 2 ether}("lapsed", deadline, address(this));
        enclave.report(listener.hub().taskIdOf(address(listener), "paid"), resultsOf("word"));
        eq(hub.credit(address(0), address(enclave)), 1.1 ether);
        vm.warp(deadline);
        hub.expire(task, enclave.termsOf(task));
        eq(hub.credit(address(0), address(this)), 2 ether);
    }
}

contract SealedInputsTest is ClientFixture {
    address private constant LOW = address(0xb0b);
    address private constant HIGH = address(uint160(0x00fEdCBA9876543210FEdcBa9876543210fEDcBA98));

    Collector private collector = new Collector(hub, identity, policy, deadline);
    bytes private resultKey = new bytes(1216);
    bytes private groupKey = new bytes(96);

    /* REFUSED */

    function testFuzzOneInputOfAnAccountWithASize(address account, uint32 size) public {
        bool fits = size != 0 && size <= InputManifest.MAX_INPUT;
        vm.prank(account);
        if (!fits) vm.expectRevert(SealedInputs.InputUnfit.selector);
        collector.register("digest", size);
        if (!fits) return;
        vm.prank(account);
        vm.expectRevert(SealedInputs.InputUnfit.selector);
        collector.register("another", size);
    }

    function testNoMoreInputsThanAnEnclaveTakes() public {
        address[] memory accounts = new address[](InputManifest.MAX_INPUTS);
        for (uint160 i = 0; i < InputManifest.MAX_INPUTS; ++i) {
            accounts[i] = address(i + 1);
            register(accounts[i]);
        }
        vm.expectRevert(SealedInputs.InputUnfit.selector);
        collector.register("digest", 500);
        collector.close(accounts, resultKey, groupKey);
    }

    function testAllAccountsEachOnceInOrder() public {
        register(LOW);
        register(HIGH);
        address[][6] memory wrong = [
            list(LOW), list(HIGH, LOW), list(LOW, LOW), list(address(1), HIGH), new address[](0), list(address(0), HIGH)
        ];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(SealedInputs.AccountsUnfit.selector);
            collector.close(wrong[i], resultKey, groupKey);
        }
    }

    function testFuzzKeysHaveTheirSizes(uint16 resultSize, uint16 groupSize) public {
        vm.assume(resultSize != 1216 || groupSize != 96);
        vm.expectRevert(InputManifest.KeyMalformed.selector);
        collector.manifest(new address[](0), new bytes(resultSize), new bytes(groupSize));
        vm.assume(groupSize != 96);
        vm.expectRevert(InputManifest.KeyMalformed.selector);
        collector.manifest(new address[](0), resultKey, new bytes(groupSize));
    }

    function testItClosesOnce() public {
        register(LOW);
        collector.close(list(LOW), resultKey, groupKey);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.TaskExists.selector, collector.taskId()));
        collector.close(list(LOW), resultKey, groupKey);
    }

    /* CLOSED */

    function testTheManifestIsTheVectors() public {
        string memory json = vm.readFile("testdata/manifest.json");
        bytes32 policy_ = vm.parseJsonBytes32(json, ".policy");
        collector = new Collector(hub, IdentityId.wrap(vm.parseJsonBytes32(json, ".identity")), policy_, deadline);
        bytes32[] memory digests = vm.parseJsonBytes32Array(json, ".digests");
        vm.prank(LOW);
        collector.register(digests[0], uint32(vm.parseJsonUint(json, ".sizes[0]")));
        vm.prank(HIGH);
        collector.register(digests[1], uint32(vm.parseJsonUint(json, ".sizes[1]")));
        eq(vm.parseJsonAddress(json, ".accounts[0]"), LOW);
        eq(vm.parseJsonAddress(json, ".accounts[1]"), HIGH);

        fill(resultKey, vm.parseJsonUint(json, ".resultKey"));
        fill(groupKey, vm.parseJsonUint(json, ".groupKey"));
        bytes memory got = collector.manifest(list(LOW, HIGH), resultKey, groupKey);
        eq(got, bytes(vm.parseJsonString(json, ".manifest")));
    }

    function testFuzzTheEnclavesWordArrives(uint16 exitStatus, bytes32 word) public {
        exitStatus = exitStatus % 258;
        register(LOW);
        collector.close(list(LOW), resultKey, groupKey);
        uint256 task = collector.taskId();
        eq(enclave.termsOf(task).inputDigest, sha256(collector.manifest(list(LOW), resultKey, groupKey)));
        enclave.run(task, exitStatus, word);
        eq(collector.exitStatus(), exitStatus);
        eq(collector.word(), word);
        vm.warp(deadline);
        ok(!collector.expired(), "there was a result");
    }

    function testItHasNotExpiredWhileAResultIsToBeBrought() public {
        register(LOW);
        collector.close(list(LOW), resultKey, groupKey);
        collector.setRefusing(true);
        uint256 task = claimed(collector.taskId());
        enclave.report(task, resultsOf("word"));
        vm.warp(deadline);
        ok(!collector.expired(), "accepted");
        collector.setRefusing(false);
        collector.deliverResults(task, resultsOf("word"));
        eq(collector.word(), "word");
        ok(!collector.expired(), "delivered");
    }

    function testItExpiresAtTheDeadlineWithoutAResult() public {
        vm.warp(deadline - 1);
        ok(!collector.expired(), "not yet");
        vm.warp(deadline);
        ok(collector.expired(), "now");
    }

    /* STEPS */

    function register(address account) private {
        vm.prank(account);
        collector.register(keccak256(abi.encode(account)), 500);
    }

    function fill(bytes storage key, uint256 value) private {
        for (uint256 i = 0; i < key.length; ++i) {
            key[i] = bytes1(uint8(value));
        }
    }

    function list(address a) private pure returns (address[] memory accounts) {
        accounts = new address[](1);
        accounts[0] = a;
    }

    function list(address a, address b) private pure returns (address[] memory accounts) {
        accounts = new address[](2);
        (accounts[0], accounts[1]) = (a, b);
    }
}
