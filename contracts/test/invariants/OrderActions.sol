// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {ITaskQuorum} from "../../src/interfaces/ITaskQuorum.sol";
import {ITaskScheduler} from "../../src/interfaces/ITaskScheduler.sol";
import {CoinMood} from "./Hostile.sol";
import {TaskActions} from "./TaskActions.sol";

/// What anyone does to orders and questions.
abstract contract OrderActions is TaskActions {
    uint64 private constant ANSWER_IN = 2 hours;

    function place(uint256 seed) external observed {
        address who = anyone(seed, "owner");
        ITaskScheduler.Order memory order = _order(seed, who);
        bytes32 salt = bytes32(draw(seed, "salt", 4));
        uint256 value = order.token == address(0) ? order.fee * order.occurrences : 0;
        if (rarely(seed, "value")) value = draw(seed, "value", 3);
        (bool passed, bytes memory answer) =
            act(who, address(scheduler), value, abi.encodeCall(scheduler.place, (order, salt)));
        if (!passed) return;
        bytes32 orderId = abi.decode(answer, (bytes32));
        ok(_orders[orderId].order.owner == address(0), "ids of orders are unique");
        ok(order.owner == who, "orders name who places them");
        _orders[orderId].order = order;
        orders.push(orderId);
    }

    function open(uint256 seed) external observed {
        if (orders.length == 0) return;
        bytes32 orderId = orders[draw(seed, "order", orders.length)];
        ITaskScheduler.Order memory order = _orders[orderId].order;
        address who = order.trigger == address(0) ? anyone(seed, "who") : mostly(order.trigger, seed, "who");
        (bool passed,) = act(who, address(scheduler), 0, abi.encodeCall(scheduler.open, (orderId, order)));
        if (passed) ok(order.trigger == address(0) || who == order.trigger, "an order's trigger alone opens it");
    }

    function end(uint256 seed) external observed {
        if (orders.length == 0 || draw(seed, "end", 3) != 0) return;
        bytes32 orderId = orders[draw(seed, "order", orders.length)];
        OrderBook storage book = _orders[orderId];
        address who = mostly(book.order.owner, seed, "who");
        address token_ = book.order.token;
        address refundee = book.order.refundee;
        uint256 before = scheduler.credit(token_, refundee);
        (bool passed,) = act(who, address(scheduler), 0, abi.encodeCall(scheduler.end, (orderId, book.order)));
        if (!passed) return;
        ok(who == book.order.owner && !book.ended, "its owner alone ends an order, once");
        uint256 rest = book.order.fee * (book.order.occurrences - book.opened);
        eq(scheduler.credit(token_, refundee) - before, rest);
        book.ended = true;
        if (draw(seed, "withdraws", 2) == 0) act(refundee, address(scheduler), 0, abi.encodeCall(scheduler.withdraw, (token_)));
    }

    function cancelOpened(uint256 seed) external observed {
        if (orders.length == 0) return;
        bytes32 orderId = orders[draw(seed, "order", orders.length)];
        OrderBook storage book = _orders[orderId];
        if (book.opened == 0) return;
        uint32 occurrence = uint32(draw(seed, "occurrence", book.opened));
        Known storage known = _known[scheduler.taskIdOf(orderId, occurrence)];
        address who = mostly(book.order.owner, seed, "who");
        bytes memory data = abi.encodeCall(scheduler.cancel, (orderId, book.order, occurrence, known.terms));
        (bool passed,) = act(who, address(scheduler), 0, data);
        ok(!passed || who == book.order.owner, "its owner alone cancels what an order opened");
    }

    function ask(uint256 seed) external observed {
        ITaskQuorum.Question memory question = _question(seed);
        ITaskQuorum.Member[] memory members = _members(seed);
        address who = anyone(seed, "asker");
        bytes32 salt = bytes32(draw(seed, "salt", 4));
        uint256 value = question.token == address(0) ? question.fee * members.length : 0;
        bytes memory data = abi.encodeCall(quorum.ask, (question, members, salt));
        (bool passed, bytes memory answer) = act(who, address(quorum), value, data);
        if (!passed) return;
        bytes32 questionId = abi.decode(answer, (bytes32));
        ok(_questions[questionId].members == 0, "ids of questions are unique");
        _questions[questionId] = QuestionBook(0, question.needed, uint8(members.length));
        questions.push(questionId);
        for (uint256 i = 0; i < members.length; ++i) {
            know(quorum.taskIdOf(questionId, i), _termsOf(question, members[i]));
        }
    }

    /// What the hostile token does from now on.
    function turnCoin(uint256 seed) external {
        hostileCoin.set(draw(seed, "honest", 2) == 0 ? CoinMood.Honest : CoinMood(draw(seed, "mood", 5)));
    }

    function _strike(uint256 seed) internal override returns (address, bytes memory, address) {
        if (orders.length == 0 || draw(seed, "kind", 4) != 0) return super._strike(seed);
        bytes32 orderId = orders[draw(seed, "order", orders.length)];
        return (address(scheduler), abi.encodeCall(scheduler.open, (orderId, _orders[orderId].order)), address(0));
    }

    function _order(uint256 seed, address who) private view returns (ITaskScheduler.Order memory order) {
        order.owner = mostly(who, seed, "named owner");
        order.identity = pickIdentity(seed);
        (order.count, order.attempts) = (1, 2);
        order.token = token(draw(seed, "token", TOKENS));
        order.fee = draw(seed, "fee", 1e6);
        order.refundee = anyone(seed, "refundee");
        if (draw(seed, "callback", 2) == 0) (order.callback, order.callbackGas) = (address(hostile), CALLBACK_GAS);
        order.window = uint32(draw(seed, "window", 1 hours));
        order.start = time + uint64(draw(seed, "start", 400));
        order.period = uint32(draw(seed, "period", 600));
        order.occurrences = uint32(draw(seed, "occurrences", 5));
        if (draw(seed, "triggered", 2) == 0) order.trigger = anyone(seed, "trigger");
    }

    function _question(uint256 seed) private view returns (ITaskQuorum.Question memory question) {
        question.needed = uint8(draw(seed, "needed", 4));
        question.application = address(hostile);
        question.applicationGas = CALLBACK_GAS;
        question.deadline = time + ANSWER_IN;
        question.attempts = 2;
        question.token = token(draw(seed, "token", TOKENS));
        question.fee = draw(seed, "fee", 1e6);
        question.refundee = anyone(seed, "refundee");
    }

    /// Up to three identities, in the order of their ids.
    function _members(uint256 seed) private view returns (ITaskQuorum.Member[] memory members) {
        members = new ITaskQuorum.Member[](1 + draw(seed, "members", 3));
        for (uint256 i = 0; i < members.length; ++i) {
            members[i].identity = identities[i];
        }
        for (uint256 i = 1; i < members.length; ++i) {
            for (uint256 j = i; j > 0 && _above(members[j - 1].identity, members[j].identity); --j) {
                (members[j - 1], members[j]) = (members[j], members[j - 1]);
            }
        }
    }

    function _above(IdentityId one, IdentityId other) private pure returns (bool) {
        return IdentityId.unwrap(one) > IdentityId.unwrap(other);
    }

    function _termsOf(ITaskQuorum.Question memory question, ITaskQuorum.Member memory member)
        private
        view
        returns (ITaskLifecycle.Terms memory terms)
    {
        terms.submitter = address(quorum);
        (terms.identity, terms.deadline) = (member.identity, question.deadline);
        (terms.count, terms.attempts) = (1, question.attempts);
        (terms.token, terms.fee, terms.refundee) = (question.token, question.fee, question.refundee);
        (terms.callback, terms.callbackGas) = (address(quorum), 120_000 + question.applicationGas);
    }
}
