// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskHub} from "../src/TaskHub.sol";
import {IdentityId, IIdentityRegistry} from "../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {Permits, TaskSigner} from "./TaskHubFixture.sol";

/// Does what anyone could do, in any order; claims and reports are copied and brought by whoever likes to.
contract Everyone is TaskSigner {
    uint256 public constant BOND = 1 gwei;
    uint256 private constant KEY = 0xe5c;

    Permits private permits = new Permits();
    TaskHub public immutable hub = new TaskHub(IIdentityRegistry(address(permits)), 60, BOND);
    uint256[] public tasks;
    mapping(uint256 taskId => ITaskLifecycle.Terms) private _terms;
    /// Whom the requester's signature of a claim named.
    mapping(uint256 taskId => address) public named;
    /// What each has earned by reports and got out of bonds, as the signatures would have it.
    mapping(address => uint256) public earned;
    /// The time; block.timestamp would be taken for constant.
    uint64 public time = 1_000_000;

    constructor() {
        vm.warp(time);
        permits.set(vm.addr(KEY), type(uint64).max);
    }

    function count() external view returns (uint256) {
        return tasks.length;
    }

    function termsOf(uint256 taskId) external view returns (ITaskLifecycle.Terms memory) {
        return _terms[taskId];
    }

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0x1000 + seed % 4));
    }

    function pick(uint256 seed)
        private
        view
        returns (uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.Record memory record)
    {
        if (tasks.length == 0) return (0, terms, record);
        taskId = tasks[seed % tasks.length];
        return (taskId, _terms[taskId], hub.recordOf(taskId));
    }

    function submit(uint256 seed, uint64 fee, uint16 seconds_) external {
        address submitter = actor(seed);
        ITaskLifecycle.Terms memory terms = ITaskLifecycle.Terms({
            submitter: submitter,
            identity: IdentityId.wrap(0),
            inputDigest: "",
            deadline: time + 1 + seconds_,
            count: 1 + uint16((seed >> 8) % 3),
            attempts: 1 + uint16((seed >> 16) % 3),
            token: address(0),
            fee: fee,
            refundee: actor(seed >> 24),
            callback: address(0),
            callbackGas: 0
        });
        vm.deal(submitter, fee);
        vm.prank(submitter);
        uint256 taskId = hub.submit{value: fee}(terms, bytes32(tasks.length));
        tasks.push(taskId);
        _terms[taskId] = terms;
    }

    function claim(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.Record memory record) = pick(seed);
        if (record.state != ITaskLifecycle.State.Open || time >= terms.deadline) return;
        (address runner, address bringer) = (actor(seed >> 8), actor(seed >> 16));
        bytes memory signed = signature(address(hub), KEY, claimHash(taskId, terms, record.attempt, runner));
        vm.deal(bringer, BOND);
        if (runner != bringer) {
            vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.SignatureInvalid.selector, taskId));
        } else {
            named[taskId] = runner;
        }
        vm.prank(bringer);
        hub.claim{value: BOND}(taskId, terms, vm.addr(KEY), signed);
    }

    function accept(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.Record memory record) = pick(seed);
        if (record.state != ITaskLifecycle.State.Claimed || time >= terms.deadline) return;
        ITaskLifecycle.TaskResult[] memory results = new ITaskLifecycle.TaskResult[](terms.count);
        results[0].outputDigest = keccak256("output");
        bytes memory signed = signature(address(hub), KEY, reportHash(taskId, terms, record.attempt, results));
        uint256[] memory ids = new uint256[](1);
        ids[0] = taskId;
        earned[named[taskId]] += terms.fee + BOND;
        vm.prank(actor(seed >> 16));
        hub.acceptTaskResults(ids, abi.encode(terms, signed), abi.encode(record.attempt, results));
    }

    function expire(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.Record memory record) = pick(seed);
        bool claimed = record.state == ITaskLifecycle.State.Claimed;
        bool late = record.state == ITaskLifecycle.State.Open && time >= terms.deadline;
        if (!late && !(claimed && time >= record.claimExpiry)) return;
        if (claimed) earned[terms.refundee] += BOND;
        if (time >= terms.deadline || record.attempt == terms.attempts) earned[terms.refundee] += terms.fee;
        hub.expire(taskId, terms);
    }

    function cancel(uint256 seed) external {
        (uint256 taskId, ITaskLifecycle.Terms memory terms, ITaskLifecycle.Record memory record) = pick(seed);
        if (record.state != ITaskLifecycle.State.Open) return;
        earned[terms.refundee] += terms.fee;
        vm.prank(terms.submitter);
        hub.cancel(taskId, terms);
    }

    function withdraw(uint256 seed) external {
        vm.prank(actor(seed));
        earned[actor(seed)] -= hub.withdraw(address(0));
    }

    function wait(uint8 seconds_) external {
        time += seconds_;
        vm.warp(time);
    }
}

contract TaskHubInvariantTest is TaskSigner {
    Everyone private everyone;

    function setUp() public {
        everyone = new Everyone();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(everyone);
    }

    /// CT-10: what the hub has is what it owes: fees and bonds of batches that go on, and credits. To the wei.
    function invariantCT10BalanceIsWhatIsOwed() public view {
        TaskHub hub = everyone.hub();
        uint256 owed = 0;
        for (uint256 i = 0; i < 4; ++i) {
            owed += hub.credit(address(0), everyone.actor(i));
        }
        for (uint256 i = 0; i < everyone.count(); ++i) {
            uint256 taskId = everyone.tasks(i);
            ITaskLifecycle.State state = hub.recordOf(taskId).state;
            bool claimed = state == ITaskLifecycle.State.Claimed;
            if (claimed || state == ITaskLifecycle.State.Open) owed += everyone.termsOf(taskId).fee;
            if (claimed) owed += everyone.BOND();
        }
        eq(address(hub).balance, owed);
    }

    /// CT-06: fees and bonds are credited to whom the requester's signature named, and to refundees; to nobody else.
    function invariantCT06CreditsAreWhatSignaturesSay() public view {
        for (uint256 i = 0; i < 4; ++i) {
            address actor = everyone.actor(i);
            eq(everyone.hub().credit(address(0), actor), everyone.earned(actor));
        }
    }

    /// A batch has a requester exactly while it is claimed, and no runner while it is open or ended without a report.
    function invariantFieldsFitTheState() public view {
        TaskHub hub = everyone.hub();
        for (uint256 i = 0; i < everyone.count(); ++i) {
            ITaskLifecycle.Record memory record = hub.recordOf(everyone.tasks(i));
            bool claimed = record.state == ITaskLifecycle.State.Claimed;
            bool accepted = record.state == ITaskLifecycle.State.Accepted;
            ok((record.requester != address(0)) == claimed, "requester");
            ok((record.runner != address(0)) == claimed, "runner");
            ok((record.attempt > 0) != accepted && record.digest != 0, "attempt, digest");
        }
    }
}
