// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ITaskLifecycle} from "./interfaces/ITaskHub.sol";
import {ITaskScheduler} from "./interfaces/ITaskScheduler.sol";
import {Funds} from "./Funds.sol";
import {TaskEncoding} from "./TaskEncoding.sol";

/// @title The scheduler of tasks
/// @notice Nobody owns it and nothing in it can be upgraded.
/// @dev Storage: two slots for an order (digest; progress), one for each token and account to be paid. The money of all orders in a token is in one balance; what of
/// it is an order's is its fee times what it has not opened; the rest is credit of refundees.
/// Trust: the hub, and an order's token with the orders in that token. The trigger of an order decides when its money is
/// spent, and on nothing but the order's own batches.
/// Reentrancy: one transient guard over all that changes state; state is written before hub or token are called. Callbacks
/// of the hub may open orders, since the scheduler is not being called then.
contract TaskScheduler is ITaskScheduler, ReentrancyGuardTransient {
    struct Stored {
        bytes32 digest;
        Progress progress;
    }

    /// The hub to which tasks go.
    ITaskLifecycle public immutable hub;

    mapping(bytes32 orderId => Stored) private _orders;
    /// @inheritdoc ITaskScheduler
    mapping(address token => mapping(address account => uint256)) public credit;

    constructor(ITaskLifecycle hub_) {
        require(address(hub_).code.length != 0, ITaskLifecycle.ConstructionUnfit());
        hub = hub_;
    }

    /* ORDERS */

    /// @inheritdoc ITaskScheduler
    function place(Order calldata order, bytes32 salt) external payable nonReentrant returns (bytes32 orderId) {
        require(_fit(order), OrderUnfit());
        orderId = orderIdOf(msg.sender, salt);
        Stored storage stored = _orders[orderId];
        require(stored.digest == 0, OrderExists(orderId));

        stored.digest = keccak256(abi.encode(order));
        stored.progress.due = order.start;
        emit OrderPlaced(orderId, order.identity, msg.sender, order);
        Funds.take(order.token, order.fee * order.occurrences);
    }

    /// @inheritdoc ITaskScheduler
    function open(bytes32 orderId, Order calldata order) external nonReentrant returns (uint256 taskId) {
        Progress storage progress = _live(orderId, order);
        require(order.trigger == address(0) || msg.sender == order.trigger, Unauthorized());
        require(block.timestamp >= progress.due, OrderNotDue(orderId, progress.due));

        uint32 occurrence = progress.opened++;
        if (order.period != 0) {
            // Of the periods since the start, the next to begin: less than one from now.
            uint256 begun = (block.timestamp - order.start) / order.period;
            progress.due = uint64(order.start + (begun + 1) * order.period);
        }
        uint256 value = Funds.allow(order.token, address(hub), order.fee);
        taskId = hub.submit{value: value}(_termsOf(order), _saltOf(orderId, occurrence));
        emit OrderOpened(orderId, occurrence, taskId);
    }

    /// @inheritdoc ITaskScheduler
    function end(bytes32 orderId, Order calldata order) external nonReentrant {
        Progress storage progress = _live(orderId, order);
        require(msg.sender == order.owner, Unauthorized());

        progress.ended = true;
        uint256 refund = order.fee * (order.occurrences - progress.opened);
        emit OrderEnded(orderId, refund);
        credit[order.token][order.refundee] += refund;
    }

    /// @inheritdoc ITaskScheduler
    function withdraw(address token) external nonReentrant returns (uint256 amount) {
        amount = credit[token][msg.sender];
        credit[token][msg.sender] = 0;
        emit Withdrawn(token, msg.sender, amount);
        Funds.pay(token, msg.sender, amount);
    }

    /// @inheritdoc ITaskScheduler
    function cancel(bytes32 orderId, Order calldata order, uint32 occurrence, ITaskLifecycle.Terms calldata terms)
        external
        nonReentrant
    {
        _stored(orderId, order);
        require(msg.sender == order.owner, Unauthorized());
        hub.cancel(taskIdOf(orderId, occurrence), terms);
    }

    /* VIEWS */

    /// @inheritdoc ITaskScheduler
    function orderIdOf(address owner, bytes32 salt) public view returns (bytes32 orderId) {
        return keccak256(abi.encode(address(this), block.chainid, owner, salt));
    }

    /// @inheritdoc ITaskScheduler
    function taskIdOf(bytes32 orderId, uint32 occurrence) public view returns (uint256 taskId) {
        return hub.taskIdOf(address(this), _saltOf(orderId, occurrence));
    }

    /// @inheritdoc ITaskScheduler
    function progressOf(bytes32 orderId) external view returns (Progress memory progress) {
        return _orders[orderId].progress;
    }

    /* INTERNALS */

    /// The order, if it is not over.
    function _live(bytes32 orderId, Order calldata order) private view returns (Progress storage progress) {
        progress = _stored(orderId, order).progress;
        require(!progress.ended && progress.opened < order.occurrences, OrderOver(orderId));
    }

    function _stored(bytes32 orderId, Order calldata order) private view returns (Stored storage stored) {
        stored = _orders[orderId];
        require(stored.digest == keccak256(abi.encode(order)), OrderMismatch(orderId));
    }

    function _termsOf(Order calldata order) private view returns (ITaskLifecycle.Terms memory) {
        return ITaskLifecycle.Terms({
            submitter: address(this),
            identity: order.identity,
            inputDigest: order.inputDigest,
            deadline: uint64(block.timestamp) + order.window,
            count: order.count,
            attempts: order.attempts,
            token: order.token,
            fee: order.fee,
            refundee: order.refundee,
            callback: order.callback,
            callbackGas: order.callbackGas
        });
    }

    function _saltOf(bytes32 orderId, uint32 occurrence) private pure returns (bytes32) {
        return keccak256(abi.encode(orderId, occurrence));
    }

    /// What the hub would refuse is refused here, before money is paid for it.
    function _fit(Order calldata order) private view returns (bool) {
        return order.owner == msg.sender && order.refundee != address(0) && order.window != 0 && order.occurrences != 0
            && (order.period != 0 || order.trigger != address(0)) && order.fee <= type(uint128).max
            && order.attempts != 0 && order.count != 0 && order.count <= TaskEncoding.MAX_COUNT
            && order.callbackGas <= TaskEncoding.MAX_CALLBACK_GAS && uint256(order.start) + order.window <= type(uint40).max
            && (order.callback == address(0)) == (order.callbackGas == 0);
    }
}
