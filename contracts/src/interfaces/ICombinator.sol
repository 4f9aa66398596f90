// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title What permitters have in common that combine others, or stand in for people
/// @notice A permitter whose upstream is a combinator is a sub-permitter. Only those that the registrant named count,
/// each as itself; whoever else calls a combinator has no say. Changes by the registrant wait for the delay that the
/// registry has for the identity (`IScheduled`), and whatever was collected before a change is void after it.
/// @dev `acquireIdentity` returns zero, and grants nothing, while more calls are needed.
/// @dev Only the possessor gives a permit up, by `releaseIdentity` of the identity's own permitter: a sub-permitter
/// has no say in that, lest one of several could take away what the others gave.
interface ICombinator {
    /// A change was announced: this call, made again when it is due, makes it.
    /// @param change the announced change, as ChangeScheduled tells it
    /// @param call selector and arguments, nothing else
    event ChangeAnnounced(IdentityId indexed identity, bytes32 indexed change, bytes call);

    /// The call is not one about this identity.
    error CallUnfit();

    /// @notice Takes back a change that was announced. Registrant only.
    /// @param call the call that announced it: selector and arguments
    function cancelChange(IdentityId identity, bytes calldata call) external;
}
