// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskHub} from "../src/TaskHub.sol";
import {ITaskCallback, ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

/// CT-08 and CT-09: callbacks get their gas, and do no harm.
contract TaskHubCallbackTest is TaskHubFixture {
    uint32 private constant STIPEND = 200_000;

    function testCallbacksHearOfTheResults() public {
        Listener listener = new Listener(hub);
        ITaskLifecycle.Terms memory terms = told(address(listener));
        terms.count = 3;
        uint256 taskId = claimed(terms);
        accept(taskId, terms);
        eq(listener.heard(), keccak256(abi.encode(taskId, terms, resultsOf(3))));
        eq(uint256(listener.stateThen()), uint256(ITaskLifecycle.State.Accepted));
        eq(listener.creditThen(), 1 ether + BOND); // all is final by then: read-only reentrancy sees what will be
    }

    /// CT-08: whatever a callback does, the result stands, the money is credited, and it is said that it failed.
    function testFuzzCT08CallbacksThatFail(uint8 way) public {
        Nuisance nuisance = new Nuisance(way % 4);
        ITaskLifecycle.Terms memory terms = told(address(nuisance));
        uint256 taskId = claimed(terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1)));
        vm.expectEmit();
        emit ITaskLifecycle.CallbackFailed(taskId, address(nuisance));
        uint256 before = gasleft();
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1)));
        ok(before - gasleft() < STIPEND + 100_000, "no more than the stipend is burnt");
        stateIs(taskId, ITaskLifecycle.State.Accepted);
        creditIs(RUNNER, 1 ether + BOND);
    }

    /// CT-08: what is returned is not copied. 600 KiB cost the callee most of its stipend; copied, they would cost the hub
    /// as much again. A megabyte costs more than any stipend.
    function testCT08NothingThatIsReturnedIsCopied() public {
        uint256[3] memory gas;
        uint24[3] memory sizes = [0, 600 << 10, 1 << 20];
        for (uint256 i = 0; i < 3; ++i) {
            ITaskLifecycle.Terms memory terms = told(address(new Bomb(sizes[i])));
            terms.callbackGas = 1_000_000;
            uint256 taskId = submit(terms, bytes32(i));
            claim(taskId, terms);
            bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1)));
            uint256 before = gasleft();
            hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1)));
            gas[i] = before - gasleft();
            stateIs(taskId, ITaskLifecycle.State.Accepted);
        }
        ok(gas[1] > gas[0] + 600_000 && gas[1] < gas[0] + 800_000, "the callee's memory, once");
        ok(gas[2] < gas[0] + 1_010_000, "the stipend");
    }

    /// CT-08: whoever brings the report decides on the gas, but not on the callback's: in steps of 1,000, either nothing
    /// happens at all or the callback had its stipend in full.
    function testCT08GasIsSwept() public {
        Meter meter = new Meter();
        ITaskLifecycle.Terms memory terms = told(address(meter));
        uint256 taskId = claimed(terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1)));
        bytes memory data =
            abi.encodeCall(hub.acceptTaskResults, (idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1))));
        uint256 starved = 0;
        for (uint256 gas = 20_000; gas <= STIPEND + 200_000; gas += 1_000) {
            (bool done, bytes memory answer) = address(hub).call{gas: gas}(data);
            if (done) {
                // Its first instructions are paid for by then.
                ok(meter.had() > STIPEND - 1_000 && meter.had() <= STIPEND, "the stipend in full");
                ok(starved > 0, "and with less gas it reverted");
                ok(gas < STIPEND + 150_000, "and not with much more than needed");
                return;
            }
            eq(meter.had(), 0);
            stateIs(taskId, ITaskLifecycle.State.Claimed);
            if (bytes4(answer) == ITaskLifecycle.GasInsufficient.selector) ++starved;
        }
        ok(false, "never accepted");
    }

    /// CT-08: at every limit, to the gas, between the last refusal and the first acceptance.
    function testFuzzCT08NoGasBetween(uint16 offset, uint32 stipend) public {
        Meter meter = new Meter();
        ITaskLifecycle.Terms memory terms = told(address(meter));
        terms.callbackGas = 30_000 + stipend % 970_001;
        uint256 taskId = claimed(terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1)));
        bytes memory data =
            abi.encodeCall(hub.acceptTaskResults, (idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1))));
        uint256 gas = terms.callbackGas + terms.callbackGas / 63 + 20_000 + offset;
        (bool done,) = address(hub).call{gas: gas}(data);
        ok(!done || meter.had() > terms.callbackGas - 1_000, "all or nothing");
    }

    /// CT-09: a callback may use the hub, since all is final: nothing is paid twice, and it can submit the next task.
    function testCT09CallbacksMayUseTheHub() public {
        Reentrant reentrant = new Reentrant(hub);
        vm.deal(address(reentrant), 1 ether);
        ITaskLifecycle.Terms memory terms = told(address(reentrant));
        (terms.callbackGas, terms.refundee) = (1_000_000, address(reentrant));
        uint256 taskId = claimed(terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1)));
        reentrant.prepare(
            abi.encodeCall(hub.acceptTaskResults, (idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1)))),
            abi.encodeCall(hub.expire, (taskId, terms)),
            abi.encodeCall(hub.cancel, (taskId, terms))
        );
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1)));
        eq(reentrant.refused(), 3);
        stateIs(reentrant.next(), ITaskLifecycle.State.Open);
        creditIs(RUNNER, 1 ether + BOND);
        eq(address(hub).balance, 1 ether + BOND + 1); // and the next task's fee of 1 wei
    }

    /// CT-09: a receiver that withdraws again while it is paid gets nothing at all.
    function testCT09WithdrawalReenters() public {
        Thief thief = new Thief(hub);
        vm.deal(address(thief), 1 ether);
        submit(termsOf(5 ether), "another's");
        thief.prepare(termsOf(1 ether));
        vm.expectRevert(ITaskLifecycle.WithdrawalFailed.selector);
        thief.steal();
        creditIs(address(thief), 1 ether);
        eq(address(hub).balance, 6 ether);
    }

    /// CT-09: views that are asked while money is paid out say what is so afterwards.
    function testCT09ViewsWhileMoneyIsPaid() public {
        Watcher watcher = new Watcher(hub);
        vm.deal(address(watcher), 1 ether);
        watcher.earn(termsOf(1 ether));
        watcher.withdraw();
        eq(watcher.seen(), 0);
        eq(watcher.got(), 1 ether);
    }

    function told(address callback) private view returns (ITaskLifecycle.Terms memory terms) {
        terms = termsOf(1 ether);
        (terms.callback, terms.callbackGas) = (callback, STIPEND);
    }
}

