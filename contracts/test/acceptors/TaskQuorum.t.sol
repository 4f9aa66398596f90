// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskQuorum} from "../../src/acceptors/TaskQuorum.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskAcceptor} from "../../src/interfaces/ITaskAcceptor.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {IQuorumCallback, ITaskQuorum} from "../../src/interfaces/ITaskQuorum.sol";
import {TaskHubFixture} from "../TaskHubFixture.sol";
import {Token} from "../TaskHub.tokens.t.sol";

contract TaskQuorumTest is TaskHubFixture {
    uint256 private constant FEE = 1 ether;
    address private constant ASKER = address(0xa5);
    bytes32 private constant RIGHT = keccak256("right");
    bytes32 private constant WRONG = keccak256("wrong");

    TaskQuorum private quorum = new TaskQuorum(hub);
    Application private application = new Application();

    function setUp() public override {
        super.setUp();
        vm.deal(ASKER, 100 ether);
    }

    /* ANSWERS */

    /// One on TDX, one on SEV-SNP: both must say it.
    function testTwoOfTwo() public {
        bytes32 id = ask(2, 2);
        answers(id, 0, RIGHT);
        eq(application.calls(), 0);
        bytes memory last = claimedReport(id, 1, memberTerms(1, FEE, address(0)));
        vm.expectEmit();
        emit ITaskQuorum.VoteCounted(id, IdentityId.wrap(bytes32(uint256(2))), RIGHT, 2);
        vm.expectEmit();
        emit ITaskQuorum.QuestionAnswered(id, RIGHT);
        bring(last);
        told(id, RIGHT);
        creditIs(RUNNER, 2 * (FEE + BOND));
    }

    /// Whoever answers what, in whatever order: the application hears of the first answer that enough give, and once.
    function testFuzzTheApplicationIsToldOnce(uint8 members, uint8 needed, uint256 votes) public {
        members = 1 + members % 16;
        needed = 1 + needed % members;
        bytes32 id = ask(members, needed);
        uint256[3] memory counts;
        bytes32 want;
        for (uint256 i = 0; i < members; ++i) {
            uint256 choice = (votes >> (2 * i)) % 3;
            answers(id, i, keccak256(abi.encode(choice)));
            if (++counts[choice] == needed && want == 0) want = keccak256(abi.encode(choice));
            eq(quorum.answerOf(id), want);
            eq(application.calls(), want == 0 ? 0 : 1);
        }
        if (want != 0) told(id, want);
    }

    /// Enclaves that lie decide nothing if fewer than enough of them do, whatever each says.
    function testFuzzLyingEnclaves(uint8 lies, bytes32[5] calldata words) public {
        bytes32 id = ask(5, 3);
        lies %= 3;
        for (uint256 i = 0; i < 5; ++i) {
            bool lie = i < lies;
            vm.assume(words[i] != RIGHT);
            answers(id, i, lie ? words[i] : RIGHT);
        }
        told(id, RIGHT);
    }

    function testDisagreementIsNoAnswer() public {
        bytes32 id = ask(2, 2);
        answers(id, 0, RIGHT);
        answers(id, 1, WRONG);
        eq(application.calls(), 0);
        eq(quorum.answerOf(id), 0);
    }

    /// Neither a workload that failed nor one that shows nothing has a vote; nor do the two agree with each other.
    function testFuzzFailuresDoNotVote(uint32 exitStatus) public {
        exitStatus = 1 + exitStatus % 257;
        bytes32 id = ask(3, 2);
        ITaskLifecycle.TaskResult[] memory results = resultsOf(1);
        (results[0].exitStatus, results[0].publicOutput) = (exitStatus, RIGHT);
        reports(id, 0, results);
        answers(id, 1, RIGHT);
        answers(id, 2, 0);
        eq(application.calls(), 0);
    }

    function testNothingIsNoAnswer() public {
        bytes32 id = ask(2, 2);
        answers(id, 0, 0);
        answers(id, 1, 0);
        eq(application.calls(), 0);
    }

    /* WHO COUNTS */

    /// A task that somebody else submits, with the quorum as its callback, has no vote: the hub notes that it failed.
    function testWrongSubmitter() public {
        bytes32 id = ask(2, 2);
        answers(id, 0, RIGHT);
        ITaskLifecycle.Terms memory terms = memberTerms(1, FEE, address(0));
        terms.submitter = SUBMITTER;
        uint256 taskId = submit(terms, keccak256(abi.encode(id, uint256(1))));
        claim(taskId, terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, saying(RIGHT)));
        vm.expectEmit();
        emit ITaskLifecycle.CallbackFailed(taskId, address(quorum));
        hub.acceptTaskResults(idsOf(taskId, 1), proof, abi.encode(uint32(1), saying(RIGHT)));
        eq(application.calls(), 0);
    }

    function testFuzzOnlyTheHubCalls(address other) public {
        vm.assume(other != address(hub));
        bytes32 id = ask(1, 1);
        uint256 taskId = quorum.taskIdOf(id, 0);
        ITaskLifecycle.Terms memory terms = memberTerms(0, FEE, address(0));
        vm.prank(other);
        vm.expectRevert(ITaskQuorum.Unauthorized.selector);
        quorum.onTaskResults(taskId, terms, saying(RIGHT));
    }

    /// Even a hub that calls twice is counted once.
    function testDuplicatesAreCountedOnce() public {
        bytes32 id = ask(2, 2);
        uint256 taskId = quorum.taskIdOf(id, 0);
        ITaskLifecycle.Terms memory terms = memberTerms(0, FEE, address(0));
        vm.prank(address(hub));
        quorum.onTaskResults(taskId, terms, saying(RIGHT));
        vm.prank(address(hub));
        vm.expectRevert(ITaskQuorum.Unauthorized.selector);
        quorum.onTaskResults(taskId, terms, saying(RIGHT));
    }

    /// Votes for one question are none for another.
    function testQuestionsAreApart() public {
        bytes32 first = ask(2, 2);
        bytes32 second = ask(2, 2, "second");
        answers(first, 0, RIGHT);
        answers(second, 1, RIGHT);
        eq(application.calls(), 0);
    }

    /* APPLICATIONS */

    /// An application that fails, or burns what it gets, takes nothing with it but its own call.
    function testFuzzApplicationsThatFail(bool burns, uint32 gas) public {
        application.fail(burns);
        ITaskQuorum.Question memory question = questionOf(2);
        question.applicationGas = 1 + gas % quorum.MAX_APPLICATION_GAS();
        bytes32 id = ask(question, membersOf(3), "salt");
        answers(id, 0, RIGHT, question.applicationGas);
        ITaskLifecycle.Terms memory terms = memberTerms(1, FEE, address(0));
        terms.callbackGas = 120_000 + question.applicationGas;
        bytes memory last = claimedReport(id, 1, terms);
        vm.expectEmit();
        emit ITaskQuorum.ApplicationFailed(id, address(application));
        bring(last);
        eq(quorum.answerOf(id), RIGHT);
        answers(id, 2, RIGHT, question.applicationGas);
        creditIs(RUNNER, 3 * (FEE + BOND));
    }

    /// What the hub promises is enough for counting and for all that the application was promised, all accesses cold.
    /// forge-config: default.isolate = true
    function testFuzzApplicationsGetTheirGas(uint32 gas) public {
        ITaskQuorum.Question memory question = questionOf(1);
        question.applicationGas = 150_000 + gas % (quorum.MAX_APPLICATION_GAS() - 150_000);
        bytes32 id = ask(question, membersOf(1), "salt");
        answers(id, 0, RIGHT, question.applicationGas);
        told(id, RIGHT);
        ok(application.gas() + 1_000 > question.applicationGas, "in full");
    }

    function testCutShort() public {
        bytes32 id = ask(1, 1);
        uint256 taskId = quorum.taskIdOf(id, 0);
        ITaskLifecycle.Terms memory terms = memberTerms(0, FEE, address(0));
        vm.prank(address(hub));
        vm.expectRevert(ITaskQuorum.GasInsufficient.selector);
        quorum.onTaskResults{gas: 200_000}(taskId, terms, saying(RIGHT));
    }

    /* ASKING */

    function testFuzzUnfitQuestions(uint8 flaw) public {
        ITaskQuorum.Question memory question = questionOf(2);
        ITaskQuorum.Member[] memory members = membersOf(3);
        flaw %= 8;
        if (flaw == 0) question.needed = 0;
        if (flaw == 1) question.needed = 4;
        if (flaw == 2) question.application = address(0);
        if (flaw == 3) question.applicationGas = 0;
        if (flaw == 4) question.applicationGas = quorum.MAX_APPLICATION_GAS() + 1;
        if (flaw == 5) members[1] = members[0]; // an identity has one vote
        if (flaw == 6) (members[1], members[2]) = (members[2], members[1]);
        if (flaw == 7) members = membersOf(17);
        vm.prank(ASKER);
        vm.expectRevert(ITaskQuorum.QuestionUnfit.selector);
        quorum.ask{value: members.length * FEE}(question, members, "salt");
    }

    function testQuestionsAreAskedOnce() public {
        bytes32 id = ask(2, 2);
        expectRevert(ITaskLifecycle.TaskExists.selector, quorum.taskIdOf(id, 0));
        vm.prank(ASKER);
        quorum.ask{value: FEE}(questionOf(1), membersOf(1), "salt");
    }

    function testFuzzQuestionsArePaid(uint96 value) public {
        vm.assume(value != 2 * FEE);
        vm.deal(ASKER, value);
        vm.prank(ASKER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.FeeUnfit.selector, uint256(value), 2 * FEE));
        quorum.ask{value: value}(questionOf(2), membersOf(2), "salt");
    }

    function testFeesInAToken() public {
        Token token = new Token(Token.Way.Good);
        token.mint(ASKER, 2 * FEE);
        vm.prank(ASKER);
        token.approve(address(quorum), 2 * FEE);
        ITaskQuorum.Question memory question = questionOf(2);
        question.token = address(token);
        vm.prank(ASKER);
        quorum.ask(question, membersOf(2), "salt");
        eq(token.balanceOf(address(hub)), 2 * FEE);
        eq(token.allowance(address(quorum), address(hub)), 0);
    }

    function testNoQuorumWithoutAHub() public {
        vm.expectRevert(ITaskLifecycle.ConstructionUnfit.selector);
        new TaskQuorum(ITaskLifecycle(address(0)));
    }

    /// Who asked may take back what nobody has claimed; nobody else may.
    function testFuzzOnlyTheAskerCancels(address other) public {
        vm.assume(other != ASKER);
        bytes32 id = ask(2, 1);
        answers(id, 0, RIGHT);
        ITaskLifecycle.Terms memory terms = memberTerms(1, FEE, address(0));
        vm.prank(other);
        vm.expectRevert();
        quorum.cancel("salt", 1, terms);
        vm.prank(ASKER);
        quorum.cancel("salt", 1, terms);
        creditIs(REFUNDEE, FEE);
    }

    /* HELP */

    function questionOf(uint8 needed) private view returns (ITaskQuorum.Question memory) {
        return ITaskQuorum.Question({
            needed: needed,
            application: address(application),
            applicationGas: 200_000,
            deadline: deadline,
            attempts: 3,
            token: address(0),
            fee: FEE,
            refundee: REFUNDEE
        });
    }

    function membersOf(uint256 count) private pure returns (ITaskQuorum.Member[] memory members) {
        members = new ITaskQuorum.Member[](count);
        for (uint256 i = 0; i < count; ++i) {
            members[i] = ITaskQuorum.Member(IdentityId.wrap(bytes32(i + 1)), keccak256(abi.encode("input", i)));
        }
    }

    function ask(uint256 members, uint8 needed) private returns (bytes32) {
        return ask(members, needed, "salt");
    }

    function ask(uint256 members, uint8 needed, bytes32 salt) private returns (bytes32) {
        return ask(questionOf(needed), membersOf(members), salt);
    }

    function ask(ITaskQuorum.Question memory question, ITaskQuorum.Member[] memory members, bytes32 salt)
        private
        returns (bytes32 id)
    {
        vm.prank(ASKER);
        id = quorum.ask{value: members.length * FEE}(question, members, salt);
        eq(id, quorum.questionIdOf(ASKER, salt));
    }

    function memberTerms(uint256 member, uint256 fee, address token)
        private
        view
        returns (ITaskLifecycle.Terms memory terms)
    {
        terms = termsOf(fee);
        ITaskQuorum.Member memory m = membersOf(member + 1)[member];
        (terms.submitter, terms.identity, terms.inputDigest) = (address(quorum), m.identity, m.inputDigest);
        (terms.token, terms.callback, terms.callbackGas) = (token, address(quorum), 320_000);
    }

    function saying(bytes32 output) private pure returns (ITaskLifecycle.TaskResult[] memory results) {
        results = resultsOf(1);
        results[0].publicOutput = output;
    }

    function answers(bytes32 id, uint256 member, bytes32 output) private {
        reports(id, member, saying(output));
    }

    function answers(bytes32 id, uint256 member, bytes32 output, uint32 applicationGas) private {
        ITaskLifecycle.Terms memory terms = memberTerms(member, FEE, address(0));
        terms.callbackGas = 120_000 + applicationGas;
        reports(id, member, terms, saying(output));
    }

    function reports(bytes32 id, uint256 member, ITaskLifecycle.TaskResult[] memory results) private {
        reports(id, member, memberTerms(member, FEE, address(0)), results);
    }

    function reports(
        bytes32 id,
        uint256 member,
        ITaskLifecycle.Terms memory terms,
        ITaskLifecycle.TaskResult[] memory results
    ) private {
        uint256 taskId = quorum.taskIdOf(id, member);
        claim(taskId, terms);
        accept(taskId, terms, 1, results);
    }

    /// Claims a member's task, and says what would be called with a report that says RIGHT.
    function claimedReport(bytes32 id, uint256 member, ITaskLifecycle.Terms memory terms)
        private
        returns (bytes memory)
    {
        uint256 taskId = quorum.taskIdOf(id, member);
        claim(taskId, terms);
        bytes memory proof = abi.encode(terms, signedReport(taskId, terms, 1, saying(RIGHT)));
        bytes memory report = abi.encode(uint32(1), saying(RIGHT));
        return abi.encodeCall(ITaskAcceptor.acceptTaskResults, (idsOf(taskId, 1), proof, report));
    }

    function bring(bytes memory report) private {
        (bool done,) = address(hub).call(report);
        ok(done, "accepted");
    }

    function told(bytes32 id, bytes32 answer) private view {
        eq(application.calls(), 1);
        eq(application.question(), id);
        eq(application.answer(), answer);
        eq(quorum.answerOf(id), answer);
    }
}

contract Application is IQuorumCallback {
    uint256 public calls;
    bytes32 public question;
    bytes32 public answer;
    uint256 public gas;
    bool private _fails;
    bool private _burns;

    function fail(bool burns) external {
        (_fails, _burns) = (true, burns);
    }

    function onAnswer(bytes32 question_, bytes32 answer_) external {
        uint256 left = gasleft();
        while (_burns) {}
        require(!_fails, "no");
        (calls, question, answer) = (calls + 1, question_, answer_);
        gas = left;
    }
}
