// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "../src/BLS.sol";
import {KeyNetwork} from "../src/KeyNetwork.sol";
import {IKeyNetwork} from "../src/interfaces/IKeyNetwork.sol";
import {KeyNetwork as Key} from "./KeyNetwork.sol";
import {Test} from "./Test.sol";

contract KeyNetworkBoardTest is Test {
    bytes private constant DST = "ESCRIN-V1-COMPLETION-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    uint32 private constant PHASE = 10;
    address private constant GOVERNOR = address(0x90);
    bytes32 private constant COMMITMENTS = keccak256("public shares");

    KeyNetwork private board;

    function setUp() public {
        vm.roll(1000);
        board = new KeyNetwork(GOVERNOR);
    }

    /* STARTING */

    /// KR-11: more than half, at most all, at most 128.
    function testFuzzKR11ThresholdBounds(uint8 threshold, uint256 size) public {
        size %= 140;
        bool fit = size <= 128 && threshold <= size && uint256(threshold) * 2 > size;
        IKeyNetwork.Member[] memory members = membersOf(size, 0);
        vm.prank(GOVERNOR);
        if (!fit) vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.ThresholdUnfit.selector, threshold, size));
        board.startEpoch(members, threshold, PHASE);
    }

    function testKR11ThresholdTable() public {
        uint8[2][9] memory unfit = [[0, 0], [0, 1], [2, 1], [1, 2], [3, 2], [1, 3], [2, 4], [64, 128], [129, 128]];
        for (uint256 i = 0; i < unfit.length; ++i) {
            IKeyNetwork.Member[] memory members = membersOf(unfit[i][1], 0);
            vm.prank(GOVERNOR);
            vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.ThresholdUnfit.selector, unfit[i][0], unfit[i][1]));
            board.startEpoch(members, unfit[i][0], PHASE);
        }
        uint8[2][5] memory fits = [[1, 1], [2, 2], [2, 3], [3, 4], [65, 128]];
        for (uint256 i = 0; i < fits.length; ++i) {
            start(fits[i][1], fits[i][0], 0);
            vm.roll(vm.getBlockNumber() + 4 * PHASE);
        }
    }

    /// The largest epoch fits into a transaction (EIP-7825: 2^24 gas).
    function testLargestEpochFitsATransaction() public {
        IKeyNetwork.Member[] memory members = membersOf(128, 0);
        vm.prank(GOVERNOR);
        uint256 before = gasleft();
        board.startEpoch(members, 65, PHASE);
        ok(before - gasleft() + 21_000 + 40 * (128 * 96 + 164) < 1 << 24, "gas");
    }

    /// Nobody but the governor gives a session up, and not one that is over; the next may start in the same block.
    function testFuzzTheGovernorAborts(uint8 blocks, address other) public {
        vm.assume(other != GOVERNOR);
        start(3, 2, 0);
        vm.prank(other);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.abortEpoch(1);
        vm.roll(1000 + uint256(blocks));
        if (blocks >= 4 * PHASE) {
            vm.prank(GOVERNOR);
            vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.PhaseIs.selector, 1, IKeyNetwork.Phase.Failed));
            board.abortEpoch(1);
            return;
        }
        vm.expectEmit();
        emit IKeyNetwork.EpochAborted(1);
        vm.prank(GOVERNOR);
        board.abortEpoch(1);
        ok(board.phaseOf(1) == IKeyNetwork.Phase.Failed, "failed");
        start(3, 2, 0);
        ok(board.phaseOf(2) == IKeyNetwork.Phase.Dealing, "the next");
    }

    /// KR-06: no index is zero, none is given twice, whoever it is.
    function testFuzzKR06MembersAreDifferent(uint8 a, uint8 b) public {
        (uint256 i, uint256 j) = (a % 5, b % 5);
        vm.assume(i < j);
        IKeyNetwork.Member[] memory members = membersOf(5, 0);
        address account = members[j].account;
        members[j].account = members[i].account;
        expectMemberUnfit(members, j + 1);
        members[j].account = account;
        members[j].signer = members[i].signer;
        expectMemberUnfit(members, j + 1);
    }

    function testKR06MembersAreWhole() public {
        IKeyNetwork.Member[] memory members = membersOf(3, 0);
        members[0].account = address(0);
        expectMemberUnfit(members, 1);
        members = membersOf(3, 0);
        members[1].signer = address(0);
        expectMemberUnfit(members, 2);
        members = membersOf(3, 0);
        members[2].encryptionKey = 0;
        expectMemberUnfit(members, 3);
    }

    function testFuzzKR06IndexesGoFromOne(uint8 size) public {
        vm.assume(size > 0 && size <= 128);
        uint64 epoch = start(size, size, 0);
        IKeyNetwork.Member[] memory members = board.membersOf(epoch);
        eq(members.length, size);
        eq(keccak256(abi.encode(members)), keccak256(abi.encode(membersOf(size, 0))));
        for (uint256 i = 0; i < size; ++i) {
            eq(board.indexOf(epoch, members[i].signer), i + 1);
        }
        eq(board.indexOf(epoch, address(this)), 0);
        eq(board.threshold(epoch), size);
    }

    function testFuzzOnlyTheGovernorStarts(address other) public {
        vm.assume(other != GOVERNOR);
        IKeyNetwork.Member[] memory members = membersOf(3, 0);
        vm.prank(other);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.startEpoch(members, 2, PHASE);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        new KeyNetwork(address(0));
    }

    function testPhasesAreBounded() public {
        IKeyNetwork.Member[] memory members = membersOf(3, 0);
        uint32[4] memory unfit = [0, 1, 50_401, type(uint32).max];
        for (uint256 i = 0; i < unfit.length; ++i) {
            vm.prank(GOVERNOR);
            vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.PhaseUnfit.selector, unfit[i]));
            board.startEpoch(members, 2, unfit[i]);
        }
    }

    function testOneSessionAtATime() public {
        uint64 epoch = start(3, 2, 0);
        IKeyNetwork.Member[] memory members = membersOf(3, 0);
        for (uint256 i = 0; i < 4 * PHASE; ++i) {
            vm.prank(GOVERNOR);
            vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.SessionRunning.selector, epoch));
            board.startEpoch(members, 2, PHASE);
            vm.roll(vm.getBlockNumber() + 1);
        }
        start(3, 2, 0);
    }

    /// KR-09: a session is bound to chain, contract, epoch, predecessor, members, threshold, phases and block.
    function testKR09SessionsAreBound() public {
        bytes32 first = board.epochOf(start(3, 2, 0)).sessionId;
        vm.roll(2000);
        vm.setBlockhash(1999, keccak256("base"));
        bytes32 second = board.epochOf(start(3, 2, 5)).sessionId;
        ok(first != second, "epochs");
        bytes memory bound = abi.encode(
            keccak256("escrin.session.v1"),
            block.chainid,
            address(board),
            uint64(2),
            uint64(0),
            keccak256(abi.encode(membersOf(3, 5))),
            uint8(2),
            PHASE,
            uint256(2000),
            keccak256("base")
        );
        eq(second, keccak256(bound));
    }

    /* PHASES AND MESSAGES */

    function testFuzzPhasesFollowTheBlocks(uint32 phaseBlocks, uint64 later) public {
        phaseBlocks = 2 + phaseBlocks % 50_399;
        later %= 300_000;
        IKeyNetwork.Member[] memory members = membersOf(3, 0);
        vm.prank(GOVERNOR);
        uint64 epoch = board.startEpoch(members, 2, phaseBlocks);
        vm.roll(vm.getBlockNumber() + later);
        uint256 phase = later / phaseBlocks;
        eq(uint256(board.phaseOf(epoch)), phase < 4 ? 1 + phase : uint256(IKeyNetwork.Phase.Failed));
        ok(board.phaseOf(epoch + 1) == IKeyNetwork.Phase.None, "none");
    }

    function testMessagesBelongToTheirPhases() public {
        uint64 epoch = start(3, 2, 0);
        address signer = signerOf(1, 0);
        for (uint256 phase = 1; phase <= 5; ++phase) {
            bytes memory refusal = abi.encodeWithSelector(IKeyNetwork.PhaseIs.selector, epoch, phase);
            vm.prank(signer);
            if (phase != 1) vm.expectRevert(refusal);
            board.deal(epoch, "dealing");
            vm.prank(signer);
            if (phase != 2) vm.expectRevert(refusal);
            board.complain(epoch, "complaint");
            vm.prank(signer);
            if (phase != 3) vm.expectRevert(refusal);
            board.justify(epoch, "justification");
            vm.prank(signer);
            if (phase != 4) vm.expectRevert(refusal);
            board.confirm(epoch, "digest");
            vm.roll(vm.getBlockNumber() + PHASE);
        }
    }

    /// KR-04: a member says one thing in each phase, or nothing.
    function testKR04OneMessageForEachMemberAndPhase() public {
        uint64 epoch = start(3, 2, 0);
        address signer = signerOf(2, 0);
        vm.prank(signer);
        board.deal(epoch, "one");
        vm.prank(signer);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.AlreadyPosted.selector, epoch, 1, 2));
        board.deal(epoch, "two");
        eq(board.postOf(epoch, IKeyNetwork.Phase.Dealing, 2), keccak256("one"));
        eq(board.postOf(epoch, IKeyNetwork.Phase.Dealing, 1), bytes32(0));

        vm.roll(vm.getBlockNumber() + 3 * PHASE);
        vm.prank(signer);
        board.confirm(epoch, "one");
        vm.prank(signer);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.AlreadyPosted.selector, epoch, 4, 2));
        board.confirm(epoch, "two");
        eq(board.confirmationsOf(epoch, "one"), 1);
        eq(board.confirmationsOf(epoch, "two"), 0);
    }

    function testFuzzStrangersPostNothing(address stranger) public {
        uint64 epoch = start(3, 2, 0);
        vm.assume(board.indexOf(epoch, stranger) == 0);
        vm.prank(stranger);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.deal(epoch, "dealing");
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(stranger);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.complain(epoch, "complaint");
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(stranger);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.justify(epoch, "justification");
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(stranger);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.confirm(epoch, "digest");
    }

    function testMessagesAreBounded() public {
        uint64 epoch = start(3, 2, 0);
        address signer = signerOf(1, 0);
        vm.prank(signer);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.MessageUnfit.selector, 0));
        board.deal(epoch, "");
        vm.prank(signer);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.MessageUnfit.selector, 120_001));
        board.deal(epoch, new bytes(120_001));
        vm.prank(signer);
        board.deal(epoch, new bytes(120_000));
    }

    function testWhoDidNotDealHasNothingToJustify() public {
        uint64 epoch = start(3, 2, 0);
        vm.roll(vm.getBlockNumber() + 2 * PHASE);
        vm.prank(signerOf(1, 0));
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.DealingMissing.selector, epoch, 1));
        board.justify(epoch, "justification");
    }

    /// Anyone can compute the transcript from the events.
    function testFuzzTheTranscriptIsOfAllMessagesInOrder(bytes calldata first, bytes calldata second) public {
        vm.assume(first.length > 0 && second.length > 0);
        uint64 epoch = start(3, 2, 0);
        bytes32 transcript = board.epochOf(epoch).sessionId;
        eq(board.epochOf(epoch).transcript, transcript);
        vm.prank(signerOf(3, 0));
        board.deal(epoch, first);
        transcript = keccak256(abi.encode(transcript, uint8(1), uint256(3), keccak256(first)));
        eq(board.epochOf(epoch).transcript, transcript);
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(signerOf(1, 0));
        board.complain(epoch, second);
        transcript = keccak256(abi.encode(transcript, uint8(2), uint256(1), keccak256(second)));
        eq(board.epochOf(epoch).transcript, transcript);
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(signerOf(3, 0));
        board.justify(epoch, second);
        transcript = keccak256(abi.encode(transcript, uint8(3), uint256(3), keccak256(second)));
        eq(board.epochOf(epoch).transcript, transcript);
    }

    /* CERTIFICATES */

    function testACertificateActivates() public {
        eq(board.groupKey().length, 0);
        uint64 epoch = make(3, 2);
        eq(board.activeEpoch(), epoch);
        eq(board.groupKey(), Key.publicKey());
        eq(board.epochOf(epoch).commitments, COMMITMENTS);
        ok(board.phaseOf(epoch) == IKeyNetwork.Phase.Active, "active");
        vm.roll(vm.getBlockNumber() + 10_000);
        ok(board.phaseOf(epoch) == IKeyNetwork.Phase.Active, "stays so");
    }

    function testCertificatesServeOnce() public {
        uint64 epoch = ready(3, 2, 0, 2);
        bytes memory signature = signatureOf(epoch, Key.SECRET);
        board.certify(epoch, Key.publicKey(), COMMITMENTS, signature);
        bytes memory key = Key.publicKey();
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.PhaseIs.selector, epoch, IKeyNetwork.Phase.Active));
        board.certify(epoch, key, COMMITMENTS, signature);
    }

    function testFewerThanTheThresholdConfirmNothing() public {
        uint64 epoch = ready(5, 3, 0, 2);
        expectRefused(
            epoch, Key.SECRET, Key.publicKey(), abi.encodeWithSelector(IKeyNetwork.QuorumNotReached.selector, 2, 3)
        );
        bytes32 digest = digestOf(epoch);
        vm.prank(signerOf(3, 0));
        board.confirm(epoch, digest);
        board.certify(epoch, Key.publicKey(), COMMITMENTS, signatureOf(epoch, Key.SECRET));
    }

    function testNothingIsNoConfirmation() public {
        uint64 epoch = ready(3, 2, 0, 0);
        vm.prank(signerOf(1, 0));
        vm.expectRevert(IKeyNetwork.CertificateInvalid.selector);
        board.confirm(epoch, 0);
    }

    /// Members who confirm something else confirm nothing of this.
    function testFuzzConfirmationsAreOfOneCompletion(bytes32 other) public {
        uint64 epoch = ready(3, 2, 0, 1);
        vm.assume(other != digestOf(epoch) && other != 0);
        vm.prank(signerOf(2, 0));
        board.confirm(epoch, other);
        expectRefused(
            epoch, Key.SECRET, Key.publicKey(), abi.encodeWithSelector(IKeyNetwork.QuorumNotReached.selector, 1, 2)
        );
    }

    function testFuzzOnlyTheGroupKeyCertifies(bytes32 secret) public {
        vm.assume(secret != Key.SECRET);
        uint64 epoch = ready(3, 2, 0, 2);
        expectRefused(epoch, secret, Key.publicKey(), abi.encodeWithSelector(IKeyNetwork.CertificateInvalid.selector));
    }

    function testMalformedSignatures() public {
        uint64 epoch = ready(3, 2, 0, 2);
        bytes memory key = Key.publicKey();
        bytes memory good = signatureOf(epoch, Key.SECRET);
        bytes[4] memory bad =
            [bytes(""), new bytes(128), bytes.concat(good, hex"00"), bytes.concat(good, new bytes(128))];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(IKeyNetwork.CertificateInvalid.selector);
            board.certify(epoch, key, COMMITMENTS, bad[i]);
        }
        board.certify(epoch, key, COMMITMENTS, good);
    }

    /// KR-07: infinity, under which infinity signs everything; off the curve; on it and outside the subgroup.
    function testKR07UnfitGroupKeys() public {
        bytes memory offCurve = Key.publicKey();
        offCurve[255] = bytes1(uint8(offCurve[255]) ^ 1);
        bytes[4] memory keys = [new bytes(256), new bytes(255), offCurve, outsideSubgroup()];
        for (uint256 i = 0; i < keys.length; ++i) {
            uint64 epoch = start(1, 1, 0);
            vm.roll(vm.getBlockNumber() + 3 * PHASE);
            bytes32 digest = board.completionDigest(epoch, keccak256(keys[i]), COMMITMENTS);
            vm.prank(signerOf(1, 0));
            board.confirm(epoch, digest);
            vm.expectRevert(IKeyNetwork.GroupKeyInvalid.selector);
            board.certify(epoch, keys[i], COMMITMENTS, new bytes(128));
            vm.roll(vm.getBlockNumber() + PHASE);
        }
    }

    function testCommitmentsAreNamed() public {
        uint64 epoch = start(1, 1, 0);
        vm.roll(vm.getBlockNumber() + 3 * PHASE);
        bytes memory key = Key.publicKey();
        bytes32 digest = board.completionDigest(epoch, keccak256(key), 0);
        vm.prank(signerOf(1, 0));
        board.confirm(epoch, digest);
        bytes memory signature = Key.multiplyG1(BLS.hashToG1(digest, DST), Key.SECRET);
        vm.expectRevert(IKeyNetwork.CertificateInvalid.selector);
        board.certify(epoch, key, 0, signature);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.QuorumNotReached.selector, 0, 1));
        board.certify(epoch, key, COMMITMENTS, signature);
    }

    /// KR-09: neither certificate nor confirmations of one session serve in another.
    function testKR09CertificatesOfOtherSessions() public {
        uint64 first = ready(3, 2, 0, 2);
        bytes memory signature = signatureOf(first, Key.SECRET);
        bytes32 old = digestOf(first);
        vm.roll(vm.getBlockNumber() + PHASE);
        uint64 second = ready(3, 2, 0, 2);
        ok(old != digestOf(second), "digests");
        bytes memory key = Key.publicKey();
        vm.expectRevert(IKeyNetwork.CertificateInvalid.selector);
        board.certify(second, key, COMMITMENTS, signature);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.PhaseIs.selector, first, IKeyNetwork.Phase.Failed));
        board.certify(first, key, COMMITMENTS, signature);
    }

    /// CT-04: another board, with the same members on another chain.
    function testCT04CertificatesOfOtherBoards() public {
        uint64 epoch = ready(3, 2, 0, 2);
        bytes32 here = digestOf(epoch);
        vm.roll(1000);
        KeyNetwork other = new KeyNetwork(GOVERNOR);
        (board, other) = (other, board);
        ok(here != digestOf(ready(3, 2, 0, 2)), "contract");
        vm.roll(1000);
        vm.chainId(1057);
        board = new KeyNetwork(GOVERNOR);
        ok(here != digestOf(ready(3, 2, 0, 2)), "chain");
    }

    /* HANDING ON */

    function testHandingOnKeepsTheKey() public {
        uint64 first = make(3, 2);
        uint64 second = ready(5, 3, 100, 3);
        eq(board.activeEpoch(), first);
        ok(board.phaseOf(first) == IKeyNetwork.Phase.Active, "still active");
        board.certify(second, Key.publicKey(), COMMITMENTS, signatureOf(second, Key.SECRET));
        eq(board.activeEpoch(), second);
        ok(board.phaseOf(first) == IKeyNetwork.Phase.Retired, "retired");
        eq(board.groupKey(), Key.publicKey());
        eq(board.epochOf(second).previous, first);
    }

    function testFuzzHandingOnCannotChangeTheKey(bytes32 secret) public {
        vm.assume(secret != Key.SECRET && uint256(secret) % R() != 0);
        make(3, 2);
        bytes memory other = Key.multiplyG2(Key.publicKey(), secret);
        vm.assume(keccak256(other) != keccak256(Key.publicKey()));
        uint64 second = start(3, 2, 100);
        vm.roll(vm.getBlockNumber() + 3 * PHASE);
        bytes32 digest = board.completionDigest(second, keccak256(other), COMMITMENTS);
        for (uint256 i = 1; i <= 2; ++i) {
            vm.prank(signerOf(i, 100));
            board.confirm(second, digest);
        }
        vm.expectRevert(IKeyNetwork.GroupKeyInvalid.selector);
        board.certify(second, other, COMMITMENTS, new bytes(128));
    }

    /// Old members deal and justify; new ones complain and confirm.
    function testWhoSaysWhatWhenHandingOn() public {
        make(3, 2);
        uint64 second = start(3, 2, 100);
        (address old, address fresh) = (signerOf(1, 0), signerOf(1, 100));
        vm.prank(fresh);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.deal(second, "dealing");
        vm.prank(old);
        board.deal(second, "dealing");
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(old);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.complain(second, "complaint");
        vm.prank(fresh);
        board.complain(second, "complaint");
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(fresh);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.justify(second, "justification");
        vm.prank(old);
        board.justify(second, "justification");
        vm.roll(vm.getBlockNumber() + PHASE);
        vm.prank(old);
        vm.expectRevert(IKeyNetwork.Unauthorized.selector);
        board.confirm(second, "digest");
    }

    /// KR-10: whatever happens to sessions, the key stays and an epoch is active that was certified.
    function testFuzzKR10FailedSessionsChangeNothing(uint8[6] calldata sizes, uint8 succeed) public {
        uint64 active = make(3, 2);
        for (uint256 i = 0; i < sizes.length; ++i) {
            uint8 size = 1 + sizes[i] % 9;
            uint8 threshold = size / 2 + 1;
            uint64 epoch = ready(size, threshold, (i + 1) * 1000, threshold);
            eq(board.epochOf(epoch).previous, active);
            if (succeed >> i & 1 == 1) {
                board.certify(epoch, Key.publicKey(), COMMITMENTS, signatureOf(epoch, Key.SECRET));
                active = epoch;
            } else {
                vm.roll(vm.getBlockNumber() + PHASE);
                ok(board.phaseOf(epoch) == IKeyNetwork.Phase.Failed, "failed");
            }
            eq(board.activeEpoch(), active);
            eq(board.groupKey(), Key.publicKey());
        }
    }

    /* PRECOMPILES */

    /// CT-01: no board where certificates cannot be checked.
    function testCT01MissingPrecompiles() public {
        for (uint160 i = 0x0b; i <= 0x10; ++i) {
            if (i != 0x0b && i != 0x0f && i != 0x10) continue;
            bytes[5] memory answers = [bytes(""), hex"00", hex"01", abi.encode(1), new bytes(128)];
            for (uint256 j = 0; j < answers.length; ++j) {
                vm.mockCall(address(i), "", answers[j]);
                vm.expectRevert(IKeyNetwork.PrecompileUnavailable.selector);
                new KeyNetwork(GOVERNOR);
                vm.clearMockedCalls();
            }
        }
    }

    /* HELPERS */

    function expectMemberUnfit(IKeyNetwork.Member[] memory members, uint256 index) private {
        vm.prank(GOVERNOR);
        vm.expectRevert(abi.encodeWithSelector(IKeyNetwork.MemberUnfit.selector, index));
        board.startEpoch(members, 4 > members.length ? 2 : 4, PHASE);
    }

    function expectRefused(uint64 epoch, bytes32 secret, bytes memory key, bytes memory refusal) private {
        bytes memory signature = signatureOf(epoch, secret);
        vm.expectRevert(refusal);
        board.certify(epoch, key, COMMITMENTS, signature);
    }

    function start(uint256 size, uint8 threshold, uint256 seed) private returns (uint64 epoch) {
        IKeyNetwork.Member[] memory members = membersOf(size, seed);
        vm.prank(GOVERNOR);
        return board.startEpoch(members, threshold, PHASE);
    }

    /// A session in which all is done but the certificate, and `confirmations` members agreed.
    function ready(uint256 size, uint8 threshold, uint256 seed, uint256 confirmations) private returns (uint64 epoch) {
        epoch = start(size, threshold, seed);
        vm.roll(vm.getBlockNumber() + 3 * PHASE);
        bytes32 digest = digestOf(epoch);
        for (uint256 i = 1; i <= confirmations; ++i) {
            vm.prank(signerOf(i, seed));
            board.confirm(epoch, digest);
        }
    }

    function make(uint256 size, uint8 threshold) private returns (uint64 epoch) {
        epoch = ready(size, threshold, 0, threshold);
        board.certify(epoch, Key.publicKey(), COMMITMENTS, signatureOf(epoch, Key.SECRET));
    }

    function digestOf(uint64 epoch) private view returns (bytes32) {
        return board.completionDigest(epoch, keccak256(Key.publicKey()), COMMITMENTS);
    }

    function signatureOf(uint64 epoch, bytes32 secret) private view returns (bytes memory) {
        return Key.multiplyG1(BLS.hashToG1(digestOf(epoch), DST), secret);
    }

    function membersOf(uint256 size, uint256 seed) private pure returns (IKeyNetwork.Member[] memory members) {
        members = new IKeyNetwork.Member[](size);
        for (uint256 i = 0; i < size; ++i) {
            members[i] = IKeyNetwork.Member({
                account: address(uint160(0x10000 + seed + i)),
                signer: signerOf(i + 1, seed),
                encryptionKey: keccak256(abi.encode(seed, i))
            });
        }
    }

    function signerOf(uint256 index, uint256 seed) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("signer", seed, index)))));
    }

    function R() private pure returns (uint256) {
        return 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;
    }

    /// A point of the curve over Fp2 whose order is not the group's: x = 2, and one of the two y that fit.
    function outsideSubgroup() private pure returns (bytes memory) {
        return hex"0000000000000000000000000000000000000000000000000000000000000000"
            hex"0000000000000000000000000000000000000000000000000000000000000002"
            hex"0000000000000000000000000000000000000000000000000000000000000000"
            hex"0000000000000000000000000000000000000000000000000000000000000000"
            hex"0000000000000000000000000000000018c6b864ae17dc9da64203ffefb96630"
            hex"6425a7bc6aeb7c75247438372716284a4173830420cd476ba1a365b95bfcec38"
            hex"00000000000000000000000000000000172e93db764a8400a7d5071b6b6f5de0"
            hex"da2f0f4a063119abca014006b7c40a2cfe291a1924e65db0d6d0fcfbf3bf3d5c";
    }
}
