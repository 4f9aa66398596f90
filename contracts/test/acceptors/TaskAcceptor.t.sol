// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgentContract} from "../../src/AgentContract.sol";
import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {DelegatedTaskAcceptor} from "../../src/acceptors/DelegatedTaskAcceptor.sol";
import {PermittedSubmitterTaskAcceptor} from "../../src/acceptors/PermittedSubmitterTaskAcceptor.sol";
import {StaticDelegatedTaskAcceptor} from "../../src/acceptors/StaticDelegatedTaskAcceptor.sol";
import {TaskAcceptor} from "../../src/acceptors/TaskAcceptor.sol";
import {TaskIdSelectorOps} from "../../src/acceptors/TaskIdSelectorOps.sol";
import {TimelockedDelegatedTaskAcceptor} from "../../src/acceptors/TimelockedDelegatedTaskAcceptor.sol";
import {TrustedSubmitterTaskAcceptor} from "../../src/acceptors/TrustedSubmitterTaskAcceptor.sol";
import {IAgentContract} from "../../src/interfaces/IAgentContract.sol";
import {IdentityId, IIdentityRegistry} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../../src/interfaces/ITaskAcceptor.sol";
import {AnyPermitter} from "../permitters/AnyPermitter.sol";
import {Test} from "../Test.sol";

