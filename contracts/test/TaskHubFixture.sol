// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../src/interfaces/ITaskAcceptor.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {Test} from "./Test.sol";

/// Permits that the test deals out.
contract Permits {
    mapping(address => uint64) public expiry;

    function set(address holder, uint64 to) external {
        expiry[holder] = to;
    }

    function readPermit(address holder, IdentityId) external view returns (IIdentityRegistry.Permit memory) {
        return IIdentityRegistry.Permit(expiry[holder]);
    }
}

/// What requesters sign. EIP-712 by hand, so that the contract is not its own witness.
abstract contract TaskSigner is Test {
    function domainOf(address hub) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("escrin TaskHub"),
                keccak256("2"),
                block.chainid,
                hub
            )
        );
    }

    function claimHash(uint256 taskId, ITaskLifecycle.Terms memory terms, uint32 attempt, address runner)
        internal
        pure
        returns (bytes32)
    {
        bytes32 kind = keccak256("Claim(uint256 taskId,bytes32 termsDigest,uint32 attempt,address runner)");
        return keccak256(abi.encode(kind, taskId, keccak256(abi.encode(terms)), attempt, runner));
    }

    function heartbeatHash(uint256 taskId, uint32 attempt, uint64 until) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Heartbeat(uint256 taskId,uint32 attempt,uint64 until)"), taskId, attempt, until)
        );
    }

    function resultsHash(ITaskLifecycle.TaskResult[] memory results) internal pure returns (bytes32) {
        bytes32 kind = keccak256("TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)");
        bytes32[] memory hashes = new bytes32[](results.length);
        for (uint256 i = 0; i < results.length; ++i) {
            hashes[i] = keccak256(abi.encode(kind, results[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function reportHash(
        uint256 taskId,
        ITaskLifecycle.Terms memory terms,
        uint32 attempt,
        ITaskLifecycle.TaskResult[] memory results
    ) internal pure returns (bytes32) {
        bytes32 kind = keccak256(
            "TaskReport(uint256 taskId,bytes32 termsDigest,uint32 attempt,TaskResult[] results)TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)"
        );
        return keccak256(abi.encode(kind, taskId, keccak256(abi.encode(terms)), attempt, resultsHash(results)));
    }

    function signature(address hub, uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 digest = keccak256(bytes.concat(hex"1901", domainOf(hub), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

/// A hub, and the steps of a task's life.
abstract contract TaskHubFixture is TaskSigner {
    uint64 internal constant START = 1_000_000; // block.timestamp is taken for constant within a call: do not warp by it
    uint64 internal constant WINDOW = 600;
    uint256 internal constant BOND = 0.1 ether;
    uint256 internal constant KEY = uint256(keccak256("requester"));
    uint256 internal constant OTHER_KEY = uint256(keccak256("another requester"));
    address internal constant SUBMITTER = address(0x5b);
    address internal constant RUNNER = address(0x4a);
    address internal constant REFUNDEE = address(0x3ef);
    IdentityId internal constant IDENTITY = IdentityId.wrap(keccak256("identity"));
    bytes32 internal constant INPUT = keccak256("input");

    Permits internal permits = new Permits();
    TaskHub internal hub = new TaskHub(IIdentityRegistry(address(permits)), WINDOW, BOND);
    address internal requester = vm.addr(KEY);
    uint64 internal deadline;

    function setUp() public virtual {
        vm.warp(START);
        deadline = START + 3600;
        vm.deal(SUBMITTER, 100 ether);
        vm.deal(RUNNER, 100 ether);
        permits.set(requester, type(uint64).max);
    }

    /* WHAT IS ASKED AND ANSWERED */

    function termsOf(uint256 fee) internal view returns (ITaskLifecycle.Terms memory) {
        return ITaskLifecycle.Terms({
            submitter: SUBMITTER,
            identity: IDENTITY,
            inputDigest: INPUT,
            deadline: deadline,
            count: 1,
            attempts: 3,
            token: address(0),
            fee: fee,
            refundee: REFUNDEE,
            callback: address(0),
            callbackGas: 0
        });
    }

    function resultsOf(uint256 count) internal pure returns (ITaskLifecycle.TaskResult[] memory results) {
        results = new ITaskLifecycle.TaskResult[](count);
        for (uint256 i = 0; i < count; ++i) {
            results[i] = ITaskLifecycle.TaskResult({
                exitStatus: 0,
                outputDigest: keccak256(abi.encode("output", i)),
                publicOutput: keccak256(abi.encode("public", i))
            });
        }
    }

    /* STEPS */

    function submit(ITaskLifecycle.Terms memory terms, bytes32 salt) internal returns (uint256 taskId) {
        vm.prank(terms.submitter);
        return hub.submit{value: terms.token == address(0) ? terms.fee : 0}(terms, salt);
    }

    function claim(uint256 taskId, ITaskLifecycle.Terms memory terms) internal {
        claim(taskId, terms, 1, RUNNER);
    }

    function claim(uint256 taskId, ITaskLifecycle.Terms memory terms, uint32 attempt, address runner) internal {
        bytes memory signed = signature(address(hub), KEY, claimHash(taskId, terms, attempt, runner));
        vm.prank(runner);
        hub.claim{value: BOND}(taskId, terms, requester, signed);
    }

    function claimed(ITaskLifecycle.Terms memory terms) internal returns (uint256 taskId) {
        taskId = submit(terms, "salt");
        claim(taskId, terms);
    }

    function signedHeartbeat(uint256 taskId, uint32 attempt, uint64 until) internal view returns (bytes memory) {
        return signature(address(hub), KEY, heartbeatHash(taskId, attempt, until));
    }

    function signedReport(
        uint256 taskId,
        ITaskLifecycle.Terms memory terms,
        uint32 attempt,
        ITaskLifecycle.TaskResult[] memory results
    ) internal view returns (bytes memory) {
        return signature(address(hub), KEY, reportHash(taskId, terms, attempt, results));
    }

    function digestOf(ITaskLifecycle.Terms memory terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    function idsOf(uint256 taskId, uint256 count) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            ids[i] = taskId + i;
        }
    }

    function accept(uint256 taskId, ITaskLifecycle.Terms memory terms)
        internal
        returns (ITaskAcceptor.TaskIdSelector memory)
    {
        return accept(taskId, terms, 1, resultsOf(terms.count));
    }

    function accept(
        uint256 taskId,
        ITaskLifecycle.Terms memory terms,
        uint32 attempt,
        ITaskLifecycle.TaskResult[] memory results
    ) internal returns (ITaskAcceptor.TaskIdSelector memory) {
        bytes memory signed = signedReport(taskId, terms, attempt, results);
        return
            hub.acceptTaskResults(idsOf(taskId, terms.count), abi.encode(terms, signed), abi.encode(attempt, results));
    }

    /* WHAT MUST HOLD */

    function stateIs(uint256 taskId, ITaskLifecycle.State want) internal view {
        eq(uint256(hub.recordOf(taskId).state), uint256(want));
    }

    function creditIs(address account, uint256 want) internal view {
        eq(hub.credit(address(0), account), want);
    }

    /// Flips a bit of the word at an offset; bit 0 is the lowest.
    function flip(bytes memory data, uint256 offset, uint256 bit) internal pure {
        data[offset + 31 - bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
    }

    function expectRevert(bytes4 selector, uint256 taskId) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, taskId));
    }

    function expectTaskIs(uint256 taskId, ITaskLifecycle.State state) internal {
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.TaskIs.selector, taskId, state));
    }
}
