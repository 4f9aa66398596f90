// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {ITaskScheduler} from "../../src/interfaces/ITaskScheduler.sol";
import {OrderActions} from "./OrderActions.sol";

/// What the contracts' state must be, by the books, whatever was done. Each invariant has words of its own.
abstract contract Checks is OrderActions {
    /* MONEY */

    function checkMoney() public view {
        uint256[TOKENS] memory owed = _inTasks();
        for (uint256 i = 0; i < TOKENS; ++i) {
            address token_ = token(i);
            owed[i] += _creditsAreWhatWasEarned(token_);
            ok(balanceOf(token_, address(hub)) == owed[i], "bonds, escrow and credits are the balance");
            _schedulerHoldsItsRests(token_);
            ok(balanceOf(token_, address(quorum)) == 0, "the quorum keeps nothing");
        }
    }

    /// Escrow and bonds.
    function _inTasks() private view returns (uint256[TOKENS] memory owed) {
        for (uint256 i = 0; i < tasks.length; ++i) {
            Known storage known = _known[tasks[i]];
            if (known.state > ITaskLifecycle.State.Claimed) continue;
            owed[known.terms.token == address(0) ? 0 : known.terms.token == address(coin) ? 1 : 2] += known.terms.fee;
            if (known.state == ITaskLifecycle.State.Claimed) owed[0] += BOND;
        }
    }

    /// Whom a claim named, for a report; the refundee, or a revoked claim's runner, for what lapsed or was cancelled.
    function _creditsAreWhatWasEarned(address token_) private view returns (uint256 sum) {
        for (uint256 i = 0; i <= ACCOUNTS; ++i) {
            address who = account(i);
            (uint256 in_, uint256 out) = (earned[token_][who], taken(token_, who));
            ok(out <= in_, "nothing is withdrawn twice");
            ok(hub.credit(token_, who) == in_ - out, "credits are what was earned and not taken");
            sum += in_ - out;
        }
        address[2] memory others = [address(scheduler), address(quorum)];
        for (uint256 i = 0; i < 2; ++i) {
            ok(hub.credit(token_, others[i]) == 0, "credits are what was earned and not taken");
        }
    }

    function _schedulerHoldsItsRests(address token_) private view {
        uint256 rest = 0;
        for (uint256 i = 0; i < orders.length; ++i) {
            OrderBook storage book = _orders[orders[i]];
            if (book.order.token != token_ || book.ended) continue;
            rest += book.order.fee * (book.order.occurrences - book.opened);
        }
        for (uint256 i = 0; i <= ACCOUNTS; ++i) {
            rest += scheduler.credit(token_, account(i));
        }
        ok(balanceOf(token_, address(scheduler)) == rest, "the scheduler holds its orders' rests, and what it owes of them");
    }

    /* TASKS */

    function checkTasks() public view {
        for (uint256 i = 0; i < tasks.length; ++i) {
            _recordIsAsItMustBe(tasks[i]);
        }
        for (uint256 i = 0; i < orders.length; ++i) {
            bytes32 orderId = orders[i];
            OrderBook storage book = _orders[orderId];
            ITaskScheduler.Progress memory progress = scheduler.progressOf(orderId);
            ok(progress.opened <= book.order.occurrences, "no order is opened more often than was paid for");
            ok(progress.ended == book.ended, "an order that ended stays so");
        }
        for (uint256 i = 0; i < questions.length; ++i) {
            _answerIsWhatEnoughSaid(questions[i]);
        }
        ok(hostile.acceptedAgain() == 0, "one accepted result for each task");
    }

    function _recordIsAsItMustBe(uint256 taskId) private view {
        Known storage known = _known[taskId];
        ITaskLifecycle.Record memory record = hub.recordOf(taskId);
        bool claimed = record.state == ITaskLifecycle.State.Claimed;
        bool accepted = record.state == ITaskLifecycle.State.Accepted;
        bool open = record.state == ITaskLifecycle.State.Open;
        ok(record.state == known.state, "no state leaves a final state");
        ok((record.requester != address(0)) == claimed, "a requester exactly while claimed");
        if (claimed) ok(record.requester == known.requester, "the requester is who signed the claim");
        ok(record.runner == (claimed ? known.named : address(0)), "the payee is whom the requester named");
        if (open || claimed) ok(record.attempt <= known.terms.attempts, "no more attempts than the terms say");
        ok(record.attempt <= uint256(known.terms.attempts) + 1, "no more attempts than the terms say");
        uint256 latest = uint256(time) + WINDOW;
        if (claimed) ok(record.claimExpiry <= latest, "no claim lasts beyond the window");
        if (claimed) ok(record.claimExpiry <= known.terms.deadline, "no claim lasts beyond the deadline");
        if (!claimed) ok(record.claimExpiry == 0, "no expiry without a claim");
        bytes32 digest = accepted ? known.results : known.termsDigest;
        ok(record.digest == digest, "terms stay, and then results");
    }

    function _answerIsWhatEnoughSaid(bytes32 questionId) private view {
        QuestionBook storage book = _questions[questionId];
        bytes32 answer = quorum.answerOf(questionId);
        ok(hostile.told(questionId) <= 1, "an application is told once");
        uint256[3] memory votes;
        for (uint256 i = 0; i < book.members; ++i) {
            bytes32 output = _known[quorum.taskIdOf(questionId, i)].output;
            ++votes[uint256(output)];
        }
        bool reached = votes[1] >= book.needed || votes[2] >= book.needed;
        ok((answer != 0) == reached, "an answer exactly when enough agree");
        if (answer != 0) ok(votes[uint256(answer)] >= book.needed, "an answer is what enough said");
    }

    /* PERMITS */

    function checkPermits() public view {
        for (uint256 i = 0; i < identities.length; ++i) {
            IdentityId id = identities[i];
            _identityIsAsBooked(id);
            for (uint256 j = 0; j < REQUESTERS; ++j) {
                _permitIsAsBooked(id, requester(j));
            }
        }
    }

    function _identityIsAsBooked(IdentityId id) private view {
        IdentityBook storage book = _books[id];
        (address registrant, address offered) = registry.getRegistrant(id);
        ok(registrant == book.registrant, "identities go to whom they were offered alone");
        ok(offered == book.offered, "offers are their registrant's");
        ok(address(registry.getPermitter(id)) == book.permitter, "permitters change after their delay");
        ok(registry.delayOf(id) == book.delay, "delays are lowered after themselves");
        if (book.destroyed) ok(registrant == address(0) && book.permitter == address(0), "what is destroyed stays so");
    }

    function _permitIsAsBooked(IdentityId id, address holder) private view {
        PermitBook storage book = _permits[id][holder];
        uint64 expiry = registry.readPermit(holder, id).expiry;
        ok(expiry == 0 || book.death != Death.Revoked, "no permit outlives a revocation");
        ok(expiry == 0 || book.death != Death.AllRevoked, "no permit outlives a revocation of all");
        ok(expiry == 0 || book.death != Death.PermitterChanged, "no permit outlives its permitter");
        ok(expiry == 0 || book.death != Death.Destroyed, "no permit outlives its identity");
        ok(expiry == book.expiry, "permits are what was granted");
        uint256 changed = registry.permitChangedAt(holder, id);
        uint256 booked = book.changedBlock;
        uint256 ofAll = _books[id].changedBlock;
        ok(changed == (booked > ofAll ? booked : ofAll), "changes of permits are told");
    }
}
