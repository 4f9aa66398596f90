// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title A contract that decides who may act as an identity
/// @notice Anyone may call; what counts is what is proven. ERC-165 id: 0x1c331f0a.
interface IPermitter {
    /// What stands behind this permitter is neither a registry nor a permitter.
    error InterfaceUnsupported();
    /// The proof does not entitle the requester.
    error Unauthorized();
    /// More time was asked for than the policy allows.
    error DurationTooLong();
    /// The requester holds a live permit that ends later, at `expiry`; a shorter one is had by giving that up first.
    error PermitLonger(uint64 expiry);

    /// @notice Obtains a permit of `identity` for `requester`.
    /// @param duration seconds wished for; the policy may grant less
    /// @param context what the decision is about (not secret, not a proof)
    /// @param authorization the proof
    /// @return expiry absolute time at which the permit ends, in seconds since the epoch
    function acquireIdentity(
        IdentityId identity,
        address requester,
        uint64 duration,
        bytes calldata context,
        bytes calldata authorization
    ) external returns (uint64 expiry);

    /// @notice Gives up the permit that `possessor` holds.
    function releaseIdentity(
        IdentityId identity,
        address possessor,
        bytes calldata context,
        bytes calldata authorization
    ) external;

    /// @notice The next permitter, or the registry, that grants are passed on to.
    function upstream() external view returns (address);
}
