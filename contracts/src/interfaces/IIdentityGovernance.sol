// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title What a registrant can do beyond Escrin v1, and what watchers see of it
/// @notice Whatever takes rights away works at once: revoking, destroying, raising the delay. Whatever could give
/// rights away waits for the identity's delay, so that those who rely on it can leave first.
interface IIdentityGovernance {
    /// A permit was granted. Every grant tells it; what v1 has, `grantIdentity`, also tells v1's IdentityGranted.
    /// @param expiry absolute time, in seconds since the epoch
    /// @param evidenceDigest digest of the evidence by which the permitter was convinced, and
    /// @param policyDigest digest of the policy that it satisfied, both as the permitter says; zero if it says nothing
    event PermitGranted(
        IdentityId indexed id, address indexed holder, uint64 expiry, bytes32 evidenceDigest, bytes32 policyDigest
    );
    event AllPermitsRevoked(IdentityId indexed id);
    event RegistrationTransferred(IdentityId indexed id, address indexed from, address indexed to);
    /// @param change the announced change, as ChangeScheduled tells it
    event PermitterScheduled(IdentityId indexed id, address permitter, bytes32 indexed change);
    /// @param delay seconds
    /// @param change the announced change, as ChangeScheduled tells it
    event DelayScheduled(IdentityId indexed id, uint64 delay, bytes32 indexed change);
    /// @param delay seconds
    event DelayChanged(IdentityId indexed id, uint64 delay);

    /// The call is not one about this identity.
    error CallUnfit();

    /// @notice Kills every permit of the identity, whoever holds it, and every credential obtained before. Registrant
    /// only.
    function revokeAllPermits(IdentityId id) external;

    /// @notice Sets how long changes of the permitter, and of policies at permitters that honour it, are announced
    /// beforehand. Raising works at once; lowering is itself announced for the present delay, by two calls. Registrant
    /// only.
    /// @param delayHours hours; 65,535 at most
    function setDelay(IdentityId id, uint16 delayHours) external;

    /// @notice Takes back a change that was announced. Registrant only.
    /// @param call the call that announced it: selector and arguments
    function cancelChange(IdentityId id, bytes calldata call) external;

    /// @notice The delay of an identity; zero if there is no such identity.
    /// @return delay seconds
    function delayOf(IdentityId id) external view returns (uint64 delay);
}
