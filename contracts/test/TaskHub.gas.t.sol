// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../src/interfaces/ITaskAcceptor.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {Vm} from "./Vm.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

/// What whole transactions cost, with the real registry. Each call is a transaction of its own here (isolate), so that
/// its accesses are cold. A transaction costs its gas used, or, if that is more, EIP-7623's floor.
/// forge-config: default.isolate = true
contract TaskHubGasTest is TaskHubFixture {
    IdentityRegistry private registry = new IdentityRegistry();
    IdentityId private id;
    address private submitter = address(bytes20(keccak256("submitter")));

    event Gas(string what, uint256 gas);

    function setUp() public override {
        super.setUp();
        vm.warp(1_800_000_000);
        deadline = 1_800_003_600;
        vm.deal(submitter, 100 ether);
        hub = new TaskHub(registry, WINDOW, BOND);
        id = registry.createIdentity(address(this), "");
        registry.grantIdentity(id, requester, deadline);
    }

    /// This contract stands in for a permitter.
    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function testGasOfEachStep() public {
        ITaskLifecycle.Terms memory terms = ordinary(1);
        uint256 taskId = hub.taskIdOf(submitter, "first");
        within("submit", 90_000, submitter, terms.fee, abi.encodeCall(hub.submit, (terms, "first")));
        within("claim", 80_000, RUNNER, BOND, claimOf(taskId, terms));
        within("heartbeat", 60_000, RUNNER, 0, heartbeatOf(taskId, terms));
        within("accept_one, first credit ever", 80_000, RUNNER, 0, reportOf(taskId, terms));

        taskId = submit(terms, "second");
        claim(taskId, terms);
        within("accept_one", 60_000, RUNNER, 0, reportOf(taskId, terms));
        within("withdraw", 45_000, RUNNER, 0, abi.encodeCall(hub.withdraw, (address(0))));
    }

    function testGasOfBatches() public {
        creditToStartWith();
        uint16[3] memory sizes = [uint16(1), 64, 256];
        for (uint256 i = 0; i < sizes.length; ++i) {
            ITaskLifecycle.Terms memory terms = ordinary(sizes[i]);
            uint256 taskId = submit(terms, bytes32(i));
            claim(taskId, terms);
            bytes memory report = reportOf(taskId, terms);
            uint256 gas = within(
                concat("accept a batch of ", sizes[i]), 60_000 + 4_000 * (uint256(sizes[i]) - 1), RUNNER, 0, report
            );
            emit Gas(concat("accept, each of a batch of ", sizes[i]), gas / sizes[i]);
            if (sizes[i] == 64) ok(gas <= 64 * 4_000, "4,000 each in a batch of 64");
        }
    }

    /// CT-07: whatever the words say of inputs and outputs, the gas is that of their bytes in the transaction.
    function testFuzzCT07GasDoesNotDependOnWhatResultsWeigh(bytes32 output, bytes32 shown) public {
        creditToStartWith();
        ITaskLifecycle.Terms memory terms = ordinary(1);
        uint256[2] memory gas;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 taskId = submit(terms, bytes32(i));
            claim(taskId, terms);
            ITaskLifecycle.TaskResult[] memory results = resultsOf(1);
            if (i == 1) (results[0].outputDigest, results[0].publicOutput) = (output, shown);
            bytes memory report = reportOf(taskId, terms, results);
            gas[i] = used(RUNNER, 0, report) - calldataGas(report);
        }
        eq(gas[0], gas[1]);
    }

    /* HELP */

    /// A fee, random digests, a public output: nothing that is cheap because it is zero.
    function ordinary(uint16 count) private view returns (ITaskLifecycle.Terms memory terms) {
        terms = termsOf(0.123456789 ether);
        (terms.submitter, terms.refundee) = (submitter, address(bytes20(keccak256("refundee"))));
        (terms.identity, terms.count) = (id, count);
    }

    function creditToStartWith() private {
        ITaskLifecycle.Terms memory terms = ordinary(1);
        uint256 taskId = submit(terms, "credit");
        claim(taskId, terms);
        accept(taskId, terms);
    }

    function claimOf(uint256 taskId, ITaskLifecycle.Terms memory terms) private view returns (bytes memory) {
        bytes memory signed = signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER));
        return abi.encodeCall(hub.claim, (taskId, terms, requester, signed));
    }

    function heartbeatOf(uint256 taskId, ITaskLifecycle.Terms memory terms) private returns (bytes memory) {
        vm.warp(1_800_000_001);
        uint64 until = 1_800_000_001 + WINDOW;
        return abi.encodeCall(hub.heartbeat, (taskId, terms, until, signedHeartbeat(taskId, 1, until)));
    }

    function reportOf(uint256 taskId, ITaskLifecycle.Terms memory terms) private view returns (bytes memory) {
        return reportOf(taskId, terms, resultsOf(terms.count));
    }

    function reportOf(uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.TaskResult[] memory results)
        private
        view
        returns (bytes memory)
    {
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, results));
        return
            abi.encodeCall(ITaskAcceptor.acceptTaskResults, (idsOf(taskId, 1), proof, abi.encode(uint32(1), results)));
    }

    function within(string memory what, uint256 bound, address from, uint256 value, bytes memory data)
        private
        returns (uint256 gas)
    {
        gas = used(from, value, data);
        emit Gas(what, gas);
        ok(gas <= bound, what);
    }

    function used(address from, uint256 value, bytes memory data) private returns (uint256 gas) {
        vm.prank(from);
        (bool done,) = address(hub).call{value: value}(data);
        ok(done, "the call succeeds");
        Vm.Gas memory last = vm.lastCallGas();
        gas = last.gasTotalUsed; // without what was refunded
        uint256 floor = 21_000 + 10 * tokens(data);
        if (gas < floor) gas = floor;
    }

    function calldataGas(bytes memory data) private pure returns (uint256) {
        return 4 * tokens(data);
    }

    /// EIP-7623.
    function tokens(bytes memory data) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < data.length; ++i) {
            sum += data[i] == 0 ? 1 : 4;
        }
    }

    function concat(string memory what, uint256 number) private pure returns (string memory) {
        return string.concat(what, vm.toString(number));
    }
}
