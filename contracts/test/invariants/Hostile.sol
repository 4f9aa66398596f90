// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {TaskHub} from "../../src/TaskHub.sol";
import {ITaskCallback, ITaskLifecycle} from "../../src/interfaces/ITaskHub.sol";
import {IQuorumCallback} from "../../src/interfaces/ITaskQuorum.sol";

/// A token like others.
contract Coin is ERC20("Coin", "C") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// What a hostile token does when it is moved.
enum CoinMood {
    Honest,
    Strikes,
    TakesShare, // of what is taken, not of what is paid out
    Lies,
    Reverts
}

/// A token that lets somebody strike while it moves, keeps a share, says that it did not move, or does not move.
contract HostileCoin is ERC20("Hostile", "H") {
    CoinMood public mood;
    HostileAccount private immutable _friend;

    constructor(HostileAccount friend) {
        _friend = friend;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function set(CoinMood mood_) external {
        mood = mood_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        _before();
        return _after(super.transfer(to, amount));
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _before();
        if (mood == CoinMood.TakesShare && amount > 1) _burn(from, 1);
        return _after(super.transferFrom(from, to, mood == CoinMood.TakesShare && amount > 1 ? amount - 1 : amount));
    }

    function _before() private {
        require(mood != CoinMood.Reverts, "no");
        if (mood == CoinMood.Strikes) _friend.strike();
    }

    function _after(bool moved) private returns (bool) {
        if (mood == CoinMood.Strikes) _friend.strike();
        return moved && mood != CoinMood.Lies;
    }
}

/// What a hostile account does when it is called, after its strike.
enum Mood {
    Calm,
    Reverts,
    BurnsGas,
    ReturnsMuch
}

/// Submitter, runner, refundee, callback and application, which calls back into whoever calls it.
contract HostileAccount is ITaskCallback, IQuorumCallback {
    Mood public mood;
    address private _target;
    bytes private _data;
    address private _token; // if the strike is a withdrawal
    bool private _striking;
    TaskHub private immutable _hub;

    /// Strikes that got through.
    uint256 public hits;
    /// Reports that were accepted again.
    uint256 public acceptedAgain;
    /// What was withdrawn by strikes.
    mapping(address token => uint256) public withdrawn;
    /// How often it was told the answer to a question.
    mapping(bytes32 questionId => uint256) public told;

    constructor(TaskHub hub) {
        _hub = hub;
    }

    receive() external payable {
        strike();
        _sulk();
    }

    function arm(Mood mood_, address target, bytes calldata data, address token) external {
        (mood, _target, _data, _token) = (mood_, target, data, token);
    }

    function onTaskResults(uint256, ITaskLifecycle.Terms calldata, ITaskLifecycle.TaskResult[] calldata) external {
        strike();
        _sulk();
    }

    function onAnswer(bytes32 questionId, bytes32) external {
        ++told[questionId];
        strike();
        _sulk();
    }

    function strike() public {
        if (_striking || _target == address(0)) return;
        _striking = true;
        uint256 before = _balance();
        (bool hit,) = _target.call(_data);
        if (hit) {
            ++hits;
            bytes4 selector = bytes4(_data);
            if (selector == TaskHub.acceptTaskResults.selector) ++acceptedAgain;
            if (selector == TaskHub.withdraw.selector) withdrawn[_token] += _balance() - before;
        }
        _striking = false;
    }

    function _balance() private view returns (uint256) {
        return _token == address(0) ? address(this).balance : ERC20(_token).balanceOf(address(this));
    }

    function _sulk() private view {
        if (mood == Mood.Reverts) revert("no");
        if (mood == Mood.BurnsGas) {
            assembly {
                invalid()
            }
        }
        if (mood == Mood.ReturnsMuch) {
            assembly {
                return(0, 100000)
            }
        }
    }
}
