// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {Mood} from "./Hostile.sol";
import {PermitActions} from "./PermitActions.sol";

/// What anyone does to tasks: mostly what gets through, now and then what must not.
abstract contract TaskActions is PermitActions {
    uint32 internal constant CALLBACK_GAS = 300_000;

    /// The last report that was accepted.
    bytes private _report;
    uint256 private _reportOf;

    function submit(uint256 seed) external observed {
        address who = anyone(seed, "submitter");
        ITaskLifecycle.Terms memory terms = _terms(seed, who);
        bytes32 salt = bytes32(draw(seed, "salt", 12));
        uint256 value = terms.token == address(0) ? terms.fee : 0;
        if (rarely(seed, "value")) value = draw(seed, "value", 3);
        (bool passed, bytes memory answer) =
            act(who, address(hub), value, abi.encodeCall(hub.submit, (terms, salt)));
        if (!passed) return;
        uint256 taskId = abi.decode(answer, (uint256));
        ok(taskId == hub.taskIdOf(who, salt) && uint8(taskId) == 0, "ids of tasks are foretold");
        ok(terms.submitter == who && terms.deadline > time, "terms name their submitter and a deadline to come");
        know(taskId, terms);
    }

    /// A batch: in this state, if a few tries find one.
    function _pick(uint256 seed, ITaskLifecycle.State state) private view returns (uint256 taskId) {
        for (uint256 i = 0; i < 8; ++i) {
            taskId = tasks[uint256(keccak256(abi.encode(seed, i))) % tasks.length];
            if (_known[taskId].state == state) return taskId;
        }
    }

    /// The next things in the life of some batches, as they should be.
    function advance(uint256 seed) external {
        for (uint256 i = 0; i < 3; ++i) {
            _advance(uint256(keccak256(abi.encode(seed, i))));
        }
    }

    function _advance(uint256 seed) private observed {
        if (tasks.length == 0) return;
        uint256 taskId = tasks[draw(seed, "task", tasks.length)];
        uint256 key = draw(seed, "requester", REQUESTERS);
        ITaskLifecycle.State state = _known[taskId].state;
        if (state == ITaskLifecycle.State.Open) {
            _permit(taskId, key);
            address runner = anyone(seed, "runner");
            _claim(taskId, key, key, runner, runner, BOND);
        } else if (state == ITaskLifecycle.State.Claimed) {
            _accept(seed, taskId, _keyOf(_known[taskId].requester), _known[taskId].attempt);
        }
    }

    /// Gets the requester a permit, if it has none.
    function _permit(uint256 taskId, uint256 key) private {
        IdentityId id = _known[taskId].terms.identity;
        if (expected(id, requester(key)) <= time) _grant(id, requester(key), 2 hours);
    }

    function claim(uint256 seed) external observed {
        if (tasks.length == 0) return;
        uint256 key = draw(seed, "requester", REQUESTERS);
        uint256 signer = rarely(seed, "signer") ? draw(seed, "signer", REQUESTERS) : key;
        address runner = anyone(seed, "runner");
        address bringer = mostly(runner, seed, "bringer");
        uint256 bond = rarely(seed, "bond") ? draw(seed, "bond", 2) : BOND;
        uint256 taskId = _pick(seed, ITaskLifecycle.State.Open);
        if (!rarely(seed, "permit")) _permit(taskId, key);
        _claim(taskId, key, signer, runner, bringer, bond);
    }

    function _claim(
        uint256 taskId,
        uint256 key,
        uint256 signer,
        address runner,
        address bringer,
        uint256 bond
    ) private {
        Known storage known = _known[taskId];
        ITaskLifecycle.Terms memory terms = known.terms;
        bytes memory signed = signature(
            address(hub), requesterKey(signer), claimHash(taskId, terms, known.attempt, runner)
        );
        (bool passed,) =
            act(bringer, address(hub), bond, abi.encodeCall(hub.claim, (taskId, terms, requester(key), signed)));
        if (!passed) return;
        ok(signer == key && bringer == runner, "a claim is brought by whom its requester named");
        ok(expected(terms.identity, requester(key)) > time, "a claim takes a live permit");
        ok(known.state == ITaskLifecycle.State.Open, "what is claimed was open");
        ok(bond == BOND && time < terms.deadline, "a claim takes its bond, before the deadline");
        (known.named, known.requester) = (runner, requester(key));
    }

    function heartbeat(uint256 seed) external observed {
        if (tasks.length == 0) return;
        uint256 taskId = _pick(seed, ITaskLifecycle.State.Claimed);
        Known storage known = _known[taskId];
        uint64 until = time + uint64(draw(seed, "until", draw(seed, "far", 3) == 0 ? 4 hours : WINDOW + 2));
        uint256 key = rarely(seed, "signer") ? draw(seed, "signer", REQUESTERS) : _keyOf(known.requester);
        bytes memory signed =
            signature(address(hub), requesterKey(key), heartbeatHash(taskId, known.attempt, until));
        uint64 before = hub.recordOf(taskId).claimExpiry;
        (bool passed,) = act(
            anyone(seed, "bringer"),
            address(hub),
            0,
            abi.encodeCall(hub.heartbeat, (taskId, known.terms, until, signed))
        );
        if (!passed) return;
        ok(until > before, "claims are extended forwards");
        ok(requester(key) == known.requester, "its requester alone extends a claim");
        ok(expected(known.terms.identity, known.requester) != 0, "what was revoked is not extended");
    }

    function accept(uint256 seed) external observed {
        if (tasks.length == 0) return;
        uint256 taskId = _pick(seed, ITaskLifecycle.State.Claimed);
        Known storage known = _known[taskId];
        uint256 key = rarely(seed, "signer") ? draw(seed, "signer", REQUESTERS) : _keyOf(known.requester);
        _accept(seed, taskId, key, known.attempt + (rarely(seed, "attempt") ? 1 : 0));
    }

    function replayReport(uint256 seed) external observed {
        if (_reportOf == 0) return;
        (bool passed,) = act(anyone(seed, "bringer"), address(hub), 0, _report);
        ok(!passed, "one accepted result for each task");
    }

    function _accept(uint256 seed, uint256 taskId, uint256 key, uint32 attempt) private {
        Known storage known = _known[taskId];
        ITaskLifecycle.Terms memory terms = known.terms;
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](terms.count);
        results[0].publicOutput = bytes32(draw(seed, "output", 3));
        results[0].exitStatus = rarely(seed, "status") ? 1 : 0;
        bytes memory signed =
            signature(address(hub), requesterKey(key), reportHash(taskId, terms, attempt, results));
        uint256[] memory ids = new uint256[](1);
        ids[0] = taskId;
        bytes memory data =
            abi.encodeCall(hub.acceptTaskResults, (ids, abi.encode(terms, signed), abi.encode(attempt, results)));
        bool again = known.results != 0;
        (bool passed,) = act(anyone(seed, "bringer"), address(hub), 0, data);
        if (!passed) return;
        ok(!again, "one accepted result for each task");
        ok(known.state == ITaskLifecycle.State.Claimed, "only what is claimed is accepted");
        ok(requester(key) == known.requester && attempt == known.attempt, "the attempt's requester alone reports");
        ok(time < terms.deadline, "nothing is accepted after the deadline");
        if (expected(terms.identity, known.requester) == 0) {
            bool settled = hub.recordOf(taskId).state != ITaskLifecycle.State.Accepted;
            ok(settled, "nothing is accepted of a revoked requester");
            return;
        }
        known.results = resultsHash(results) & ~bytes32(uint256(0xff));
        if (results[0].exitStatus == 0) known.output = results[0].publicOutput;
        (_report, _reportOf) = (data, taskId);
    }

    function expire(uint256 seed) external observed {
        if (tasks.length == 0) return;
        uint256 taskId = tasks[draw(seed, "task", tasks.length)];
        Known storage known = _known[taskId];
        address who = draw(seed, "gives up", 4) == 0 ? known.named : anyone(seed, "who");
        uint64 expiry = hub.recordOf(taskId).claimExpiry;
        (bool passed,) = act(who, address(hub), 0, abi.encodeCall(hub.expire, (taskId, known.terms)));
        bool late = time >= known.terms.deadline;
        bool live = known.state == ITaskLifecycle.State.Open || known.state == ITaskLifecycle.State.Claimed;
        if (late && live) ok(passed, "what goes on is refundable after its deadline");
        bool over = known.state == ITaskLifecycle.State.Claimed && (time >= expiry || who == known.named);
        ok(!passed || (live && (late || over)), "nobody ends another's claim before it lapses");
    }

    function cancel(uint256 seed) external observed {
        if (tasks.length == 0 || draw(seed, "cancel", 3) != 0) return;
        uint256 taskId = _pick(seed, ITaskLifecycle.State.Open);
        Known storage known = _known[taskId];
        address who = mostly(known.terms.submitter, seed, "who");
        (bool passed,) = act(who, address(hub), 0, abi.encodeCall(hub.cancel, (taskId, known.terms)));
        if (!passed) return;
        ok(known.state == ITaskLifecycle.State.Open, "only what is open is cancelled");
        ok(who == known.terms.submitter, "the submitter alone cancels");
    }

    function withdraw(uint256 seed) external observed {
        take(anyone(seed, "who"), token(draw(seed, "token", TOKENS)));
    }

    /// What the hostile account does when it is next called.
    function arm(uint256 seed) external {
        (address target, bytes memory data, address token_) = _strike(seed);
        Mood mood = Mood(draw(seed, "mood", 4));
        hostile.arm(mood, target, data, token_);
    }

    function _strike(uint256 seed) internal virtual returns (address target, bytes memory data, address token_) {
        uint256 kind = draw(seed, "strike", 4);
        token_ = token(draw(seed, "token", TOKENS));
        target = address(hub);
        if (kind == 0) return (target, abi.encodeCall(hub.withdraw, (token_)), token_);
        if (kind == 1) return (target, _report, token_);
        if (tasks.length == 0) return (address(0), "", token_);
        uint256 taskId = tasks[draw(seed, "task", tasks.length)];
        if (kind == 2) return (target, abi.encodeCall(hub.expire, (taskId, _known[taskId].terms)), token_);
        return (target, abi.encodeCall(hub.cancel, (taskId, _known[taskId].terms)), token_);
    }

    function _terms(uint256 seed, address who) private view returns (ITaskLifecycle.Terms memory terms) {
        terms.submitter = mostly(who, seed, "named submitter");
        terms.identity = pickIdentity(seed);
        terms.deadline = time + uint64(draw(seed, "deadline", 2 hours));
        terms.count = 1 + uint16(draw(seed, "count", 3));
        terms.attempts = 1 + uint16(draw(seed, "attempts", 3));
        terms.token = token(draw(seed, "token", TOKENS));
        terms.fee = draw(seed, "fee", 1e6);
        terms.refundee = anyone(seed, "refundee");
        if (draw(seed, "callback", 2) == 0) (terms.callback, terms.callbackGas) = (address(hostile), CALLBACK_GAS);
    }

    function _keyOf(address requester_) private view returns (uint256 key) {
        for (uint256 i = 0; i < REQUESTERS; ++i) {
            if (requester(i) == requester_) return i;
        }
    }
}
