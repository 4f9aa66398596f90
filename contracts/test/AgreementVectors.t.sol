// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {KeyNetwork} from "../src/KeyNetwork.sol";
import {QuorumTaskAcceptor} from "../src/acceptors/QuorumTaskAcceptor.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {IKeyNetwork} from "../src/interfaces/IKeyNetwork.sol";
import {IMultisig} from "../src/interfaces/IMultisig.sol";
import {Multisig} from "../src/permitters/Multisig.sol";
import {Test} from "./Test.sol";

contract Agreeing is QuorumTaskAcceptor {
    constructor(IdentityId[] memory identities) QuorumTaskAcceptor(IIdentityRegistry(address(1)), identities, 1) {}
}

/// Holds the contracts against vectors/agreements.json, which JavaScript reads too (CT-05).
contract AgreementVectorsTest is Test {
    uint256 private constant KEY = 7;

    string private file = vm.readFile("vectors/agreements.json");

    /// What one approver signs is a permit.
    function testCT05Permits() public {
        vm.chainId(number(".permit.chainId"));
        vm.warp(1_799_999_000);
        IdentityRegistry registry = IdentityRegistry(account(".permit.registry"));
        vm.etch(address(registry), address(new IdentityRegistry()).code);
        Multisig multisig = Multisig(account(".permit.multisig"));
        vm.etch(address(multisig), address(new Multisig(address(registry), 3600)).code);

        address registrant = account(".permit.registrant");
        vm.prank(registrant);
        IdentityId id = registry.createIdentity(address(multisig), bytesAt(".permit.pers"));
        eq(IdentityId.unwrap(id), word(".permit.identity"));
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(vm.addr(KEY)))));
        vm.prank(registrant);
        multisig.setApproversRoot(id, leaf, 1);
        bytes32 policyHash = word(".permit.policyHash");
        vm.prank(registrant);
        multisig.setPolicyHash(id, policyHash);

        uint256 baseBlock = number(".permit.baseblock");
        vm.roll(baseBlock + 10);
        vm.setBlockhash(baseBlock, word(".permit.baseblockHash"));
        bytes memory context = abi.encode(
            uint256(1), bytesAt(".permit.nonce"), bytesAt(".permit.pk"), baseBlock, uint64(number(".permit.deadline"))
        );
        IMultisig.Signature[] memory signatures = new IMultisig.Signature[](1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, word(".permit.digest"));
        signatures[0] = IMultisig.Signature(vm.addr(KEY), r, bytes32(uint256(s) | uint256(v - 27) << 255));
        address recipient = account(".permit.recipient");
        uint64 duration = uint64(number(".permit.duration"));
        multisig.acquireIdentity(
            id, recipient, duration, context, abi.encode(new bytes32[](0), new bool[](0), signatures)
        );
        eq(registry.readPermit(recipient, id).expiry, 1_799_999_000 + duration);
    }

    function testCT05Statements() public {
        vm.chainId(number(".statement.chainId"));
        Agreeing acceptor = Agreeing(account(".statement.acceptor"));
        vm.etch(address(acceptor), address(new Agreeing(new IdentityId[](1))).code);
        uint256[] memory taskIds = new uint256[](3);
        QuorumTaskAcceptor.TaskOutcome[] memory outcomes = new QuorumTaskAcceptor.TaskOutcome[](3);
        for (uint256 i = 0; i < 3; ++i) {
            string memory place = string.concat("[", vm.toString(i), "]");
            taskIds[i] = number(string.concat(".statement.taskIds", place));
            string memory outcome = string.concat(".statement.outcomes", place);
            outcomes[i].exitStatus = uint32(number(string.concat(outcome, ".exitStatus")));
            outcomes[i].output = word(string.concat(outcome, ".output"));
        }
        IdentityId id = IdentityId.wrap(word(".statement.identity"));
        eq(acceptor.statementDigest(id, taskIds, outcomes), word(".statement.digest"));
    }

    function testKR09Sessions() public {
        vm.chainId(number(".session.chainId"));
        KeyNetwork board = KeyNetwork(account(".session.board"));
        vm.etch(address(board), address(new KeyNetwork(address(this))).code);
        uint256 start = number(".session.block");
        vm.roll(start);
        vm.setBlockhash(start - 1, word(".session.parentHash"));
        uint32 phaseBlocks = uint32(number(".session.phaseBlocks"));
        uint64 epoch = board.startEpoch(members(), uint8(number(".session.threshold")), phaseBlocks);
        eq(epoch, number(".session.epoch"));
        eq(board.epochOf(epoch).sessionId, word(".session.sessionId"));

        for (uint256 i = 0; i < 4; ++i) {
            string memory entry = string.concat(".session.messages[", vm.toString(i), "]");
            uint256 phase = number(string.concat(entry, ".phase"));
            uint256 index = number(string.concat(entry, ".index"));
            bytes memory message = bytesAt(string.concat(entry, ".message"));
            address signer = board.membersOf(epoch)[index - 1].signer;
            vm.roll(start + (phase - 1) * phaseBlocks);
            vm.prank(signer);
            if (phase == 1) board.deal(epoch, message);
            else if (phase == 2) board.complain(epoch, message);
            else board.justify(epoch, message);
            eq(board.epochOf(epoch).transcript, word(string.concat(entry, ".transcript")));
        }
        bytes32 digest =
            board.completionDigest(epoch, keccak256(bytesAt(".session.groupKey")), word(".session.commitments"));
        eq(digest, word(".session.completion"));
    }

    /* HELPERS */

    function members() private view returns (IKeyNetwork.Member[] memory list) {
        list = new IKeyNetwork.Member[](3);
        for (uint256 i = 0; i < 3; ++i) {
            string memory member = string.concat(".session.members[", vm.toString(i), "]");
            list[i].account = account(string.concat(member, ".account"));
            list[i].signer = account(string.concat(member, ".signer"));
            list[i].encryptionKey = word(string.concat(member, ".encryptionKey"));
        }
    }

    function number(string memory key) private view returns (uint256) {
        return vm.parseJsonUint(file, key);
    }

    function word(string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(file, key);
    }

    function account(string memory key) private view returns (address) {
        return vm.parseJsonAddress(file, key);
    }

    function bytesAt(string memory key) private view returns (bytes memory) {
        return vm.parseJsonBytes(file, key);
    }
}
