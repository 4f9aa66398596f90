// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Changes that are announced before they are made
/// @notice A delayed change takes the same call twice. The first announces it; the second, once the delay has passed
/// and within fourteen days, makes it. A change that nobody makes in time lapses: the call announces it anew.
interface IScheduled {
    /// @param change keccak256 of the call that announced it and that will make it
    /// @param readyAt the time from which on it can be made, in seconds since the epoch
    event ChangeScheduled(bytes32 indexed change, uint64 readyAt);
    event ChangeCancelled(bytes32 indexed change);

    /// The change was announced less than its delay ago.
    error ChangeNotReady(bytes32 change, uint64 readyAt);
    /// There is no such change to cancel.
    error ChangeUnknown(bytes32 change);

    /// @notice When an announced change can be made and when it lapses, in seconds since the epoch; zero if it is not
    /// announced, or lapsed.
    /// @dev Warning: a delay that was raised since then counts, too, and is not in `readyAt`.
    function scheduledChange(bytes32 change) external view returns (uint64 readyAt, uint64 lapsesAt);
}
