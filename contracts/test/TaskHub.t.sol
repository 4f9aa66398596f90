// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../src/interfaces/ITaskAcceptor.sol";
import {ITaskHub, ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

/// Submitting, claiming, cancelling, expiring, withdrawing.
contract TaskHubTest is TaskHubFixture {
    /* THE CONTRACT */

    function testInterfaceIds() public view {
        ok(type(ITaskHub).interfaceId == 0x9a14481c, "ITaskHub");
        ok(type(ITaskAcceptor).interfaceId == 0x9c45b66e, "ITaskAcceptor");
        ok(hub.supportsInterface(0x9a14481c) && hub.supportsInterface(0x9c45b66e), "supported");
        ok(hub.supportsInterface(type(ITaskLifecycle).interfaceId), "ITaskLifecycle");
        ok(hub.supportsInterface(0x01ffc9a7) && !hub.supportsInterface(0xffffffff), "ERC-165");
    }

    function testNoHubWithoutARegistryOrAWindow() public {
        vm.expectRevert(ITaskLifecycle.ConstructionUnfit.selector);
        new TaskHub(IIdentityRegistry(address(0xdead)), WINDOW, BOND);
        vm.expectRevert(ITaskLifecycle.ConstructionUnfit.selector);
        new TaskHub(IIdentityRegistry(address(permits)), 0, BOND);
    }

    function testFuzzAnnouncements(address generator, bytes32 context) public {
        vm.expectEmit();
        emit ITaskHub.TasksAvailable(generator, 0);
        vm.prank(generator);
        hub.notify();
        vm.expectEmit();
        emit ITaskHub.TasksAvailable(generator, context);
        vm.prank(generator);
        hub.notify(context);
    }

    function testTheHubTakesNoMoneyThatNobodyIsOwed() public {
        vm.deal(address(this), 1 ether);
        (bool done,) = address(hub).call{value: 1 ether}("");
        ok(!done, "no receive function");
    }

    function testFuzzRecordsOfNothingAreEmpty(uint256 taskId) public view {
        eq(abi.encode(hub.recordOf(taskId)), new bytes(6 * 32));
    }

    /* FROM SUBMISSION TO PAYMENT */

    function testFuzzTaskFromSubmissionToPayment(uint96 fee, bytes32 salt, uint16 exitStatus) public {
        vm.deal(SUBMITTER, fee);
        ITaskLifecycle.Terms memory terms = termsOf(fee);
        uint256 taskId = hub.taskIdOf(SUBMITTER, salt);
        vm.expectEmit();
        emit ITaskLifecycle.TaskSubmitted(taskId, IDENTITY, SUBMITTER, terms);
        eq(submit(terms, salt), taskId);
        recordIs(
            taskId, ITaskLifecycle.Record(ITaskLifecycle.State.Open, 1, address(0), 0, address(0), digestOf(terms))
        );

        vm.expectEmit();
        emit ITaskLifecycle.TaskClaimed(taskId, 1, requester, RUNNER, START + WINDOW);
        claim(taskId, terms);
        recordIs(
            taskId,
            ITaskLifecycle.Record(ITaskLifecycle.State.Claimed, 1, RUNNER, START + WINDOW, requester, digestOf(terms))
        );

        ITaskLifecycle.TaskResult[] memory results = resultsOf(1);
        results[0].exitStatus = exitStatus % 258;
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, results));
        vm.expectEmit();
        emit ITaskLifecycle.TaskAccepted(taskId, 1, requester, RUNNER, results);
        ITaskAcceptor.TaskIdSelector memory selector =
            hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), results));
        eq(uint256(selector.quantifier), uint256(ITaskAcceptor.Quantifier.All));
        eq(selector.taskIds.length, 0);
        recordIs(
            taskId,
            ITaskLifecycle.Record(
                ITaskLifecycle.State.Accepted, 0, address(0), 0, address(0), resultsHash(results) & ~bytes32(uint256(0xff))
            )
        );

        creditIs(RUNNER, fee + BOND);
        uint256 before = RUNNER.balance;
        vm.expectEmit();
        emit ITaskLifecycle.Withdrawn(address(0), RUNNER, fee + BOND);
        vm.prank(RUNNER);
        eq(hub.withdraw(address(0)), fee + BOND);
        eq(RUNNER.balance, before + fee + BOND);
        eq(address(hub).balance, 0);
        vm.prank(RUNNER);
        eq(hub.withdraw(address(0)), 0); // and never twice
    }

    /* SUBMITTING */

    function testFuzzIdsAreTheSubmitters(address other, bytes32 salt) public view {
        vm.assume(other != SUBMITTER);
        ok(hub.taskIdOf(other, salt) != hub.taskIdOf(SUBMITTER, salt), "other id");
        uint256 id = uint256(keccak256(abi.encode(address(hub), block.chainid, other, salt)));
        eq(hub.taskIdOf(other, salt), (id >> 8) << 8);
    }

    /// CT-11: nobody takes another's id.
    function testFuzzCT11NobodySubmitsForAnother(address other) public {
        vm.assume(other != SUBMITTER);
        vm.prank(other);
        vm.expectRevert(ITaskLifecycle.TermsUnfit.selector);
        hub.submit(termsOf(0), "salt");
    }

    function testSaltsServeOnce() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        vm.prank(SUBMITTER);
        hub.cancel(taskId, terms);
        terms.inputDigest = "another";
        vm.prank(SUBMITTER);
        expectRevert(ITaskLifecycle.TaskExists.selector, taskId);
        hub.submit(terms, "salt");
    }

    function testFuzzUnfitTerms(uint256 flaw, uint256 seed) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        (terms.callback, terms.callbackGas) = (address(this), 1);
        flaw %= 8;
        if (flaw == 0) terms.refundee = address(0);
        if (flaw == 1) terms.count = 0;
        if (flaw == 2) terms.count = uint16(257 + seed % (65536 - 257));
        if (flaw == 3) terms.attempts = 0;
        if (flaw == 4) terms.callbackGas = uint32(1_000_001 + seed % (2 ** 32 - 1_000_001));
        if (flaw == 5) terms.callbackGas = 0;
        if (flaw == 6) terms.callback = address(0);
        if (flaw == 7) (terms.fee, terms.token) = (2 ** 128 + seed / 2, address(this));
        vm.prank(SUBMITTER);
        vm.expectRevert(ITaskLifecycle.TermsUnfit.selector);
        hub.submit(terms, "salt");
    }

    function testTermsAtTheirLimits() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        (terms.count, terms.attempts, terms.deadline) = (256, type(uint16).max, type(uint40).max);
        (terms.callback, terms.callbackGas) = (address(this), 1_000_000);
        stateIs(submit(terms, "salt"), ITaskLifecycle.State.Open);
    }

    function testFuzzDeadlinesLieInTheFuture(uint64 when) public {
        vm.assume(when <= START || when > type(uint40).max);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.deadline = when;
        vm.prank(SUBMITTER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.DeadlineUnfit.selector, when));
        hub.submit(terms, "salt");
    }

    function testFuzzTheValueIsTheFee(uint96 fee, uint96 value) public {
        vm.assume(fee != value);
        vm.deal(SUBMITTER, value);
        vm.prank(SUBMITTER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.FeeUnfit.selector, uint256(value), uint256(fee)));
        hub.submit{value: value}(termsOf(fee), "salt");
    }

    /// Words of the terms with bits that their types do not have are refused where they are first read.
    function testFuzzTermsAreClean(uint256 word, uint256 bit) public {
        bytes memory data = abi.encodeCall(hub.submit, (termsOf(0), "salt"));
        (word, bit) = dirtBeyondTheType(word, bit);
        flip(data, 4 + word * 32, bit);
        vm.prank(SUBMITTER);
        (bool done,) = address(hub).call(data);
        ok(!done, "dirty terms");
    }

    /* ANYTHING BUT THE TERMS */

    /// Every call that needs the terms refuses others.
    function testFuzzOtherTerms(uint256 field, uint256 bit) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        bytes[4] memory calls = [
            abi.encodeCall(hub.claim, (taskId, terms, requester, "")),
            abi.encodeCall(hub.heartbeat, (taskId, terms, 0, "")),
            abi.encodeCall(hub.expire, (taskId, terms)),
            abi.encodeCall(hub.cancel, (taskId, terms))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            flip(calls[i], 4 + 32 + (field % 11) * 32, bit % 256);
            vm.prank(SUBMITTER);
            vm.deal(SUBMITTER, BOND);
            (bool done, bytes memory answer) = address(hub).call{value: i == 0 ? BOND : 0}(calls[i]);
            ok(!done, "other terms");
            eq(answer, abi.encodeWithSelector(ITaskLifecycle.TermsMismatch.selector, taskId));
        }
    }

    function testNothingIsDoneToTasksThatAreNot() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt") + 1; // not a batch's id
        bytes memory none = abi.encodeWithSelector(ITaskLifecycle.TaskIs.selector, taskId, ITaskLifecycle.State.None);
        vm.deal(address(this), BOND);
        vm.expectRevert(none);
        hub.claim{value: BOND}(taskId, terms, requester, "");
        vm.expectRevert(none);
        hub.heartbeat(taskId, terms, 0, "");
        vm.expectRevert(none);
        hub.expire(taskId, terms);
        vm.expectRevert(none);
        hub.cancel(taskId, terms);
    }

    /* CLAIMING */

    function testFuzzClaimsNeedALivePermit(uint64 expiry) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        permits.set(requester, uint64(expiry % (START + 1)));
        bytes memory signed = signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER));
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.PermitMissing.selector, IDENTITY, requester));
        hub.claim{value: BOND}(taskId, terms, requester, signed);
        permits.set(requester, START + 1);
        claim(taskId, terms);
    }

    /// Nobody signs for the zero address, whatever a registry says.
    function testNobodyClaimsForNobody() public {
        permits.set(address(0), type(uint64).max);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        vm.prank(RUNNER);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.claim{value: BOND}(taskId, terms, address(0), new bytes(65));
    }

    function testFuzzClaimsCarryTheBond(uint96 value) public {
        vm.assume(value != BOND);
        vm.deal(RUNNER, value);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        vm.prank(RUNNER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.BondUnfit.selector, uint256(value), BOND));
        hub.claim{value: value}(taskId, terms, requester, "");
    }

    /// A claim is of one task, one batch of terms, one attempt and one runner.
    function testFuzzClaimsAreSigned(uint256 flaw, uint256 seed) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        ITaskLifecycle.Terms memory other = termsOf(1 + seed % 2 ** 128);
        flaw %= 5;
        bytes32 hash = claimHash(
            flaw == 0 ? taskId + 256 : taskId,
            flaw == 1 ? other : terms,
            flaw == 2 ? uint32(2 + seed % 1000) : 1,
            flaw == 3 ? address(uint160(0x4b + seed % 1000)) : RUNNER
        );
        bytes memory signed = signature(address(hub), flaw == 4 ? OTHER_KEY : KEY, hash);
        vm.prank(RUNNER);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.claim{value: BOND}(taskId, terms, requester, signed);
    }

    function testOnlyOpenTasksAreClaimed() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        vm.prank(RUNNER);
        expectTaskIs(taskId, ITaskLifecycle.State.Claimed);
        hub.claim{value: BOND}(taskId, terms, requester, "");
        accept(taskId, terms);
        vm.prank(RUNNER);
        expectTaskIs(taskId, ITaskLifecycle.State.Accepted);
        hub.claim{value: BOND}(taskId, terms, requester, "");
    }

    /* ENDS */

    function testLapsedClaimsReopen() public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        vm.warp(START + WINDOW);
        vm.expectEmit();
        emit ITaskLifecycle.TaskReopened(taskId, 2);
        hub.expire(taskId, terms);
        recordIs(
            taskId, ITaskLifecycle.Record(ITaskLifecycle.State.Open, 2, address(0), 0, address(0), digestOf(terms))
        );
        creditIs(REFUNDEE, BOND);
        expectRevert(ITaskLifecycle.NotExpired.selector, taskId);
        hub.expire(taskId, terms);

        claim(taskId, terms, 2, RUNNER);
        ITaskLifecycle.TaskResult[] memory results = resultsOf(1);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, results));
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.AttemptMismatch.selector, taskId, uint32(1)));
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), results));
        accept(taskId, terms, 2, results);
        creditIs(RUNNER, 1 ether + BOND);
    }

    function testFuzzAttemptsAreCounted(uint8 attempts) public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        terms.attempts = uint16(1 + attempts % 8);
        uint256 taskId = submit(terms, "salt");
        for (uint32 i = 1; i <= terms.attempts; ++i) {
            stateIs(taskId, ITaskLifecycle.State.Open);
            claim(taskId, terms, i, RUNNER);
            vm.prank(RUNNER);
            hub.expire(taskId, terms);
        }
        stateIs(taskId, ITaskLifecycle.State.Expired);
        eq(hub.recordOf(taskId).attempt, uint256(terms.attempts) + 1);
        creditIs(REFUNDEE, 1 ether + terms.attempts * BOND);
        creditIs(RUNNER, 0);
        eq(address(hub).balance, 1 ether + terms.attempts * BOND);
    }

    /// A runner whose guest is gone need not make everybody wait; nobody else may end its claim.
    function testFuzzOnlyTheRunnerGivesAClaimUp(address other) public {
        vm.assume(other != RUNNER);
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        vm.prank(other);
        expectRevert(ITaskLifecycle.NotExpired.selector, taskId);
        hub.expire(taskId, terms);
        vm.prank(RUNNER);
        hub.expire(taskId, terms);
        stateIs(taskId, ITaskLifecycle.State.Open);
        creditIs(REFUNDEE, BOND);
    }

    /// A bond is at stake for what the runner can help: not for a permit that was taken from its enclave.
    function testFuzzBondsComeBackWhenThePermitWasRevoked(uint64 expiry, bool revoked) public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        permits.set(requester, revoked ? 0 : uint64(1 + expiry % START)); // taken away, or run out
        vm.warp(START + WINDOW);
        hub.expire(taskId, terms);
        creditIs(RUNNER, revoked ? BOND : 0);
        creditIs(REFUNDEE, revoked ? 0 : BOND);
    }

    function testExpiryAtTheDeadline() public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        uint256 open = submit(terms, "never claimed");
        vm.warp(deadline);
        vm.expectEmit();
        emit ITaskLifecycle.TaskExpired(taskId);
        hub.expire(taskId, terms);
        stateIs(taskId, ITaskLifecycle.State.Expired);
        creditIs(REFUNDEE, 1 ether + BOND);
        expectTaskIs(taskId, ITaskLifecycle.State.Expired);
        hub.expire(taskId, terms);
        hub.expire(open, terms);
        creditIs(REFUNDEE, 2 ether + BOND);
        eq(hub.recordOf(open).attempt, 1);
    }

    function testFuzzOnlyTheSubmitterCancels(address other) public {
        vm.assume(other != SUBMITTER);
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = submit(terms, "salt");
        vm.prank(other);
        vm.expectRevert(ITaskLifecycle.Unauthorized.selector);
        hub.cancel(taskId, terms);
        vm.expectEmit();
        emit ITaskLifecycle.TaskCancelled(taskId);
        vm.prank(SUBMITTER);
        hub.cancel(taskId, terms);
        stateIs(taskId, ITaskLifecycle.State.Cancelled);
        creditIs(REFUNDEE, 1 ether);
        vm.prank(SUBMITTER);
        expectTaskIs(taskId, ITaskLifecycle.State.Cancelled);
        hub.cancel(taskId, terms);
        expectTaskIs(taskId, ITaskLifecycle.State.Cancelled);
        hub.expire(taskId, terms);
    }

    function testWhatIsClaimedOrDoneIsNotCancelled() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        vm.prank(SUBMITTER);
        expectTaskIs(taskId, ITaskLifecycle.State.Claimed);
        hub.cancel(taskId, terms);
        accept(taskId, terms);
        vm.prank(SUBMITTER);
        expectTaskIs(taskId, ITaskLifecycle.State.Accepted);
        hub.cancel(taskId, terms);
        vm.warp(deadline);
        expectTaskIs(taskId, ITaskLifecycle.State.Accepted);
        hub.expire(taskId, terms);
    }

    /* HELP */

    function recordIs(uint256 taskId, ITaskLifecycle.Record memory want) private view {
        eq(abi.encode(hub.recordOf(taskId)), abi.encode(want));
        eq(abi.encode(hub.recordOf(taskId + 255)), abi.encode(want)); // of whichever task of the batch
    }

    /// A word of the terms, and a bit in it that its type does not have.
    function dirtBeyondTheType(uint256 word, uint256 bit) private pure returns (uint256, uint256) {
        uint16[8] memory words = [uint16(0), 3, 4, 5, 6, 8, 9, 10];
        uint16[8] memory bits = [uint16(160), 64, 16, 16, 160, 160, 160, 32];
        uint256 i = word % 8;
        return (words[i], bits[i] + bit % (256 - bits[i]));
    }
}
