// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityId} from "./IIdentityRegistry.sol";

/// @title What the newest version is of things that are kept elsewhere
/// @notice Whoever keeps something for an enclave (its storage, its configuration) could show it an old version. An anchor
/// says which version is the newest, by number and digest. Each identity has two sets of anchors under names of 32 bytes:
/// its registrant announces those of one set, its enclaves advance those of the other, and neither touches the other's.
///
/// Versions count from 1, without gaps. That an anchor was never set reads as version 0.
interface IAnchors {
    /// @notice Two storage slots.
    /// @param version counts from 1; zero if there is none
    /// @param digest of what this version is, as its users define it
    struct Anchor {
        uint64 version;
        bytes32 digest;
    }

    event Announced(IdentityId indexed identity, bytes32 indexed name, uint64 version, bytes32 digest);
    event Advanced(
        IdentityId indexed identity, bytes32 indexed name, uint64 version, bytes32 digest, address requester
    );

    /// The caller is not the identity's registrant.
    error Unauthorized();
    /// The version is not the one after the present one.
    error VersionUnfit(uint64 present);
    /// What was signed could be brought up to this second, which is over.
    error AdvanceExpired(uint64 deadline);
    /// The requester holds no live permit of the identity.
    error PermitMissing(IdentityId identity, address requester);
    /// The requester did not sign this, or meant it to follow upon another digest than that of the present version.
    error SignatureInvalid();
    /// Anchors need a registry that exists.
    error ConstructionUnfit();

    /// @notice Says what the next version is of something that the registrant gives to its enclaves. Registrant only.
    /// @param version the present one plus one
    function announce(IdentityId identity, bytes32 name, uint64 version, bytes32 digest) external;

    /// @notice Says what the next version is of something that enclaves of the identity keep. Anyone may bring what a
    /// requester with a live permit signed.
    /// @dev Warning: what was signed can be brought at any time up to the deadline, while the permit is live and nothing else
    /// has become this version. Whoever signed knows only from the anchor whether it was; and that it never will be, from the
    /// anchor in a block after the deadline that is final.
    /// @param version the present one plus one
    /// @param deadline last second at which this may be brought
    /// @param signature the requester's, of the EIP-712 type
    /// Advance(bytes32 identity,bytes32 name,uint64 version,bytes32 previous,bytes32 digest,uint64 deadline), where
    /// `previous` is the digest of the version before, zero before the first
    function advance(
        IdentityId identity,
        bytes32 name,
        uint64 version,
        bytes32 digest,
        uint64 deadline,
        address requester,
        bytes calldata signature
    ) external;

    /// @notice The newest version that the identity's registrant announced under a name.
    function announced(IdentityId identity, bytes32 name) external view returns (Anchor memory anchor);

    /// @notice The newest version that enclaves of the identity advanced to under a name.
    function advanced(IdentityId identity, bytes32 name) external view returns (Anchor memory anchor);
}
