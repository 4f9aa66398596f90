// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BLS} from "../src/BLS.sol";
import {KeyNetwork} from "../src/KeyNetwork.sol";
import {IKeyNetwork} from "../src/interfaces/IKeyNetwork.sol";
import {KeyNetwork as Key} from "./KeyNetwork.sol";
import {Test} from "./Test.sol";

/// A governor and six operators, who post, confirm and certify in any order, well and badly; and a book of it all.
contract Operators is Test {
    struct Session {
        uint64 start;
        uint64 previous;
        uint8 threshold;
        uint8 subset;
        bool certified;
        bytes32 transcript;
    }

    uint256 private constant OPERATORS = 6;
    uint32 private constant PHASE = 3;
    bytes private constant DST = "ESCRIN-V1-COMPLETION-BLS12381G1_XMD:SHA-256_SSWU_RO_";

    KeyNetwork public immutable board = new KeyNetwork(address(this));

    /// The book. The block is kept here; the compiler would take the chain's for constant.
    uint64 public number = 1000;
    uint64 public latest;
    uint64 public active;
    uint256 public key;
    uint256 public certified;
    uint256 public surprises;
    mapping(uint64 epoch => Session) public sessions;
    mapping(uint64 epoch => mapping(uint256 phase => mapping(address signer => bool))) private _posted;
    mapping(uint64 epoch => mapping(bytes32 digest => uint256)) private _confirmed;
    bytes[2] private _keys;

    constructor() {
        vm.roll(number);
        _keys[0] = Key.publicKey();
        _keys[1] = Key.multiplyG2(_keys[0], bytes32(uint256(2)));
    }

    function operator(uint256 seed) public pure returns (address) {
        return address(uint160(0x100 + seed % OPERATORS));
    }

    function groupKey() external view returns (bytes memory) {
        return active == 0 ? bytes("") : _keys[key];
    }

    /* WHAT THEY DO */

    function pass(uint8 blocks) external {
        number += blocks % 3;
        vm.roll(number);
    }

    function start(uint8 subset, uint8 threshold) external {
        subset %= 64;
        IKeyNetwork.Member[] memory members = new IKeyNetwork.Member[](count(subset));
        uint256 next;
        for (uint256 i = 0; i < OPERATORS; ++i) {
            if (subset >> i & 1 == 0) continue;
            members[next++] = IKeyNetwork.Member(address(uint160(i + 1)), operator(i), bytes32(i + 1));
        }
        threshold = threshold % 2 == 0 ? uint8(members.length / 2 + 1) : threshold % 8;
        bool fit = 2 * threshold > members.length && threshold <= members.length && phaseOf(latest) >= 5;
        try board.startEpoch(members, threshold, PHASE) returns (uint64 epoch) {
            if (!fit || epoch != latest + 1) ++surprises;
            latest = epoch;
            bytes32 id = board.epochOf(epoch).sessionId;
            sessions[epoch] = Session(number, active, threshold, subset, false, id);
        } catch {
            if (fit) ++surprises;
        }
    }

    function post(uint8 kind, uint8 who, uint8 back, bytes calldata message) external {
        uint256 phase = 1 + kind % 3;
        uint64 epoch = latest - back % 2 * (latest > 0 ? 1 : 0);
        Session storage session = sessions[epoch];
        address signer = operator(who);
        uint64 speakers = phase == 2 || session.previous == 0 ? epoch : session.previous;
        uint256 index = indexIn(sessions[speakers].subset, who % OPERATORS);
        bool fit = index > 0 && phaseOf(epoch) == phase && !_posted[epoch][phase][signer] && message.length > 0
            && (phase != 3 || _posted[epoch][1][signer]);
        bytes4 selector = phase == 1
            ? IKeyNetwork.deal.selector
            : phase == 2 ? IKeyNetwork.complain.selector : IKeyNetwork.justify.selector;
        vm.prank(signer);
        (bool done,) = address(board).call(abi.encodeWithSelector(selector, epoch, message));
        if (done != fit) ++surprises;
        if (!done) return;
        _posted[epoch][phase][signer] = true;
        session.transcript = keccak256(abi.encode(session.transcript, phase, index, keccak256(message)));
    }

    function confirm(uint8 who, uint8 which, uint8 commitments) external {
        bytes32 digest = digestOf(which, commitments);
        address signer = operator(who);
        bool fit = indexIn(sessions[latest].subset, who % OPERATORS) > 0 && phaseOf(latest) == 4
            && !_posted[latest][4][signer];
        vm.prank(signer);
        (bool done,) = address(board).call(abi.encodeCall(IKeyNetwork.confirm, (latest, digest)));
        if (done != fit) ++surprises;
        if (!done) return;
        _posted[latest][4][signer] = true;
        ++_confirmed[latest][digest];
    }

    /// All who still can confirm the same.
    function confirmTogether(uint8 which, uint8 commitments) external {
        for (uint8 i = 0; i < OPERATORS; ++i) {
            this.confirm(i, which, commitments);
        }
    }

    /// A session that comes to its end; without this, hardly any would.
    function finish() external {
        if (phaseOf(latest) > 4) return;
        number = sessions[latest].start + 3 * PHASE;
        vm.roll(number);
        this.confirmTogether(uint8(key), 0);
        this.certify(uint8(key), 0, uint8(key));
    }

    function certify(uint8 which, uint8 commitments, uint8 signer) external {
        bytes32 digest = digestOf(which, commitments);
        Session storage session = sessions[latest];
        bool fit = phaseOf(latest) == 4 && _confirmed[latest][digest] >= session.threshold && which % 2 == signer % 2
            && (session.previous == 0 || key == which % 2);
        bytes32 secret = signer % 2 == 0 ? Key.SECRET : bytes32(mulmod(uint256(Key.SECRET), 2, R()));
        bytes memory signature = Key.multiplyG1(BLS.hashToG1(digest, DST), secret);
        try board.certify(latest, _keys[which % 2], commitmentsOf(commitments), signature) {
            if (!fit) ++surprises;
            (active, key, session.certified) = (latest, which % 2, true);
            ++certified;
        } catch {
            if (fit) ++surprises;
        }
    }

    /* THE BOOK */

    /// As `IKeyNetwork.Phase`.
    function phaseOf(uint64 epoch) public view returns (uint256) {
        Session storage session = sessions[epoch];
        if (session.start == 0) return epoch == 0 ? 5 : 0;
        if (session.certified) return epoch == active ? 6 : 7;
        uint256 passed = (number - session.start) / PHASE;
        return passed < 4 ? 1 + passed : 5;
    }

    function digestOf(uint8 which, uint8 commitments) private view returns (bytes32) {
        return board.completionDigest(latest, keccak256(_keys[which % 2]), commitmentsOf(commitments));
    }

    function commitmentsOf(uint8 commitments) private pure returns (bytes32) {
        return bytes32(1 + uint256(commitments % 2));
    }

    /// The place of an operator among those of the subset, from 1; zero if it is not one.
    function indexIn(uint8 subset, uint256 who) private pure returns (uint256) {
        return subset >> who & 1 == 0 ? 0 : 1 + count(subset & uint8((1 << who) - 1));
    }

    function count(uint8 subset) private pure returns (uint256 bits) {
        for (; subset > 0; subset &= subset - 1) {
            ++bits;
        }
    }

    function R() private pure returns (uint256) {
        return 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;
    }
}

