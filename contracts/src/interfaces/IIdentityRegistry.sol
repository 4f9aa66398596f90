// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPermitter} from "./IPermitter.sol";

/// The name of an identity: a hash that nobody but its registrant could have claimed.
type IdentityId is bytes32;

/// @title Identities, their registrants and permitters, and the permits that enclaves hold
/// @notice An identity has one registrant, who governs it, and one permitter, the contract that decides who may act
/// as it for a while. ERC-165 id: 0xaefcad6e.
interface IIdentityRegistry {
    /// @notice The right to act as an identity. Live while `block.timestamp < expiry`; zero means none.
    /// @param expiry seconds since the epoch; absolute, never a duration.
    struct Permit {
        uint64 expiry;
    }

    event RegistrationTransferProposed(IdentityId indexed identityId, address indexed proposed);
    event PermitterChanged(IdentityId indexed identityId);
    event IdentityCreated(IdentityId id);
    event IdentityDestroyed(IdentityId indexed id);
    /// What `grantIdentity` grants. Grants on evidence (IPermitHistory) tell only IIdentityGovernance's PermitGranted, which
    /// every grant tells, with its expiry.
    event IdentityGranted(IdentityId indexed id, address indexed to);
    event IdentityRevoked(IdentityId indexed id, address indexed from);

    /// The caller does not have the role that the call asks for.
    error Unauthorized();
    /// The address is not a contract that says (ERC-165) that it is what is needed here.
    error InterfaceUnsupported();
    /// The same registrant used this `pers` before.
    error IdentityExists(IdentityId id);
    /// A permit that would be dead at birth; most likely a duration was passed where a time is due.
    error ExpiryInPast(uint64 expiry);

    /// @notice Creates an identity governed by the caller.
    /// @dev The id is keccak256(abi.encode(chain id, registry, caller, keccak256(pers))): known beforehand and
    /// impossible to squat. A caller with several identities tells them apart by `pers`.
    /// @param permitter the contract that will grant permits (ERC-165: IPermitter)
    /// @param pers any bytes not used by this caller before
    function createIdentity(address permitter, bytes calldata pers) external returns (IdentityId id);

    /// @notice Ends an identity for good; all its permits die with it. Registrant only.
    function destroyIdentity(IdentityId id) external;

    /// @notice Names another permitter. All permits granted before die then. Registrant only. If the identity has a delay
    /// (IIdentityGovernance), the first call only announces the change, and the same call makes it when it is due.
    function setPermitter(IdentityId id, address permitter) external;

    /// @notice Offers the identity to another registrant; a zero address takes the offer back. Registrant only.
    function proposeRegistrationTransfer(IdentityId id, address to) external;

    /// @notice Takes an offered identity. Proposed registrant only.
    function acceptRegistrationTransfer(IdentityId id) external;

    /// @notice Grants a permit, or replaces the one that `to` holds. Permitter only.
    /// @param expiry absolute time, in seconds since the epoch, later than now
    function grantIdentity(IdentityId id, address to, uint64 expiry) external;

    /// @notice Takes a permit away. Permitter or registrant.
    /// @dev Warning: whoever still satisfies the permitter has a permit again as soon as it proves so anew. To keep it away,
    /// first change what the permitter asks for (a policy, a list), then revoke.
    function revokeIdentity(IdentityId id, address from) external;

    /// @notice The identity's permitter; zero if the identity does not exist (any more).
    function getPermitter(IdentityId id) external view returns (IPermitter permitter);

    /// @notice The permit that `holder` has; all zero if none was granted, or it was revoked or died with its
    /// permitter or identity. A lapsed permit is returned as it is.
    /// @dev Warning: compare `expiry` with the time; a permit that is returned is not necessarily live.
    function readPermit(address holder, IdentityId identity) external view returns (Permit memory permit);

    /// @notice The identity's registrant and the one it is offered to; zero if there is none.
    function getRegistrant(IdentityId id) external view returns (address current, address proposed);
}

/// @title When a permit last changed
/// @notice Lets a permitter refuse credentials that are older than the last grant or revocation, at no cost in storage.
/// @dev Warning: blocks are counted as `block.number` counts them. On rollups where that is another chain's block, it stands
/// still for many blocks, and all that is collected in those of a change is void.
interface IPermitHistory {
    /// The permit changed after the block from which the credential is: it served before, or a revocation outran it.
    error PermitChanged(uint64 blockNumber);

    /// @notice Grants a permit as grantIdentity does, but counts from now on, tells why, and refuses if the permit, or all
    /// of the identity's, changed after block `since`. Permitter only.
    /// @param duration seconds; more than zero
    /// @param since number of the block that the credential names as recent. With one that is earlier than the present
    /// block, no credential serves twice.
    /// @param evidenceDigest digest of the evidence, and
    /// @param policyDigest digest of the policy that it satisfied: for the event, not checked
    /// @return expiry absolute time, in seconds since the epoch
    function grantOnEvidence(
        IdentityId id,
        address to,
        uint64 duration,
        uint64 since,
        bytes32 evidenceDigest,
        bytes32 policyDigest
    ) external returns (uint64 expiry);

    /// @notice Number of the block in which `holder`'s permit was last granted or revoked, alone or with all of the
    /// identity's (revoke-all, another permitter, destruction); zero if never.
    function permitChangedAt(address holder, IdentityId identity) external view returns (uint64 blockNumber);
}