/// Answers what it was told to, and remembers in which order its hooks ran and with what.
contract Recorder is TaskAcceptor {
    TaskIdSelector private _answer;
    bytes public log;

    function answer(TaskIdSelector calldata selector) external {
        _answer = selector;
    }

    function _beforeTaskResultsAccepted(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        internal
        override
    {
        log = abi.encode(log, "before", taskIds, proof, report);
    }

    function _acceptTaskResults(uint256[] calldata taskIds, bytes calldata proof, bytes calldata report)
        internal
        override
        returns (TaskIdSelector memory)
    {
        log = abi.encode(log, "accept", taskIds, proof, report);
        return _answer;
    }

    function _afterTaskResultsAccepted(
        uint256[] calldata taskIds,
        bytes calldata report,
        TaskIdSelector memory selector
    ) internal override {
        log = abi.encode(log, "after", taskIds, report, selector);
    }
}

contract Trusted is TrustedSubmitterTaskAcceptor {
    constructor(address submitter) TrustedSubmitterTaskAcceptor(submitter) {}
}

contract Permitted is PermittedSubmitterTaskAcceptor {
    constructor(address registry, IdentityId identity) PermittedSubmitterTaskAcceptor(registry, identity) {}
}

contract StaticDelegated is StaticDelegatedTaskAcceptor {
    constructor(address upstream) StaticDelegatedTaskAcceptor(upstream) {}
}

contract Delegated is DelegatedTaskAcceptor {
    constructor(address upstream) DelegatedTaskAcceptor(upstream) {}

    function setUpstream(address upstream) external {
        _setUpstreamTaskAcceptor(upstream);
    }
}

contract Timelocked is TimelockedDelegatedTaskAcceptor {
    constructor(address upstream, uint64 delay) TimelockedDelegatedTaskAcceptor(upstream, delay) {}

    function setUpstream(address upstream) external {
        _setUpstreamTaskAcceptor(upstream);
    }

    function setDelay(uint64 delay) external {
        _setTaskAcceptorTimelockDelay(delay);
    }
}

contract Agent is AgentContract, TrustedSubmitterTaskAcceptor {
    bytes public lastReport;

    constructor(address submitter) TrustedSubmitterTaskAcceptor(submitter) {}

    function approveSecret(bytes calldata credentials) external pure override returns (bool) {
        return keccak256(credentials) == keccak256("friend");
    }

    function supportsInterface(bytes4 id) public view override(AgentContract, TaskAcceptor) returns (bool) {
        return AgentContract.supportsInterface(id);
    }

    function _afterTaskResultsAccepted(uint256[] calldata, bytes calldata report, TaskIdSelector memory)
        internal
        override
    {
        lastReport = report;
    }
}

contract TaskAcceptorTest is Test {
    address private constant ALICE = address(0xa11ce);
    address private constant BOB = address(0xb0b);

    /* BASE */

    function testInterfaceIds() public {
        Recorder acceptor = new Recorder();
        ok(acceptor.supportsInterface(0x9c45b66e), "ITaskAcceptor");
        ok(acceptor.supportsInterface(0x01ffc9a7), "ERC-165");
        ok(!acceptor.supportsInterface(0xffffffff), "never");
        ok(TaskAcceptor.SubmisionTaskIdsNotSorted.selector == 0x13ed50ae, "v1 error");
        ok(TaskAcceptor.AcceptedTaskIdsNotSorted.selector == 0x5a35cf2d, "v1 error");
        ok(TaskAcceptor.Unauthorized.selector == 0x82b42900, "v1 error");
    }

    function testFuzzSubmittedIdsAscendStrictly(uint256 a, uint256 b, uint256 c) public {
        vm.assume(b <= a || c <= b);
        uint256[] memory ids = three(a, b, c);
        Recorder acceptor = new Recorder();
        vm.expectRevert(TaskAcceptor.SubmisionTaskIdsNotSorted.selector);
        acceptor.acceptTaskResults(ids, "", "");
    }

    function testFuzzAcceptedIdsAscendStrictly(uint256 a, uint256 b, uint256 c, bool excluding) public {
        vm.assume(b <= a || c <= b);
        Recorder acceptor = new Recorder();
        ITaskAcceptor.Quantifier quantifier =
            excluding ? ITaskAcceptor.Quantifier.Excluding : ITaskAcceptor.Quantifier.Some;
        acceptor.answer(ITaskAcceptor.TaskIdSelector(quantifier, three(a, b, c)));
        vm.expectRevert(TaskAcceptor.AcceptedTaskIdsNotSorted.selector);
        acceptor.acceptTaskResults(three(1, 2, 3), "", "");
    }

    function testAnswersAreHeldAgainstTheSubmission() public {
        Recorder acceptor = new Recorder();
        vm.expectRevert(TaskIdSelectorOps.UnknownQuantifier.selector);
        acceptor.acceptTaskResults(three(1, 2, 3), "", "");
        acceptor.answer(ITaskAcceptor.TaskIdSelector(ITaskAcceptor.Quantifier.Some, three(1, 2, 4)));
        vm.expectRevert(abi.encodeWithSelector(TaskIdSelectorOps.TaskIdNotSubmitted.selector, 4));
        acceptor.acceptTaskResults(three(1, 2, 3), "", "");
    }

    function testHooksRunInOrder() public {
        Recorder acceptor = new Recorder();
        uint256[] memory ids = three(1, 2, 3);
        uint256[] memory some = new uint256[](1);
        some[0] = 2;
        ITaskAcceptor.TaskIdSelector memory selector = ITaskAcceptor.TaskIdSelector(ITaskAcceptor.Quantifier.Some, some);
        acceptor.answer(selector);
        eq(abi.encode(acceptor.acceptTaskResults(ids, "proof", "report")), abi.encode(selector));

        bytes memory log = abi.encode(bytes(""), "before", ids, bytes("proof"), bytes("report"));
        log = abi.encode(log, "accept", ids, bytes("proof"), bytes("report"));
        eq(acceptor.log(), abi.encode(log, "after", ids, bytes("report"), selector));
    }

    /* WHO IS BELIEVED */

    function testFuzzOnlyTheTrustedSubmitterIsBelieved(address stranger) public {
        vm.assume(stranger != ALICE);
        Trusted acceptor = new Trusted(ALICE);
        eq(acceptor.getTrustedSubmitter(), ALICE);
        ok(acceptor.getTrustedSubmitter.selector == 0xad5c8690, "selector of v1");
        expectStranger(acceptor, stranger);
        expectBelieved(acceptor, ALICE);
    }

    function testFuzzOnlyLivePermitsAreBelieved(address stranger) public {
        vm.assume(stranger != ALICE);
        vm.warp(1_000_000);
        IdentityRegistry registry = new IdentityRegistry();
        AnyPermitter permitter = new AnyPermitter(address(registry));
        IdentityId id = registry.createIdentity(address(permitter), "");
        IdentityId other = registry.createIdentity(address(permitter), "other");
        Permitted acceptor = new Permitted(address(registry), id);
        (IIdentityRegistry where, IdentityId what) = acceptor.getTrustedIdentity();
        ok(address(where) == address(registry) && IdentityId.unwrap(what) == IdentityId.unwrap(id), "identity");
        ok(acceptor.getTrustedIdentity.selector == 0xe61b935f, "selector of v1");

        permitter.grant(other, ALICE, 100);
        expectStranger(acceptor, ALICE);
        permitter.grant(id, ALICE, 100);
        expectBelieved(acceptor, ALICE);
        expectStranger(acceptor, stranger);
        vm.warp(1_000_099);
        expectBelieved(acceptor, ALICE);
        vm.warp(1_000_100);
        expectStranger(acceptor, ALICE);
        permitter.grant(id, ALICE, 100);
        expectBelieved(acceptor, ALICE);
        registry.revokeIdentity(id, ALICE);
        expectStranger(acceptor, ALICE);
    }

    function testPermittedNeedsARegistry() public {
        vm.expectRevert(PermittedSubmitterTaskAcceptor.InterfaceUnsupported.selector);
        new Permitted(ALICE, IdentityId.wrap(0));
    }

    function testZeroIsNobody() public {
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        new Trusted(address(0));
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        new StaticDelegated(address(0));
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        new Delegated(address(0));
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        new Timelocked(address(0), 1 days);
        Timelocked acceptor = new Timelocked(ALICE, 1 days);
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        acceptor.setUpstream(address(0));
    }

    function testFuzzOnlyTheUpstreamIsBelieved(address stranger) public {
        vm.assume(stranger != ALICE && stranger != BOB);
        StaticDelegated fixed_ = new StaticDelegated(ALICE);
        eq(fixed_.getUpstreamTaskAcceptor(), ALICE);
        ok(fixed_.getUpstreamTaskAcceptor.selector == 0xb9d8d62d, "selector of v1");
        expectStranger(fixed_, stranger);
        expectBelieved(fixed_, ALICE);

        Delegated acceptor = new Delegated(ALICE);
        expectStranger(acceptor, stranger);
        expectBelieved(acceptor, ALICE);
        acceptor.setUpstream(BOB);
        eq(acceptor.getUpstreamTaskAcceptor(), BOB);
        expectStranger(acceptor, ALICE);
        expectBelieved(acceptor, BOB);
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        acceptor.setUpstream(address(0));
    }

    /// v1 refused what was announced long enough, and took what was not.
    function testFuzzATimelockedUpstreamWaits(uint64 delay, uint64 early) public {
        vm.assume(delay > 0 && delay <= 365 days && early < delay);
        vm.warp(1_000_000);
        Timelocked acceptor = new Timelocked(ALICE, delay);
        acceptor.setUpstream(BOB);
        eq(acceptor.getUpstreamTaskAcceptor(), ALICE);
        vm.warp(1_000_000 + early);
        vm.expectRevert();
        acceptor.setUpstream(BOB);
        expectStranger(acceptor, BOB);

        vm.warp(1_000_000 + delay);
        acceptor.setUpstream(BOB);
        expectBelieved(acceptor, BOB);
        expectStranger(acceptor, ALICE);
    }

    function testATimelockedDelayWaitsToo() public {
        vm.warp(1_000_000);
        Timelocked acceptor = new Timelocked(ALICE, 1 days);
        acceptor.setDelay(1);
        eq(acceptor.getTaskAcceptorTimelockDelay(), 1 days);
        vm.expectRevert();
        acceptor.setDelay(1);
        vm.warp(1_000_000 + 1 days);
        acceptor.setDelay(1);
        eq(acceptor.getTaskAcceptorTimelockDelay(), 1);
    }

    function testAnAnnouncementLapses() public {
        vm.warp(1_000_000);
        Timelocked acceptor = new Timelocked(ALICE, 1 days);
        acceptor.setUpstream(BOB);
        vm.warp(1_000_000 + 15 days + 1);
        acceptor.setUpstream(BOB);
        eq(acceptor.getUpstreamTaskAcceptor(), ALICE);
    }

    function testDelaysAreBounded() public {
        vm.expectRevert(abi.encodeWithSelector(TimelockedDelegatedTaskAcceptor.DelayUnfit.selector, 0));
        new Timelocked(ALICE, 0);
        vm.expectRevert(abi.encodeWithSelector(TimelockedDelegatedTaskAcceptor.DelayUnfit.selector, 365 days + 1));
        new Timelocked(ALICE, 365 days + 1);
    }

    /* FACADE */

    function testTheFacadeForwardsInTheOtherOrder() public {
        Agent agent = new Agent(ALICE);
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        agent.acceptTasks(three(1, 2, 3), "report", "proof");
        vm.prank(ALICE);
        ITaskAcceptor.TaskIdSelector memory selector = agent.acceptTasks(three(1, 2, 3), "report", "proof");
        ok(selector.quantifier == ITaskAcceptor.Quantifier.All, "all");
        eq(agent.lastReport(), "report");

        ok(agent.approveSecret("friend") && !agent.approveSecret("foe"), "approveSecret");
        ok(agent.supportsInterface(type(IAgentContract).interfaceId), "IAgentContract");
        ok(agent.supportsInterface(0x9c45b66e), "ITaskAcceptor");
        ok(!agent.supportsInterface(0xffffffff), "never");
    }

    /* HELPERS */

    function expectStranger(TaskAcceptor acceptor, address sender) private {
        vm.prank(sender);
        vm.expectRevert(TaskAcceptor.Unauthorized.selector);
        acceptor.acceptTaskResults(three(1, 2, 3), "", "");
    }

    function expectBelieved(TaskAcceptor acceptor, address sender) private {
        vm.prank(sender);
        ITaskAcceptor.TaskIdSelector memory selector = acceptor.acceptTaskResults(three(1, 2, 3), "", "");
        ok(selector.quantifier == ITaskAcceptor.Quantifier.All && selector.taskIds.length == 0, "all");
    }

    function three(uint256 a, uint256 b, uint256 c) private pure returns (uint256[] memory ids) {
        ids = new uint256[](3);
        (ids[0], ids[1], ids[2]) = (a, b, c);
    }
}
