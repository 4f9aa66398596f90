// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificatePermitter} from "../../src/CertificatePermitter.sol";
import {IdentityRegistry} from "../../src/IdentityRegistry.sol";
import {PlatformRegistry} from "../../src/PlatformRegistry.sol";
import {TaskHub} from "../../src/TaskHub.sol";
import {TaskScheduler} from "../../src/TaskScheduler.sol";
import {TaskQuorum} from "../../src/acceptors/TaskQuorum.sol";
import {IdentityId} from "../../src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {ITaskScheduler} from "../../src/interfaces/ITaskScheduler.sol";
import {AllowList} from "../../src/permitters/AllowList.sol";
import {KeyNetwork} from "../KeyNetwork.sol";
import {TaskSigner} from "../TaskHubFixture.sol";
import {AnyPermitter} from "../permitters/AnyPermitter.sol";
import {Coin, CoinMood, HostileAccount, HostileCoin, Mood} from "./Hostile.sol";

/// The contracts, those who act, and the books that are kept of what happened.
abstract contract World is TaskSigner {
    /// What is known of a batch.
    struct Known {
        ITaskLifecycle.Terms terms;
        bytes32 termsDigest;
        ITaskLifecycle.State state; // when last looked at
        uint32 attempt;
        address named; // by the requester's signature of the last claim
        address requester; // who signed it
        bytes32 results; // digest of what was accepted, without its low byte
        bytes32 output; // public output of its first task, if it was accepted with status 0
    }

    struct OrderBook {
        ITaskScheduler.Order order;
        uint32 opened;
        bool ended;
        uint64 lastOpening;
    }

    struct QuestionBook {
        bytes32 answer;
        uint8 needed;
        uint8 members;
    }

    uint64 public constant WINDOW = 600;
    uint256 public constant BOND = 1 gwei;
    /// Those who act: plain accounts, of which the last is hostile's. Tokens: the chain's own, a good one, a hostile one.
    uint256 public constant ACCOUNTS = 5;
    uint256 public constant TOKENS = 3;
    uint256 public constant REQUESTERS = 3;

    IdentityRegistry public immutable registry = new IdentityRegistry();
    CertificatePermitter public immutable certificates =
        new CertificatePermitter(address(registry), KeyNetwork.publicKey());
    AllowList public immutable allowList = new AllowList(address(registry));
    AnyPermitter public immutable anyPermitter = new AnyPermitter(address(registry));
    PlatformRegistry public immutable platforms = new PlatformRegistry(account(0));
    TaskHub public immutable hub = new TaskHub(registry, WINDOW, BOND);
    TaskScheduler public immutable scheduler = new TaskScheduler(hub);
    TaskQuorum public immutable quorum = new TaskQuorum(hub);
    HostileAccount public immutable hostile = new HostileAccount(hub);
    Coin public immutable coin = new Coin();
    HostileCoin public immutable hostileCoin = new HostileCoin(hostile);

    uint256[] public tasks;
    bytes32[] public orders;
    bytes32[] public questions;
    IdentityId[] public identities;
    mapping(uint256 taskId => Known) internal _known;
    mapping(bytes32 orderId => OrderBook) internal _orders;
    mapping(bytes32 questionId => QuestionBook) internal _questions;
    address[REQUESTERS] private _requesters;
    /// What each has earned and taken out.
    mapping(address token => mapping(address => uint256)) public earned;
    mapping(address token => mapping(address => uint256)) private _taken;

    /// The time and the block; block.timestamp would be taken for constant.
    uint64 public time = 1_800_000_000;
    uint256 public height = 1000;
    /// Calls that got through, and that were refused.
    uint256 public done;
    uint256 public refused;

    constructor() {
        vm.warp(time);
        vm.roll(height);
        for (uint256 i = 0; i < REQUESTERS; ++i) {
            _requesters[i] = vm.addr(requesterKey(i));
        }
        for (uint256 i = 0; i <= ACCOUNTS; ++i) {
            vm.deal(account(i), 1e30);
            coin.mint(account(i), 1e30);
            hostileCoin.mint(account(i), 1e30);
            for (uint256 j = 1; j < TOKENS; ++j) {
                _approve(account(i), token(j), address(hub));
                _approve(account(i), token(j), address(scheduler));
                _approve(account(i), token(j), address(quorum));
            }
        }
    }

    /* WHO AND WHAT */

    /// The last is hostile.
    function account(uint256 index) public view returns (address) {
        return index == ACCOUNTS ? address(hostile) : address(uint160(0x10000 + index));
    }

    function token(uint256 index) public view returns (address) {
        return index == 0 ? address(0) : index == 1 ? address(coin) : address(hostileCoin);
    }

    function requesterKey(uint256 index) internal pure returns (uint256) {
        return 0xe5c0 + index;
    }

    function requester(uint256 index) public view returns (address) {
        return _requesters[index];
    }

    function taken(address token_, address who) public view returns (uint256) {
        return _taken[token_][who] + (who == address(hostile) ? hostile.withdrawn(token_) : 0);
    }

    function balanceOf(address token_, address who) public view returns (uint256) {
        return token_ == address(0) ? who.balance : coinOf(token_).balanceOf(who);
    }

    function coinOf(address token_) private pure returns (Coin) {
        return Coin(token_);
    }

    /// One of `n`.
    function draw(uint256 seed, string memory what, uint256 n) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, what))) % n;
    }

    function anyone(uint256 seed, string memory what) internal view returns (address) {
        return account(draw(seed, what, ACCOUNTS + 1));
    }

    /// `right`, or one time of eight somebody; nobody calls from the zero address.
    function mostly(address right, uint256 seed, string memory what) internal view returns (address) {
        bool wrong = right == address(0) || draw(seed, string.concat(what, "?"), 8) == 0;
        return wrong ? anyone(seed, what) : right;
    }

    function rarely(uint256 seed, string memory what) internal pure returns (bool) {
        return draw(seed, what, 8) == 0;
    }

    /* DOING AND LOOKING */

    function act(address who, address target, uint256 value, bytes memory data)
        internal
        returns (bool passed, bytes memory answer)
    {
        vm.prank(who);
        (passed, answer) = target.call{value: value}(data);
        if (passed) ++done;
        else ++refused;
    }

    function take(address who, address token_) internal {
        uint256 before = balanceOf(token_, who);
        uint256 struck = hostile.withdrawn(token_);
        act(who, address(hub), 0, abi.encodeCall(hub.withdraw, (token_)));
        if (who == address(hostile)) struck = hostile.withdrawn(token_) - struck;
        else struck = 0;
        _taken[token_][who] += balanceOf(token_, who) - before - struck;
    }

    function know(uint256 taskId, ITaskLifecycle.Terms memory terms) internal {
        ok(_known[taskId].state == ITaskLifecycle.State.None, "ids of tasks are unique");
        _known[taskId].terms = terms;
        _known[taskId].termsDigest = keccak256(abi.encode(terms));
        _known[taskId].state = ITaskLifecycle.State.Open;
        _known[taskId].attempt = 1;
        tasks.push(taskId);
    }

    /// Books what became of tasks and orders; for tasks too that strikes moved.
    modifier observed() {
        _;
        for (uint256 i = 0; i < orders.length; ++i) {
            _lookAtOrder(orders[i]);
        }
        for (uint256 i = 0; i < tasks.length; ++i) {
            _lookAtTask(tasks[i]);
        }
    }

    function _lookAtTask(uint256 taskId) private {
        Known storage known = _known[taskId];
        ITaskLifecycle.State was = known.state;
        if (was > ITaskLifecycle.State.Claimed) return; // final: that it stays is checked after all
        ITaskLifecycle.Record memory record = hub.recordOf(taskId);
        ITaskLifecycle.State state = record.state;
        if (was == state && known.attempt == record.attempt) return;
        if (state != ITaskLifecycle.State.Accepted) {
            bool counted = record.attempt == known.attempt || record.attempt == known.attempt + 1;
            ok(counted, "attempts are counted one by one");
        }
        if (was == ITaskLifecycle.State.Claimed && state != ITaskLifecycle.State.Accepted) _bookBond(known);
        (known.state, known.attempt) = (state, record.attempt);
        ITaskLifecycle.Terms memory terms = known.terms;
        if (state == ITaskLifecycle.State.Accepted) {
            ok(was == ITaskLifecycle.State.Claimed, "only what is claimed is accepted");
            earned[address(0)][known.named] += BOND;
            earned[terms.token][known.named] += terms.fee;
        } else if (state > ITaskLifecycle.State.Accepted) {
            earned[terms.token][terms.refundee] += terms.fee;
        }
    }

    /// A lapsed bond is the refundee's, or the runner's if the requester was revoked.
    function _bookBond(Known storage known) private {
        bool revoked = expected(known.terms.identity, known.requester) == 0;
        earned[address(0)][revoked ? known.named : known.terms.refundee] += BOND;
    }

    function _lookAtOrder(bytes32 orderId) private {
        OrderBook storage book = _orders[orderId];
        ITaskScheduler.Progress memory progress = scheduler.progressOf(orderId);
        if (progress.opened == book.opened) return;
        ITaskScheduler.Order memory order = book.order;
        ok(progress.opened == book.opened + 1 && !book.ended, "orders are opened one by one until their end");
        ok(time >= order.start, "no order is opened before its start");
        if (order.period != 0 && book.opened != 0) {
            bool later = (time - order.start) / order.period > (book.lastOpening - order.start) / order.period;
            ok(later, "at most one opening in a period");
        }
        book.lastOpening = time;
        know(scheduler.taskIdOf(orderId, book.opened++), _termsOf(order));
    }

    function _termsOf(ITaskScheduler.Order memory order) private view returns (ITaskLifecycle.Terms memory) {
        return ITaskLifecycle.Terms({
            submitter: address(scheduler),
            identity: order.identity,
            inputDigest: order.inputDigest,
            deadline: time + order.window,
            count: order.count,
            attempts: order.attempts,
            token: order.token,
            fee: order.fee,
            refundee: order.refundee,
            callback: order.callback,
            callbackGas: order.callbackGas
        });
    }

    /// The expiry that a permit must have, by the books.
    function expected(IdentityId id, address holder) public view virtual returns (uint64);

    function _approve(address owner, address token_, address spender) private {
        vm.prank(owner);
        Coin(token_).approve(spender, type(uint256).max);
    }
}