contract KeyNetworkBoardInvariantTest is Test {
    Operators private operators;

    function setUp() public {
        operators = new Operators();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(operators);
    }

    /// Calls succeed when, and only when, phase, membership, threshold and certificate say so (KR-04, KR-09, KR-11).
    function invariantCallsSucceedWhenTheyShould() public view {
        eq(operators.surprises(), 0);
    }

    /// KR-10: the key never changes, and the active epoch is the one that was certified last.
    function invariantKR10TheKeyStays() public view {
        eq(operators.board().groupKey(), operators.groupKey());
        eq(operators.board().activeEpoch(), operators.active());
        eq(operators.board().latestEpoch(), operators.latest());
    }

    /// All epochs stand where they should; one at most is certified and active; one at most has a session.
    function invariantEpochsStandWhereTheyShould() public view {
        KeyNetwork board = operators.board();
        uint256 running;
        for (uint64 epoch = 1; epoch <= operators.latest(); ++epoch) {
            uint256 phase = uint256(board.phaseOf(epoch));
            eq(phase, operators.phaseOf(epoch));
            if (phase < 5) ++running;
        }
        ok(running <= 1, "sessions");
    }

    /// Anyone who saw the messages can tell the transcript.
    function invariantTranscriptsAreOfAllMessages() public view {
        for (uint64 epoch = 1; epoch <= operators.latest(); ++epoch) {
            (,,,,, bytes32 transcript) = operators.sessions(epoch);
            eq(operators.board().epochOf(epoch).transcript, transcript);
        }
    }
}
