// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IScheduled} from "./interfaces/IScheduled.sol";

/// @title Two-call changes
/// @dev Storage: one slot for each announced change. Trust: who may announce, make and cancel is for the contract that
/// inherits this to say; the digest of a change must name all of it, and what it is of. Makes no calls.
abstract contract Scheduled is IScheduled {
    /// @param announcedAt seconds since the epoch
    /// @param readyAt seconds since the epoch: announcedAt + the delay of that time
    struct Announced {
        uint64 announcedAt;
        uint64 readyAt;
    }

    /// Seconds for which a change that is ready can be made.
    uint256 internal constant READY_FOR = 14 days;

    mapping(bytes32 change => Announced) private _announced;

    /// @inheritdoc IScheduled
    function scheduledChange(bytes32 change) external view returns (uint64 readyAt, uint64 lapsesAt) {
        readyAt = _announced[change].readyAt;
        if (readyAt == 0 || block.timestamp > readyAt + READY_FOR) return (0, 0);
        return (readyAt, uint64(readyAt + READY_FOR));
    }

    /// @dev Announces a change, or says that it is to be made now. With no delay, it is to be made at once. A delay
    /// that was raised after the announcement holds back what was announced before, and a lowered one hastens nothing.
    /// @param change keccak256 of everything that identifies the change; usually of `msg.data`
    /// @param delaySeconds the delay that holds now
    /// @return ready whether the caller must make the change now
    function _due(bytes32 change, uint256 delaySeconds) internal returns (bool ready) {
        Announced memory announced = _announced[change];
        if (delaySeconds == 0) {
            if (announced.readyAt != 0) delete _announced[change];
            return true;
        }
        if (announced.readyAt == 0 || block.timestamp > announced.readyAt + READY_FOR) {
            uint64 readyAt = uint64(block.timestamp + delaySeconds);
            _announced[change] = Announced({announcedAt: uint64(block.timestamp), readyAt: readyAt});
            emit ChangeScheduled(change, readyAt);
            return false;
        }
        uint256 earliest = announced.announcedAt + delaySeconds;
        if (earliest < announced.readyAt) earliest = announced.readyAt;
        require(block.timestamp >= earliest, ChangeNotReady(change, uint64(earliest)));
        delete _announced[change];
        return true;
    }

    /// @dev Takes an announced change back.
    function _cancel(bytes32 change) internal {
        require(_announced[change].readyAt != 0, ChangeUnknown(change));
        delete _announced[change];
        emit ChangeCancelled(change);
    }
}
