// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../src/interfaces/ITaskAcceptor.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

/// What acceptTaskResults takes, and what it refuses.
contract TaskHubReportTest is TaskHubFixture {
    /* BATCHES */

    function testBatchesOfAllSizes() public {
        uint16[4] memory sizes = [uint16(1), 2, 64, 256];
        for (uint256 i = 0; i < sizes.length; ++i) {
            for (uint256 short = 0; short < 2; ++short) {
                ITaskLifecycle.Terms memory terms = termsOf(1 ether);
                terms.count = sizes[i];
                uint256 taskId = submit(terms, bytes32(2 * i + short));
                claim(taskId, terms);
                bring(taskId, terms, resultsOf(sizes[i]), short == 0 ? sizes[i] : 1);
                eq(hub.recordOf(taskId).digest, resultsHash(resultsOf(sizes[i])) & ~bytes32(uint256(0xff)));
            }
        }
        creditIs(RUNNER, 8 * (1 ether + BOND));
    }

    function testFuzzIdsAreOfOneBatchInOrder(uint256 size, uint256 place, uint256 wrong) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = uint16(2 + size % 255);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(terms.count));
        uint256[] memory ids = idsOf(taskId, terms.count);
        place = 1 + place % (ids.length - 1);
        vm.assume(wrong != ids[place]);
        ids[place] = wrong;
        refused(ITaskLifecycle.BatchMalformed.selector, ids, proof, report);
    }

    function testFuzzIdsAreOneOrAll(uint256 size, uint256 listed) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = uint16(1 + size % 256);
        listed %= 300;
        vm.assume(listed != terms.count && listed != 1);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(terms.count));
        refused(ITaskLifecycle.BatchMalformed.selector, idsOf(taskId, listed), proof, report);
    }

    function testFuzzOneResultForEachTask(uint256 size, uint256 brought) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = uint16(1 + size % 256);
        brought %= 300;
        vm.assume(brought != terms.count);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(brought));
        refused(ITaskLifecycle.BatchMalformed.selector, idsOf(taskId, 1), proof, report);
    }

    /// No ids are not the ids of a batch of none.
    function testNoIdsAreNoBatch() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = 0;
        bytes memory report = abi.encode(uint32(1), resultsOf(0));
        refused(ITaskLifecycle.BatchMalformed.selector, idsOf(0, 0), abi.encode(terms, new bytes(65)), report);
    }

    /// As many results as there are, and another number of them said.
    function testFuzzReportsSayHowManyResults(uint256 said) public {
        vm.assume(said != 2);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = 2;
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(2));
        assembly ("memory-safe") {
            mstore(add(report, 96), said)
        }
        refused(ITaskLifecycle.BatchMalformed.selector, idsOf(taskId, 1), proof, report);
    }

    /// Neither an id within a batch nor one that nobody submitted names a batch.
    function testFuzzOtherBatches(uint256 other) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        vm.assume(other != taskId);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        expectTaskIs(other, ITaskLifecycle.State.None);
        hub.acceptTaskResults(idsOf(other, 1), proof, report);
    }

    /* ENCODING */

    /// There is one encoding of a proof and of a report: no bit of either can be changed, and no byte added or left out.
    function testFuzzOneEncoding(uint256 place, uint256 bit, bool ofProof) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = 3;
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(3));
        bytes memory changed = ofProof ? proof : report;
        flip(changed, (place % (changed.length / 32)) * 32, bit % 256);
        refused(taskId, proof, report);
        flip(changed, (place % (changed.length / 32)) * 32, bit % 256);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
    }

    function testFuzzLengths(uint16 proofLength, uint16 reportLength) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        (uint256 p, uint256 r) = (proofLength % 1024, reportLength % 512);
        vm.assume(p != proof.length || r != report.length);
        refused(taskId, resized(proof, p), resized(report, r));
    }

    function testFuzzNoise(bytes calldata proof, bytes calldata report, uint256[] calldata ids) public {
        (bool done,) = address(hub).call(abi.encodeCall(hub.acceptTaskResults, (ids, proof, report)));
        ok(!done, "noise");
    }

    function testFuzzExitStatuses(uint32 exitStatus, uint256 place) public {
        vm.assume(exitStatus > 257);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = 5;
        uint256 taskId = claimed(terms);
        ITaskLifecycle.TaskResult[] memory results = resultsOf(5);
        place %= 5;
        results[place].exitStatus = exitStatus;
        (bytes memory proof, bytes memory report) = signed(taskId, terms, results);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.ExitStatusUnfit.selector, taskId + place, exitStatus));
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        results[place].exitStatus = 257;
        accept(taskId, terms, 1, results);
    }

    /* WHAT IS SIGNED */

    /// CT-13: every field is signed, by the claim's requester.
    function testFuzzCT13EveryFieldIsSigned(uint256 flaw, uint256 seed) public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        terms.count = 2;
        uint256 taskId = claimed(terms);
        ITaskLifecycle.TaskResult[] memory results = resultsOf(2);
        bytes32 hash;
        flaw %= 6;
        if (flaw == 0) hash = reportHash(taskId + 256, terms, 1, results);
        if (flaw == 1) hash = reportHash(taskId, termsOf(1 + seed % 2 ** 128), 1, results);
        if (flaw == 2) hash = reportHash(taskId, terms, uint32(2 + seed % 1000), results);
        if (flaw == 3) (results[0], results[1]) = (results[1], results[0]);
        if (flaw == 4) results[seed % 2].outputDigest ^= bytes32(1 << (seed % 256));
        if (flaw == 5) results[seed % 2].publicOutput ^= bytes32(1 << (seed % 256));
        if (flaw > 2) hash = reportHash(taskId, terms, 1, results);
        bytes memory proof = abi.encode(terms, signature(address(hub), KEY, hash));
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(2)));
    }

    function testFuzzOnlyTheRequesterSigns(uint256 key) public {
        key = 1 + key % (ORDER - 1);
        vm.assume(key != KEY);
        permits.set(vm.addr(key), type(uint64).max); // another enclave of the identity
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        bytes memory other = signature(address(hub), key, reportHash(taskId, terms, 1, resultsOf(1)));
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), abi.encode(terms, other), abi.encode(uint32(1), resultsOf(1)));
    }

    function testReportsOfOtherAttempts() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = claimed(terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 2, resultsOf(1)));
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.AttemptMismatch.selector, taskId, uint32(2)));
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(2), resultsOf(1)));
    }

    function testOneReportForEachBatch() public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = submit(terms, "salt");
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        expectTaskIs(taskId, ITaskLifecycle.State.Open);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        claim(taskId, terms);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        expectTaskIs(taskId, ITaskLifecycle.State.Accepted);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        creditIs(RUNNER, 1 ether + BOND);
    }

    function testReportsUnderOtherTerms() public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        terms.fee = 2 ether;
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        expectRevert(ITaskLifecycle.TermsMismatch.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
    }

    /// CT-03: the high-s twin of a signature is none, of whatever message; nor is a signature of 64 bytes.
    function testCT03MalleableSignatures() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        bytes memory twin = twinOf(signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER)));
        vm.prank(RUNNER);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.claim{value: BOND}(taskId, terms, requester, twin);
        claim(taskId, terms);

        vm.warp(START + 1);
        twin = twinOf(signedHeartbeat(taskId, 1, START + WINDOW + 1));
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.heartbeat(taskId, terms, START + WINDOW + 1, twin);
        bytes memory short = resized(signedHeartbeat(taskId, 1, START + WINDOW + 1), 64);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.heartbeat(taskId, terms, START + WINDOW + 1, short);

        bytes memory proof = abi.encode(terms, twinOf(signedReport(taskId, terms, 1, resultsOf(1))));
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), resultsOf(1)));
    }

    /// CT-04: what was signed for another chain counts on none after a fork, whatever kind of message it is.
    function testFuzzCT04OtherChain(uint64 chainId) public {
        vm.assume(chainId != 0 && chainId != block.chainid);
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        bytes memory signedClaim = signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER));
        uint256 open = taskId;
        taskId = submit(terms, "claimed");
        claim(taskId, terms);
        bytes memory beat = signedHeartbeat(taskId, 1, START + WINDOW + 1);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));

        vm.chainId(chainId); // the fork has the same state
        vm.prank(RUNNER);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, open);
        hub.claim{value: BOND}(open, terms, requester, signedClaim);
        vm.warp(START + 1);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.heartbeat(taskId, terms, START + WINDOW + 1, beat);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        accept(taskId, terms); // signed with the chain's id of now
    }

    /// CT-04: nor does what was signed for another hub. Its batches have other ids anyway.
    function testCT04OtherHub() public {
        ITaskLifecycle.Terms memory terms = termsOf(0);
        uint256 taskId = submit(terms, "salt");
        TaskHub first = hub;
        hub = new TaskHub(IIdentityRegistry(address(permits)), WINDOW, BOND);
        ok(submit(terms, "salt") != taskId, "ids");
        bytes memory signedClaim = signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER));
        vm.prank(RUNNER);
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        first.claim{value: BOND}(taskId, terms, requester, signedClaim);
    }

    /* PERMITS */

    /// A report of a revoked requester settles: no result, the bond back, the next attempt; whatever is granted after it.
    function testFuzzReportsOfRevokedRequestersSettle(bool last, bool granted) public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        if (last) terms.attempts = 1;
        (terms.callback, terms.callbackGas) = (address(this), 100_000);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        permits.set(requester, 0);
        vm.expectEmit();
        emit ITaskLifecycle.ReportRefused(taskId, 1, requester);
        vm.expectEmit();
        if (last) emit ITaskLifecycle.TaskExpired(taskId);
        else emit ITaskLifecycle.TaskReopened(taskId, 2);
        ITaskAcceptor.TaskIdSelector memory selector = hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        ok(selector.quantifier == ITaskAcceptor.Quantifier.None, "none");
        stateIs(taskId, last ? ITaskLifecycle.State.Expired : ITaskLifecycle.State.Open);
        eq(hub.recordOf(taskId).attempt, 2);
        eq(hub.recordOf(taskId).requester, address(0));
        if (granted) permits.set(requester, type(uint64).max);
        expectTaskIs(taskId, last ? ITaskLifecycle.State.Expired : ITaskLifecycle.State.Open);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        creditIs(RUNNER, BOND);
        creditIs(REFUNDEE, last ? 1 ether : 0);
    }

    function onTaskResults(uint256, ITaskLifecycle.Terms calldata, ITaskLifecycle.TaskResult[] calldata) external pure {
        revert("told of what was not accepted"); // and CallbackFailed would tell
    }

    /// Only what the requester signed, and in time, settles anything.
    function testReportsThatSettleNothing() public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        permits.set(requester, 0);
        bytes memory forged =
            abi.encode(terms, signature(address(hub), OTHER_KEY, reportHash(taskId, terms, 1, resultsOf(1))));
        expectRevert(ITaskLifecycle.SignatureInvalid.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), forged, report);
        vm.warp(deadline);
        expectRevert(ITaskLifecycle.DeadlinePassed.selector, taskId);
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        stateIs(taskId, ITaskLifecycle.State.Claimed);
    }

    /// A permit that merely ran out since the claim takes no result with it.
    function testFuzzRequestersWhosePermitRanOutHaveTheirResult(uint64 expiry) public {
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = claimed(terms);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        permits.set(requester, uint64(1 + expiry % START));
        hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        stateIs(taskId, ITaskLifecycle.State.Accepted);
    }

    /// The real registry says so whether the permit, the permitter or the identity went, and not when it ran out.
    function testRevocationsOfTheRealRegistry() public {
        for (uint256 way = 0; way < 4; ++way) {
            IdentityRegistry registry = new IdentityRegistry();
            hub = new TaskHub(registry, WINDOW, BOND);
            IdentityId id = registry.createIdentity(address(this), "");
            registry.grantIdentity(id, requester, deadline - 1);
            ITaskLifecycle.Terms memory terms = termsOf(0);
            terms.identity = id;
            uint256 taskId = claimed(terms);
            (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
            if (way == 0) registry.revokeIdentity(id, requester);
            if (way == 1) registry.setPermitter(id, address(this));
            if (way == 2) registry.destroyIdentity(id);
            if (way == 3) vm.warp(deadline - 1);
            hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
            stateIs(taskId, way == 3 ? ITaskLifecycle.State.Accepted : ITaskLifecycle.State.Open);
            creditIs(RUNNER, BOND);
        }
    }

    /// This contract stands in for a permitter.
    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    /* WHO IS PAID */

    /// CT-06: whoever copies the claim has nothing of it, and whoever brings the report neither: in whatever order they
    /// come, it is the runner that the requester named who gets fee and bond.
    function testFuzzCT06CopiesEarnNothing(address thief, uint8 order) public {
        vm.assume(thief != RUNNER && thief != REFUNDEE && thief != address(vm) && uint160(thief) > 0xffff);
        ITaskLifecycle.Terms memory terms = termsOf(1 ether);
        uint256 taskId = submit(terms, "salt");
        bytes memory signedClaim = signature(address(hub), KEY, claimHash(taskId, terms, 1, RUNNER));
        bytes memory beat = signedHeartbeat(taskId, 1, START + WINDOW + 1);
        (bytes memory proof, bytes memory report) = signed(taskId, terms, resultsOf(1));
        bytes[3] memory calls = [
            abi.encodeCall(hub.claim, (taskId, terms, requester, signedClaim)),
            abi.encodeCall(hub.heartbeat, (taskId, terms, START + WINDOW + 1, beat)),
            abi.encodeCall(hub.acceptTaskResults, (idsOf(taskId, 1), proof, report))
        ];
        vm.deal(thief, 10 * BOND);
        vm.warp(START + 1);
        bool named = false;
        for (uint256 i = 0; i < 12; ++i) {
            uint256 which = (order + i * (1 + 2 * (order >> 6))) % 4;
            if (which == 3) {
                // the runner itself, once
                if (!named) claim(taskId, terms);
                named = true;
                continue;
            }
            vm.prank(thief);
            (bool done,) = address(hub).call{value: which == 0 ? BOND : 0}(calls[which]);
            ok(!done || (named && which != 0), "a thief never claims");
        }
        ok(named, "every order has the runner");
        creditIs(thief, 0);
        eq(thief.balance, 10 * BOND);
        if (hub.recordOf(taskId).state == ITaskLifecycle.State.Claimed) {
            hub.acceptTaskResults(idsOf(taskId, 1), proof, report);
        }
        creditIs(RUNNER, 1 ether + BOND);
    }

    /* HELP */

    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function signed(uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.TaskResult[] memory results)
        private
        view
        returns (bytes memory proof, bytes memory report)
    {
        return (abi.encode(terms, signedReport(taskId, terms, 1, results)), abi.encode(uint32(1), results));
    }

    function bring(
        uint256 taskId,
        ITaskLifecycle.Terms memory terms,
        ITaskLifecycle.TaskResult[] memory results,
        uint256 listed
    ) private {
        (bytes memory proof, bytes memory report) = signed(taskId, terms, results);
        vm.expectEmit();
        emit ITaskLifecycle.TaskAccepted(taskId, 1, requester, RUNNER, results);
        hub.acceptTaskResults(idsOf(taskId, listed), proof, report);
    }

    function refused(bytes4 why, uint256[] memory ids, bytes memory proof, bytes memory report) private {
        vm.expectRevert(why);
        hub.acceptTaskResults(ids, proof, report);
    }

    function refused(uint256 taskId, bytes memory proof, bytes memory report) private {
        (bool done,) =
            address(hub).call(abi.encodeCall(ITaskAcceptor.acceptTaskResults, (idsOf(taskId, 1), proof, report)));
        ok(!done, "another encoding");
    }

    function resized(bytes memory data, uint256 length) private pure returns (bytes memory out) {
        out = new bytes(length);
        for (uint256 i = 0; i < length && i < data.length; ++i) {
            out[i] = data[i];
        }
    }

    function twinOf(bytes memory signature_) private pure returns (bytes memory) {
        (bytes32 r, uint256 s) = (bytes32(0), 0);
        assembly ("memory-safe") {
            r := mload(add(signature_, 32))
            s := mload(add(signature_, 64))
        }
        return abi.encodePacked(r, ORDER - s, uint8(signature_[64]) ^ 7);
    }
}