contract Listener is ITaskCallback {
    address private constant RUNNER = address(0x4a);

    TaskHub private immutable hub;
    bytes32 public heard;
    ITaskLifecycle.State public stateThen;
    uint256 public creditThen;

    constructor(TaskHub hub_) {
        hub = hub_;
    }

    function onTaskResults(
        uint256 taskId,
        ITaskLifecycle.Terms calldata terms,
        ITaskLifecycle.TaskResult[] calldata results
    ) external {
        require(msg.sender == address(hub), "stranger");
        heard = keccak256(abi.encode(taskId, terms, results));
        ITaskLifecycle.Record memory record = hub.recordOf(taskId);
        (stateThen, creditThen) = (record.state, hub.credit(address(0), RUNNER));
    }
}

/// Reverts, burns everything, is not there, or reverts with a lot to say.
contract Nuisance {
    uint8 private immutable way;

    constructor(uint8 way_) {
        way = way_;
    }

    fallback() external {
        if (way == 0) revert("no");
        if (way == 1) assembly { invalid() }
        if (way == 2) while (true) {}
        assembly { revert(0, 65536) }
    }
}

contract Bomb {
    uint256 public immutable size;

    constructor(uint256 size_) {
        size = size_;
    }

    fallback() external {
        uint256 length = size;
        assembly { return(0, length) }
    }
}

contract Meter {
    uint256 public had;

    fallback() external {
        uint256 left = gasleft();
        had = left;
    }
}

contract Reentrant is ITaskCallback {
    TaskHub private immutable hub;
    bytes[3] private _calls;
    uint256 public refused;
    uint256 public next;

    constructor(TaskHub hub_) {
        hub = hub_;
    }

    function prepare(bytes calldata a, bytes calldata b, bytes calldata c) external {
        (_calls[0], _calls[1], _calls[2]) = (a, b, c);
    }

    function onTaskResults(uint256, ITaskLifecycle.Terms calldata terms, ITaskLifecycle.TaskResult[] calldata)
        external
    {
        for (uint256 i = 0; i < 3; ++i) {
            (bool done,) = address(hub).call(_calls[i]);
            if (!done) ++refused;
        }
        require(hub.withdraw(address(0)) == 0, "nothing to withdraw");
        ITaskLifecycle.Terms memory more = terms;
        (more.submitter, more.fee) = (address(this), 1);
        next = hub.submit{value: 1}(more, "next");
    }

    receive() external payable {}
}

/// Submits and cancels, so that it has a credit.
abstract contract Creditor {
    TaskHub internal immutable hub;

    constructor(TaskHub hub_) {
        hub = hub_;
    }

    function _earn(ITaskLifecycle.Terms memory terms) internal {
        (terms.submitter, terms.refundee) = (address(this), address(this));
        uint256 taskId = hub.submit{value: terms.fee}(terms, "salt");
        hub.cancel(taskId, terms);
    }
}

/// Withdraws again while it is paid.
contract Thief is Creditor {
    constructor(TaskHub hub_) Creditor(hub_) {}

    function prepare(ITaskLifecycle.Terms memory terms) external {
        _earn(terms);
    }

    function steal() external {
        hub.withdraw(address(0));
    }

    receive() external payable {
        hub.withdraw(address(0));
    }
}

contract Watcher is Creditor {
    uint256 public seen = 1;
    uint256 public got;

    constructor(TaskHub hub_) Creditor(hub_) {}

    function earn(ITaskLifecycle.Terms memory terms) external {
        _earn(terms);
    }

    function withdraw() external {
        hub.withdraw(address(0));
    }

    receive() external payable {
        (seen, got) = (hub.credit(address(0), address(this)), msg.value);
    }
}
