// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../src/CertificatePermitter.sol";
import {IdentityRegistry} from "../src/IdentityRegistry.sol";
import {TaskHub} from "../src/TaskHub.sol";
import {ICertificatePermitter} from "../src/interfaces/ICertificatePermitter.sol";
import {IEnclavePolicies} from "../src/interfaces/IEnclavePolicies.sol";
import {IdentityId} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TestKeyNetwork} from "./TestKeyNetwork.sol";

/// What the stand-in needs of forge's cheat codes.
interface TestEnclaveVm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 privateKey) external pure returns (address);
    function deal(address account, uint256 balance) external;
    function getBlockNumber() external view returns (uint256);
    function getRecordedLogs() external returns (Log[] memory);
    function recordLogs() external;
    function roll(uint256 number) external;
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
}

/// @title An enclave's stand-in, for forge tests
/// @notice Deploys escrin's own contracts, unmodified, under a test root: a key network of one whose secret everyone knows.
/// They check everything that they check of a real enclave; only what happens off chain, evidence and its verification, is
/// left out. It is the runner, too: claims and reports come from this contract, and fees go to it.
/// @dev Warning: it records logs (vm.recordLogs) to find the terms of tasks. A test that reads logs itself (vm.getRecordedLogs)
/// takes them away; call `termsOf` before.
contract TestEnclave {
    TestEnclaveVm private constant vm = TestEnclaveVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 private constant REQUESTER_KEY = uint256(keccak256("escrin test requester"));
    /// Chain id of the chain that forge and Hardhat run in their own process.
    uint256 private constant IN_PROCESS_CHAIN = 31337;
    uint64 private constant PERMIT = 1 hours;

    /// What the measurements of the stand-in are taken for.
    bytes32 public constant MEASUREMENT_ROOT = keccak256("escrin test measurements");
    /// TDX, UpToDate, TCB of 2026-01-01.
    bytes32 public constant PLATFORM = bytes32(uint256(0x0101) << 240 | uint256(1767225600) << 128);

    IdentityRegistry public immutable registry = new IdentityRegistry();
    TaskHub public immutable hub;
    CertificatePermitter public immutable permitter;
    /// The key that gets permits, and signs claims, heartbeats and reports.
    address public immutable requester = vm.addr(REQUESTER_KEY);

    mapping(uint256 taskId => ITaskLifecycle.Terms) private _terms;

    /// This is a chain that others use, too.
    error ChainNotInProcess(uint256 chainId);
    /// No TaskSubmitted event of this task was recorded.
    error TermsUnknown(uint256 taskId);

    /// @param claimWindow seconds
    /// @param claimBond wei
    constructor(uint64 claimWindow, uint256 claimBond) {
        require(block.chainid == IN_PROCESS_CHAIN, ChainNotInProcess(block.chainid));
        hub = new TaskHub(registry, claimWindow, claimBond);
        permitter = new CertificatePermitter(address(registry), TestKeyNetwork.groupKey());
        vm.recordLogs();
    }

    receive() external payable {}

    /* IDENTITIES */

    /// @notice Creates an identity as which this stand-in may act.
    function createIdentity(bytes calldata pers) external returns (IdentityId identity) {
        identity = registry.createIdentity(address(permitter), pers);
        IEnclavePolicies.Policy memory policy;
        policy.kind = IEnclavePolicies.PolicyKind.Measurements;
        policy.subject = MEASUREMENT_ROOT;
        policy.maxDuration = PERMIT;
        policy.tdxFloor = 1;
        permitter.setPolicy(identity, policy, "");
    }

    /// @notice Gets the requester a permit of an hour, by a certificate, in the next block. The identity is one of
    /// `createIdentity`, or another whose permitter and policy accept the stand-in.
    function permit(IdentityId identity) public returns (uint64 expiry) {
        // A certificate is older than the block that it is used in, and younger than the last permit.
        vm.roll(vm.getBlockNumber() + 1);
        ICertificatePermitter.Context memory context;
        context.baseBlock = uint64(vm.getBlockNumber() - 1);
        context.measurementRoot = MEASUREMENT_ROOT;
        context.platform = PLATFORM;
        bytes32 digest = permitter.certificateDigest(identity, requester, PERMIT, context);
        return permitter.acquireIdentity(
            identity, requester, PERMIT, abi.encode(context), TestKeyNetwork.sign(digest)
        );
    }

    /* TASKS */

    /// @notice A task's whole run: permit, claim and report.
    function run(uint256 taskId, uint32 exitStatus, bytes32 publicOutput) external {
        permit(termsOf(taskId).identity);
        claim(taskId);
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](1);
        results[0] = ITaskLifecycle.TaskResult(exitStatus, keccak256(abi.encode(taskId)), publicOutput);
        report(taskId, results);
    }

    /// @notice Claims an open batch for the requester.
    function claim(uint256 taskId) public {
        ITaskLifecycle.Terms memory terms = termsOf(taskId);
        bytes32 kind = keccak256("Claim(uint256 taskId,bytes32 termsDigest,uint32 attempt,address runner)");
        uint32 attempt = hub.recordOf(taskId).attempt;
        bytes memory signature =
            sign(keccak256(abi.encode(kind, taskId, keccak256(abi.encode(terms)), attempt, address(this))));
        uint256 bond = hub.claimBond();
        vm.deal(address(this), address(this).balance + bond);
        hub.claim{value: bond}(taskId, terms, requester, signature);
    }

    /// @notice Extends the claim.
    function heartbeat(uint256 taskId, uint64 until) external {
        bytes32 kind = keccak256("Heartbeat(uint256 taskId,uint32 attempt,uint64 until)");
        uint32 attempt = hub.recordOf(taskId).attempt;
        bytes memory signature = sign(keccak256(abi.encode(kind, taskId, attempt, until)));
        hub.heartbeat(taskId, termsOf(taskId), until, signature);
    }

    /// @notice Reports the results of a claimed batch.
    function report(uint256 taskId, ITaskLifecycle.TaskResult[] memory results) public {
        (bytes memory proof, bytes memory body) = signReport(taskId, results);
        uint256[] memory taskIds = new uint256[](1);
        taskIds[0] = taskId;
        hub.acceptTaskResults(taskIds, proof, body);
    }

    /// @notice What `report` passes to the hub, for tests that alter it or have somebody else bring it.
    function signReport(uint256 taskId, ITaskLifecycle.TaskResult[] memory results)
        public
        returns (bytes memory proof, bytes memory body)
    {
        ITaskLifecycle.Terms memory terms = termsOf(taskId);
        uint32 attempt = hub.recordOf(taskId).attempt;
        bytes32[] memory hashes = new bytes32[](results.length);
        for (uint256 i = 0; i < results.length; ++i) {
            hashes[i] = keccak256(
                abi.encode(
                    keccak256("TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)"), results[i]
                )
            );
        }
        bytes32 kind = keccak256(
            "TaskReport(uint256 taskId,bytes32 termsDigest,uint32 attempt,TaskResult[] results)TaskResult(uint32 exitStatus,bytes32 outputDigest,bytes32 publicOutput)"
        );
        bytes32 digest = keccak256(abi.encodePacked(hashes));
        bytes memory signature =
            sign(keccak256(abi.encode(kind, taskId, keccak256(abi.encode(terms)), attempt, digest)));
        return (abi.encode(terms, signature), abi.encode(attempt, results));
    }

    /// @notice The terms under which a batch was submitted, out of the recorded logs.
    function termsOf(uint256 taskId) public returns (ITaskLifecycle.Terms memory terms) {
        TestEnclaveVm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            bool submitted = logs[i].emitter == address(hub) && logs[i].topics[0] == ITaskLifecycle.TaskSubmitted.selector;
            if (submitted) _terms[uint256(logs[i].topics[1])] = abi.decode(logs[i].data, (ITaskLifecycle.Terms));
        }
        terms = _terms[taskId];
        require(terms.submitter != address(0), TermsUnknown(taskId));
    }

    /// @notice The requester's signature over a struct of the hub's EIP-712 domain.
    function sign(bytes32 structHash) public view returns (bytes memory signature) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("escrin TaskHub"),
                keccak256("2"),
                block.chainid,
                address(hub)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(REQUESTER_KEY, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }
}
