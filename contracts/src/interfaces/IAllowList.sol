// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits for requesters that the registrant lists
/// @notice Anyone may ask for a listed requester; neither context nor authorization matters. What is granted is the whole
/// allowance, whatever duration others ask for; the requester itself may ask for less.
interface IAllowList {
    /// @param maxDuration seconds; zero if the requester is not listed any more
    event AllowanceChanged(IdentityId indexed identity, address indexed requester, uint64 maxDuration);

    /// @notice Lists a requester. Registrant only; the identity's delay applies, but not to zero, which strikes the
    /// requester off at once, and revokes its permit if this is the identity's permitter.
    /// @dev Warning: revoking a permit at the registry leaves its holder listed, and it can be granted anew.
    /// @param maxDuration seconds that a permit of the requester lasts at most
    function setAllowance(IdentityId identity, address requester, uint64 maxDuration) external;

    /// @notice Seconds that a permit of the requester lasts at most; zero if it is not listed.
    function allowanceOf(IdentityId identity, address requester) external view returns (uint64 maxDuration);
}
