// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {ITaskLifecycle} from "./interfaces/ITaskHub.sol";

/// @title Money in and out, in a token or, for the zero address, in the chain's own currency
/// @dev Reentrancy: both functions call out; callers hold a guard, and have written down what they mean to.
library Funds {
    using SafeERC20 for IERC20;

    /// @notice Takes exactly `amount` from the caller: the value sent, or from its allowance of the token. A token that
    /// delivers less or more is refused.
    function take(address token, uint256 amount) internal {
        if (token == address(0)) {
            require(msg.value == amount, ITaskLifecycle.FeeUnfit(msg.value, amount));
            return;
        }
        require(msg.value == 0, ITaskLifecycle.FeeUnfit(msg.value, 0));
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        require(received == amount, ITaskLifecycle.FeeUnfit(received, amount));
    }

    /// @notice Pays out; reverts if the receiver or the token refuses.
    function pay(address token, address to, uint256 amount) internal {
        if (token != address(0)) {
            IERC20(token).safeTransfer(to, amount);
        } else {
            (bool ok,) = to.call{value: amount}("");
            require(ok, ITaskLifecycle.WithdrawalFailed());
        }
    }

    /// @notice Lets `spender` take `amount` of a token; nothing for the chain's own currency.
    /// @return value to send along in place of an allowance
    function allow(address token, address spender, uint256 amount) internal returns (uint256 value) {
        if (token == address(0)) return amount;
        IERC20(token).forceApprove(spender, amount);
    }
}
