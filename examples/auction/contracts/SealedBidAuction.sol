// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SealedInputs} from "@escrin/contracts/src/client/SealedInputs.sol";
import {IdentityId} from "@escrin/contracts/src/interfaces/IIdentityRegistry.sol";
import {ITaskLifecycle} from "@escrin/contracts/src/interfaces/ITaskHub.sol";

/// @title A sealed-bid second-price auction
/// @notice Bids are sealed to one task of one enclave, which runs ../auction.py and says who won, and for how much: the
/// price is the second-highest bid, or a lone bidder's own. Nobody ever learns the other bids. All bidders deposit the
/// same, so that deposits tell nothing; the winner gets back what the price leaves, the others all of it. If there is no
/// outcome by the deadline, or no winner, everyone gets everything back.
/// @dev Storage: the balances and the outcome, beside SealedInputs'. Trust: the enclave, for the outcome; the seller can only
/// close the auction or let it lapse. Reentrancy: `withdraw` forgets the balance before it pays.
contract SealedBidAuction is SealedInputs {
    address public immutable seller;
    /// What a bid deposits, in wei: the most that anyone can be made to pay. A price above it counts as it.
    uint256 public immutable deposit;
    /// From this second on, there are no more bids.
    uint64 public immutable biddingEnds;

    /// Whether the enclave has spoken. Without a winner, it said that there is none.
    bool public settled;
    address public winner;
    uint96 public price;
    /// What `withdraw` pays, once the auction is over.
    mapping(address account => uint256) public balanceOf;

    event AuctionSettled(address indexed winner, uint256 price);

    /// Too early or too late for this.
    error AuctionNotThere();
    error DepositUnfit();
    error Unauthorized();
    error WithdrawalFailed();

    /// @param policy_ measurement root of the enclave that bids are sealed for
    constructor(
        ITaskLifecycle hub_,
        IdentityId identity_,
        bytes32 policy_,
        uint256 deposit_,
        uint64 biddingEnds_,
        uint64 deadline_
    ) SealedInputs(hub_, identity_, policy_, deadline_) {
        seller = msg.sender;
        deposit = deposit_;
        biddingEnds = biddingEnds_;
    }

    /// @notice Hands in a sealed bid, and the deposit. One for each account.
    function bid(bytes32 digest, uint32 size) external payable {
        require(block.timestamp < biddingEnds, AuctionNotThere());
        require(msg.value == deposit, DepositUnfit());
        _register(digest, size);
        balanceOf[msg.sender] = msg.value;
    }

    /// @notice Gives all bids to the enclave. The value sent is the runner's fee.
    function close(address[] calldata bidders, bytes calldata resultKey, bytes calldata groupKey) external payable {
        require(msg.sender == seller, Unauthorized());
        require(block.timestamp >= biddingEnds, AuctionNotThere());
        _close(bidders, resultKey, groupKey, seller);
    }

    /// @notice Pays what the caller has, once the auction is over.
    function withdraw() external returns (uint256 amount) {
        require(settled || _expired(), AuctionNotThere());
        amount = balanceOf[msg.sender];
        balanceOf[msg.sender] = 0;
        (bool ok,) = msg.sender.call{value: amount}("");
        require(ok, WithdrawalFailed());
    }

    /// @dev The word is the winner's address (160 bits) and the price (96 bits).
    function _onResult(uint32 exitStatus, bytes32 publicOutput) internal override {
        settled = true;
        address best = address(bytes20(publicOutput));
        if (exitStatus != 0 || inputOf[best].size == 0) return;
        uint96 second = uint96(uint256(publicOutput));
        winner = best;
        price = second < deposit ? second : uint96(deposit);
        balanceOf[best] -= price;
        balanceOf[seller] += price;
        emit AuctionSettled(best, price);
    }
}
