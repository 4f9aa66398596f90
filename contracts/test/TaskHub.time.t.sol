// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

/// CT-10: windows, deadlines and extensions, to the second.
contract TaskHubTimeTest is TaskHubFixture {
    /// A claim lasts for its window, or to the deadline.
    function testFuzzCT10ClaimsEndWithTheirWindowOrTheDeadline(uint64 left) public {
        left = 1 + left % (2 * WINDOW);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        vm.warp(deadline - left);
        claim(taskId, terms);
        eq(hub.recordOf(taskId).claimExpiry, deadline - left + (left < WINDOW ? left : WINDOW));
    }

    function testFuzzCT10ReopenedAtItsExpiryNotBefore(int8 offset) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        vm.warp(shifted(START + WINDOW, offset));
        if (offset < 0) expectRevert(ITaskLifecycle.NotExpired.selector, taskId);
        hub.expire(taskId, terms);
    }

    function testFuzzCT10OpenTasksEndAtTheDeadlineNotBefore(int8 offset) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        vm.warp(shifted(deadline, offset));
        if (offset < 0) expectRevert(ITaskLifecycle.NotExpired.selector, taskId);
        hub.expire(taskId, terms);
    }

    function testFuzzCT10ClaimedBeforeTheDeadlineNotAtIt(int8 offset) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        bytes memory signed = signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER));
        vm.warp(shifted(deadline, offset));
        if (offset >= 0) expectRevert(ITaskLifecycle.DeadlinePassed.selector, taskId);
        vm.prank(RUNNER);
        hub.claim{value: BOND}(taskId, terms, requester, signed);
    }

    /// Until somebody reopens it, a late claim may still report; after the deadline, none may.
    function testFuzzCT10ReportedBeforeTheDeadlineNotAtIt(int8 offset) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1)));
        vm.warp(shifted(deadline, offset));
        if (offset >= 0) expectRevert(ITaskLifecycle.DeadlinePassed.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1)));
    }

    /// Until the deadline, the report and the end exclude each other whatever the second and whichever comes first.
    function testFuzzCT10ReportOrEnd(int8 offset, bool reportFirst) public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        terms.attempts = 1;
        uint256 taskId = claimed(terms);
        bytes[2] memory calls = [
            abi.encodeCall(
                hub.acceptTaskResults,
                (
                    idsOf(taskId, 1),
                    abi.encode(terms, signedReport(taskId, terms, 1, resultsOf(1))),
                    abi.encode(uint32(1), resultsOf(1))
                )
            ),
            abi.encodeCall(hub.expire, (taskId, terms))
        ];
        vm.warp(shifted(deadline, offset));
        (bool first,) = address(hub).call(calls[reportFirst ? 0 : 1]);
        (bool second,) = address(hub).call(calls[reportFirst ? 1 : 0]);
        ok(first != second, "exactly one");
        eq(hub.credit(address(0), RUNNER) + hub.credit(address(0), REFUNDEE), 1 ether + BOND);
    }

    /* HEARTBEATS */

    function testFuzzCT10HeartbeatsReachTheWindowNotBeyond(uint64 wait, int8 offset) public {
        wait = 1 + wait % (WINDOW - 1);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        uint64 until = shifted(START + wait + WINDOW, offset);
        vm.assume(until > START + WINDOW);
        beats(taskId, terms, START + wait, until, offset <= 0);
    }

    function testFuzzCT10HeartbeatsOnlyExtend(uint64 wait, int8 offset) public {
        wait = 130 + wait % (WINDOW - 130);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        beats(taskId, terms, START + wait, shifted(START + WINDOW, offset), offset > 0);
    }

    function testFuzzCT10HeartbeatsReachTheDeadlineNotBeyond(int8 offset) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.deadline = START + WINDOW + 200;
        uint256 taskId = claimed(terms);
        beats(taskId, terms, START + WINDOW - 1, shifted(terms.deadline, offset), offset <= 0);
    }

    /// However many there are, they never reach beyond a window from now, and one is good for one extension.
    function testFuzzCT10HeartbeatsAreNotSpammed(uint16[16] calldata waits) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        (uint64 time, uint64 expiry) = (START, START + WINDOW);
        for (uint256 i = 0; i < waits.length; ++i) {
            time += waits[i] % 300;
            uint64 until = time + WINDOW < deadline ? time + WINDOW : deadline;
            if (until <= expiry) continue;
            bytes memory signed = signedHeartbeat(taskId, 1, until);
            beats(taskId, terms, time, until, true);
            vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.ExtensionUnfit.selector, until));
            hub.heartbeat(taskId, terms, until, signed);
            expiry = until;
        }
        ok(hub.recordOf(taskId).claimExpiry <= deadline, "deadline");
        vm.warp(deadline);
        hub.expire(taskId, terms);
    }

    function testFuzzHeartbeatsAreSigned(uint256 flaw, uint64 seed) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        vm.warp(START + 100);
        uint64 until = START + WINDOW + 50;
        flaw %= 4;
        bytes32 hash = heartbeatHash(
            flaw == 0 ? taskId + 256 : taskId,
            flaw == 1 ? uint32(2 + seed % 1000) : 1,
            flaw == 2 ? until + 1 + seed % 1000 : until
        );
        bytes memory signed = signature(address(hub), flaw == 3 ? OTHER_KEY : KEY, hash);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.heartbeat(taskId, terms, until, signed);
    }

    /// A requester that was revoked must not keep a task from others: its bond comes back, so nothing would hold it off.
    function testFuzzRevokedClaimsAreNotExtended(uint64 expiry) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        vm.warp(START + 1);
        uint64 until = START + WINDOW + 1;
        bytes memory signed = signedHeartbeat(taskId, 1, until);
        permits.set(requester, 0);
        expectRevert(ITaskLifecycle.PermitRevoked.selector, taskId);
        hub.heartbeat(taskId, terms, until, signed);
        permits.set(requester, 1 + expiry % START);
        hub.heartbeat(taskId, terms, until, signed);
    }

    function testOnlyClaimsAreExtended() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        expectTaskIs(taskId, ITaskLifecycle.State.Open);
        hub.heartbeat(taskId, terms, START + 1, "");
        claim(taskId, terms);
        accept(taskId, terms);
        expectTaskIs(taskId, ITaskLifecycle.State.Accepted);
        hub.heartbeat(taskId, terms, START + 1, "");
    }

    /// Of the attempt before: void.
    function testHeartbeatsAreOfOneAttempt() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        uint64 until = START + WINDOW + 100;
        bytes memory signed = signedHeartbeat(taskId, 1, until);
        vm.warp(START + 50);
        vm.prank(RUNNER);
        hub.expire(taskId, terms);
        claim(taskId, terms, 2, RUNNER);
        vm.warp(START + 100);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.heartbeat(taskId, terms, until, signed);
    }

    /* HELP */

    function shifted(uint64 time, int8 offset) private pure returns (uint64) {
        return uint64(int64(time) + offset);
    }

    function beats(uint256 taskId, ITaskLifecycle.Terms memory terms, uint64 time, uint64 until, bool well) private {
        bytes memory signed = signedHeartbeat(taskId, 1, until);
        vm.warp(time);
        if (!well) {
            vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.ExtensionUnfit.selector, until));
            hub.heartbeat(taskId, terms, until, signed);
            return;
        }
        vm.expectEmit();
        emit ITaskLifecycle.ClaimExtended(taskId, 1, until);
        hub.heartbeat(taskId, terms, until, signed);
        eq(hub.recordOf(taskId).claimExpiry, until);
    }
}
