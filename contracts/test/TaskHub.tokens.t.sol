// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {TaskHub} from "../src/TaskHub.sol";
import {ITaskLifecycle} from "../src/interfaces/ITaskHub.sol";
import {TaskHubFixture} from "./TaskHubFixture.sol";

/// Fees in tokens, good and hostile: one token never touches what is owed in another, nor a bond.
contract TaskHubTokensTest is TaskHubFixture {
    uint256 private constant FEE = 1_000;
    Token private good = new Token(Token.Way.Good);

    /* GOOD TOKENS */

    function testFuzzFeesInATokenFromSubmissionToPayment(uint128 fee) public {
        ITaskLifecycle.Terms memory terms = inToken(good, fee);
        uint256 taskId = claimed(terms);
        eq(good.balanceOf(address(hub)), fee);
        accept(taskId, terms);
        creditIs(RUNNER, BOND);
        eq(hub.credit(address(good), RUNNER), fee);
        vm.expectEmit();
        emit ITaskLifecycle.Withdrawn(address(good), RUNNER, fee);
        vm.prank(RUNNER);
        eq(hub.withdraw(address(good)), fee);
        eq(good.balanceOf(RUNNER), fee);
        eq(good.balanceOf(address(hub)), 0);
        eq(address(hub).balance, BOND);
    }

    function testFuzzFeesInATokenComeBack(uint128 fee, bool cancelled) public {
        ITaskLifecycle.Terms memory terms = inToken(good, fee);
        uint256 taskId = submit(terms, "salt");
        if (cancelled) {
            vm.prank(SUBMITTER);
            hub.cancel(taskId, terms);
        } else {
            vm.warp(deadline);
            hub.expire(taskId, terms);
        }
        vm.prank(REFUNDEE);
        eq(hub.withdraw(address(good)), fee);
        eq(good.balanceOf(REFUNDEE), fee);
    }

    /// Tokens of old return nothing.
    function testTokensThatReturnNothing() public {
        Token quiet = new Token(Token.Way.ReturnsNothing);
        ITaskLifecycle.Terms memory terms = inToken(quiet, FEE);
        accept(claimed(terms), terms);
        vm.prank(RUNNER);
        eq(hub.withdraw(address(quiet)), FEE);
        eq(quiet.balanceOf(RUNNER), FEE);
    }

    /// Whoever pays in a token does not send value along: it would be nobody's.
    function testNoValueBesidesAToken() public {
        ITaskLifecycle.Terms memory terms = inToken(good, FEE);
        vm.prank(SUBMITTER);
        vm.expectRevert(abi.encodeWithSelector(ITaskLifecycle.FeeUnfit.selector, uint256(1), uint256(0)));
        hub.submit{value: 1}(terms, "salt");
    }

    function testNoFeeWithoutAnAllowance() public {
        ITaskLifecycle.Terms memory terms = inToken(good, FEE);
        terms.fee = FEE + 1;
        vm.prank(SUBMITTER);
        vm.expectRevert();
        hub.submit(terms, "salt");
    }

    /* HOSTILE TOKENS */

    /// Tokens that say no, or deliver less or more than the fee, are not served.
    function testHostileTokensAreNotServed() public {
        refused(Token.Way.ReturnsFalse, SafeERC20.SafeERC20FailedOperation.selector);
        refused(Token.Way.Reverts, Token.No.selector);
        refused(Token.Way.TakesAShare, ITaskLifecycle.FeeUnfit.selector);
        refused(Token.Way.GivesMore, ITaskLifecycle.FeeUnfit.selector);
        refused(Token.Way.TakesFromTheHub, 0x4e487b71); // the balance shrank: a panic
    }

    function testNoTokenWithoutCode() public {
        ITaskLifecycle.Terms memory terms = termsOf(FEE);
        terms.token = address(0xc0de);
        vm.prank(SUBMITTER);
        vm.expectRevert();
        hub.submit(terms, "salt");
        terms.token = address(hub);
        vm.prank(SUBMITTER);
        vm.expectRevert();
        hub.submit(terms, "salt");
    }

    /// CT-09: a token that enters the hub while it is asked for the fee, or pays, changes nothing.
    function testFuzzCT09TokensThatReenter(uint256 which) public {
        Token bad = new Token(Token.Way.Reenters);
        ITaskLifecycle.Terms memory victim = termsOf(1 ether);
        uint256 victims = submit(victim, "victim");
        claim(victims, victim);
        bytes memory proof = abi.encode(victim, signedReport(victims, victim, 1, resultsOf(1)));
        bytes[7] memory calls = [
            abi.encodeCall(hub.submit, (victim, "again")),
            abi.encodeCall(hub.claim, (victims, victim, requester, "")),
            abi.encodeCall(hub.heartbeat, (victims, victim, START + 1, "")),
            abi.encodeCall(hub.acceptTaskResults, (idsOf(victims, 1), proof, abi.encode(uint32(1), resultsOf(1)))),
            abi.encodeCall(hub.expire, (victims, victim)),
            abi.encodeCall(hub.cancel, (victims, victim)),
            abi.encodeCall(hub.withdraw, (address(0)))
        ];
        bad.prepare(address(hub), calls[which % 7]);
        ITaskLifecycle.Terms memory terms = inToken(bad, FEE);
        uint256 taskId = submit(terms, "salt");
        eq(bytes32(bad.answer()), bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        claim(taskId, terms);
        accept(taskId, terms);
        bad.prepare(address(hub), calls[which % 7]);
        vm.prank(RUNNER);
        hub.withdraw(address(bad));
        eq(bytes32(bad.answer()), bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        stateIs(victims, ITaskLifecycle.State.Claimed);
        eq(hub.credit(address(bad), RUNNER), 0);
        creditIs(RUNNER, BOND);
    }

    /// A token whose balances shrink pays some and not others: all in that token, and nobody's bonds.
    function testTokensWhoseBalancesShrink() public {
        Token shrinking = new Token(Token.Way.Good);
        ITaskLifecycle.Terms memory terms = inToken(shrinking, FEE);
        uint256 taskId = claimed(terms);
        accept(taskId, terms);
        ITaskLifecycle.Terms memory others = inToken(good, FEE);
        uint256 other = submit(others, "another");
        claim(other, others);
        accept(other, others);

        shrinking.take(address(hub), FEE / 2);
        vm.prank(RUNNER);
        vm.expectRevert();
        hub.withdraw(address(shrinking));
        eq(hub.credit(address(shrinking), RUNNER), FEE); // it stays owed
        vm.prank(RUNNER);
        eq(hub.withdraw(address(good)), FEE);
        vm.prank(RUNNER);
        eq(hub.withdraw(address(0)), 2 * BOND);
    }

    /// A token that turns against the hub after the submission: the report is accepted and the bond comes back all the
    /// same, since no token is asked then.
    function testFuzzTokensThatTurn(uint8 way) public {
        Token bad = new Token(Token.Way.Good);
        ITaskLifecycle.Terms memory terms = inToken(bad, FEE);
        uint256 taskId = claimed(terms);
        uint256 open = submit(inToken(bad, FEE), "open");
        bad.turn(Token.Way(way % 8));
        accept(taskId, terms);
        vm.prank(RUNNER);
        eq(hub.withdraw(address(0)), BOND);
        vm.prank(SUBMITTER);
        hub.cancel(open, terms);
    }

    /// A token can credit as much of itself as it likes; a credit never grows so large that the next report to a runner
    /// could not be accepted, and its bond be lost.
    function testWorthlessMoneyDoesNotOverflow() public {
        Token bad = new Token(Token.Way.Good);
        for (uint256 i = 0; i < 4; ++i) {
            ITaskLifecycle.Terms memory gift = inToken(bad, type(uint128).max);
            gift.refundee = RUNNER;
            uint256 given = submit(gift, bytes32(i));
            vm.prank(SUBMITTER);
            hub.cancel(given, gift);
        }
        ITaskLifecycle.Terms memory terms = inToken(bad, type(uint128).max);
        accept(claimed(terms), terms);
        eq(hub.credit(address(bad), RUNNER), 5 * uint256(type(uint128).max));
        creditIs(RUNNER, BOND);
    }

    /* HELP */

    function inToken(Token token, uint256 fee) private returns (ITaskLifecycle.Terms memory terms) {
        token.mint(SUBMITTER, fee);
        vm.prank(SUBMITTER);
        token.approve(address(hub), fee);
        terms = termsOf(fee);
        terms.token = address(token);
    }

    function refused(Token.Way way, bytes4 why) private {
        Token bad = new Token(way);
        bad.mint(address(hub), 10 * FEE);
        ITaskLifecycle.Terms memory terms = inToken(bad, FEE);
        vm.prank(SUBMITTER);
        (bool done, bytes memory answer) = address(hub).call(abi.encodeCall(hub.submit, (terms, "salt")));
        ok(!done, "refused");
        eq(bytes32(bytes4(answer)), bytes32(why));
    }
}

/// A token, and the ways in which tokens go wrong.
contract Token {
    enum Way {
        Good,
        ReturnsNothing,
        ReturnsFalse,
        Reverts,
        TakesAShare,
        GivesMore,
        TakesFromTheHub,
        Reenters
    }

    Way private _way;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    address private _hub;
    bytes private _call;
    /// The first bytes of what the hub answered when it was entered.
    bytes4 public answer;

    error No();

    constructor(Way way) {
        _way = way;
    }

    function turn(Way way) external {
        _way = way;
    }

    function prepare(address hub, bytes calldata call) external {
        (_hub, _call, answer) = (hub, call, 0);
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function take(address from, uint256 amount) external {
        balanceOf[from] -= amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (_way == Way.Reverts) revert No();
        if (_way == Way.Reenters) {
            (, bytes memory reply) = _hub.call(_call);
            answer = bytes4(reply);
        }
        if (_way != Way.ReturnsFalse) {
            balanceOf[from] -= amount;
            balanceOf[to] += amount;
        }
        if (_way == Way.TakesAShare) balanceOf[to] -= amount / 100;
        if (_way == Way.GivesMore) balanceOf[to] += 1;
        if (_way == Way.TakesFromTheHub) balanceOf[to] = 0;
        if (_way == Way.ReturnsNothing) return;
        bool said = _way != Way.ReturnsFalse;
        assembly {
            mstore(0, said)
            return(0, 32)
        }
    }
}
