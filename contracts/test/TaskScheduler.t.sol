// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {TaskScheduler} from "../src/TaskScheduler.sol";
import {ITaskCallback, ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {ITaskScheduler} from "../src/interfaces/ITaskScheduler.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";
import {Token} from "./TaskHub.tokens.t.sol";

contract TaskSchedulerTest is TaskHubFixture {
    uint32 private constant PERIOD = 3600;
    uint32 private constant LASTS = 900;
    uint256 private constant FEE = 1 ether;
    address private constant OWNER = address(0x0117);

    TaskScheduler private scheduler = new TaskScheduler(hub);

    function setUp() public override {
        super.setUp();
        vm.deal(OWNER, 100 ether);
    }

    /* PERIODIC ORDERS */

    function testPeriodicOrderFromPlacingToTheLastResult() public {
        ITaskScheduler.Order memory order = hourly(3);
        bytes32 id = scheduler.orderIdOf(OWNER, "salt");
        vm.expectEmit();
        emit ITaskScheduler.OrderPlaced(id, IDENTITY, OWNER, order);
        eq(place(order, "salt"), id);
        eq(address(scheduler).balance, 3 * FEE);
        for (uint32 i = 0; i < 3; ++i) {
            progressIs(id, i, START + PERIOD * i, false);
            vm.warp(START + PERIOD * i);
            uint256 taskId = scheduler.taskIdOf(id, i);
            vm.expectEmit();
            emit ITaskScheduler.OrderOpened(id, i, taskId);
            eq(scheduler.open(id, order), taskId);
            eq(address(scheduler).balance, (2 - i) * FEE);
            ITaskLifecycle.Terms memory terms = batchOf(order, START + PERIOD * i);
            claim(taskId, terms);
            accept(taskId, terms);
        }
        creditIs(RUNNER, 3 * (FEE + BOND));
        expectRevert(ITaskScheduler.OrderOver.selector, id);
        scheduler.open(id, order);
        vm.prank(OWNER);
        expectRevert(ITaskScheduler.OrderOver.selector, id);
        scheduler.end(id, order);
    }

    /// To the second, whatever the period.
    function testFuzzNotBeforeItIsDue(uint32 period, uint64 start, int8 offset) public {
        ITaskScheduler.Order memory order = hourly(2);
        order.period = period == 0 ? 1 : period;
        order.start = START + start % 2 ** 32;
        bytes32 id = place(order, "salt");
        opens(id, order, order.start, offset);
        if (offset < 0) return;
        vm.warp(order.start);
        progressIs(id, 1, order.start + (1 + uint64(uint8(offset)) / order.period) * order.period, false);
    }

    /// What is missed is not made up for: however the openings fall, there is one in a period at most, on the grid of the
    /// start, and all of them come in the end.
    function testFuzzMissedPeriodsDoNotPileUp(uint16[12] calldata waits) public {
        ITaskScheduler.Order memory order = hourly(uint32(waits.length));
        bytes32 id = place(order, "salt");
        (uint64 time, uint256 opened, uint256 last) = (START, 0, 0);
        for (uint256 i = 0; i < waits.length; ++i) {
            time += waits[i] % (3 * PERIOD);
            vm.warp(time);
            uint256 period = 1 + (time - START) / PERIOD; // counted from 1
            if (period > last) {
                scheduler.open(id, order);
                (last, opened) = (period, opened + 1);
            }
            uint64 next = uint64(START + last * PERIOD);
            vm.expectRevert(abi.encodeWithSelector(ITaskScheduler.OrderNotDue.selector, id, next));
            scheduler.open(id, order);
            progressIs(id, uint32(opened), next, false);
        }
        while (opened < waits.length) {
            time += PERIOD;
            vm.warp(time);
            scheduler.open(id, order);
            ++opened;
        }
        eq(address(scheduler).balance, 0);
        eq(address(hub).balance, waits.length * FEE);
    }

    /* TRIGGERED ORDERS */

    function testFuzzOnlyTheTriggerOpens(address other) public {
        Trigger trigger = new Trigger(scheduler);
        vm.assume(other != address(trigger));
        ITaskScheduler.Order memory order = triggered(address(trigger), 2);
        bytes32 id = place(order, "salt");
        vm.prank(other);
        vm.expectRevert(ITaskScheduler.Unauthorized.selector);
        scheduler.open(id, order);
        trigger.set(id, order);
        trigger.happen();
        trigger.happen(); // twice in a second: no period, no limit
        eq(address(hub).balance, 2 * FEE);
        expectRevert(ITaskScheduler.OrderOver.selector, id);
        trigger.happen();
    }

    function testTriggeredOrdersMayHaveAPeriod() public {
        Trigger trigger = new Trigger(scheduler);
        ITaskScheduler.Order memory order = triggered(address(trigger), 2);
        order.period = PERIOD;
        bytes32 id = place(order, "salt");
        trigger.set(id, order);
        trigger.happen();
        vm.expectRevert(abi.encodeWithSelector(ITaskScheduler.OrderNotDue.selector, id, START + PERIOD));
        trigger.happen();
        vm.warp(START + PERIOD);
        trigger.happen();
    }

    /// The event may be the result of another task: the hub's callback opens the next.
    function testResultsOpenOrders() public {
        Trigger trigger = new Trigger(scheduler);
        ITaskScheduler.Order memory order = triggered(address(trigger), 1);
        bytes32 id = place(order, "salt");
        trigger.set(id, order);
        ITaskLifecycle.Terms memory first = termsOf(0);
        (first.callback, first.callbackGas) = (address(trigger), 300_000);
        uint256 taskId = claimed(first);
        accept(taskId, first);
        stateIs(scheduler.taskIdOf(id, 0), ITaskLifecycle.State.Open);
    }

    /* PLACING */

    function testFuzzUnfitOrders(uint256 flaw, uint256 seed) public {
        ITaskScheduler.Order memory order = hourly(1);
        (order.callback, order.callbackGas) = (address(this), 1);
        flaw %= 13;
        if (flaw == 0) order.owner = address(uint160(OWNER) ^ uint160(1 + seed % type(uint160).max));
        if (flaw == 1) order.refundee = address(0);
        if (flaw == 2) order.window = 0;
        if (flaw == 3) order.occurrences = 0;
        if (flaw == 4) order.period = 0;
        if (flaw == 5) order.fee = 2 ** 128 + seed / 2;
        if (flaw == 6) order.attempts = 0;
        if (flaw == 7) order.count = 0;
        if (flaw == 8) order.count = uint16(257 + seed % 65000);
        if (flaw == 9) order.callbackGas = uint32(1_000_001 + seed % 1e9);
        if (flaw == 10) order.callbackGas = 0;
        if (flaw == 11) order.callback = address(0);
        if (flaw == 12) order.start = type(uint40).max - LASTS + 1 + uint64(seed % type(uint64).max / 2);
        vm.prank(OWNER);
        vm.expectRevert(ITaskScheduler.OrderUnfit.selector);
        scheduler.place{value: FEE}(order, "salt");
    }

    function testFuzzOrdersArePaidInAdvance(uint96 value) public {
        vm.assume(value != 3 * FEE);
        vm.deal(OWNER, value);
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.FeeUnfit.selector, uint256(value), 3 * FEE));
        scheduler.place{value: value}(hourly(3), "salt");
    }

    function testSaltsServeOnce() public {
        ITaskScheduler.Order memory order = hourly(1);
        bytes32 id = place(order, "salt");
        vm.prank(OWNER);
        scheduler.end(id, order);
        vm.prank(OWNER);
        expectRevert(ITaskScheduler.OrderExists.selector, id);
        scheduler.place{value: FEE}(order, "salt");
    }

    function testNoSchedulerWithoutAHub() public {
        vm.expectRevert(ITaskLifecycle.ConstructionUnfit.selector);
        new TaskScheduler(ITaskLifecycle(address(0)));
    }

    /// Neither another's order nor one with any bit changed.
    function testFuzzOtherOrders(uint256 word, uint256 bit) public {
        ITaskScheduler.Order memory order = hourly(1);
        bytes32 id = place(order, "salt");
        ITaskLifecycle.Terms memory terms = batchOf(order, START);
        bytes[3] memory calls = [
            abi.encodeCall(scheduler.open, (id, order)),
            abi.encodeCall(scheduler.end, (id, order)),
            abi.encodeCall(scheduler.cancel, (id, order, 0, terms))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            flip(calls[i], 4 + (word % 16) * 32, bit % 256);
            vm.prank(OWNER);
            (bool done,) = address(scheduler).call(calls[i]);
            ok(!done, "another order");
        }
        expectRevert(ITaskScheduler.OrderMismatch.selector, "none");
        scheduler.open("none", order);
    }

    /* ENDING */

    function testFuzzEndingPaysTheRest(uint8 opened) public {
        opened %= 4;
        ITaskScheduler.Order memory order = hourly(4);
        bytes32 id = place(order, "salt");
        place(order, "another, untouched");
        for (uint32 i = 0; i < opened; ++i) {
            vm.warp(START + PERIOD * i);
            scheduler.open(id, order);
        }
        vm.expectEmit();
        emit ITaskScheduler.OrderEnded(id, (4 - opened) * FEE);
        vm.prank(OWNER);
        scheduler.end(id, order);
        eq(scheduler.credit(address(0), REFUNDEE), (4 - opened) * FEE);
        vm.prank(REFUNDEE);
        eq(scheduler.withdraw(address(0)), (4 - opened) * FEE);
        eq(REFUNDEE.balance, (4 - opened) * FEE);
        eq(scheduler.credit(address(0), REFUNDEE), 0);
        vm.prank(REFUNDEE);
        eq(scheduler.withdraw(address(0)), 0);
        eq(address(scheduler).balance, 4 * FEE);
        ok(scheduler.progressOf(id).ended, "ended");
        vm.prank(OWNER);
        expectRevert(ITaskScheduler.OrderOver.selector, id);
        scheduler.end(id, order);
        expectRevert(ITaskScheduler.OrderOver.selector, id);
        scheduler.open(id, order);
    }

    /// A refundee that takes no money keeps nobody from ending an order.
    function testRefundeesDoNotHoldOrdersUp() public {
        ITaskScheduler.Order memory order = hourly(4);
        order.refundee = address(this); // receives nothing
        bytes32 id = place(order, "salt");
        vm.prank(OWNER);
        scheduler.end(id, order);
        ok(scheduler.progressOf(id).ended, "ended");
        vm.expectRevert(ITaskLifecycle.WithdrawalFailed.selector);
        scheduler.withdraw(address(0));
        eq(scheduler.credit(address(0), address(this)), 4 * FEE);
    }

    function testFuzzOnlyTheOwnerEndsAndCancels(address other) public {
        vm.assume(other != OWNER);
        ITaskScheduler.Order memory order = hourly(2);
        bytes32 id = place(order, "salt");
        scheduler.open(id, order);
        vm.prank(other);
        vm.expectRevert(ITaskScheduler.Unauthorized.selector);
        scheduler.end(id, order);
        vm.prank(other);
        vm.expectRevert(ITaskScheduler.Unauthorized.selector);
        scheduler.cancel(id, order, 0, batchOf(order, START));
    }

    /// What the hub gives back of a batch goes to the refundee: cancelled by the owner, or expired.
    function testFuzzBatchesGoBackToTheRefundee(bool cancelled) public {
        ITaskScheduler.Order memory order = hourly(2);
        bytes32 id = place(order, "salt");
        uint256 taskId = scheduler.open(id, order);
        ITaskLifecycle.Terms memory terms = batchOf(order, START);
        if (cancelled) {
            vm.prank(OWNER);
            scheduler.cancel(id, order, 0, terms);
        } else {
            vm.warp(START + LASTS);
            hub.expire(taskId, terms);
        }
        creditIs(REFUNDEE, FEE);
        creditIs(address(scheduler), 0);
    }

    function testBatchesOfOthersAreNotCancelled() public {
        ITaskScheduler.Order memory order = hourly(2);
        bytes32 id = place(order, "salt");
        scheduler.open(id, order);
        ITaskScheduler.Order memory evil = hourly(1);
        evil.owner = address(this);
        vm.deal(address(this), FEE);
        bytes32 evils = scheduler.place{value: FEE}(evil, "salt");
        vm.expectRevert();
        scheduler.cancel(evils, evil, 0, batchOf(order, START));
        stateIs(scheduler.taskIdOf(id, 0), ITaskLifecycle.State.Open);
    }

    /* MONEY */

    function testFuzzOrdersInATokenFromPlacingToTheEnd(uint96 fee) public {
        Token token = new Token(Token.Way.Good);
        ITaskScheduler.Order memory order = inToken(token, fee, 3);
        bytes32 id = place(order, "salt");
        eq(token.balanceOf(address(scheduler)), 3 * uint256(fee));
        scheduler.open(id, order);
        eq(token.balanceOf(address(hub)), fee);
        eq(token.allowance(address(scheduler), address(hub)), 0);
        vm.prank(OWNER);
        scheduler.end(id, order);
        vm.prank(REFUNDEE);
        scheduler.withdraw(address(token));
        eq(token.balanceOf(REFUNDEE), 2 * uint256(fee));
        eq(token.balanceOf(address(scheduler)), 0);
    }

    /// CT-09: a token that enters the scheduler when its order is opened finds it shut.
    function testFuzzCT09TokensThatReenter(uint8 which) public {
        Token bad = new Token(Token.Way.Good);
        ITaskScheduler.Order memory good = hourly(3);
        bytes32 goods = place(good, "good");
        ITaskScheduler.Order memory order = inToken(bad, FEE, 3);
        bytes32 id = place(order, "bad");
        bytes[4] memory calls = [
            abi.encodeCall(scheduler.open, (id, order)),
            abi.encodeCall(scheduler.end, (goods, good)),
            abi.encodeCall(scheduler.place, (good, "again")),
            abi.encodeCall(scheduler.cancel, (id, order, 0, batchOf(order, START)))
        ];
        bad.turn(Token.Way.Reenters);
        bad.prepare(address(scheduler), calls[which % 4]);
        scheduler.open(id, order);
        eq(bytes32(bad.answer()), bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        progressIs(id, 1, START + PERIOD, false);
        eq(address(scheduler).balance, 3 * FEE);
    }

    /// A token or a refundee that goes wrong blocks its own order, and nobody else's.
    function testFuzzOneOrderDoesNotTouchAnother(uint8 way) public {
        Token bad = new Token(Token.Way.Good);
        ITaskScheduler.Order memory order = inToken(bad, FEE, 3);
        bytes32 id = place(order, "bad");
        ITaskScheduler.Order memory good = hourly(3);
        bytes32 goods = place(good, "good");
        bad.turn(Token.Way(2 + way % 5));
        (bool done,) = address(scheduler).call(abi.encodeCall(scheduler.open, (id, order)));
        ok(!done, "the hub refuses");
        progressIs(id, 0, START, false);
        scheduler.open(goods, good);
        vm.prank(OWNER);
        scheduler.end(goods, good);
        eq(scheduler.credit(address(0), REFUNDEE), 2 * FEE);
    }

    /* HELP */

    function hourly(uint32 occurrences) private view returns (ITaskScheduler.Order memory order) {
        ITaskLifecycle.Terms memory terms = termsOf(FEE);
        order.owner = OWNER;
        (order.identity, order.inputDigest) = (terms.identity, terms.inputDigest);
        (order.count, order.attempts, order.fee, order.refundee) = (1, 3, FEE, REFUNDEE);
        (order.window, order.start, order.period, order.occurrences) = (LASTS, START, PERIOD, occurrences);
    }

    function triggered(address trigger, uint32 occurrences) private view returns (ITaskScheduler.Order memory order) {
        order = hourly(occurrences);
        (order.period, order.trigger) = (0, trigger);
    }

    function inToken(Token token, uint256 fee, uint32 occurrences) private returns (ITaskScheduler.Order memory order) {
        token.mint(OWNER, fee * occurrences);
        vm.prank(OWNER);
        token.approve(address(scheduler), fee * occurrences);
        order = hourly(occurrences);
        (order.token, order.fee) = (address(token), fee);
    }

    function place(ITaskScheduler.Order memory order, bytes32 salt) private returns (bytes32) {
        vm.prank(order.owner);
        return scheduler.place{value: order.token == address(0) ? order.fee * order.occurrences : 0}(order, salt);
    }

    function batchOf(ITaskScheduler.Order memory order, uint64 opened)
        private
        view
        returns (ITaskLifecycle.Terms memory terms)
    {
        terms = termsOf(order.fee);
        (terms.submitter, terms.deadline, terms.token) = (address(scheduler), opened + order.window, order.token);
    }

    function opens(bytes32 id, ITaskScheduler.Order memory order, uint64 due, int8 offset) private {
        vm.warp(uint64(int64(due) + offset));
        if (offset < 0) vm.expectRevert(abi.encodeWithSelector(ITaskScheduler.OrderNotDue.selector, id, due));
        scheduler.open(id, order);
    }

    function progressIs(bytes32 id, uint32 opened, uint64 due, bool ended) private view {
        eq(abi.encode(scheduler.progressOf(id)), abi.encode(ITaskScheduler.Progress(opened, due, ended)));
    }

    function expectRevert(bytes4 selector, bytes32 id) private {
        vm.expectRevert(abi.encodeWithSelector(selector, id));
    }
}

/// A contract with an event that an order is about.
contract Trigger is ITaskCallback {
    TaskScheduler private immutable scheduler;
    bytes32 private _id;
    ITaskScheduler.Order private _order;

    constructor(TaskScheduler scheduler_) {
        scheduler = scheduler_;
    }

    function set(bytes32 id, ITaskScheduler.Order calldata order) external {
        (_id, _order) = (id, order);
    }

    function happen() public {
        scheduler.open(_id, _order);
    }

    function onTaskResults(uint256, ITaskLifecycle.Terms calldata, ITaskLifecycle.TaskResult[] calldata) external {
        happen();
    }
}
