// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits that several permitters agree on
/// @notice A sub-permitter votes by granting: its grant comes here instead of to the registry. A vote is for as long as
/// the permit would have been that the sub-permitter granted, so that no permit outlives the grants it is made of; and it
/// can be counted for one day (`VOTE_LIFE`). As many votes as needed are a permit, for the longest time that that many
/// agree on, whatever the caller asked for, and they are used up by it.
/// @notice Votes come one by one, each from a call of a sub-permitter; or all at once, by a call of `acquireIdentity`
/// here, which calls all sub-permitters with context = abi.encode(bytes[]) and authorization = abi.encode(bytes[]), one
/// element for each, in the order of `subPermittersOf`. If they are too few, the call reverts with all their votes.
/// @dev Votes are void if cast in the block of the requester's last grant or revocation, or before.
/// @dev Warning: a vote stays for up to a day after its sub-permitter would no longer grant it.
/// @dev Warning: a hostile sub-permitter whose vote is needed decides how long the permit lasts, down to `MIN_VOTE`, and so
/// can spend the others' votes on a short one; also those of a gathering, which it sees before it is in a block, by
/// bringing the others' proofs itself. So does whoever calls, at a sub-permitter that lets its caller choose the duration.
/// None of them can shorten a permit that is live.
interface IQuorum {
    event SubPermittersChanged(IdentityId indexed identity, uint256 needed, address[] subPermitters);
    /// @param until the end of the permit that the sub-permitter granted, in seconds since the epoch
    event VoteCast(IdentityId indexed identity, address indexed requester, address indexed subPermitter, uint64 until);

    /// Sub-permitters are 1 to `MAX_SUBS`, by ascending addresses, all with this contract as their upstream; what is
    /// needed is between one and all of them.
    error SubPermittersUnfit();
    /// A vote is for `MIN_VOTE` seconds at least.
    error VoteTooShort(uint64 duration);
    /// Votes for this requester are being gathered.
    error GatheringAlready();
    /// There must be one context and one authorization for each sub-permitter.
    error GatheringMalformed();
    /// Too few sub-permitters granted.
    error QuorumNotReached();

    /// @notice Who must agree on permits of an identity.
    /// @return needed how many; zero if nobody can be granted anything
    function subPermittersOf(IdentityId identity) external view returns (uint256 needed, address[] memory subPermitters);

    /// @notice Until when a vote counts, in seconds since the epoch; zero if there is none that counts.
    function voteOf(IdentityId identity, address requester, address subPermitter) external view returns (uint64 until);
}
