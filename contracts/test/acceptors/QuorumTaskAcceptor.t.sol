// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {QuorumTaskAcceptor} from "../../src/acceptors/QuorumTaskAcceptor.sol";
import {TaskAcceptor} from "../../src/acceptors/TaskAcceptor.sol";
import {IdentityId, IIdentityRegistry} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../../src/interfaces/ITaskAcceptor.sol";
import {AnyPermitter} from "../permitters/AnyPermitter.sol";
import {Test} from "../Test.sol";

contract TwoOfThree is QuorumTaskAcceptor {
    constructor(IIdentityRegistry registry_, IdentityId[] memory identities, uint256 quorum_)
        QuorumTaskAcceptor(registry_, identities, quorum_)
    {}
}

contract QuorumTaskAcceptorTest is Test {
    /// The order of secp256k1.
    uint256 private constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    IdentityRegistry private registry = new IdentityRegistry();
    AnyPermitter private permitter = new AnyPermitter(address(registry));
    IdentityId[] private ids;
    QuorumTaskAcceptor private acceptor;
    uint256[] private tasks;
    QuorumTaskAcceptor.TaskOutcome[] private outcomes;

    function setUp() public {
        vm.warp(1_000_000);
        vm.roll(1000);
        for (uint256 i = 0; i < 3; ++i) {
            ids.push(registry.createIdentity(address(permitter), abi.encode(i)));
            permitter.grant(ids[i], vm.addr(i + 1), 1000);
        }
        acceptor = new TwoOfThree(registry, ids, 2);
        for (uint256 i = 0; i < 3; ++i) {
            tasks.push(10 * i);
            outcomes.push(QuorumTaskAcceptor.TaskOutcome(0, keccak256(abi.encode(i))));
        }
    }

    /* ACCEPTED */

    function testTwoOfThreeAgree() public {
        submit(proofOf(0, 1, 2, 3));
        for (uint256 i = 0; i < 3; ++i) {
            eq(
                acceptor.outcomeDigest(tasks[i]),
                keccak256(
                    abi.encode(
                        keccak256("TaskOutcome(uint32 exitStatus,bytes32 output)"),
                        outcomes[i].exitStatus,
                        outcomes[i].output
                    )
                )
            );
        }
        eq(acceptor.outcomeDigest(11), bytes32(0));
        eq(acceptor.getTrustedIdentities().length, 3);
    }

    /// The signed bytes, written out.
    function testStatementsAreTypedData() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("escrin QuorumTaskAcceptor"),
                keccak256("1"),
                block.chainid,
                address(acceptor)
            )
        );
        bytes memory type_ = "TaskOutcome(uint32 exitStatus,bytes32 output)";
        bytes memory hashes;
        for (uint256 i = 0; i < 3; ++i) {
            hashes = bytes.concat(
                hashes, keccak256(abi.encode(keccak256(type_), outcomes[i].exitStatus, outcomes[i].output))
            );
        }
        bytes memory statement = "TaskStatement(bytes32 identity,uint256[] taskIds,TaskOutcome[] outcomes)";
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(bytes.concat(statement, type_)), ids[0], keccak256(abi.encodePacked(tasks)), keccak256(hashes)
            )
        );
        eq(acceptor.statementDigest(ids[0], tasks, outcomes), keccak256(abi.encodePacked(hex"1901", domain, hash)));
    }

    /* REFUSED */

    function testFewerThanTheQuorum() public {
        QuorumTaskAcceptor.Endorsement[] memory one = new QuorumTaskAcceptor.Endorsement[](1);
        one[0] = endorsement(0, 1);
        expectRefused(one);
        expectRefused(new QuorumTaskAcceptor.Endorsement[](0));
    }

    /// Each of them right, and one of them too often.
    function testMoreThanThereAreIdentities() public {
        QuorumTaskAcceptor.Endorsement[] memory proof = new QuorumTaskAcceptor.Endorsement[](4);
        for (uint256 i = 0; i < 3; ++i) {
            proof[i] = endorsement(i, i + 1);
        }
        proof[3] = proof[2];
        expectRefused(proof);
    }

    /// What no key signed is by nobody, and nobody is no enclave, even with a permit.
    function testNobodySigns() public {
        permitter.grant(ids[1], address(0), 1000);
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        (proof[1].r, proof[1].vs) = (0, 0);
        expectRefused(proof);
    }

    function testOneIdentityTwice() public {
        permitter.grant(ids[0], vm.addr(9), 1000);
        expectRefused(proofOf(0, 1, 0, 9));
        expectRefused(proofOf(2, 3, 0, 1));
    }

    /// A machine that got permits of two identities is still one machine.
    function testOneRequesterTwice() public {
        permitter.grant(ids[1], vm.addr(1), 1000);
        expectRefused(proofOf(0, 1, 1, 1));
    }

    function testFuzzStrangers(uint256 key) public {
        key = 10 + key % 1e18;
        expectRefused(proofOf(0, 1, 1, key));
    }

    /// A permit of another identity, or for another.
    function testPermitsOfOtherIdentities() public {
        expectRefused(proofOf(0, 2, 1, 1));
        expectRefused(proofOf(1, 1, 2, 2));
    }

    function testUnknownIdentity() public {
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        proof[1].identity = 3;
        expectRefused(proof);
        proof[1].identity = type(uint256).max;
        expectRefused(proof);
    }

    function testPermitsThatLapsedOrWereRevoked() public {
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        registry.revokeIdentity(ids[1], vm.addr(2));
        expectRefused(proof);
        permitter.grant(ids[1], vm.addr(2), 500);
        vm.warp(1_000_500);
        expectRefused(proof);
        vm.warp(1_000_499);
        submit(proof);
    }

    function testFuzzOtherOutcomes(uint8 which, uint32 exitStatus, bytes32 output) public {
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        QuorumTaskAcceptor.TaskOutcome storage outcome = outcomes[which % 3];
        vm.assume(outcome.exitStatus != exitStatus || outcome.output != output);
        (outcome.exitStatus, outcome.output) = (exitStatus, output);
        expectRefused(proof);
    }

    function testOutcomesFitTheTasks() public {
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        outcomes.pop();
        expectRefused(proof, abi.encodeWithSelector(QuorumTaskAcceptor.OutcomesMalformed.selector));
    }

    /// One result for each task, whatever is signed later, and whoever asks.
    function testTasksHaveOneOutcome() public {
        submit(proofOf(0, 1, 1, 2));
        bytes memory refusal = abi.encodeWithSelector(QuorumTaskAcceptor.TaskOutcomeKnown.selector, 0);
        expectRefused(proofOf(0, 1, 1, 2), refusal);
        outcomes[0].output = "other";
        expectRefused(proofOf(1, 2, 2, 3), refusal);
    }

    /// CT-03: the other form of a signature is no second signer, and nothing is kept by a signature's bytes.
    function testCT03MalleableSignatures() public {
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        bytes32 vs = proof[1].vs;
        uint256 s = uint256(vs) << 1 >> 1;
        uint256 other = N - s;
        // The high form does not even fit ERC-2098, whose first bit is the parity.
        proof[1].vs = bytes32(other | (uint256(vs) >> 255 ^ 1) << 255);
        expectRefused(proof);
        proof[1].vs = vs;
        submit(proof);
    }

    /// CT-04: a statement is for one contract on one chain.
    function testCT04ReplayElsewhere() public {
        QuorumTaskAcceptor.Endorsement[] memory proof = proofOf(0, 1, 1, 2);
        vm.chainId(1057);
        expectRefused(proof);
        vm.chainId(31337);
        QuorumTaskAcceptor first = acceptor;
        acceptor = new TwoOfThree(registry, ids, 2);
        expectRefused(proof);
        acceptor = first;
        submit(proof);
    }

    function testConstruction() public {
        expectUnfit(ids, 0);
        expectUnfit(ids, 4);
        ids[2] = ids[0];
        expectUnfit(ids, 2);
        expectUnfit(new IdentityId[](0), 0);
        IdentityId[] memory many = new IdentityId[](17);
        for (uint256 i = 0; i < 17; ++i) {
            many[i] = IdentityId.wrap(bytes32(i));
        }
        expectUnfit(many, 17);
    }

    /* HELPERS */

    function expectUnfit(IdentityId[] memory identities, uint256 quorum) private {
        vm.expectRevert(QuorumTaskAcceptor.QuorumUnfit.selector);
        new TwoOfThree(registry, identities, quorum);
    }

    function submit(QuorumTaskAcceptor.Endorsement[] memory proof) private {
        ITaskAcceptor.TaskIdSelector memory selector =
            acceptor.acceptTaskResults(tasks, abi.encode(proof), abi.encode(outcomes));
        ok(selector.quantifier == ITaskAcceptor.Quantifier.All, "all");
    }

    function expectRefused(QuorumTaskAcceptor.Endorsement[] memory proof) private {
        expectRefused(proof, abi.encodeWithSelector(TaskAcceptor.Unauthorized.selector));
    }

    function expectRefused(QuorumTaskAcceptor.Endorsement[] memory proof, bytes memory refusal) private {
        bytes memory report = abi.encode(outcomes);
        vm.expectRevert(refusal);
        acceptor.acceptTaskResults(tasks, abi.encode(proof), report);
    }

    function proofOf(uint256 first, uint256 firstKey, uint256 second, uint256 secondKey)
        private
        view
        returns (QuorumTaskAcceptor.Endorsement[] memory proof)
    {
        proof = new QuorumTaskAcceptor.Endorsement[](2);
        proof[0] = endorsement(first, firstKey);
        proof[1] = endorsement(second, secondKey);
    }

    function endorsement(uint256 identity, uint256 key) private view returns (QuorumTaskAcceptor.Endorsement memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, acceptor.statementDigest(ids[identity], tasks, outcomes));
        return QuorumTaskAcceptor.Endorsement(identity, r, bytes32(uint256(s) | uint256(v - 27) << 255));
    }
}
