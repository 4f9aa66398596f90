// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits that are announced beforehand
/// @notice The sub-permitter grants twice. The first grant announces the request; the second, once the delay has passed
/// and within fourteen days, makes it a permit. In between the registrant may veto. Both calls need their proof, so
/// that what was true at the announcement still is when the permit begins. Evidence is used up by the second alone.
/// @dev Warning: evidence serves for 128 blocks. With a delay shorter than that, the evidence of the announcement can serve for
/// the permit as well, and nothing shows that the enclave still runs; with a longer one, the second call needs new
/// evidence. Delays should be longer than 128 blocks take.
/// @dev A request is void if it was announced in the block of the requester's last grant or revocation, or before.
interface ITimelock {
    /// @param delay seconds
    event TimelockChanged(IdentityId indexed identity, address subPermitter, uint64 delay);
    /// @param readyAt seconds since the epoch
    event RequestAnnounced(IdentityId indexed identity, address indexed requester, uint64 duration, uint64 readyAt);
    event RequestVetoed(IdentityId indexed identity, address indexed requester);

    /// The sub-permitter's upstream is not this contract, or the delay is not between one second and a year.
    error TimelockUnfit();
    /// The request can be made a permit from this time on, in seconds since the epoch.
    error RequestNotReady(uint64 readyAt);
    /// There is no request to veto.
    error RequestUnknown();

    /// @notice Names the sub-permitter and for how long its grants wait. Registrant only; the identity's delay applies.
    /// @param delay seconds
    function setTimelock(IdentityId identity, address subPermitter, uint64 delay) external;

    /// @notice Turns a request down. Registrant only.
    /// @dev Warning: the sub-permitter can announce it anew; who keeps doing so is to be denied there.
    function veto(IdentityId identity, address requester) external;

    /// @notice The sub-permitter of an identity and for how long its grants wait, in seconds; zero if there is none.
    function timelockOf(IdentityId identity) external view returns (address subPermitter, uint64 delay);

    /// @notice A request that is waiting: for how many seconds, and when it can be made a permit; zero if there is none.
    function requestOf(IdentityId identity, address requester) external view returns (uint64 duration, uint64 readyAt);
}
