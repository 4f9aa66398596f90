// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskEncoding} from "../src/TaskEncoding.sol";
import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";
import {Token} from "./TaskHub.tokens.t.sol";

/// The hub's own encoding, for calldata.
contract Encoder {
    function termsDigest(ITaskLifecycle.Terms calldata terms) external pure returns (bytes32) {
        return TaskEncoding.digestOf(terms);
    }

    function resultsDigest(ITaskLifecycle.TaskResult[] calldata results) external pure returns (bytes32) {
        return TaskEncoding.digestOf(0, results);
    }
}

/// CT-05: Go, JavaScript and Solidity hash and sign the same, by vectors/tasks.json.
contract TaskVectorsTest is TaskHubFixture {
    struct Vector {
        uint64 chainId;
        address hub;
        bytes32 salt;
        ITaskLifecycle.Terms terms;
        uint32 attempt;
        address runner;
        uint64 until;
        ITaskLifecycle.TaskResult[] results;
    }

    struct Digests {
        uint256 taskId;
        bytes32 terms;
        bytes32 claim;
        bytes32 heartbeat;
        bytes32 results;
        bytes32 report;
    }

    string private json;
    Encoder private encoder = new Encoder();

    function setUp() public override {
        super.setUp();
        json = vm.readFile("vectors/tasks.json");
    }

    function testCT05Cases() public {
        for (uint256 i = 0; i < 4; ++i) {
            string memory where = string.concat(".cases[", vm.toString(i), "]");
            Vector memory v = readVector(where);
            eq(v.results.length, [uint256(1), 3, 256, 1][i]);
            eq(abi.encode(digestsOf(v)), abi.encode(readDigests(where)));
        }
    }

    /// What the vectors say is signed is what the hub wants signed, and its ids are the vectors'.
    function testCT05TheHubTakesWhatTheVectorsSign() public {
        for (uint256 i = 0; i < 3; ++i) {
            string memory where = string.concat(".cases[", vm.toString(i), "]");
            Vector memory v = readVector(where);
            Digests memory want = readDigests(where);
            vm.etch(v.hub, address(hub).code);
            vm.chainId(v.chainId);
            vm.warp(v.until - WINDOW - 1);
            if (v.terms.token != address(0)) {
                vm.etch(v.terms.token, address(new Token(Token.Way.Good)).code);
                Token(v.terms.token).mint(v.terms.submitter, v.terms.fee);
                vm.prank(v.terms.submitter);
                Token(v.terms.token).approve(v.hub, v.terms.fee);
            }
            live(TaskHub(v.hub), v, want);
        }
    }

    function live(TaskHub where, Vector memory v, Digests memory want) private {
        vm.deal(v.terms.submitter, 1 ether);
        vm.deal(v.runner, BOND);
        bool inToken = v.terms.token != address(0);
        vm.prank(v.terms.submitter);
        eq(where.submit{value: inToken ? 0 : v.terms.fee}(v.terms, v.salt), want.taskId);
        eq(where.recordOf(want.taskId).digest, want.terms);
        vm.prank(v.runner);
        where.claim{value: BOND}(want.taskId, v.terms, requester, signed(want.claim));
        vm.warp(v.until - WINDOW);
        where.heartbeat(want.taskId, v.terms, v.until, signed(want.heartbeat));
        where.acceptTaskResults(
            idsOf(want.taskId, 1), abi.encode(v.terms, signed(want.report)), abi.encode(v.attempt, v.results)
        );
        eq(where.recordOf(want.taskId).digest, want.results & ~bytes32(uint256(0xff)));
    }

    function testCT05AThousandRandomTasks() public {
        bytes32 seed = vm.parseJsonBytes32(json, ".random.seed");
        bytes32[] memory digests = vm.parseJsonBytes32Array(json, ".random.digests");
        eq(digests.length, 1000);
        for (uint256 i = 0; i < digests.length; ++i) {
            eq(keccak256(abi.encode(digestsOf(random(seed, i)))), digests[i]);
        }
    }

    /* WHAT THE CONTRACTS MAKE OF A VECTOR */

    function digestsOf(Vector memory v) private returns (Digests memory d) {
        vm.etch(v.hub, address(hub).code);
        vm.chainId(v.chainId);
        bytes32 domain = domainOf(v.hub);
        d.taskId = TaskHub(v.hub).taskIdOf(v.terms.submitter, v.salt);
        d.terms = encoder.termsDigest(v.terms);
        d.claim = typed(domain, TaskEncoding.claimHash(d.taskId, d.terms, v.attempt, v.runner));
        d.heartbeat = typed(domain, TaskEncoding.heartbeatHash(d.taskId, v.attempt, v.until));
        d.results = encoder.resultsDigest(v.results);
        d.report = typed(domain, TaskEncoding.reportHash(d.taskId, d.terms, v.attempt, d.results));
    }

    function typed(bytes32 domain, bytes32 structHash) private pure returns (bytes32) {
        return keccak256(bytes.concat(hex"1901", domain, structHash));
    }

    function signed(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }

    /* SPEC.md 1.9 */

    bytes32 private _seed;
    uint256 private _index;
    uint256 private _next;

    function random(bytes32 seed, uint256 index) private returns (Vector memory v) {
        (_seed, _index, _next) = (seed, index, 0);
        (v.chainId, v.hub, v.salt) = (uint64(word()), address(uint160(word())), bytes32(word()));
        ITaskLifecycle.Terms memory t = v.terms;
        (t.submitter, t.identity) = (address(uint160(word())), IdentityId.wrap(bytes32(word())));
        (t.inputDigest, t.deadline) = (bytes32(word()), uint64(word()));
        (t.count, t.attempts) = (uint16(uint8(word()) % 8) + 1, uint16(word()));
        (t.token, t.fee) = (address(uint160(word())), uint128(word()));
        (t.refundee, t.callback) = (address(uint160(word())), address(uint160(word())));
        t.callbackGas = uint32(word());
        (v.attempt, v.runner, v.until) = (uint32(word()), address(uint160(word())), uint64(word()));
        v.results = new ITaskLifecycle.TaskResult[](t.count);
        for (uint256 i = 0; i < t.count; ++i) {
            ITaskLifecycle.TaskResult memory r = v.results[i];
            (r.exitStatus, r.outputDigest, r.publicOutput) = (uint32(word()) % 258, bytes32(word()), bytes32(word()));
        }
    }

    function word() private returns (uint256) {
        return uint256(keccak256(abi.encode(_seed, _index, _next++)));
    }

    /* READING */

    function readVector(string memory where) private view returns (Vector memory v) {
        v.chainId = uint64(number(where, ".domain.chainId"));
        v.hub = account(where, ".domain.hub");
        v.salt = bytes32_(where, ".salt");
        ITaskLifecycle.Terms memory t = v.terms;
        t.submitter = account(where, ".terms.submitter");
        t.identity = IdentityId.wrap(bytes32_(where, ".terms.identity"));
        t.inputDigest = bytes32_(where, ".terms.inputDigest");
        t.deadline = uint64(number(where, ".terms.deadline"));
        t.count = uint16(number(where, ".terms.count"));
        t.attempts = uint16(number(where, ".terms.attempts"));
        t.token = account(where, ".terms.token");
        t.fee = number(where, ".terms.fee");
        t.refundee = account(where, ".terms.refundee");
        t.callback = account(where, ".terms.callback");
        t.callbackGas = uint32(number(where, ".terms.callbackGas"));
        v.attempt = uint32(number(where, ".attempt"));
        v.runner = account(where, ".runner");
        v.until = uint64(number(where, ".until"));
        // The keys of a result are in the order of its fields, which is the alphabet's.
        bytes memory results = vm.parseJson(json, string.concat(where, ".results"));
        v.results = abi.decode(results, (ITaskLifecycle.TaskResult[]));
    }

    function readDigests(string memory where) private view returns (Digests memory) {
        return Digests({
            taskId: uint256(bytes32_(where, ".taskId")),
            terms: bytes32_(where, ".termsDigest"),
            claim: bytes32_(where, ".claimDigest"),
            heartbeat: bytes32_(where, ".heartbeatDigest"),
            results: bytes32_(where, ".resultsDigest"),
            report: bytes32_(where, ".reportDigest")
        });
    }

    function number(string memory where, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(json, string.concat(where, key));
    }

    function account(string memory where, string memory key) private view returns (address) {
        return vm.parseJsonAddress(json, string.concat(where, key));
    }

    function bytes32_(string memory where, string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(json, string.concat(where, key));
    }
}
