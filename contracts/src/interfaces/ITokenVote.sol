// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title Permits that the holders of a token vote on
/// @notice Anyone opens a ballot on one permit: identity, requester and duration. Votes weigh what their holders had
/// (and were delegated) just before the ballot was opened, so that tokens borrowed for a vote weigh nothing. A ballot
/// that passed is good for one permit of just that duration, for fourteen days: until a permit is granted, anyone may bring
/// it to this contract, again and again.
/// @dev The token is an ERC-20 with IVotes and a clock (ERC-5805). A ballot is void if opened in the block of the
/// requester's last grant or revocation, or before.
/// @dev Warning: who opens a ballot chooses its snapshot, and may have borrowed in the block before. A quorum should be
/// more than can be borrowed from one block to the next.
/// @dev Warning: alone before the registry, a ballot that passed is a permit as soon as anybody says so, and its time runs.
/// Who wants to choose when combines it with something that only the requester has, by AllOf.
interface ITokenVote {
    /// @param snapshot the token's time (ERC-6372) at which votes are weighed
    /// @param endsAt voting ends, in seconds since the epoch
    /// @param openedBlock number of the block in which the ballot was opened
    /// @param number counts the ballots on this permit, from 1
    struct Ballot {
        uint64 snapshot;
        uint64 endsAt;
        uint64 openedBlock;
        uint64 number;
        uint256 yes;
        uint256 no;
    }

    event VoteRuleChanged(IdentityId indexed identity, IERC5805 token, uint64 period, uint256 quorum);
    event BallotOpened(
        IdentityId indexed identity, address indexed requester, uint64 duration, uint64 snapshot, uint64 endsAt
    );
    event BallotCast(
        IdentityId indexed identity,
        address indexed requester,
        uint64 duration,
        address indexed voter,
        bool yes,
        uint256 weight
    );

    /// There must be a token, a period between a second and a year, and a quorum.
    error VoteRuleUnfit();
    /// The ballot is open, or passed and not used yet.
    error BallotPending();
    /// The ballot is not open, or void.
    error BallotClosed();
    /// The caller voted.
    error VotedAlready(address voter);
    /// The caller had no votes when the ballot was opened.
    error VotesMissing(address voter);

    /// @notice Names the token whose holders vote. Registrant only; the identity's delay applies.
    /// @param period seconds that a ballot is open
    /// @param quorum votes in favour that are needed, besides being more than those against
    function setVoteRule(IdentityId identity, IERC5805 token, uint64 period, uint256 quorum) external;

    /// @notice Opens a ballot. Anyone may call.
    /// @param duration seconds of the permit
    function open(IdentityId identity, address requester, uint64 duration) external;

    /// @notice Casts all of the caller's votes.
    function vote(IdentityId identity, address requester, uint64 duration, bool yes) external;

    /// @notice The rule of an identity; all zero if there is none.
    function voteRuleOf(IdentityId identity) external view returns (IERC5805 token, uint64 period, uint256 quorum);

    /// @notice The last ballot on a permit under the present rule; all zero if there is none.
    function ballotOf(IdentityId identity, address requester, uint64 duration)
        external
        view
        returns (Ballot memory ballot);
}
