// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";
import {ITaskLifecycle} from "./ITaskHub.sol";

/// @title Tasks that come again: at set times, or whenever a contract says so
/// @notice An order is paid for in advance, and opened as often as it says: each time, a batch is submitted to the hub.
/// Periodic orders are opened by anyone, when they are due; whoever would like to earn the fee has reason to. Triggered
/// orders are opened by the contract that they name alone, in the transaction of the event that they are about.
///
/// What is missed is not made up for: an order is opened at most once in a period, however long nobody did, and the
/// periods go on from where they were (start, start + period, start + 2 periods…). It only lasts longer: it is over when
/// all of its occurrences were opened.
interface ITaskScheduler {
    /// @notice What is ordered, for good. The scheduler stores a digest of it alone, so that callers bring it along.
    /// @param owner who places it, and may end it
    /// @param identity, inputDigest, count, attempts, token, callback, callbackGas as in the terms of each batch
    /// @param fee of each batch
    /// @param refundee who is credited with the rest if the order is ended, and what the hub gives back of its batches
    /// @param window seconds that a batch has until its deadline
    /// @param start when the first batch may be opened, in seconds since the epoch; with the window, below 2^40
    /// @param period seconds between two batches; zero for no limit, in triggered orders only
    /// @param occurrences how many batches: at least 1
    /// @param trigger contract that opens them; zero for anyone
    struct Order {
        address owner;
        IdentityId identity;
        bytes32 inputDigest;
        uint16 count;
        uint16 attempts;
        address token;
        uint256 fee;
        address refundee;
        address callback;
        uint32 callbackGas;
        uint32 window;
        uint64 start;
        uint32 period;
        uint32 occurrences;
        address trigger;
    }

    /// @notice How far an order has come.
    /// @param opened batches so far
    /// @param due when the next may be opened, in seconds since the epoch
    /// @param ended by its owner
    struct Progress {
        uint32 opened;
        uint64 due;
        bool ended;
    }

    event OrderPlaced(bytes32 indexed orderId, IdentityId indexed identity, address indexed owner, Order order);
    event OrderOpened(bytes32 indexed orderId, uint32 indexed occurrence, uint256 indexed taskId);
    event OrderEnded(bytes32 indexed orderId, uint256 refund);
    event Withdrawn(address indexed token, address indexed account, uint256 amount);

    /// The caller is not who the call is for.
    error Unauthorized();
    /// The order names another owner than the caller, or what the hub would refuse, or has no window, no occurrences, a
    /// start beyond 2^40, or neither period nor trigger.
    error OrderUnfit();
    /// The owner used this salt before.
    error OrderExists(bytes32 orderId);
    /// There is no such order, or this is not it.
    error OrderMismatch(bytes32 orderId);
    /// All of its occurrences were opened, or it was ended.
    error OrderOver(bytes32 orderId);
    /// It is too early.
    error OrderNotDue(bytes32 orderId, uint64 due);

    /// @notice Places an order and pays for all of it: `fee` times `occurrences`, as value or from the caller's allowance.
    function place(Order calldata order, bytes32 salt) external payable returns (bytes32 orderId);

    /// @notice Opens the next batch of an order that is due. It is the hub's from then on.
    function open(bytes32 orderId, Order calldata order) external returns (uint256 taskId);

    /// @notice Ends an order and credits the refundee with the fees of what was not opened. Owner only.
    function end(bytes32 orderId, Order calldata order) external;

    /// @notice Pays out what orders that were ended left to the caller, in a token; zero is the chain's own currency.
    function withdraw(address token) external returns (uint256 amount);

    /// @notice What `withdraw` would pay to `account`.
    function credit(address token, address account) external view returns (uint256 amount);

    /// @notice Cancels a batch that nobody has claimed; the hub credits its fee to the refundee. Owner only.
    /// @param occurrence counts from 0
    /// @param terms those of the batch; the hub's event has them
    function cancel(bytes32 orderId, Order calldata order, uint32 occurrence, ITaskLifecycle.Terms calldata terms)
        external;

    /// @notice The id that `owner`'s order with this salt has or will have.
    function orderIdOf(address owner, bytes32 salt) external view returns (bytes32 orderId);

    /// @notice The id that a batch of the order has or will have; inputs can be encrypted to it beforehand.
    /// @param occurrence counts from 0
    /// @dev Warning: anyone can place orders whose callback is your contract. Compare the ids of tasks with this.
    function taskIdOf(bytes32 orderId, uint32 occurrence) external view returns (uint256 taskId);

    /// @notice All zero if there is no such order.
    function progressOf(bytes32 orderId) external view returns (Progress memory progress);
}
